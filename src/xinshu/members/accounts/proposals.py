"""Four eyes over operators' accounts: one administrator proposes, another confirms, and only then it is done.

Whoever could alone invite an operator, raise its roles or hand its account out anew could make himself a second person
everywhere else. Suspending and closing need one person: they take rights away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import orjson

from xinshu.core.clock import Clock
from xinshu.members.accounts import rules
from xinshu.members.accounts.errors import ProposalNotFoundError, ProposalStateError
from xinshu.members.accounts.invitations import InvitationService
from xinshu.members.accounts.model import Account, AccountState
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.staff import OPEN, RESETTABLE, AccountService
from xinshu.members.events import record
from xinshu.members.model import MemberKind, Resource
from xinshu.members.permissions import Access, ForbiddenError, decide
from xinshu.members.permissions.table import Permissions
from xinshu.store import Database

VALID = timedelta(days=7)
Verb = Literal["invite", "roles", "reset"]
ProposalState = Literal["open", "confirmed", "withdrawn", "lapsed"]


@dataclass(frozen=True)
class Proposal:
    """What somebody wants to do with an operator's account. `roles`: after it; `before`: the roles it has now."""

    id: UUID
    verb: Verb
    login: str
    account_id: UUID | None
    name: str
    member_id: str
    roles: tuple[str, ...]
    before: tuple[str, ...]
    valid_to: date | None
    state: ProposalState
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    decided_by: str | None
    decided_by_name: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> Proposal:
        """From a row of `queries.sql`."""
        about = orjson.loads(row["about"])
        same = {name: row[name] for name in cls.__dataclass_fields__ if name in row.keys()}  # noqa: SIM118  (a record)
        return cls(
            **same, name=about["name"], member_id=about["member"], roles=tuple(about["roles"]),
            before=tuple(about["before"]),
            valid_to=date.fromisoformat(about["valid_to"]) if about["valid_to"] is not None else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Confirmed:
    """What was done; `token`: of the invitation that it made, shown once."""

    proposal: Proposal
    account_id: UUID
    token: str | None = field(repr=False, default=None)


class ProposalService:
    """Proposals about accounts of the operator's persons."""

    def __init__(
        self, db: Database, clock: Clock, table: Permissions, staff: AccountService, invitations: InvitationService
    ) -> None:
        self._db = db
        self._clock = clock
        self._table = table
        self._staff = staff
        self._invitations = invitations

    # -- proposing ---------------------------------------------------------------------------------------------------

    async def invite(
        self, access: Access, login: str, name: str, member_id: str, roles: Sequence[str], valid_to: date | None
    ) -> Proposal:
        """Propose a new operator. Raises ForbiddenError, ProposalStateError, LoginInvalidError, RolesRefusedError."""
        access.check(member=member_id, account=f"account:{uuid4()}")
        async with self._db.transaction() as conn:
            await self._require_needed(conn, access, member_id)
            chosen, wanted = rules.check_login(login), rules.check_roles(self._table, MemberKind.OPERATOR, roles)
            if await queries.account_by_login(conn, login=chosen) is not None:
                raise ProposalStateError(f"登录名 {chosen} 已被使用", hint="换一个登录名")
            about = {"name": name.strip(), "member": member_id, "roles": wanted, "before": (), "valid_to": valid_to}
            return await self._insert(conn, access, "invite", chosen, None, about)

    async def roles(self, access: Access, account_id: UUID, roles: Sequence[str]) -> Proposal:
        """Propose other roles for an operator. Raises as `AccountService.change`, and ProposalStateError."""
        async with self._db.transaction() as conn:
            account = await self._staff.locked(conn, access, account_id, OPEN)
            await self._require_needed(conn, access, account.member_id)
            wanted = rules.check_roles(self._table, MemberKind.OPERATOR, roles)
            if wanted == account.roles:
                raise ProposalStateError("角色没有变化", hint="改选角色")
            return await self._insert(conn, access, "roles", account.login, account, _about(account, wanted))

    async def reset(self, access: Access, account_id: UUID) -> Proposal:
        """Propose that an operator's password, codes and passkeys are forgotten. Raises as `roles`."""
        async with self._db.transaction() as conn:
            account = await self._staff.locked(conn, access, account_id, RESETTABLE)
            await self._require_needed(conn, access, account.member_id)
            return await self._insert(conn, access, "reset", account.login, account, _about(account, account.roles))

    # -- deciding ----------------------------------------------------------------------------------------------------

    async def confirm(self, access: Access, proposal_id: UUID) -> Confirmed:
        """Do what somebody else proposed about somebody else again.

        Raises ProposalNotFoundError, ProposalStateError, ForbiddenError (same person) and what the act itself raises.
        """
        async with self._db.transaction() as conn:
            proposal = await self._read(conn, proposal_id, lock=True)
            access.check(member=proposal.member_id, account=proposal.proposed_by)
            access.check(member=proposal.member_id, account=f"account:{proposal.account_id or uuid4()}")
            self._require_open(proposal)
            await self._require_proposer(conn, proposal)
            await self._decide(conn, access, proposal, "confirmed")
            if proposal.verb == "invite":
                made = await self._invitations.invite_staff(
                    conn, proposal.login, proposal.name, proposal.member_id, proposal.roles, proposal.proposed_by,
                    valid_to=proposal.valid_to, address=access.caller.address,
                )  # fmt: skip
                return Confirmed(await self._read(conn, proposal_id), made.account_id, made.token)
            assert proposal.account_id is not None  # noqa: S101  (has been there)
            states = OPEN if proposal.verb == "roles" else RESETTABLE
            account = await self._staff.locked(conn, access, proposal.account_id, states)
            if account.roles != proposal.before:
                raise ProposalStateError("账户的角色在提议之后变了", hint="撤下提议,重新提出")
            token = None
            if proposal.verb == "roles":
                await self._staff.set_roles_in(conn, access, account, proposal.roles, proposal.proposed_by)
            else:
                token = (await self._staff.reset_in(conn, access, account)).token
            return Confirmed(await self._read(conn, proposal_id), account.id, token)

    async def withdraw(self, access: Access, proposal_id: UUID) -> Proposal:
        """Put a proposal aside: one's own, or as somebody who could confirm it. Raises as `confirm`."""
        async with self._db.transaction() as conn:
            proposal = await self._read(conn, proposal_id, lock=True)
            who = access.principal
            if proposal.proposed_by != who.id:
                about = Resource("account", member=proposal.member_id, account=proposal.proposed_by)
                verdict = decide(self._table, who, "confirm", about)
                if not verdict.allowed:
                    raise ForbiddenError(verdict)
            self._require_open(proposal)
            await self._decide(conn, access, proposal, "withdrawn")
            return await self._read(conn, proposal_id)

    async def page(
        self, access: Access, state: ProposalState | None, page: int, page_size: int
    ) -> tuple[int, tuple[Proposal, ...]]:
        """What the caller may see, newest first: how many in all, and one page."""
        async with self._db.transaction() as conn:
            await queries.lapse_proposals(conn, before=self._clock.now() - VALID)
            rows = [
                row
                async for row in queries.list_proposals(
                    conn, scopes=access.scopes, state=state, size=page_size, skip=(page - 1) * page_size
                )
            ]
        return (rows[0]["total"] if rows else 0), tuple(Proposal.of(row) for row in rows)

    # -- parts -------------------------------------------------------------------------------------------------------

    async def _require_needed(self, conn: Any, access: Access, member_id: str | None) -> None:
        if not await self._staff.second_needed(conn, access, member_id):
            raise ProposalStateError("这项操作不须第二人确认", hint="直接办理")

    async def _insert(
        self, conn: Any, access: Access, verb: Verb, login: str, account: Account | None, about: dict[str, Any]
    ) -> Proposal:
        now, who, proposal_id = self._clock.now(), access.principal, uuid4()
        await queries.lapse_proposals(conn, before=now - VALID)
        inserted = await queries.insert_proposal(
            conn, id=proposal_id, verb=verb, login=login, account_id=account.id if account is not None else None,
            about=orjson.dumps(about).decode(), by=who.id, by_name=who.name, now=now,
        )  # fmt: skip
        if inserted is None:
            raise ProposalStateError(f"对账户 {login} 已有同样的提议等待确认", hint="请另一位平台管理员确认,或先撤下")
        proposal = await self._read(conn, proposal_id)
        await self._record(conn, access, proposal, "account_proposed")
        return proposal

    async def _read(self, conn: Any, proposal_id: UUID, *, lock: bool = False) -> Proposal:
        row = await (queries.proposal_for_update if lock else queries.proposal)(conn, id=proposal_id)
        if row is None:
            raise ProposalNotFoundError(f"没有提议 {proposal_id}", hint="用 GET /v1/account-proposals 查看")
        return Proposal.of(row)

    def _require_open(self, proposal: Proposal) -> None:
        if proposal.state != "open":
            words = {"confirmed": "已确认", "withdrawn": "已撤下", "lapsed": "已过期"}[proposal.state]
            raise ProposalStateError(f"提议{words}", hint="刷新后再看")
        if proposal.proposed_at + VALID <= self._clock.now():
            raise ProposalStateError(f"提议已超过 {VALID.days} 天", hint="重新提出")

    async def _require_proposer(self, conn: Any, proposal: Proposal) -> None:
        """Whoever proposed it must still be trusted."""
        row = await queries.account(conn, id=UUID(proposal.proposed_by.removeprefix("account:")))
        if row is None or row["state"] != AccountState.ACTIVE.value:
            raise ProposalStateError("提议人的账户已不在使用", hint="撤下提议,由另一位管理员重新提出")

    async def _decide(self, conn: Any, access: Access, proposal: Proposal, state: ProposalState) -> None:
        who = access.principal
        await queries.decide_proposal(
            conn, id=proposal.id, state=state, by=who.id, by_name=who.name, now=self._clock.now()
        )
        await self._record(conn, access, proposal, f"proposal_{state}")

    async def _record(self, conn: Any, access: Access, proposal: Proposal, code: str) -> None:
        await record(
            conn, self._clock.now(), "rights", code, principal=access.principal.id, member_id=proposal.member_id,
            target=f"account:{proposal.account_id}" if proposal.account_id is not None else f"proposal:{proposal.id}",
            address=access.caller.address, verb=proposal.verb, proposal=str(proposal.id), roles=list(proposal.roles),
            proposed_by=proposal.proposed_by,
        )  # fmt: skip


def _about(account: Account, roles: Sequence[str]) -> dict[str, Any]:
    return {
        "name": account.name, "member": account.member_id, "roles": roles, "before": account.roles, "valid_to": None,
    }  # fmt: skip
