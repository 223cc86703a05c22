"""Short codes by which anybody may learn that an entry is in the log, and of what kind: `487-K7QF-3M2P-9T`.

The check is made from number and content of the entry under a domain of its own, so that the hashes in public proofs
do not give it away: only whoever holds the receipt (or the entry) can know it. Fifty bits: at the pace at which an
address may ask, guessing one takes longer than the log will be kept.
"""

from __future__ import annotations

import hmac
import re
from datetime import date, datetime
from typing import ClassVar

from xinshu.core.clock import CHINA
from xinshu.core.errors import NotFoundError, XinshuError
from xinshu.ledger.tree import Digest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
LENGTH = 10
_DOMAIN = b"xinshu/check-code\x00"
_FORM = re.compile(r"(?P<index>[0-9]{1,19})-(?P<check>[0-9A-Z]{10})")
_ALIKE = str.maketrans("ILO", "110")


class CheckCodeInvalidError(XinshuError):
    """The text is no code."""

    code: ClassVar[str] = "check_code_invalid"


class CheckCodeUnknownError(NotFoundError):
    """No entry with this number and check; which of the two is wrong is not told."""

    code: ClassVar[str] = "check_code_unknown"


def check_code(digest: Digest, index: int, content: bytes) -> str:
    """The code of an entry, in groups for reading aloud."""
    check = _check(digest, index, content)
    return f"{index}-{check[:4]}-{check[4:8]}-{check[8:]}"


def read_code(text: str) -> tuple[int, str]:
    """Number and check of a code as somebody typed it. Raises CheckCodeInvalidError."""
    number, dash, check = text.strip().upper().replace("—", "-").replace(" ", "").partition("-")
    found = _FORM.fullmatch(f"{number}{dash}{check.replace('-', '').translate(_ALIKE)}")
    if found is None or int(found["index"]) >= 2**62:
        raise CheckCodeInvalidError(
            "核验码的形式不对", hint="核验码是“存证编号-十位校验码”,如 487-K7QF-3M2P-9T,在回执旁边可以看到"
        )
    return int(found["index"]), found["check"]


def is_check_of(digest: Digest, index: int, content: bytes, check: str) -> bool:
    """Whether the check belongs to this entry."""
    return hmac.compare_digest(_check(digest, index, content), check)


def unknown() -> CheckCodeUnknownError:
    """The same words for a wrong number and a wrong check."""
    return CheckCodeUnknownError("没有与此核验码相符的存证", hint="对照回执重新输入;0 与 O、1 与 I 不区分")


def day_of(at: datetime) -> date:
    """Only the day in China is told, not the moment."""
    return at.astimezone(CHINA).date()


def _check(digest: Digest, index: int, content: bytes) -> str:
    bits = int.from_bytes(digest(_DOMAIN + str(index).encode() + b"\x00" + content)[:8], "big") >> (64 - 5 * LENGTH)
    return "".join(ALPHABET[(bits >> shift) & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
