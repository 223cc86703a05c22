"""kill -9 in the middle of a batch of inquiries, four times: nothing is answered twice, nothing that was is missing."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from collect_kit import Node, code_of, firms
from push_kit import lines_of, open_banks

from xinshu.inquiry.batches.model import BatchState, Order
from xinshu.jobs import JobNotNowError
from xinshu.ledger.audit import audit

pytestmark = pytest.mark.full  # minutes; the capability is not routed by a node yet

FIRMS = 60


async def test_killed_again_and_again_it_comes_to_its_end(node: Node) -> None:
    await node.publish(firms(FIRMS))
    banks = await open_banks(node)
    for serial in range(1, FIRMS + 1):
        await banks.consent(serial, ["17"])
    who = await banks.person()
    codes = tuple(code_of(serial) for serial in range(1, FIRMS + 1))
    batch, _ = await banks.batches.submit(Order((*codes, "nonsense"), "post_loan", ("1", "17")), "k", who)
    order = {"dsn": node.db.dsn, "home": str(node.services.settings.home), "batch": str(batch.id)}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(Path(__file__).with_name("batch_crash_driver.py"))],
        input=json.dumps(order), capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [signal.SIGKILL] * 4
    assert (await banks.batches.batch(batch.id)).state is BatchState.RUNNING
    assert await banks.batches.unfinished() == [batch.id]
    for _ in range(100):  # the killed process's connection may take a moment to fall
        try:
            await banks.work.process(batch.id)
            break
        except JobNotNowError:
            await asyncio.sleep(0.05)
    shown = await banks.batches.batch(batch.id)
    assert (shown.state, shown.done, shown.answered) == (BatchState.FINISHED, FIRMS + 1, FIRMS)

    lines = lines_of(b"".join([piece async for piece in await banks.batches.result(shown, who)]))
    assert [line["position"] for line in lines] == list(range(1, FIRMS + 2))
    answers = {line["answer"]["inquiry"]: line["answer"] for line in lines[:FIRMS]}
    recorded = await node.table("select id, leaf, subject_code from inquiry order by leaf")
    assert {str(row["id"]): row["leaf"] for row in recorded} == {one: about["leaf"] for one, about in answers.items()}
    assert sorted(row["subject_code"] for row in recorded) == sorted(codes)  # each once
    assert {about["repeated"] for about in answers.values()} == {True, False}
    leaves = await node.services.ledger.leaves(kinds=["inquiry"], size=1000)
    assert sorted(leaf.index for leaf in leaves) == [row["leaf"] for row in recorded]
    assert (await audit(node.db, node.services.ledger))[1] == []
