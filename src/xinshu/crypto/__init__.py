"""Level 0: keys, sealing of personal-sensitive values and keyed pseudonyms.

Use `Vault` (or the protocol `Sealer`); nothing outside this room touches key material.
"""

from xinshu.crypto.errors import SealedValueError, VaultKeyError, WrongKeyError
from xinshu.crypto.vault import Sealer, Vault

__all__ = ["SealedValueError", "Sealer", "Vault", "VaultKeyError", "WrongKeyError"]
