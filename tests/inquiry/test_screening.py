"""Screening without authorisation: open items alone, evidence first, and nothing else to be learnt from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from collect_kit import Node, code_of, firm, penalties, penalty
from members_kit import RoomApp, guards
from push_kit import Banks, open_banks

from xinshu.inquiry.screening import service as service_module
from xinshu.inquiry.screening.model import Criteria, CriteriaError
from xinshu.inquiry.screening.routes import router
from xinshu.inquiry.screening.rules import parameters
from xinshu.inquiry.screening.service import ScreeningService
from xinshu.ledger import LedgerUnavailableError
from xinshu.ledger.audit import audit
from xinshu.members.model import ANONYMOUS

PER_DAY = 40


def fact(data: dict[str, Any], **about: Any) -> dict[str, Any]:
    """A fact as a holding has it."""
    origin = {"provider": "x", "platform": "320000", "batch": 1, "first_seen": "2026-01-01T00:00:00Z"}
    return {"data": data, "origin": origin, "valid_from": None, "valid_to": None, "state": "current"} | about


@pytest.fixture
async def banks(node: Node) -> Banks:
    """Six firms and a farm household; grades, abnormal operation and serious dishonesty of some."""
    for serial in range(1, 7):
        row = {"division": "320111", "industry": "C3484", "status": "1", "size": "undetermined", "since": 2016}
        row |= {1: {"size": "small"}, 2: {"size": "small"}, 4: {"division": "320281", "industry": "F5211"},
                5: {"status": "2", "since": 2025}}.get(serial, {})  # fmt: skip
        await node.table(
            "insert into subject (code, name, name_key, kind, division, industry, status, established, size_class) "
            "values ($1, $2, $3, 'enterprise', $4, $5, $6, make_date($7, 3, 18), $8)",
            code_of(serial), firm(serial)["subject_name"], uuid4(), row["division"], row["industry"], row["status"],
            row["since"], row["size"],
        )  # fmt: skip
    await node.table(
        "insert into subject (code, citizen_index, name, name_key, kind, division) "
        "values ('ZN320111000000001X', 'x', '周明禾', $1, 'farm_household', '320111')", uuid4(),
    )  # fmt: skip
    holdings: dict[tuple[int, str], list[dict[str, Any]]] = {(serial, "1"): [fact({})] for serial in range(1, 7)}
    holdings |= {
        (1, "15"): [fact({"evaluation_year": 2024, "tax_credit_grade": "A"}, valid_from="2025-04-01")],
        (2, "15"): [
            fact({"evaluation_year": 2023, "tax_credit_grade": "A"}, valid_from="2024-04-01"),
            fact({"evaluation_year": 2024, "tax_credit_grade": "D"}, valid_from="2025-04-01"),
        ],
        (3, "15"): [fact({"evaluation_year": 2024, "tax_credit_grade": "A"}, valid_from="2027-04-01")],
        (1, "14"): [fact({"listed_date": "2024-01-01"}, valid_from="2024-01-01", valid_to="2025-01-01")],
        (2, "14"): [fact({"listed_date": "2026-05-01"}, valid_from="2026-05-01")],
        (6, "13"): [fact({"listed_date": "2026-05-01"}, valid_from="2026-05-01", state="repaired")],
    }
    for (serial, item), facts in holdings.items():
        await node.table(
            "insert into holding (subject_id, item, document, rows, version, batch_id, updated_at) "
            "select id, $2, $3, $4, 1, 1, now() from subject where code = $1",
            code_of(serial), item, orjson.dumps(facts).decode(), len(facts),
        )  # fmt: skip
    return await open_banks(node, per_day=PER_DAY)


@pytest.fixture
async def room(banks: Banks) -> AsyncIterator[tuple[RoomApp, httpx.AsyncClient]]:
    """The routes, called by an officer of the bank."""
    app = RoomApp(router(banks.screenings, guards()), await banks.person())
    async with app.client() as client:
        yield app, client


async def found(client: httpx.AsyncClient, **criteria: Any) -> list[int]:
    """Serials of the firms that meet the criteria."""
    made = await client.post("/v1/screenings", json=criteria)
    assert made.status_code == 201, made.text
    page = (await client.get(f"/v1/screenings/{made.json()['id']}/subjects")).json()
    assert page["total"] == made.json()["count"] == len(page["subjects"])
    serials = {code_of(serial): serial for serial in range(1, 10)}
    return sorted(serials[one["code"]] for one in page["subjects"])


CLEAN = [{"item": "serious_dishonesty", "present": False}, {"item": "14", "present": False}]
GRADE_A = {"item": "15", "where": [{"field": "tax_credit_grade", "op": "in", "values": ["A"]}]}


async def test_all_criteria_must_hold(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    assert await found(client) == [1, 2, 3, 4, 5, 6]  # never the household
    assert await found(client, divisions=["3201"]) == [1, 2, 3, 5, 6]
    assert await found(client, divisions=["320281", "11"]) == [4]
    assert await found(client, industries=["C34"]) == [1, 2, 3, 5, 6]
    assert await found(client, industries=["F"]) == [4]
    assert await found(client, sizes=["small"]) == [1, 2]
    assert await found(client, statuses=["2"]) == [5]
    assert await found(client, kinds=["enterprise"]) == [1, 2, 3, 4, 5, 6]
    assert await found(client, kinds=["farm_household"]) == []
    assert await found(client, established_from="2020-01-01") == [5]
    assert await found(client, established_to="2016-03-18", divisions=["32"]) == [1, 2, 3, 4, 6]


async def test_facts_in_force_alone_count(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    """Not what is over, not what has not begun, not what was repaired."""
    _, client = room
    assert await found(client, facts=[{"item": "14"}]) == [2]
    assert await found(client, facts=CLEAN) == [1, 3, 4, 5, 6]
    assert await found(client, facts=[GRADE_A]) == [1, 2]
    assert await found(client, facts=[GRADE_A | {"newest": True}]) == [1]
    assert await found(client, facts=[GRADE_A | {"present": False, "newest": True}]) == [2, 3, 4, 5, 6]
    assert await found(client, facts=[*CLEAN, GRADE_A]) == [1]
    recent = {"field": "evaluation_year", "op": "from", "values": ["2024"]}
    assert await found(client, facts=[GRADE_A | {"where": [*GRADE_A["where"], recent]}]) == [1]  # type: ignore[misc]
    late = {"field": "evaluated_date", "op": "from", "values": ["2024-01-01"]}
    assert await found(client, facts=[{"item": "15", "where": [late]}]) == []  # the facts do not have it
    await banks.node.publish([*penalties(1), penalty("示市监处罚〔2023〕1号", 2, fine_amount="120.5")], "8")
    fine = {"field": "fine_amount", "op": "from", "values": ["100"]}
    assert await found(client, facts=[{"item": "8", "where": [fine]}]) == [2]
    assert await found(client, facts=[{"item": "8", "where": [fine | {"op": "to"}]}]) == [1]
    assert await found(client, facts=[{"item": "8", "where": [fine | {"values": ["9.5e1"]}]}]) == [2]
    day = {"field": "decision_date", "op": "to", "values": ["2024-03-05"]}
    assert await found(client, facts=[{"item": "8", "where": [day]}]) == [1, 2]


async def test_criteria_that_are_not_required_are_told_beside_each(
    banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]
) -> None:
    _, client = room
    facts = [{**one, "required": False} for one in (*CLEAN, GRADE_A)] + [{"item": "1"}]
    made = (await client.post("/v1/screenings", json={"facts": facts})).json()
    page = (await client.get(f"/v1/screenings/{made['id']}/subjects")).json()
    assert {one["code"]: one["matched"] for one in page["subjects"]} == {
        code_of(1): [1, 2, 3, 4], code_of(2): [1, 3, 4], code_of(3): [1, 2, 4], code_of(4): [1, 2, 4],
        code_of(5): [1, 2, 4], code_of(6): [1, 2, 4],
    }  # fmt: skip
    assert set(page["subjects"][0]) == {
        "code", "name", "kind", "division", "industry", "status", "size_class", "matched",
    }  # fmt: skip


async def test_a_run_is_evidence_before_it_is_answered(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    made = (await client.post("/v1/screenings", json={"facts": CLEAN})).json()
    (leaf,) = await banks.node.services.ledger.leaves(kinds=["screening"])
    about = orjson.loads(leaf.content)["about"]
    digest = banks.node.services.ledger.suite.digest
    criteria = Criteria.model_validate({"facts": CLEAN})
    assert (leaf.index, leaf.member_id, leaf.subject) == (made["leaf"], "m-own", None)
    assert about == {
        "screening": made["id"], "purpose": "customer_screening", "criteria": digest(criteria.canonical()).hex(),
        "count": 5, "truncated": False, "result": made["result"],
    }  # fmt: skip
    assert (await audit(banks.node.db, banks.node.services.ledger))[1] == []
    await banks.node.services.ledger.log.stop()
    who = await banks.person()
    with pytest.raises(LedgerUnavailableError):
        await banks.screenings.screen(criteria, who)
    assert len(await banks.node.table("select from screening")) == 1


NOT_OPEN: list[list[dict[str, Any]]] = [
    [{"item": "17"}],  # needs an authorisation
    [{"item": "4"}],  # about persons
    [{"item": "99"}],
    [{"item": "15", "where": [{"field": "evaluation_score", "op": "from", "values": ["90"]}]}],  # confidential
    [{"item": "11", "where": [{"field": "restricted_person", "op": "in", "values": ["张三"]}]}],
    [{"item": "1", "where": [{"field": "legal_person", "op": "in", "values": ["李明远"]}]}],  # a person's name
    [{"item": "1", "where": [{"field": "address", "op": "begins", "values": ["示例路"]}]}],
    [{"item": "15", "where": [{"field": "no_such", "op": "in", "values": ["A"]}]}],
    [{"item": "15", "where": [{"field": "tax_credit_grade", "op": "in", "values": ["Z"]}]}],
    [{"item": "15", "where": [{"field": "tax_credit_grade", "op": "from", "values": ["A"]}]}],
    [{"item": "15", "where": [{"field": "tax_credit_grade", "op": "begins", "values": ["A"]}]}],
    [{"item": "15", "where": [{"field": "evaluation_year", "op": "from", "values": ["x"]}]}],
    [{"item": "15", "where": [{"field": "evaluation_year", "op": "from", "values": ["NaN"]}]}],
    [{"item": "15", "where": [{"field": "evaluation_year", "op": "from", "values": ["1e99999"]}]}],
    [{"item": "15", "where": [{"field": "evaluation_year", "op": "from", "values": ["1", "2"]}]}],
    [{"item": "8", "where": [{"field": "decision_date", "op": "from", "values": ["2024-02-30"]}]}],
    [{"item": "8", "where": [{"field": "decision_date", "op": "from", "values": ["'; drop table subject"]}]}],
    [{"item": "1", "where": [{"field": "division", "op": "begins", "values": ["32%"]}]}],
]


async def test_what_is_not_open_is_not_screened_by(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    for facts in NOT_OPEN:
        refused = await client.post("/v1/screenings", json={"facts": facts})
        assert (refused.status_code, refused.json()["code"]) == (400, "criteria_invalid"), facts
        assert refused.json()["hint"]
    assert await banks.node.table("select from screening_quota") == []


async def test_what_is_no_criterion_is_refused(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    bad: list[dict[str, Any]] = [
        {"divisions": ["3"]}, {"divisions": ["32%"]}, {"industries": ["c34"]}, {"industries": ["Z"]},
        {"sizes": ["tiny"]}, {"kinds": ["x' or 1=1"]}, {"statuses": [""]}, {"established_from": "yesterday"},
        {"surprise": 1}, {"facts": [{"item": "8"}] * 11}, {"facts": [{}]}, {"facts": [{"item": ""}]},
        {"facts": [{"item": "8", "where": [{"field": "x", "op": "like", "values": ["%"]}]}]},
        {"facts": [{"item": "8", "where": [{"field": "x", "op": "in", "values": []}]}]},
        {"facts": [{"item": "8", "where": [{"field": "x", "op": "in", "values": ["y"] * 51}]}]},
        {"divisions": ["3201"] * 101},
    ]  # fmt: skip
    for body in bad:
        assert (await client.post("/v1/screenings", json=body)).status_code == 422, body
    assert (await client.post("/v1/screenings", content=b"[]")).status_code == 422


async def test_items_that_the_member_may_not_read_are_not_screened_by(banks: Banks) -> None:
    await banks.node.table("update member set items = array['8'] where id = 'm-own'")
    who = await banks.person()
    assert (await banks.screenings.screen(Criteria.model_validate({"facts": [{"item": "8"}]}), who)).count == 0
    with pytest.raises(CriteriaError) as caught:
        await banks.screenings.screen(Criteria.model_validate({"facts": [{"item": "15"}]}), who)
    assert "接入范围" in caught.value.message


async def test_who_sees_a_list(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    app, client = room
    made = (await client.post("/v1/screenings", json={})).json()
    paths = ["/v1/screenings", f"/v1/screenings/{made['id']}", f"/v1/screenings/{made['id']}/subjects"]
    for path in paths:
        assert (await client.get(path)).status_code == 200
    assert [one["id"] for one in (await client.get(paths[0])).json()] == [made["id"]]
    for skip, size, count in ((0, 4, 4), (4, 4, 2), (6, 4, 0)):
        page = (await client.get(paths[2], params={"skip": skip, "page_size": size})).json()
        assert (len(page["subjects"]), page["total"]) == (count, 6)
    for params in ({"skip": -1}, {"skip": 10_001}, {"page_size": 0}, {"page_size": 501}):
        assert (await client.get(paths[2], params=params)).status_code == 422
    app.principal = await banks.person(member="m-other", number=2)
    assert (await client.get(paths[0])).json() == []
    assert [(await client.get(path)).status_code for path in paths[1:]] == [403, 403]
    app.principal = await banks.person("member-admin", number=3)
    assert (await client.post("/v1/screenings", json={})).status_code == 403
    app.principal = ANONYMOUS
    assert [(await client.get(path)).status_code for path in paths] == [401] * 3
    assert (await client.post("/v1/screenings", json={})).status_code == 401
    app.principal = await banks.person()
    gone = await client.get("/v1/screenings/00000000-0000-4000-8000-000000000000")
    assert (gone.status_code, gone.json()["code"]) == (404, "screening_unknown")


async def test_a_member_has_so_many_a_day(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    app, client = room
    await banks.node.table(
        "insert into screening_quota values ('m-own', $1, $2)", banks.node.clock.today(), PER_DAY - 1
    )
    assert (await client.post("/v1/screenings", json={})).status_code == 201
    refused = await client.post("/v1/screenings", json={})
    assert (refused.status_code, refused.json()["code"]) == (429, "screening_quota")
    own = app.principal
    app.principal = await banks.person(member="m-other", number=2)
    assert (await client.post("/v1/screenings", json={})).status_code == 201
    app.principal = own
    banks.node.clock.advance(timedelta(days=1))
    assert (await client.post("/v1/screenings", json={})).status_code == 201
    none = ScreeningService(
        banks.node.db, banks.node.clock, banks.node.services.catalogue, banks.node.services.ledger, 0, timedelta(1)
    )
    app.app.router.routes.clear()
    app.app.include_router(router(none, guards()))
    assert (await client.post("/v1/screenings", json={})).status_code == 429


async def test_no_run_gives_more_than_the_most(
    banks: Banks, room: tuple[RoomApp, httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, client = room
    monkeypatch.setattr(service_module, "MOST", 4)
    made = (await client.post("/v1/screenings", json={})).json()
    assert (made["count"], made["truncated"]) == (4, True)


async def test_one_that_takes_too_long_is_stopped(
    banks: Banks, room: tuple[RoomApp, httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, client = room
    monkeypatch.setattr(service_module, "PATIENCE", 1)
    async with banks.node.db.transaction() as conn:
        await conn.execute("lock table holding")
        refused = await client.post("/v1/screenings", json={"facts": [{"item": "8"}]})
    assert (refused.status_code, refused.json()["code"]) == (400, "screening_too_broad")
    assert await banks.node.table("select from screening") == []


async def test_lists_are_removed_when_their_time_is_over(banks: Banks, room: tuple[RoomApp, httpx.AsyncClient]) -> None:
    _, client = room
    made = (await client.post("/v1/screenings", json={})).json()
    banks.node.clock.advance(timedelta(days=7))
    assert await banks.screenings.remove_outlived() == 1
    assert await banks.screenings.remove_outlived() == 0
    gone = await client.get(f"/v1/screenings/{made['id']}/subjects")
    assert (gone.status_code, gone.json()["code"]) == (410, "screening_removed")
    shown = (await client.get(f"/v1/screenings/{made['id']}")).json()
    assert (shown["removed"], shown["count"], shown["result"]) == (True, 6, made["result"])


def test_every_open_item_can_be_screened_by_and_no_other(node: Node) -> None:
    catalogue = node.services.catalogue
    today = node.clock.today()
    for item in catalogue.items:
        criteria = Criteria.model_validate({"facts": [{"item": item.item}]})
        if item.access == "open":
            assert item.item in parameters(criteria, catalogue, None, today)["facts"]
        else:
            with pytest.raises(CriteriaError, match="不是公开事项"):
                parameters(criteria, catalogue, None, today)


def test_the_criteria_in_the_documentation_are_sound(node: Node) -> None:
    page = (Path(__file__).parents[2] / "docs" / "push.md").read_text(encoding="utf-8")
    shown = page.partition("## 三、")[2].partition("```json")[2].partition("```")[0]
    found = parameters(Criteria.model_validate_json(shown), node.services.catalogue, None, node.clock.today())
    assert found["required"] == 0b111
