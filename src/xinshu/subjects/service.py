"""The verbs of the subject base: look up, search, history, register a farm household."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from xinshu.core.clock import Clock
from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import (
    check_citizen_no,
    has_errors,
    make_platform_code,
    parse_citizen_no,
)
from xinshu.core.industries import Industries
from xinshu.core.sizes import SIZE_NAMES, SizeClass
from xinshu.core.text import clean, normalise_name, upper_code
from xinshu.crypto import Sealer
from xinshu.store import Database
from xinshu.subjects import rules
from xinshu.subjects.errors import AmbiguousNumberError, RegistrationError, SearchError, SubjectNotFoundError
from xinshu.subjects.explain import CITIZEN_NO, explain_code
from xinshu.subjects.model import (
    KIND_NAMES,
    MAX_PAGE_SIZE,
    MAX_REACH,
    SORTS,
    History,
    HistoryEntry,
    Page,
    Registration,
    Sort,
    Subject,
    SubjectSummary,
)
from xinshu.subjects.store import Filters, SubjectSearch, listed, queries

CITIZEN_DOMAIN = "citizen_no"


class SubjectService:
    """Reads open their own connection; writes take one, and whoever calls them ends the transaction."""

    def __init__(
        self,
        db: Database,
        vault: Sealer,
        clock: Clock,
        divisions: Divisions,
        industries: Industries,
        status_names: Mapping[str, str] | None = None,
    ) -> None:
        """`status_names`: Chinese names of the registration states, by code."""
        self._db = db
        self._vault = vault
        self._clock = clock
        self._divisions = divisions
        self._industries = industries
        self._status_names = status_names or {}
        self._search = SubjectSearch(db, clock)

    async def representative(self, code: str) -> tuple[str, bytes | None] | None:
        """Name of the person who legally acts for the subject with this code, and for farm households the keyed digest
        of the citizen number; None where there is no such subject or no such name."""
        async with self._db.acquire() as conn:
            row = await queries.by_code(conn, code=upper_code(code))
        if row is None:
            return None
        name = row["name"] if row["kind"] == "farm_household" else row["legal_person"]
        return (name, row["citizen_index"]) if name else None

    async def get(self, code: str) -> Subject:
        """The subject with a code, an old number or a platform-issued number, today's or a former one.

        Raises SubjectNotFoundError, which explains what is wrong with the code itself, and AmbiguousNumberError.
        """
        wanted = upper_code(code)
        async with self._db.acquire() as conn:
            row = await queries.by_code(conn, code=wanted)
            if row is not None:
                return self._subject(row)
            rows = await listed(queries.by_old_number(conn, number=wanted))
            former = len(rows) == 0
            if former:
                rows = await listed(queries.by_former(conn, value=wanted))
        if len(rows) > 1:
            names = [{"code": row["code"], "name": row["name"]} for row in rows]
            raise AmbiguousNumberError(f"{wanted} 对应多个主体", hint="改用统一社会信用代码查询", candidates=names)
        if len(rows) == 0:
            raise self._not_found(wanted)
        return self._subject(rows[0], former=former)

    async def history(self, code: str) -> History:
        """Former and present codes, names and attributes of a subject. Raises as `get` does."""
        subject = await self.get(code)
        async with self._db.acquire() as conn:
            row = await queries.by_id(conn, subject_id=subject.id)
            former = await listed(queries.history(conn, subject_id=subject.id))
        since = {entry["field"]: entry["seen_to"] for entry in reversed(former)}
        present = [
            HistoryEntry(
                field=field,
                value=row[field],
                seen_from=since.get(field, row["created_at"]),
                seen_to=None,
                batch_id=None,
            )
            for field in dict.fromkeys(("code", "name", "old_number", *since))
            if field in row and row[field] is not None
        ]
        entries = sorted(present + [HistoryEntry(**dict(entry)) for entry in former], key=_newest_first)
        return History(code=subject.code, name=subject.name, entries=tuple(entries))

    async def search(
        self,
        text: str | None = None,
        *,
        division: str | None = None,
        kind: str | None = None,
        status: str | None = None,
        size_class: str | None = None,
        sort: Sort = "pinyin",
        page: int = 1,
        page_size: int = 20,
    ) -> Page:
        """A page of subjects by code, old number, name or part of a name (2 characters or more), and filters.

        A text that looks like a code and finds none is then looked for in names. Raises SearchError.
        """
        query = rules.read_query(text)
        skip = _checked(page, page_size, kind, size_class, sort)
        filters = Filters(
            *rules.division_filter(division), kind or None, clean(status or "") or None, size_class or None
        )
        found = await self._search.find(query, filters, sort, page_size, skip)
        if query.what == "code" and found.total == 0:
            query = rules.as_name(normalise_name(text or ""))
            found = await self._search.find(query, filters, sort, page_size, skip)
        return Page(
            items=tuple(self._summary(row) for row in found.rows),
            total=min(found.total, MAX_REACH),
            more=found.total > MAX_REACH,
            page=page,
            page_size=page_size,
        )

    async def register_farm_household(
        self, conn: Any, *, citizen_no: str, name: str, division: str, address: str | None = None
    ) -> Registration:
        """Register a farm household by its head's citizen number: a platform-issued number, the citizen number sealed.

        The same citizen number again gives the same subject, also from two requests at once. Raises InvalidCodeError
        or RegistrationError; neither repeats the citizen number.
        """
        citizen = parse_citizen_no(citizen_no)
        if has_errors(faults := check_citizen_no(citizen.code, today=self._clock.today())):
            raise RegistrationError(f"公民身份号码有误:{faults[0].message}", hint="对照证件核对")
        title = clean(name)
        if title == "":
            raise RegistrationError("缺少户主姓名", hint="填写姓名")
        self._refuse_division(division)
        await queries.hold_shredding(conn)
        digest = await asyncio.to_thread(self._vault.index, citizen.code, CITIZEN_DOMAIN)
        known = await queries.by_citizen_index(conn, citizen_index=digest)
        if known is not None:
            return Registration(subject=self._subject(known), created=False)
        code = make_platform_code(division, await queries.next_household_serial(conn))
        ref = self._vault.ref("citizen", digest.hex())
        row = await queries.insert_household(
            conn,
            code=code,
            citizen_index=digest,
            citizen_sealed=await asyncio.to_thread(self._vault.seal, citizen.code, code.encode(), ref),
            name=title,
            name_key=rules.name_key(division, title),
            division=division,
            address=clean(address) if address is not None else None,
            now=self._clock.now(),
        )
        if row is None:  # another request registered the same citizen since we looked; it has committed by now
            row = await queries.by_citizen_index(conn, citizen_index=digest)
            return Registration(subject=self._subject(row), created=False)
        return Registration(subject=self._subject(row), created=True)

    def _refuse_division(self, division: str) -> None:
        if self._divisions.is_current(division) and not division.endswith("00"):
            return
        replaced = "、".join(f"{c} {self._divisions.path_of(c)}" for c in self._divisions.successors_of(division))
        raise RegistrationError(
            f"行政区划“{division}”不是现行的县级代码",
            hint=f"改用 {replaced}" if replaced else "填写 6 位县级行政区划代码",
        )

    def _not_found(self, code: str) -> SubjectNotFoundError:
        explained = explain_code(code, self._divisions)  # `shown` masks what looks like a citizen number
        if explained.what == CITIZEN_NO:
            return SubjectNotFoundError("不能用公民身份号码查询主体", hint="农户请用平台编号(ZN 开头)查询")
        faults = [asdict(fault) for fault in explained.faults]
        if has_errors(explained.faults):
            why = ";".join(fault.message for fault in explained.faults)
            return SubjectNotFoundError(
                f"没有找到 {explained.shown}:作为{explained.what},它本身有误,{why}",
                hint="对照证照逐位核对",
                faults=faults,
            )
        return SubjectNotFoundError(
            f"没有找到{explained.what} {explained.shown} 对应的主体(代码校验通过)",
            hint="该主体可能尚未归集;可改用名称查询",
            faults=faults,
        )

    def _summary(self, row: Any) -> SubjectSummary:
        return SubjectSummary(**self._shown(row))

    def _subject(self, row: Any, *, former: bool = False) -> Subject:
        return Subject(
            **self._shown(row),
            id=row["id"],
            industry=row["industry"],
            industry_path=self._industries.path_of(row["industry"] or ""),
            address=row["address"],
            legal_person=row["legal_person"],
            former=former,
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )

    def _shown(self, row: Any) -> dict[str, Any]:
        return {
            "code": row["code"],
            "old_number": row["old_number"],
            "name": row["name"],
            "kind": row["kind"],
            "kind_name": KIND_NAMES.get(row["kind"], ""),
            "division": row["division"],
            "division_path": self._divisions.path_of(row["division"]) if row["division"] else "",
            "status": row["status"],
            "status_name": self._status_names.get(row["status"] or "", row["status"] or ""),
            "size_class": row["size_class"],
            "size_name": SIZE_NAMES.get(row["size_class"], ""),
            "established": row["established"],
        }


def _checked(page: int, page_size: int, kind: str | None, size_class: str | None, sort: str) -> int:
    """Rows to skip. Raises SearchError for a filter or page that does not exist."""
    if not 1 <= page_size <= MAX_PAGE_SIZE or page < 1:
        raise SearchError(
            f"页码 {page} 或每页条数 {page_size} 超出范围", hint=f"页码从 1 起,每页 1 至 {MAX_PAGE_SIZE} 条"
        )
    if page * page_size > MAX_REACH:
        raise SearchError(f"最多翻到第 {MAX_REACH} 条", hint="增加条件缩小范围")
    for what, value, known in (
        ("主体类型", kind, tuple(KIND_NAMES)),
        ("规模", size_class, tuple(SizeClass)),
        ("排序", sort, SORTS),
    ):
        if value and value not in known:
            raise SearchError(f"{what}“{value}”不存在", hint=f"可用 {'、'.join(known)}")
    return (page - 1) * page_size


def _newest_first(entry: HistoryEntry) -> tuple[str, float]:
    return entry.field, -entry.seen_to.timestamp() if entry.seen_to is not None else float("-inf")
