"""The truth file against the item's own checks and a simple comparison with the registered subjects."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from xinshu.catalogue import Catalogue, Item, References
from xinshu.catalogue.single import check_row
from xinshu.collect.files import ReadLimits, open_source
from xinshu.core.text import normalise_name
from xinshu.synth.dirt_kinds import SPOILERS

AS_OF = date(2026, 6, 1)


class Base:
    """Subjects told of by the registers read so far."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self.old_numbers: set[str] = set()
        self.names: defaultdict[str, set[str]] = defaultdict(set)

    def learn(self, item: Item, typed: dict[str, Any]) -> None:
        subject = item.subject
        self.codes.add(typed[subject.code] or "")
        if subject.old_number is not None:
            self.old_numbers.add(typed[subject.old_number] or "")
        who = typed[subject.code] or typed.get("registration_no") or typed.get("citizen_no")
        self.names[normalise_name(typed[str(subject.name)])].add(who)

    def find(self, item: Item, typed: dict[str, Any]) -> str | None:
        """The key by which the row's subject is found; None where it is not."""
        subject = item.subject
        if typed[subject.code] is not None:
            return typed[subject.code] if typed[subject.code] in self.codes else None
        if subject.old_number is not None and typed[subject.old_number] is not None:
            return typed[subject.old_number] if typed[subject.old_number] in self.old_numbers else None
        name = normalise_name(typed[str(subject.name)])
        return name if len(self.names[name]) == 1 else None


def _rows(item: Item, path: Path) -> dict[int, dict[str, str]]:
    """The file's rows as the collection reads them, by row number."""
    with open_source(path, ReadLimits()) as source:
        by_name = {field.zh: field.name for field in item.fields}
        names = [by_name[column] for column in source.header]
        rows = [row for batch in source.batches() for row in batch.to_pylist()]
    return {row["row_no"]: {name: row[f"c{n}"] or "" for n, name in enumerate(names)} for row in rows}


def _verdicts(item: Item, path: Path, base: Base, references: References) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    alike: defaultdict[tuple[Any, ...], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for number, row in _rows(item, path).items():
        typed, found[number] = check_row(item, row, AS_OF, references)
        if found[number]:
            continue
        key = typed[item.subject.code] if item.subject.role == "registry" else base.find(item, typed)
        if item.subject.role == "registry":
            base.learn(item, typed)
        elif key is None:
            found[number].append("|SUBJECT_UNKNOWN")
        if key is not None:
            alike[(key, *(typed[name] for name in item.natural_key))].append((number, typed))
    for rows in alike.values():
        if any(typed != rows[0][1] for _, typed in rows):
            for number, _ in rows:
                found[number].append("|DUPLICATE_CONFLICT")
    return found


@pytest.fixture(scope="module")
def truth(written: Path) -> dict[str, dict[int, dict[str, Any]]]:
    """Item → row number → what is true of the row."""
    table: defaultdict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in pq.read_table(written / "truth.parquet").to_pylist():
        table[row["item"]][row["row_no"]] = row
    return table


def test_truth_says_what_the_checks_say(
    written: Path, truth: dict[str, dict[int, dict[str, Any]]], catalogue: Catalogue, references: References
) -> None:
    base = Base()
    for entry in json.loads((written / "manifest.json").read_bytes())["files"]:
        item = catalogue.item(entry["item"])
        found = _verdicts(item, written / entry["file"], base, references)
        assert len(found) == entry["rows"]
        assert len(truth[entry["item"]]) == entry["dirty"]
        for number, reasons in found.items():
            said = truth[entry["item"]].get(number, {"expected": "accepted", "reason": None, "kind": "clean"})
            where = (entry["item"], number, said, reasons)
            assert (said["expected"] == "accepted") == (reasons == []), where
            assert said["reason"] is None or said["reason"] in reasons, where


def test_every_kind_of_dirt_occurs(truth: dict[str, dict[int, dict[str, Any]]]) -> None:
    kinds = {row["kind"] for rows in truth.values() for row in rows.values()}
    assert kinds == {spoiler.__name__ for spoiler in SPOILERS}  # type: ignore[attr-defined]


def test_share_of_dirt_is_as_asked(written: Path) -> None:
    files = json.loads((written / "manifest.json").read_bytes())["files"]
    rows, dirty = sum(entry["rows"] for entry in files), sum(entry["dirty"] for entry in files)
    assert 0.08 < dirty / rows < 0.16  # duplicates make two rows of one
