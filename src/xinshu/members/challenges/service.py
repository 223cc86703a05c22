"""Challenges: random, stored as a digest, bound to one browser and one purpose."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import orjson

from xinshu.core.errors import XinshuError
from xinshu.store import load_queries

queries = load_queries("xinshu.members.challenges")
CHALLENGE_BYTES = 32
KEPT = timedelta(hours=1)  # how long an expired one is still told apart from an unknown one
_AGAIN = "请回到开始的页面,重新操作一次"


class ChallengeInvalidError(XinshuError):
    """Nothing of the kind was asked of this browser, or it was answered already."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "challenge_invalid"


class ChallengeExpiredError(ChallengeInvalidError):
    """The answer came too late."""

    code = "challenge_expired"


@dataclass(frozen=True)
class Challenge:
    """What was stored when it was issued."""

    account_id: UUID | None
    payload: dict[str, Any]


async def issue(
    conn: Any,
    now: datetime,
    kind: str,
    browser: str,
    lifetime: timedelta,
    account_id: UUID | None = None,
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    **payload: Any,
) -> bytes:
    """A new challenge of 32 bytes for `browser` (its cookie); `payload` (JSON) comes back when it is redeemed."""
    challenge = random_bytes(CHALLENGE_BYTES)
    await queries.forget_challenges(conn, before=now - KEPT)
    await queries.insert_challenge(
        conn,
        digest=_digest(challenge),
        kind=kind,
        account_id=account_id,
        payload=orjson.dumps({"browser": _name(browser), "about": payload}).decode(),
        expires_at=now + lifetime,
    )
    return challenge


async def redeem(conn: Any, now: datetime, kind: str, challenge: bytes, browser: str | None) -> Challenge:
    """Take what was issued; commit before judging the answer, so that a wrong answer has used it up as well.

    Raises ChallengeInvalidError, ChallengeExpiredError.
    """
    row = await queries.take_challenge(conn, digest=_digest(challenge), kind=kind)
    if row is None:
        raise ChallengeInvalidError("本次操作不存在、已经用过,或不是本节点发起的", hint=_AGAIN)
    stored = orjson.loads(row["payload"])
    if browser is None or not hmac.compare_digest(stored["browser"], _name(browser)):
        raise ChallengeInvalidError("本次操作不是在这个浏览器中开始的", hint=_AGAIN)
    if row["expires_at"] <= now:
        raise ChallengeExpiredError("本次操作已超过时限", hint=_AGAIN)
    return Challenge(row["account_id"], stored["about"])


def _digest(challenge: bytes) -> bytes:
    return hashlib.sha256(challenge).digest()


def _name(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
