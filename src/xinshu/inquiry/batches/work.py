"""Working through a batch of inquiries, part by part; may be killed at any moment and taken up again.

A part is a file in the lake before the batch says it is done; a part cut short is asked for again with the same
idempotency keys, which gives the same inquiries. Nothing that was recorded as evidence is missing from the result.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import structlog

from xinshu.core.clock import Clock
from xinshu.core.errors import UnavailableError, XinshuError
from xinshu.inquiry.batches.model import PART, InquiryBatch, key_of, part_name
from xinshu.inquiry.batches.service import CANCELLED, queries
from xinshu.inquiry.model import Question, answer_json
from xinshu.inquiry.service import InquiryService
from xinshu.jobs import JobNotNowError
from xinshu.members.model import Principal, Resource
from xinshu.members.permissions import Permissions, decide
from xinshu.store import Database
from xinshu.store.lake import Lake

logger = structlog.get_logger(__name__)
PrincipalById = Callable[[str], Awaitable[Principal | None]]
AT_ONCE = 8  # questions asked side by side
DUPLICATE = "duplicate_subject"
_STOPPED = {"code": "", "message": "批次已停止,没有查询此主体", "hint": "恢复权限后,就余下的主体重新提交"}
_CANCELLED = {"code": CANCELLED, "message": "批次已取消,没有查询此主体", "hint": "需要时重新提交"}
_INTERNAL = {"code": "internal", "message": "平台内部错误,已记录", "hint": "就此主体单独查询,或联系平台运营人员"}


@dataclass(frozen=True)
class Line:
    """One line of the result, as JSON without the line's end."""

    text: bytes
    answered: bool


class BatchWork:
    """Works batches through, for whoever handed them in."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        inquiry: InquiryService,
        table: Permissions,
        lake: Lake,
        work: Path,
        principal_by_id: PrincipalById,
        kept: timedelta,
    ) -> None:
        """`principal_by_id`: who an account or a client is today; raises XinshuError where it may not act.
        `kept`: for how long results are kept."""
        self._db = db
        self._clock = clock
        self._inquiry = inquiry
        self._table = table
        self._lake = lake
        self._work = work
        self._principal_by_id = principal_by_id
        self._kept = kept

    async def process(self, batch_id: UUID) -> None:
        """Bring a batch to its end. Raises JobNotNowError while another worker has it, UnavailableError."""
        async with self._alone(batch_id) as row:
            if row is None:
                return
            batch, subjects = InquiryBatch.of(row), list(row["subjects"])
            done = batch.done
            while done < batch.total:
                positions = range(done + 1, min(done + PART, batch.total) + 1)
                lines = await self._part(batch, subjects, positions)
                await asyncio.to_thread(self._keep, part_name(batch.id, done // PART), lines)
                done += len(lines)
                async with self._db.acquire() as conn:
                    await queries.advance_batch(
                        conn, id=batch.id, done=done, answered=sum(line.answered for line in lines)
                    )
            async with self._db.acquire() as conn:
                now = self._clock.now()
                await queries.finish_batch(conn, id=batch.id, now=now, kept_until=now + self._kept)
            logger.info("batch of inquiries finished", batch=str(batch.id), subjects=batch.total)

    @asynccontextmanager
    async def _alone(self, batch_id: UUID) -> AsyncIterator[Any]:
        """The batch, if there is work to do, while nobody else works on it."""
        async with self._db.acquire() as conn:
            if not await queries.lock_batch(conn, id=str(batch_id)):
                raise JobNotNowError(f"批量查询 {batch_id} 正由另一进程处理")
            try:
                yield await queries.begin_batch(conn, id=batch_id)
            finally:
                await queries.unlock_batch(conn, id=str(batch_id))

    # -- a part ------------------------------------------------------------------------------------------------------

    async def _part(self, batch: InquiryBatch, subjects: list[str], positions: range) -> list[Line]:
        who, refusal = await self._submitter(batch)
        if who is None:
            return await self._refused(batch, subjects, positions, refusal)
        places = asyncio.Semaphore(AT_ONCE)
        asked = who

        async def line(position: int) -> Line:
            async with places:
                return await self._line(batch, subjects, position, asked)

        found = await asyncio.gather(*[line(position) for position in positions], return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        return [one for one in found if isinstance(one, Line)]

    async def _submitter(self, batch: InquiryBatch) -> tuple[Principal | None, dict[str, Any]]:
        """Who asks, with today's rights; or None and what is wrong."""
        async with self._db.acquire() as conn:
            state = await queries.batch_state(conn, id=batch.id)
        if state["state"] == "cancelled":
            return None, _CANCELLED
        code = state["stopped_by"] or ""
        if code == "":
            who, code = await self._today(batch)
            if who is not None:
                return who, {}
            async with self._db.acquire() as conn:
                await queries.stop_batch(conn, id=batch.id, code=code)
            logger.warning("batch of inquiries stopped", batch=str(batch.id), code=code)
        return None, _STOPPED | {"code": code}

    async def _today(self, batch: InquiryBatch) -> tuple[Principal | None, str]:
        try:
            who = await self._principal_by_id(batch.principal)
        except UnavailableError:
            raise
        except XinshuError as error:
            return None, error.code
        if who is None or who.member_id != batch.member_id:
            return None, "not_own_member"
        for action, kind in (("create", "inquiry-batch"), ("read", "information")):
            verdict = decide(self._table, who, action, Resource(kind, member=batch.member_id))
            if not verdict.allowed:
                return None, verdict.code
        return who, ""

    async def _line(self, batch: InquiryBatch, subjects: list[str], position: int, who: Principal) -> Line:
        code = subjects[position - 1]
        first = subjects.index(code) + 1
        if first < position:
            return _fault(position, code, {
                "code": DUPLICATE, "message": f"与第 {first} 个主体相同,不重复查询", "hint": f"见第 {first} 行",
                "details": {"first": first},
            })  # fmt: skip
        question = Question(code, batch.purpose, batch.items, None, batch.reference, key_of(batch.id, position))
        try:
            answer = await self._inquiry.ask(question, who)
        except UnavailableError:
            raise
        except XinshuError as error:
            return _fault(position, code, error.as_dict())
        except Exception:  # one subject whose information is broken must not keep 999 from being answered
            logger.exception("inquiry of a batch failed", batch=str(batch.id), position=position)
            return _fault(position, code, _INTERNAL)
        return Line(_head(position, code) + b',"answer":' + answer_json(answer) + b"}", answered=True)

    async def _refused(
        self, batch: InquiryBatch, subjects: list[str], positions: range, refusal: dict[str, Any]
    ) -> list[Line]:
        """Lines without an answer; one that was recorded before the batch was stopped names its evidence."""
        async with self._db.acquire() as conn:
            keys = {key_of(batch.id, position): position for position in positions}
            rows = queries.evidenced(conn, owner=batch.member_id, keys=list(keys))
            known = {
                keys[row["idempotency_key"]]: {"inquiry": str(row["id"]), "leaf": row["leaf"]} async for row in rows
            }
        return [
            _fault(position, subjects[position - 1], refusal | {"details": known.get(position, {})})
            for position in positions
        ]

    def _keep(self, name: str, lines: Sequence[Line]) -> None:
        self._work.mkdir(parents=True, exist_ok=True)
        path = self._work / f"inquiries-{secrets.token_hex(8)}.jsonl"
        try:
            path.touch(mode=0o600)
            path.write_bytes(b"".join(line.text + b"\n" for line in lines))
            self._lake.put(path, name)
        finally:
            path.unlink(missing_ok=True)


def _head(position: int, code: str) -> bytes:
    return orjson.dumps({"position": position, "subject": code})[:-1]


def _fault(position: int, code: str, error: dict[str, Any]) -> Line:
    return Line(_head(position, code) + b',"error":' + orjson.dumps(error) + b"}", answered=False)
