"""Bad files: a clear error or rows set aside with reasons, nothing published by halves, never a traceback."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from collect_kit import Node, csv_of, farm, firm, firms, jsonl_of

from xinshu.collect.errors import FutureBatchError, SubmissionError
from xinshu.collect.mapping import MappingError, UnknownMappingError
from xinshu.collect.model import BatchState, Submission
from xinshu.core.errors import NotFoundError, XinshuError

SOUND = csv_of(firms(20, start=1000))
HEADER = SOUND.partition(b"\n")[0] + b"\n"


def zip_of(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def sheet_of(rows: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


REJECTED: dict[str, tuple[bytes, str]] = {
    "wrong encoding": (SOUND + b"\xff\xfe\x80\x81\xff\n", "file_encoding"),
    "truncated gzip": (gzip.compress(SOUND)[:-20], "file_truncated"),
    "corrupt gzip": (gzip.compress(SOUND)[:-8] + b"\0" * 8, "file_corrupt"),
    "zip bomb": (zip_of({"rows.csv": HEADER + b"0" * (40 << 20)}), "file_bomb"),
    "gzip bomb": (gzip.compress(HEADER + b"0" * (40 << 20)), "file_bomb"),
    "two files in a zip": (zip_of({"a.csv": SOUND, "b.csv": SOUND}), "file_archive"),
    "unknown columns": (SOUND.replace(b"legal_person", b"boss"), "columns_do_not_fit"),
    "required column absent": (csv_of([{"uscc": "1", "subject_name": "2"}]), "columns_do_not_fit"),
    "a field twice": (SOUND.replace(b"legal_person", "主体名称".encode()), "columns_do_not_fit"),
    "duplicate headers": (SOUND.replace(b"legal_person", b"address"), "file_header_duplicate"),
    "empty file": (b"", "file_empty"),
    "blank file": (b"\n\n\n", "file_empty"),
    "unknown key": (jsonl_of([*firms(3), {**firm(4), "boss": "李"}]), "columns_do_not_fit"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "file_format_unknown"),
    "broken xlsx": (sheet_of(firms(3))[:-300], "file_"),
    "broken parquet": (b"PAR1" + b"\0" * 100 + b"PAR1", "file_"),
}


@pytest.mark.parametrize("name", REJECTED)
async def test_the_file_is_rejected_as_a_whole(shared_node: Node, name: str) -> None:
    data, code = REJECTED[name]
    batch = await shared_node.send(data, provider="bad")
    assert batch.state is BatchState.REJECTED
    assert batch.error is not None and batch.error["code"].startswith(code), batch.error
    assert batch.error["message"] and batch.error["hint"]
    assert "Traceback" not in str(batch.error) and "/tmp" not in str(batch.error)
    assert batch.published_at is None
    assert await shared_node.table("select 1 from record where provider = 'bad'") == []


def ragged(rows: list[dict[str, Any]]) -> bytes:
    lines = csv_of(rows).splitlines(keepends=True)
    lines[-1] = lines[-1].rstrip(b"\n") + b",more,and more\n"
    return b"".join(lines)


def formula(rows: list[dict[str, Any]]) -> bytes:
    return sheet_of([*rows[:-1], {**rows[-1], "address": "=1+1"}])


def giant_cell(rows: list[dict[str, Any]]) -> bytes:
    return csv_of([*rows[:-1], {**rows[-1], "address": "路" * 1_000_000}])


def broken_json(rows: list[dict[str, Any]]) -> bytes:
    return jsonl_of(rows[:-1]) + b'{"uscc": "9132\n'


def nested_json(rows: list[dict[str, Any]]) -> bytes:
    return jsonl_of([*rows[:-1], {**rows[-1], "address": {"city": "示例市"}}])


def unclosed(rows: list[dict[str, Any]]) -> bytes:
    return csv_of(rows[:-1]) + b'"never ends' + b"," * 8 + b"\n"


def nul(rows: list[dict[str, Any]]) -> bytes:
    return csv_of([*rows[:-1], {**rows[-1], "address": "a\0b"}])


FAULTS: dict[str, tuple[Callable[[list[dict[str, Any]]], bytes], str]] = {
    "ragged row": (ragged, "RAGGED"),
    "giant cell": (giant_cell, "CELL_TOO_LONG"),
    "formula": (formula, "FORMULA"),
    "broken JSON": (broken_json, "JSON"),
    "nested JSON": (nested_json, "NESTED"),
    "unclosed quote": (unclosed, "UNCLOSED_QUOTE"),
    "NUL": (nul, "NUL"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_one_bad_row_is_set_aside(shared_node: Node, name: str) -> None:
    make, code = FAULTS[name]
    rows = firms(5, start=2000 + 10 * list(FAULTS).index(name))
    batch = await shared_node.publish(make(rows), provider="faults")
    assert await shared_node.codes_aside(batch) == {5: [code]}
    assert (batch.counts.accepted, batch.counts.quarantined) == (4, 1)
    (row,) = await shared_node.aside(batch)
    assert row.reasons[0]["message"] and len(str(row.original)) < 3_000


async def test_a_retired_division_sets_rows_aside(shared_node: Node) -> None:
    good = [farm(f"示例县第{n}家庭农场", citizen_no="", uscc=firm(3000 + n)["uscc"]) for n in range(4)]
    bad = farm("示例县旧区家庭农场", citizen_no="", uscc=firm(3005)["uscc"], division="320103")  # 白下区, to 2013
    batch = await shared_node.publish([*good, bad], "37", provider="farms")
    assert await shared_node.codes_aside(batch) == {5: ["DIVISION_RETIRED"]}


async def test_a_header_without_rows_is_held(shared_node: Node) -> None:
    batch = await shared_node.send(HEADER, provider="bad")
    assert (batch.state, batch.counts.read) == (BatchState.HELD, 0)
    assert [one["limit"] for one in batch.held_for or []] == ["min_rows"]


SUBMISSIONS: dict[str, tuple[dict[str, Any], type[XinshuError], str]] = {
    "no such item": ({"item": "99"}, NotFoundError, "item_not_found"),
    "no such version": ({"item_version": "1999.1"}, XinshuError, "item_"),
    "future": ({"data_date": "2026-06-02"}, FutureBatchError, "batch_in_future"),
    "no date": ({"data_date": "yesterday"}, SubmissionError, "submission_invalid"),
    "no such mapping": ({"mapping": "nowhere"}, UnknownMappingError, "mapping_unknown"),
    "mapping outside": ({"mapping": "../catalogue/01-registration"}, UnknownMappingError, "mapping_unknown"),
    "mapping of another item": ({"item": "8", "mapping": "registry-open-data"}, MappingError, "mapping_invalid"),
    "provider": ({"provider": "Samr!"}, SubmissionError, "submission_invalid"),
    "provider with quotes": ({"provider": "a'; drop table batch; --"}, SubmissionError, "submission_invalid"),
    "full correction": ({"mode": "full", "correction_of": 1}, SubmissionError, "submission_invalid"),
    "correction of nothing": ({"correction_of": 10**12}, NotFoundError, "batch_unknown"),
}


@pytest.mark.parametrize("name", SUBMISSIONS)
async def test_a_submission_that_cannot_be_is_refused(shared_node: Node, name: str) -> None:
    about, kind, code = SUBMISSIONS[name]
    submission = Submission(**{"provider": "refused", "item": "1", **about})
    with pytest.raises(kind) as caught:
        await shared_node.collect.receive(io.BytesIO(SOUND), "rows.csv", submission)
    assert caught.value.code.startswith(code) and caught.value.message and caught.value.hint
    assert caught.value.status < 500
    assert await shared_node.table("select 1 from batch where provider = 'refused'") == []


async def test_a_file_name_is_not_a_path(shared_node: Node) -> None:
    batch = await shared_node.receive(csv_of(firms(1, start=4000)), name="../../etc/passwd", provider="names")
    assert batch.file_name == "passwd"
    assert batch.received_at == datetime(2026, 6, 1, 2, tzinfo=UTC)
