"""Usage is what the records of inquiries say, of one's own member alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from asking_kit import Desk

from xinshu.members.model import MemberKind


async def usage(who: httpx.AsyncClient, **asked: str) -> dict[str, Any]:
    """What a caller is told."""
    answer = await who.get("/v1/usage", params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_days_purposes_and_outcomes(desk: Desk) -> None:
    bank = await desk.whole.member("usage-bank", MemberKind.BANK)
    officer = await desk.officer(bank)
    first, second = desk.fresh(), desk.fresh()
    today = desk.clock.today().isoformat()
    nothing = await usage(officer)
    assert (nothing["days"], nothing["subjects"], nothing["busiest"], nothing["until"]) == ([], 0, None, today)

    consent = await desk.authorised(first, bank)
    await desk.ask(officer, first)  # given
    await desk.ask(officer, first, items=["1", "17", "18"])  # some of it
    await desk.ask(officer, second)  # nothing
    await desk.ask(officer, second, items=["1"], purpose="post_loan")
    desk.clock.advance(timedelta(days=1))
    officer = await desk.officer(bank)  # nobody stays signed in for a day
    await desk.ask(officer, first, items=["1", "8"])

    told = await usage(officer)
    assert told["days"] == [
        {"day": today, "purpose": "post_loan", "inquiries": 1, "whole": 1, "partly": 0, "refused": 0, "authorised": 0},
        {"day": today, "purpose": "pre_loan", "inquiries": 3, "whole": 1, "partly": 1, "refused": 1, "authorised": 2},
        {"day": told["until"], "purpose": "pre_loan", "inquiries": 1, "whole": 1, "partly": 0, "refused": 0,
         "authorised": 0},
    ]  # fmt: skip
    assert told["subjects"] == 2
    assert told["busiest"]["inquiries"] == 4
    assert (await usage(officer, until=today))["days"] == told["days"][:2]
    assert (await usage(officer, since=told["until"]))["days"] == told["days"][2:]
    other = await usage(await desk.officer(await desk.whole.member("usage-other", MemberKind.BANK)))
    assert other["days"] == []
    assert await desk.uses(consent) == ("active", 2)


async def test_quotas(desk: Desk) -> None:
    bank = await desk.whole.member("quota-bank", MemberKind.BANK)
    officer = await desk.officer(bank)
    before = {one["name"]: (one["used"], one["limit"], one["per"]) for one in (await usage(officer))["quotas"]}
    settings = desk.node.services.settings
    assert before == {
        "screenings": (0, settings.screenings_per_day, "day"),
        "webhooks": (0, 10, None),
        "subscriptions": (0, 10_000, None),
        "lists": (0, 20, None),
        "rate_member": (None, 6000, "minute"),
        "rate_caller": (None, 100_000, "minute"),
    }
    (await officer.post("/v1/screenings", json={"divisions": ["32"]})).raise_for_status()
    assert (await usage(officer))["quotas"][0]["used"] == 1


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"since": "2026-05-02", "until": "2026-05-01"}, 400, "usage_period"),
        ({"since": "2025-01-01", "until": "2026-05-01"}, 400, "usage_period"),
        ({"since": "yesterday"}, 422, "request_invalid"),
        ({"since": "1999-12-31"}, 422, "request_invalid"),
    ],
)
async def test_periods_that_are_none(desk: Desk, asked: dict[str, str], status: int, code: str) -> None:
    answer = await (await desk.officer()).get("/v1/usage", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_firms_have_no_usage(desk: Desk) -> None:
    answer = await (await desk.owner(desk.fresh())).get("/v1/usage")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await desk.whole.browser().get("/v1/usage")).status_code == 401
