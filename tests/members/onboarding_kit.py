"""An onboarding office for tests: real services, real accounts, persons of the operator with duties of their own."""

from __future__ import annotations

import hashlib
import io
import itertools
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from members_kit import RoomApp, guards, person, table

from xinshu.core.clock import FixedClock
from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import make_uscc
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.crypto import Vault
from xinshu.crypto.suites import INTL
from xinshu.members import directory
from xinshu.members.accounts.invitations import InvitationService
from xinshu.members.accounts.passwords import Hasher
from xinshu.members.accounts.staff import close_all_of_member as close_accounts
from xinshu.members.clients.service import close_all_of_member as close_clients
from xinshu.members.model import ANONYMOUS, Caller, MemberKind, MemberRef, MemberState, Principal, Strength
from xinshu.members.onboarding import record_sandbox_call
from xinshu.members.onboarding.application import ApplicationIn
from xinshu.members.onboarding.model import Member, Outcome
from xinshu.members.onboarding.papers import Description
from xinshu.members.onboarding.registry import Applied
from xinshu.members.onboarding.routes import router
from xinshu.members.onboarding.service import OnboardingService
from xinshu.members.permissions import Access
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys
from xinshu.store.lake import Lake

ITEMS = tuple(str(number) for number in range(1, 38))
PROVIDERS = ("samr", "tax", "ndrc", "court")
CALLER = Caller("203.0.113.5", "pytest")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 16
LICENCES = {
    MemberKind.PROVIDER: "统一社会信用代码证书",
    MemberKind.BANK: "金融许可证",
    MemberKind.GUARANTOR: "融资担保业务经营许可证",
    MemberKind.CREDIT_AGENCY: "企业征信机构备案证",
    MemberKind.CREDIT_SERVICE: "营业执照",
    MemberKind.NOTARY: "公证机构执业证",
    MemberKind.ARBITRATION: "仲裁委员会登记证书",
    MemberKind.COURT: "统一社会信用代码证书",
    MemberKind.GOVERNMENT: "统一社会信用代码证书",
    MemberKind.SUPERVISOR: "统一社会信用代码证书",
    MemberKind.OPERATOR: "事业单位法人证书",
}
SANDBOX = {
    MemberKind.PROVIDER: ("batch:create", "batch:read"),
    **dict.fromkeys(
        (MemberKind.BANK, MemberKind.GUARANTOR, MemberKind.CREDIT_AGENCY, MemberKind.CREDIT_SERVICE),
        ("subject:search", "information:read"),
    ),
}
_numbers = itertools.count(1)
SECOND = timedelta(seconds=1)

CHECKER = person("operator-onboarding", name="初审员", number=901)
APPROVER = person("operator-onboarding", name="复审员", number=902)
THIRD = person("operator-onboarding", name="上线员", number=903)
SECURITY = person("operator-security", name="安全员", number=904)
AUDITOR = person("operator-audit", name="审计员", number=905)
KEY = INTL.generate_key()
WAY = (
    MemberState.MATERIAL_CHECK,
    MemberState.QUALIFICATION_REVIEW,
    MemberState.AGREEMENT_SIGNED,
    MemberState.SANDBOX_TEST,
    MemberState.SECURITY_CHECK,
    MemberState.ONLINE,
)


def sign(data: bytes) -> tuple[str, bytes]:
    """The platform's signature in tests."""
    return KEY.public.key_id, KEY.sign(data)


def verify(key_id: str, data: bytes, signature: bytes) -> bool:
    """Whether `sign` made it."""
    return key_id == KEY.public.key_id and KEY.public.verify(data, signature)


def ofd() -> bytes:
    """The smallest file that is an OFD by its structure."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("OFD.xml", "<ofd:OFD/>")
    return whole.getvalue()


@cache
def divisions() -> Divisions:
    """The shipped divisions."""
    return Divisions.load()


def code(number: int | None = None) -> str:
    """A valid unified social credit code."""
    serial = next(_numbers) if number is None else number
    return make_uscc("9", "1", "320100", serial)


def application(kind: MemberKind = MemberKind.BANK, **change: Any) -> dict[str, Any]:
    """An application that can be taken; None takes a key away."""
    number = next(_numbers)
    said: dict[str, Any] = {
        "code": code(number),
        "name": f"示范成员{number}",
        "kind": kind.value,
        "licence": {"kind": LICENCES[kind], "number": f"L{number}", "valid_to": "2099-12-31"},
        "regions": ["32"],
        "contacts": [{"name": "王联系", "duty": "科技部", "phone": "025-88886666", "email": "wang@example.cn"}],
        "administrator": {"login": f"admin-{number}", "name": "李管理"},
    }
    if kind is MemberKind.PROVIDER:
        said |= {"provider_code": "samr", "items": ["1", "2", "3"]}
    return {name: value for name, value in {**said, **change}.items() if value is not None}


@dataclass
class Office:
    """The services and what tests do over and over."""

    db: Database
    clock: FixedClock
    service: OnboardingService
    invitations: InvitationService
    app: RoomApp | None = None

    @classmethod
    def open(cls, db: Database, settings: Settings, clock: FixedClock, definitions: Path | None = None) -> Office:
        """Over a database, with the lake and keys of `settings`."""
        vault = Vault.load(settings, DataKeys(db.dsn, clock))
        invitations = InvitationService(db, clock, table(), Hasher(), vault)
        service = OnboardingService.build(
            db=db, clock=clock, definitions=definitions or packaged_definitions(), divisions=divisions(), items=ITEMS,
            providers=PROVIDERS, vault=vault, lake=Lake(str(settings.home / "lake"), vault),
            work=settings.home / "work", invite=invitations.invite, closers=(close_clients, close_accounts), sign=sign,
            platform=("320000", "示范省平台"),
        )  # fmt: skip
        return cls(db, clock, service, invitations)

    def room(self, principal: Principal) -> RoomApp:
        """The routes, called by `principal` from now on."""
        if self.app is None:
            self.app = RoomApp(router(self.service, guards()))
        self.app.principal = principal
        return self.app

    async def apply(self, kind: MemberKind = MemberKind.BANK, by: Principal = ANONYMOUS, **change: Any) -> Applied:
        """An application, anonymous unless somebody enters it."""
        said = ApplicationIn.model_validate(application(kind, **change))
        async with self.db.transaction() as conn:
            return await self.service.registry.apply(conn, said, by)

    async def activate(self, applied: Applied) -> Principal:
        """The first administrator takes up the invitation."""
        return await self.take_up(applied.member.id, applied.invitation)

    async def take_up(self, member_id: str, invitation: str) -> Principal:
        """An administrator with a password of its own."""
        account = await self.invitations.accept(invitation, "correct horse battery 7", CALLER)
        return await self.administrator(member_id, account.principal)

    async def administrator(self, member_id: str, principal: str = "") -> Principal:
        """The member's administrator as the door would know it now."""
        async with self.db.acquire() as conn:
            where = await directory.standing(conn, member_id)
        assert where is not None
        role = "operator-admin" if where.ref.kind is MemberKind.OPERATOR else "member-admin"
        return Principal(
            principal or f"account:of-{member_id}", "李管理", frozenset({role}), where.ref, members=where.members,
            items=where.items, regions=where.regions, strength=Strength.MULTI,
        )  # fmt: skip

    async def get(self, member_id: str) -> Member:
        """The member as stored."""
        return await self.service.registry.get(access(AUDITOR, "read"), member_id)

    async def hand_in(self, who: Principal, member_id: str, *kinds: str, dated: date | None = None) -> list[int]:
        """Documents with a small content each."""
        found = []
        for kind in kinds:
            about = Description(kind, f"{kind}.pdf", dated)
            document = await self.service.papers.add(
                access(who, "add", "member-document"), member_id, about, PDF + kind.encode()
            )
            found.append(document.id)
        return found

    async def sign_agreements(self, who: Principal, member_id: str, by: Principal = APPROVER) -> None:
        """All agreements of its kind accepted and countersigned."""
        papers = self.service.papers
        for one in await papers.signatures(access(who, "read"), member_id):
            if one.acceptance is not None or one.agreement.in_force.start > self.clock.today():
                continue
            async with self.db.transaction() as conn:
                what = (member_id, one.agreement.id, one.agreement.version)
                await papers.accept(conn, access(who, "accept", "agreement"), *what, one.agreement.sha256)
                await papers.countersign(conn, access(by, "countersign", "agreement"), *what)

    async def try_sandbox(self, member_id: str, *calls: str) -> None:
        """Calls that succeed in the sandbox, a moment after now."""
        async with self.db.transaction() as conn:
            for call in calls:
                await record_sandbox_call(conn, member_id, call, True, self.clock.now())

    async def pass_check(self, who: Principal, member_id: str, by: Principal = APPROVER) -> int:
        """A security check of today, passed."""
        (number,) = await self.hand_in(who, member_id, "security_check", dated=self.clock.today())
        async with self.db.transaction() as conn:
            await self.service.papers.review(conn, access(by, "advance"), member_id, number, Outcome.PASSED)
        return number

    async def step(self, by: Principal, member_id: str, to: MemberState, note: str = "") -> Member:
        """One step."""
        async with self.db.transaction() as conn:
            return await self.service.steps.advance(conn, access(by, "advance"), member_id, to, note)

    async def prepare(self, applied: Applied) -> Principal:
        """Everything that its conditions ask, before the first step."""
        who = await self.activate(applied)
        member_id, kind = applied.member.id, applied.member.particulars.kind
        if kind is MemberKind.OPERATOR:
            who = CHECKER
            await self.hand_in(who, member_id, "authorisation")
        await self.hand_in(who, member_id, "application_letter", "licence")
        await self.sign_agreements(who, member_id)
        self.clock.advance(SECOND)
        await self.try_sandbox(member_id, *SANDBOX.get(kind, ()))
        await self.pass_check(who, member_id)
        return who

    async def online(self, kind: MemberKind = MemberKind.BANK, **change: Any) -> tuple[Member, Principal]:
        """A member online, and its administrator."""
        applied = await self.apply(kind, **change)
        who = await self.prepare(applied)
        if applied.member.particulars.parent_id is not None:
            await self.confirm_branch(applied.member)
        await self.go_online(applied.member.id)
        return await self.get(applied.member.id), await self.administrator(applied.member.id, who.id)

    async def go_online(self, member_id: str) -> None:
        """The whole way, each step by whoever may take it."""
        await self.step(CHECKER, member_id, WAY[0])
        for state in WAY[1:]:
            await self.step(APPROVER, member_id, state)

    async def confirm_branch(self, branch: Member) -> Member:
        """The member above says that it is its branch."""
        assert branch.particulars.parent_id is not None
        above = await self.administrator(branch.particulars.parent_id)
        async with self.db.transaction() as conn:
            return await self.service.registry.confirm_branch(conn, access(above, "confirm-branch"), branch.id)

    async def suspend(self, member_id: str, by: Principal = SECURITY, note: str = "核查") -> Member:
        """Suspended with a reason."""
        async with self.db.transaction() as conn:
            return await self.service.steps.suspend(conn, access(by, "suspend"), member_id, note)

    async def events(self, member_id: str) -> list[str]:
        """Codes in the security log about the member, oldest first."""
        async with self.db.acquire() as conn:
            rows = await conn.fetch(
                "select code from access_event where member_id = $1 and kind = 'member' order by id", member_id
            )
        return [row["code"] for row in rows]


def access(who: Principal, action: str, kind: str = "member") -> Access:
    """What a guard would hand to the route."""
    return Access(table(), who, action, kind, CALLER)


def ref(member: Member) -> MemberRef:
    """The member as a principal has it."""
    said = member.particulars
    return MemberRef(member.id, said.kind, said.name, member.state, said.provider_code)


def sha256(text: bytes) -> str:
    """Digest in hex."""
    return hashlib.sha256(text).hexdigest()
