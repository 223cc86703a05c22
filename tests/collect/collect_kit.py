"""A node for tests: shared expensive parts, small files from dictionaries, rows of invented firms, a look at tables."""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import httpx
import orjson
from fastapi import FastAPI

from xinshu.catalogue import Catalogue
from xinshu.collect.files import ReadLimits
from xinshu.collect.model import Batch, BatchState, QuarantinedRow, Submission
from xinshu.collect.prepare import Tools
from xinshu.collect.references import Codes
from xinshu.collect.service import CollectService
from xinshu.core.clock import FixedClock
from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import make_uscc
from xinshu.core.industries import Industries
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.core.sizes import Sizes
from xinshu.crypto import Vault
from xinshu.inquiry.service import InquiryService
from xinshu.node.access import admin_token
from xinshu.node.app import build_app
from xinshu.node.services import Services
from xinshu.store import Database
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
    )
    atexit.register(loaded.close)
    return loaded


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
        vault=Vault.load(settings),
    )


def build(
    settings: Settings, db: Database, clock: FixedClock, engine: Engine | None = None, *, alone: bool = False
) -> Services:
    """The services as `node.services` wires them, over the shared parts."""
    shared, tools = parts(), tools_for(settings, engine, alone=alone)
    lake = Lake(settings.lake)
    collect = CollectService(db, lake, shared.catalogue, tools, shared.sizes, clock, settings.platform_code)
    return Services(
        settings=settings,
        clock=clock,
        db=db,
        engine=tools.engine,
        catalogue=shared.catalogue,
        collect=collect,
        subjects=SubjectService(db, Vault.load(settings), clock, shared.divisions, shared.industries),
        inquiry=InquiryService(db, shared.catalogue, clock),
    )


class Node:
    """A node in a test."""

    def __init__(self, services: Services, clock: FixedClock) -> None:
        self.services = services
        self.collect = services.collect
        self.db = services.db
        self.clock = clock

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

    @cached_property
    def app(self) -> FastAPI:
        """The node's application."""
        return build_app(self.services)

    def http(self, token: str | None = "") -> httpx.AsyncClient:
        """A client of the node's API; with its administrator token unless another or none (None) is given."""
        given = admin_token(self.services.settings) if token == "" else token
        headers = {"Authorization": f"Bearer {given}"} if given is not None else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://node", headers=headers)


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
