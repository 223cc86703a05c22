"""The demo over a small world: admitted by real steps, taken up where it was interrupted, found again by a second run.

The whole of it, with all items, is what `make demo` runs.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyotp
import pytest
from cryptography import x509
from typer.testing import CliRunner

from xinshu.cli.demo import AS_OF, NotADemoError, _with_receiver, app, play
from xinshu.cli.demonstration.calls import RefusedError, going
from xinshu.cli.demonstration.carrying import MANY
from xinshu.cli.demonstration.crew import Crew
from xinshu.cli.demonstration.logins import FILE, Logins
from xinshu.core.clock import SystemClock
from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.crypto.suites import suite
from xinshu.ledger import receipts
from xinshu.members.accounts.totp import STEP
from xinshu.node.app import build_node
from xinshu.node.services import Services, open_services
from xinshu.report.model import Report
from xinshu.report.proof.examining import Finding, examine
from xinshu.synth import World


class Wall(SystemClock):
    """The machine's clock, which systems tell in their assertions; it can be put forward a little."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
def clock() -> Wall:
    """Now."""
    return Wall()


@pytest.fixture
async def services(settings: Settings, clock: Wall) -> AsyncIterator[Services]:
    """A node as it is started."""
    async with open_services(_with_receiver(settings), clock) as opened:
        yield opened


async def rows(services: Services, sql: str) -> list[dict[str, Any]]:
    """What the database holds."""
    async with services.db.acquire() as conn:
        return [dict(row) for row in await conn.fetch(sql)]


async def test_the_demo_plays_and_plays_again(services: Services, clock: Wall, tmp_path: Path) -> None:
    home = services.settings.home
    manifest = World(1, 100, AS_OF, definitions=services.settings.definitions).write(tmp_path, ["1"], beside=False)
    await _interrupted(services)
    await play(services, tmp_path, manifest)

    members = {row["kind"]: row for row in await rows(services, "select * from member")}
    assert {kind: row["state"] for kind, row in members.items()} == dict.fromkeys(
        ("operator", "provider", "bank"), "online"
    )
    for kind in ("provider", "bank"):  # four eyes: who checked the material did not put it online
        steps = await rows(services, f"select * from member_step where member_id = '{members[kind]['id']}' order by id")
        assert [step["to_state"] for step in steps] == [
            "applied", "material_check", "qualification_review", "agreement_signed", "sandbox_test", "security_check",
            "online",
        ]  # fmt: skip
        by = {step["to_state"]: step["actor"] for step in steps}
        assert by["applied"] == "anonymous"
        assert by["material_check"] not in (by["qualification_review"], by["online"])
    batches = await rows(services, "select member_id, state, item from batch order by id")
    published = {"member_id": members["provider"]["id"], "state": "published"}
    assert batches == [published | {"item": item} for item in ("1", "2")]  # the register's files, the pushed change

    receipt, key = orjson.loads((home / "demo-receipt.json").read_bytes()), (home / "demo-platform.pem").read_bytes()
    leaf = receipts.verify(receipt, suite("intl").load_public_key(key))["leaf"]
    assert (leaf["kind"], leaf["member"]) == ("inquiry", members["bank"]["id"])
    assert {leaf["about"]["items"]["1"], leaf["about"]["items"]["17"]} == {"open_information", "consent_missing"}
    accounts = await rows(services, "select login, state, totp_sealed is not null as totp from account order by login")
    assert [(one["login"], one["state"], one["totp"]) for one in accounts] == [
        (login, "active", True)
        for login in ("demo.admin", "demo.bank", "demo.credit", "demo.firm", "demo.samr", "demo.wu", "demo.zhou")
    ]
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in (home / "demo-keys").glob("*.private.pem"))
    assert not (home / "admin-token").exists()

    await _evaluated_and_reported(services)
    tables = ("member_step", "member_document", "account", "client", "client_key", "evaluation_model")
    before = {table: await rows(services, f"select count(*) from {table}") for table in tables}
    clock.ahead = timedelta(seconds=2 * STEP)  # one-time codes serve once
    await play(services, tmp_path, manifest)
    assert {table: await rows(services, f"select count(*) from {table}") for table in tables} == before
    inquiries = await rows(services, f"select member_id from inquiry where member_id = '{members['bank']['id']}'")
    assert len(inquiries) == 2 * (3 + MANY + 1 + 2)  # open, authorised, revoked; a batch; a push; reports; in both runs
    held = await rows(services, "select purpose from consent where state = 'active' order by purpose")
    assert [one["purpose"] for one in held] == ["loan_approval", "post_loan"]  # of the first run, used again
    webhooks = await rows(services, "select state from webhook")
    assert [one["state"] for one in webhooks] == ["closed", "closed"]
    failed = await rows(services, "select * from access_event where kind = 'sign_in' and code <> 'signed_in'")
    assert failed == []


async def _evaluated_and_reported(services: Services) -> None:
    """Models came into force by two persons; the bank has reports as files, which hold when looked at by anybody."""
    models = await rows(services, "select * from evaluation_model order by id")
    assert [one["id"] for one in models] == ["agriculture", "general", "individual-business"]
    for one in models:
        assert one["state"] == "in_force"
        assert one["created_by"] == one["validated_by"] != one["approved_by"] == one["started_by"]
    assert len(await rows(services, "select 1 from evaluation_result")) > 50
    reports = await rows(services, "select variant, purpose, reader_kind, number from report order by leaf")
    assert [(one["variant"], one["purpose"], one["reader_kind"]) for one in reports] == [
        ("pre_loan", "loan_approval", "institution"), ("post_loan_change", "post_loan", "institution"),
    ]  # fmt: skip
    home = services.settings.home
    told = Report.model_validate_json((home / "demo-report.json").read_bytes())
    assert (told.number, told.evaluation is not None) == (reports[0]["number"], True)
    assert told.number in (home / "demo-report.html").read_text(encoding="utf-8")
    certificates = await services.report.verifier.certificates()
    trusted = x509.load_pem_x509_certificates(certificates.encode())
    assert examine((home / "demo-report.pdf").read_bytes(), trusted).finding is Finding.GENUINE


async def _interrupted(services: Services) -> None:
    """An earlier run that ended when it had an administrator without a second factor, and a staff member invited."""
    logins, node = Logins.load(services.settings.home, services.clock), build_node(services)
    async with going(node):
        crew = Crew(node, services.settings, logins)
        await crew.admin()
        logins.people["demo.admin"].totp = None  # as if it had ended before it could be written down
        await crew.first()
    logins.people.pop("demo.zhou")
    logins.save()
    async with services.db.acquire() as conn:
        await conn.execute("update account set totp_sealed = null where login = 'demo.admin'")
        await conn.execute("update account set state = 'invited' where login = 'demo.zhou'")


async def test_a_node_that_is_in_use_is_left_alone(services: Services, tmp_path: Path) -> None:
    node = build_node(services)
    async with going(node):
        await Crew(node, services.settings, Logins.load(services.settings.home, services.clock)).admin()
    (services.settings.home / FILE).unlink()
    with pytest.raises(NotADemoError):
        await play(services, tmp_path, {"files": []})


async def test_a_refusal_is_told_in_the_nodes_own_words(services: Services) -> None:
    node = build_node(services)
    async with going(node):
        crew = Crew(node, services.settings, Logins.load(services.settings.home, services.clock))
        with pytest.raises(RefusedError) as caught:
            await crew.caller().get("/v1/batches")
    assert (caught.value.said, caught.value.message) == ("unauthorised", "没有登录或没有提供令牌")


async def test_a_code_serves_once(tmp_path: Path) -> None:
    logins = Logins.load(tmp_path, SystemClock())
    about = logins.get("somebody", "某人", "角色")
    about.totp = pyotp.random_base32()
    codes = [await logins.one_time(about) for _ in range(2)]
    assert codes[0] != codes[1]
    assert pyotp.TOTP(about.totp).verify(codes[1], for_time=datetime.now(UTC) + timedelta(seconds=STEP), valid_window=1)
    about.recovery = ["one", "two"]
    assert [await logins.proof(about) for _ in range(2)] == ["two", "one"]  # sooner than a third code of the clock
    again = Logins.load(tmp_path, SystemClock()).people["somebody"]
    assert (again.password, again.step, again.recovery) == (about.password, about.step, [])


def test_passwords_are_made_at_random(tmp_path: Path) -> None:
    logins = Logins.load(tmp_path, SystemClock())
    passwords = {logins.get(f"somebody-{number}", "某人", "角色").password for number in range(20)}
    assert len(passwords) == 20
    assert all(len(one) == 19 for one in passwords)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"people": [{"login": "x"}], "firm": ""}'])
def test_a_file_that_is_not_ours(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SettingError):
        Logins.load(tmp_path, SystemClock())


async def test_the_code_of_a_login(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.home.mkdir()
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))
    logins = Logins.load(settings.home, SystemClock())
    about = logins.get("demo.somebody", "某人", "角色")
    about.totp = pyotp.random_base32()
    logins.save()
    shown = await asyncio.to_thread(CliRunner().invoke, app, ["--code", "demo.somebody"])
    assert shown.exit_code == 0
    assert shown.output.strip().isdigit()
    assert len(shown.output.strip()) == 6
    unknown = await asyncio.to_thread(CliRunner().invoke, app, ["--code", "demo.nobody"])
    assert unknown.exit_code == 1
