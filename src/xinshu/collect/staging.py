"""From checked rows in the workbench to rows ready for PostgreSQL, and to the accepted Parquet. DuckDB only.

All statements are built from an item's definition, whose names match `[a-z][a-z0-9_]*`; values never enter SQL text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from xinshu.catalogue import checks, masks
from xinshu.catalogue.model import FieldDef, FieldType, Item
from xinshu.store.workbench import Workbench
from xinshu.subjects.model import SubjectKind
from xinshu.subjects.rules import KINDS

# Types whose text needs no escaping in JSON once it has passed its checks.
_PLAIN = {FieldType.USCC, FieldType.SUBJECT_CODE, FieldType.REGISTRATION_NO, FieldType.DIVISION, FieldType.INDUSTRY,
          FieldType.MONTH, FieldType.DATE}  # fmt: skip
_BARE = {FieldType.INTEGER, FieldType.DECIMAL, FieldType.YEAR, FieldType.BOOLEAN}

# In the order of table `stage`.
STAGE_COLUMNS = (
    "row_no", "op", "code", "old_number", "citizen", "citizen_sealed", "name", "name_key", "division", "kind",
    "industry", "status", "established", "address", "legal_person", "employees", "revenue", "assets",
    "key", "row_hash", "valid_from",
)  # fmt: skip
READY_COLUMNS = (*STAGE_COLUMNS, "payload", "masked", "valid_to")
RECORD_COLUMNS = (
    "subject_id", "item", "key", "version", "payload", "masked", "row_hash", "batch_id", "row_no", "provider",
    "platform", "first_seen", "last_seen", "valid_from", "valid_to", "state",
)  # fmt: skip
HOLDING_COLUMNS = ("subject_id", "item", "document", "masked", "rows", "version", "batch_id", "updated_at")
_ATTRIBUTES = ("industry", "status", "established", "address", "legal_person", "employees", "revenue", "assets")


@dataclass(frozen=True)
class Doubt:
    """A row set aside by the checks: its codes."""

    row_no: int
    reasons: list[str]


def find_doubted(bench: Workbench, item: Item) -> list[Doubt]:
    """Rows with reasons, those of the whole batch included; leaves table `doubted` (row_no)."""
    bench.execute("create or replace table doubted as select row_no, x_reasons from checked where len(x_reasons) > 0")
    if any(check.level == "error" for check in item.batch_checks):
        columns = ", ".join(f'"{name}"' for name in ("row_no", *checks.batch_columns(item)))
        sound = bench.connection.sql(
            f"select {columns} from checked where len(x_reasons) = 0 limit 0"  # noqa: S608
        ).to_arrow_table()
        table = ibis.table(ibis.Schema.from_pyarrow(sound.schema), name="sound_rows")
        found = table.select("row_no", x_reasons=checks.batch_reasons(item, table))
        sql = ibis.to_sql(found, dialect="duckdb")
        bench.execute(
            f"create or replace view sound_rows as select {columns} from checked where len(x_reasons) = 0"  # noqa: S608
        )
        bench.execute(f"insert into doubted select * from ({sql}) where len(x_reasons) > 0")  # noqa: S608
    rows = bench.execute("select row_no, x_reasons from doubted order by row_no").fetchall()
    return [Doubt(row_no, list(reasons)) for row_no, reasons in rows]


def make_ready(bench: Workbench, item: Item) -> None:
    """Table `ready`: the accepted rows with identity, digests and documents."""
    bench.execute(f"create or replace table ready as {_ready_sql(item)}")


STAGE_SQL = f"select {', '.join(STAGE_COLUMNS)} from ready"  # noqa: S608


def make_final(bench: Workbench, chosen: Path) -> None:
    """View `final`: the rows to be written, from the CSV `chosen` (row_no, subject_id, version, alone).

    Not sorted by subject: that would hold all documents at once, and new subjects are numbered in row order anyway.
    """
    bench.execute(
        f"create or replace table chosen as select * from read_csv('{chosen}', header = false, auto_detect = false, "  # noqa: S608
        "columns = {'row_no': 'bigint', 'subject_id': 'bigint', 'version': 'integer', 'alone': 'boolean'})"
    )
    bench.execute("create or replace view final as select * from ready join chosen using (row_no)")


@dataclass(frozen=True)
class Origin:
    """Where the rows of a batch come from; every text is a code, a number or a moment, never free text."""

    item: str
    batch_id: int
    provider: str
    platform: str
    now: datetime

    @property
    def moment(self) -> str:
        """The moment with microseconds."""
        return self.now.astimezone(UTC).isoformat()

    def record_sql(self) -> str:
        """The rows of `record`, in the order of `RECORD_COLUMNS`."""
        return (
            f"select subject_id, '{self.item}', key, version, payload, masked, row_hash, {self.batch_id}, row_no, "  # noqa: S608
            f"'{self.provider}', '{self.platform}', '{self.moment}', '{self.moment}', valid_from, valid_to, 'current' "
            "from final"
        )

    def holding_sql(self) -> str:
        """The rows of `holding` of subjects whose only row is in this batch, in the order of `HOLDING_COLUMNS`."""
        return (
            f"select subject_id, '{self.item}', '[' || {self._document('payload')} || ']', "  # noqa: S608
            f"'[' || {self._document('masked')} || ']', 1, 1, {self.batch_id}, '{self.moment}' "
            "from final where alone"
        )

    def _document(self, payload: str) -> str:
        """As SQL function `xinshu_document_row` writes it; a test compares the two."""
        seen = self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        origin = (
            f'"origin":{{"provider":"{self.provider}","platform":"{self.platform}","batch":{self.batch_id},'
            f'"first_seen":"{seen}"}}'
        )
        bounds = "".join(
            f" || ',\"{name}\":' || coalesce('\"' || strftime({name}, '%Y-%m-%d') || '\"', 'null')"
            for name in ("valid_from", "valid_to")
        )
        return f"'{{\"data\":' || {payload} || ',{origin}'{bounds} || ',\"state\":\"current\"}}'"


def _ready_sql(item: Item) -> str:
    subject = item.subject
    sealed = {field.name for field in item.sealed_fields}
    registry = subject.role == "registry"
    attributes = {column: f'"{name}"' for column, name in subject.attributes.items()}
    division = f'"{subject.division}"' if subject.division else attributes.get("division", "null")
    citizen = subject.citizen_no if subject.citizen_no in sealed else None
    columns = {
        "row_no": "row_no",
        "op": "x_op",
        "code": f'"{subject.code}"',
        "old_number": f'"{subject.old_number}"' if subject.old_number else "null",
        "citizen": f"'\\x' || \"{citizen}__index\"" if citizen else "null",
        "citizen_sealed": f'"{citizen}"' if citizen and registry else "null",
        "name": f'"{subject.name}"' if subject.name else "null",
        "name_key": f"md5(left(coalesce({division}, ''), 4) || '|' || x_name_norm)" if subject.name else "null",
        "division": division,
        "kind": _kind(f'"{subject.code}"') if registry else "null",
        **{column: attributes.get(column, "null") for column in _ATTRIBUTES},
        "key": f"md5(concat_ws(chr(31), {', '.join(_key_text(name, sealed) for name in item.natural_key)}))",
        "row_hash": f"md5({_hash_text(item, sealed)})",
        "payload": _json([(f.name, f, f'"{f.name}"') for f in item.fields]),
        "masked": "masked",
        "valid_from": _bound(item, item.validity.from_, end=False),
        "valid_to": _bound(item, item.validity.to, end=True),
    }
    source = "accepted" if len(item.masked_fields) == 0 else f"({_with_masks(item)})"
    if len(item.masked_fields) == 0:
        columns["masked"] = "null"
    chosen = ", ".join(f'{columns[name]} as "{name}"' for name in READY_COLUMNS)
    return f"select {chosen} from {source}"  # noqa: S608


def _kind(code: str) -> str:
    """Kind of the subject from its code; unknown where it only has an old number."""
    branches = " ".join(f"when starts_with({code}, '{prefix}') then '{kind}'" for prefix, kind in KINDS.items())
    return f"case when {code} is null then null {branches} else '{SubjectKind.OTHER}' end"


def _key_text(name: str, sealed: set[str]) -> str:
    return f"coalesce(\"{name}__index\", '')" if name in sealed else f"coalesce(cast(\"{name}\" as varchar), '')"


def _hash_text(item: Item, sealed: set[str]) -> str:
    """What decides whether a row is unchanged: every field that has a value, sealed ones by their blind index."""
    parts = [(f.name, f, f'"{f.name}__index"' if f.name in sealed else f'"{f.name}"') for f in item.fields]
    return _json(parts)


def _json(fields: list[tuple[str, FieldDef, str]]) -> str:
    """A JSON object of the fields that have a value, in the order of the definition."""
    parts = []
    for name, field, column in fields:
        if field.type in _BARE:
            parts.append(f"'\"{name}\":' || cast({column} as varchar)")
        elif field.type in _PLAIN:
            parts.append(f"'\"{name}\":\"' || {column} || '\"'")
        else:
            parts.append(f"'\"{name}\":' || cast(to_json({column}) as varchar)")
    return "'{' || concat_ws(',', " + ", ".join(parts) + ") || '}'"


def _with_masks(item: Item) -> str:
    """The accepted rows with a column `masked`: the document with masks applied."""
    sealed = {field.name for field in item.sealed_fields}
    schema = {field.name: "string" for field in item.masked_fields}
    clear = {f.name: f"{f.name}__clear" if f.name in sealed else f.name for f in item.masked_fields}
    table = ibis.table(
        {**{"row_no": "int64"}, **{clear[name]: _mask_type(item.field(name)) for name in schema}}, name="accepted"
    )
    shown: Mapping[str, Any] = masks.masked(item, {name: table[clear[name]] for name in schema})
    sql = ibis.to_sql(table.select("row_no", **{f"{name}__mask": shown[name] for name in schema}), dialect="duckdb")
    fields = [(f.name, f, f'm."{f.name}__mask"' if f.name in schema else f'a."{f.name}"') for f in item.fields]
    text = {name: FieldDef.model_validate({**item.field(name).model_dump(), "type": "string"}) for name in schema}
    document = _json([(name, text.get(name, field), column) for name, field, column in fields])
    return f"select a.*, {document} as masked from accepted a join ({sql}) m using (row_no)"  # noqa: S608


def _mask_type(field: FieldDef) -> str:
    match field.type:
        case FieldType.INTEGER | FieldType.YEAR:
            return "int64"
        case FieldType.DECIMAL:
            return f"decimal(20, {field.scale if field.scale is not None else 2})"
        case FieldType.DATE:
            return "date"
        case FieldType.BOOLEAN:
            return "boolean"
        case _:
            return "string"


def _bound(item: Item, name: str | None, *, end: bool) -> str:
    """The day that a validity field stands for: months and years begin with their first and end with their last day."""
    if name is None:
        return "null"
    match item.field(name).type:
        case FieldType.DATE:
            return f'"{name}"'
        case FieldType.MONTH:
            first = f"cast(\"{name}\" || '-01' as date)"
            return f"last_day({first})" if end else first
        case _:
            return f'make_date("{name}", 12, 31)' if end else f'make_date("{name}", 1, 1)'


def fill_figures(bench: Workbench, item: Item) -> dict[str, float]:
    """Share of the accepted rows that have each field."""
    columns = ", ".join(f'count("{field.name}")' for field in item.fields)
    counts = bench.row(f"select count(*), {columns} from accepted")  # noqa: S608
    total = counts[0]
    return {field.name: (counts[i] / total if total else 0.0) for i, field in enumerate(item.fields, start=1)}


def timely_share(bench: Workbench, item: Item, received: str) -> float | None:
    """Share of accepted rows received within the item's lag after their event; None where the item names no event."""
    cycle = item.update_cycle
    if cycle.event_field is None:
        return None
    day = _bound(item, cycle.event_field, end=True)
    timely, dated = bench.row(
        f"select count(*) filter (date '{received}' - {day} <= {cycle.lag_days}), count({day}) from accepted"  # noqa: S608
    )
    return timely / dated if dated else None


def warning_counts(bench: Workbench) -> dict[str, int]:
    """How many accepted rows carry each warning."""
    rows = bench.execute(
        "select w, count(*) from (select unnest(x_warnings) as w from checked where len(x_reasons) = 0) group by w"
    ).fetchall()
    return dict(rows)


def originals(bench: Workbench, width: int, row_nos: list[int]) -> dict[int, Any]:
    """Text as received of the given rows: the list of cells, or one raw text where the row had no cells."""
    if len(row_nos) == 0:
        return {}
    bench.connection.register("wanted_rows", pa.table({"row_no": pa.array(row_nos, pa.int64())}))
    cells = ", ".join(f"c{i}" for i in range(width))
    rows = bench.execute(
        f"select row_no, ragged, [{cells}] from checked join wanted_rows using (row_no)"  # noqa: S608
    ).fetchall()
    bench.connection.unregister("wanted_rows")
    return {
        row_no: raw if raw is not None else ["" if cell is None else cell for cell in row] for row_no, raw, row in rows
    }


def field_texts(bench: Workbench, item: Item, row_nos: list[int]) -> dict[int, dict[str, str | None]]:
    """Text of each field of the rows that the checks set aside, as mapped."""
    bench.connection.register("wanted_rows", pa.table({"row_no": pa.array(row_nos, pa.int64())}))
    rows = bench.execute(
        "select row_no, x_texts from checked join wanted_rows using (row_no) where x_texts is not null"
    ).fetchall()
    bench.connection.unregister("wanted_rows")
    names = [field.name for field in item.fields]
    return {row_no: dict(zip(names, texts, strict=True)) for row_no, texts in rows}
