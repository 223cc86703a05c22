"""The register of members: applications, what is shown of them, changes to their particulars.

Writes take a connection; whoever calls them ends the transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Protocol

import asyncpg
import orjson

from xinshu.core.clock import Clock
from xinshu.crypto import Sealer
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.model import ANONYMOUS, KIND_NAMES, STATE_NAMES, MemberKind, MemberState, Principal, member_id
from xinshu.members.onboarding import rules, store
from xinshu.members.onboarding.application import ApplicationIn, ChangesIn, Known, contacts_of
from xinshu.members.onboarding.errors import (
    AlreadyMemberError,
    ApplicationError,
    ChangeNotFoundError,
    ChangePendingError,
    MemberNotFoundError,
    ParentConsentError,
    ProviderCodeTakenError,
    TransitionError,
)
from xinshu.members.onboarding.model import Change, Contact, Level, Member, Particulars
from xinshu.members.onboarding.store import queries
from xinshu.members.permissions import Access
from xinshu.store import Database

CLOSED = (MemberState.REFUSED, MemberState.OFFBOARDED)
Closer = Callable[[Any, str, str, datetime], Awaitable[dict[str, int]]]
"""(connection, member, principal, now) → what was closed, by kind: accounts, keys, sessions, authorisations."""


class Invite(Protocol):
    """Makes an account and an invitation to it."""

    async def __call__(self, conn: Any, *, login: str, name: str, member_id: str, roles: Sequence[str], by: str) -> str:
        """The token of the invitation, told once."""
        ...


@dataclass(frozen=True)
class Applied:
    """A new member and the invitation of its first administrator."""

    member: Member
    invitation: str


@dataclass(frozen=True)
class MemberPage:
    """One page, newest first."""

    total: int
    members: tuple[Member, ...]


class Registry:
    """Members as they are known."""

    def __init__(
        self, db: Database, clock: Clock, sealer: Sealer, known: Known, invite: Invite, closers: Sequence[Closer]
    ) -> None:
        self._db = db
        self._clock = clock
        self._sealer = sealer
        self._known = known
        self._invite = invite
        self._closers = closers

    # -- applying ----------------------------------------------------------------------------------------------------

    async def apply(self, conn: Any, said: ApplicationIn, actor: Principal = ANONYMOUS, address: str = "") -> Applied:
        """Take an application: by the organisation itself (`actor` anonymous), or by an operator on its behalf.

        Raises ApplicationError, AlreadyMemberError (naming the state), ProviderCodeTakenError, WiderThanParentError,
        and what the invitation raises.
        """
        if said.kind is MemberKind.OPERATOR and actor.is_anonymous:
            raise ApplicationError(
                f"{KIND_NAMES[said.kind]}不能自行申请", field="kind", hint="由现有平台运营单位的入驻管理员代为申请"
            )
        now = self._clock.now()
        contacts = contacts_of(said.contacts)
        await queries.lock_tree(conn)
        parent = await self._parent(conn, said.parent_code)
        new = self._known.particulars(said, parent)
        if parent is not None:
            rules.check_place(new, [one.particulars for one in await store.lineage(conn, parent)])
        own_id = member_id(new.code)
        try:
            added = await queries.insert_member(
                conn, id=own_id, now=now, created_by=actor.id, contacts_sealed=None, **store.columns(new)
            )
            source = None
            if added is None:
                source = await self._apply_again(conn, own_id, new, actor, now)
        except asyncpg.UniqueViolationError:
            raise _taken(new.provider_code) from None
        await self._write_contacts(conn, own_id, contacts, now)
        member = await store.get(conn, own_id)
        await store.add_step(conn, member, MemberState.APPLIED, actor, now, source=source, note=said.note)
        await record(conn, now, "member", "applied", principal=actor.id, member_id=own_id, target=f"member:{own_id}",
                     address=address or None, round=member.round, member_kind=new.kind.value)  # fmt: skip
        await announce(conn, f"member:{own_id}")
        invitation = await self._invite(
            conn, login=said.administrator.login, name=said.administrator.name, member_id=own_id,
            roles=[store.administrator_role(new.kind)], by=actor.id,
        )  # fmt: skip
        return Applied(await store.get(conn, own_id), invitation)

    async def _apply_again(
        self, conn: Any, own_id: str, new: Particulars, actor: Principal, now: datetime
    ) -> MemberState:
        """The state from which it applies anew. Accounts and keys of its former time end here at the latest."""
        member = await store.get(conn, own_id, lock=True)
        if member.state not in CLOSED:
            raise AlreadyMemberError(
                f"{new.code} 已在平台登记,状态为“{STATE_NAMES[member.state]}”",
                hint="不必再次申请;由本单位管理员登录办理,或联系平台运营人员",
                state=member.state.value,
            )
        for close in self._closers:
            await close(conn, own_id, actor.id, now)
        await self._check_fits(conn, member, new)
        await queries.begin_round(conn, id=own_id, created_by=actor.id, now=now)
        await store.write_particulars(conn, own_id, new, now)
        return member.state

    async def _parent(self, conn: Any, code: str | None) -> str | None:
        if code is None:
            return None
        found = member_id(self._known.code(code, "parent_code"))
        try:
            parent = await store.get(conn, found)
        except MemberNotFoundError:
            raise ApplicationError(
                f"上级机构 {code} 不是本平台成员", field="parent_code", hint="由上级机构先申请入驻"
            ) from None
        if parent.state in CLOSED:
            raise ApplicationError(
                f"上级机构 {code} 的状态为“{STATE_NAMES[parent.state]}”",
                field="parent_code",
                hint="由上级机构先申请入驻",
            )
        return found

    # -- reading -----------------------------------------------------------------------------------------------------

    async def seen(self, conn: Any, access: Access, which: str, *, lock: bool = False) -> Member:
        """A member that the caller may do its act to. Whoever may not learns nothing of whether it exists.

        Raises MemberNotFoundError, ForbiddenError.
        """
        try:
            member = await store.get(conn, which, lock=lock)
        except MemberNotFoundError:
            access.check(member=which, account="")
            raise
        access.check(member=member.id, account=member.created_by)
        return member

    async def seen_by_another(self, conn: Any, access: Access, which: str, wants: str) -> Member:
        """`seen`, locked, for an act that whoever applied may not do. Raises SamePersonError besides."""
        try:
            member = await store.get(conn, which, lock=True)
        except MemberNotFoundError:
            access.check(member=which, account="")
            raise
        rules.check_other(access, member.id, member.created_by, "提出入驻申请", wants)
        return member

    async def get(self, access: Access, which: str) -> Member:
        """`seen`, on a connection of its own."""
        async with self._db.acquire() as conn:
            return await self.seen(conn, access, which)

    async def page(
        self,
        access: Access,
        *,
        state: MemberState | None = None,
        kind: MemberKind | None = None,
        parent: str | None = None,
        text: str | None = None,
        page: int = 1,
        page_size: int = 50,
    ) -> MemberPage:
        """Members that the caller may see. `text`: part of the name, or the beginning of the code."""
        async with self._db.acquire() as conn:
            rows = [
                row
                async for row in queries.list_members(
                    conn, scopes=access.scopes, state=state, kind=kind, parent_id=parent, text=text or None,
                    size=page_size, skip=(page - 1) * page_size,
                )
            ]  # fmt: skip
        return MemberPage(rows[0]["total"] if rows else 0, tuple(store.member_of(row) for row in rows))

    async def contacts(self, access: Access, which: str) -> tuple[Contact, ...]:
        """Contacts, opened, for a caller that may edit the member. Raises as `seen` does."""
        async with self._db.acquire() as conn:
            await self.seen(conn, access, which)
            sealed = await store.sealed_contacts(conn, which)
        if sealed is None:
            return ()
        plain = await asyncio.to_thread(self._sealer.open, sealed, _bound(which))
        return tuple(Contact(**one) for one in orjson.loads(plain))

    # -- changing ----------------------------------------------------------------------------------------------------

    async def edit(self, conn: Any, access: Access, which: str, said: ChangesIn) -> Change | None:
        """Change a member. Contacts change at once; the rest does while the member has only applied, and afterwards
        waits for a second person: the change is returned.

        Raises MemberNotFoundError, ForbiddenError, ApplicationError, TransitionError (refused or left),
        WiderThanParentError, ProviderCodeTakenError, ChangePendingError.
        """
        now, actor = self._clock.now(), access.principal
        await queries.lock_tree(conn)
        member = await self.seen(conn, access, which, lock=True)
        if member.state in CLOSED:
            raise TransitionError(f"成员已“{STATE_NAMES[member.state]}”,不能修改", hint="须重新申请入驻")
        parent = await self._parent(conn, said.parent_code)
        new = self._known.changed(member.particulars, said, parent)
        if said.contacts is not None:
            await self._write_contacts(conn, which, contacts_of(said.contacts), now)
            await record(conn, now, "member", "contacts_changed", principal=actor.id, member_id=which,
                         target=f"member:{which}", address=access.caller.address)  # fmt: skip
        changes = _difference(member.particulars, new)
        if len(changes) == 0:
            return None
        await self._check_fits(conn, member, new)
        if member.state is MemberState.APPLIED:
            await self._write(conn, member, new, access, "changed", changes)
            return None
        row = await queries.insert_change(
            conn, member_id=which, changes=orjson.dumps(changes).decode(), note=said.note, by=actor.id, now=now
        )
        if row is None:
            raise ChangePendingError("已有一项修改等待另一人审核", hint="先审核或驳回那项修改")
        await record(conn, now, "member", "change_proposed", principal=actor.id, member_id=which,
                     target=f"member:{which}", address=access.caller.address, fields=sorted(changes))  # fmt: skip
        return store.change_of(row)

    async def decide(self, conn: Any, access: Access, which: str, change_id: int, accept: bool) -> Member:
        """Accept or reject a change that somebody else proposed. Raises as `edit` does, and ChangeNotFoundError,
        SamePersonError."""
        now, actor = self._clock.now(), access.principal
        await queries.lock_tree(conn)
        member = await store.get(conn, which, lock=True)
        row = await queries.get_change(conn, member_id=which, change_id=change_id)
        if row is None:
            raise ChangeNotFoundError(f"成员没有等待审核的修改 {change_id}", hint="用 GET /v1/members/…/changes 查看")
        change = store.change_of(row)
        rules.check_other(access, member.id, change.proposed_by, "提出修改", "审核修改")
        await queries.decide_change(conn, change_id=change_id, accepted=accept, by=actor.id, now=now)
        if accept:
            new = replace(member.particulars, **_decoded(change.changes))
            await self._check_parent_knows(conn, member, new)
            await self._check_fits(conn, member, new)
            await self._write(conn, member, new, access, "change_accepted", change.changes)
        else:
            await record(conn, now, "member", "change_rejected", principal=actor.id, member_id=which,
                         target=f"member:{which}", address=access.caller.address, change=change_id)  # fmt: skip
        return await store.get(conn, which)

    async def confirm_branch(self, conn: Any, access: Access, which: str) -> Member:
        """The member above says that `which` is its branch: the parent it has, or the one that a waiting change names.

        The caller's right is to the parent, not to the branch. Raises MemberNotFoundError, ForbiddenError,
        TransitionError (refused or left).
        """
        now = self._clock.now()
        await queries.lock_tree(conn)
        try:
            member = await store.get(conn, which, lock=True)
        except MemberNotFoundError:
            access.check(member="", account="")  # whoever may not learns nothing of whether it exists
            raise
        named = (member.particulars.parent_id, await queries.parent_proposed(conn, member_id=which))
        parents = [one for one in named if one is not None and access.verdict(member=one).allowed]
        if len(parents) == 0:
            access.check(member=named[0] or "")
            raise ParentConsentError("该成员没有上级机构", hint="总部不须确认")
        if member.state in CLOSED:
            raise TransitionError(f"成员已“{STATE_NAMES[member.state]}”,不能确认", hint="须重新申请入驻")
        for parent in parents:
            done = await queries.confirm_branch(
                conn, member_id=which, parent_id=parent, round=member.round, by=access.principal.id, now=now
            )
            if done is not None:
                await record(conn, now, "member", "branch_confirmed", principal=access.principal.id, member_id=which,
                             target=f"member:{which}", address=access.caller.address, parent=parent)  # fmt: skip
        return await store.get(conn, which)

    async def _check_parent_knows(self, conn: Any, member: Member, new: Particulars) -> None:
        """Raises ParentConsentError where a change puts it below a member that has not confirmed it."""
        parent = new.parent_id
        if parent is None or parent == member.particulars.parent_id:
            return
        if not await queries.branch_confirmed(conn, member_id=member.id, parent_id=parent, round=member.round):
            raise ParentConsentError(
                "新的上级机构还没有确认", hint="请新上级机构的成员管理员确认(POST /v1/members/…/parent-confirmation)"
            )

    async def changes(self, access: Access, which: str, page: int, page_size: int) -> tuple[int, tuple[Change, ...]]:
        """Changes proposed, newest first: (how many in all, one page); for the member, those of its present round.
        Raises as `seen` does."""
        async with self._db.acquire() as conn:
            member = await self.seen(conn, access, which)
            since = member.applied_at if round_for(access, member) is not None else None
            rows = [
                row
                async for row in queries.list_changes(
                    conn, member_id=which, since=since, size=page_size, skip=(page - 1) * page_size
                )
            ]
        return (rows[0]["total"] if rows else 0), tuple(store.change_of(row) for row in rows)

    async def _check_fits(self, conn: Any, member: Member, new: Particulars) -> None:
        """Not wider than the parents, and no branch wider than it. Raises WiderThanParentError, ApplicationError."""
        branches = await store.below(conn, member.id)
        if new.parent_id is not None and new.parent_id in (member.id, *branches):
            raise ApplicationError("上级机构不能是自己或自己的下级", field="parent_code", hint="改选上级机构")
        parents = await store.lineage(conn, new.parent_id) if new.parent_id is not None else []
        above = [one.particulars for one in parents]
        rules.check_place(new, above)
        for branch in branches:
            along = await store.lineage(conn, branch)
            place = [one.id for one in along].index(member.id)
            if along[0].state not in CLOSED:
                rules.check_place(along[0].particulars, [*(one.particulars for one in along[1:place]), new, *above])

    async def _write(
        self, conn: Any, member: Member, new: Particulars, access: Access, code: str, changes: dict[str, Any]
    ) -> None:
        now = self._clock.now()
        try:
            await store.write_particulars(conn, member.id, new, now)
        except asyncpg.UniqueViolationError:
            raise _taken(new.provider_code) from None
        before = _encoded(member.particulars)
        await record(conn, now, "member", code, principal=access.principal.id, member_id=member.id,
                     target=f"member:{member.id}", address=access.caller.address,
                     before={name: before[name] for name in changes}, after=changes)  # fmt: skip
        for one in (member.id, *await store.below(conn, member.id)):
            await announce(conn, f"member:{one}")

    async def _write_contacts(self, conn: Any, which: str, contacts: Sequence[Contact], now: datetime) -> None:
        plain = orjson.dumps([asdict(one) for one in contacts]).decode()
        sealed = await asyncio.to_thread(self._sealer.seal, plain, _bound(which))
        await queries.update_contacts(conn, id=which, contacts_sealed=sealed, now=now)


def round_for(access: Access, member: Member) -> int | None:
    """Persons of a member see its present round only: who applied before it under the same code was somebody else."""
    return member.round if not access.principal.of_platform else None


def _bound(which: str) -> bytes:
    return f"member/{which}/contacts".encode()


def _taken(provider_code: str | None) -> ProviderCodeTakenError:
    return ProviderCodeTakenError(
        f"数据提供单位代码“{provider_code}”已有成员使用", hint="核对代码;下级机构不填代码,沿用上级机构的"
    )


def _encoded(said: Particulars) -> dict[str, Any]:
    """As JSON holds it."""
    decoded: dict[str, Any] = orjson.loads(orjson.dumps(store.columns(said)))
    return decoded


def _difference(before: Particulars, after: Particulars) -> dict[str, Any]:
    old, new = _encoded(before), _encoded(after)
    return {field.name: new[field.name] for field in fields(Particulars) if old[field.name] != new[field.name]}


def _decoded(changes: dict[str, Any]) -> dict[str, Any]:
    """Values of `Particulars` from what JSON holds."""
    read: dict[str, Callable[[Any], Any]] = {
        "level": Level,
        "licence_valid_to": date.fromisoformat,
        "items": tuple,
        "regions": tuple,
    }
    return {name: read.get(name, str)(value) if value is not None else None for name, value in changes.items()}
