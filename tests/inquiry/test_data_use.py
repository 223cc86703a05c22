"""How a provider's information was used: counted by month, item, purpose and kind of reader; nobody is named."""

from __future__ import annotations

from asking_kit import Desk
from collect_kit import code_of


async def test_inquiries_are_counted_for_whoever_sent_the_information(desk: Desk) -> None:
    serial = desk.fresh()
    bank, owner = await desk.system(), await desk.owner(serial)
    before = {}
    officer = await desk.whole.seat("operator-audit", member="moperator")
    for provider in ("tax", "samr"):
        before[provider] = _counts((await officer.get("/v1/data-use", params={"provider": provider})).json())
    question = {"subject": code_of(serial), "purpose": "pre_loan", "items": ["1", "17"]}
    assert (await bank.post("/v1/inquiries", json=question)).status_code == 200
    own = await owner.get(f"/v1/subjects/{code_of(serial)}/information", params={"items": "17"})
    assert own.status_code == 200

    answer = await officer.get("/v1/data-use", params={"provider": "tax"})
    assert answer.status_code == 200, answer.text
    counted = _counts(answer.json())
    line = ("17", "pre_loan", "bank")
    assert counted[line][1] - before["tax"].get(line, (0, 0))[1] == 1  # refused: not authorised
    assert sum(counts[0] for (item, _, reader), counts in counted.items() if (item, reader) == ("17", "firm")) >= 1
    assert {item for item, _, _ in counted} <= {"15", "17"}
    assert code_of(serial) not in answer.text and desk.bank.name not in answer.text

    registered = _counts((await officer.get("/v1/data-use", params={"provider": "samr", "item": "1"})).json())
    line = ("1", "pre_loan", "bank")
    assert registered[line][0] - before["samr"].get(line, (0, 0))[0] == 1  # open: given
    assert {item for item, _, _ in registered} == {"1"}


def _counts(body: dict[str, list[dict[str, str | int]]]) -> dict[tuple[str, str, str], tuple[int, int]]:
    counted: dict[tuple[str, str, str], tuple[int, int]] = {}
    for one in body["lines"]:
        key = (str(one["item"]), str(one["purpose"]), str(one["reader"]))
        given, refused = counted.get(key, (0, 0))
        counted[key] = (given + int(one["given"]), refused + int(one["refused"]))
    return counted
