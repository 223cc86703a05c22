"""Finding the subject of a row: by code, by old number, by name in the division; in doubt the row waits."""

from __future__ import annotations

from collect_kit import Node, arrears, code_of, firm, firms, penalties, penalty

OLD = "320111000000019"


async def test_by_code_then_by_old_number(node: Node) -> None:
    await node.publish([*firms(8), firm(9, registration_no=OLD)])
    batch = await node.publish(
        [*penalties(9), penalty("旧号〔2024〕1号", uscc="", registration_no=OLD, subject_name="名称已改")], "8"
    )
    assert batch.counts.quarantined == 0
    found = await node.table(
        "select s.code, count(*) as n from record r join subject s on s.id = r.subject_id where item = '8' group by 1"
    )
    assert {row["code"]: row["n"] for row in found} == {code_of(1): 9, code_of(9): 1}


async def test_a_subject_with_only_an_old_number_later_gets_its_code(node: Node) -> None:
    await node.publish([firm(1, uscc="", registration_no=OLD)])
    (before,) = await node.table("select * from subject")
    assert (before["code"], before["old_number"]) == (None, OLD)
    await node.publish([*firms(9, start=20)])
    await node.publish([*penalties(9, serial=20), penalty("旧号〔2024〕1号", uscc="", registration_no=OLD)], "8")
    batch = await node.publish([firm(1, registration_no=OLD, subject_name="示例市新名机械有限公司")])
    assert (batch.counts.new, batch.counts.changed) == (0, 1)
    subjects = await node.table("select * from subject where old_number = $1", OLD)
    assert [(s["id"], s["code"], s["name"]) for s in subjects] == [(before["id"], code_of(1), "示例市新名机械有限公司")]
    history = await node.table("select field, value from subject_history where subject_id = $1", before["id"])
    assert history == [{"field": "name", "value": before["name"]}]
    async with node.http() as client:
        answer = await client.get(f"/v1/subjects/{OLD}/information", params={"items": "1,8"})
    assert answer.json()["subject"]["code"] == code_of(1)
    assert [item["rows"] for item in answer.json()["items"]] == [1, 1]


async def test_a_code_and_an_old_number_in_one_batch_are_one_subject(node: Node) -> None:
    rows = [firm(1, uscc="", registration_no=OLD), firm(1, registration_no=OLD)]
    batch = await node.publish([*firms(8, start=10), *rows])
    # One key, and not the same content: which of the two is right cannot be known.
    assert await node.codes_aside(batch) == {9: ["DUPLICATE_CONFLICT"], 10: ["DUPLICATE_CONFLICT"]}


async def test_by_exact_name_in_the_division(node: Node) -> None:
    await node.publish(
        [
            *firms(7),
            firm(20, subject_name="无锡白桦（集团）有限责任公司", division="320213"),
            firm(21, subject_name="南京青禾 科技有限公司", division="320102"),
            firm(22, subject_name="同名商行", division="320102"),
            firm(23, subject_name="同名商行", division="320104"),
        ]
    )
    coded = [arrears(f"示例市第{n}号机械有限公司", uscc=code_of(n), publication_date=f"2024-02-{d:02}")
             for n in range(1, 8) for d in (1, 2, 3)]  # fmt: skip
    named = [
        arrears("无锡白桦(集团)有限责任公司", division="320214"),  # brackets; another district of the same city
        arrears("南京青禾科技有限公司", division="320102"),  # blanks
        arrears("无锡白桦（集团）有限责任公司", division="320102"),  # another city
        arrears("同名商行", division="320102"),  # two of one name in the city
        arrears("没有这个公司", division="320102"),
    ]
    batch = await node.publish([*coded, *named], "16", provider="sta")
    assert await node.codes_aside(batch) == {
        24: ["SUBJECT_UNKNOWN"], 25: ["SUBJECT_AMBIGUOUS"], 26: ["SUBJECT_UNKNOWN"],
    }  # fmt: skip
    aside = {row.row_no: row for row in await node.aside(batch)}
    assert {one["code"] for one in aside[25].candidates or []} == {code_of(22), code_of(23)}
    assert aside[24].candidates is None and "登记信息" in str(aside[24].reasons)
    found = [record for record in await node.records("16") if record["row_no"] > 21]
    assert {row["name"] for row in found} == {"无锡白桦（集团）有限责任公司", "南京青禾 科技有限公司"}


async def test_a_wrong_code_is_not_helped_by_the_name(node: Node) -> None:
    """A valid code that nobody has is an unknown subject, even if a firm with another code has the name."""
    await node.publish(firms(1))
    batch = await node.publish([*penalties(9), penalty("某〔2024〕1号", uscc=code_of(99))], "8")
    assert await node.codes_aside(batch) == {10: ["SUBJECT_UNKNOWN"]}


async def test_a_registration_row_of_an_old_number_shared_by_two_is_ambiguous(node: Node) -> None:
    await node.publish([firm(1, registration_no=OLD), firm(2, registration_no=OLD)])
    batch = await node.publish([*firms(9, start=10), firm(3, uscc="", registration_no=OLD, subject_name="第三家商行")])
    assert await node.codes_aside(batch) == {10: ["SUBJECT_AMBIGUOUS"]}
    (row,) = await node.aside(batch)
    assert {one["code"] for one in row.candidates or []} == {code_of(1), code_of(2)}
