"""The onboarding office as the commands use it: one local person acts, as an operator or for a member."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from xinshu.cli.output import run
from xinshu.core.clock import SystemClock
from xinshu.core.settings import load_settings
from xinshu.core.text import upper_code
from xinshu.members import directory
from xinshu.members.model import Caller, Principal, local_operator, member_id
from xinshu.members.onboarding.errors import MemberNotFoundError
from xinshu.members.onboarding.service import OnboardingService
from xinshu.members.permissions import Access, Permissions
from xinshu.store import Database

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Office:
    """Services and the person who acts."""

    db: Database
    service: OnboardingService
    table: Permissions
    who: Principal

    def access(self, action: str, kind: str) -> Access:
        """The person's right, as an operator."""
        return Access(self.table, self.who, action, kind, Caller("local"))

    async def for_member(self, which: str, action: str, kind: str) -> Access:
        """The right of a person who acts for the member itself, with what that person signed on paper.

        Raises MemberNotFoundError.
        """
        async with self.db.acquire() as conn:
            where = await directory.standing(conn, which)
        if where is None:
            raise MemberNotFoundError(f"没有成员 {which}", hint="用 xinshu member list 查看成员")
        who = replace(self.who, roles=frozenset({"member-admin"}), member=where.ref, members=where.members)
        return Access(self.table, who, action, kind, Caller("local"))

    def id_of(self, which: str) -> str:
        """The member's id from its id or its credit code."""
        return which if which.startswith("m") and len(which) < 18 else member_id(upper_code(which))


def with_office(by: str, work: Callable[[Office], Awaitable[Answer]]) -> Answer:
    """Run `work` in an open office, `by` acting."""

    async def main() -> Answer:
        from xinshu.node.services import open_services  # here: it loads the batch engine, which takes a second

        async with open_services(load_settings(), SystemClock()) as services:
            membership = services.membership
            assert membership is not None  # noqa: S101  (only a sandbox has none)
            return await work(Office(services.db, membership.onboarding, services.table, local_operator(by)))

    return run(main)
