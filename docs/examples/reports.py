"""A bank obtains a credit report of a firm that authorised it, as JSON and as a signed PDF; both are verified without
the platform; the firm sees who obtained it and withdraws; the report can be read no more.

As `asking.py`: the bank's system is a stock OAuth client. For a new, empty trial node of a checkout: `pip install
authlib httpx2 pyotp cbor2`, then run it with `PYTHONPATH=tests/members`, the platform's address and the file with its
bootstrap token.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2
from asking import FIRM, Owner, ask_for_authorisation, decide, expect, prepare, tell
from authlib.integrations.httpx_client import OAuth2Client
from cryptography import x509
from joining import refused

from xinshu.crypto.suites import suite
from xinshu.ledger import receipts
from xinshu.report.model import Report
from xinshu.report.proof.examining import examine

ORDER = {"subject": FIRM["uscc"], "variant": "pre_loan", "purpose": "pre_loan", "reference": "贷款申请 2026-0002"}


def obtain(session: OAuth2Client, platform: str) -> dict[str, Any]:
    """Ask for a report; asked again with the same key it is the same report, and one use of the authorisation."""
    key = {"Idempotency-Key": "2026-0002/report"}
    issued: dict[str, Any] = session.post(f"{platform}/v1/reports", json=ORDER, headers=key).raise_for_status().json()
    again = session.post(f"{platform}/v1/reports", json=ORDER, headers=key).raise_for_status().json()
    expect((again["number"], again["repeated"]) == (issued["number"], True), "同一幂等键是同一份报告")
    tell(f"银行取得报告,存证第 {issued['leaf']} 条;同一幂等键再要,还是这一份")
    return issued


def read_json(session: OAuth2Client, platform: str, issued: dict[str, Any]) -> bytes:
    """The JSON says of each item whether it is given, and why not."""
    content = session.get(platform + issued["links"]["json"]).raise_for_status().content
    report = Report.model_validate_json(content)
    expect(report.canonical() == content, "JSON 文件是规范形式")
    parts = {part.item: part for section in report.sections for part in section.parts}
    for item in ("1", "15", "17"):
        part = parts[item]
        why = f"({part.reason.zh})" if part.reason is not None else ""
        tell(f"  事项 {item} {part.title.zh}:{part.state} {len(part.rows)} 条{why}")
    expect(parts["17"].rows[0].values.keys() == {"period_from", "period_to", "sales_revenue"}, "只有授权的字段")
    return bytes(content)


def verify_offline(owner: Owner, platform: str, issued: dict[str, Any], document: bytes, pdf: bytes) -> None:
    """With the platform's key and certificate, kept before: the digest in the receipt, the signature on the PDF."""
    key = owner.get("/v1/ledger/key")
    receipt = owner.get(f"/v1/ledger/leaves/{issued['leaf']}/receipt")
    certificates = httpx2.get(f"{platform}/v1/public/report-certificate").raise_for_status().content
    proved = receipts.verify(receipt, suite(key["suite"]).load_public_key(key["public_key"].encode()))
    digest = hashlib.sha256(document).hexdigest()
    expect(proved["leaf"]["about"]["digest"] == digest == issued["digest"], "存证中的摘要是 JSON 文件的摘要")
    tell("离线验证 JSON:与存证中的摘要一致")
    trusted = x509.load_pem_x509_certificates(certificates)
    tell(f"离线验证 PDF:{examine(pdf, trusted).finding}")
    altered = pdf.replace(b"/Type", b"/Tipe", 1)
    tell(f"  改动一个字节后:{examine(altered, trusted).finding}")
    for name, content in (("PDF", pdf), ("JSON", document), ("改动过的 PDF", altered)):
        said = httpx2.post(f"{platform}/v1/public/reports/verify", content=content).raise_for_status().json()
        tell(f"任何人上传 {name} 核验:{said['code']}")
    known = httpx2.get(f"{platform}/v1/public/reports/{issued['check_code']}").raise_for_status().json()
    expect("示范银行" not in json.dumps(known, ensure_ascii=False), "不说谁取得")
    tell(f"按核验码核验:{known['standing']},{known['subject']}")


def look(owner: Owner, issued: dict[str, Any]) -> None:
    """The firm sees who obtained what, may not read the bank's copy, and obtains one of its own."""
    (line,) = owner.get(f"/v1/subjects/{FIRM['uscc']}/reports")
    expect((line["number"], line["reference"]) == (issued["number"], None), "企业看到,但看不到银行的业务编号")
    tell(f"企业看到:{line['reader_name']}为 {line['purpose']} 取得 {line['variant']} 报告")
    tell(f"  企业读银行的那一份:拒绝 {refused(lambda: owner.get('/v1/reports/' + issued['number']))}")
    own = owner.post("/v1/reports", {"subject": FIRM["uscc"]})
    tell(f"  企业给自己出具一份:{own['reader_kind']}")


def main(platform: str, token: str, folder: Path) -> None:
    """The story."""
    system, owner = prepare(platform, token, folder)
    with system.connect() as session:
        consent = ask_for_authorisation(session, platform)
        decide(owner, consent)
        tell("")
        issued = obtain(session, platform)
        document = read_json(session, platform, issued)
        pdf = session.get(platform + issued["links"]["pdf"]).raise_for_status().content
        verify_offline(owner, platform, issued, document, pdf)
        look(owner, issued)
        tell(f"企业撤回:{owner.post(f'/v1/consents/{consent}/revoke')['state_name']}")
        for form in ("json", "html", "pdf"):
            answer = session.get(platform + issued["links"][form])
            expect(answer.status_code == 403, "撤回后不能再读")
            tell(f"银行再读 {form}:拒绝 {answer.json()['code']}")


if __name__ == "__main__":
    address, token_file = sys.argv[1:]
    with tempfile.TemporaryDirectory() as keys:
        main(address, Path(token_file).read_text().strip(), Path(keys))
