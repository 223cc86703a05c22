"""The figures of a node, counted anew after a while and kept between: whoever asks more often costs nothing more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from xinshu.catalogue import Catalogue
from xinshu.core.clock import CHINA, Clock
from xinshu.core.divisions import Divisions
from xinshu.core.industries import Industries
from xinshu.core.sizes import SIZE_NAMES, SizeClass
from xinshu.members.model import MemberKind
from xinshu.statistics import rules
from xinshu.statistics.kept import Kept
from xinshu.statistics.maps import Tile
from xinshu.statistics.model import (
    AreaOut,
    AskedOut,
    CollectedOut,
    Figures,
    GroupOut,
    KindOut,
    MemberName,
    Statistics,
    SubjectsOut,
    Words,
)
from xinshu.store import Database, load_queries

queries = load_queries("xinshu.statistics")
FIGURES_KEPT = timedelta(seconds=30)
STATISTICS_KEPT = timedelta(minutes=15)
MONTHS = 12
UNKNOWN = ("unknown", "未登记")


@dataclass(frozen=True)
class Surroundings:
    """What a node's figures are told by: its area, catalogue and names."""

    platform: str  # division code
    name: str
    catalogue: Callable[[], Catalogue]
    tiles: Sequence[Tile]
    divisions: Divisions
    industries: Industries
    purposes: Mapping[str, Words]


class StatisticsService:
    """What everybody may know of a node."""

    def __init__(self, db: Database, clock: Clock, around: Surroundings) -> None:
        self.around = around
        self._db = db
        self._members = Kept(clock, FIGURES_KEPT, self._read_members)
        self._figures = Kept(clock, FIGURES_KEPT, self._read_figures)
        self._statistics = Kept(clock, STATISTICS_KEPT, self._read_statistics)

    async def figures(self) -> Figures:
        """How much there is, half a minute old at most."""
        return await self._figures.get()

    async def statistics(self) -> Statistics:
        """Subjects, collection and inquiries in groups, a quarter of an hour old at most."""
        return await self._statistics.get()

    async def members(self, kind: MemberKind | None, page: int, size: int) -> tuple[int, list[MemberName]]:
        """How many members are online, and a page of their names; of one kind, or of all."""
        found = [one for one in await self._members.get() if kind is None or one.kind == kind]
        return len(found), found[(page - 1) * size : page * size]

    # -- counting ----------------------------------------------------------------------------------------------------

    async def _read_members(self, _: datetime) -> list[MemberName]:
        async with self._db.acquire() as conn:
            rows = queries.members_online(conn)
            return [
                MemberName(name=row["name"], kind=row["kind"], is_branch=row["level"] != "head") async for row in rows
            ]

    async def _read_figures(self, now: datetime) -> Figures:
        members = await self._members.get()
        async with self._db.acquire() as conn:
            row = await queries.figures(conn, now=now)
        kinds: dict[str, int] = defaultdict(int)
        for member in members:
            kinds[member.kind] += 1
        items = list(self.around.catalogue().items)
        return Figures(
            at=now,
            subjects=row["subjects"],
            items=len(items),
            providers=kinds[MemberKind.PROVIDER],
            members=[KindOut(kind=kind, members=kinds[kind]) for kind in MemberKind if kinds[kind] > 0],
            batches=row["batches"],
            inquiries=rules.at_least(row["inquiries"]),
            consents=rules.at_least(row["consents"]),
        )

    async def _read_statistics(self, now: datetime) -> Statistics:
        months = months_to(now.astimezone(CHINA).date(), MONTHS)
        since = datetime.fromisoformat(f"{months[0]}-01").replace(tzinfo=CHINA)
        async with self._db.acquire() as conn:
            groups = [dict(row) async for row in queries.subjects_grouped(conn)]
            rows = [dict(row) async for row in queries.rows_by_item(conn, since=since)]
            asked = [dict(row) async for row in queries.inquiries_by_purpose(conn, since=since)]
        return Statistics(
            at=now,
            least=rules.LEAST,
            months=months,
            subjects=self._subjects(groups),
            collection=self._collection(rows, months),
            inquiries=self._inquiries(asked, months),
        )

    def _subjects(self, rows: list[dict[str, Any]]) -> SubjectsOut:
        areas: dict[str | None, int] = dict.fromkeys((tile.code for tile in self.around.tiles), 0)
        areas[None] = 0
        sizes = dict.fromkeys((size.value for size in SizeClass), 0)
        sections: dict[str, int] = defaultdict(int)
        years: dict[tuple[int, int] | None, int] = defaultdict(int)
        for row in rows:
            n = row["subjects"]
            if row["by_division"]:
                area = rules.area_of(row["division"], self.around.platform)
                areas[area if area in areas else None] += n
            elif row["by_size"]:
                sizes[row["size_class"]] += n
            elif row["by_industry"]:
                sections[row["section"] or ""] += n
            else:
                years[rules.years_of(row["year"]) if row["year"] is not None else None] += n
        shown = rules.withhold(areas)
        return SubjectsOut(
            total=sum(areas.values()),
            areas=[
                AreaOut(code=one.code, name=one.name, row=one.row, column=one.column, subjects=shown[one.code])
                for one in self.around.tiles
            ],
            elsewhere=shown[None],
            sizes=[
                GroupOut(code=code, name=SIZE_NAMES[SizeClass(code)], subjects=count)
                for code, count in rules.withhold(sizes).items()
            ],
            industries=self._sections(sections),
            years=_years(years),
        )

    def _sections(self, sections: Mapping[str, int]) -> list[GroupOut]:
        shown = rules.withhold(sections)
        known = sorted((code for code in sections if code != ""), key=lambda code: -sections[code])
        found = [GroupOut(code=code, name=self.around.industries.name_of(code), subjects=shown[code]) for code in known]
        if "" in sections:
            found.append(GroupOut(code=UNKNOWN[0], name=UNKNOWN[1], subjects=shown[""]))
        return found

    def _collection(self, rows: list[dict[str, Any]], months: list[str]) -> list[CollectedOut]:
        found: dict[str, dict[str, int]] = defaultdict(dict)
        batches: dict[str, int] = defaultdict(int)
        for row in rows:
            found[row["item"]][row["month"]] = row["accepted"]
            batches[row["item"]] += row["batches"]
        return [
            CollectedOut(
                item=item.item,
                name=Words(zh=item.name.zh, en=item.name.en),
                provider=Words(zh=item.provider.zh, en=item.provider.en),
                batches=batches[item.item],
                rows=[found[item.item].get(month, 0) for month in months],
            )
            for item in self.around.catalogue().items
        ]

    def _inquiries(self, rows: list[dict[str, Any]], months: list[str]) -> list[AskedOut]:
        counts = {(row["purpose"], row["month"]): row["inquiries"] for row in rows}
        shown = rules.withhold(counts)
        used = {purpose for purpose, _ in counts}
        order = [*self.around.purposes, *sorted(used - set(self.around.purposes))]
        return [
            AskedOut(
                purpose=purpose,
                name=self.around.purposes.get(purpose, Words(zh=purpose, en=purpose)),
                inquiries=[shown.get((purpose, month), 0) for month in months],
            )
            for purpose in order
        ]


def months_to(day: date, count: int) -> list[str]:
    """The last `count` months up to that of `day`: `2026-05`."""
    last = day.year * 12 + day.month - 1
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(last - count + 1, last + 1)]


def _years(years: Mapping[tuple[int, int] | None, int]) -> list[GroupOut]:
    shown = rules.withhold(years)
    found = []
    for group in sorted(one for one in years if one is not None):
        first, last = group
        name = f"{last} 年及以前" if first == 0 else f"{first}—{last} 年"
        found.append(GroupOut(code=f"{first}-{last}", name=name, subjects=shown[group]))
    if None in years:
        found.append(GroupOut(code=UNKNOWN[0], name=UNKNOWN[1], subjects=shown[None]))
    return found
