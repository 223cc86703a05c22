"""Documents sealed and shown to those allowed; agreements signed by one and countersigned by another; certificates."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import date
from typing import Any

import orjson
import pytest
from onboarding_kit import (
    APPROVER,
    AUDITOR,
    CHECKER,
    JPG,
    PDF,
    PNG,
    THIRD,
    Office,
    access,
    ofd,
    sha256,
    verify,
)

from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings
from xinshu.members.model import MemberKind, MemberState, Principal, Strength
from xinshu.members.onboarding import certificate
from xinshu.members.onboarding.documents import MAX_BYTES, clean_name, suffix_of
from xinshu.members.onboarding.errors import (
    AgreementError,
    AgreementNotFoundError,
    CertificateError,
    DocumentError,
    DocumentNotFoundError,
    DocumentTooLargeError,
    DocumentTypeError,
    SamePersonError,
    TransitionError,
)
from xinshu.members.onboarding.model import Outcome
from xinshu.members.onboarding.papers import Description
from xinshu.members.permissions import ForbiddenError
from xinshu.store import Database


@pytest.fixture
def office(db: Database, settings: Settings, clock: FixedClock) -> Office:
    return Office.open(db, settings, clock)


# -- files -------------------------------------------------------------------------------------------------------------


def archive(*names: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return whole.getvalue()


@pytest.mark.parametrize(("content", "suffix"), [(PDF, ".pdf"), (PNG, ".png"), (JPG, ".jpg"), (ofd(), ".ofd")])
def test_a_type_is_known_by_its_first_bytes(content: bytes, suffix: str) -> None:
    assert suffix_of(content) == suffix


@pytest.mark.parametrize(
    "content",
    [b"", b"PDF", b" %PDF-1.7", b"<html>", b"MZ\x90", b"PK\x03\x04broken", archive("word/document.xml"),
     archive("Doc/OFD.xml"), b"GIF89a", PNG[:7], b"\x7fELF"],
)  # fmt: skip
def test_other_types_are_refused(content: bytes) -> None:
    with pytest.raises(DocumentTypeError):
        suffix_of(content)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("营业执照.PDF", "营业执照.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\文件\\证照.jpeg", "证照.pdf"),
        ("证 照\u202e.fdp.exe", "证 照.fdp.exe.pdf"),
        ('a"b;c<d>|e?.pdf', "a_b_c_d_e_.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("换行\r\nSet-Cookie: x.pdf", "换行 Set-Cookie_ x.pdf"),
        (".pdf.pdf", "pdf.pdf"),
    ],
)
def test_a_name_is_cleaned(given: str, name: str) -> None:
    assert clean_name(given, ".pdf") == name


@pytest.mark.parametrize("given", ["", "/", "..", "???", ".pdf", "\x00\x01"])
def test_a_name_of_nothing_is_refused(given: str) -> None:
    with pytest.raises(DocumentError):
        clean_name(given, ".pdf")


async def test_a_document_lies_sealed_and_comes_back_whole(office: Office, settings: Settings) -> None:
    applied = await office.apply()
    who = await office.activate(applied)
    content = PDF + "机密内容".encode() * 500_000  # several pieces
    papers, member_id = office.service.papers, applied.member.id
    kept = await papers.add(
        access(who, "add", "member-document"),
        member_id,
        Description("licence", "证照.pdf", None, date(2028, 1, 1)),
        content,
    )
    assert (kept.sha256, kept.bytes, kept.valid_to) == (sha256(content), len(content), date(2028, 1, 1))
    files = [path for path in (settings.home / "lake").rglob("*") if path.is_file()]
    assert len(files) == 1 and "机密内容".encode() not in files[0].read_bytes()
    assert list((settings.home / "work").iterdir()) == []
    for reader in (who, CHECKER, AUDITOR):
        document, data = await papers.read(access(reader, "read", "member-document"), member_id, kept.id)
        assert data == content and document == kept
    assert (await office.events(member_id)).count("document_read") == 3
    sealed = bytearray(files[0].read_bytes())
    sealed[-40] ^= 1
    files[0].write_bytes(sealed)
    with pytest.raises(XinshuError) as caught:
        await papers.read(access(AUDITOR, "read", "member-document"), member_id, kept.id)
    assert caught.value.code == "sealed_file_damaged" or "损坏" in caught.value.message
    files[0].unlink()
    with pytest.raises(XinshuError, match="数据湖中没有"):
        await papers.read(access(AUDITOR, "read", "member-document"), member_id, kept.id)


async def test_documents_of_one_member_are_not_those_of_another(office: Office) -> None:
    mine, theirs = await office.apply(), await office.apply()
    me, them = await office.activate(mine), await office.activate(theirs)
    (number,) = await office.hand_in(them, theirs.member.id, "licence")
    papers = office.service.papers
    with pytest.raises(DocumentNotFoundError):
        await papers.read(access(me, "read", "member-document"), mine.member.id, number)
    for act in (
        papers.read(access(me, "read", "member-document"), theirs.member.id, number),
        papers.documents(access(me, "read", "member-document"), theirs.member.id),
        papers.add(access(me, "add", "member-document"), theirs.member.id, Description("licence", "x"), PDF),
    ):
        with pytest.raises(ForbiddenError):
            await act


async def test_what_is_no_document_is_refused(office: Office, clock: FixedClock) -> None:
    applied = await office.apply()
    who = access(await office.activate(applied), "add", "member-document")
    add, member_id = office.service.papers.add, applied.member.id
    with pytest.raises(DocumentTooLargeError):
        await add(who, member_id, Description("licence", "x"), PDF + b"\0" * MAX_BYTES)
    with pytest.raises(DocumentError, match="没有材料种类"):
        await add(who, member_id, Description("authorisation", "x"), PDF)
    with pytest.raises(DocumentError, match="晚于今天"):
        await add(who, member_id, Description("licence", "x", date(2026, 6, 2)), PDF)
    await office.step(CHECKER, member_id, MemberState.REFUSED, "不实")
    with pytest.raises(TransitionError):
        await add(who, member_id, Description("licence", "x"), PDF)
    async with office.db.acquire() as conn:
        assert await conn.fetchval("select count(*) from member_document") == 0


async def test_an_outcome_is_written_once_by_another_person(office: Office) -> None:
    applied = await office.apply()
    who = await office.activate(applied)
    member_id = applied.member.id
    (by_member,) = await office.hand_in(who, member_id, "security_check", dated=date(2026, 5, 1))
    (by_officer,) = await office.hand_in(CHECKER, member_id, "security_check", dated=date(2026, 5, 1))
    (undated,) = await office.hand_in(CHECKER, member_id, "security_check")

    async def review(by: Principal, number: int, outcome: Outcome = Outcome.PASSED) -> Any:
        async with office.db.transaction() as conn:
            return await office.service.papers.review(conn, access(by, "advance"), member_id, number, outcome)

    with pytest.raises(ForbiddenError):
        await review(who, by_member)
    with pytest.raises(SamePersonError):
        await review(CHECKER, by_officer)
    with pytest.raises(DocumentError, match="没有日期"):
        await review(APPROVER, undated)
    assert (await review(CHECKER, by_member, Outcome.FAILED)).outcome_by == CHECKER.id
    with pytest.raises(DocumentError, match="已登记过"):
        await review(APPROVER, by_member)
    both = await asyncio.gather(*(review(by, by_officer) for by in (APPROVER, THIRD)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["Document", "DocumentError"]


async def test_documents_come_to_an_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinshu.members.onboarding.papers.MOST_DOCUMENTS", 2)
    member_id = (await office.apply()).member.id
    results = await asyncio.gather(
        *(office.hand_in(CHECKER, member_id, "other") for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["DocumentError"] * 2 + ["list"] * 2


# -- agreements --------------------------------------------------------------------------------------------------------


async def test_an_agreement_is_signed_by_one_and_countersigned_by_another(office: Office) -> None:
    applied = await office.apply()
    who = await office.activate(applied)
    member_id, papers = applied.member.id, office.service.papers
    agreement = next(
        one for one in office.service.agreements.on(date(2026, 6, 1), MemberKind.BANK) if one.id == "data-use"
    )
    what = (member_id, agreement.id, agreement.version)

    async def accept(by: Principal, *named: str, digest: str = agreement.sha256) -> Any:
        async with office.db.transaction() as conn:
            return await papers.accept(conn, access(by, "accept", "agreement"), *(named or what), digest)

    async def countersign(by: Principal, *named: str) -> Any:
        async with office.db.transaction() as conn:
            return await papers.countersign(conn, access(by, "countersign", "agreement"), *(named or what))

    with pytest.raises(AgreementNotFoundError, match="尚未签署"):
        await countersign(APPROVER)
    with pytest.raises(AgreementError, match="不一致"):
        await accept(who, digest="0" * 64)
    with pytest.raises(AgreementError, match="不适用"):
        provision = office.service.agreements.get("data-provision", "2026.1")
        await accept(who, member_id, provision.id, provision.version, digest=provision.sha256)
    with pytest.raises(AgreementNotFoundError):
        await accept(who, member_id, "data-use", "1999.1")
    with pytest.raises(ForbiddenError):
        await accept(APPROVER)
    signed = await accept(who)
    assert (signed.accepted_by, signed.text_sha256, signed.countersigned_at) == (who.id, agreement.sha256, None)
    with pytest.raises(AgreementError, match="已经签署"):
        await accept(who)
    with pytest.raises(ForbiddenError):
        await countersign(who)
    both = await asyncio.gather(*(countersign(by) for by in (APPROVER, THIRD)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["Acceptance", "AgreementError"]


async def test_whoever_accepted_or_applied_does_not_countersign(office: Office) -> None:
    applied = await office.apply(by=THIRD)
    who = await office.activate(applied)
    both_hats = Principal(
        who.id, "两顶帽子", frozenset({"member-admin", "operator-onboarding"}), members=(applied.member.id,),
        strength=Strength.MULTI,
    )  # fmt: skip
    agreement = office.service.agreements.get("data-use", "2026.1")
    what = (applied.member.id, agreement.id, agreement.version)
    async with office.db.transaction() as conn:
        await office.service.papers.accept(conn, access(both_hats, "accept", "agreement"), *what, agreement.sha256)
    for by in (both_hats, THIRD):
        async with office.db.acquire() as conn:
            with pytest.raises(SamePersonError):
                await office.service.papers.countersign(conn, access(by, "countersign", "agreement"), *what)


# -- certificates ------------------------------------------------------------------------------------------------------


async def issued(office: Office) -> str:
    member, who = await office.online(items=["1", "2"])
    await office.hand_in(who, member.id, "destruction_statement", dated=date(2026, 5, 30))
    await office.suspend(member.id)
    async with office.db.transaction() as conn:
        await office.service.steps.offboard(conn, access(THIRD, "offboard"), member.id, "退出")
    return await office.service.steps.certificate(access(AUDITOR, "read"), member.id)


async def test_a_certificate_holds_and_every_change_to_it_is_seen(office: Office) -> None:
    text = await issued(office)
    content = certificate.verify(text, verify)
    assert content["items"] == ["1", "2"] and content["issued_by"] == THIRD.name
    assert certificate.verify(orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2), verify) == content
    whole = orjson.loads(text)
    for name in ("number", "issued_at", "issued_by"):
        forged = {**whole, "certificate": {**content, name: "别的"}}
        with pytest.raises(CertificateError, match="签名不符"):
            certificate.verify(orjson.dumps(forged), verify)
    for forged in (
        {**whole, "more": 1}, {**whole, "certificate": {**content, "more": 1}}, {"certificate": content},
        {**whole, "certificate": {**content, "type": "other"}}, {**whole, "signature": {"key_id": 1, "value": "AA=="}},
        {**whole, "signature": {"key_id": "k", "value": "%%"}}, {**whole, "certificate": []}, [], 1, None,
    ):  # fmt: skip
        with pytest.raises(CertificateError):
            certificate.verify(orjson.dumps(forged), verify)
    for broken in ("", "{", "不是"):
        with pytest.raises(CertificateError):
            certificate.verify(broken, verify)


async def test_numbers_are_never_given_twice(office: Office) -> None:
    first, second = await issued(office), await issued(office)
    numbers = [certificate.verify(one, verify)["number"] for one in (first, second)]
    assert numbers == ["320000-D2026-000001", "320000-D2026-000002"]


def test_the_signed_bytes_are_canonical() -> None:
    assert (
        certificate.canonical({"b": ["乙", None], "a": {"d": "1", "c": ""}})
        == '{"a":{"c":"","d":"1"},"b":["乙",null]}'.encode()
    )
