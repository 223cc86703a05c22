"""Issuing: every kind of reader gets what the gate gives it, with evidence, once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from asking_kit import Desk
from collect_kit import code_of
from jsonschema import Draft202012Validator
from report_kit import Counter, part

from xinshu.ledger import Entry, LedgerUnavailableError
from xinshu.members.model import MemberKind
from xinshu.report.model import ItemState, ReaderKind, Variant
from xinshu.report.numbers import is_number


async def test_a_bank_without_authorisation_gets_what_is_open(counter: Counter) -> None:
    report = await counter.report(await counter.desk.officer(), counter.desk.fresh())
    assert report.reader.kind is ReaderKind.INSTITUTION
    assert [section.id for section in report.sections] == [
        "basic", "administration", "honesty", "serious_dishonesty", "abnormal", "commitment", "evaluation", "judicial",
        "other",
    ]  # fmt: skip
    assert part(report, "1").state is ItemState.GIVEN
    penalty = part(report, "8")
    assert (penalty.state, penalty.rows_total, penalty.rows[0].origin.provider_name) == (
        ItemState.GIVEN, 1, "市场监管总局",
    )  # fmt: skip
    refused = part(report, "17")
    assert refused.state is ItemState.REFUSED and refused.reason is not None
    assert (refused.reason.code, refused.rows, refused.rows_total) == ("consent_missing", (), None)
    persons = part(report, "4")
    assert persons.state is ItemState.MASKED
    assert {row.values["person_name"] for row in persons.rows} == {"赵**", "孙**"}
    grade = part(report, "15")
    assert grade.state is ItemState.CUT and "evaluation_score" not in {column.field for column in grade.columns}
    assert report.evaluation is not None and report.evaluation.grade in "优良中差"
    assert report.evaluation.withheld > 0
    assert [one.name for one in report.sections[0].relations] == ["赵**", "孙**"]
    dishonest = report.section("serious_dishonesty")
    assert dishonest is not None and dishonest.note is not None
    assert {count.item: count.count for count in report.counts}["8"] == 1
    assert "17" not in {count.item for count in report.counts}
    assert is_number(report.number) and report.number.startswith("XR32000020260")


async def test_an_authorisation_opens_an_item_and_is_used_once(counter: Counter) -> None:
    serial = counter.desk.fresh()
    consent = await counter.desk.authorised(serial, items={"17": None, "15": None}, max_calls=3)
    report = await counter.report(await counter.desk.officer(), serial)
    taxes = part(report, "17")
    assert (taxes.state, taxes.consent, taxes.rows_total) == (ItemState.CUT, consent, 2), "the usual five years"
    assert "evaluation_score" in {column.field for column in part(report, "15").columns}
    assert await counter.desk.uses(consent) == ("active", 1)
    other = report.section("other")
    assert other is not None
    (sales,) = [chart for chart in other.charts if chart.id == "sales"]
    assert sales.x == ("2025-06", "2026-03")
    assert sales.series[0].values == (2500625.25, 2600326.26)
    shown = {column.field: text for column, text in zip(taxes.columns, taxes.rows[0].shown, strict=True)}
    assert shown["sales_revenue"] == "2,600,326.26 元" and shown["tax_type"] == "增值税"
    assert shown["period_to"] == "2026-03-31", "the latest comes first"


async def test_a_narrow_authorisation_gives_only_its_fields_and_months(counter: Counter) -> None:
    serial = counter.desk.fresh()
    narrow = {"items": {"17": ["period_from", "period_to", "sales_revenue"]}, "data": {"months": 12}}
    await counter.desk.authorised(serial, narrow=narrow)
    taxes = part(await counter.report(await counter.desk.system(), serial), "17")
    assert taxes.state is ItemState.CUT and taxes.reason is not None and taxes.reason.code == "consented"
    assert [column.field for column in taxes.columns] == ["period_from", "period_to", "sales_revenue"]
    assert [row.values["period_to"] for row in taxes.rows] == ["2026-03-31", "2025-06-30"]


async def test_the_firm_and_the_operator_see_all_of_it(counter: Counter) -> None:
    serial = counter.desk.fresh()
    own = await counter.report(await counter.desk.owner(serial), serial, purpose="")
    assert (own.reader.kind, own.reader.code, own.reader.name) == (
        ReaderKind.FIRM, code_of(serial), f"示例市第{serial}号机械有限公司",
    )  # fmt: skip
    assert own.purpose.code == "own"
    assert part(own, "17").state is ItemState.GIVEN and part(own, "17").rows_total == 3
    assert own.evaluation is not None and own.evaluation.withheld == 0
    data = await counter.desk.whole.seat("operator-data", member="moperator")
    kept = await counter.report(data, serial, purpose="upkeep")
    assert (kept.reader.kind, part(kept, "17").rows_total) == (ReaderKind.OPERATOR, 3)
    assert kept.evaluation is not None
    assert all(one.state is not ItemState.REFUSED for section in kept.sections for one in section.parts)


async def test_an_authority_has_its_own_purpose_and_no_evaluation_for_it(counter: Counter) -> None:
    member = await counter.desk.whole.member("mgov", MemberKind.GOVERNMENT)
    officer = await counter.desk.officer(member, "government-officer")
    report = await counter.report(officer, counter.desk.fresh(), purpose="duty")
    assert report.reader.kind is ReaderKind.GOVERNMENT and report.evaluation is None
    section = report.section("evaluation")
    assert section is not None and section.note is not None and "用途" in section.note.zh
    notary = await counter.desk.whole.member("mnotary", MemberKind.NOTARY)
    clerk = await counter.desk.officer(notary, "case-officer")
    section = (await counter.report(clerk, counter.desk.fresh(), purpose="duty")).section("evaluation")
    assert section is not None and section.note is not None and "无权" in section.note.zh


async def test_a_screening_summary_is_short(counter: Counter) -> None:
    report = await counter.report(await counter.desk.officer(), counter.desk.fresh(), variant="screening")
    items = [one.item for section in report.sections for one in section.parts]
    assert "17" not in items and "8" in items and len(items) == 24
    assert not any(section.charts or section.relations for section in report.sections)
    assert report.variant.code == Variant.SCREENING and report.evaluation is not None


async def test_the_document_is_valid_against_the_published_schema(counter: Counter) -> None:
    officer = await counter.desk.officer()
    schema = (await counter.desk.whole.browser().get("/v1/schemas/report/1")).raise_for_status().json()
    Draft202012Validator.check_schema(schema)
    told = await counter.issued(officer, counter.desk.fresh())
    document = (await officer.get(told["links"]["self"])).raise_for_status().json()
    assert list(Draft202012Validator(schema).iter_errors(document)) == []
    assert list(Draft202012Validator(schema).iter_errors(document | {"more": 1})) != []


async def test_the_same_key_is_the_same_report(counter: Counter) -> None:
    serial = counter.desk.fresh()
    consent = await counter.desk.authorised(serial, max_calls=5)
    officer = await counter.desk.officer()
    first = await counter.issued(officer, serial, "loan-1", reference="贷款 1")
    again = await counter.issued(officer, serial, "loan-1", reference="贷款 1")
    assert (again["number"], again["leaf"], again["repeated"]) == (first["number"], first["leaf"], True)
    assert await counter.desk.uses(consent) == ("active", 1)
    refused = await counter.ask(officer, serial, "loan-1", variant="screening")
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key_reused")
    answers = await asyncio.gather(*[counter.ask(officer, serial, "loan-2") for _ in range(6)])
    assert {answer.json()["number"] for answer in answers} == {answers[0].json()["number"]}
    assert await counter.desk.uses(consent) == ("active", 2)
    numbers = await counter.node.table("select number from report_document")
    assert len(numbers) == len(await counter.node.table("select number from report"))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"subject": "91320111MA0000000X"}, 404, "subject_unknown"),
        ({"as_of": "2031-01-01"}, 400, "as_of_in_future"),
        ({"variant": "post_loan_change"}, 400, "report_question"),
        ({"variant": "post_loan_change", "since": "2026-06-01", "as_of": "2026-06-01"}, 400, "report_question"),
        ({"variant": "post_loan_change", "since": "2031-01-01"}, 400, "report_question"),
        ({"since": "2026-01-01"}, 400, "report_question"),
        ({"variant": "everything"}, 422, "request_invalid"),
        ({"purpose": "curiosity"}, 400, "report_question"),
        ({"purpose": ""}, 400, "report_question"),
        ({"purpose": "own"}, 400, "report_question"),
        ({"purpose": "upkeep"}, 400, "report_question"),
        ({"purpose": "a\u0000b"}, 422, "request_invalid"),
        ({"as_of": "1066-10-14"}, 422, "request_invalid"),
        ({"reference": "长" * 101}, 422, "request_invalid"),
        ({"items": ["1"]}, 422, "request_invalid"),
        ({"subject": ""}, 422, "request_invalid"),
        ({"subject": "\ud800"}, 422, "request_invalid"),
    ],
)
async def test_what_is_wrong_is_said(counter: Counter, body: dict[str, str], status: int, code: str) -> None:
    officer = await counter.desk.officer()
    before = await counter.desk.count("report")
    if body.get("subject") == "\ud800":
        content = b'{"subject": "\\ud800", "purpose": "pre_loan"}'
        answer = await officer.post("/v1/reports", content=content, headers={"Content-Type": "application/json"})
    else:
        answer = await counter.ask(officer, 1, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["hint"] or status == 422
    assert await counter.desk.count("report") == before


async def test_a_firm_asks_about_itself_only_and_nobody_without_right_asks(counter: Counter) -> None:
    desk: Desk = counter.desk
    serial = desk.fresh()
    answer = await counter.ask(await desk.owner(serial), serial + 1, purpose="own")
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "not_own_subject")
    supervisor = await desk.whole.member("msup", MemberKind.SUPERVISOR)
    answer = await counter.ask(await desk.officer(supervisor, "supervisor"), serial)
    assert (answer.status_code, answer.json()["details"]["reason"]) == (403, "role_lacks_right")
    assert (await counter.ask(desk.whole.browser(), serial)).status_code == 401


async def test_the_evidence_is_whole(counter: Counter) -> None:
    assert await counter.audited() == []
    (row,) = await counter.node.table("select number, purpose from report order by leaf desc limit 1")
    await counter.node.table("update report set purpose = 'other' where number = $1", row["number"])
    faults = await counter.audited()
    assert [fault.code for fault in faults] == ["detail_altered"]
    await counter.node.table("update report set purpose = $2 where number = $1", row["number"], row["purpose"])
    assert await counter.audited() == []


async def test_without_evidence_there_is_no_report(counter: Counter) -> None:
    desk, log = counter.desk, counter.node.services.ledger.log
    officer, serial = await desk.officer(), desk.fresh()
    consent = await desk.authorised(serial, max_calls=3)
    leaves, append = await desk.count("report"), log.append

    async def broken(entry: Entry, detail: Any = None, row: Any = None) -> int:
        if entry.kind == "report":
            raise LedgerUnavailableError("存证暂时不能写入", hint="稍后重试")
        return await append(entry, detail, row)

    log.append = broken  # type: ignore[method-assign]
    try:
        refused = await counter.ask(officer, serial, "kept-1")
    finally:
        log.append = append  # type: ignore[method-assign]
    assert (refused.status_code, refused.json()["code"]) == (503, "ledger_unavailable")
    assert (await desk.count("report"), await desk.uses(consent)) == (leaves, ("active", 1))
    assert (await officer.get("/v1/reports", params={"subject": code_of(serial)})).json() == []
    told = await counter.issued(officer, serial, "kept-1")
    assert await desk.uses(consent) == ("active", 1), "the same inquiry, not a second use"
    left = await counter.node.table(
        "select number from report_document d where not exists (select from report r where r.number = d.number)"
    )
    assert len(left) == 1 and left[0]["number"] != told["number"]
    service = counter.node.services.report.service
    counter.node.clock.advance(timedelta(minutes=61))
    assert await service.remove_expired() == 1


async def test_the_day_of_a_report_is_today_unless_told(counter: Counter) -> None:
    report = await counter.report(await counter.desk.officer(), counter.desk.fresh())
    today = counter.node.clock.today()
    assert (report.as_of, report.since) == (today, None)
    earlier = today - timedelta(days=1)
    report = await counter.report(await counter.desk.officer(), 1, as_of=str(earlier))
    assert report.as_of == earlier < date.max
