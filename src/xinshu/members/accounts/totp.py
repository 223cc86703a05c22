"""One-time codes by the clock (RFC 6238) and recovery codes."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pyotp

STEP = 30  # seconds a code stands
DRIFT = 1  # steps that the telephone's clock may be off, each way
RECOVERY_CODES = 10
_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[A-Z2-7]{16}")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648


def new_secret(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A secret of 160 bits (RFC 4226, 4), base32."""
    return _base32(random_bytes(32))


def uri(secret: str, login: str, issuer: str) -> str:
    """What an authenticator application reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is, within the drift; None when it is none. The caller makes it serve once."""
    given = code.replace(" ", "")
    if _CODE.fullmatch(given) is None:
        return None
    generator = pyotp.TOTP(secret)
    today = int(now.timestamp()) // STEP
    found = None
    for step in range(today - DRIFT, today + DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step), given):
            found = step
    return found


def new_recovery_codes(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> list[str]:
    """Ten codes of 80 bits, as XXXX-XXXX-XXXX-XXXX."""
    codes = [_base32(random_bytes(16)) for _ in range(RECOVERY_CODES)]
    return ["-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in codes]


def recovery_code(given: str) -> str | None:
    """A recovery code as typed, in the form in which it is digested; None when it has not the form of one."""
    code = given.replace("-", "").replace(" ", "").upper()
    return code if _RECOVERY.fullmatch(code) is not None else None


def recovery_domain(account_id: UUID) -> str:
    """Domain of the keyed digests of one account's recovery codes."""
    return f"recovery-code:{account_id}"


def secret_place(account_id: UUID) -> bytes:
    """To what a sealed secret is bound."""
    return b"totp:" + account_id.bytes


def _base32(raw: bytes) -> str:
    """One character of 5 bits for each byte."""
    return "".join(_ALPHABET[byte & 31] for byte in raw)
