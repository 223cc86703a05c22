"""A node's authorisations with real accounts, passkeys and ledger; who calls is chosen by the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import cbor2
import httpx
import orjson
import pyotp
from accounts_kit import House, open_house
from gate_kit import catalogue
from members_kit import RoomApp, guards, table
from soft_authenticator import SoftAuthenticator, unb64

from xinshu.consent.artefact import Artefact
from xinshu.consent.grantees import Reads
from xinshu.consent.purposes import Purposes
from xinshu.consent.routes import router
from xinshu.consent.service import ConsentService
from xinshu.consent.signing import (
    AccountMandates,
    CertificateSigning,
    PasskeySigning,
    SignInAgain,
    TrustAnchors,
    WitnessedSigning,
)
from xinshu.consent.signing_service import SigningService
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.crypto.suites import INTL, Suite
from xinshu.members.accounts import totp
from xinshu.members.accounts.passwords import Hasher
from xinshu.members.model import Caller, MemberKind, MemberRef, MemberState, Principal, Strength
from xinshu.members.passkeys import PasskeyService, RelyingParty
from xinshu.members.permissions import Access
from xinshu.store import Database

ORIGIN = "http://node.test"
FIRM, OTHER_FIRM = "91320100748204660Q", "91320281142232229Q"
PASSWORD = "gravel-Lantern 42 pond"
OFFICER = UUID(int=101)


@dataclass
class Office:
    """Everything about authorisations on one node."""

    house: House
    consents: ConsentService
    signing: SigningService
    app: RoomApp
    keys: dict[UUID, SoftAuthenticator] = field(default_factory=dict)
    secrets: dict[UUID, str] = field(default_factory=dict)

    @property
    def db(self) -> Database:
        """The database."""
        return self.house.db

    @property
    def clock(self) -> FixedClock:
        """The clock."""
        return self.house.clock

    # -- who ---------------------------------------------------------------------------------------------------------

    async def bank(
        self, number: int = 1, kind: MemberKind = MemberKind.BANK, role: str = "credit-officer"
    ) -> Principal:
        """An officer of an institution that is online."""
        member = await self.house.member(number, kind)
        ref = MemberRef(member, kind, f"成员{number}", MemberState.ONLINE)
        return Principal(
            f"account:{UUID(int=100 + number)}", "钱经理", frozenset({role}), ref, members=(member,),
            strength=Strength.MULTI,
        )  # fmt: skip

    def operator(self, number: int = 1) -> Principal:
        """An onboarding officer of the platform."""
        return Principal(
            f"account:{UUID(int=200 + number)}", f"运营{number}", frozenset({"operator-onboarding"}),
            strength=Strength.MULTI,
        )  # fmt: skip

    async def firm(self, code: str = FIRM, name: str = "示例市晨曦精密机械有限公司") -> None:
        """A firm in the subject base."""
        await self.house.sql(
            "insert into subject (code, name, name_key) values ($1, $2, $3) on conflict do nothing", code, name, uuid4()
        )

    async def representative(self, code: str = FIRM) -> Principal:
        """The firm's legal representative, with a passkey, a password and one-time codes."""
        await self.firm(code)
        return await self._person(code, "firm-legal-representative", ["firm-legal-representative"])

    async def delegate(self, by: Principal, first: date, last: date) -> Principal:
        """A handler with a delegation of the representative."""
        assert by.subject is not None
        made = await self._person(by.subject, "firm-delegate", [])
        await self.house.sql(
            "insert into delegation (subject_code, account_id, granted_by, scope, valid_from, valid_to, created_at) "
            "values ($1, $2, $3, '{firm-delegate}', $4, $5, now())",
            by.subject, account_of(made), account_of(by), first, last,
        )  # fmt: skip
        return made

    async def _person(self, code: str, role: str, own_roles: list[str]) -> Principal:
        account, secret = uuid4(), totp.new_secret()
        await self.house.sql(
            "insert into account (id, login, name, subject_code, roles, state, password_hash, totp_sealed, created_by, "
            "created_at, updated_at) values ($1, $2, '周明远', $3, $4, 'active', $5, $6, 'test', now(), now())",
            account, f"person-{account.hex[:8]}", code, own_roles, await Hasher().hash(PASSWORD),
            self.house.vault.seal(secret, totp.secret_place(account)),
        )  # fmt: skip
        key = SoftAuthenticator(rp_id="node.test", origin=ORIGIN)
        await self.house.sql(
            "insert into passkey (credential_id, account_id, public_key, sign_count, device, name, created_at) "
            "values ($1, $2, $3, 0, 'single_device', '手机', now())",
            key.credential_id, account, cbor2.dumps(key.cose_key()),
        )  # fmt: skip
        self.keys[account], self.secrets[account] = key, secret
        return Principal(f"account:{account}", "周明远", frozenset({role}), subject=code, strength=Strength.PASSKEY)

    # -- what they do ------------------------------------------------------------------------------------------------

    async def ask(self, who: Principal, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request of somebody."""
        self.app.principal = who
        async with self.app.client() as client:
            return await client.request(method, f"/v1/consents{path}", json=body)

    async def post(self, who: Principal, path: str, body: Any = None) -> httpx.Response:
        """POST."""
        return await self.ask(who, "POST", path, body)

    async def get(self, who: Principal, path: str = "") -> httpx.Response:
        """GET."""
        return await self.ask(who, "GET", path)

    async def request(self, who: Principal, **changes: Any) -> dict[str, Any]:
        """A request in the firm's inbox."""
        answer = await self.post(who, "", request_body(**changes))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def prepared(self, who: Principal, consent: str, **narrowing: Any) -> dict[str, Any]:
        """What is to be signed."""
        answer = await self.post(who, f"/{consent}/prepare", narrowing or None)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def assertion(self, who: Principal, prepared: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The body of a signature with the signer's passkey."""
        key = self.keys[account_of(who)]
        credential = key.get(unb64(prepared["passkey"]["challenge"]))
        return {"method": "passkey", "digest": prepared["digest"], "credential": credential} | changes

    async def signed(self, who: Principal, consent: str, *, personal: bool = False, **narrowing: Any) -> dict[str, Any]:
        """Narrowed and signed with the passkey."""
        prepared = await self.prepared(who, consent, **narrowing)
        answer = await self.post(who, f"/{consent}/sign", self.assertion(who, prepared, personal=personal))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def active(self, bank: Principal, firm: Principal, **changes: Any) -> str:
        """The id of an authorisation in force."""
        made = await self.request(bank, **changes)
        done = await self.signed(firm, made["id"])
        assert done["state"] == "active"
        return str(made["id"])

    def code(self, who: Principal) -> str:
        """What the person's authenticator shows now."""
        return pyotp.TOTP(self.secrets[account_of(who)]).at(self.clock.now())

    async def login(self, who: Principal) -> str:
        """The person's login."""
        (row,) = await self.house.sql("select login from account where id = $1", account_of(who))
        return str(row["login"])

    def access(self, who: Principal, action: str = "read") -> Access:
        """The right of somebody."""
        return Access(table(), who, action, "consent", Caller("198.51.100.7"))

    async def evidence(self) -> list[dict[str, Any]]:
        """What waits for the ledger, oldest first."""
        rows = await self.house.sql("select * from waiting_leaf order by id")
        return [{**dict(row), "about": orjson.loads(row["about"])} for row in rows]


def account_of(who: Principal) -> UUID:
    """The account of a person."""
    return UUID(who.id.removeprefix("account:"))


def request_body(**changes: Any) -> dict[str, Any]:
    """A request for tax declarations."""
    return {"subject": FIRM, "purpose": "pre_loan", "items": {"17": None, "15": None}} | changes


def parsed(prepared: dict[str, Any]) -> Artefact:
    """The artefact that was prepared."""
    return Artefact.parse(prepared["content"].encode())


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and reason."""
    told = answer.json()
    return answer.status_code, told["code"], told["details"].get("reason")


@asynccontextmanager
async def open_office(
    settings: Settings, db: Database, clock: FixedClock, anchors: TrustAnchors, suite: Suite = INTL,
    reads: Reads | None = None,
) -> AsyncIterator[Office]:  # fmt: skip
    """Authorisations over a fresh database."""
    purposes = Purposes.load(packaged_definitions(), catalogue())
    async with open_house(settings, db, clock) as house:
        accounts = house.accounts
        party = RelyingParty.of(ORIGIN, "示范平台")
        passkeys = PasskeyService(db, clock, accounts.sessions, house.vault, party)
        consents = ConsentService(db, clock, catalogue(), purposes, suite, ("320000", "示范省融资信用服务平台"))
        providers = [
            PasskeySigning(db, passkeys, party),
            CertificateSigning(anchors),
            WitnessedSigning(SignInAgain(db, accounts.sign_in, accounts.sessions)),
        ]
        signing = SigningService(consents, AccountMandates(accounts.principals), providers)
        app = RoomApp(router(consents, signing, guards(), reads))
        yield Office(house, consents, signing, app)
