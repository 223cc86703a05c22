"""Reading again, and who may: refused once the reader could no longer obtain it; deleted when its time is over."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from collect_kit import code_of, penalty
from report_kit import Counter

from xinshu.members.model import MemberKind
from xinshu.report.shelf import Standing


async def test_each_reading_leaves_a_leaf(counter: Counter) -> None:
    officer = await counter.desk.officer()
    told = await counter.issued(officer, counter.desk.fresh(), reference="贷款 7")
    before = await counter.desk.count("report-read")
    first = (await officer.get(told["links"]["self"])).raise_for_status()
    second = (await officer.get(told["links"]["json"])).raise_for_status()
    assert first.content == second.content
    assert second.headers["content-disposition"] == f'attachment; filename="{told["number"]}.json"'
    assert await counter.desk.count("report-read") == before + 2
    rows = await counter.node.table("select format, digest from report_file where number = $1", told["number"])
    assert [(row["format"], row["digest"].hex()) for row in rows] == [("json", told["digest"])]
    about = (await officer.get(f"/v1/reports/{told['number']}/about")).json()
    assert (about["own"], about["reference"], about["check_code"]) == (True, "贷款 7", told["check_code"])
    shelf = counter.node.services.report.shelf
    stored = await shelf.by_check_code(told["check_code"].lower())
    assert stored is not None and stored.number == told["number"]
    assert await shelf.by_digest(bytes.fromhex(told["digest"])) == stored
    assert await shelf.standing(stored) is Standing.VALID


async def test_the_firm_sees_who_obtained_what_without_the_content(counter: Counter) -> None:
    desk = counter.desk
    serial = desk.fresh()
    told = await counter.issued(await desk.officer(), serial, reference="内部编号")
    owner = await desk.owner(serial)
    own = await counter.issued(owner, serial, purpose="own")
    listed = (await owner.get(f"/v1/subjects/{code_of(serial)}/reports")).raise_for_status().json()
    assert [one["number"] for one in listed] == [own["number"], told["number"]]
    bank = listed[1]
    assert (bank["reader_name"], bank["purpose"], bank["variant"]) == (desk.bank.name, "pre_loan", "pre_loan")
    assert (bank["reference"], bank["check_code"], bank["own"]) == (None, None, False)
    lines = (await owner.get("/v1/inquiries", params={"others": True})).json()
    assert bank["inquiry"] in {line["id"] for line in lines}, "and in who has seen it"
    leaves = (await owner.get("/v1/ledger/leaves", params={"kind": "report"})).json()
    assert bank["leaf"] in {leaf["index"] for leaf in leaves["items"]} if isinstance(leaves, dict) else True
    refused = await owner.get(f"/v1/reports/{told['number']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "report_not_own")
    assert (await owner.get(f"/v1/reports/{own['number']}")).status_code == 200
    another = await desk.owner(desk.fresh())
    answer = await another.get(f"/v1/subjects/{code_of(serial)}/reports")
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_subject")
    for path in ("", "/about", "/json", "/feedback"):
        answer = await another.get(f"/v1/reports/{told['number']}{path}")
        assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_subject"), path


async def test_another_member_sees_nothing_and_a_supervisor_no_content(counter: Counter) -> None:
    desk = counter.desk
    serial = desk.fresh()
    told = await counter.issued(await desk.officer(), serial)
    other = await desk.officer(desk.other)
    for path in ("", "/about", "/json"):
        answer = await other.get(f"/v1/reports/{told['number']}{path}")
        assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_member"), path
    assert (await other.get("/v1/reports", params={"subject": code_of(serial)})).json() == []
    assert (await other.get(f"/v1/subjects/{code_of(serial)}/reports")).json() == []
    supervisor = await desk.officer(await desk.whole.member("msup2", MemberKind.SUPERVISOR), "supervisor")
    (listed,) = (await supervisor.get("/v1/reports", params={"subject": code_of(serial)})).json()
    assert (listed["number"], listed["reference"], listed["grade"]) == (told["number"], None, None)
    refused = await supervisor.get(f"/v1/reports/{told['number']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "report_not_own")
    data = await desk.whole.seat("operator-data", member="moperator")
    assert (await data.get(f"/v1/reports/{told['number']}")).json()["code"] == "report_not_own"
    unknown = await other.get("/v1/reports/XR00000020260601AAAAAAAA0")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "report_not_found")


@pytest.mark.parametrize(("step", "reason"), [("revoke", "consent_revoked"), ("pause", "consent_paused")])
async def test_reading_ends_with_the_authorisation(counter: Counter, step: str, reason: str) -> None:
    desk = counter.desk
    serial = desk.fresh()
    consent = await desk.authorised(serial, items={"17": None})
    officer = await desk.officer()
    told = await counter.issued(officer, serial)
    assert (await officer.get(told["links"]["self"])).status_code == 200
    await desk.step(serial, consent, step)
    before = await desk.count("report-read")
    refused = await officer.get(told["links"]["self"])
    assert (refused.status_code, refused.json()["code"]) == (403, "report_consent_ended")
    assert refused.json()["details"] == {"reason": reason, "consent": consent}
    assert await desk.count("report-read") == before
    assert (await officer.get(f"/v1/reports/{told['number']}/about")).status_code == 200


async def test_reading_does_not_end_with_the_uses(counter: Counter) -> None:
    desk = counter.desk
    serial = desk.fresh()
    consent = await desk.authorised(serial, items={"17": None}, max_calls=1)
    officer = await desk.officer()
    told = await counter.issued(officer, serial)
    assert await desk.uses(consent) == ("exhausted", 1)
    assert (await officer.get(told["links"]["self"])).status_code == 200
    counter.node.clock.advance(timedelta(days=91))  # it was valid for ninety days
    officer = await desk.officer()
    await counter.node.table("update report set expires_at = $2 where number = $1",
                             told["number"], counter.node.clock.now() + timedelta(days=1))  # fmt: skip
    refused = await officer.get(told["links"]["self"])
    assert (refused.json()["code"], refused.json()["details"]["reason"]) == ("report_consent_ended", "consent_expired")


async def test_reading_ends_when_a_fact_does_not_hold_any_more(counter: Counter) -> None:
    desk, node, clock = counter.desk, counter.node, counter.node.clock
    officer = await desk.officer()
    shelf = node.services.report.shelf

    async def standing(told: dict[str, str]) -> tuple[int, str, Standing]:
        answer = await officer.get(f"/v1/reports/{told['number']}")
        code = answer.json()["code"] if answer.status_code != 200 else ""
        return answer.status_code, code, await shelf.standing(await shelf.stored(told["number"]))

    for state in ("repaired", "withdrawn", "disputed"):
        serial = desk.fresh()
        told = await counter.issued(officer, serial)
        clock.advance(timedelta(minutes=2))
        await counter.repair(serial, "8", state)
        assert await standing(told) == (409, "report_outdated", Standing.OUTDATED), state
    serial = desk.fresh()
    told = await counter.issued(officer, serial)
    clock.advance(timedelta(minutes=2))
    more = penalty(f"示市监处罚〔2026〕又{serial}号", serial, decision_date="2026-05-20", publication_date="2026-05-22")
    await node.publish([more], "8", batch_no=f"more-{serial}")
    assert await standing(told) == (200, "", Standing.VALID), "further facts do not make it wrong"
    ended = penalty(f"示市监处罚〔2024〕{serial}号", serial, publicity_to_date="2026-12-31")
    await node.publish([ended], "8", batch_no=f"ended-{serial}")
    assert await standing(told) == (200, "", Standing.VALID), "nor does the end of one"
    fresh = await counter.issued(officer, serial)
    clock.advance(timedelta(minutes=2))
    corrected = penalty(
        f"示市监处罚〔2026〕又{serial}号",
        serial,
        decision_date="2026-05-20",
        publication_date="2026-05-22",
        fine_amount="0.1",
    )
    await node.publish([corrected], "8", batch_no=f"corrected-{serial}")
    assert await standing(fresh) == (409, "report_outdated", Standing.OUTDATED)


async def test_after_its_time_the_proof_is_left_without_the_content(counter: Counter) -> None:
    desk, node, clock = counter.desk, counter.node, counter.node.clock
    officer = await desk.officer()
    told = await counter.issued(officer, desk.fresh())
    service, shelf = node.services.report.service, node.services.report.shelf
    await node.table(
        "insert into report_document (number, sealed, at, expires_at) values ('XR-CUT-SHORT', '', $1, $2)",
        clock.now(), clock.now() + timedelta(days=200),
    )  # fmt: skip
    await service.remove_expired()
    assert await service.remove_expired() == 0
    clock.advance(timedelta(days=91))
    officer = await desk.officer()
    refused = await officer.get(told["links"]["self"])
    assert (refused.status_code, refused.json()["code"]) == (410, "report_expired")
    assert await service.remove_expired() > 1
    assert await node.table("select number from report_document") == []
    assert (await officer.get(told["links"]["self"])).json()["code"] == "report_expired"
    stored = await shelf.stored(told["number"])
    assert stored.digest.hex() == told["digest"] and await shelf.standing(stored) is Standing.EXPIRED
    receipt = await node.services.ledger.receipt(told["leaf"])
    assert told["digest"] in orjson.dumps(receipt).decode()
    assert await counter.audited() == []


async def test_the_document_is_sealed_under_its_subject(counter: Counter) -> None:
    serial = counter.desk.fresh()
    told = await counter.issued(await counter.desk.officer(), serial)
    (row,) = await counter.node.table("select sealed from report_document where number = $1", told["number"])
    assert "示例市" not in row["sealed"] and code_of(serial) not in row["sealed"]


@pytest.mark.parametrize(
    "params", [{"page_size": 0}, {"page_size": 1000}, {"variant": "x"}, {"from": "gestern"}, {"before": -1}]
)
async def test_bad_filters_are_refused(counter: Counter, params: dict[str, str]) -> None:
    answer = await (await counter.desk.officer()).get("/v1/reports", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


async def test_the_list_is_filtered_and_paged(counter: Counter) -> None:
    officer, serial = await counter.desk.officer(), counter.desk.fresh()
    numbers = [(await counter.issued(officer, serial, variant=kind))["number"] for kind in ("screening", "pre_loan")]
    today = str(counter.node.clock.today())

    async def listed(**params: str | int) -> list[str]:
        answer = await officer.get("/v1/reports", params={"subject": code_of(serial), **params})
        return [one["number"] for one in answer.raise_for_status().json()]

    assert await listed() == numbers[::-1]
    assert await listed(variant="screening") == numbers[:1]
    assert await listed(**{"from": today, "to": today}) == numbers[::-1]
    assert await listed(to="2026-05-01") == []
    first = (await officer.get("/v1/reports", params={"subject": code_of(serial), "page_size": 1})).json()
    assert await listed(before=first[0]["leaf"]) == numbers[:1]
