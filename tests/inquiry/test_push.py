"""Push: webhooks that prove themselves, subscriptions, delivery that is signed, in order, at least once, and never what
may not be read at that moment."""

from __future__ import annotations

import base64
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from collect_kit import Node, code_of, firm, firms, penalties, penalty
from members_kit import RoomApp, guards
from push_kit import (
    Banks,
    Behaviour,
    WebServer,
    echo,
    endless,
    hang,
    open_banks,
    push_receiver,
    respond,
    status_of,
    verified,
    web_server,
)

from xinshu.crypto.suites import suite
from xinshu.inquiry.push.changes import changed, make_events
from xinshu.inquiry.push.closing import close_all_of_member
from xinshu.inquiry.push.model import WEBHOOKS_MAX, Event, Subscription, wait_after
from xinshu.inquiry.push.routes import router
from xinshu.inquiry.push.service import TASK, push_task
from xinshu.ledger import LedgerUnavailableError
from xinshu.members.model import ANONYMOUS, Principal

pytestmark = pytest.mark.full  # minutes; the capability is not routed by a node yet


@pytest.fixture
async def banks(node: Node) -> Banks:
    """Two banks, three firms."""
    await node.publish(firms(3))
    return await open_banks(node)


class House:
    """A bank's people, its receiver, and the routes."""

    def __init__(self, banks: Banks, server: WebServer, app: RoomApp, client: httpx.AsyncClient) -> None:
        self.banks = banks
        self.server = server
        self.app = app
        self.client = client
        self.admin: Principal
        self.officer: Principal

    async def post(self, path: str, body: Any = None, who: Principal | None = None) -> httpx.Response:
        """As the officer unless told otherwise."""
        self.app.principal = who or self.officer
        return await self.client.post(f"/v1/{path}", json=body if body is not None else {})

    async def get(self, path: str, who: Principal | None = None) -> Any:
        """What is there."""
        self.app.principal = who or self.officer
        answer = await self.client.get(f"/v1/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def webhook(self, url: str | None = None) -> str:
        """A verified webhook."""
        made = await self.post("webhooks", {"url": url or self.server.url}, self.admin)
        assert made.status_code == 201, made.text
        checked = await self.post(f"webhooks/{made.json()['id']}/verify", who=self.admin)
        assert checked.status_code == 200, checked.text
        return str(made.json()["id"])

    async def subscribe(self, items: list[str], serial: int | None = 1, **about: Any) -> str:
        """A subscription to a firm, or (None) to all with an authorisation."""
        kind = {"kind": "subject", "subject": code_of(serial)} if serial is not None else {"kind": "consented"}
        hook = about.pop("webhook", None) or await self.webhook()
        made = await self.post(
            "subscriptions", kind | {"webhook": hook, "purpose": "post_loan", "items": items} | about
        )
        assert made.status_code in (200, 201), made.text
        return str(made.json()["id"])

    async def events(self, subscription: str) -> list[dict[str, Any]]:
        """Oldest first."""
        found: list[dict[str, Any]] = await self.get(f"subscriptions/{subscription}/events")
        return found[::-1]

    async def later(self, **by: float) -> None:
        """Some time later, the worker runs."""
        self.banks.node.clock.advance(timedelta(**by))
        await self.banks.push.run()


@pytest.fixture
async def house(banks: Banks) -> AsyncIterator[House]:
    """The bank `m-own`, whose receiver runs on this machine."""
    app = RoomApp(router(banks.push, guards(), banks.push.wake))
    with web_server() as server:
        async with app.client() as client:
            made = House(banks, server, app, client)
            made.admin, made.officer = await banks.person("member-admin", number=9), await banks.person()
            yield made


async def inquiries(node: Node) -> list[dict[str, Any]]:
    return await node.table("select * from inquiry order by leaf")


# -- webhooks --------------------------------------------------------------------------------------------------------


async def test_a_webhook_proves_itself_before_it_receives(house: House) -> None:
    made = (await house.post("webhooks", {"url": house.server.url}, house.admin)).json()
    assert made["state"] == "pending"
    again = await house.post("webhooks", {"url": house.server.url}, house.admin)
    assert again.json()["id"] == made["id"]
    early = await house.post(
        "subscriptions",
        {"webhook": made["id"], "subject": code_of(1), "purpose": "post_loan", "items": ["8"]},
    )
    assert (early.status_code, early.json()["code"]) == (409, "webhook_state")
    checked = await house.post(f"webhooks/{made['id']}/verify", who=house.admin)
    assert checked.json()["state"] == "active"
    (challenge,) = house.server.received
    told = verified(house.banks.node, challenge)
    assert (told["kind"], told["webhook"]) == ("challenge", made["id"])
    soon = await house.post(f"webhooks/{made['id']}/verify", who=house.admin)
    assert (soon.status_code, soon.json()["code"]) == (429, "webhook_too_soon")
    log = await house.banks.node.table("select kind, code, principal from access_event where kind = 'push' order by id")
    assert [line["code"] for line in log] == ["webhook_registered", "webhook_verified"]


async def test_whoever_does_not_give_the_challenge_back_stays_pending(house: House) -> None:
    made = (await house.post("webhooks", {"url": house.server.url}, house.admin)).json()
    for reply in (b'{"challenge": "another"}', b'{"challenge": 7}', b"[]", b"", b"\xff\xfe", b"{" * 5000):
        house.server.behaviour = answering(reply)
        refused = await house.post(f"webhooks/{made['id']}/verify", who=house.admin)
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_challenge_failed"), reply
        assert (await house.get("webhooks", house.admin))[0]["state"] == "pending"
        house.banks.node.clock.advance(timedelta(seconds=10))
    house.server.behaviour = lambda handler, body: respond(handler, 200, orjson.loads(body)["challenge"].encode())
    assert (await house.post(f"webhooks/{made['id']}/verify", who=house.admin)).json()["state"] == "active"


def answering(body: bytes) -> Behaviour:
    """Always answers so."""
    return lambda handler, _: respond(handler, 200, body)


async def test_webhooks_that_misbehave_are_contained(house: House) -> None:
    made = (await house.post("webhooks", {"url": house.server.url}, house.admin)).json()
    for behaviour, reason in (
        (hang(house.server), "timed_out"),
        (status_of(500), "refused"),
        (lambda h, _: respond(h, 307, Location="http://127.0.0.1:1/"), "redirected"),
        (endless, None),
    ):
        house.banks.node.clock.advance(timedelta(seconds=10))
        house.server.behaviour = behaviour
        refused = await house.post(f"webhooks/{made['id']}/verify", who=house.admin)
        assert refused.status_code == 409
        body = refused.json()
        assert (body["code"], body["details"].get("reason")) == (
            ("webhook_failed", reason) if reason is not None else ("webhook_challenge_failed", None)
        )
        assert "127.0.0.1" not in refused.text


INSIDE = {
    "http://bank.example/push": "webhook_url_refused",
    "https://user:pass@bank.example/": "webhook_url_refused",
    "https://10.0.0.1/push": "webhook_address_refused",
    "https://169.254.169.254/latest/meta-data/": "webhook_address_refused",
    "https://[::ffff:10.0.0.1]/push": "webhook_address_refused",
    "https://[fd00::1]/push": "webhook_address_refused",
    "https://no-such-name.invalid/": "webhook_address_refused",
    "https://bank.example:8443/": "webhook_url_refused",
}


async def test_webhooks_that_point_inside_are_refused(house: House) -> None:
    for url, code in INSIDE.items():
        refused = await house.post("webhooks", {"url": url}, house.admin)
        assert (refused.status_code, refused.json()["code"]) == (400, code), url
        assert "pass" not in refused.text
    assert await house.get("webhooks", house.admin) == []


async def test_who_may_do_what(house: House) -> None:
    hook = await house.webhook()
    subscription = await house.subscribe(["8"], webhook=hook)
    other = await house.banks.person(member="m-other", number=2)
    other_admin = await house.banks.person("member-admin", "m-other", 3)
    wish = {"webhook": hook, "subject": code_of(1), "purpose": "post_loan", "items": ["8"]}
    refused: list[tuple[str, Any, Principal, int]] = [
        ("webhooks", {"url": house.server.url}, house.officer, 403),
        (f"webhooks/{hook}/verify", {}, house.officer, 403),
        (f"webhooks/{hook}/verify", {}, other_admin, 403),
        (f"webhooks/{hook}/close", {}, other_admin, 403),
        ("subscriptions", wish, house.admin, 403),
        ("subscriptions", wish, other, 403),  # another member's webhook
        (f"subscriptions/{subscription}/end", {}, other, 403),
        (f"subscriptions/{subscription}/replay", {}, other, 403),
        (f"subscriptions/{subscription}/replay", {}, house.admin, 403),
        ("webhooks", {"url": house.server.url}, ANONYMOUS, 401),
        ("subscriptions", wish, ANONYMOUS, 401),
    ]
    for path, body, who, status in refused:
        assert (await house.post(path, body, who)).status_code == status, (path, who.roles)
    for path in ("webhooks", "subscriptions", f"subscriptions/{subscription}", f"subscriptions/{subscription}/events"):
        house.app.principal = ANONYMOUS
        assert (await house.client.get(f"/v1/{path}")).status_code == 401
        house.app.principal = other
        answer = await house.client.get(f"/v1/{path}")
        assert answer.status_code == 403 or answer.json() == [], path
    missing = "00000000-0000-4000-8000-000000000000"
    for path, code in ((f"webhooks/{missing}/verify", "webhook_unknown"),
                       (f"subscriptions/{missing}/end", "subscription_unknown")):  # fmt: skip
        answer = await house.post(path, {}, house.admin)
        assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_there_are_limits(house: House) -> None:
    for number in range(WEBHOOKS_MAX):
        assert (await house.post("webhooks", {"url": f"{house.server.url}/{number}"}, house.admin)).status_code == 201
    refused = await house.post("webhooks", {"url": f"{house.server.url}/more"}, house.admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "push_limit")


# -- subscribing -----------------------------------------------------------------------------------------------------


async def test_only_what_may_be_read_is_subscribed_to(house: House) -> None:
    hook = await house.webhook()
    wish = {"webhook": hook, "subject": code_of(1), "purpose": "post_loan", "items": ["8", "17"]}
    refused = await house.post("subscriptions", wish)
    assert (refused.status_code, refused.json()["code"]) == (403, "subscription_not_readable")
    (item,) = refused.json()["details"]["items"]
    assert (item["item"], item["code"], bool(item["remedy"])) == ("17", "consent_missing", True)
    consent = await house.banks.consent(1, ["17"], purpose="pre_loan")
    assert (await house.post("subscriptions", wish)).json()["details"]["items"][0]["code"] == "consent_other_purpose"
    await house.banks.consent(1, ["17"], member="m-other")
    assert (await house.post("subscriptions", wish)).status_code == 403
    await house.banks.node.table("update consent set purpose = 'post_loan' where id = $1", consent)
    made = await house.post("subscriptions", wish)
    assert made.status_code == 201
    assert (made.json()["needs_consent"], made.json()["items"]) == (True, ["8", "17"])
    again = await house.post("subscriptions", wish)
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    openly = await house.post("subscriptions", wish | {"items": ["penalty"]})
    assert (openly.json()["needs_consent"], openly.json()["items"]) == (False, ["8"])


async def test_what_is_no_wish_is_refused(house: House) -> None:
    hook = await house.webhook()
    good = {"webhook": hook, "subject": code_of(1), "purpose": "post_loan", "items": ["8"]}
    bad: list[dict[str, Any]] = [
        {}, good | {"webhook": "nonsense"}, good | {"surprise": 1}, good | {"items": []}, good | {"subject": ""},
        good | {"kind": "everything"}, good | {"kind": "consented"}, good | {"kind": "screening"},
        good | {"every": "day"}, {name: good[name] for name in ("webhook", "subject", "purpose")},
        {"kind": "screening", "webhook": hook, "criteria": {}, "every": "hour"},
        {"kind": "screening", "webhook": hook, "criteria": {"divisions": ["3"]}, "every": "day"},
    ]  # fmt: skip
    for body in bad:
        assert (await house.post("subscriptions", body)).status_code == 422, body
    assert (await house.post("subscriptions", good | {"subject": code_of(99)})).json()["code"] == "subject_unknown"
    assert (await house.post("subscriptions", good | {"items": ["99"]})).status_code == 404
    assert (await house.post("webhooks", {"url": ""}, house.admin)).status_code == 422
    assert (await house.post("webhooks", {"url": "x" * 1001}, house.admin)).status_code == 422
    subscription = await house.subscribe(["8"], webhook=hook)
    for body in ({"events": []}, {"events": ["x"]}, {"all": True}):
        assert (await house.post(f"subscriptions/{subscription}/replay", body)).status_code == 422


# -- delivering ------------------------------------------------------------------------------------------------------


async def test_a_change_is_told_signed_with_its_evidence(house: House) -> None:
    await house.banks.consent(1, ["17"])
    subscription = await house.subscribe(["8", "17"])
    await house.banks.publish(penalties(2), "8")
    await house.banks.publish(penalties(1, serial=2), "8")  # about a firm that nobody subscribed to
    assert house.server.events == []
    await house.banks.push.wake()
    assert await house.banks.node.table("select entrypoint from pgqueuer") == [{"entrypoint": TASK}]
    await push_task(house.banks.push)({})

    (event,) = house.server.events
    told = verified(house.banks.node, event)
    assert (told["kind"], told["subscription"], told["subject"]) == ("change", subscription, code_of(1))
    assert (told["items"], told["attempt"]) == (["8"], 1)
    (item,) = told["answer"]["items"]
    assert (item["item"], item["decision"]["allowed"], len(item["records"])) == ("8", True, 2)
    (inquiry,) = await inquiries(house.banks.node)
    assert (str(inquiry["id"]), inquiry["leaf"]) == (told["answer"]["inquiry"], told["answer"]["leaf"])
    assert (inquiry["principal"], inquiry["member_id"]) == (f"subscription:{subscription}", "m-own")
    assert (inquiry["purpose"], inquiry["reference"]) == ("post_loan", f"subscription {subscription}")
    (listed,) = await house.events(subscription)
    assert (listed["state"], listed["tries"], listed["inquiry"]) == ("delivered", 1, told["answer"]["inquiry"])
    await house.banks.node.services.ledger.log.drain()
    (leaf,) = await house.banks.node.services.ledger.leaves(kinds=["push"])
    about = orjson.loads(leaf.content)["about"]
    assert (about["event"], about["inquiry"]) == (told["event"], told["answer"]["inquiry"])
    assert about["body"] == suite("intl").digest(event.body).hex()
    await house.banks.push.run()
    assert len(house.server.events) == 1  # once


async def test_a_signature_is_of_this_time_event_and_body_alone(house: House) -> None:
    await house.subscribe(["8"])
    await house.banks.publish(penalties(1), "8")
    await house.banks.push.run()
    (event,) = house.server.events
    node = house.banks.node
    verified(node, event)
    later = str(int(event.headers["X-Xinshu-Timestamp"]) + 60)
    signature = bytearray(base64.b64decode(event.headers["X-Xinshu-Signature"]))
    signature[5] ^= 1
    spoilt = [
        {"headers": event.headers | {"X-Xinshu-Timestamp": later}},
        {"headers": event.headers | {"X-Xinshu-Timestamp": ""}},
        {"headers": event.headers | {"X-Xinshu-Event": "00000000-0000-4000-8000-000000000000"}},
        {"headers": event.headers | {"X-Xinshu-Signature": base64.b64encode(bytes(signature)).decode()}},
        {"headers": event.headers | {"X-Xinshu-Signature": "***"}},
        {"body": event.body.replace(b"post_loan", b"post_lean")},
    ]
    for about in spoilt:
        bad = type(event)(**{**event.__dict__, **about})
        with pytest.raises(push_receiver.Refused):
            verified(node, bad)
    node.clock.advance(timedelta(seconds=301))
    with pytest.raises(push_receiver.Refused, match="时间戳"):
        verified(node, event)


@pytest.mark.parametrize("name", ["intl", "gm"])
def test_the_receiver_in_the_documentation_checks_both_suites(name: str) -> None:
    key = suite(name).generate_key()
    about = {"suite": name, "public_key": key.public.to_pem().decode()}
    body = b'{"event": "e", "kind": "change"}'
    headers = {
        "X-Xinshu-Timestamp": "1000", "X-Xinshu-Event": "e",
        "X-Xinshu-Signature": base64.b64encode(key.sign(b"1000.e." + body)).decode(),
    }  # fmt: skip
    assert push_receiver.checked(about, headers, body, 1000)["kind"] == "change"
    strange = suite(name).generate_key().public.to_pem().decode()
    for bad in (b"1000.e.", b"1000.f." + body, b"1001.e." + body):
        forged = headers | {"X-Xinshu-Signature": base64.b64encode(key.sign(bad)).decode()}
        with pytest.raises(push_receiver.Refused):
            push_receiver.checked(about, forged, body, 1000)
    with pytest.raises(push_receiver.Refused):
        push_receiver.checked(about | {"public_key": strange}, headers, body, 1000)
    for junk in (b"", b"\x30", bytes(64), bytes(72), b"\xff" * 64):
        forged = headers | {"X-Xinshu-Signature": base64.b64encode(junk).decode()}
        with pytest.raises(push_receiver.Refused):
            push_receiver.checked(about, forged, body, 1000)


async def test_the_receiver_in_the_documentation_takes_what_is_pushed(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives the challenge back, keeps each event once, and refuses what is forged."""
    public = house.banks.node.services.ledger.public_key
    key, store = tmp_path / "key.json", tmp_path / "events.jsonl"
    key.write_text(orjson.dumps({"suite": public.suite, "public_key": public.to_pem().decode()}).decode())
    monkeypatch.setattr(push_receiver, "FRESH", 10**9)  # the node's clock stands still
    receiver = push_receiver.serve(key, store, 0)
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    url = f"http://localhost:{receiver.server_port}/push"
    subscription = await house.subscribe(["8"], webhook=await house.webhook(url))
    await house.banks.publish(penalties(1), "8")
    await house.banks.push.run()
    (event,) = await house.events(subscription)
    assert event["state"] == "delivered"
    await house.post(f"subscriptions/{subscription}/replay", {"events": [event["id"]]})
    await house.banks.push.run()
    (kept,) = [orjson.loads(line) for line in store.read_bytes().splitlines()]  # delivered twice, kept once
    assert (kept["event"], kept["attempt"]) == (event["id"], 1)
    async with httpx.AsyncClient() as client:
        forged = await client.post(url, content=b"{}", headers={"X-Xinshu-Timestamp": "1", "X-Xinshu-Event": "e"})
    assert forged.status_code == 401
    receiver.shutdown()
    receiver.server_close()
    thread.join()


async def test_all_firms_with_an_authorisation_are_told_of(house: House) -> None:
    """Also of open items; never of firms without one, or whose was given to another bank or for another purpose."""
    subscription = await house.subscribe(["8", "17"], None)
    await house.banks.consent(1, ["17"])
    await house.banks.consent(2, ["17"], purpose="pre_loan")
    await house.banks.consent(3, ["17"], member="m-other")
    await house.banks.publish([*penalties(1), *penalties(1, serial=2), *penalties(1, serial=3)], "8")
    await house.banks.push.run()
    assert [event.told["subject"] for event in house.server.events] == [code_of(1)]
    assert [event["subject_code"] for event in await house.events(subscription)] == [code_of(1)]


@pytest.mark.parametrize("serial", [1, None])
async def test_after_it_is_revoked_nothing_more_is_told(house: House, serial: int | None) -> None:
    """Not even what is open: the firm was subscribed to with its authorisation."""
    consent = await house.banks.consent(1, ["17"])
    subscription = await house.subscribe(["8", "17"], serial)
    await house.banks.publish(penalties(1), "8")
    await make_events(house.banks.node.db, house.banks.node.clock)  # waits, while the firm changes its mind
    await house.banks.revoke(consent)
    await house.banks.push.run()
    assert house.server.events == []
    (event,) = await house.events(subscription)
    assert (event["state"], event["fault"]) == ("closed", "consent_revoked")
    assert await inquiries(house.banks.node) == []
    await house.banks.publish(penalties(2), "8")
    await house.banks.push.run()
    assert house.server.events == []
    for state in ("revoked", "paused", "exhausted", "pending"):
        await house.banks.revoke(consent, state)
        replayed = await house.post(f"subscriptions/{subscription}/replay", {"events": [event["id"]]})
        assert replayed.json() == {"events": 1}
        await house.banks.push.run()
        assert house.server.events == []
        assert (await house.events(subscription))[0]["fault"] == f"consent_{state}"
    await house.banks.node.table("update consent set valid_to = $1, state = 'active'", house.banks.node.clock.now())
    await house.post(f"subscriptions/{subscription}/replay", {"events": [event["id"]]})
    await house.banks.push.run()
    assert (await house.events(subscription))[0]["fault"] == "consent_expired"
    await house.banks.consent(1, ["17"])
    await house.post(f"subscriptions/{subscription}/replay", {"events": [event["id"]]})
    await house.banks.push.run()
    assert [one.told["event"] for one in house.server.events] == [event["id"]]  # authorised anew


async def test_without_an_authorisation_what_is_open_is_told(house: House) -> None:
    await house.subscribe(["8"])
    await house.banks.publish(penalties(1), "8")
    await house.banks.push.run()
    assert [event.told["items"] for event in house.server.events] == [["8"]]


async def test_changes_that_wait_are_told_together_and_in_order(house: House) -> None:
    hook = await house.webhook()
    one, two = await house.subscribe(["1", "8"], webhook=hook), await house.subscribe(["8"], 2, webhook=hook)
    await house.banks.publish(penalties(1), "8")
    await house.banks.publish([firm(1, address="示例路99号")], "1")
    await house.banks.publish([penalty("示市监处罚〔2025〕9号")], "8")
    await house.banks.push.run()
    (event,) = house.server.events
    assert sorted(event.told["items"]) == ["1", "8"]
    assert {item["item"]: len(item["records"]) for item in event.told["answer"]["items"]} == {"1": 1, "8": 2}
    assert await house.events(two) == []

    house.server.behaviour = status_of(503)
    await house.banks.publish([penalty("示市监处罚〔2025〕10号")], "8")
    await house.banks.push.run()
    # the first has been seen: this is another event
    await house.banks.publish([penalty("示市监处罚〔2025〕11号")], "8")
    await house.banks.push.run()
    house.server.behaviour = echo
    await house.later(minutes=5)
    told = [event.told for event in house.server.events[1:]]
    listed = await house.events(one)
    assert [event["state"] for event in listed] == ["delivered"] * 3
    order = [event["event"] for event in told]
    assert list(dict.fromkeys(order)) == [event["id"] for event in listed[1:]]
    assert order[-2:] == [event["id"] for event in listed[1:]]
    # what the second attempt told was read, recorded and counted anew: more was known by then
    assert [len(event["answer"]["items"][0]["records"]) for event in told] == [3, 4, 4]
    assert len({event["answer"]["inquiry"] for event in told}) == 3


async def test_a_failure_is_tried_again_ever_more_seldom_and_given_up_after_three_days(house: House) -> None:
    subscription = await house.subscribe(["8"])
    house.server.behaviour = status_of(500)
    await house.banks.publish(penalties(1), "8")
    await house.banks.push.run()
    began = house.banks.node.clock.now()
    tries = [began]
    while (await house.events(subscription))[0]["state"] == "waiting":
        row = await house.get(f"subscriptions/{subscription}")
        assert row["failures"] == len(tries)
        (due,) = await house.banks.node.table("select due_at from subscription")
        house.banks.node.clock.advance(due["due_at"] - house.banks.node.clock.now() - timedelta(seconds=1))
        await house.banks.push.run()
        assert len(house.server.events) == len(tries)  # not before its time
        await house.later(seconds=1)
        tries.append(house.banks.node.clock.now())
    waits = [(second - first).total_seconds() for first, second in pairwise(tries)]
    assert waits[:5] == [30, 60, 120, 240, 480]
    assert max(waits) == 6 * 3600 == wait_after(100).total_seconds()
    assert timedelta(days=3) <= tries[-1] - began < timedelta(days=3, hours=6)
    assert {event.told["event"] for event in house.server.events} == {(await house.events(subscription))[0]["id"]}
    assert [event.told["attempt"] for event in house.server.events] == list(range(1, len(tries) + 1))
    assert len(await inquiries(house.banks.node)) == 1  # one inquiry, however often it was tried
    (dead,) = await house.get(f"subscriptions/{subscription}/events?state=dead")
    assert (dead["fault"], dead["tries"]) == ("refused_500", len(tries))

    await house.banks.publish(penalties(2), "8")  # the next one has its own time
    house.server.behaviour = echo
    await house.later(hours=7)
    assert [event["state"] for event in await house.events(subscription)] == ["dead", "delivered"]
    replayed = await house.post(f"subscriptions/{subscription}/replay", {})
    assert replayed.json() == {"events": 1}
    await house.banks.push.run()
    assert [event["state"] for event in await house.events(subscription)] == ["delivered", "delivered"]
    assert house.server.events[-1].told["event"] == dead["id"]
    assert (await house.get(f"subscriptions/{subscription}"))["failures"] == 0


@pytest.mark.parametrize("calls", [1, 2])
async def test_a_use_of_a_counted_authorisation_is_taken_once_an_event(house: House, calls: int) -> None:
    consent = await house.banks.consent(1, ["8", "17"], max_calls=calls)
    subscription = await house.subscribe(["17"])
    await house.banks.node.table(
        "insert into holding (subject_id, item, document, rows, version, batch_id, updated_at) "
        "select id, '17', '[]', 0, 1, 7, now() from subject where code = $1", code_of(1),
    )  # fmt: skip

    async def change() -> None:
        async with house.banks.node.db.transaction() as conn:
            await changed(conn, "17", 7, house.banks.node.clock.now())
        await house.banks.push.run()

    house.server.behaviour = status_of(500)
    await change()
    await house.later(minutes=1)
    await house.later(minutes=2)
    house.server.behaviour = echo
    await house.later(minutes=5)
    assert len(house.server.events) == 4
    last = house.server.events[-1].told["answer"]["items"][0]["decision"]
    assert (last["allowed"], last["consent"]) == (True, str(consent))
    assert await house.banks.node.table("select used from consent") == [{"used": 1}]
    await change()
    states = [event["state"] for event in await house.events(subscription)]
    assert states == (["delivered", "closed"] if calls == 1 else ["delivered", "delivered"])


async def test_a_suspended_member_is_told_nothing_until_it_is_back(house: House) -> None:
    subscription = await house.subscribe(["8"])
    await house.banks.set_state("m-own", "suspended")
    await house.banks.publish(penalties(1), "8")
    await house.banks.push.run()
    (event,) = await house.banks.node.table("select state, fault from push_event")
    assert (event["state"], event["fault"]) == ("waiting", "member_not_online")
    assert await inquiries(house.banks.node) == []
    await house.banks.set_state("m-own", "online")
    await house.later(minutes=1)
    assert [event["state"] for event in await house.events(subscription)] == ["delivered"]


async def test_when_a_member_leaves_everything_ends(house: House) -> None:
    subscription = await house.subscribe(["8"])
    await house.banks.publish(penalties(1), "8")
    await make_events(house.banks.node.db, house.banks.node.clock)
    async with house.banks.node.db.transaction() as conn:
        counts = await close_all_of_member(conn, "m-own", "account:op", house.banks.node.clock.now())
    assert counts == {"subscriptions": 1, "webhooks": 1, "inquiry_batches": 0}
    await house.banks.push.run()
    assert house.server.events == []
    (event,) = await house.events(subscription)
    assert (event["state"], event["fault"]) == ("closed", "member_left")
    async with house.banks.node.db.transaction() as conn:
        assert not any((await close_all_of_member(conn, "m-own", "x", house.banks.node.clock.now())).values())


@pytest.mark.parametrize("by", ["subscription", "webhook"])
async def test_what_is_ended_is_told_nothing_more(house: House, by: str) -> None:
    hook = await house.webhook()
    subscription = await house.subscribe(["8"], webhook=hook)
    if by == "subscription":
        assert (await house.post(f"subscriptions/{subscription}/end")).json()["state"] == "ended"
        assert (await house.post(f"subscriptions/{subscription}/end")).json()["code"] == "subscription_ended"
    else:
        assert (await house.post(f"webhooks/{hook}/close", who=house.admin)).json()["state"] == "closed"
        assert (await house.post(f"webhooks/{hook}/close", who=house.admin)).json()["code"] == "webhook_state"
        assert (await house.post(f"webhooks/{hook}/verify", who=house.admin)).json()["code"] == "webhook_state"
    await house.banks.publish(penalties(1), "8")
    await house.banks.push.run()
    assert house.server.events == []
    refused = await house.post(f"subscriptions/{subscription}/replay", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "subscription_ended")


async def test_one_receiver_that_hangs_does_not_hold_up_others(house: House) -> None:
    with web_server() as slow:
        first = await house.subscribe(["8"], webhook=await house.webhook(slow.url))
        second = await house.subscribe(["8"])
        slow.behaviour = hang(slow)
        await house.banks.publish(penalties(1), "8")
        await house.banks.push.run()
        assert [event["state"] for event in await house.events(second)] == ["delivered"]
        (event,) = await house.events(first)
        assert (event["state"], event["fault"]) == ("waiting", "timed_out")


async def test_without_evidence_nothing_leaves(house: House) -> None:
    await house.subscribe(["8"])
    await house.banks.publish(penalties(1), "8")
    await house.banks.node.services.ledger.log.stop()
    with pytest.raises(LedgerUnavailableError):
        await house.banks.push.run()
    assert house.server.events == []
    house.banks.node.services.ledger.log.start()
    await house.later(minutes=1)
    assert len(house.server.events) == 1


class Killed(BaseException):
    """Ends a worker in the middle."""


async def test_a_worker_that_was_killed_is_followed_by_another(house: House) -> None:
    """Killed after the receiver took it, before that was noted: told again, as the same event and the same inquiry."""
    subscription = await house.subscribe(["8"])
    await house.banks.publish(penalties(1), "8")
    delivery, real = house.banks.push.delivery, house.banks.push.delivery._delivered

    async def killed(sub: Subscription, event: Event, told: Any) -> None:
        raise Killed

    delivery._delivered = killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        await house.banks.push.run()
    delivery._delivered = real  # type: ignore[method-assign]
    await house.banks.push.run()
    assert len(house.server.events) == 1  # its lease holds
    await house.later(minutes=2)
    first, second = (event.told for event in house.server.events)
    assert (first["event"], first["answer"]["inquiry"]) == (second["event"], second["answer"]["inquiry"])
    assert (first["answer"]["repeated"], second["answer"]["repeated"]) == (False, True)
    assert [event["state"] for event in await house.events(subscription)] == ["delivered"]
    assert len(await inquiries(house.banks.node)) == 1


async def test_publications_are_not_lost_when_the_publication_is_rolled_back_or_the_worker_dies(house: House) -> None:
    subscription = await house.subscribe(["8"])
    with pytest.raises(ZeroDivisionError):
        async with house.banks.node.db.transaction() as conn:
            await changed(conn, "8", 1, house.banks.node.clock.now())
            raise ZeroDivisionError
    assert await house.banks.node.table("select from push_mark") == []
    await house.banks.publish(penalties(1), "8")
    await house.banks.node.table("alter table push_event rename to gone")
    with pytest.raises(Exception, match="push_event"):
        await make_events(house.banks.node.db, house.banks.node.clock)
    await house.banks.node.table("alter table gone rename to push_event")
    assert len(await house.banks.node.table("select from push_mark")) == 1
    await house.banks.push.run()
    assert [event["state"] for event in await house.events(subscription)] == ["delivered"]


# -- lists -----------------------------------------------------------------------------------------------------------


async def test_a_list_is_told_when_it_changes(house: House) -> None:
    hook = await house.webhook()
    criteria = {"divisions": ["3201"], "facts": [{"item": "8", "present": False}]}
    wish = {"kind": "screening", "webhook": hook, "criteria": criteria, "every": "day"}
    made = await house.post("subscriptions", wish)
    assert made.status_code == 201, made.text
    await house.banks.push.run()
    (first,) = [verified(house.banks.node, event) for event in house.server.events]
    assert first["kind"] == "list"
    assert [one["code"] for one in first["list"]["added"]] == [code_of(n) for n in (1, 2, 3)]
    assert first["list"]["removed"] == []
    await house.banks.publish(penalties(1, serial=2), "8")
    await house.banks.push.run()
    assert len(house.server.events) == 1  # not before its day
    await house.later(days=1)
    assert house.server.events[1].told["list"] == {
        "added": [], "removed": [{"code": code_of(2), "name": firm(2)["subject_name"]}],
    }  # fmt: skip
    await house.later(days=1)
    assert len(house.server.events) == 2  # nothing changed
    leaves = await house.banks.node.services.ledger.leaves(kinds=["screening"])
    assert [leaf.principal for leaf in leaves] == [f"subscription:{made.json()['id']}"] * 3
    assert await house.banks.node.table("select from screening_quota") == []
    await house.banks.set_state("m-own", "suspended")
    await house.later(days=1)
    assert len(await house.banks.node.services.ledger.leaves(kinds=["screening"])) == 3
    secret = await house.post(
        "subscriptions", wish | {"criteria": {"facts": [{"item": "17"}]}}, who=await house.banks.person(number=5)
    )
    assert secret.status_code == 403  # suspended
    await house.banks.set_state("m-own", "online")
    house.officer = await house.banks.person()
    secret = await house.post("subscriptions", wish | {"criteria": {"facts": [{"item": "17"}]}})
    assert (secret.status_code, secret.json()["code"]) == (400, "criteria_invalid")
