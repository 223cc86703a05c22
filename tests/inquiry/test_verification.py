"""Yes or no to what an institution was told; the value never leaves, guesses are few, and all of it is evidence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking_kit import OFFICERS, OPERATOR, Desk, citizen_of
from collect_kit import code_of, firms, parts

from xinshu.core.errors import SettingError
from xinshu.inquiry.verification.model import Verifiable, same


async def verify(desk: Desk, serial: int, item: str, **facts: str) -> httpx.Response:
    """Asked by the bank's system."""
    body = {"subject": code_of(serial), "purpose": "pre_loan", "item": item, "facts": facts}
    return await (await desk.system()).post("/v1/inquiries/verification", json=body)


def person(serial: int, role: str = "01") -> dict[str, str]:
    """What a firm would tell of one of its officers."""
    return {"person_name": OFFICERS[role], "citizen_no": citizen_of(serial, 1960 + int(role))}


async def test_yes_no_and_nothing_known(desk: Desk) -> None:
    serial = desk.fresh()
    right = (await verify(desk, serial, "4", **person(serial))).raise_for_status()
    assert right.json()["outcome"] == "match"
    assert (await verify(desk, serial, "4", person_name=OFFICERS["13"])).json()["outcome"] == "match"
    mixed = person(serial) | {"person_name": OFFICERS["13"]}  # of two different officers
    assert (await verify(desk, serial, "4", **mixed)).json()["outcome"] == "no_match"
    assert (await verify(desk, serial, "37", operator_name=f" {OPERATOR} ")).json()["outcome"] == "match"
    await desk.node.publish(firms(1, 900), "1")  # of which nothing else is known
    assert (await verify(desk, 900, "4", person_name=OFFICERS["01"])).json()["outcome"] == "nothing_known"
    for value in person(serial).values():
        assert value not in right.text


async def test_it_is_evidence_and_the_firm_sees_it(desk: Desk) -> None:
    serial = desk.fresh()
    before = await desk.count()
    told = (await verify(desk, serial, "4", **person(serial))).json()
    assert await desk.count() == before + 1
    leaf = await desk.node.services.ledger.leaf(told["leaf"])
    for value in person(serial).values():
        assert value not in str(leaf.content)
    (line,) = (await (await desk.owner(serial)).get("/v1/inquiries")).json()
    assert (line["leaf"], line["items"], line["member_id"]) == (told["leaf"], {"4": "verified"}, desk.bank.id)
    assert await desk.audited() == []


async def test_guesses_are_few(desk: Desk) -> None:
    serial = desk.fresh()
    service = desk.node.services.distribution.verification
    most = service._per_day
    answers = await asyncio.gather(*[verify(desk, serial, "4", person_name=f"赵{n}") for n in range(most + 5)])
    assert sorted(answer.status_code for answer in answers) == [200] * most + [429] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 429} == {"verification_quota"}
    assert (await verify(desk, desk.fresh(), "4", person_name="赵")).status_code == 200  # another subject
    await service.remove_outlived()
    assert (await verify(desk, serial, "4", person_name="赵")).status_code == 429  # today still counts


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"item": "17", "facts": {"sales_revenue": "1"}}, 400, "not_verifiable"),
        ({"item": "4", "facts": {"role": "01"}}, 400, "not_verifiable"),
        ({"item": "4", "facts": {}}, 422, "request_invalid"),
        ({"item": "4", "facts": {"person_name": ""}}, 422, "request_invalid"),
        ({"item": "4", "facts": {"person_name": "a\x00b"}}, 422, "request_invalid"),
        ({"item": "99"}, 404, "item_not_found"),
        ({"subject": "91320100MA1XXXXX0X"}, 404, "subject_unknown"),
        ({"as_of": "2020-01-01"}, 422, "request_invalid"),
    ],
)
async def test_bad_claims(desk: Desk, body: dict[str, Any], status: int, code: str) -> None:
    asked = {"subject": code_of(1), "purpose": "pre_loan", "item": "4", "facts": {"person_name": "赵"}} | body
    answer = await (await desk.system()).post("/v1/inquiries/verification", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["message"]


async def test_what_the_member_may_not_read_it_may_not_verify(desk: Desk) -> None:
    serial = desk.fresh()
    assert (await desk.whole.browser().get("/v1/inquiries/verification")).status_code == 401
    shown = (await (await desk.system()).get("/v1/inquiries/verification")).json()
    assert shown == {"4": ["person_name", "citizen_no", "other_document_no"], "37": ["operator_name", "citizen_no"]}
    await desk.node.table("update member set items = array['1'] where id = $1", desk.other.id)
    narrow = await desk.system(desk.other)
    body = {"subject": code_of(serial), "purpose": "pre_loan", "item": "4", "facts": {"person_name": "赵"}}
    answer = await narrow.post("/v1/inquiries/verification", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "verification_refused"), answer.text
    await desk.node.table("update member set items = null where id = $1", desk.other.id)


def test_what_is_the_same() -> None:
    assert same("１２３x", "123X") and same("赵 代表", "赵代表")
    assert not same("赵代", "赵代表") and not same("", None)


@pytest.mark.parametrize(
    "text", ["items: {", "source_status: official\nitems: {'4': [role]}", "source_status: official\nitems: {'99': [x]}"]
)
def test_definitions_that_are_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "verification.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingError) as found:
        Verifiable.load(tmp_path, parts().catalogue)
    assert "verification.yml" in str(found.value.message)
