"""Corrections: rows that were set aside come back corrected, and are marked where they were first set aside.

A corrected row is known by its number in the feedback file. A correction may itself be corrected, or the first batch
may be corrected again: a row is then marked in every batch it went through.
"""

from __future__ import annotations

from typing import Any

from xinshu.collect import store
from xinshu.collect.errors import CorrectionMismatchError
from xinshu.collect.model import Batch, Submission
from xinshu.store import load_queries

queries = load_queries("xinshu.collect")


async def check_correction(conn: Any, submission: Submission, item: str) -> None:
    """Refuse a correction of a batch that is not the provider's own, or of another item (`item`: its number).

    Raises BatchNotFoundError, CorrectionMismatchError.
    """
    if submission.correction_of is None:
        return
    batch = await store.get_batch(conn, submission.correction_of)
    if batch.provider != submission.provider:
        raise CorrectionMismatchError(
            f"批次 {batch.id} 不是数据提供单位 {submission.provider} 的批次,不能由它修正", hint="核对批次编号与提供单位"
        )
    if batch.item != item:
        raise CorrectionMismatchError(
            f"批次 {batch.id} 属于事项 {batch.item},不能用事项 {item} 的批次修正", hint="核对批次编号与事项"
        )


def check_same_correction(submission: Submission, batch: Batch) -> None:
    """Refuse a file known already, but not as a correction of the batch now named: its rows would not be marked.

    Raises CorrectionMismatchError.
    """
    if submission.correction_of is not None and submission.correction_of != batch.correction_of:
        earlier = "没有写明是修正" if batch.correction_of is None else f"写的是修正批次 {batch.correction_of}"
        raise CorrectionMismatchError(
            f"同一文件已作为批次 {batch.id} 报送,当时{earlier}", hint="核对批次编号;确要再报,换一个批次号(batch_no)"
        )


async def mends_only(conn: Any, batch: Batch, source_rows: dict[int, int], read: int) -> bool:
    """Whether every one of the `read` rows is one that was set aside in the batch that `batch` corrects.

    Such a batch is not measured by the limits on shares: of rows that were wrong many may still be, and those that are
    mended need not wait for them.
    """
    if batch.correction_of is None or read == 0 or len(source_rows) < read:
        return False
    row_nos = sorted(set(source_rows.values()))
    known = await queries.count_set_aside(conn, batch_id=batch.correction_of, row_nos=row_nos)
    return bool(known == len(row_nos))


async def mark_fixed(conn: Any, batch: Batch, source_rows: dict[int, int], bad: set[int]) -> None:
    """Mark the rows that `batch` brought back sound: those of `source_rows` (row → row as first sent) not in `bad`.

    A row that came back as several is fixed once all of them are sound.
    """
    if batch.correction_of is None:
        return
    still_bad = {source_rows[row_no] for row_no in bad if row_no in source_rows}
    fixed = sorted(set(source_rows.values()) - still_bad)
    await queries.mark_fixed(conn, batch_id=batch.id, correction_of=batch.correction_of, row_nos=fixed)
    await queries.mark_earlier_fixed(conn, batch_id=batch.id, correction_of=batch.correction_of)
