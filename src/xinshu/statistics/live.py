"""The big screen's board: made once for all who watch, anew when the log of evidence has grown.

While somebody watches, one task of this process looks at the size of the log every second; nobody's watching costs the
database more than that. Whoever is slow misses boards in between, never the newest.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
import structlog

from xinshu.core.clock import Clock
from xinshu.core.errors import UnavailableError
from xinshu.members.model import KIND_NAMES, MemberKind
from xinshu.statistics import rules
from xinshu.statistics.model import Board, EventOut, FlowOut, HourOut, LitAreaOut, TodayOut, Words
from xinshu.statistics.service import StatisticsService
from xinshu.statistics.tally import Tally
from xinshu.store import Database, load_queries

logger = structlog.get_logger(__name__)
queries = load_queries("xinshu.statistics")
LOOK_EVERY = 1.0  # seconds between looks at the log
ANEW_AFTER = 30.0  # seconds after which the board is made anew even when the log stands still
WATCHERS_MAX = 60
WATCHERS_EACH = 4
EVENTS = 24
LOOK_BACK = 50_000  # leaves in which events are looked for
READERS = (
    MemberKind.BANK, MemberKind.GUARANTOR, MemberKind.CREDIT_AGENCY, MemberKind.CREDIT_SERVICE, MemberKind.GOVERNMENT,
    MemberKind.SUPERVISOR, MemberKind.COURT, MemberKind.NOTARY, MemberKind.ARBITRATION,
)  # fmt: skip
KINDS_EN = {
    MemberKind.BANK: "Banks", MemberKind.GUARANTOR: "Guarantors", MemberKind.CREDIT_AGENCY: "Credit agencies",
    MemberKind.CREDIT_SERVICE: "Credit services", MemberKind.GOVERNMENT: "Government",
    MemberKind.SUPERVISOR: "Supervisors", MemberKind.COURT: "Courts", MemberKind.NOTARY: "Notaries",
    MemberKind.ARBITRATION: "Arbitration bodies",
}  # fmt: skip


class TooManyWatchersError(UnavailableError):
    """As many streams are open as this process serves."""

    code: ClassVar[str] = "live_full"


@dataclass(frozen=True)
class Provided:
    """What a provider has handed in ever."""

    code: str
    name: Words
    rows: int


class Live:
    """The board of this process and those who watch it."""

    def __init__(self, db: Database, clock: Clock, figures: StatisticsService) -> None:
        self._db = db
        self._clock = clock
        self._service = figures
        self._tally: Tally | None = None
        self._ever: tuple[int, list[Provided]] | None = None  # batches of the day when it was read; what came in ever
        self._board: Board | None = None
        self._text = b""
        self._version = 0
        self._made_at = 0.0
        self._making = asyncio.Lock()
        self._signal = asyncio.Event()
        self._watchers: dict[str, int] = defaultdict(int)
        self._task: asyncio.Task[None] | None = None

    @property
    def watchers(self) -> int:
        """How many watch."""
        return sum(self._watchers.values())

    def join(self, who: str) -> None:
        """Begin to watch on behalf of `who`; `leave` ends it. Raises TooManyWatchersError."""
        if self.watchers >= WATCHERS_MAX or self._watchers[who] >= WATCHERS_EACH:
            raise TooManyWatchersError(
                f"实时画面同时打开得太多(每人 {WATCHERS_EACH} 个,本节点 {WATCHERS_MAX} 个)",
                hint="关闭不用的画面后再试",
            )
        self._watchers[who] += 1
        if self._task is None:
            self._task = asyncio.create_task(self._look_on(), name="live")

    def leave(self, who: str) -> None:
        """Watch no longer; the last one stops the looking."""
        self._watchers[who] -= 1
        if self._watchers[who] == 0:
            del self._watchers[who]
        if len(self._watchers) == 0 and self._task is not None:
            self._task.cancel()
            self._task = None

    def wake(self) -> None:
        """Let all who watch look at once: at a new board, or whether they still may."""
        self._signal.set()
        self._signal = asyncio.Event()

    async def board(self) -> Board:
        """The board as it stands, for whoever asks once."""
        board, _, _ = await self._make()
        return board

    async def next(self, version: int, seconds: float) -> tuple[int, bytes] | None:
        """Version and JSON of the newest board, as soon as it is another than `version`; None when woken, or after so
        many seconds, without."""
        if self._board is None:
            await self._make()
        if self._version == version:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._signal.wait(), seconds)
        return (self._version, self._text) if self._version != version else None

    async def _look_on(self) -> None:
        seen = self._version
        while True:
            try:
                _, version, _ = await self._make()
                if version != seen:
                    seen = version
                    self.wake()
            except UnavailableError as error:
                logger.warning("the big screen stands still", reason=str(error))
            except Exception:
                logger.exception("the big screen stands still")
            await asyncio.sleep(LOOK_EVERY)

    async def _make(self) -> tuple[Board, int, bytes]:
        """The board, its version and its JSON; those there are while the log has not grown, for half a minute."""
        async with self._making:
            now, today = asyncio.get_running_loop().time(), self._clock.today()
            async with self._db.acquire() as conn:
                size = int(await queries.log_size(conn))
                if self._board is not None and self._is_current(size, now):
                    return self._board, self._version, self._text
                tally = self._tally
                if tally is None or tally.day != today or tally.until > size:
                    tally = self._tally = await Tally.of_day(conn, today)
                await tally.count_to(conn, size)
                if self._ever is None or self._ever[0] != tally.batches:
                    ever = [self._provided(row) async for row in queries.rows_by_provider(conn)]
                    self._ever = (tally.batches, ever)
                found = queries.leaf_events(conn, after=max(0, size - LOOK_BACK), until=size, most=EVENTS)
                rows = [dict(row) async for row in found]
            self._board = await self._of(tally, size, self._ever[1], [self._event(row, self._ever[1]) for row in rows])
            self._text = orjson.dumps(self._board.model_dump(mode="json"))
            self._version += 1
            self._made_at = now
            return self._board, self._version, self._text

    def _is_current(self, size: int, now: float) -> bool:
        if self._board is None or self._tally is None or self._board.size != size:
            return False
        return self._tally.day == self._clock.today() and now - self._made_at < ANEW_AFTER

    def _provided(self, row: Any) -> Provided:
        """A provider by the name it joined with; else as the catalogue calls it."""
        code, name = row["provider"], row["name"]
        called = Words(zh=name, en=name) if name is not None else self._in_catalogue(code)
        return Provided(code, called or Words(zh=code, en=code), row["accepted"])

    def _in_catalogue(self, code: str) -> Words | None:
        found = (item.provider for item in self._service.around.catalogue().items if item.provider.code == code)
        return next((Words(zh=one.zh, en=one.en) for one in found), None)

    async def _of(self, tally: Tally, size: int, ever: list[Provided], events: list[EventOut]) -> Board:
        figures, statistics = await self._service.figures(), await self._service.statistics()
        lit: dict[str | None, int] = defaultdict(int)
        for division, count in tally.inquiries_by_division.items():
            lit[rules.area_of(division, self._service.around.platform)] += count
        return Board(
            at=self._clock.now(),
            size=size,
            platform=self._service.around.name,
            figures=figures,
            today=TodayOut(
                batches=tally.batches, rows=tally.rows, inquiries=tally.inquiries, consents=tally.consents
            ),
            hours=[
                HourOut(rows=rows, inquiries=inquiries)
                for rows, inquiries in zip(tally.rows_by_hour, tally.inquiries_by_hour, strict=True)
            ],
            areas=[
                LitAreaOut(**area.model_dump(), inquiries=lit.get(area.code, 0)) for area in statistics.subjects.areas
            ],
            inflows=[
                FlowOut(code=one.code, name=one.name, total=one.rows, today=tally.rows_by_provider.get(one.code, 0))
                for one in sorted(ever, key=lambda one: -one.rows)
            ],
            outflows=[
                FlowOut(
                    code=kind, name=Words(zh=KIND_NAMES[kind], en=KINDS_EN[kind]),
                    total=next((one.members for one in figures.members if one.kind == kind), 0),
                    today=tally.inquiries_by_kind.get(kind, 0),
                )
                for kind in READERS
            ],
            events=events,
        )  # fmt: skip

    def _event(self, row: dict[str, Any], ever: list[Provided]) -> EventOut:
        about = orjson.loads(row["about"])
        around = self._service.around
        kind = row["kind"] if row["kind"] != "consent" else f"consent_{about.get('event')}"
        item = next((one for one in around.catalogue().items if one.item == about.get("item")), None)
        area = rules.area_of(row["division"], around.platform)
        is_batch = row["kind"] == "batch"
        return EventOut(
            index=row["index"], at=row["at"], kind=kind, item=about.get("item") if is_batch else None,
            item_name=Words(zh=item.name.zh, en=item.name.en) if item is not None and is_batch else None,
            provider=next((one.name for one in ever if one.code == about.get("provider")), None) if is_batch else None,
            rows=about.get("accepted") if is_batch else None, member_kind=row["member_kind"],
            purpose=around.purposes.get(about.get("purpose", "")),
            area=around.divisions.name_of(area) if area is not None else None,
        )  # fmt: skip
