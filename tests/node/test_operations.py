"""Jobs and health over HTTP: who sees them, what they say, what is written down about acts."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from collect_kit import Node, Speaker, firm, parts
from fastapi import FastAPI
from fastapi.testclient import TestClient

from xinshu.catalogue import Catalogue
from xinshu.catalogue.routes import router as catalogue_routes
from xinshu.jobs.service import Going
from xinshu.node import health_rules as rules

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)


async def failed_job(node: Node, key: str = "collect.process:9") -> int:
    """A job that has failed."""
    rows = await node.table(
        "insert into pgqueuer (priority, status, entrypoint, dedupe_key, payload) "
        "values (0, 'failed', 'collect.process', $1, $2) returning id", key, b'{"batch":9}',
    )  # fmt: skip
    return int(rows[0]["id"])


async def test_an_operator_retries_and_cancels_and_the_log_says_who(node: Node) -> None:
    async with node.http() as http:
        one = await failed_job(node)
        listed = (await http.get("/v1/jobs", params={"state": "failed"})).json()
        assert listed["counts"] == {"waiting": 0, "running": 0, "failed": 1}
        assert [(job["id"], job["payload"]) for job in listed["jobs"]] == [(one, {"batch": 9})]
        assert (await http.post(f"/v1/jobs/{one}/retry")).status_code == 204
        again = await http.post(f"/v1/jobs/{one}/retry")
        assert (again.status_code, again.json()["code"]) == (409, "job_state")
        assert (await http.post(f"/v1/jobs/{one}/cancel")).status_code == 204
        gone = await http.post(f"/v1/jobs/{one}/cancel")
        assert (gone.status_code, gone.json()["code"]) == (404, "job_not_found")
        events = (await http.get("/v1/access-events", params={"kind": "job"})).json()["events"]
    assert [(one["code"], one["details"]) for one in events] == [
        ("job_cancelled", {"task": "collect.process"}),
        ("job_retried", {"task": "collect.process"}),
    ]
    assert {one["principal"] for one in events} == {node.speaker.principal}
    async with node.http() as http:
        acts = (await http.get("/v1/ledger/leaves", params={"view": "acts"})).json()
        assert all(one["kind"].startswith("access.") for one in acts)
        assert (await http.get("/v1/ledger/leaves", params={"view": "access"})).json() == []
        assert (await http.get("/v1/ledger/leaves", params={"view": "none"})).status_code == 422
    waiting = await node.table("select kind from waiting_leaf union all select kind from leaf")
    assert sum(row["kind"] == "access.job" for row in waiting) == 2


@pytest.mark.parametrize(
    ("params", "status"),
    [({"state": "gone"}, 422), ({"task": "x" * 200}, 422), ({"task": "'; drop"}, 422), ({"page": 0}, 422),
     ({"page_size": 1000}, 422), ({"page": 100_000}, 200)],
)  # fmt: skip
async def test_odd_questions_about_jobs(node: Node, params: dict[str, Any], status: int) -> None:
    async with node.http() as http:
        assert (await http.get("/v1/jobs", params=params)).status_code == status


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**63)])
async def test_numbers_that_are_no_job(node: Node, number: str) -> None:
    async with node.http() as http:
        for act in ("retry", "cancel"):
            assert (await http.post(f"/v1/jobs/{number}/{act}")).status_code == 422


async def test_only_operators_of_the_right_kind(node: Node) -> None:
    auditor = Speaker("auditor", ("operator-audit",))
    security = Speaker("security", ("operator-security",))
    number = await failed_job(node)
    async with node.http() as http:
        await http.get("/v1/session")
        for speaker, seen in ((auditor, 200), (security, 403)):
            await node.sign_in(speaker)
            node.speaker = speaker
            assert (await http.get("/v1/jobs")).status_code == seen
            assert (await http.post(f"/v1/jobs/{number}/retry")).status_code == 403
            assert (await http.get("/v1/health")).status_code == 200
    async with node.http(None) as http:
        assert (await http.get("/v1/health")).status_code == 401


async def test_health_of_a_node(node: Node) -> None:
    await node.publish([firm(1)])
    await node.services.refresh_search()
    await node.app()
    await node.services.ledger.checkpoint()
    async with node.http() as http:
        told = (await http.get("/v1/health")).json()
        states = {one["code"]: one["state"] for one in told["findings"]}
        assert list(states) == [
            "database", "lake", "worker", "jobs", "ledger", "checkpoint", "search", "held", "pulls", "late", "push",
        ]  # fmt: skip
        assert states["jobs"] == states["held"] == states["search"] == "good"
        assert [one["item"] for one in told["late"] if one["days"] is not None] == []
        await failed_job(node)
        node.clock.advance(timedelta(days=60))
        node.speaker = Speaker("later")
        await node.sign_in(node.speaker)
        told = (await http.get("/v1/health")).json()
    states = {one["code"]: one["state"] for one in told["findings"]}
    assert states["jobs"] == "attention"
    assert states["late"] == "bad"
    late = next(one for one in told["late"] if one["days"] is not None)
    assert (late["provider"], late["item"], late["last"]) == ("samr", "1", "2026-06-01")
    assert told["state"] == "bad"
    assert all(one["remedy"] is not None for one in told["findings"] if one["state"] in ("attention", "bad"))


def test_late_items_by_the_catalogue_s_cycle() -> None:
    catalogue = parts().catalogue
    item = catalogue.item("8")  # every day, nine days
    last = {("ndrc", "8"): datetime(2026, 5, 1, tzinfo=UTC), ("ndrc", "nothing"): NOW, ("local", "8"): NOW}
    assert rules.late([item], {}, last, date(2026, 5, 11)) == []
    (one,) = rules.late([item], {"ndrc": "示范省发展改革委"}, last, date(2026, 5, 13))
    assert (one.provider_name, one.due, one.days) == ("示范省发展改革委", date(2026, 5, 11), 2)
    (never,) = rules.late([item], {"ndrc": "示范省发展改革委"}, {}, date(2026, 5, 13))
    assert (never.last, never.days) == (None, None)
    assert rules.timeliness([one, never]).figures == {"late": 1, "never": 1}
    assert rules.timeliness([never]).state == "good"


def test_states_from_figures() -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)
    assert rules.space(None, None).state == "unknown"
    assert [rules.space(free << 30, 100 << 30).state for free in (20, 14, 4)] == ["good", "attention", "bad"]
    assert rules.space(1 << 29, 1 << 30).state == "bad"
    assert [rules.worker(Going(1, 0, 0, 0, overdue)).state for overdue in (0, 200, 900)] == ["good", "attention", "bad"]
    assert rules.worker(Going(0, 1, 0, 1, 0)).state == "bad"
    assert rules.database("17.2", 1 << 31, 95, 100).state == "attention"
    entering, sealing = rules.ledger(9, 5, NOW - hour, NOW - hour / 2, 1, NOW - day, NOW)
    assert (entering.state, sealing.state) == ("bad", "attention")
    assert [one.state for one in rules.ledger(5, 5, NOW - day, None, 0, None, NOW)] == ["good", "good"]
    assert rules.ledger(5, None, None, NOW - day, 0, None, NOW)[1].state == "bad"
    assert rules.push(0, 3, NOW, NOW).state == "good"
    assert rules.push(1, 0, None, NOW).state == "attention"
    assert rules.held(2, NOW - 3 * day, NOW).words.zh == "2 个,最早的已等 3 天"
    assert rules.sources({}).state == "unknown"
    assert rules.sources({"tax": "published", "hrss": "held"}).figures["stuck"] == 1
    assert rules.sources({"tax": None}).state == "unknown"
    assert rules.search(3).state == "attention"
    assert rules.worst([]) == "good"


async def test_checkpoints_are_listed_for_anybody(node: Node) -> None:
    await node.app()
    for serial in (1, 2):
        await node.publish([firm(serial)])
        await all_in_the_log(node)
        await node.services.ledger.checkpoint()
    async with node.http(None) as http:
        head = (await http.get("/v1/ledger/head")).json()
        listed = (await http.get("/v1/ledger/checkpoints")).json()
        assert head == {"size": listed[0]["size"], "waiting": 0}
        assert [one["size"] for one in listed] == sorted((one["size"] for one in listed), reverse=True)
        older = await http.get("/v1/ledger/checkpoints", params={"before": listed[0]["size"], "page_size": 1})
        assert older.json() == listed[1:2]
        assert listed[0]["note"] == (await http.get("/v1/ledger/checkpoint")).text
        for params in ({"before": -1}, {"page_size": 0}, {"page_size": 201}, {"before": "x"}):
            assert (await http.get("/v1/ledger/checkpoints", params=params)).status_code == 422


async def all_in_the_log(node: Node) -> None:
    """What was written beside its change has come into the log."""
    for _ in range(1000):
        if (await node.services.ledger.size())[1] == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the log does not take in what waits")


async def test_versions_of_an_item_and_their_differences(node: Node) -> None:
    async with node.http(None) as http:
        (only,) = (await http.get("/v1/catalogue/penalty/versions")).json()
        assert (only["version"], only["in_force"], only["until"]) == ("2024.1", True, None)
        chosen = await http.get("/v1/catalogue/8", params={"version": "2024.1"})
        assert chosen.json() == (await http.get("/v1/catalogue/8")).json()
        same = {"from": "2024.1", "to": "2024.1"}
        assert (await http.get("/v1/catalogue/8/differences", params=same)).json() == []
        gone = await http.get("/v1/catalogue/8/differences", params={**same, "to": "2030.1"})
        assert (gone.status_code, gone.json()["code"]) == (422, "item_version_refused")
        assert "2024.1" in gone.json()["hint"]
        assert (await http.get("/v1/catalogue/99/versions")).status_code == 404
        assert (await http.get("/v1/catalogue/8/differences", params={"from": "2024.1"})).status_code == 422
        assert (await http.get("/v1/catalogue/8", params={"version": "newest"})).status_code == 422


def test_differences_between_versions() -> None:
    item = parts().catalogue.item("8")
    later = item.model_copy(
        update={"version": "2026.1", "update_cycle": item.update_cycle.model_copy(update={"lag_days": 7})}
    )
    app = FastAPI()
    app.include_router(catalogue_routes(lambda: Catalogue([item, later], {}, None, None)))
    client = TestClient(app)
    found = client.get("/v1/catalogue/8/differences", params={"from": "2024.1", "to": "2026.1"}).json()
    assert [(one["path"], one["impact"]) for one in found] == [("version", "compatible"), ("update_cycle", "breaking")]
    assert client.get("/v1/catalogue/8").json()["version"] == "2026.1"


async def test_authorisations_that_wait_for_somebody(node: Node) -> None:
    async with node.http() as http:
        for waits_for in ("verification", "witness"):
            answer = await http.get("/v1/consents", params={"waits_for": waits_for})
            assert (answer.status_code, answer.json()["total"]) == (200, 0)
        assert (await http.get("/v1/consents", params={"waits_for": "godot"})).status_code == 422
