"""The invented province: one object from which files, updates and tables for benchmarks are written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import Item
from xinshu.synth.basis import Basis, WorldError
from xinshu.synth.beside import Beside
from xinshu.synth.calendar import day_number, last_day, month_of, to_date
from xinshu.synth.figures import Figures, subjects_table
from xinshu.synth.formats import Format, Writer, format_of, open_writer
from xinshu.synth.items import GENERATORS
from xinshu.synth.production import LIGHT_CHUNK, Chunk, Task, chunk_size, chunks
from xinshu.synth.view import View

Progress = Callable[[int, int], None]  # subjects done, subjects in all
REGISTER = "1"
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass
class _Target:
    """A file being written."""

    item: Item
    path: Path
    form: Format
    mode: str
    writer: Writer
    rows: int = 0
    dirty: int = 0


class World:
    """A province of `subjects` subjects as of a day; equal arguments give equal files, byte for byte."""

    def __init__(
        self,
        seed: int,
        subjects: int,
        as_of: date,
        province: str = "320000",
        *,
        definitions: Path | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Raises WorldError, UnknownProvinceError, LexiconMissingError."""
        self.basis = Basis.make(seed, subjects, as_of, province, definitions)
        self._catalogue = catalogue
        _ = self.basis.places, self.basis.industries, self.basis.words

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue whose items are made."""
        if self._catalogue is None:
            self._catalogue = Catalogue.load(self.basis.definitions)
        return self._catalogue

    def items(self, numbers: Sequence[str] | None = None) -> tuple[Item, ...]:
        """The items asked for, registers first; None: all. Raises ItemNotFoundError, WorldError."""
        asked = [i.item for i in self.catalogue if i.item in GENERATORS] if numbers is None else list(numbers)
        found = [self.catalogue.item(number) for number in dict.fromkeys(asked)]
        for item in found:
            if item.item not in GENERATORS:
                raise WorldError(f"事项 {item.item} 没有虚构数据的生成规则", hint="只能生成国家目录的 37 个事项")
        return tuple(sorted(found, key=lambda i: (i.subject.role != "registry", int(i.item))))

    def write(
        self,
        folder: Path,
        items: Sequence[str] | None = None,
        dirt: float = 0.02,
        format: str = "mixed",
        progress: Progress | None = None,
        *,
        period: tuple[date, date] | None = None,
        chunk: int | None = None,
        workers: int = 1,
        beside: bool = True,
    ) -> dict[str, Any]:
        """Write one file an item, truth, outcomes, relations (Parquet) and manifest.json; returns the manifest.

        `period`: only what became known from its first to its last day. `chunk` and `workers` do not change the bytes.
        `beside` false leaves out outcomes and relations, for benchmarks.
        """
        day, since, population = self.basis.today, None, self.basis.subjects
        if period is not None:
            if period[0] > period[1]:
                raise WorldError(f"期间 {period[0]} 至 {period[1]} 首尾颠倒", hint="先写开始日,后写结束日")
            day, since = day_number(period[1]), day_number(period[0]) - 1
            population = self._population(day)
        task = self._task(items, format, dirt, day, population)
        full = frozenset({REGISTER}) if period is None else frozenset()
        return self._write(
            folder, replace(task, since=since, full=full, beside=beside), format, progress, chunk, workers
        )

    def write_update(
        self,
        folder: Path,
        month: str,
        items: Sequence[str] | None = None,
        dirt: float = 0.02,
        format: str = "mixed",
        progress: Progress | None = None,
        *,
        chunk: int | None = None,
        workers: int = 1,
    ) -> dict[str, Any]:
        """Write what departments send after `month` (YYYY-MM, not before the as-of day's month); returns the manifest.

        The register comes whole, without the subjects it has dropped; other items as new, changed and some unchanged
        rows since the month before. Raises WorldError.
        """
        if _MONTH.fullmatch(month) is None:
            raise WorldError(f"月份 {month} 的格式不对", hint="形如 2026-07")
        number = month_of(date.fromisoformat(f"{month}-01"))
        first = month_of(self.basis.as_of)
        if not first <= number < first + 60:
            raise WorldError(
                f"月份 {month} 不在 {self.basis.as_of:%Y-%m} 起的 60 个月之内", hint="更新从基准日所在月开始"
            )
        day = int(last_day(number))
        since = max(int(last_day(number - 1)), self.basis.today)
        task = self._task(items, format, dirt, day, self.basis.population(number))
        task = replace(task, since=since, full=frozenset({REGISTER}), unchanged=0.02)
        return self._write(folder, task, format, progress, chunk, workers)

    def subjects_stream(self, chunk: int = LIGHT_CHUNK) -> Iterator[pa.Table]:
        """Subjects as the subject base holds them, a table a chunk; constant memory."""
        for view in self._views(chunk):
            yield subjects_table(view)

    def describe(self, progress: Progress | None = None) -> dict[str, Any]:
        """Counts by kind, size, section, city and status, loans and default rate."""
        figures = Figures()
        for view in self._views(LIGHT_CHUNK):
            figures.add(view)
            if progress is not None:
                progress(view.stop, self.basis.subjects)
        return {**self._identity(self.basis.today), **figures.as_dict()}

    def _views(self, chunk: int) -> Iterator[View]:
        size = chunk_size((), chunk)
        for start in range(0, self.basis.subjects, size):
            yield View(self.basis, start, min(start + size, self.basis.subjects), self.basis.today)

    def _population(self, day: int) -> int:
        month = month_of(to_date(day))
        return self.basis.population(month) if day > self.basis.today else self.basis.subjects

    def _task(self, items: Sequence[str] | None, format: str, dirt: float, day: int, population: int) -> Task:
        if not 0 <= dirt <= 0.5:
            raise WorldError(f"脏数据比例 {dirt} 不在 0 到 0.5 之间", hint="如 0.02")
        chosen = self.items(items)
        typed = frozenset(i.item for i in chosen if format_of(format, i.item).typed)
        return Task(self.basis, chosen, day, population, dirt, typed=typed)

    def _identity(self, day: int) -> dict[str, Any]:
        basis = self.basis
        return {
            "seed": basis.seed,
            "subjects_asked": basis.subjects,
            "as_of": to_date(day).isoformat(),
            "province": basis.province,
            "invented": True,
        }

    def _write(
        self, folder: Path, task: Task, format: str, progress: Progress | None, chunk: int | None, workers: int
    ) -> dict[str, Any]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorldError(f"目录 {folder} 无法建立:{error.strerror}", hint="换一个可写的目录") from None
        targets = {item.item: self._target(folder, item, task, format) for item in task.items}
        beside = Beside(folder, [item.item for item in task.items], task.beside)
        try:
            for made in chunks(task, chunk_size(task.items, chunk), workers):
                self._append(made, targets, beside)
                if progress is not None:
                    progress(made.view.stop, task.population)
        finally:
            for target in targets.values():
                target.writer.close()
            beside.close()
        for target in targets.values():
            if target.rows == 0:  # who has nothing to report sends nothing
                target.path.unlink()
        manifest = {
            **self._identity(task.day),
            "since": None if task.since is None else (to_date(task.since) + timedelta(days=1)).isoformat(),
            "dirt": task.dirt,
            "population": task.population,
            "files": [_entry(target) for target in targets.values() if target.rows > 0],
            "nothing_to_report": [target.item.item for target in targets.values() if target.rows == 0],
        }
        (folder / "manifest.json").write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
        return manifest

    @staticmethod
    def _target(folder: Path, item: Item, task: Task, format: str) -> _Target:
        form = format_of(format, item.item)
        path = folder / f"item-{int(item.item):02d}-{item.slug.replace('_', '-')}{form.suffix}"
        mode = "full" if item.item in task.full else "incremental"
        return _Target(item, path, form, mode, open_writer(path, item, form))

    @staticmethod
    def _append(made: Chunk, targets: dict[str, _Target], beside: Beside) -> None:
        for number, part in made.parts.items():
            target = targets[number]
            target.writer.write(part.rows)
            beside.add_truth(target.item.item, target.path.name, target.rows, part.truth)
            target.rows += part.rows.num_rows
            target.dirty += part.truth.num_rows
        beside.add(made.view)


def _entry(target: _Target) -> dict[str, Any]:
    digest = hashlib.sha256()
    with target.path.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return {
        "file": target.path.name,
        "item": target.item.item,
        "name": target.item.name.zh,
        "provider": target.item.provider.code,
        "mode": target.mode,
        "format": target.form.kind,
        "encoding": target.form.encoding if target.form.kind == "csv" else None,
        "rows": target.rows,
        "dirty": target.dirty,
        "bytes": target.path.stat().st_size,
        "sha256": digest.hexdigest(),
    }
