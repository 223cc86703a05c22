"""The script of docs/joining.md, run as its readers run it: a stock OAuth client and persons over real HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

from journey_kit import Address, listening
from typer.testing import CliRunner

from xinshu.cli.member import app as member
from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = re.compile(r"```text\n(.*?)```", re.DOTALL)
BANK = "91320100XN00XGN47N"


async def test_from_the_application_to_the_certificate(settings: Settings, tmp_path: Path) -> None:
    async with listening(settings, SystemClock()) as node:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(DOCS / "examples" / "joining.py"), node.url, str(settings.home / "admin-token"),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, faults = await process.communicate()
        assert process.returncode == 0, faults.decode()
        assert without_year(said.decode()) == without_year(printed())
        await compare_with_the_records(node)
        await certificate_holds(node, tmp_path)
    assert not (settings.home / "admin-token").exists()


def printed() -> str:
    """What the page says that the script prints."""
    found = SHOWN.search((DOCS / "joining.md").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def without_year(text: str) -> str:
    """Certificates are numbered by the year."""
    return re.sub(r"-D\d{4}-", "-D-", text)


async def compare_with_the_records(node: Address) -> None:
    """Who did what, as the platform keeps it."""
    async with node.services.db.acquire() as conn:
        steps = await conn.fetch(
            "select s.to_state, s.actor_name, s.actor from member_step s join member m on m.id = s.member_id "
            "where m.code = $1 order by s.id", BANK,
        )  # fmt: skip
        codes = {row["code"] for row in await conn.fetch("select code from access_event")}
        tried = await conn.fetch("select member_id, action, succeeded from sandbox_call")
    by = {row["to_state"]: row["actor_name"] for row in steps}
    assert [row["to_state"] for row in steps] == [
        "applied", "material_check", "qualification_review", "agreement_signed", "sandbox_test", "security_check",
        "online", "suspended", "online", "suspended", "offboarded",
    ]  # fmt: skip
    assert (by["material_check"], by["qualification_review"], by["online"]) == ("初审员", "复审员", "复审员")
    assert len({row["actor"] for row in steps}) == 4  # nobody signed in (the applicant), two officers, security
    assert {(row["action"], row["succeeded"] > 0) for row in tried} == {
        ("batch:create", True), ("batch:read", True), ("subject:search", True), ("information:read", True),
    }  # fmt: skip
    assert {
        "operator_created", "bootstrap_refused", "token_issued", "key_revoked", "member_not_online", "client_closed",
        "same_person", "offboarded",
    } <= codes  # fmt: skip


async def certificate_holds(node: Address, folder: Path) -> None:
    """By the command that anybody has, without the node."""
    async with node.services.db.acquire() as conn:
        text = await conn.fetchval("select certificate from member_certificate")
    certificate, key = folder / "certificate.json", folder / "platform.pem"
    await asyncio.to_thread(certificate.write_text, text, encoding="utf-8")
    await asyncio.to_thread(key.write_bytes, node.services.ledger.public_key.to_pem())
    command = ["verify-certificate", str(certificate), "--key", str(key)]
    checked = await asyncio.to_thread(CliRunner().invoke, member, [*command, "--json"])
    assert (checked.exit_code, json.loads(checked.stdout)["member"]["code"]) == (0, BANK)
    await asyncio.to_thread(certificate.write_text, text.replace("示范银行", "另一银行"), encoding="utf-8")
    assert (await asyncio.to_thread(CliRunner().invoke, member, command)).exit_code == 1
