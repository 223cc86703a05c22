"""Level 0: keys, sealing of personal-sensitive values and files, keyed pseudonyms, and the suites they are made of.

Use `Vault` (or the protocol `Sealer`); nothing outside this room touches key material. `rotation` is for the commands.
"""

from xinshu.crypto.data_keys import Sealing
from xinshu.crypto.errors import (
    KeyMissingError,
    KeyWrongError,
    SealedFileError,
    SealedValueError,
    ShreddedError,
    VaultKeyError,
    WrongKeyError,
)
from xinshu.crypto.key_ring import KeyRing
from xinshu.crypto.vault import Sealer, Vault

__all__ = [
    "KeyMissingError",
    "KeyRing",
    "KeyWrongError",
    "SealedFileError",
    "SealedValueError",
    "Sealer",
    "Sealing",
    "ShreddedError",
    "Vault",
    "VaultKeyError",
    "WrongKeyError",
]
