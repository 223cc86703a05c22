"""From a range of subjects to the rows of its items: what one chunk of the world contributes to each file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from xinshu.catalogue.model import Item
from xinshu.synth.basis import BLOCK, Basis
from xinshu.synth.dirt import TRUTH, Spoiling, spoil
from xinshu.synth.draws import Ints
from xinshu.synth.items import GENERATORS
from xinshu.synth.plain import news, to_text
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

LIGHT_CHUNK, HEAVY_CHUNK = 16_384, 2_048
_HEAVY = frozenset({"3", "17", "18", "19", "21", "23", "24", "25", "26"})  # many rows a subject


@dataclass(frozen=True)
class Task:
    """What to produce: rows as of `day`, only those new or changed since `since` (None: all of them)."""

    basis: Basis
    items: tuple[Item, ...]
    day: int
    population: int
    dirt: float
    since: int | None = None
    full: frozenset[str] = frozenset()  # items sent whole although only news is asked for
    unchanged: float = 0.0  # share of unchanged rows sent along with the news
    typed: frozenset[str] = frozenset()  # items whose file keeps types
    beside: bool = True  # outcomes and relations too


@dataclass(frozen=True)
class Part:
    """Rows of one item in one chunk, as text, and the truth about the dirty ones."""

    rows: pa.Table
    truth: pa.Table


@dataclass(frozen=True)
class Chunk:
    """A range of subjects: what it contributes to each item."""

    view: View
    parts: dict[str, Part]


def chunk_size(items: Sequence[Item], asked: int | None) -> int:
    """Subjects of a chunk, a multiple of the block; less where items have many rows a subject."""
    light = len(items) <= 4 and all(item.item not in _HEAVY for item in items)
    size = asked if asked is not None else LIGHT_CHUNK if light else HEAVY_CHUNK
    return max(size // BLOCK, 1) * BLOCK


def produce(task: Task, start: int, stop: int) -> Chunk:
    """The chunk of subjects [start, stop)."""
    view = View(task.basis, start, stop, task.day)
    earlier = View(task.basis, start, stop, task.since) if task.since is not None else None
    return Chunk(view, {item.item: _part(task, item, view, earlier) for item in task.items})


def _part(task: Task, item: Item, view: View, earlier: View | None) -> Part:
    generate = GENERATORS[item.item]
    made = generate(view)
    owner, rows = made.owner, to_text(to_table(item, view, made))
    if earlier is not None and item.item not in task.full:
        before = generate(earlier)
        fresh = news(item, to_text(to_table(item, earlier, before)), rows).to_numpy(zero_copy_only=False)
        fresh |= _also(task, item, view, owner)
        rows, owner = rows.filter(pa.array(fresh)), owner[fresh]
    if task.dirt <= 0 or rows.num_rows == 0:
        return Part(rows, TRUTH.empty_table())
    return Part(*spoil(item, view, owner, rows, Spoiling(task.dirt, item.item in task.typed)))


def _also(task: Task, item: Item, view: View, owner: Ints) -> Ints:
    """A share of the subjects whose unchanged rows are sent again, as real providers do."""
    again = view.draws.happens(task.unchanged, f"again {item.item} {view.day}", view.index)
    return np.asarray(again[owner])


def chunks(task: Task, size: int, workers: int) -> Iterator[Chunk]:
    """All chunks in order; with several workers, some are made ahead."""
    ranges = [(start, min(start + size, task.population)) for start in range(0, task.population, size)]
    if workers <= 1:
        for start, stop in ranges:
            yield produce(task, start, stop)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="synth") as pool:
        waiting: list[Future[Chunk]] = []
        for start, stop in ranges:
            waiting.append(pool.submit(produce, task, start, stop))
            if len(waiting) > workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
