"""Signing with a passkey: a WebAuthn assertion whose challenge is the artefact's digest.

The key never leaves the signer's device and answers after fingerprint, face or PIN only: the signer's sole control
(electronic signature law, art. 13).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from xinshu.consent.errors import SignatureRefusedError
from xinshu.consent.purposes import Method
from xinshu.consent.signing.model import Evidence, SignatureRecord, Signer, ToSign
from xinshu.core.errors import XinshuError
from xinshu.members.passkeys.ceremony import Known, RelyingParty, verify_assertion
from xinshu.store import Database


class Used(Protocol):
    """The passkey that answered."""

    @property
    def credential_id(self) -> bytes: ...
    @property
    def public_key(self) -> bytes: ...


class Passkeys(Protocol):
    """What is needed of `members.passkeys.PasskeyService`."""

    async def options_over(self, conn: Any, account_id: UUID, digest: bytes) -> dict[str, Any]: ...
    async def verify_assertion_over(
        self, conn: Any, account_id: UUID, digest: bytes, response: Mapping[str, Any]
    ) -> Used: ...


class PasskeySigning:
    """Passkeys of the signer's account, for the pages of `party`."""

    method: Method = "passkey"

    def __init__(self, db: Database, passkeys: Passkeys, party: RelyingParty) -> None:
        self._db = db
        self._passkeys = passkeys
        self._party = party

    async def begin(self, signing: ToSign, account: UUID) -> dict[str, Any]:
        """Options for `navigator.credentials.get()`."""
        async with self._db.acquire() as conn:
            return await self._passkeys.options_over(conn, account, signing.digest)

    async def verify(self, signing: ToSign, evidence: Evidence, signer: Signer, now: datetime) -> SignatureRecord:
        """Evidence: `credential`, as `PublicKeyCredential.toJSON()` gives it. Raises PasskeyRefusedError and others of
        `members.passkeys`."""
        response = evidence.get("credential")
        if not isinstance(response, Mapping):
            raise _malformed()
        async with self._db.transaction() as conn:
            used = await self._passkeys.verify_assertion_over(conn, signer.account, signing.digest, response)
        answer = {name: response["response"][name] for name in ("clientDataJSON", "authenticatorData", "signature")}
        kept = {
            "credential": {"id": _text(used.credential_id), "rawId": _text(used.credential_id), "type": "public-key",
                           "response": answer},
            "public_key": _text(used.public_key),
            "rp_id": self._party.id,
            "origin": self._party.origin,
        }  # fmt: skip
        return SignatureRecord(self.method, _text(used.credential_id), kept, key_digest=_digest(used.public_key))


def verify_kept(signing: ToSign, evidence: Evidence) -> str:
    """Check a kept assertion again, offline: the key's digest. Raises SignatureRefusedError.

    The key is the one beside the assertion: whose it is, the platform saw when it signed, and keeps in its ledger under
    this digest.
    """
    try:
        credential = evidence["credential"]
        known = Known(_bytes(credential["rawId"]), _bytes(evidence["public_key"]), 0)
        party = RelyingParty(evidence["rp_id"], "", evidence["origin"])
        response = {**credential, "clientExtensionResults": {}}
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise _malformed() from None
    try:
        verify_assertion(party, signing.digest, known, response)
    except XinshuError as error:
        raise SignatureRefusedError(
            f"通行密钥的签名不符:{error.message}", hint="核对文件是否完整", reason="assertion"
        ) from None
    return _digest(known.public_key)


def _digest(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "===")


def _malformed() -> SignatureRefusedError:
    return SignatureRefusedError(
        "收到的内容不是通行密钥的应答", hint="原样提交浏览器返回的应答", reason="assertion_malformed"
    )
