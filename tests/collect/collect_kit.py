"""A node for tests: shared expensive parts, small files from dictionaries, rows of invented firms, a look at tables."""

from __future__ import annotations

import asyncio
import atexit
import csv
import io
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
from starlette.types import ASGIApp

from xinshu.catalogue import Catalogue
from xinshu.collect.files import ReadLimits
from xinshu.collect.model import Batch, BatchState, QuarantinedRow, Submission
from xinshu.collect.prepare import Tools
from xinshu.collect.references import Codes
from xinshu.collect.service import CollectService
from xinshu.consent.forms import Unseal
from xinshu.consent.uses import ConsentUses
from xinshu.core.clock import FixedClock
from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import make_uscc
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.core.sizes import Sizes
from xinshu.crypto import Vault
from xinshu.inquiry.push import changes
from xinshu.inquiry.service import InquiryService
from xinshu.members.accounts.model import Account
from xinshu.members.accounts.principals import queries as account_queries
from xinshu.members.freshness import Freshness
from xinshu.members.model import Caller as SomeCaller
from xinshu.members.model import Strength
from xinshu.members.permissions import Permissions
from xinshu.node.app import build_node, working
from xinshu.node.authorisations import Authorisations
from xinshu.node.distribution import Distribution, Host
from xinshu.node.membership import Membership
from xinshu.node.services import Services, open_ledger
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys
from xinshu.store.engine import DuckDBEngine, Engine
from xinshu.store.lake import Lake
from xinshu.store.workbench import Workbenches
from xinshu.subjects.service import SubjectService

MOMENT = datetime(2026, 6, 1, 2, tzinfo=UTC)
CITIZEN_NO = "11010519491231002X"  # the example of GB 11643
Content = bytes | list[dict[str, Any]]  # a file, or rows that are sent as CSV
AUTHORITY = "12320100MB0DEM0684"


@dataclass(frozen=True)
class Parts:
    """What takes long to load or to warm and does not change: shared by all tests of a run."""

    catalogue: Catalogue
    codes: Codes
    sizes: Sizes
    divisions: Divisions
    industries: Industries
    engine: Engine
    benches: Workbenches
    table: Permissions

    def close(self) -> None:
        """Remove the working folders."""
        self.benches.close()
        shutil.rmtree(self.benches.folder, ignore_errors=True)


@cache
def parts() -> Parts:
    """Loaded once; the engine keeps the expressions that it has compiled."""
    definitions = packaged_definitions()
    industries = Industries.load(definitions)
    loaded = Parts(
        catalogue=Catalogue.load(definitions, "", MOMENT.date()),
        codes=Codes.load(definitions),
        sizes=Sizes.load(definitions, industries),
        divisions=Divisions.load(),
        industries=industries,
        engine=DuckDBEngine(),
        benches=Workbenches(Path(tempfile.mkdtemp(prefix="xinshu-benches-")), "384MB", 2),
        table=Permissions.load(definitions),
    )
    atexit.register(loaded.close)
    return loaded


def vault_of(settings: Settings) -> Vault:
    """The vault of a node; it needs the database only when it is used."""
    url = settings.database_url
    return Vault.load(settings, DataKeys(url.get_secret_value() if url is not None else "", FixedClock(MOMENT)))


def tools_for(settings: Settings, engine: Engine | None = None, *, alone: bool = False) -> Tools:
    """What preparing a batch needs; `alone`: with workbenches in the node's own working folder, as in service."""
    own = Workbenches(settings.home / "work", settings.engine_memory, settings.engine_threads) if alone else None
    return Tools(
        engine=engine or parts().engine,
        codes=parts().codes,
        mappings=settings.definitions / "mappings",
        work=settings.home / "work",
        benches=own or parts().benches,
        limits=ReadLimits.of(settings),
        vault=vault_of(settings),
    )


async def build(
    settings: Settings, db: Database, clock: FixedClock, engine: Engine | None = None, *, alone: bool = False
) -> Services:
    """The services as `node.services` wires them, over the shared parts; members are added when HTTP is spoken."""
    shared, tools = parts(), tools_for(settings, engine, alone=alone)
    assert tools.vault is not None
    lake = Lake(settings.lake, tools.vault)
    collect = CollectService(
        db, lake, shared.catalogue, tools, shared.sizes, clock, settings.platform_code, changes.changed
    )
    ledger = await open_ledger(settings, clock, db, tools.vault)
    freshness = Freshness(db)
    inquiry = InquiryService(db, shared.catalogue, clock, ledger, ConsentUses(db))
    host, unseal = Host(db, nobody), unsealing(tools.vault)
    return Services(
        settings=settings,
        clock=clock,
        db=db,
        engine=tools.engine,
        catalogue=shared.catalogue,
        collect=collect,
        subjects=SubjectService(db, tools.vault, clock, shared.divisions, shared.industries),
        inquiry=inquiry,
        ledger=ledger,
        freshness=freshness,
        table=shared.table,
        membership=None,
        authorisations=None,
        benches=tools.benches,
        distribution=Distribution.build(
            settings, clock, db, lake, shared.catalogue, shared.table, ledger, inquiry, unseal, host, sandbox=False
        ),
        host=host,
        vault=tools.vault,
    )


def unsealing(vault: Vault) -> Unseal:
    """Opens sealed fields, as `node.services` does."""
    return lambda field, sealed: vault.open(sealed, field.encode())


async def nobody(principal_id: str) -> None:
    """Who somebody is, before there are members."""


@dataclass
class Speaker:
    """Who speaks HTTP in a test: an operator with every operator's role, unless told otherwise."""

    login: str = "operator"
    roles: tuple[str, ...] = ("operator-admin", "operator-onboarding", "operator-data", "operator-audit",
                              "operator-security")  # fmt: skip
    principal: str = ""
    cookie: str = ""
    csrf: str = ""


class Node:
    """A node in a test."""

    def __init__(self, services: Services, clock: FixedClock) -> None:
        self.services = services
        self.collect = services.collect
        self.db = services.db
        self.clock = clock
        self.speaker = Speaker()
        self._app: ASGIApp | None = None
        self._readying = asyncio.Lock()

    async def start(self) -> None:
        """Write evidence, so that inquiries are answered."""
        if not self.services.ledger.log.running:
            self.services.ledger.log.start()

    async def close(self) -> None:
        """End what runs in the background."""
        await self.services.ledger.log.stop()
        await self.services.freshness.stop()
        if self.services.membership is not None:
            await self.services.membership.close()

    def close_benches(self) -> None:
        """For a node whose workbenches are its own."""
        self.collect._tools.benches.close()

    async def receive(self, content: Content, item: str = "1", name: str = "rows.csv", **about: Any) -> Batch:
        """Hand in a file, or rows as CSV."""
        data = content if isinstance(content, bytes) else csv_of(content)
        submission = Submission(**{"provider": "samr", "item": item, **about})
        return (await self.collect.receive(io.BytesIO(data), name, submission))[0]

    async def send(self, content: Content, item: str = "1", name: str = "rows.csv", **about: Any) -> Batch:
        """Hand in a file, or rows as CSV, and process it to its end."""
        return await self.collect.process((await self.receive(content, item, name, **about)).id)

    async def publish(self, content: Content, item: str = "1", **about: Any) -> Batch:
        """`send`, for batches that the test takes for granted."""
        batch = await self.send(content, item, **about)
        assert batch.state is BatchState.PUBLISHED, (batch.held_for, batch.error, batch.reasons)
        return batch

    async def table(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a query."""
        async with self.db.acquire() as conn:
            return [dict(row) for row in await conn.fetch(sql, *values)]

    async def aside(self, batch: Batch) -> list[QuarantinedRow]:
        """The rows set aside."""
        return await self.collect.quarantined(batch.id)

    async def codes_aside(self, batch: Batch) -> dict[int, list[str | None]]:
        """Row number → codes of the rows set aside."""
        return {row.row_no: [reason["code"] for reason in row.reasons] for row in await self.aside(batch)}

    async def records(self, item: str = "1") -> list[dict[str, Any]]:
        """All versions of all records of an item."""
        return await self.table(
            "select r.*, s.code, s.old_number, s.name from record r join subject s on s.id = r.subject_id "
            "where r.item = $1 order by s.name, r.key, r.version",
            item,
        )

    async def app(self) -> ASGIApp:
        """The node as the network meets it; made at first use, with an operator who has signed in."""
        async with self._readying:
            if self._app is None:
                services, shared = self.services, parts()
                assert self.collect._tools.vault is not None
                membership = await Membership.build(
                    services.settings, self.clock, self.db, self.collect._tools.vault, self.collect._lake,
                    shared.catalogue, shared.divisions, services.subjects, services.ledger, services.freshness,
                )  # fmt: skip
                found = Authorisations.build(services.settings, self.clock, self.db, shared.catalogue, membership)
                host = Host(self.db, membership.principal_by_id)
                carrying = Distribution.build(
                    services.settings, self.clock, self.db, self.collect._lake, shared.catalogue, shared.table,
                    services.ledger, services.inquiry, unsealing(self.collect._tools.vault), host, sandbox=False,
                )  # fmt: skip
                self.services = replace(
                    services, membership=membership, authorisations=found, distribution=carrying, host=host
                )
                await self.start()
                await self.sign_in(self.speaker)
                self._app = build_node(self.services)
        return self._app

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the node while its worker and all else in the background runs."""
        await self.app()
        async with working(self.services), self.http() as client:
            yield client

    async def sign_in(self, speaker: Speaker) -> None:
        """Make the operator's member and an account, and open a session."""
        membership, account_id = self.services.membership, uuid4()
        assert membership is not None
        async with self.db.transaction() as conn:
            await conn.execute(
                "insert into member (id, code, name, kind, regions, state, state_since, created_by, created_at, "
                "updated_at) values ('moperator', '11320000014000001A', '运营单位', 'operator', array[''], 'online', "
                "$1, 'test', $1, $1) on conflict do nothing", self.clock.now(),
            )  # fmt: skip
            await conn.executemany(
                "insert into member (id, code, name, kind, provider_code, regions, state, state_since, created_by, "
                "created_at, updated_at) values ('mprovider-' || $1, $2, $1, 'provider', $1, array[''], 'online', $3, "
                "'test', $3, $3) on conflict do nothing",
                [(name, f"provider-{name}", self.clock.now()) for name in PROVIDERS],
            )
            await conn.execute(
                "insert into account (id, login, name, member_id, roles, state, created_by, created_at, updated_at) "
                "values ($1, $2, $2, 'moperator', $3, 'active', 'test', $4, $4)",
                account_id, speaker.login, list(speaker.roles), self.clock.now(),
            )  # fmt: skip
            account = Account.of(await account_queries.account(conn, id=account_id))
            opened = await membership.accounts.sessions.open(
                conn, account, Strength.MULTI, SomeCaller("127.0.0.1"), how="test"
            )
        speaker.principal = account.principal
        speaker.cookie, speaker.csrf = opened.token, opened.csrf

    def http(self, token: str | None = "") -> httpx.AsyncClient:
        """A client of the node's API: the operator signed in, or with another token, or none (None)."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(transport=_Transport(self, token == ""), base_url=BASE, headers=headers)


PROVIDERS = ("samr", "tax", "ndrc", "court", "agriculture", "hrss")


@asynccontextmanager
async def node_over(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Node]:
    """A node with settings of its own."""
    one = Node(await build(settings, db, clock), clock)
    try:
        yield one
    finally:
        await one.close()


BASE = "http://localhost:8848"


class _Transport(httpx.AsyncBaseTransport):
    """Straight into the application, which is made at the first request."""

    def __init__(self, node: Node, signed_in: bool) -> None:
        self._node = node
        self._signed_in = signed_in

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        app = await self._node.app()
        if self._signed_in:
            request.headers["Cookie"] = f"xinshu-session={self._node.speaker.cookie}"
            request.headers["X-CSRF-Token"] = self._node.speaker.csrf
        return await httpx.ASGITransport(app, raise_app_exceptions=False).handle_async_request(request)


def consistent(batch: Batch) -> bool:
    """Whether the counts of a published batch add up."""
    c = batch.counts
    known = c.new + c.changed + c.unchanged + c.duplicates + c.deleted
    return c.accepted + c.quarantined == c.read and c.accepted == known


def csv_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 CSV whose header is the keys of the first row."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def jsonl_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON Lines; every row carries every key."""
    return b"\n".join(orjson.dumps(row) for row in rows) + b"\n"


def code_of(serial: int, division: str = "320111") -> str:
    """A valid unified code."""
    return make_uscc("9", "1", division, serial)


def firm(serial: int, **values: Any) -> dict[str, Any]:
    """A row of item 1. All rows have the same columns, so that the engine compiles them once."""
    row = {
        "uscc": code_of(serial), "registration_no": "", "subject_name": f"示例市第{serial}号机械有限公司",
        "registration_status": "1", "legal_person": "李明远", "established_date": "2016-03-18", "division": "320111",
        "address": "示例路88号", "industry": "C3484",
    }  # fmt: skip
    return row | values


def firms(count: int, start: int = 1) -> list[dict[str, Any]]:
    """Sound rows of item 1."""
    return [firm(serial) for serial in range(start, start + count)]


def penalty(document: str, serial: int = 1, **values: Any) -> dict[str, Any]:
    """A row of item 8 about `firm(serial)`."""
    row = {
        "uscc": code_of(serial), "registration_no": "", "subject_name": f"示例市第{serial}号机械有限公司",
        "document_no": document, "violation_type": "违反产品质量管理规定", "violation_facts": "未标明执行标准",
        "penalty_basis": "《产品质量法》第五十四条", "penalty_type": "21", "penalty_content": "罚款0.5万元",
        "fine_amount": "0.5", "decision_date": "2024-03-05", "publicity_to_date": "2027-03-05",
        "publication_date": "2024-03-11", "authority": "示例市市场监督管理局", "authority_uscc": AUTHORITY,
        "decision_status": "1",
    }  # fmt: skip
    return row | values


def penalties(count: int, serial: int = 1) -> list[dict[str, Any]]:
    """Sound rows of item 8 about one firm."""
    return [penalty(f"示市监处罚〔2024〕{number}号", serial) for number in range(1, count + 1)]


def arrears(name: str, **values: Any) -> dict[str, Any]:
    """A row of item 16, which finds its subject by code or by name and division."""
    row = {
        "uscc": "", "subject_name": name, "division": "320111", "info_type": "1", "tax_type": "10101",
        "overdue_balance": "128600.00", "publication_date": "2024-02-08", "authority": "国家税务总局示例市税务局",
    }  # fmt: skip
    return row | values


def farm(name: str = "示例县青禾家庭农场", **values: Any) -> dict[str, Any]:
    """A row of item 37: a family farm without a unified code."""
    row = {
        "uscc": "", "citizen_no": CITIZEN_NO, "subject_name": name, "operator_name": "周明禾",
        "entity_type": "family_farm", "recognition_level": "0", "division": "321322", "industry": "A0111",
        "operating_status": "1", "land_area": "186.50", "annual_revenue": "62.8",
    }  # fmt: skip
    return row | values


def write(folder: Path, name: str, data: bytes) -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path
