"""Farm households: one subject for each citizen, the number sealed, the same code from Python and SQL."""

from __future__ import annotations

import asyncio
import random
from datetime import date

import pytest

from xinshu.core.errors import XinshuError
from xinshu.core.identifiers import check_platform_code, make_citizen_no, make_platform_code
from xinshu.crypto import SealedValueError, Vault
from xinshu.store import Database
from xinshu.subjects import SubjectService
from xinshu.subjects.errors import RegistrationError
from xinshu.subjects.model import Registration

CITIZEN = make_citizen_no("320115", date(1970, 5, 17), 123)


async def register(
    service: SubjectService, db: Database, citizen: str = CITIZEN, name: str = "张三", division: str = "320115"
) -> Registration:
    async with db.transaction() as conn:
        return await service.register_farm_household(conn, citizen_no=citizen, name=name, division=division)


async def test_registering_seals_the_citizen_number(service: SubjectService, db: Database, vault: Vault) -> None:
    done = await register(service, db)
    code = done.subject.code
    assert done.created
    assert code is not None
    assert check_platform_code(code) == []
    assert (done.subject.kind, done.subject.division_path) == ("farm_household", "江苏省/南京市/江宁区")
    async with db.acquire() as conn:
        row = await conn.fetchrow("select * from subject where code = $1", code)
    assert CITIZEN not in str(dict(row))
    assert vault.open(row["citizen_sealed"], code.encode()) == CITIZEN
    with pytest.raises(SealedValueError):
        vault.open(row["citizen_sealed"], make_platform_code("320115", 99).encode())
    assert (await service.get(code)).name == "张三"
    assert CITIZEN not in done.model_dump_json()


async def test_the_same_citizen_again_is_the_same_subject(service: SubjectService, db: Database) -> None:
    first = await register(service, db)
    again = await register(service, db, f" {CITIZEN[:6]} {CITIZEN[6:]} ", "张 三", "320102")
    assert (again.subject.code, again.created) == (first.subject.code, False)
    assert again.subject.division == "320115"


async def test_many_requests_at_once_make_one_subject(service: SubjectService, db: Database) -> None:
    done = await asyncio.gather(*(register(service, db) for _ in range(12)))
    assert len({one.subject.code for one in done}) == 1
    assert sum(one.created for one in done) == 1
    async with db.acquire() as conn:
        assert await conn.fetchval("select count(*) from subject") == 1


async def test_different_citizens_have_different_codes(service: SubjectService, db: Database) -> None:
    citizens = [make_citizen_no("320115", date(1960, 1, 1), n) for n in range(20)]
    done = await asyncio.gather(*(register(service, db, citizen) for citizen in citizens))
    assert len({one.subject.code for one in done}) == 20


async def test_a_registration_rolled_back_is_none(service: SubjectService, db: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as conn:
            await service.register_farm_household(conn, citizen_no=CITIZEN, name="张三", division="320115")
            raise ZeroDivisionError
    assert (await register(service, db)).created


REFUSED = (
    (CITIZEN[:-1] + ("0" if CITIZEN[-1] != "0" else "1"), "张三", "320115", "校验码"),
    ("", "张三", "320115", "为空"),
    (make_citizen_no("320115", date(2026, 6, 2), 1), "张三", "320115", "晚于今天"),
    (CITIZEN, " \u3000", "320115", "缺少户主姓名"),
    (CITIZEN, "张三", "320100", "不是现行的县级代码"),
    (CITIZEN, "张三", "320121", "改用 320115 江苏省/南京市/江宁区"),
    (CITIZEN, "张三", "江宁", "不是现行的县级代码"),
)


async def test_what_is_refused_is_explained(service: SubjectService, db: Database) -> None:
    for citizen, name, division, says in REFUSED:
        with pytest.raises(XinshuError) as caught:
            await register(service, db, citizen, name, division)
        assert says in str(caught.value)
        assert caught.value.status == 422
        assert citizen == "" or citizen[6:14] not in str(caught.value.as_dict())


async def test_registration_errors_have_a_code_of_their_own(service: SubjectService, db: Database) -> None:
    with pytest.raises(RegistrationError) as caught:
        await register(service, db, name="")
    assert caught.value.code == "registration_invalid"


async def test_sql_issues_the_same_numbers(db: Database) -> None:
    draw = random.Random(11)
    pairs = [(f"{draw.randrange(110000, 660000)}", draw.randrange(10**9)) for _ in range(500)]
    pairs += [("320115", 0), ("320115", 1), ("320115", 10**9 - 1), ("000000", 0)]
    async with db.acquire() as conn:
        rows = await conn.fetch(
            "select xinshu_platform_code(d, s) as code from unnest($1::text[], $2::bigint[]) as t (d, s)",
            [division for division, _ in pairs],
            [serial for _, serial in pairs],
        )
        assert [row["code"] for row in rows] == [make_platform_code(*pair) for pair in pairs]
        for division, serial in (("32011", 1), ("32011A", 1), ("320115", -1), ("320115", 10**9)):
            assert await conn.fetchval("select xinshu_platform_code($1, $2)", division, serial) is None
