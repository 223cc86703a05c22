"""The routes of onboarding: who is let in, what is shown to whom, and bad input of every kind."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from members_kit import member_ref, person
from onboarding_kit import APPROVER, AUDITOR, CHECKER, PDF, SECURITY, Office, application, code

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.members.model import ANONYMOUS, MemberKind, MemberState, Principal
from xinshu.members.onboarding.documents import MAX_BYTES
from xinshu.store import Database

ROUTES = [
    ("POST", "/v1/members"), ("GET", "/v1/members"), ("GET", "/v1/members/mx"), ("PATCH", "/v1/members/mx"),
    ("GET", "/v1/members/mx/contacts"), ("GET", "/v1/members/mx/changes"), ("POST", "/v1/members/mx/changes/1"),
    ("GET", "/v1/members/mx/steps"), ("POST", "/v1/members/mx/steps"), ("GET", "/v1/members/mx/checklist"),
    ("POST", "/v1/members/mx/parent-confirmation"),
    ("POST", "/v1/members/mx/suspend"), ("POST", "/v1/members/mx/resume"), ("POST", "/v1/members/mx/offboard"),
    ("GET", "/v1/members/mx/certificate"), ("POST", "/v1/members/mx/documents"), ("GET", "/v1/members/mx/documents"),
    ("GET", "/v1/members/mx/documents/1"), ("POST", "/v1/members/mx/documents/1/outcome"),
    ("GET", "/v1/members/mx/agreements"), ("POST", "/v1/members/mx/agreements/a/1/acceptance"),
    ("POST", "/v1/members/mx/agreements/a/1/countersignature"),
]  # fmt: skip
BODIES: dict[str, Any] = {
    "/v1/members": application(),
    "/v1/members/mx": {"name": "新名称"},
    "/v1/members/mx/changes/1": {"accept": True},
    "/v1/members/mx/steps": {"to": "material_check"},
    "/v1/members/mx/suspend": {"note": "理由"},
    "/v1/members/mx/resume": {},
    "/v1/members/mx/offboard": {"note": "理由"},
    "/v1/members/mx/documents/1/outcome": {"outcome": "passed"},
    "/v1/members/mx/agreements/a/1/acceptance": {"text_sha256": "0" * 64},
}
NOBODY = person("firm-delegate", name="经办人")


@pytest.fixture
def office(db: Database, settings: Settings, clock: FixedClock) -> Office:
    return Office.open(db, settings, clock)


async def ask(office: Office, who: Principal, method: str, path: str, **more: Any) -> httpx.Response:
    async with office.room(who).client() as client:
        return await client.request(method, path, **more)


def test_every_route_is_walked_here(office: Office) -> None:
    known = set()
    for path, methods in office.room(ANONYMOUS).app.openapi()["paths"].items():
        shown = path
        for name, value in (("member_id", "mx"), ("number", "1"), ("agreement", "a"), ("version", "1")):
            shown = shown.replace(f"{{{name}}}", value)
        if path.startswith("/v1/members"):
            known |= {(method.upper(), shown) for method in methods}
    assert known == set(ROUTES)


async def test_nobody_comes_in_without_a_right(office: Office) -> None:
    stranger = person("credit-officer", member=member_ref(7))
    for method, path in ROUTES:
        more: dict[str, Any] = {"json": BODIES[path]} if path in BODIES and method in ("POST", "PATCH") else {}
        if (method, path) == ("POST", "/v1/members/mx/documents"):
            more = {"params": {"kind": "licence", "name": "x.pdf"}, "content": PDF}
        answer = await ask(office, ANONYMOUS, method, path, **more)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised"), (method, path)
        answer = await ask(office, NOBODY, method, path, **more)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (method, path)
        answer = await ask(office, stranger, method, path, **more)
        expected = 200 if (method, path) == ("GET", "/v1/members") else 403
        assert answer.status_code == expected, (method, path, answer.text)


async def test_what_does_not_exist_is_not_found(office: Office) -> None:
    by = {"acceptance": None, "suspend": SECURITY, "parent-confirmation": None}
    for method, path in ROUTES:
        last = path.rsplit("/", 1)[1]
        who = by.get(last, CHECKER)
        if who is None or path == "/v1/members" or (method, last) == ("POST", "documents"):
            continue
        more = {"json": BODIES[path]} if path in BODIES and method in ("POST", "PATCH") else {}
        answer = await ask(office, who, method, path, **more)
        assert answer.status_code == 404, (method, path, answer.text)
        assert answer.json()["code"] in ("member_not_found", "document_not_found", "agreement_not_found")
    add = await ask(office, CHECKER, "POST", "/v1/members/mx/documents?kind=licence&name=x", content=PDF)
    assert add.status_code == 404


MALFORMED: list[dict[str, Any]] = [
    {"kind": "hospital"}, {"kind": None}, {"code": ""}, {"code": "9" * 100}, {"name": ""}, {"name": "长" * 201},
    {"regions": []}, {"regions": ["3"]}, {"regions": ["三二"]}, {"regions": ["٣٢"]}, {"regions": ["32'; drop"]},
    {"regions": None}, {"items": []}, {"items": ["1'"]}, {"items": ["x" * 65]}, {"contacts": []},
    {"contacts": [{"name": "甲", "phone": "电话"}]}, {"contacts": [{"name": "甲", "phone": "1" * 31}]},
    {"contacts": [{"name": "甲", "phone": "02588886666", "email": "no at"}]},
    {"contacts": [{"name": "甲", "phone": "02588886666", "wechat": "x"}]}, {"level": "galaxy"},
    {"licence": {"kind": "金融许可证"}}, {"licence": {"kind": "金融许可证", "number": "1", "valid_to": "永久"}},
    {"licence": {"kind": "金融许可证", "number": "1", "valid_to": "2026-02-30"}},
    {"administrator": {"login": "ab", "name": "甲"}}, {"administrator": {"login": "abc"}}, {"administrator": None},
    {"provider_code": "SAMR"}, {"provider_code": "../x"}, {"state": "online"}, {"created_by": "x"},
    {"note": "x" * 1001}, {"parent_code": "x" * 41},
]  # fmt: skip


async def test_a_malformed_application_is_refused(office: Office) -> None:
    for change in MALFORMED:
        answer = await ask(office, ANONYMOUS, "POST", "/v1/applications", json={**application(), **change})
        assert answer.status_code == 422, (change, answer.text)
    for content in (b"", b"{", b"[]", b"null", b'"x"', "不是".encode("gbk")):
        as_json = {"Content-Type": "application/json"}
        answer = await ask(office, ANONYMOUS, "POST", "/v1/applications", content=content, headers=as_json)
        assert answer.status_code in (400, 422), content
    async with office.db.acquire() as conn:
        assert await conn.fetchval("select count(*) from member") == 0


BAD_INPUT: list[tuple[str, str, Any]] = [
    ("POST", "steps", {"to": "heaven"}),
    ("POST", "steps", {}),
    ("POST", "steps", {"to": "material_check", "documents": [0]}),
    ("POST", "steps", {"to": "material_check", "documents": [2**70]}),
    ("POST", "steps", {"to": "material_check", "checks": []}),
    ("POST", "steps", {"to": "refused"}),
    ("POST", "steps", {"to": "refused", "note": " \n"}),
    ("POST", "steps", {"to": "refused", "note": "x" * 1001}),
    ("POST", "suspend", {}),
    ("POST", "suspend", {"note": "  "}),
    ("POST", "resume", {"force": True}),
    ("POST", "offboard", {"note": ""}),
    ("POST", "changes/1", {"accept": "maybe"}),
    ("POST", "changes/0", {"accept": True}),
    ("POST", "changes/99999999999999999999", {"accept": True}),
    ("POST", "documents/1/outcome", {"outcome": "splendid"}),
    ("POST", "documents/x/outcome", {"outcome": "passed"}),
    ("GET", "documents/-1", None),
    ("PATCH", "", {"kind": "court"}),
    ("PATCH", "", {"code": "91320100748204660Q"}),
    ("PATCH", "", {"regions": []}),
    ("PATCH", "", {"regions": ["99"]}),
    ("PATCH", "", {"name": None}),
    ("PATCH", "", {"contacts": None}),
    ("GET", "changes?page=0", None),
    ("GET", "changes?page_size=201", None),
    ("GET", "checklist?target=heaven", None),
    ("POST", "agreements/data-use/2026.1%20x/countersignature", None),
    ("POST", "agreements/DATA/2026.1/countersignature", None),
]


async def test_bad_input_is_refused(office: Office) -> None:
    applied = await office.apply()
    before = await office.get(applied.member.id)
    for method, path, body in BAD_INPUT:
        whole = f"/v1/members/{applied.member.id}{'/' if path else ''}{path}"
        answer = await ask(office, CHECKER, method, whole, **({"json": body} if body is not None else {}))
        expected = (409, 422) if path == "suspend" else (422,)  # it is not online: where it stands is looked at first
        assert answer.status_code in expected, (method, path, body, answer.text)
    assert await office.get(applied.member.id) == before


async def test_a_bad_filter_or_id_is_refused(office: Office) -> None:
    for query in ("page=0", "page=x", "page_size=0", "page_size=201", "state=dead", "kind=cat", "text=" + "x" * 101,
                  "parent=" + "m" * 33):  # fmt: skip
        assert (await ask(office, AUDITOR, "GET", f"/v1/members?{query}")).status_code == 422, query
    for name in ("m", "x123", "m%00", "m' or 1=1 --", "m..%2f..", "M" + "A" * 16, "m" * 40):
        assert (await ask(office, AUDITOR, "GET", f"/v1/members/{name}")).status_code in (404, 422), name


BAD_DOCUMENTS: list[tuple[str, bytes, int, str | None]] = [
    ("kind=licence&name=x.pdf", b"", 415, "document_type"),
    ("kind=licence&name=x.pdf", b"<script>", 415, "document_type"),
    ("kind=licence&name=x.pdf", PDF + b"\0" * MAX_BYTES, 413, "document_too_large"),
    ("kind=diploma&name=x.pdf", PDF, 422, "document_invalid"),
    ("kind=licence&name=%2F..", PDF, 422, "document_invalid"),
    ("kind=licence&name=x.pdf&dated=2027-01-01", PDF, 422, "document_invalid"),
    ("kind=licence&name=x.pdf&dated=yesterday", PDF, 422, None),
    ("kind=licence", PDF, 422, None),
    ("name=x.pdf", PDF, 422, None),
    ("kind=Licence&name=x.pdf", PDF, 422, None),
    ("kind=licence&name=" + "x" * 256, PDF, 422, None),
]


async def test_a_bad_document_is_refused(office: Office) -> None:
    applied = await office.apply()
    path = f"/v1/members/{applied.member.id}/documents"
    for query, content, status, refusal in BAD_DOCUMENTS:
        answer = await ask(office, CHECKER, "POST", f"{path}?{query}", content=content)
        assert answer.status_code == status, (query, answer.text)
        assert refusal is None or answer.json()["code"] == refusal
    too_long = {"Content-Length": str(MAX_BYTES + 1)}
    answer = await ask(office, CHECKER, "POST", f"{path}?kind=licence&name=x.pdf", content=PDF, headers=too_long)
    assert answer.status_code == 413
    assert (await ask(office, CHECKER, "GET", path)).json() == []


async def test_a_download_is_an_attachment_of_its_true_type(office: Office) -> None:
    applied = await office.apply()
    path = f"/v1/members/{applied.member.id}/documents"
    kept = await ask(office, CHECKER, "POST", f"{path}?kind=licence&name=证照<x>.html", content=PDF)
    answer = await ask(office, AUDITOR, "GET", f"{path}/{kept.json()['id']}")
    assert answer.content == PDF and answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == ("attachment; filename*=UTF-8''%E8%AF%81%E7%85%A7_x_.html.pdf")


async def test_anybody_may_read_what_is_asked(office: Office) -> None:
    for kind in MemberKind:
        asked = (await ask(office, ANONYMOUS, "GET", f"/v1/onboarding/{kind.value}")).json()
        assert asked["kind"] == kind and asked["source_status"] == "reconstructed"
        listed = (await ask(office, ANONYMOUS, "GET", f"/v1/agreements?kind={kind.value}")).json()
        assert len(listed) == (0 if kind is MemberKind.OPERATOR else 2) and all("text" not in one for one in listed)
    assert (await ask(office, ANONYMOUS, "GET", "/v1/onboarding/hospital")).status_code == 422
    missing = await ask(office, ANONYMOUS, "GET", "/v1/agreements/data-use/1")
    assert (missing.status_code, missing.json()["code"]) == (404, "agreement_not_found")


async def test_an_operator_applies_on_behalf_and_does_not_approve(office: Office) -> None:
    applied = await ask(office, CHECKER, "POST", "/v1/members", json=application())
    assert applied.status_code == 201 and len(applied.json()["invitation"]) > 20
    member_id = applied.json()["member"]["id"]
    answer = await ask(office, CHECKER, "POST", f"/v1/members/{member_id}/steps", json={"to": "refused", "note": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "same_person")
    answer = await ask(office, APPROVER, "POST", f"/v1/members/{member_id}/steps", json={"to": "refused", "note": "x"})
    assert answer.json()["state"] == "refused"


async def test_contacts_are_shown_to_those_who_may_change_them(office: Office) -> None:
    member, admin = await office.online()
    path = f"/v1/members/{member.id}"
    assert (await ask(office, admin, "GET", f"{path}/contacts")).json()[0]["name"] == "王联系"
    for who in (AUDITOR, SECURITY):
        assert (await ask(office, who, "GET", f"{path}/contacts")).status_code == 403
        assert "王联系" not in (await ask(office, who, "GET", path)).text
    edited = await ask(office, admin, "PATCH", path, json={"regions": ["3201"], "note": "缩小"})
    assert edited.json()["pending"]["changes"] == {"regions": ["3201"]}
    assert edited.json()["member"]["regions"] == ["32"]
    number = edited.json()["pending"]["id"]
    decided = await ask(office, CHECKER, "POST", f"{path}/changes/{number}", json={"accept": True})
    assert decided.json()["regions"] == ["3201"]
    again = await ask(office, CHECKER, "POST", f"{path}/changes/{number}", json={"accept": True})
    assert (again.status_code, again.json()["code"]) == (404, "change_not_found")


async def test_an_agreement_over_http_is_refused_for_another_text(office: Office) -> None:
    applied = await office.apply()
    admin = await office.activate(applied)
    path = f"/v1/members/{applied.member.id}/agreements/data-use/2026.1"
    for body in ({}, {"text_sha256": "F" * 64}, {"text_sha256": "0" * 63}, {"text_sha256": "0" * 64, "x": 1}):
        assert (await ask(office, admin, "POST", f"{path}/acceptance", json=body)).status_code == 422
    answer = await ask(office, admin, "POST", f"{path}/acceptance", json={"text_sha256": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "agreement_refused")
    assert (await ask(office, admin, "GET", f"/v1/members/{applied.member.id}/certificate")).status_code == 404


async def test_nul_and_quotes_in_texts_do_no_harm(office: Office) -> None:
    name = "a'; drop table member; --"
    applied = await ask(office, ANONYMOUS, "POST", "/v1/applications", json=application(name=name, code=code()))
    assert applied.json()["member"]["name"] == name
    found = await ask(office, AUDITOR, "GET", "/v1/members", params={"text": "'; drop"})
    assert found.json()["total"] == 1
    state = (await office.get(applied.json()["member"]["id"])).state
    assert state is MemberState.APPLIED
