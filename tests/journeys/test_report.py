"""The script `docs/examples/reports.py`: a credit report from the firm's authorisation to the refusal after withdrawal.

The bank's system is a stock OAuth client, the firm's owner signs with a passkey, the files are verified offline.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import orjson
from journey_kit import Address, listening
from test_asking import undated

from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.inquiry.evidence import InquiryCheck
from xinshu.ledger.audit import DetailCheck, audit
from xinshu.members.events.check import EventCheck
from xinshu.report.evidence import ReportCheck

ROOT = Path(__file__).parents[2]
TOLD = """\
银行取得报告,存证第 N 条;同一幂等键再要,还是这一份
  事项 1 登记、变更、注销(企业、个体工商户、农民专业合作社):given 1 条
  事项 15 纳税信用级别:cut 1 条(公开共享的信息;企业保密的内容不提供(企业的授权不含此事项);就此事项向企业发起授权申请)
  事项 17 申报与缴纳(增值税、所得税等):cut 3 条(企业已授权提供“申报与缴纳(增值税、所得税等)”)
离线验证 JSON:与存证中的摘要一致
离线验证 PDF:report_genuine
  改动一个字节后:report_altered
任何人上传 PDF 核验:report_genuine
任何人上传 JSON 核验:report_genuine
任何人上传 改动过的 PDF 核验:report_altered
按核验码核验:valid,示范******有限公司
企业看到:示范银行为 pre_loan 取得 pre_loan 报告
  企业读银行的那一份:拒绝 report_not_own
  企业给自己出具一份:firm
企业撤回:已撤回
银行再读 json:拒绝 report_consent_ended
银行再读 html:拒绝 report_consent_ended
银行再读 pdf:拒绝 report_consent_ended
"""


async def test_from_the_authorisation_to_the_refusal_after_withdrawal(settings: Settings) -> None:
    async with listening(settings, SystemClock()) as node:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "docs" / "examples" / "reports.py"), node.url,
            str(settings.home / "admin-token"),
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests" / "members")},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, faults = await process.communicate()
        assert process.returncode == 0, said.decode() + faults.decode()
        assert undated(said.decode().partition("\n\n")[2]) == TOLD, said.decode()
        await compare_with_the_evidence(node)


async def compare_with_the_evidence(node: Address) -> None:
    """Each report and each reading of it has its leaf; details and log agree."""
    await node.services.ledger.log.drain()
    leaves = await node.services.ledger.leaves(kinds=["report", "report_read"], size=200)
    kinds = [leaf.kind for leaf in reversed(leaves)]
    assert kinds.count("report") == 2  # the bank's and the firm's own
    digest = node.services.ledger.suite.digest
    details: list[DetailCheck] = [InquiryCheck(digest), ReportCheck(digest), EventCheck()]
    count, faults = await audit(node.services.db, node.services.ledger, details)
    assert count > 50 and faults == []
    assert orjson.loads(leaves[-1].content)["about"]["variant"] == "pre_loan"
