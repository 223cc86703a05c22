"""Questions that are none: refused with a stable code, without a leaf, and nothing of the node told."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from asking_kit import Desk
from collect_kit import code_of

GOOD = {"subject": code_of(1), "purpose": "pre_loan", "items": ["1"]}
INVALID = (422, "request_invalid")
BODIES: dict[str, tuple[Any, tuple[int, str], str]] = {  # name → body, status and code, what the message names
    "no subject": ({"purpose": "pre_loan"}, INVALID, "subject"),
    "no purpose": ({"subject": code_of(1)}, INVALID, "purpose"),
    "an empty subject": (GOOD | {"subject": ""}, INVALID, "subject"),
    "a long subject": (GOOD | {"subject": "9" * 41}, INVALID, "subject"),
    "a number for a subject": (GOOD | {"subject": 91}, INVALID, "subject"),
    "no subject at all": (GOOD | {"subject": None}, INVALID, "subject"),
    "two subjects": (GOOD | {"subject": [code_of(1), code_of(2)]}, INVALID, "subject"),
    "a subject with a NUL": (GOOD | {"subject": "9\0"}, INVALID, "字符"),
    "a subject nobody knows": (GOOD | {"subject": code_of(999_999)}, (404, "subject_unknown"), code_of(999_999)),
    "blanks for a subject": (GOOD | {"subject": "   "}, (404, "subject_unknown"), ""),
    "an attack for a subject": (GOOD | {"subject": "' or 1=1 --"}, (404, "subject_unknown"), ""),
    "an empty purpose": (GOOD | {"purpose": ""}, INVALID, "purpose"),
    "a long purpose": (GOOD | {"purpose": "p" * 41}, INVALID, "purpose"),
    "a number for a purpose": (GOOD | {"purpose": 1}, INVALID, "purpose"),
    "a purpose with a NUL": (GOOD | {"purpose": "pre\0loan"}, INVALID, "purpose"),
    "an item nobody knows": (GOOD | {"items": ["1", "no_such_item"]}, (404, "item_not_found"), "no_such_item"),
    "item 38": (GOOD | {"items": ["38"]}, (404, "item_not_found"), "38"),
    "no items": (GOOD | {"items": []}, INVALID, "items"),
    "101 items": (GOOD | {"items": ["1"] * 101}, INVALID, "items"),
    "an empty item": (GOOD | {"items": [""]}, INVALID, "items.0"),
    "a long item": (GOOD | {"items": ["1", "i" * 65]}, INVALID, "items.1"),
    "a number for an item": (GOOD | {"items": [1]}, INVALID, "items.0"),
    "a text for items": (GOOD | {"items": "1,8"}, INVALID, "items"),
    "an object for items": (GOOD | {"items": {"1": None}}, INVALID, "items"),
    "tomorrow": (GOOD | {"as_of": "2099-01-01"}, (400, "as_of_in_future"), "2099-01-01"),
    "no day": (GOOD | {"as_of": "2026-02-30"}, INVALID, "as_of"),
    "words for a day": (GOOD | {"as_of": "yesterday"}, INVALID, "as_of"),
    "a moment for a day": (GOOD | {"as_of": "2026-01-01T01:00:00Z"}, INVALID, "as_of"),
    "a long reference": (GOOD | {"reference": "r" * 101}, INVALID, "reference"),
    "a number for a reference": (GOOD | {"reference": 17}, INVALID, "reference"),
    "a reference with a NUL": (GOOD | {"reference": "a\0b"}, INVALID, "reference"),
    "a field more": (GOOD | {"consent": "c-1"}, INVALID, "consent"),
    "a key in the body": (GOOD | {"idempotency_key": "k"}, INVALID, "idempotency_key"),
    "a list": ([GOOD], INVALID, "body"),
    "a text": ("code", INVALID, "body"),
    "nothing in JSON": (None, INVALID, "body"),
    "no JSON": (b"subject=9132", INVALID, "body"),
    "nothing": (b"", INVALID, "body"),
    "JSON cut short": (orjson.dumps(GOOD)[:-3], INVALID, "body"),
    "no UTF-8": (b'{"subject":"\xff\xfe","purpose":"p"}', INVALID, "body"),
    "half a character": (b'{"subject":"\\ud800","purpose":"p"}', INVALID, "body"),
    "a number that is none": (b'{"subject":NaN,"purpose":"p"}', INVALID, "subject"),
    "as deep as it can be": (b'{"subject":' + b"[" * 100_000, INVALID, "body"),
    "2 MB": (b'{"subject":"' + b"9" * 2 * 1024**2 + b'"}', (413, "body_too_large"), "1048576"),
}  # fmt: skip


async def send(who: httpx.AsyncClient, body: Any, kind: str | None = "application/json") -> httpx.Response:
    """A body as it is, or as JSON."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return await who.post("/v1/inquiries", content=content, headers={"Content-Type": kind} if kind is not None else {})


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal that tells nothing of the node."""
    body = answer.json()
    assert set(body) == {"code", "message", "hint", "details"} and body["message"] and body["hint"]
    assert not any(word in answer.text for word in ("Traceback", "asyncpg", "select ", "pydantic", "/tmp/"))
    return answer.status_code, body["code"]


async def test_bodies_that_ask_nothing(desk: Desk) -> None:
    bank = await desk.system()
    before = await desk.count()
    for name, (body, expected, named) in BODIES.items():
        answer = await send(bank, body)
        assert refused(answer) == expected, (name, answer.text[:300])
        assert named in answer.json()["message"], (name, answer.text[:300])
    assert await desk.count() == before
    assert (await send(bank, GOOD)).status_code == 200


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_content_that_is_not_said_to_be_json(desk: Desk, kind: str | None) -> None:
    """A page elsewhere cannot send JSON by a plain form."""
    answer = await send(await desk.system(), GOOD, kind)
    assert refused(answer) == INVALID and "content-type" in answer.json()["message"]


async def test_json_with_parameters_is_json(desk: Desk) -> None:
    for kind in ("application/json; charset=utf-8", "application/json;charset=UTF-8"):
        assert (await send(await desk.system(), GOOD, kind)).status_code == 200


async def test_other_methods(desk: Desk) -> None:
    bank = await desk.system()
    before = await desk.count()
    for method in ("HEAD", "PUT", "PATCH", "DELETE"):
        answer = await bank.request(method, "/v1/inquiries", json=GOOD)
        assert answer.status_code == 405, method
        assert method == "HEAD" or refused(answer) == (405, "method_not_allowed")
    assert await desk.count() == before


async def test_the_other_way_to_ask_refuses_as_well(desk: Desk) -> None:
    bank = await desk.system()
    before = await desk.count()
    for params, expected in (
        ({"items": "1,no_such_item"}, (404, "item_not_found")), ({"as_of": "2099-01-01"}, (400, "as_of_in_future")),
        ({"as_of": "x"}, INVALID), ({"purpose": "p" * 41}, INVALID), ({"purpose": "p\0"}, INVALID),
        ({"items": "i" * 1001}, INVALID),
    ):  # fmt: skip
        answer = await bank.get(f"/v1/subjects/{code_of(1)}/information", params=params)
        assert refused(answer) == expected, params
    assert refused(await bank.get(f"/v1/subjects/{code_of(999_999)}/information")) == (404, "subject_unknown")
    assert await desk.count() == before
    answer = await bank.get(f"/v1/subjects/{code_of(1)}/information", params={"items": "1, 8", "purpose": "pre_loan"})
    assert [one["item"] for one in (await desk.proven(answer))["items"]] == ["1", "8"]
