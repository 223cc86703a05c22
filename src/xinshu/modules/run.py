"""Classifying many subjects: their records in one stream, in order, a piece of bounded size a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import orjson

from xinshu.evaluate.run import end_of
from xinshu.evaluate.single import parsed
from xinshu.modules.classify import Firm, Membership, classify
from xinshu.modules.loader import FARMS, REGISTER, BookOfModules
from xinshu.modules.model import Relation
from xinshu.store import load_queries

queries = load_queries("xinshu.modules")
PIECE = 20_000  # subjects a transaction
AT_ONCE = 500  # subjects whose records are held in memory

Payloads = dict[str, list[dict[str, Any]]]  # item → records of one subject
_MEMBERSHIP = ("subject_id", "module", "version", "degree", "points", "parts", "evidence")
_RELATION = ("subject_id", "other_code", "kind", "item")


@dataclass
class Found:
    """What a piece came to: rows to be stored."""

    memberships: list[tuple[Any, ...]]
    relations: list[tuple[Any, ...]]


def items(book: BookOfModules) -> list[str]:
    """Numbers of all items read: for classification and for relations."""
    return list(dict.fromkeys([*book.items(), *(book.catalogue.item(one.item).item for one in relations(book))]))


def relations(book: BookOfModules) -> list[Relation]:
    """The relations of all modules with circles."""
    return [one for module in book if module.file.circles is not None for one in module.file.circles.relations]


def firm_of(name: str, kind: str | None, payloads: Mapping[str, Sequence[Mapping[str, Any]]]) -> Firm:
    """What classification needs of a subject's records: the main registration, or the directory of agriculture."""
    registered = payloads.get(REGISTER, ())
    main = next((one for one in registered if one.get("register_kind") in (None, "main")), None)
    main = main or next(iter(registered), None) or next(iter(payloads.get(FARMS, ())), {})
    return Firm(
        name=str(main.get("subject_name") or name),
        industry=main.get("industry"),
        scope=str(main.get("business_scope") or ""),
        kind=kind,
        certificates=payloads,
    )


def _classified(
    book: BookOfModules, edges: Sequence[tuple[str, Relation]], day: date,
    subjects: Iterable[tuple[int, str, str | None, Sequence[tuple[str, str]]]],
) -> Found:  # fmt: skip
    found = Found([], [])
    for subject, name, kind, texts in subjects:
        payloads: Payloads = {}
        for item, text in texts:
            payloads.setdefault(item, []).extend(parsed(f"[{text}]"))
        for one in classify(book, firm_of(name, kind, payloads), day).values():
            if one.degree != "none":
                found.memberships.append(_row(subject, one))
        for item, relation in edges:
            for payload in payloads.get(item, ()):
                other = payload.get(relation.field)
                if other:
                    found.relations.append((subject, str(other), relation.kind, item))
    return found


def _row(subject: int, one: Membership) -> tuple[Any, ...]:
    evidence = orjson.dumps([asdict(piece) for piece in one.evidence]).decode()
    return (subject, one.module, one.version, one.degree, one.points, list(one.parts), evidence)


async def piece(
    conn: Any, book: BookOfModules, day: date, now: datetime, *,
    bounds: tuple[int, int] | None = None, chosen: Sequence[int] | None = None,
) -> tuple[int, int]:  # fmt: skip
    """Classify the subjects of a range of ids, or some; (subjects, memberships). `conn` is in a transaction."""
    about = {"items": items(book), "until": end_of(day)}
    if bounds is not None:
        span = {"low": bounds[0], "high": bounds[1]}
        known, rows = queries.subjects_of_range(conn, **span), queries.records_of_range(conn, **span, **about)
    else:
        known = queries.subjects_of(conn, subjects=chosen)
        rows = queries.records_of_subjects(conn, subjects=chosen, **about)
    subjects = {row["id"]: (row["name"], row["kind"]) async for row in known}
    if not subjects:
        return 0, 0
    edges = [(book.catalogue.item(one.item).item, one) for one in relations(book)]
    found = Found([], [])
    async for some in _grouped(rows, subjects):
        part = await asyncio.to_thread(_classified, book, edges, day, some)
        found.memberships += part.memberships
        found.relations += part.relations
    await _store(conn, found, list(subjects), day, now)
    return len(subjects), len(found.memberships)


async def _grouped(
    rows: AsyncIterator[Any], subjects: dict[int, tuple[str, str | None]]
) -> AsyncIterator[list[tuple[int, str, str | None, list[tuple[str, str]]]]]:
    """Subjects with their records, some at a time; those without any come last."""
    some: list[tuple[int, str, str | None, list[tuple[str, str]]]] = []
    seen: set[int] = set()
    async for row in rows:
        subject = row["subject_id"]
        if subject not in subjects:
            continue
        if not some or some[-1][0] != subject:
            if len(some) >= AT_ONCE:
                yield some
                some = []
            seen.add(subject)
            some.append((subject, *subjects[subject], []))
        some[-1][3].append((row["item"], row["payload"]))
    some += [(subject, *about, []) for subject, about in subjects.items() if subject not in seen]
    if some:
        yield some


async def _store(conn: Any, found: Found, subjects: list[int], day: date, now: datetime) -> None:
    await queries.create_stage(conn)
    await conn.copy_records_to_table("membership_stage", records=found.memberships, columns=_MEMBERSHIP)
    await conn.copy_records_to_table("relation_stage", records=found.relations, columns=_RELATION)
    await queries.forget_memberships(conn, subjects=subjects)
    await queries.forget_relations(conn, subjects=subjects)
    await queries.store_memberships(conn, as_of=day, now=now)
    await queries.store_relations(conn)
    await conn.execute("drop table membership_stage, relation_stage")
