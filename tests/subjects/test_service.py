"""Look-up, history and search over a real database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from subjects_kit import FIRMS, firms

from xinshu.core.errors import XinshuError
from xinshu.store import Database
from xinshu.subjects import SubjectService, refresh_search
from xinshu.subjects.errors import AmbiguousNumberError, SearchError, SubjectNotFoundError

CODES = [row[0] for row in firms()]
NAMES = [row[1] for row in FIRMS]


async def names(service: SubjectService, text: str | None = None, **filters: object) -> list[str]:
    page = await service.search(text, **filters)  # type: ignore[arg-type]
    assert page.total == len(page.items)
    return [item.name for item in page.items]


async def test_by_code_and_by_old_number(reading: SubjectService) -> None:
    subject = await reading.get(f" {CODES[0].lower()} ")
    assert (subject.name, subject.kind_name, subject.size_name) == (NAMES[0], "企业", "微型")
    assert subject.division_path == "江苏省/南京市/玄武区"
    assert (await reading.get("320100000000001")).name == NAMES[1]


UNKNOWN = (
    ("91320100748204660Q", "代码校验通过"),
    ("91320100748204660P", "第 18 位校验码应为“Q”"),
    ("9132010074820466", "应为 18 位,实际 16 位"),
    ("110108000000017", "作为注册号"),
    ("ZN320115000000001A", "校验码应为“C”"),
    ("无", "实际 1 位"),
)


async def test_an_unknown_code_is_explained(reading: SubjectService) -> None:
    for code, says in UNKNOWN:
        with pytest.raises(SubjectNotFoundError, match=says) as caught:
            await reading.get(code)
        assert (caught.value.status, caught.value.code) == (404, "subject_not_found")


async def test_nobody_is_looked_up_by_citizen_number(reading: SubjectService) -> None:
    for code in ("11010519491231002X", "110105194912310021"):
        with pytest.raises(SubjectNotFoundError, match="公民身份号码") as caught:
            await reading.get(code)
        assert "19491231" not in str(caught.value.as_dict())


async def test_an_old_number_of_two_subjects_names_both(filled: SubjectService, db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("update subject set old_number = '320100000000001' where code = $1", CODES[0])
    with pytest.raises(AmbiguousNumberError) as caught:
        await filled.get("320100000000001")
    assert [c["name"] for c in caught.value.details["candidates"]] == NAMES[:2]


async def test_history_and_former_codes(filled: SubjectService, db: Database) -> None:
    subject = await filled.get(CODES[0])
    first, second, third = (datetime(2020 + n, 1, 1, tzinfo=UTC) for n in range(3))
    async with db.transaction() as conn:
        for field, value, since, until in (
            ("name", "南京青苗科技有限公司", first, second),
            ("name", "南京青稻科技有限公司", second, third),
            ("code", "91320100748204660Q", first, third),
        ):
            await conn.execute(
                "insert into subject_history values ($1, $2, $3, $4, $5, 7)", subject.id, field, value, since, until
            )
    history = await filled.history(CODES[0])
    called = [(e.value, e.seen_from, e.seen_to) for e in history.entries if e.field == "name"]
    assert called == [
        (NAMES[0], third, None),
        ("南京青稻科技有限公司", second, third),
        ("南京青苗科技有限公司", first, second),
    ]
    former = await filled.get("91320100748204660Q")
    assert (former.code, former.former, subject.former) == (CODES[0], True, False)


PARTS: tuple[tuple[str, list[int]], ...] = (
    ("青禾", [0, 1, 2]),
    ("青禾科技", [0, 2]),
    ("南京青禾科技有限公司", [0]),
    ("白桦(集团)", [3]),
    ("有限公司", [6, 7, 0, 1, 2]),
    ("责任公司", [3]),
    ("ktv欢乐", [7]),
    ("100%纯", [6]),
    ("纯_净", [6]),
    ("1_0%", []),
    ("老张面馆", [4]),
    ("湖州", []),
)


async def test_parts_of_names(reading: SubjectService) -> None:
    for text, wanted in PARTS:
        assert await names(reading, text) == [NAMES[i] for i in wanted], text


async def test_codes_and_prefixes(reading: SubjectService) -> None:
    assert await names(reading, CODES[3]) == [NAMES[3]]
    assert set(await names(reading, "91320102")) == {NAMES[0], NAMES[6], NAMES[7]}
    assert await names(reading, "320100000000004") == [NAMES[4]]
    assert len(await names(reading, "3201000000")) == len(NAMES)
    assert await names(reading, "9999") == []


async def test_what_looks_like_a_code_may_be_a_name(filled: SubjectService, db: Database) -> None:
    async with db.transaction() as conn:
        await conn.execute("update subject set name = '南京B2B360有限公司' where code = $1", CODES[0])
    await refresh_search(db)
    assert await names(filled, "b2b360") == ["南京B2B360有限公司"]


async def test_filters(reading: SubjectService) -> None:
    assert set(await names(reading, division="3201")) == {NAMES[i] for i in (0, 1, 4, 5, 6, 7)}
    assert set(await names(reading, division="320500")) == {NAMES[2]}
    assert set(await names(reading, division="320102", kind="enterprise", status="1")) == {NAMES[0], NAMES[7]}
    assert await names(reading, "青禾", size_class="small") == [NAMES[1]]
    assert await names(reading, CODES[0][:8], division="3202") == []


async def test_sorting_and_paging(reading: SubjectService) -> None:
    everything = await names(reading)
    assert everything == [NAMES[i] for i in (6, 5, 7, 0, 1, 2, 3, 4)]  # 1… gao KTV nan… nan… su wu xuan
    youngest = await names(reading, sort="established")
    assert youngest == [NAMES[i] for i in (4, 0, 1, 7, 2, 6, 3, 5)]
    pages = [await reading.search(page=n, page_size=3) for n in (1, 2, 3, 4)]
    assert [item.name for page in pages for item in page.items] == everything
    assert {page.total for page in pages} == {len(NAMES)}
    beyond = await reading.search("青禾", page=9, page_size=3)
    assert (beyond.total, beyond.items) == (3, ())


BAD: tuple[tuple[str, dict[str, object], str], ...] = (
    ("禾", {}, "至少输入 2 个字"),
    ("11010519491231002X", {}, "公民身份号码"),
    ("", {"division": "3"}, "2、4 或 6 位"),
    ("", {"kind": "bank"}, "主体类型“bank”不存在"),
    ("", {"size_class": "huge"}, "规模“huge”不存在"),
    ("", {"sort": "name"}, "排序“name”不存在"),
    ("", {"page": 0}, "页码"),
    ("", {"page_size": 101}, "每页"),
    ("", {"page": 101, "page_size": 100}, "最多翻到第 10000 条"),
)


async def test_bad_searches(reading: SubjectService) -> None:
    for text, filters, says in BAD:
        with pytest.raises(SearchError, match=says):
            await reading.search(text, **filters)  # type: ignore[arg-type]


async def test_stray_characters_do_no_harm(reading: SubjectService) -> None:
    assert await names(reading, "青\x00禾\u200b科技") == [NAMES[0], NAMES[2]]
    assert await names(reading, "青禾", status="1\x00") == [NAMES[i] for i in (0, 1, 2)]
    for text in ("'; drop table subject; --", "\\%", "__", "%%"):
        assert await names(reading, text) == []
    with pytest.raises(XinshuError):
        await reading.get("\x00")
