"""Counting of attempts, in the database so that it holds across processes and restarts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from xinshu.members.accounts import rules
from xinshu.members.accounts.model import Account
from xinshu.members.accounts.principals import queries
from xinshu.members.events import record
from xinshu.members.model import Caller


async def reserve(conn: Any, account: Account, now: datetime) -> int | None:
    """Count an attempt before it is judged: the number of those open or failed; None while the account is locked.

    Whoever asks a hundred times at once gets five answers. Success forgets the count.
    """
    number: int | None = await queries.reserve_attempt(
        conn, id=account.id, now=now, limit=rules.FAILURES_ALLOWED, locked_until=rules.lock_ends(now)
    )
    return number


async def failed(conn: Any, account: Account, number: int | None, now: datetime, caller: Caller, how: str) -> None:
    """Write down a failed attempt: `number` as reserved, None when the account was locked."""
    code = "locked" if number is None else "failed"
    await record(
        conn, now, "sign_in", code, principal=account.principal, member_id=account.member_id,
        address=caller.address, how=how,
    )  # fmt: skip
    if number is not None and number % rules.FAILURES_ALLOWED == 0:
        await record(
            conn, now, "sign_in", "account_locked", principal=account.principal, member_id=account.member_id,
            address=caller.address, failures=number,
        )  # fmt: skip
