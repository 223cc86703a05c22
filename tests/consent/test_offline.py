"""A signature checked without the platform, by the library and the command; each change is found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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
from xinshu.crypto.suites import INTL
from xinshu.ledger import Entry, Ledger, receipts
from xinshu.store import Database

NONE = TrustAnchors([])
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
RUNNER = CliRunner()


def changed(file: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """A copy with one thing changed."""
    copy: dict[str, Any] = orjson.loads(orjson.dumps(file))
    change(copy)
    return copy


def code(file: Any, anchors: TrustAnchors = NONE, leaf: Any = None, now: datetime = NOW) -> str:
    """Why a file is refused."""
    with pytest.raises(XinshuError) as caught:
        verify(file, anchors, now, leaf)
    return caught.value.code


async def recorded(office: Office, folder: Path, consent: str) -> tuple[dict[str, Any], str]:
    """The receipt of the step by which an authorisation was signed, and the platform's public key."""
    where = folder / "checkpoints.jsonl"
    ledger = await Ledger.open(office.db, office.house.vault, office.clock, "intl", "xinshu/320000", where)
    ledger.log.start()
    await ledger.append(Entry("inquiry", office.clock.now()))  # and all that waits comes in with it
    (row,) = await office.house.sql(
        "select index from leaf where content::jsonb -> 'about' ->> 'consent' = $1 "
        "and content::jsonb -> 'about' ->> 'event' in ('sign', 'attest')", consent,
    )  # fmt: skip
    receipt = orjson.loads(orjson.dumps(await ledger.receipt(row["index"])))
    await ledger.log.stop()
    return receipt, ledger.public_key.to_pem().decode()


def leaf_of(receipt: dict[str, Any], public: str) -> dict[str, Any]:
    """What the receipt proves."""
    leaf: dict[str, Any] = receipts.verify(receipt, INTL.load_public_key(public.encode()))["leaf"]
    return leaf


async def test_a_passkeys_signature_is_proven_offline(office: Office, tmp_path: Path) -> None:
    bank, firm = await office.bank(), await office.representative()
    consent = await office.active(bank, firm)
    file = (await office.get(bank, f"/{consent}/signature")).json()
    found = verify(file, NONE, NOW)
    assert not found.proven and not found.recorded  # the key comes with the file: whose it is, nothing says
    assert (found.method, found.capacity) == ("passkey", "legal-representative")
    receipt, public = await recorded(office, tmp_path, consent)
    leaf = leaf_of(receipt, public)
    found = verify(file, NONE, NOW, leaf)
    assert found.proven and found.recorded and found.at == NOW
    assert found.artefact.id == consent and len(found.checks) == 3

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

    later, _ = await recorded(office, tmp_path, other)
    for wrong in (
        leaf_of(later, public),  # of another authorisation
        {**leaf, "about": {**leaf["about"], "key_digest": "00" * 32}},
        {**leaf, "about": {name: value for name, value in leaf["about"].items() if name != "key_digest"}},
        {**leaf, "about": {**leaf["about"], "event": "request"}},
        {**leaf, "principal": "account:another"},
        {**leaf, "subject": "91320281142232229Q"},
        {**leaf, "kind": "inquiry"},
        {**leaf, "about": {}},
        {**leaf, "at": "yesterday"},
        {},
    ):
        assert code(file, leaf=wrong) == "signature_refused"

    path, kept, key = tmp_path / "授权.json", tmp_path / "回执.json", tmp_path / "平台.pem"
    path.write_bytes(orjson.dumps(file))
    kept.write_bytes(orjson.dumps(receipt))
    key.write_text(public)

    async def run(*more: str) -> Any:
        arguments = ["verify-signature", str(path), "--anchors", str(tmp_path / "none"), *more]
        return await asyncio.to_thread(RUNNER.invoke, command.app, arguments)

    alone = await run()
    assert alone.exit_code == 1 and "没有存证证明" in alone.output and "不能证明" in alone.output
    done = await run("--receipt", str(kept), "--key", str(key))
    assert done.exit_code == 0
    assert all(words in done.output for words in ("签名有效", "法定代表人", "出自存证"))
    without = await run("--receipt", str(kept), "--json")
    assert orjson.loads(without.stdout)["error"]["code"] == "signature_file_invalid"
    absent = await run("--receipt", str(kept), "--key", str(tmp_path / "absent"), "--json")
    assert orjson.loads(absent.stdout)["error"]["code"] == "signature_file_invalid"
    key.write_text(INTL.generate_key().public.to_pem().decode())  # a key of somebody else
    assert (await run("--receipt", str(kept), "--key", str(key))).exit_code == 1
    path.write_bytes(orjson.dumps(changed(file, break_signature)))
    bad = await run("--json")
    assert (bad.exit_code, orjson.loads(bad.stdout)["error"]["code"]) == (1, "signature_refused")
    path.write_text("no json")
    assert (await run()).exit_code == 1
    absent = RUNNER.invoke(command.app, ["verify-signature", str(tmp_path / "absent"), "--json"])
    assert orjson.loads(absent.stdout)["error"]["code"] == "signature_file_invalid"


async def test_a_certificates_signature_is_proven_offline(
    settings: Settings, db: Database, clock: FixedClock, tmp_path: Path
) -> None:
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
        receipt, public = await recorded(office, tmp_path, consent)
    leaf = leaf_of(receipt, public)
    assert leaf["about"]["key_digest"] == leaf["about"]["key"]
    assert verify(file, anchors, NOW).proven
    assert code(file, NONE) == "certificate_refused"
    late = changed(file, lambda one: one["signatures"][0].update(at="2027-06-01T00:00:00+00:00"))
    assert code(late, anchors) == "signature_refused"  # from the future
    after = NOW + timedelta(days=400)
    assert code(late, anchors, now=after) == "certificate_refused"
    naive = changed(file, lambda one: one["signatures"][0].update(at="2026-06-01T00:00:00"))
    assert code(naive, anchors) == "signature_file_invalid"

    # The key was stolen after the certificate had ended: the thief writes an earlier day into the file.
    dated_back = changed(file, lambda one: one["signatures"][0].update(at="2026-02-01T00:00:00+00:00"))
    found = verify(dated_back, anchors, after)
    assert not found.proven and "倒填" in " ".join(found.checks)
    assert not verify(file, anchors, after).proven
    kept = verify(dated_back, anchors, after, leaf)  # the ledger's time counts, whatever the file says
    assert kept.proven and kept.recorded and kept.at == NOW
    ended = {**leaf, "at": after.isoformat()}
    assert code(dated_back, anchors, ended, after) == "certificate_refused"


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
    assert not verify(file, NONE, NOW).proven
    leaf = leaf_of(*await recorded(office, tmp_path, consent))
    found = verify(file, NONE, NOW, leaf)
    assert found.recorded and not found.proven and "存证回执记有这一签署" in found.checks[-1]
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
