"""The open register data: every row is accepted or set aside with a reason, and a second run changes nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from collect_kit import Node, consistent

from xinshu.collect.model import Batch, BatchState, Submission
from xinshu.core.errors import XinshuError

SUBMISSION = Submission("samr", "1", mapping="registry-open-data")
ROWS = 282_803
FEW = ("江苏-2003.csv.gz", "四川-2014.csv.gz", "贵州-2003.csv.gz")


async def add(node: Node, files: list[Path]) -> list[Batch]:
    """Every file to its end."""
    batches = []
    async for path, result in node.collect.add_files(files, SUBMISSION):
        assert not isinstance(result, XinshuError), (path, result)
        assert result.state is BatchState.PUBLISHED, (path, result.error, result.held_for)
        batches.append(result)
    return batches


async def goes_in(node: Node, files: list[Path]) -> Counter[str]:
    """Add the files twice and check what must hold; returns the counts of reasons."""
    batches = await add(node, files)
    reasons: Counter[str] = Counter()
    for batch in batches:
        assert consistent(batch)
        rows = await node.collect.quarantined(batch.id, page_size=100_000)
        assert len(rows) == batch.counts.quarantined
        assert all(row.reasons and all(reason["message"] for reason in row.reasons) for row in rows)
        reasons.update(str(reason["code"]) for row in rows for reason in row.reasons)
    state = (
        "select count(*) as n, sum(hashtext(subject_id::text || item || key || version || row_hash || state)) as h "
        "from record"
    )
    before = await node.table(state)
    again = await add(node, files)
    assert [batch.id for batch in again] == [batch.id for batch in batches]
    assert await node.table(state) == before
    return reasons


async def test_three_files(node: Node, shared_data: Path) -> None:
    reasons = await goes_in(node, [shared_data / "registry" / name for name in FEW])
    assert set(reasons) <= {"USCC_CHECK", "USCC_FORMAT", "SHIFTED_COLUMNS", "TYPE"}
    old = await node.table("select count(*) as n from subject where code is null and length(old_number) in (13, 15)")
    assert old[0]["n"] > 100
    capitals = await node.table(
        "select payload::json ->> 'capital_currency' as currency, count(*) as n from record group by 1 order by 2 desc"
    )
    assert capitals[0]["currency"] == "CNY" and {"USD", "EUR"} <= {row["currency"] for row in capitals}


@pytest.mark.full
async def test_all_files(node: Node, shared_data: Path) -> None:
    files = sorted((shared_data / "registry").glob("*.csv.gz"))
    assert len(files) == 39
    reasons = await goes_in(node, files)
    figures = (await node.collect.figures())[0]
    assert figures["read"] == ROWS == figures["accepted"] + figures["quarantined"]
    assert sum(reasons.values()) < 100
