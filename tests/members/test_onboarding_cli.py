"""`xinshu member`: a guarantor from the application form to the certificate, each duty by its own local person."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from onboarding_kit import CHECKER, KEY, PDF, Office, application, sign
from typer.testing import CliRunner

from xinshu.cli.member import app
from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.members.model import MemberKind, MemberState
from xinshu.members.onboarding import certificate
from xinshu.members.onboarding.model import Document
from xinshu.store import Database


@pytest.fixture
def environment(settings: Settings, db: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A node of its own, without the warm-up of the batch engine."""
    assert settings.database_url is not None
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("COLUMNS", "200")
    return settings


async def run(*arguments: str, expect: int = 0) -> Any:
    """The command in a thread of its own: it makes its own event loop."""
    done = await asyncio.to_thread(CliRunner().invoke, app, [*arguments, "--json"])
    assert done.exit_code == expect, done.output
    return json.loads(done.output)


async def told(*arguments: str, expect: int = 0) -> str:
    """What a person reads."""
    done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments))
    assert done.exit_code == expect, done.output
    return done.output


async def test_a_member_comes_and_goes(environment: Settings, db: Database, tmp_path: Path) -> None:
    """What has no command of its own here is done by the services, on the same database and keys."""
    office = Office.open(db, environment, SystemClock())  # type: ignore[arg-type]
    form, paper = tmp_path / "申请.yml", tmp_path / "材料.pdf"
    said = application(MemberKind.GUARANTOR, name="示范融资担保公司")
    form.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    paper.write_bytes(PDF)
    applied = await run("apply", str(form), "--by", "甲")
    member, code = applied["member"]["id"], said["code"]
    assert len(applied["invitation"]) > 20
    admin = await office.take_up(member, applied["invitation"])
    (letter,) = await office.hand_in(admin, member, "application_letter")
    assert (await run("document", "add", code, str(paper), "--kind", "licence", "--by", "乙"))[
        "uploaded_by"
    ] == "local:乙"
    refused = await run("step", member, "material_check", "--by", "甲", expect=1)
    assert refused["error"]["code"] == "same_person"
    await run("step", member, "material_check", "--by", "乙", "--note", "材料齐全", "--document", str(letter))
    refused = await run("step", member, "qualification_review", "--by", "乙", expect=1)
    assert refused["error"]["code"] == "same_person"
    await office.step(CHECKER, member, MemberState.QUALIFICATION_REVIEW)

    what = (member, "data-use", "2026.1")
    assert (await run("agreement", "accept", *what, "--by", "丁"))["accepted_by"] == "local:丁"
    refused = await run("agreement", "countersign", *what, "--by", "丁", expect=1)
    assert refused["error"]["code"] == "same_person"
    await run("agreement", "countersign", *what, "--by", "丙")
    await office.sign_agreements(admin, member)
    await office.try_sandbox(member, "subject:search", "information:read")
    (report,) = await office.hand_in(admin, member, "security_check", dated=office.clock.today())
    await run("document", "review", member, str(report), "passed", "--by", "丙")
    for state in ("agreement_signed", "sandbox_test", "security_check"):
        await office.step(CHECKER, member, MemberState(state))
    assert (await run("step", member, "online", "--by", "丙"))["state"] == "online"
    shown = await told("show", code)
    assert "示范融资担保公司" in shown and "材料齐全" in shown and "有启用的管理员账户" in shown
    assert "示范融资担保公司" in await told("list", "--state", "online", "--text", "融资担保")

    await run("suspend", member, "--note", "核查", "--by", "乙")
    await run("resume", member, "--by", "丙")
    await run("suspend", member, "--note", "申请退出", "--by", "乙")
    await office.hand_in(CHECKER, member, "destruction_statement")
    assert (await run("offboard", member, "--note", "申请退出", "--by", "丙"))["state"] == "offboarded"
    issued, forged, target = tmp_path / "证明.json", tmp_path / "改动.json", tmp_path / "取出.pdf"
    issued.write_text(await told("certificate", member), "utf-8")
    content = await run("verify-certificate", str(issued))
    assert content["member"]["code"] == code and content["issued_by"] == "本机用户 丙"
    forged.write_text(issued.read_text("utf-8").replace("示范融资担保公司", "另一家担保公司"), "utf-8")
    assert "签名不符" in await told("verify-certificate", str(forged), expect=1)
    listed = await run("document", "list", member)
    await told("document", "get", member, str(listed[-1]["id"]), str(target), "--by", "审计")
    assert target.read_bytes().startswith(PDF)


async def test_a_certificate_is_verified_without_a_node(tmp_path: Path, office: Office) -> None:
    member = (await office.apply()).member
    statement = Document(
        1, 1, "destruction_statement", "声明.pdf", "0" * 64, 1, None, None, None, "x", member.created_at
    )
    text = certificate.issue(
        sign, number="320000-D2026-000009", platform_code="320000", platform_name="示范省平台", member=member,
        since=None, statement=statement, issued_by="张三", at=member.created_at,
    )  # fmt: skip
    issued, key, other = tmp_path / "证明.json", tmp_path / "platform.pem", tmp_path / "other.pem"
    issued.write_text(text, "utf-8")
    key.write_bytes(KEY.public.to_pem())
    other.write_bytes(type(KEY).__name__.encode())
    shown = await told("verify-certificate", str(issued), "--key", str(key))
    assert "320000-D2026-000009" in shown and "未上线" in shown
    assert orjson.loads(text)["certificate"] == await run("verify-certificate", str(issued), "--key", str(key))
    for arguments, code in (
        (("verify-certificate", str(issued), "--key", str(other)), "key_format_invalid"),
        (("verify-certificate", str(key), "--key", str(key)), "certificate_invalid"),
    ):
        assert (await run(*arguments, expect=1))["error"]["code"] == code


@pytest.fixture
def office(db: Database, settings: Settings, clock: Any) -> Office:
    return Office.open(db, settings, clock)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "YAML"),
        (b"a: [", "YAML"),
        (b"- 1", "申请表有误"),
        (b"", "申请表有误"),
        (b"kind: bank\nstate: online", "state"),
    ],
)
async def test_a_wrong_form_is_refused_before_the_node_is_opened(tmp_path: Path, content: bytes, words: str) -> None:
    form = tmp_path / "form.yml"
    form.write_bytes(content)
    refused = await run("apply", str(form), "--by", "甲", expect=1)
    assert refused["error"]["code"] == "application_invalid" and words in refused["error"]["message"]


async def test_what_does_not_exist_is_said(environment: Settings, tmp_path: Path) -> None:
    paper = tmp_path / "x.pdf"
    paper.write_bytes(PDF)
    for arguments in (("step", "mnone", "material_check"), ("agreement", "accept", "mnone", "data-use", "2026.1")):
        refused = await run(*arguments, expect=1)
        assert refused["error"]["code"] == "member_not_found", arguments
