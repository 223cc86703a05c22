"""A signature checked without the platform, by the library and the command; each change is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from certificate_kit import issue
from consent_kit import FIRM, PASSWORD, Office, open_office
from typer.testing import CliRunner

from xinshu.cli import consent as command
from xinshu.consent.offline import FORM, verify
from xinshu.consent.signing import TrustAnchors
from xinshu.consent.signing.x509 import Certificate
from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings
from xinshu.store import Database

NONE = TrustAnchors([])
RUNNER = CliRunner()


def changed(file: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """A copy with one thing changed."""
    copy: dict[str, Any] = orjson.loads(orjson.dumps(file))
    change(copy)
    return copy


def code(file: Any, anchors: TrustAnchors = NONE) -> str:
    """Why a file is refused."""
    with pytest.raises(XinshuError) as caught:
        verify(file, anchors)
    return caught.value.code


async def test_a_passkeys_signature_is_proven_offline(office: Office, tmp_path: Path) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm)
    file = (await office.get(bank, f"/{consent}/signature")).json()
    found = verify(file, NONE)
    assert found.proven and (found.method, found.capacity) == ("passkey", "legal-representative")
    assert found.artefact.id == consent and len(found.checks) == 2

    evidence = file["signatures"][0]["evidence"]
    other = await office.active(bank, firm)
    elsewhere = (await office.get(bank, f"/{other}/signature")).json()

    def swap_artefact(one: dict[str, Any]) -> None:
        one["artefact"], one["digest"] = elsewhere["artefact"], elsewhere["digest"]

    def break_signature(one: dict[str, Any]) -> None:
        text = evidence["credential"]["response"]["signature"]
        one["signatures"][0]["evidence"]["credential"]["response"]["signature"] = text[:20] + "AAAA" + text[24:]

    def another_key(one: dict[str, Any]) -> None:
        one["signatures"][0]["evidence"]["public_key"] = (
            elsewhere["signatures"][0]["evidence"]["public_key"][:-4] + "AAAA"
        )

    for change, expected in (
        (lambda one: one.update(artefact=one["artefact"].replace('"revision":2', '"revision":3')), "artefact_invalid"),
        (lambda one: one.update(artefact=one["artefact"] + " "), "artefact_invalid"),
        (lambda one: one.update(digest="00" * 32), "artefact_invalid"),
        (lambda one: one.update(suite="gm"), "artefact_invalid"),
        (swap_artefact, "signature_refused"),
        (break_signature, "signature_refused"),
        (another_key, "signature_refused"),
        (lambda one: one["signatures"][0].update(capacity="delegate"), "signature_refused"),
        (lambda one: one["signatures"][0]["evidence"].pop("public_key"), "signature_refused"),
        (lambda one: one.update(form="other"), "signature_file_invalid"),
        (lambda one: one.update(signatures=[]), "signature_file_invalid"),
        (lambda one: one.update(suite="none"), "signature_file_invalid"),
        (lambda one: one.pop("artefact"), "signature_file_invalid"),
    ):
        assert code(changed(file, change)) == expected
    for nonsense in ([], "text", 7, None, {"form": FORM}):
        assert code(nonsense) == "signature_file_invalid"

    path = tmp_path / "授权.json"
    path.write_bytes(orjson.dumps(file))
    done = await asyncio.to_thread(
        RUNNER.invoke, command.app, ["verify-signature", str(path), "--anchors", str(tmp_path)]
    )
    assert done.exit_code == 0 and "签名有效" in done.output and "法定代表人" in done.output
    path.write_bytes(orjson.dumps(changed(file, break_signature)))
    bad = await asyncio.to_thread(
        RUNNER.invoke, command.app, ["verify-signature", str(path), "--anchors", str(tmp_path), "--json"]
    )
    assert (bad.exit_code, orjson.loads(bad.stdout)["error"]["code"]) == (1, "signature_refused")
    path.write_text("no json")
    assert RUNNER.invoke(command.app, ["verify-signature", str(path), "--anchors", str(tmp_path)]).exit_code == 1
    absent = RUNNER.invoke(command.app, ["verify-signature", str(tmp_path / "absent"), "--json"])
    assert orjson.loads(absent.stdout)["error"]["code"] == "signature_file_invalid"


async def test_a_certificates_signature_is_proven_offline(settings: Settings, db: Database, clock: FixedClock) -> None:
    root = issue(None, "示例根 CA", ca=True, days=3650)
    signer = issue(root, "示例公司", code=FIRM)
    anchors = TrustAnchors([Certificate(root.certificate)])
    async with open_office(settings, db, clock, anchors) as office:
        bank, firm = await office.bank(), await office.representative()
        consent = (await office.request(bank))["id"]
        prepared = await office.prepared(firm, consent)
        body = {
            "method": "certificate", "digest": prepared["digest"], "certificates": signer.pem(),
            "signature": signer.sign(prepared["content"].encode()),
        }  # fmt: skip
        assert (await office.post(firm, f"/{consent}/sign", body)).status_code == 200
        file = (await office.get(firm, f"/{consent}/signature")).json()
    assert verify(file, anchors).proven
    assert code(file, NONE) == "certificate_refused"
    late = changed(file, lambda one: one["signatures"][0].update(at="2027-06-01T00:00:00+00:00"))
    assert code(late, anchors) == "certificate_refused"


async def test_what_cannot_be_proven_says_so(office: Office, tmp_path: Path) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = (await office.request(bank))["id"]
    prepared = await office.prepared(firm, consent)
    body = {
        "method": "witnessed", "digest": prepared["digest"], "login": await office.login(firm), "password": PASSWORD,
        "code": office.code(firm),
    }  # fmt: skip
    assert (await office.post(firm, f"/{consent}/sign", body)).status_code == 200
    file = (await office.get(firm, f"/{consent}/signature")).json()
    assert not verify(file, NONE).proven
    path = tmp_path / "file.json"
    path.write_bytes(orjson.dumps(file))
    done = await asyncio.to_thread(
        RUNNER.invoke, command.app, ["verify-signature", str(path), "--anchors", str(tmp_path)]
    )
    assert done.exit_code == 1 and "没有可独立验证的签名" in done.output


async def test_commands_list_and_show(office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm, valid_to="2030-01-01", purpose="post_loan")
    assert settings.database_url is not None
    monkeypatch.setenv("XINSHU_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))

    async def run(*arguments: str) -> Any:
        answer = await asyncio.to_thread(RUNNER.invoke, command.app, list(arguments))
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer

    listed = orjson.loads((await run("list", "--json", "--subject", FIRM)).stdout)
    assert [one["id"] for one in listed["consents"]] == [consent]
    table = (await run("list")).output
    assert "共 1 件" in table
    assert orjson.loads((await run("list", "--state", "revoked", "--json")).stdout)["total"] == 0
    shown = orjson.loads((await run("show", consent, "--json")).stdout)
    assert [step["event"] for step in shown["steps"]] == ["request", "prepare", "sign"]
    assert "贷后管理" in (await run("show", consent)).output
    for unknown in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        answer = await run("show", unknown, "--json")
        assert (answer.exit_code, orjson.loads(answer.stdout)["error"]["code"]) == (1, "consent_not_found")
