"""Reports of past days: built again they are the same, whatever came in since; repaired facts are gone from all.
Change reports between two days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from collect_kit import firm, penalty
from report_kit import Counter, part

from xinshu.report.model import Change, ItemState, Report


def without_issue(report: Report) -> dict[str, Any]:
    """The content, to see a difference."""
    return report.model_dump(exclude={"number", "check_code", "issued_at", "content_digest"})


async def test_a_past_day_is_rebuilt_identically_until_a_fact_is_repaired(counter: Counter) -> None:
    desk, node, clock = counter.desk, counter.node, counter.node.clock
    serial = desk.fresh()
    consent = await desk.authorised(serial, items={"17": None})
    officer, owner = await desk.officer(), await desk.owner(serial)
    day = str(clock.today())
    first = await counter.report(officer, serial)
    own = await counter.report(owner, serial, purpose="own")
    clock.advance(timedelta(days=1))
    # Later batches: a new name and address, a further penalty, the old one in other words.
    renamed = firm(serial, subject_name="示例市改名机械有限公司", address="示例路1号", industry="C3311")
    await node.publish([renamed], "1", batch_no=f"later-{serial}")
    changed = penalty(f"示市监处罚〔2024〕{serial}号", serial, penalty_content="罚款0.3万元")
    more = penalty(f"示市监处罚〔2026〕{serial}号", serial, decision_date="2026-05-20", publication_date="2026-05-22")
    await node.publish([changed, more], "8", batch_no=f"later-{serial}")
    del desk.owners[serial]  # signed out by now
    officer, owner = await desk.officer(), await desk.owner(serial)
    again = await counter.report(officer, serial, as_of=day)
    assert without_issue(again) == without_issue(first)
    assert again.content() == first.content() and again.content_digest == first.content_digest
    assert (await counter.report(owner, serial, purpose="own", as_of=day)).content() == own.content()
    today = await counter.report(officer, serial)
    assert today.content() != first.content()
    assert (today.subject.name, part(today, "8").rows_total) == ("示例市改名机械有限公司", 2)
    assert part(today, "17").consent == consent
    # A repair: it disappears from the rebuild of every day (R5.3).
    await counter.repair(serial, "15")
    repaired = await counter.report(officer, serial, as_of=day)
    assert part(first, "15").rows_total == 1 and part(repaired, "15").state is ItemState.NONE
    assert repaired.content() != first.content()
    assert part(repaired, "8") == part(first, "8")


async def test_a_day_before_anything_was_known_is_empty(counter: Counter) -> None:
    report = await counter.report(await counter.desk.officer(), counter.desk.fresh(), as_of="2026-05-01")
    assert report.as_of == date(2026, 5, 1)
    assert all(one.rows_total in (0, None) for section in report.sections for one in section.parts)
    assert (report.subject.industry, report.quality.coverage, report.quality.freshest) == (None, 0.0, None)


async def test_a_disputed_fact_is_marked(counter: Counter) -> None:
    serial = counter.desk.fresh()
    await counter.repair(serial, "8", "disputed")
    report = await counter.report(await counter.desk.officer(), serial)
    assert [row.state for row in part(report, "8").rows] == ["disputed"]
    assert [(count.label.zh, count.count) for count in report.counts if count.item is None] == [("有异议的信息", 1)]


async def test_what_changed_between_two_days(counter: Counter) -> None:
    desk, node, clock = counter.desk, counter.node, counter.node.clock
    serial = desk.fresh()
    consent = await desk.authorised(serial, items={"17": None}, max_calls=2)
    since = clock.today()
    clock.advance(timedelta(days=3))
    await node.publish([firm(serial, address="示例路9号")], "1", batch_no=f"moved-{serial}")
    ended = penalty(f"示市监处罚〔2024〕{serial}号", serial, publicity_to_date=str(clock.today() - timedelta(days=1)))
    added = penalty(
        f"示市监处罚〔2026〕新{serial}号", serial, decision_date="2026-05-20", publication_date="2026-05-22"
    )
    await node.publish([ended, added], "8", batch_no=f"moved-{serial}")
    officer = await desk.officer()
    report = await counter.report(officer, serial, variant="post_loan_change", since=str(since))
    assert report.since == since
    registration = part(report, "1")
    (row,) = registration.rows
    assert (row.change, row.values["address"], row.before) == (Change.CHANGED, "示例路9号", {"address": "示例路88号"})
    penalties = part(report, "8")
    assert [(row.change, row.values["document_no"]) for row in penalties.rows] == [
        (Change.ADDED, f"示市监处罚〔2026〕新{serial}号"), (Change.ENDED, f"示市监处罚〔2024〕{serial}号"),
    ]  # fmt: skip
    assert penalties.rows_total == 1
    taxes = part(report, "17")
    assert (taxes.rows, taxes.rows_total, taxes.state) == ((), 2, ItemState.CUT)
    assert await desk.uses(consent) == ("active", 1), "two days are one use"
    assert {count.label.zh: count.count for count in report.counts if count.item is None} == {
        "新增信息": 1, "变更信息": 1, "失效信息": 1,
    }  # fmt: skip
    assert not any(section.charts for section in report.sections)
    again = await counter.report(
        officer, serial, variant="post_loan_change", since=str(since), as_of=str(clock.today())
    )
    assert again.content() == report.content()
    assert await counter.audited() == []


async def test_a_range_of_data_keeps_an_earlier_day_back(counter: Counter) -> None:
    serial = counter.desk.fresh()
    await counter.desk.authorised(serial, narrow={"data": {"months": 3}})
    report = await counter.report(
        await counter.desk.officer(), serial, variant="post_loan_change", since="2025-01-01"
    )  # fmt: skip
    taxes = part(report, "17")
    assert taxes.state is ItemState.REFUSED and taxes.reason is not None
    assert taxes.reason.code == "consent_other_period"
