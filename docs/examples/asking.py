"""A bank asks a firm for authorisation, the firm narrows and signs it, the bank reads just that, the firm sees it and
withdraws.

The bank's system is a stock OAuth client, persons act over HTTP as browsers do, the firm's owner has a passkey in a
software authenticator. For a new, empty trial node of a checkout: `pip install authlib httpx2 pyotp cbor2`, then run it
with `PYTHONPATH=tests/members`, the platform's address and the file with its bootstrap token.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from joining import BANK, DEPARTMENT, FIRMS, PASSWORD, TODAY, Member, System, officers, refused, tell, try_sending
from joining import try_reading as try_asking
from persons import Person
from soft_authenticator import SoftAuthenticator, unb64

YEAR = int(TODAY[:4]) - 1
DAYS = timedelta(days=30)
FIRM = FIRMS[0]
TAX = {
    "code": "12320000XN00XGP57D", "name": "示范省税务数据中心", "kind": "provider", "provider_code": "tax",
    "items": ["15", "17"], "regions": ["32"],
    "licence": {"kind": "事业单位法人证书", "number": "132000000002", "valid_to": "2099-12-31"},
    "contacts": [{"name": "钱联系", "duty": "数据处", "phone": "025-66669999"}],
    "administrator": {"login": "qian.guanli", "name": "钱管理"},
}  # fmt: skip
ABOUT = {"uscc": FIRM["uscc"], "subject_name": FIRM["subject_name"], "authority": "国家税务总局示范市税务局"}
GRADES = [
    ABOUT | {
        "evaluation_year": str(YEAR), "tax_credit_grade": "A", "evaluation_score": "93.5", "evaluation_kind": "1",
        "evaluated_date": f"{YEAR}-12-01",
    }
]  # fmt: skip
DECLARATIONS = [
    ABOUT | {
        "tax_type": "10101", "period_from": f"{YEAR}-{month}-01", "period_to": f"{YEAR}-{month}-28",
        "declared_date": f"{YEAR}-{month}-28", "declaration_status": "1", "sales_revenue": f"{month}00000.00",
        "tax_payable": "0", "tax_due": "0", "paid_amount": "0",
    }
    for month in ("10", "11", "12")
]  # fmt: skip
ASKED = {"15": None, "17": None}  # item → fields, all of them
GIVEN = {"17": ["period_from", "period_to", "sales_revenue"]}


def expect(holds: bool, what: str) -> None:
    """Ends the script where the platform does something else than it says."""
    if not holds:
        raise SystemExit(f"平台没有做到:{what}")


def send(session: OAuth2Client, platform: str, item: str, rows: list[dict[str, Any]]) -> str:
    """Hand in rows and wait until the batch is through; its state."""
    answer = session.post(f"{platform}/v1/batches/rows", json={"item": item, "rows": rows})
    while answer.raise_for_status().json()["state"] not in ("published", "failed", "rejected", "held"):
        answer = session.get(f"{platform}/v1/batches/{answer.json()['id']}")
    return str(answer.json()["state"])


def try_declaring(member: Member) -> None:
    """Sandbox test of the tax department."""
    with System(member, "沙箱", "provider-system", sandbox=True).connect() as session:
        send(session, member.platform, "17", DECLARATIONS)


class Owner(Person):
    """The firm's legal representative: no password, a passkey on the telephone."""

    def __init__(self, platform: str, login: str) -> None:
        super().__init__(platform, login, PASSWORD)
        self.telephone = SoftAuthenticator(rp_id=urlsplit(platform).hostname or "", origin=platform)

    def sign_up(self, application: dict[str, Any]) -> None:
        """An account of its own, with a passkey; until the platform has looked at the papers it sees nothing else."""
        self.post("/v1/firm-accounts", application | {"login": self.login})
        asked = self.post("/v1/passkeys/options")
        self.telephone.user_handle = unb64(asked["user"]["id"])
        credential = self.telephone.create(unb64(asked["challenge"]))
        self.post("/v1/passkeys", {"name": "手机", "credential": credential})

    def sign_in(self) -> Any:
        """With the passkey."""
        asked = self.post("/v1/passkeys/sign-in/options", {"login": self.login})
        return self.post("/v1/passkeys/sign-in", {"credential": self.telephone.get(unb64(asked["challenge"]))})

    def sign(self, consent: str, narrower: dict[str, Any]) -> dict[str, Any]:
        """Take away what should not be given, and sign the rest: what is signed is the digest of what is shown."""
        prepared = self.post(f"/v1/consents/{consent}/prepare", narrower)
        shown = hashlib.sha256(prepared["content"].encode()).hexdigest()
        expect(shown == prepared["digest"], "摘要是所示内容的摘要")
        proof = self.telephone.get(unb64(prepared["passkey"]["challenge"]))
        signature = {"method": "passkey", "digest": shown, "credential": proof}
        signed: dict[str, Any] = self.post(f"/v1/consents/{consent}/sign", signature)
        return prepared | signed


def inquire(session: OAuth2Client, platform: str, items: list[str], key: str) -> httpx2.Response:
    """One inquiry; the key makes a second attempt the same inquiry."""
    question = {"subject": FIRM["uscc"], "purpose": "pre_loan", "items": items, "reference": "贷款申请 2026-0001"}
    answer = session.post(f"{platform}/v1/inquiries", json=question, headers={"Idempotency-Key": key})
    answer.raise_for_status()
    return answer


def items_of(answer: httpx2.Response) -> dict[str, Any]:
    """Item → its part of the answer."""
    return {one["item"]: one for one in answer.json()["items"]}


def words(one: dict[str, Any]) -> str:
    """What the gate says of an item."""
    decision = one["decision"]
    return f"{decision['code']}:{decision['reason']}" + (f";{decision['remedy']}" if decision["remedy"] else "")


def prepare(platform: str, token: str, folder: Path) -> tuple[System, Owner]:
    """Departments that send, a bank with a system, a firm whose owner has signed up."""
    _, checker, approver, _ = officers(platform, token)
    tell("登记部门、税务部门、银行入驻")
    registry = Member(platform, folder, DEPARTMENT)
    registry.join(checker, approver, try_sending)
    tax = Member(platform, folder, TAX)
    tax.join(checker, approver, try_declaring)
    for member, batches in ((registry, {"1": FIRMS}), (tax, {"15": GRADES, "17": DECLARATIONS})):
        with System(member, "前置机", "provider-system", sandbox=False).connect() as session:
            for item, rows in batches.items():
                expect(send(session, platform, item, rows) == "published", f"事项 {item} 归集")
    bank = Member(platform, folder, BANK)
    bank.join(checker, approver, try_asking)
    owner = Owner(platform, "li.mingyuan")
    papers = {"code": FIRM["uscc"], "name": FIRM["legal_person"], "citizen_no": "11010519491231002X"}
    owner.sign_up(papers | {"telephone": "13800000000"})
    (waiting,) = approver.get("/v1/firm-accounts", state="pending")["accounts"]
    decision = {"approve": True, "note": "核对了营业执照和身份证原件"}
    approver.post(f"/v1/firm-accounts/{waiting['id']}/decision", decision)
    owner.sign_in()
    return System(bank, "信贷核心", "institution-system", sandbox=False), owner


def ask_for_authorisation(session: OAuth2Client, platform: str) -> str:
    """The bank's system asks; what it leaves out has the purpose's limits. The request's number."""
    wanted = {"subject": FIRM["uscc"], "purpose": "pre_loan", "items": ASKED, "max_calls": 10}
    made = session.post(f"{platform}/v1/consents", json=wanted).raise_for_status().json()
    tell(f"银行申请授权:{made['purpose_name']},{made['state_name']}")
    return str(made["id"])


def decide(owner: Owner, consent: str) -> None:
    """The owner reads who wants what, takes an item, fields and days away, and signs."""
    (found,) = owner.get("/v1/consents", state="pending")["consents"]
    expect(found["id"] == consent, "申请在企业的待办中")
    tell("企业看到:")
    for line in owner.get(f"/v1/consents/{consent}")["summary"]:
        tell(f"  {line['heading']}:{line['words']}")
    last = (date.fromisoformat(TODAY) + DAYS).isoformat()
    signed = owner.sign(consent, {"items": GIVEN, "valid_to": last, "max_calls": 3})
    tell("企业缩小后用通行密钥签署:")
    for line in signed["summary"]:
        tell(f"  {line['heading']}:{line['words']}")
    tell(f"授权{signed['state_name']}")


def read_what_was_given(session: OAuth2Client, platform: str, consent: str) -> httpx2.Response:
    """The bank reads exactly what was allowed; asked again with the same key, it is the same inquiry."""
    answer = inquire(session, platform, ["1", "15", "17"], "2026-0001/2")
    found = items_of(answer)
    declared = sorted((one["data"] for one in found["17"]["records"]), key=lambda one: one["period_from"])
    expect([sorted(one) for one in declared] == [sorted(GIVEN["17"])] * len(DECLARATIONS), "只给所授权的字段")
    expect(found["17"]["decision"]["consent"] == consent, "依据这件授权")
    (graded,) = found["15"]["records"]
    expect("evaluation_score" not in graded["data"], "没有授权的纳税信用得分不给")
    expect(found["1"]["records"][0]["data"]["uscc"] == FIRM["uscc"], "公开的照给")
    for item in ("17", "15"):
        tell(f"银行查询事项 {item}:{words(found[item])}")
    revenue = "、".join(f"{one['sales_revenue']:,.2f}" for one in declared)
    tell(f"  销售收入 {revenue}")
    again = inquire(session, platform, ["1", "15", "17"], "2026-0001/2").json()
    expect(again["repeated"] and again["leaf"] == answer.json()["leaf"], "同一幂等键是同一次查询")
    tell(f"同一幂等键再问:还是存证第 {again['leaf']} 条")
    return answer


def look_who_read(owner: Owner, answer: httpx2.Response, folder: Path) -> None:
    """The owner sees who read what, and keeps a receipt that holds without the platform."""
    told = answer.json()
    line = owner.get("/v1/inquiries", subject=FIRM["uscc"])[0]
    expect((line["leaf"], line["id"]) == (told["leaf"], told["inquiry"]), "企业看到这次查询")
    reading = "、".join(f"{item} {code}" for item, code in line["items"].items())
    tell(f"企业看到:{line['member_name']}为 {line['purpose']} 查询了 {reading}")
    (holder,) = owner.get("/v1/consents/grantees")
    tell(f"  {holder['grantee_name']}:有效授权 {holder['in_force']} 件,查询 {holder['inquiries']} 次")
    receipt, key = folder / "receipt.json", folder / "platform.pem"
    proof = owner.get(f"/v1/ledger/leaves/{line['leaf']}/receipt")
    receipt.write_text(json.dumps(proof))
    key.write_text(owner.get("/v1/ledger/key")["public_key"])
    command = [str(Path(sys.executable).with_name("xinshu")), "ledger", "verify", str(receipt), "--key", str(key)]
    verified = subprocess.run([*command, "--json"], capture_output=True, text=True)
    expect(verified.returncode == 0, f"回执有效 {verified.stdout}{verified.stderr}")
    leaf = json.loads(verified.stdout)["leaf"]
    given = answer.content.split(b',"items":', 1)[1][:-1]  # as it came, byte for byte
    expect(leaf["about"]["result"] == hashlib.sha256(given).hexdigest(), "存证中的摘要是所给内容的摘要")
    tell(f"  回执经 xinshu ledger verify 验证有效:第 {line['leaf']} 条,内容摘要与银行所得一致")
    altered = json.dumps(proof | {"leaf": proof["leaf"].replace("pre_loan", "post_loan")})
    receipt.write_text(altered)
    expect(subprocess.run(command, capture_output=True).returncode == 1, "改动的回执被识破")
    tell("  改动用途后再验:无效")


def main(platform: str, token: str, folder: Path) -> None:
    """The story."""
    system, owner = prepare(platform, token, folder)
    tell("")
    with system.connect() as session:
        before = items_of(inquire(session, platform, ["17"], "2026-0001/1"))["17"]
        expect(not before["decision"]["allowed"], "未经授权不给")
        tell(f"未经授权,银行查询事项 17:{words(before)}")
        consent = ask_for_authorisation(session, platform)
        decide(owner, consent)
        answer = read_what_was_given(session, platform, consent)
        look_who_read(owner, answer, folder)
        tell(f"企业撤回:{owner.post(f'/v1/consents/{consent}/revoke')['state_name']}")
        after = inquire(session, platform, ["17"], "2026-0001/3")
        expect(items_of(after)["17"]["records"] == [], "撤回后立即不给")
        tell(f"银行再查询事项 17:{words(items_of(after)['17'])}")
        tell(f"企业恢复已撤回的授权:拒绝 {refused(lambda: owner.post(f'/v1/consents/{consent}/resume'))}")


if __name__ == "__main__":
    address, token_file = sys.argv[1:]
    with tempfile.TemporaryDirectory() as keys:
        main(address, Path(token_file).read_text().strip(), Path(keys))
