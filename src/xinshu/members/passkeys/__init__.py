"""Passkeys (通行密钥, WebAuthn level 3): a second factor, or the only one; keys with which persons sign digests.

From outside use `PasskeyService`, `RelyingParty` and `router`; the table `passkey` is this room's.
"""

from xinshu.members.passkeys.ceremony import RelyingParty
from xinshu.members.passkeys.model import Passkey
from xinshu.members.passkeys.routes import router
from xinshu.members.passkeys.service import PasskeyService

__all__ = ["Passkey", "PasskeyService", "RelyingParty", "router"]
