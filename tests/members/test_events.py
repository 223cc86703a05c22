"""The security log over HTTP: who sees what, filters, pages, bad input."""

from __future__ import annotations

from datetime import timedelta

import pytest
from members_kit import RoomApp, guards, member_ref, person

from xinshu.core.clock import FixedClock
from xinshu.members.events import Events
from xinshu.members.events.routes import router
from xinshu.members.model import ANONYMOUS, MemberState, Principal
from xinshu.store import Database

MINE, OTHER = member_ref(1), member_ref(2)
AUDITOR = person("operator-audit")
ADMIN = person("member-admin", member=MINE)


@pytest.fixture
async def room(db: Database, clock: FixedClock) -> RoomApp:
    """Five lines in the log, a minute apart."""
    events = Events(db, clock)
    for kind, code, about in (
        ("sign_in", "ok", {"principal": "account:1", "member_id": MINE.id, "address": "192.0.2.1"}),
        ("sign_in", "password_wrong", {"principal": "account:1", "member_id": MINE.id, "tries": 3}),
        ("token", "expired", {"principal": "client:2", "member_id": OTHER.id}),
        ("refused", "unauthorised", {"address": "2001:db8::1"}),
        ("key", "revoked", {"principal": "account:1", "member_id": MINE.id, "target": "client:1"}),
    ):
        await events.record(kind, code, **about)
        clock.advance(timedelta(minutes=1))
    return RoomApp(router(events, guards()), AUDITOR)


async def codes(room: RoomApp, **params: str | int) -> list[str]:
    async with room.client() as client:
        answer = await client.get("/v1/access-events", params=params)
    assert answer.status_code == 200, answer.text
    return [event["code"] for event in answer.json()["events"]]


async def test_the_auditor_sees_all_newest_first(room: RoomApp) -> None:
    assert await codes(room) == ["revoked", "unauthorised", "expired", "password_wrong", "ok"]
    async with room.client() as client:
        page = (await client.get("/v1/access-events", params={"page": 2, "page_size": 2})).json()
    assert (page["total"], page["page"], [event["code"] for event in page["events"]]) == (
        5, 2, ["expired", "password_wrong"],
    )  # fmt: skip
    assert page["events"][1]["details"] == {"tries": 3}


async def test_a_member_sees_its_own(room: RoomApp) -> None:
    room.principal = ADMIN
    assert await codes(room) == ["revoked", "password_wrong", "ok"]
    assert await codes(room, member_id=OTHER.id) == []
    assert await codes(room, principal="client:2") == []


async def test_filters(room: RoomApp) -> None:
    assert await codes(room, kind="sign_in") == ["password_wrong", "ok"]
    assert await codes(room, principal="client:2") == ["expired"]
    assert await codes(room, member_id=OTHER.id, kind="token") == ["expired"]
    since, until = "2026-06-01T10:01:00+08:00", "2026-06-01T02:03:00Z"
    assert await codes(room, since=since, until=until) == ["expired", "password_wrong"]
    assert await codes(room, since="2026-06-01T02:04:00") == ["revoked"]  # without a zone: UTC
    assert await codes(room, kind="x' or '1'='1") == []


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (ANONYMOUS, 401, "unauthorised"),
        (person("operator-admin"), 403, "forbidden"),
        (person("credit-officer", member=MINE), 403, "forbidden"),
        (person("member-admin", member=member_ref(1, state=MemberState.SUSPENDED)), 403, "forbidden"),
    ],
)
async def test_who_may_not(room: RoomApp, who: Principal, status: int, code: str) -> None:
    room.principal = who
    async with room.client() as client:
        answer = await client.get("/v1/access-events")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"), ("page", "x"), ("page_size", "201"), ("page_size", "-1"), ("since", "yesterday"),
        ("until", "2026-13-01T00:00:00Z"), ("since", "0001-01-01T00:00:00+14:00"), ("kind", ""), ("kind", "k" * 101),
        ("until", "9999-12-31T23:59:59-14:00"), ("since", "1e308"),
    ],
)  # fmt: skip
async def test_bad_input(room: RoomApp, name: str, value: str) -> None:
    async with room.client() as client:
        assert (await client.get("/v1/access-events", params={name: value})).status_code == 422
