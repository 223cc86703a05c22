"""From a file to checked rows: read, map, check in one pass, set aside, seal, write the accepted Parquet. Blocking.

Runs in a thread; DuckDB and Arrow release the interpreter's lock. Nothing is published here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from xinshu.catalogue.model import Item
from xinshu.collect import sealing, staging
from xinshu.collect.files import FileFormat, ReadLimits, Source, open_source
from xinshu.collect.mapping import Mapping, load_mapping, natural_mapping
from xinshu.collect.model import Batch
from xinshu.collect.plan import Plan
from xinshu.collect.references import Codes
from xinshu.core.clock import CHINA
from xinshu.crypto import Vault
from xinshu.store.engine import Engine
from xinshu.store.workbench import Workbench, Workbenches, WorkSpaceError


@dataclass
class Prepared:
    """A checked batch in its workbench, ready to be compared and published."""

    item: Item
    bench: Workbench
    benches: Workbenches
    format: FileFormat
    header: list[str]
    read: int
    doubts: list[staging.Doubt]
    warnings: dict[str, int]
    fill: dict[str, float]
    timely: float | None
    accepted_file: Path
    file_sha256: str
    destroyed: int  # data keys destroyed before this batch was sealed
    fault_details: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    source_rows: dict[int, int] = field(default_factory=dict)  # of a corrected feedback file: row → row as first sent
    mends_only: bool = False  # every row is one that was set aside in the batch that this one corrects

    @property
    def sound(self) -> int:
        """Rows that passed the checks."""
        return self.read - len(self.doubts)

    def reason_counts(self) -> Counter[str]:
        """Code → rows that have it."""
        return Counter(code for doubt in self.doubts for code in doubt.reasons)

    def close(self) -> None:
        """Give the workbench back."""
        self.benches.give_back(self.bench)


@dataclass(frozen=True)
class Tools:
    """What preparing needs besides the batch."""

    engine: Engine
    codes: Codes
    mappings: Path
    work: Path
    benches: Workbenches
    limits: ReadLimits
    vault: Vault | None


def mapping_for(tools: Tools, batch: Batch, item: Item, header: list[str]) -> Mapping:
    """The batch's mapping, or the natural one; its columns are compared with the header."""
    if batch.mapping is None:
        return natural_mapping(item, header)
    mapping = load_mapping(tools.mappings, batch.mapping, item)
    mapping.check_header(header)
    return mapping


def prepare(tools: Tools, batch: Batch, item: Item, path: Path, now: datetime) -> Prepared:
    """Check the whole file.

    Raises a SourceFileError (encoding, truncation, limits …), ColumnsError, MappingError: the batch is rejected;
    or WorkSpaceError (disk full): the batch stays as it was and may be tried again.
    """
    expected = tuple((f.zh, f.name) for f in item.fields)
    with open_source(path, tools.limits, name=batch.file_name, expected=expected) as source:
        mapping = mapping_for(tools, batch, item, source.header)
        today = now.astimezone(CHINA).date()
        plan = Plan(
            item,
            mapping,
            tuple(source.header),
            today,
            tools.codes.references,
            tools.codes.lookups,
            batch.mode == "full",
        )
        bench = tools.benches.take()
        try:
            with explained(bench):
                return _checked(tools, batch, plan, source, bench)
        except BaseException:
            tools.benches.give_back(bench)
            raise


def _checked(tools: Tools, batch: Batch, plan: Plan, source: Source, bench: Workbench) -> Prepared:
    item = plan.item
    carried = _ErrorCarrier(source.batches())
    try:
        tools.engine.materialise(bench, "checked", source.schema, carried, plan.build, plan.key)
    except Exception:
        if carried.error is not None:  # the reader's own fault says more than the engine's wrapping of it
            raise carried.error from None
        raise
    doubts = staging.find_doubted(bench, item)
    destroyed = sealing.seal(bench, item, tools.vault, batch.file_sha256)
    staging.make_ready(bench, item)
    accepted = bench.folder / "accepted.parquet"
    fields = ", ".join(f'"{f.name}"' for f in item.fields)
    bench.execute(f"copy (select row_no, {fields} from accepted) to '{accepted}' (format parquet, compression snappy)")  # noqa: S608
    faults = bench.execute("select row_no, row_fault, fault_detail from checked where row_fault is not null").fetchall()
    corrected = "select row_no, source_row from checked where source_row is not null"
    return Prepared(
        item=item,
        bench=bench,
        benches=tools.benches,
        format=source.format,
        header=list(source.header),
        read=bench.row("select count(*) from checked")[0],
        doubts=doubts,
        warnings=staging.warning_counts(bench),
        fill=staging.fill_figures(bench, item),
        timely=staging.timely_share(bench, item, batch.received_at.astimezone(CHINA).date().isoformat()),
        accepted_file=accepted,
        file_sha256=batch.file_sha256,
        destroyed=destroyed,
        fault_details={row_no: (code, detail) for row_no, code, detail in faults},
        source_rows=dict(bench.execute(corrected).fetchall()) if source.feedback else {},
    )


class _ErrorCarrier:
    """Hands on batches and remembers what broke the stream, which Arrow's reader would turn into its own error."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = batches
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches
        except Exception as error:
            self.error = error
            raise


@contextmanager
def explained(bench: Workbench) -> Iterator[None]:
    """A full disk or too little memory, in words. Raises WorkSpaceError."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
        raise WorkSpaceError(
            f"工作目录 {bench.folder} 空间不足或不可写:{_first_line(error)}",
            hint="清理磁盘,或调大 XINSHU_ENGINE_MEMORY 后重试",
        ) from error


def _first_line(error: Exception) -> Any:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
