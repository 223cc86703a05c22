"""The steps of a member's life: forward, suspended, resumed, left.

Each asks the permission table, the separation of duties and the conditions; each leaves a step, a line in the security
log and a word to all processes. Writes take a connection; the caller commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from xinshu.core.clock import Clock
from xinshu.members.events import record
from xinshu.members.freshness import announce
from xinshu.members.model import STATE_NAMES, MemberKind, MemberState, Principal, Strength
from xinshu.members.onboarding import certificate, rules, store
from xinshu.members.onboarding.agreements import Agreements
from xinshu.members.onboarding.checklist import Checklist
from xinshu.members.onboarding.errors import CertificateNotFoundError, DocumentNotFoundError, TransitionError
from xinshu.members.onboarding.model import Check, Document, Member, Step
from xinshu.members.onboarding.registry import CLOSED, Closer, Registry, round_for
from xinshu.members.onboarding.store import queries
from xinshu.members.permissions import Access
from xinshu.store import Database

NOTICE_DAYS = 30
PLATFORM = Principal("system:lapse", "平台到期检查", strength=Strength.LOCAL)
STATEMENT = "destruction_statement"
"""Kind of the document in which a member that leaves says what became of the data it had retrieved."""
S = MemberState


@dataclass(frozen=True)
class Outlook:
    """The way ahead of a member: the next step and the conditions asked there, as they stand."""

    member: Member
    target: MemberState | None  # None: nothing is next (refused, left)
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Lapse:
    """A condition that ended, or will; of a member that is online."""

    member_id: str
    name: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Lapsed:
    """Members suspended, and those told that a condition ends within 30 days."""

    suspended: tuple[Lapse, ...]
    ahead: tuple[Lapse, ...]


class Steps:
    """The verbs of the state machine."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        registry: Registry,
        checklists: Mapping[MemberKind, Checklist],
        agreements: Agreements,
        closers: Sequence[Closer],
        sign: certificate.Sign,
        platform: tuple[str, str],
    ) -> None:
        """`platform`: (division code, name)."""
        self._db = db
        self._clock = clock
        self._registry = registry
        self._checklists = checklists
        self._agreements = agreements
        self._closers = closers
        self._sign = sign
        self._platform = platform

    # -- reading -----------------------------------------------------------------------------------------------------

    async def history(self, access: Access, which: str) -> tuple[Step, ...]:
        """Steps in order: those of its present round for the member, all for operators. Raises MemberNotFoundError,
        ForbiddenError."""
        async with self._db.acquire() as conn:
            member = await self._registry.seen(conn, access, which)
            return await store.steps(conn, which, round_for(access, member))

    async def checklist(self, access: Access, which: str, target: MemberState | None = None) -> Outlook:
        """The conditions asked at the next step (or at `target`): of an online member, those that must keep holding.

        Raises MemberNotFoundError, ForbiddenError.
        """
        async with self._db.acquire() as conn:
            member = await self._registry.seen(conn, access, which)
            if target is None and member.state in CLOSED:
                return Outlook(member, None, ())
            wanted = target or (S.ONLINE if member.state is S.ONLINE else rules.TRANSITIONS[member.state][0])
            return Outlook(member, wanted, await self._checks(conn, member, wanted))

    async def certificate(self, access: Access, which: str) -> str:
        """The newest certificate of a member that left, as issued. Raises CertificateNotFoundError and as `seen`."""
        async with self._db.acquire() as conn:
            member = await self._registry.seen(conn, access, which)
            shown = round_for(access, member)
            found: str | None = await queries.newest_certificate(conn, member_id=which, round=shown)
        if found is None:
            raise CertificateNotFoundError("没有数据销毁或返还证明", hint="成员退出时才签发")
        return found

    # -- steps -------------------------------------------------------------------------------------------------------

    async def advance(
        self, conn: Any, access: Access, which: str, to: MemberState, note: str = "", documents: Sequence[int] = ()
    ) -> Member:
        """The next stage, up to online, or refused with a reason.

        Raises TransitionError, ForbiddenError, SamePersonError, ConditionsError, DocumentNotFoundError.
        """
        if to is S.REFUSED:
            await queries.lock_tree(conn)  # no branch may come in below it meanwhile
        member = await self._registry.seen_by_another(conn, access, which, "办理入驻")
        if member.state is S.SUSPENDED or to not in (*rules.STAGES[1:], S.REFUSED):
            raise TransitionError(
                f"成员处于“{STATE_NAMES[member.state]}”,不能这样转为“{STATE_NAMES[to]}”",
                hint="暂停、恢复、退出各有自己的办理入口",
                state=member.state.value,
                wanted=to.value,
            )
        rules.check_transition(member.state, to)
        rules.check_reason(to, note)
        rules.check_duties(to, access.principal, member, await store.steps(conn, which, member.round))
        if to is S.REFUSED:
            return await self._close(conn, access, member, to, note, documents)
        return await self._enter(conn, access, member, to, note, documents)

    async def suspend(self, conn: Any, access: Access, which: str, note: str) -> Member:
        """Stop a member at once, with the reason; its branches stop with it. Raises TransitionError, ForbiddenError."""
        member = await self._registry.seen(conn, access, which, lock=True)
        rules.check_transition(member.state, S.SUSPENDED)
        rules.check_reason(S.SUSPENDED, note)
        return await self._move(conn, access.principal, access.caller.address, member, S.SUSPENDED, note)

    async def resume(self, conn: Any, access: Access, which: str, note: str = "") -> Member:
        """Online again, all conditions asked anew. Raises as `advance` does."""
        member = await self._registry.seen_by_another(conn, access, which, "恢复")
        if member.state is not S.SUSPENDED:
            raise TransitionError(f"成员处于“{STATE_NAMES[member.state]}”,不能恢复", hint="只有已暂停的成员可以恢复")
        rules.check_duties(S.ONLINE, access.principal, member, await store.steps(conn, which, member.round))
        return await self._enter(conn, access, member, S.ONLINE, note, ())

    async def offboard(self, conn: Any, access: Access, which: str, note: str) -> Member:
        """A suspended member leaves: all it had is closed, and a certificate says what became of the data it held.

        Raises as `advance` does, and BranchesRemainError.
        """
        await queries.lock_tree(conn)
        member = await self._registry.seen_by_another(conn, access, which, "退出")
        rules.check_transition(member.state, S.OFFBOARDED)
        rules.check_reason(S.OFFBOARDED, note)
        return await self._close(conn, access, member, S.OFFBOARDED, note, ())

    async def suspend_lapsed(self) -> Lapsed:
        """Suspend every member online whose licence, agreement or security check has lapsed; note in the log, once,
        those that will within 30 days. To be run daily; each member in a transaction of its own. The platform's own
        operator is only noted."""
        suspended, ahead = [], []
        async with self._db.acquire() as conn:
            online = [row["id"] async for row in queries.members_online(conn)]
        for which in online:
            async with self._db.transaction() as conn:
                member = await store.get(conn, which, lock=True)
                if member.state is not S.ONLINE:
                    continue
                checks = await self._lasting(conn, member)
                failed = tuple(check for check in checks if not check.holds)
                if len(failed) > 0 and member.particulars.kind is MemberKind.OPERATOR:
                    await record(  # suspended, it would leave nobody to put it, or anybody, online again
                        conn, self._clock.now(), "member", "operator_lapsed", member_id=member.id,
                        conditions=[check.id for check in failed],
                    )  # fmt: skip
                elif len(failed) > 0:
                    note = "到期暂停:" + ";".join(f"{one.words}({one.found})" for one in failed)
                    await self._move(conn, PLATFORM, "", member, S.SUSPENDED, note, checks)
                    suspended.append(Lapse(which, member.particulars.name, failed))
                elif len(soon := await self._announce_lapses(conn, member, checks)) > 0:
                    ahead.append(Lapse(which, member.particulars.name, soon))
        return Lapsed(tuple(suspended), tuple(ahead))

    # -- parts -------------------------------------------------------------------------------------------------------

    async def _enter(
        self, conn: Any, access: Access, member: Member, to: MemberState, note: str, documents: Sequence[int]
    ) -> Member:
        checks = await self._checks(conn, member, to)
        rules.check_conditions(to, checks)
        await self._check_documents(conn, member, documents)
        return await self._move(conn, access.principal, access.caller.address, member, to, note, checks, documents)

    async def _close(
        self, conn: Any, access: Access, member: Member, to: MemberState, note: str, documents: Sequence[int]
    ) -> Member:
        """The ends: refused or left."""
        now, who = self._clock.now(), access.principal
        checks: tuple[Check, ...] = ()
        details: dict[str, Any] = {"provider_code": member.particulars.provider_code}
        await self._check_documents(conn, member, documents)
        if to is S.OFFBOARDED:
            branches = [await store.get(conn, one) for one in await store.below(conn, member.id)]
            rules.check_leaving([(one.particulars.name, one.state) for one in branches])
            checks = await self._checks(conn, member, to)
            rules.check_conditions(to, checks)
            details["closed"] = {}
            for close in self._closers:
                for what, count in (await close(conn, member.id, who.id, now)).items():
                    details["closed"][what] = details["closed"].get(what, 0) + count
            details["certificate"] = await self._certify(conn, member, who)
        await queries.drop_changes(conn, member_id=member.id, by=who.id, now=now)
        await queries.free_provider_code(conn, id=member.id)
        return await self._move(conn, who, access.caller.address, member, to, note, checks, documents, details)

    async def _move(
        self,
        conn: Any,
        actor: Principal,
        address: str,
        member: Member,
        to: MemberState,
        note: str,
        checks: Sequence[Check] = (),
        documents: Sequence[int] = (),
        details: dict[str, Any] | None = None,
    ) -> Member:
        now = self._clock.now()
        await queries.update_state(conn, id=member.id, state=to.value, now=now)
        await store.add_step(
            conn, member, to, actor, now, source=member.state, note=note,
            checks=[rules.as_json(check) for check in checks], documents=documents, details=details,
        )  # fmt: skip
        await record(
            conn, now, "member", to.value, principal=actor.id, member_id=member.id, target=f"member:{member.id}",
            address=address or None, from_state=member.state.value, round=member.round, **(details or {}),
        )  # fmt: skip
        for one in (member.id, *await store.below(conn, member.id)):
            await announce(conn, f"member:{one}")
        return await store.get(conn, member.id)

    async def _checks(self, conn: Any, member: Member, target: MemberState) -> tuple[Check, ...]:
        today = self._clock.today()
        facts = await store.lineage_facts(conn, member.id, today)
        return rules.evaluate(self._checklists[member.particulars.kind], facts, self._agreements, today, target)

    async def _lasting(self, conn: Any, member: Member) -> tuple[Check, ...]:
        today = self._clock.today()
        facts = await store.lineage_facts(conn, member.id, today)
        return rules.evaluate_online(self._checklists[member.particulars.kind], facts, self._agreements, today)

    async def _announce_lapses(self, conn: Any, member: Member, checks: Sequence[Check]) -> tuple[Check, ...]:
        """Conditions that end within 30 days and were not announced before."""
        told = []
        for check in rules.ending(checks, self._clock.today() + timedelta(days=NOTICE_DAYS)):
            until = check.until.isoformat() if check.until is not None else ""
            if not await queries.lapse_announced(conn, member_id=member.id, condition=check.id, until=until):
                await record(conn, self._clock.now(), "member", "lapse_ahead", principal=PLATFORM.id,
                             member_id=member.id, target=f"member:{member.id}", condition=check.id, until=until,
                             words=check.words)  # fmt: skip
                told.append(check)
        return tuple(told)

    async def _check_documents(self, conn: Any, member: Member, documents: Sequence[int]) -> None:
        for number in documents:
            if await queries.get_document(conn, member_id=member.id, document_id=number) is None:
                raise DocumentNotFoundError(f"成员没有材料 {number}", hint="先上传材料,再引用其编号")

    async def _certify(self, conn: Any, member: Member, actor: Principal) -> str:
        """Issue the certificate; its number."""
        now = self._clock.now()
        statement = await self._statement(conn, member)
        serial = await queries.next_certificate(conn)
        number = f"{self._platform[0]}-D{self._clock.today().year}-{serial:06}"
        text = certificate.issue(
            self._sign,
            number=number,
            platform_code=self._platform[0],
            platform_name=self._platform[1],
            member=member,
            since=await queries.first_online(conn, member_id=member.id, round=member.round),
            statement=statement,
            issued_by=actor.name,
            at=now,
        )
        await queries.insert_certificate(
            conn, number=number, member_id=member.id, round=member.round, certificate=text, now=now
        )
        return number

    async def _statement(self, conn: Any, member: Member) -> Document:
        documents = [row async for row in queries.list_documents(conn, member_id=member.id, round=member.round)]
        for row in documents:
            if row["kind"] == STATEMENT:
                return store.document_of(row)
        raise DocumentNotFoundError("没有数据销毁或返还声明", hint="由成员上传后再办理退出")
