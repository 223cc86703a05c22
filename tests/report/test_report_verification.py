"""Verification by everybody: by code, by file, offline; and the files that readers are given."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import orjson
import pytest
from cryptography import x509
from report_kit import Counter
from typer.testing import CliRunner

from xinshu.cli.report import app
from xinshu.report.model import Report
from xinshu.report.proof.examining import Finding, examine
from xinshu.report.proof.verification import FILE_MAX, WORDS, ReportCodeInvalidError, masked, read_code
from xinshu.report.render.html import policy

VERIFY = "/v1/public/reports/verify"


async def upload(client: httpx.AsyncClient, data: bytes) -> httpx.Response:
    return await client.post(VERIFY, content=data, headers={"Content-Type": "application/octet-stream"})


async def verdict(client: httpx.AsyncClient, data: bytes) -> dict[str, object]:
    answer = await upload(client, data)
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.json()
    return told


async def test_by_code(counter: Counter) -> None:
    officer, serial = await counter.desk.officer(), counter.desk.fresh()
    told = await counter.issued(officer, serial)
    anybody = counter.node.http(None)
    code = told["check_code"]
    answers = [
        await anybody.get(f"/v1/public/reports/{form}")
        for form in (code, code.lower(), "-".join((code[:4], code[4:8], code[8:12], code[12:])))
    ]
    assert [one.status_code for one in answers] == [200] * 3, answers[0].text
    proof = answers[0].json()
    assert answers[1].json() == answers[2].json() == proof
    assert (proof["number"], proof["digest"], proof["standing"]) == (told["number"], told["digest"], "valid")
    assert "reader" not in answers[0].text and counter.desk.bank.name not in answers[0].text, "never who obtained it"
    assert told["subject_code"] not in answers[0].text and "*" in proof["subject"]
    await counter.repair(serial, "8")
    assert (await anybody.get(f"/v1/public/reports/{code}")).json()["standing"] == "outdated"
    for wrong, status, reason in (
        ("0" * 16, 404, "report_code_unknown"), ("123", 400, "report_code_invalid"),
        ("U" * 16, 400, "report_code_invalid"),
        ("%00" * 16, 400, "report_code_invalid"), ("x" * 61, 422, "request_invalid"),
    ):  # fmt: skip
        refused = await anybody.get(f"/v1/public/reports/{wrong}")
        assert (refused.status_code, refused.json()["code"]) == (status, reason), wrong


async def test_files_and_their_verification(counter: Counter) -> None:
    officer = await counter.desk.officer()
    told = await counter.issued(officer, counter.desk.fresh())
    path = f"/v1/reports/{told['number']}"
    before = await counter.desk.count("report-read")
    files = {form: (await officer.get(f"{path}/{form}")).raise_for_status() for form in ("pdf", "html", "json")}
    assert await counter.desk.count("report-read") == before + 3, "each file is a leaf"
    assert files["pdf"].headers["content-disposition"] == f'attachment; filename="{told["number"]}.pdf"'
    assert files["html"].headers["content-security-policy"] == policy()
    assert files["html"].headers["content-disposition"].startswith("inline")
    attached = await officer.get(f"{path}/html", params={"download": True, "lang": "en"})
    assert attached.headers["content-disposition"].startswith("attachment") and 'lang="en"' in attached.text
    assert told["check_code"] in files["html"].text, "in the address of verification"
    anybody = counter.node.http(None)
    for form, answer in files.items():
        found = await verdict(anybody, answer.content)
        assert (found["code"], found["genuine"], found["format"]) == ("report_genuine", True, form)
        assert found["report"]["number"] == told["number"] and found["report"]["standing"] == "valid"  # type: ignore[index]
        assert (found["signature"] is not None) == (form == "pdf")
        assert counter.desk.bank.name not in orjson.dumps(found).decode()
    pem = (await anybody.get("/v1/public/report-certificate")).raise_for_status()
    assert pem.headers["content-type"].startswith("application/x-pem-file")
    certificates = x509.load_pem_x509_certificates(pem.content)
    examined = await asyncio.to_thread(examine, files["pdf"].content, certificates)
    assert examined.finding is Finding.GENUINE
    assert (await officer.get(f"{path}/pdf", params={"lang": "fr"})).status_code == 422


async def test_tampered_files_get_clear_answers(counter: Counter) -> None:
    officer = await counter.desk.officer()
    told = await counter.issued(officer, counter.desk.fresh())
    path, anybody = f"/v1/reports/{told['number']}", counter.node.http(None)
    made = (await officer.get(f"{path}/pdf")).content
    middle = len(made) // 2
    cases = {
        Finding.ALTERED: made[:middle] + bytes([made[middle] ^ 1]) + made[middle + 1 :],
        Finding.APPENDED: made + b"\n% more",
        Finding.TRUNCATED: made[:middle],
        Finding.UNSIGNED: made.replace(b"/ByteRange", b"/BiteRange"),
        Finding.NOT_A_REPORT: b"hello",
        Finding.ENCRYPTED: b"%PDF-1.7\n<< /Encrypt 1 0 R >>\n%%EOF",
    }
    for finding, data in cases.items():
        found = await verdict(anybody, data)
        assert (found["code"], found["genuine"], found["report"]) == (finding, False, None)
        assert found["message"] == WORDS[finding][0] and found["hint"]
    assert set(WORDS) == set(Finding)


async def test_json_in_another_form_is_the_same_report_and_a_changed_one_is_not(counter: Counter) -> None:
    officer = await counter.desk.officer()
    told = await counter.issued(officer, counter.desk.fresh())
    document = (await officer.get(told["links"]["json"])).content
    anybody = counter.node.http(None)
    pretty = orjson.dumps(orjson.loads(document), option=orjson.OPT_INDENT_2)
    assert (await verdict(anybody, pretty))["code"] == "report_genuine"
    changed = orjson.loads(document)
    changed["subject"]["name"] = "别的公司"
    assert (await verdict(anybody, orjson.dumps(changed)))["code"] == "report_altered"
    changed["number"] = "XR32000020260601AAAAAAAAX"
    assert (await verdict(anybody, orjson.dumps(changed)))["code"] == "report_unknown"
    for odd in (b"{}", b"[" * 100_000, b'{"schema":"xinshu.report/1"}', b"\xff\xfe", b"<html></html>"):
        assert (await verdict(anybody, odd))["code"] == "report_not_recognised"


async def test_size_and_empty_bodies(counter: Counter) -> None:
    anybody = counter.node.http(None)
    large = await upload(anybody, b"%PDF-" + b"0" * (FILE_MAX - 4))
    assert (large.status_code, large.json()["code"]) in ((413, "report_file_too_large"), (413, "body_too_large"))
    assert (await verdict(anybody, b"%PDF-" + b"0" * (FILE_MAX - 5)))["code"] == "report_truncated"
    empty = await upload(anybody, b"")
    assert (empty.status_code, empty.json()["code"]) == (422, "report_file_missing")


async def test_files_are_for_whom_the_report_was_made(counter: Counter) -> None:
    desk = counter.desk
    officer, serial = await desk.officer(), desk.fresh()
    told = await counter.issued(officer, serial)
    for form in ("pdf", "html"):
        path = f"/v1/reports/{told['number']}/{form}"
        stranger = await (await desk.officer(desk.other)).get(path)
        assert (stranger.status_code, stranger.json()["details"]["reason"]) == (403, "not_own_member")
        firm = await (await desk.owner(serial)).get(path)
        assert (firm.status_code, firm.json()["code"]) == (403, "report_not_own")
        assert (await counter.node.http(None).get(path)).status_code == 401
        assert (await officer.get("/v1/reports/XR00000020260601AAAAAAAA0/" + form)).status_code == 404
    await counter.repair(serial, "8")
    for form in ("pdf", "html"):
        outdated = await officer.get(f"/v1/reports/{told['number']}/{form}")
        assert (outdated.status_code, outdated.json()["code"]) == (409, "report_outdated")


async def test_offline(counter: Counter, tmp_path: Path) -> None:
    officer = await counter.desk.officer()
    told = await counter.issued(officer, counter.desk.fresh())
    path = f"/v1/reports/{told['number']}"
    pdf_file, json_file, pem = tmp_path / "r.pdf", tmp_path / "r.json", tmp_path / "c.pem"
    pdf_file.write_bytes((await officer.get(f"{path}/pdf")).content)
    json_file.write_bytes((await officer.get(f"{path}/json")).content)
    pem.write_bytes((await counter.node.http(None).get("/v1/public/report-certificate")).content)

    async def call(*arguments: str) -> tuple[int, dict[str, object]]:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["verify", *arguments, "--json"])
        return done.exit_code, orjson.loads(done.stdout)

    code, said = await call(str(pdf_file), "--certificate", str(pem))
    assert (code, said["code"], said["genuine"]) == (0, "report_genuine", True)
    code, said = await call(str(pdf_file))
    assert (code, said["code"]) == (1, "report_signer_unchecked")
    code, said = await call(str(json_file))
    assert (code, said["code"]) == (1, "report_json_unsigned")
    json_file.write_bytes(json_file.read_bytes().replace(b'"as_of":"2026', b'"as_of":"2025', 1))
    assert (await call(str(json_file)))[1]["code"] == "report_altered"
    pdf_file.write_bytes(pdf_file.read_bytes() + b" ")
    assert (await call(str(pdf_file), "--certificate", str(pem)))[1]["code"] == "report_appended"
    for wrong in ((str(tmp_path / "none.pdf"),), (str(pdf_file), "--certificate", str(json_file))):
        code, said = await call(*wrong)
        assert (code, said["error"]["code"]) == (1, "file_unreadable")  # type: ignore[index]
    shown = await asyncio.to_thread(CliRunner().invoke, app, ["verify", str(pdf_file), "--certificate", str(pem)])
    assert shown.exit_code == 1 and "又被追加了内容" in shown.stdout


def test_codes_as_people_type_them() -> None:
    assert read_code(" 7k2m-9qxr 04tb—hw5c ") == "7K2M9QXR04TBHW5C"
    assert read_code("7K2M9QXRO4TBHWIL") == "7K2M9QXR04TBHW11"
    for wrong in ("", "7K2M", "7K2M9QXR04TBHW5U", "7K2M9QXR04TBHW5C0", "核验码核验码核验码核验码核验码核"):
        with pytest.raises(ReportCodeInvalidError):
            read_code(wrong)
    assert masked("江苏示例精密机械有限公司") == "江苏******有限公司"
    assert masked("张三小店") == "张***" and masked("") == "**"


async def test_a_report_of_the_node_is_set_as_a_whole(counter: Counter) -> None:
    """What the gate lets through for an operator: every section and item of the catalogue."""
    data = await counter.desk.whole.seat("operator-data", member="moperator")
    told = await counter.issued(data, counter.desk.fresh(), purpose="upkeep")
    report = Report.model_validate_json((await data.get(told["links"]["json"])).content)
    page = (await data.get(f"/v1/reports/{told['number']}/html")).text
    for section in report.sections:
        assert section.title.zh in page
        for part in section.parts:
            assert part.title.zh in page, part.item
    assert (await data.get(f"/v1/reports/{told['number']}/pdf")).content[:5] == b"%PDF-"
