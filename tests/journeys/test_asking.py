"""The script of docs/inquiry.md, run as its readers run it: from the request for authorisation to the refusal after its
withdrawal."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import orjson
from journey_kit import Address, listening

from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.inquiry.evidence import InquiryCheck
from xinshu.ledger.audit import audit
from xinshu.members.events.check import EventCheck

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"```text\n(.*?)```", re.DOTALL)


async def test_from_the_request_to_the_refusal_after_withdrawal(settings: Settings) -> None:
    async with listening(settings, SystemClock()) as node:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "docs" / "examples" / "asking.py"), node.url, str(settings.home / "admin-token"),
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests" / "members")},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, faults = await process.communicate()
        assert process.returncode == 0, said.decode() + faults.decode()
        told = said.decode().partition("\n\n")[2]
        assert undated(told) == undated(printed()), told
        await compare_with_the_evidence(node)


def printed() -> str:
    """What the page says that the script prints."""
    found = SHOWN.search((ROOT / "docs" / "inquiry.md").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def undated(text: str) -> str:
    """Days and numbers of leaves differ from run to run."""
    return re.sub(r"第 \d+ 条", "第 N 条", re.sub(r"\d{4}年\d{1,2}月\d{1,2}日", "某日", text))


async def compare_with_the_evidence(node: Address) -> None:
    """Each answer and each step of the authorisation has its leaf; details and log agree."""
    await node.services.ledger.log.drain()
    leaves = await node.services.ledger.leaves(kinds=["inquiry", "consent"], size=200)
    said = [orjson.loads(leaf.content)["about"] for leaf in reversed(leaves)]
    steps = [about["event"] for about in said if "event" in about]
    asked = [about["items"] for about in said if "inquiry" in about and "17" in about["items"]]
    assert steps == ["request", "prepare", "sign", "revoke"]
    assert asked == [
        {"17": "consent_missing"}, {"1": "open_information", "15": "open_information", "17": "consented"},
        {"17": "consent_revoked"},
    ]  # fmt: skip
    details = [InquiryCheck(node.services.ledger.suite.digest), EventCheck()]
    count, faults = await audit(node.services.db, node.services.ledger, details)
    assert count > 50 and faults == []
