"""Crypto-shredding: on lawful deletion the data keys of a subject are destroyed, and with them every copy of what they
seal: records of any version, documents, rows set aside, accepted Parquet, replicas.

Personal information protection law art. 47. Backups made earlier hold the wrapped keys: they end with the backups' own
term, or when the key-encryption key is rotated, retired and destroyed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from xinshu.core.clock import Clock
from xinshu.core.text import clean, upper_code
from xinshu.store import Database
from xinshu.subjects.errors import RawFileNeededError, RawFileUnknownError, ShredReasonError, SubjectNotFoundError
from xinshu.subjects.store import listed, queries

HIDDEN, DESTROYED = "***", "x1"


class Keys(Protocol):
    """What shredding needs of a vault."""

    def ref(self, kind: str, value: str) -> bytes:
        """Name of a data key."""
        ...

    def file_ref(self, name: str) -> bytes:
        """Name of the data key of a raw file."""
        ...

    def data_keys(self, values: Sequence[tuple[str, bytes]]) -> dict[str, int | None]:
        """Which data key each (sealed text, aad) is under; None: a key that cannot be destroyed for it alone."""
        ...


@dataclass(frozen=True)
class Shredded:
    """What was destroyed, and `batches`: those whose raw files hold rows on the subject."""

    code: str
    keys: int
    records: int
    batches: tuple[int, ...]


@dataclass(frozen=True)
class _Found:
    """What one record seals: its text as it shall be, and the number of the data key of each value."""

    row: Any
    keys: dict[str, int | None]
    replaced: list[tuple[str, str]]


class Shredder:
    """Lawful deletion of what is sealed."""

    def __init__(self, db: Database, keys: Keys, clock: Clock) -> None:
        self._db = db
        self._keys = keys
        self._clock = clock

    async def shred(self, code: str, reason: str, by: str) -> Shredded:
        """Destroy every data key that seals values of the subject with this code; a second time changes nothing.

        Its citizen number can then neither be opened nor found; masked copies show `***`. Raises SubjectNotFoundError,
        ShredReasonError, KeyMissingError.
        """
        why = _reason(reason)
        async with self._db.transaction() as conn:
            await queries.shred_alone(conn)
            subject = await queries.to_shred(conn, code=upper_code(code))
            if subject is None:
                raise SubjectNotFoundError(
                    f"没有代码为 {upper_code(code)} 的主体", hint="给出统一社会信用代码或平台编号"
                )
            rows = await listed(queries.sealed_records(conn, subject_id=subject["id"]))
            found = [one for one in await asyncio.to_thread(self._found, rows) if len(one.keys) > 0]
            ids = {number for one in found for number in one.keys.values() if number is not None}
            refs = [await asyncio.to_thread(self._keys.ref, "code", subject["code"])]
            if subject["citizen_index"] is not None:
                refs.append(await asyncio.to_thread(self._keys.ref, "citizen", subject["citizen_index"].hex()))
            sealed = subject["citizen_sealed"]
            if sealed is not None and sealed.startswith("e1:"):
                ids.add(int(sealed.split(":")[2]))
            now = self._clock.now()
            count = await queries.destroy_keys(conn, ids=sorted(ids), refs=refs, now=now, by=by, reason=why)
            for one in found:
                await self._forget(conn, subject["id"], one)
            await queries.forget_citizen(
                conn,
                subject_id=subject["id"],
                citizen_sealed=DESTROYED if sealed is not None and sealed.startswith("s1:") else sealed,
                now=now,
            )
        batches = sorted({one.row["batch_id"] for one in found})
        return Shredded(subject["code"], count, len(found), tuple(batches))

    async def shred_file(self, batch_id: int, reason: str, by: str) -> int:
        """Destroy the data key of a batch's raw file; returns 1, or 0 when it was destroyed before.

        Raises RawFileUnknownError, RawFileNeededError while a batch made of it is unfinished or when it is not sealed.
        """
        why = _reason(reason)
        async with self._db.transaction() as conn:
            await queries.shred_alone(conn)
            row = await queries.raw_file(conn, batch_id=batch_id)
            if row is None:
                raise RawFileUnknownError(f"没有编号为 {batch_id} 的批次", hint="用 xinshu collect status 查看批次")
            if row["unfinished"]:
                raise RawFileNeededError(f"批次 {batch_id} 的原始文件还要读取", hint="等批次处理结束或处置后再销毁")
            if not row["raw_path"].endswith(".sealed"):
                raise RawFileNeededError(f"批次 {batch_id} 的原始文件没有封存", hint=f"从数据湖删除 {row['raw_path']}")
            ref = await asyncio.to_thread(self._keys.file_ref, row["raw_path"])
            count = await queries.destroy_keys(conn, ids=[], refs=[ref], now=self._clock.now(), by=by, reason=why)
        return int(count)

    def _found(self, rows: Sequence[Any]) -> list[_Found]:
        """The sealed values of each record; blocking."""
        found = []
        for row in rows:
            values = orjson.loads(row["payload"])
            texts = {
                name: text for name, text in values.items() if isinstance(text, str) and text[:3] in ("e1:", "s1:")
            }
            keys = self._keys.data_keys([(text, name.encode()) for name, text in texts.items()])
            masked = orjson.loads(row["masked"]) if row["masked"] is not None else {}
            replaced = [(text, DESTROYED) for text, number in keys.items() if number is None]
            replaced += [
                (_member(name, masked[name]), _member(name, HIDDEN))
                for name, text in texts.items()
                if text in keys and masked.get(name) is not None
            ]
            found.append(_Found(row, keys, replaced))
        return found

    async def _forget(self, conn: Any, subject_id: int, one: _Found) -> None:
        row, payload, masked = one.row, one.row["payload"], one.row["masked"]
        for old, new in one.replaced:
            payload = payload.replace(old, new)
            masked = masked.replace(old, new) if masked is not None else None
            await queries.forget_in_holding(conn, subject_id=subject_id, item=row["item"], old=old, new=new)
        await queries.forget_sealed(
            conn, subject_id=subject_id, item=row["item"], key=row["key"], version=row["version"], payload=payload,
            masked=masked,
        )  # fmt: skip


def _member(name: str, value: Any) -> str:
    """A member of a JSON object, as documents have it."""
    return f'"{name}":{orjson.dumps(value).decode()}'


def _reason(text: str) -> str:
    reason = clean(text)
    if not 2 <= len(reason) <= 500:
        raise ShredReasonError(
            "销毁密钥须写明理由(2 至 500 字)", hint="例如:主体退出名录满 5 年,依个人信息保护法第四十七条"
        )
    return reason
