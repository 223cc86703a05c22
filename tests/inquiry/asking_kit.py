"""A node behind its door with firms of whom everything is known, banks that ask, and firms that authorise with their
passkeys; every answer is checked against its evidence."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import cbor2
import httpx
import orjson
from collect_kit import MOMENT, Node, build, code_of, farm, firms, penalty, vault_of
from pydantic import SecretStr
from soft_authenticator import SoftAuthenticator, unb64

from xinshu.consent.uses import ConsentUses
from xinshu.core.clock import FixedClock
from xinshu.core.make_codes import make_citizen_no
from xinshu.core.settings import Settings
from xinshu.inquiry.evidence import InquiryCheck
from xinshu.inquiry.service import InquiryService
from xinshu.ledger.audit import DetailCheck, audit
from xinshu.ledger.model import Fault
from xinshu.ledger.receipts import verify
from xinshu.members.events.check import EventCheck
from xinshu.members.model import MemberKind, MemberRef, Strength
from xinshu.store import Database, embedded

sys.path.insert(0, str(Path(__file__).parent.parent / "journeys"))

from whole_kit import RATES, Whole, database

SCORE = "93.17"
OPERATOR = "周明禾"
OFFICERS = {"01": "赵代表", "13": "孙董事"}  # role → name
TAX = "国家税务总局示例市税务局"
SALES = {"2019-12-31": "1900419.19", "2025-06-30": "2500625.25", "2026-03-31": "2600326.26"}  # period → revenue
ITEMS = ("1", "4", "8", "15", "17", "37")


def citizen_of(serial: int, year: int = 1980) -> str:
    """The citizen number of a firm's operator; of its officers with another year."""
    return make_citizen_no("320111", date(year, 1, 1), serial)


def facts(serials: range) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Item → (provider, rows) of firms about whom everything is known."""

    def row(serial: int, **values: Any) -> dict[str, Any]:
        return {"uscc": code_of(serial), "subject_name": f"示例市第{serial}号机械有限公司"} | values

    return {
        "1": ("samr", firms(len(serials), serials.start)),
        "4": ("samr", [
            row(serial, role=role, person_name=name, id_document_type="111", appointed_date="2024-03-01",
                approved_date="2024-03-05", citizen_no=citizen_of(serial, 1960 + int(role)))
            for serial in serials for role, name in OFFICERS.items()
        ]),
        "8": ("samr", [penalty(f"示市监处罚〔2024〕{serial}号", serial) for serial in serials]),
        "15": ("tax", [
            row(serial, evaluation_year="2025", tax_credit_grade="A", evaluation_score=SCORE, evaluation_kind="1",
                evaluated_date="2026-04-20", authority=TAX)
            for serial in serials
        ]),
        "17": ("tax", [
            row(serial, tax_type="10101", taxpayer_kind="1", period_from=period[:8] + "01", period_to=period,
                declared_date=period, declaration_status="1", sales_revenue=revenue, tax_payable="0",
                tax_due="0", paid_amount="0", authority=TAX)
            for serial in serials for period, revenue in SALES.items()
        ]),
        "37": ("agriculture", [
            farm(f"示例市第{serial}号机械有限公司", uscc=code_of(serial), citizen_no=citizen_of(serial))
            for serial in serials
        ]),
    }  # fmt: skip


@dataclass
class Desk:
    """A node, two banks, and firms."""

    whole: Whole
    bank: MemberRef
    other: MemberRef
    owners: dict[int, tuple[httpx.AsyncClient, SoftAuthenticator]] = field(default_factory=dict)
    leaves: set[int] = field(default_factory=set)  # of answers that were checked
    serial: int = 0

    @property
    def node(self) -> Node:
        """What is behind the door."""
        return self.whole.node

    @property
    def db(self) -> Database:
        """The database."""
        return self.whole.node.db

    @property
    def clock(self) -> FixedClock:
        """The clock."""
        return self.whole.node.clock

    def fresh(self) -> int:
        """A firm of which no test has heard."""
        self.serial += 1
        return self.serial

    # -- who ---------------------------------------------------------------------------------------------------------

    async def system(self, member: MemberRef | None = None) -> httpx.AsyncClient:
        """A bank's system with a fresh token."""
        return await self.whole.system(member or self.bank, "institution-system")

    async def officer(self, member: MemberRef | None = None, role: str = "credit-officer") -> httpx.AsyncClient:
        """A person of a member, in its browser."""
        return await self.whole.seat(role, member=(member or self.bank).id)

    async def owner(self, serial: int) -> httpx.AsyncClient:
        """The firm's legal representative in its browser, with a passkey."""
        if serial not in self.owners:
            account = await self.whole.account("firm-legal-representative", subject=code_of(serial))
            key = SoftAuthenticator()
            await self.node.table(
                "insert into passkey (credential_id, account_id, public_key, sign_count, device, name, created_at) "
                "values ($1, $2, $3, 0, 'single_device', '手机', $4)",
                key.credential_id, account, cbor2.dumps(key.cose_key()), self.clock.now(),
            )  # fmt: skip
            self.owners[serial] = (await self.whole.seat_of(account, Strength.PASSKEY), key)
        return self.owners[serial][0]

    # -- authorising -------------------------------------------------------------------------------------------------

    async def requested(self, serial: int, by: MemberRef | None = None, **terms: Any) -> str:
        """The id of a request that lies in the firm's inbox."""
        body = {"subject": code_of(serial), "purpose": "pre_loan", "items": {"17": None}} | terms
        answer = await (await self.officer(by)).post("/v1/consents", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def authorised(
        self, serial: int, by: MemberRef | None = None, narrow: dict[str, Any] | None = None, **terms: Any
    ) -> str:
        """The id of an authorisation that the firm narrowed and signed with its passkey."""
        consent = await self.requested(serial, by, **terms)
        owner = await self.owner(serial)
        prepared = (await owner.post(f"/v1/consents/{consent}/prepare", json=narrow)).raise_for_status().json()
        credential = self.owners[serial][1].get(unb64(prepared["passkey"]["challenge"]))
        body = {
            "method": "passkey", "digest": prepared["digest"], "credential": credential,
            "personal": bool(terms.get("personal")),
        }  # fmt: skip
        answer = await owner.post(f"/v1/consents/{consent}/sign", json=body)
        assert (answer.status_code, answer.json().get("state")) == (200, "active"), answer.text
        return consent

    async def step(self, serial: int, consent: str, step: str) -> None:
        """The firm pauses, resumes, revokes, declines."""
        (await (await self.owner(serial)).post(f"/v1/consents/{consent}/{step}")).raise_for_status()

    async def uses(self, consent: str) -> tuple[str, int]:
        """State and count of an authorisation."""
        (row,) = await self.node.table("select state, used from consent where id = $1", UUID(consent))
        return row["state"], row["used"]

    # -- asking ------------------------------------------------------------------------------------------------------

    async def post(self, who: httpx.AsyncClient, serial: int, key: str | None = None, **body: Any) -> httpx.Response:
        """One inquiry, whatever comes of it."""
        asked = {"subject": code_of(serial), "purpose": "pre_loan", "items": ["17"]} | body
        return await who.post("/v1/inquiries", json=asked, headers={"Idempotency-Key": key} if key is not None else {})

    async def ask(self, who: httpx.AsyncClient, serial: int, key: str | None = None, **body: Any) -> dict[str, Any]:
        """The answer to one inquiry, whose evidence was checked."""
        return await self.proven(await self.post(who, serial, key, **body))

    async def proven(self, answer: httpx.Response) -> dict[str, Any]:
        """What an answer says, if leaf and record say the same."""
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        digest = hashlib.sha256(raw_items(answer.content)).hexdigest()
        leaf = await self.node.services.ledger.leaf(told["leaf"])
        said = orjson.loads(leaf.content)
        (row,) = await self.node.table("select * from inquiry where leaf = $1", told["leaf"])
        codes = {one["item"]: one["decision"]["code"] for one in told["items"]}
        consents = sorted({one["decision"]["consent"] for one in told["items"]} - {None})
        assert said["about"] | {"asked": ""} == {
            "inquiry": told["inquiry"], "purpose": told["purpose"], "consents": consents, "items": codes,
            "as_of": told["as_of"], "asked": "", "result": digest,
        }  # fmt: skip
        assert (leaf.kind, leaf.subject, said["at"][:19]) == ("inquiry", row["subject_code"], told["answered_at"][:19])
        assert (str(row["id"]), row["consents"], row["result"].hex(), orjson.loads(row["items"])) == (
            told["inquiry"], consents, digest, codes,
        )  # fmt: skip
        assert (row["principal"], row["member_id"]) == (leaf.principal, leaf.member_id)
        for one in told["items"]:
            assert one["rows"] == len(one["records"])
            assert one["decision"]["allowed"] or one["records"] == []
        self.leaves.add(told["leaf"])
        return told

    async def receipts(self, leaves: set[int]) -> int:
        """How many leaves have a receipt that holds by the platform's public key alone."""
        public = self.node.services.ledger.public_key
        for index in leaves:
            receipt = orjson.loads(orjson.dumps(await self.node.services.ledger.receipt(index)))
            assert verify(receipt, public)["index"] == index
        return len(leaves)

    async def count(self, kind: str = "inquiry") -> int:
        """How many leaves of a kind there are."""
        (row,) = await self.node.table("select count(*) as n from leaf where kind = $1", kind)
        return int(row["n"])

    async def audited(self) -> list[Fault]:
        """What the audit finds, details included."""
        return await audited(self.node)


def details(node: Node) -> list[DetailCheck]:
    """As `xinshu ledger audit` compares them."""
    return [InquiryCheck(node.services.ledger.suite.digest), EventCheck()]


async def audited(node: Node) -> list[Fault]:
    """What the audit finds, details included."""
    return (await audit(node.db, node.services.ledger, details(node)))[1]


def raw_items(content: bytes) -> bytes:
    """The items of an answer as they came, whose digest is in the leaf."""
    return content.split(b',"items":', 1)[1][:-1]


def codes_of(told: dict[str, Any]) -> dict[str, str]:
    """Item → code of its decision."""
    return {one["item"]: one["decision"]["code"] for one in told["items"]}


def records_of(told: dict[str, Any], item: str) -> list[dict[str, Any]]:
    """The data of an item's records."""
    (found,) = [one for one in told["items"] if one["item"] == item]
    return [record["data"] for record in found["records"]]


async def node_with_unsealing(settings: Settings, db: Database, clock: FixedClock) -> Node:
    """A node that opens sealed fields, as `node.services` wires it."""
    services, vault = await build(settings, db, clock), vault_of(settings)
    inquiry = InquiryService(
        db, services.catalogue, clock, services.ledger, ConsentUses(db),
        lambda name, sealed: vault.open(sealed, name.encode()),
    )  # fmt: skip
    return Node(replace(services, inquiry=inquiry), clock)


@asynccontextmanager
async def open_desk(
    server: embedded.EmbeddedServer, home: Path, known: int, items: Sequence[str] = ITEMS
) -> AsyncIterator[Desk]:
    """A node over a database of its own, where `items` are known of `known` firms."""
    async with database(server, f"desk_{uuid4().hex[:8]}") as url:
        settings = Settings(home=home, database_url=SecretStr(url), **RATES)
        db = await Database.open(settings)
        node = await node_with_unsealing(settings, db, FixedClock(MOMENT))
        try:
            for item, (provider, rows) in facts(range(1, known + 1)).items():
                if item not in items:
                    continue
                await node.publish(rows, item, provider=provider)
            async with node.serving():
                whole = Whole(node, await node.app())
                bank = await whole.member("mbank", MemberKind.BANK)
                yield Desk(whole, bank, await whole.member("mother", MemberKind.BANK))
                for client in whole.clients:
                    await client.aclose()
        finally:
            await node.close()
            await db.close()
