"""The whole way of two members, a department and a bank, from the application to leaving.

Every person acts over HTTP as a browser does, every system is a stock OAuth client. For a new, empty trial node:
`pip install authlib httpx2 pyotp`, then run it with the platform's address and the file with its bootstrap token.
"""

import base64
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from client_credentials import add_key, connect, revoke_key
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.jwk import ECKey
from persons import Person, Refused

PASSWORD = "gravel-Lantern 42 pond"  # noqa: S105  (everybody's, in this invented story)
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
OPERATOR = {"member_code": "11320000XN00XGN71A", "member_name": "示范省大数据中心"}
DEPARTMENT = {
    "code": "12320000XN00XGN63C", "name": "示范省市场主体登记中心", "kind": "provider", "provider_code": "samr",
    "items": ["1"], "regions": ["32"],
    "licence": {"kind": "事业单位法人证书", "number": "132000000001", "valid_to": "2099-12-31"},
    "contacts": [{"name": "赵联系", "duty": "信息处", "phone": "025-66668888"}],
    "administrator": {"login": "zhao.guanli", "name": "赵管理"},
}  # fmt: skip
BANK = {
    "code": "91320100XN00XGN47N", "name": "示范银行", "kind": "bank", "regions": ["32"],
    "licence": {"kind": "金融许可证", "number": "B0001H232010001", "valid_to": None},
    "contacts": [{"name": "王联系", "duty": "科技部", "phone": "025-88886666"}],
    "administrator": {"login": "li.guanli", "name": "李管理"},
}  # fmt: skip
FIRMS = [
    {
        "uscc": code, "subject_name": f"示范市第{place}号机械有限公司", "registration_status": "1",
        "legal_person": "李明远", "established_date": "2016-03-18", "division": "320111", "address": "示例路88号",
        "industry": "C3484",
    }
    for place, code in enumerate(("91320111XN00XHPC8W", "91320111XN00XHPD6P", "91320111XN00XHPE4J"), start=1)
]  # fmt: skip
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def tell(text: str) -> None:
    """One line of the story."""
    print(text, flush=True)  # noqa: T201


def refused(attempt: Callable[[], Any]) -> str:
    """The code with which the platform refuses; SystemExit if it does not."""
    try:
        attempt()
    except Refused as no:
        return str(no.details.get("reason", no.code))
    except OAuthError as no:
        return str(no.error)
    raise SystemExit("平台没有拒绝")


class Key:
    """A key pair as two files, the private one for the owner alone."""

    def __init__(self, folder: Path, name: str) -> None:
        made = ECKey.generate_key("P-256")
        self.private, self.public = folder / f"{name}.private.pem", folder / f"{name}.public.json"
        self.private.touch(0o600)
        self.private.write_bytes(made.as_pem(private=True))
        self.public.write_text(json.dumps(made.as_dict(private=False)))


class System:
    """A client system of a member: registered by its administrator, with a first key."""

    def __init__(self, member: "Member", name: str, role: str, *, sandbox: bool) -> None:
        self.platform, self.name, self._folder = member.platform, f"{member.id}-{name}", member.folder
        body = {"name": name, "roles": [role], "sandbox": sandbox}
        self.id: str = member.administrator.post("/v1/clients", body)["id"]
        self.key = Key(self._folder, self.name)
        jwk = json.loads(self.key.public.read_text())
        self.kid: str = member.administrator.post(f"/v1/clients/{self.id}/keys", {"jwk": jwk})["kid"]

    def connect(self, key: Key | None = None) -> Any:
        """A session of the stock client, as a context manager."""
        return connect(self.platform, self.id, str((key or self.key).private), timeout=60)

    def try_connect(self, key: Key | None = None) -> None:
        """Fetch a token and no more. Raises OAuthError."""
        with self.connect(key):
            pass

    def change_key(self, session: OAuth2Client) -> Key:
        """Add a second key with the first one's session, then revoke the first with the second one's; the new key."""
        following = Key(self._folder, f"{self.name}-2")
        add_key(session, self.platform, self.id, str(self.key.private), str(following.private))
        with self.connect(following) as another:
            revoke_key(another, self.platform, self.id, self.kid)
        return following


class Member:
    """An applicant, later a member, with its first administrator."""

    def __init__(self, platform: str, folder: Path, application: dict[str, Any]) -> None:
        self.platform, self.folder = platform, folder
        self.administrator = Person(platform, application["administrator"]["login"], PASSWORD)
        applied = self.administrator.post("/v1/applications", application)  # anybody may, without an account
        self.id: str = applied["member"]["id"]
        self.path = f"/v1/members/{self.id}"
        self.administrator.accept(applied["invitation"])
        self.administrator.sign_in()

    def hand_in(self, kind: str, **about: str) -> int:
        """A document; its number."""
        params = {"kind": kind, "name": f"{kind}.pdf", **about}
        document = self.administrator.ask("POST", f"{self.path}/documents", content=PDF, params=params)
        return int(document["id"])

    def step(self, officer: Person, to: str) -> str:
        """The next step, by an officer of the platform; its name."""
        return str(officer.post(f"{self.path}/steps", {"to": to})["state_name"])

    def sign_agreements(self, officer: Person) -> None:
        """Accept every agreement in force; the platform countersigns."""
        for one in self.administrator.get(f"{self.path}/agreements"):
            text = f"{self.path}/agreements/{one['agreement']}/{one['version']}"
            self.administrator.post(f"{text}/acceptance", {"text_sha256": one["text_sha256"]})
            officer.post(f"{text}/countersignature")

    def join(self, checker: Person, approver: Person, try_out: Callable[["Member"], None]) -> None:
        """From the application to being online; `try_out` is the sandbox test."""
        self.hand_in("application_letter")
        self.hand_in("licence")
        tell(f"  {self.step(checker, 'material_check')}:初审员")
        again = refused(lambda: self.step(checker, "qualification_review"))
        tell(f"  初审员再办资质审查:拒绝 {again}")
        tell(f"  {self.step(approver, 'qualification_review')}:复审员")
        self.sign_agreements(approver)
        tell(f"  {self.step(approver, 'agreement_signed')}:成员签署,平台会签")
        tell(f"  未经沙箱测试:拒绝 {refused(lambda: self.step(approver, 'sandbox_test'))}")
        try_out(self)
        tell(f"  {self.step(approver, 'sandbox_test')}:沙箱调用自动记录")
        number = self.hand_in("security_check", dated=TODAY)
        checker.post(f"{self.path}/documents/{number}/outcome", {"outcome": "passed"})
        tell(f"  {self.step(checker, 'security_check')}:检查报告通过")
        tell(f"  初审员办上线:拒绝 {refused(lambda: self.step(checker, 'online'))}")
        tell(f"  {self.step(approver, 'online')}:复审员")


def officers(platform: str, token: str) -> list[Person]:
    """The platform's first administrator, by the one-time token, and three officers whom it invites."""
    administrator = Person(platform, "admin", PASSWORD)
    first = {"token": token, "login": "admin", "name": "平台管理员", "password": PASSWORD, **OPERATOR}
    own = administrator.post("/v1/bootstrap", first)["member"]
    tell(f"平台管理员:初始化令牌再用:拒绝 {refused(lambda: administrator.post('/v1/bootstrap', first))}")
    administrator.sign_in()
    found = [administrator]
    for login, name, role in (
        ("chu.shen", "初审员", "operator-onboarding"),
        ("fu.shen", "复审员", "operator-onboarding"),
        ("an.quan", "安全员", "operator-security"),
    ):
        body = {"login": login, "name": name, "member": own, "roles": [role]}
        person = Person(platform, login, PASSWORD)
        person.accept(administrator.post("/v1/accounts", body)["token"])
        person.sign_in()
        found.append(person)
    found[1].sign_out()
    strength = found[1].sign_in()["strength"]  # now with the password and a code
    tell(f"初审员、复审员、安全员受邀,以密码加验证码登录({strength})")
    return found


def try_sending(member: Member) -> None:
    """Sandbox test of a provider: a batch is handed in and read."""
    with System(member, "沙箱", "provider-system", sandbox=True).connect() as session:
        tell(f"  沙箱批次:{send(session, member.platform)}")


def try_reading(member: Member) -> None:
    """Sandbox test of a bank: subjects are searched and information read."""
    with System(member, "沙箱", "institution-system", sandbox=True).connect() as session:
        found = session.get(f"{member.platform}/v1/subjects", params={"q": FIRMS[0]["uscc"]}).json()
        tell(f"  沙箱检索:{found['total']} 家;沙箱查询:{read(session, member.platform)}")


def send(session: OAuth2Client, platform: str) -> str:
    """Hand in rows and wait until the batch is through; its state and counts."""
    answer = session.post(f"{platform}/v1/batches/rows", json={"item": "1", "rows": FIRMS})
    while answer.raise_for_status().json()["state"] not in ("published", "failed", "rejected", "held"):
        time.sleep(0.1)
        answer = session.get(f"{platform}/v1/batches/{answer.json()['id']}")
    batch = answer.json()
    return f"{batch['state']},接受 {batch['counts']['accepted']} 行"


def read(session: OAuth2Client, platform: str) -> str:
    """Information on a firm, as far as a bank may have it before a loan."""
    address = f"{platform}/v1/subjects/{FIRMS[0]['uscc']}/information"
    answer = session.get(address, params={"purpose": "pre_loan", "items": "1"})
    answer.raise_for_status()
    return str(answer.json()["subject"]["name"])


def asked(session: OAuth2Client, platform: str, *, ends: bool = True) -> str:
    """What a call with a live token is answered: ok, or the code of the refusal.

    `ends`: it was refused just now. All processes hear of that in milliseconds, so it is asked for two seconds at most.
    """
    for _ in range(40 if ends else 1):
        answer = session.get(f"{platform}/v1/subjects", params={"q": FIRMS[0]["uscc"]})
        if answer.is_error:
            return str(answer.json()["code"])
        time.sleep(0.05 if ends else 0)
    return "ok"


def verified(certificate: dict[str, Any], public_key: str) -> bool:
    """Whether the platform signed it: Ed25519 over canonical JSON (RFC 8785; it has texts, lists and nulls only)."""
    text = json.dumps(certificate["certificate"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature = base64.b64decode(certificate["signature"]["value"])
    load_pem_public_key(public_key.encode()).verify(signature, text.encode())
    return True


def main(platform: str, token: str, folder: Path) -> None:
    """The story."""
    admin, checker, approver, security = officers(platform, token)

    tell(f"{DEPARTMENT['name']} 申请入驻")
    department = Member(platform, folder, DEPARTMENT)
    department.join(checker, approver, try_sending)
    with System(department, "前置机", "provider-system", sandbox=False).connect() as session:
        tell(f"  生产批次:{send(session, platform)}")

    tell(f"{BANK['name']} 申请入驻")
    bank = Member(platform, folder, BANK)
    bank.join(checker, approver, try_reading)
    system = System(bank, "信贷核心", "institution-system", sandbox=False)
    with system.connect() as session:
        tell(f"  生产查询:{read(session, platform)}")
        following = system.change_key(session)
        tell(f"  换密钥后,旧密钥的令牌:{asked(session, platform)};旧私钥:{refused(system.try_connect)}")

    with system.connect(following) as session:
        tell(f"  新密钥:{asked(session, platform, ends=False)}")
        security.post(f"{bank.path}/suspend", {"note": "异常访问核查"})
        tell(f"  暂停后,有效期内的令牌:{asked(session, platform)}")
        tell(f"  暂停后,再取令牌:{refused(lambda: system.try_connect(following))}")
        approver.post(f"{bank.path}/resume", {"note": "核查完毕"})
        tell(f"  恢复后:{asked(session, platform, ends=False)}")

        security.post(f"{bank.path}/suspend", {"note": "单位申请退出"})
        tell(f"  没有销毁声明,办退出:拒绝 {refused(lambda: leave(bank, approver))}")
        bank.hand_in("destruction_statement", dated=TODAY)
        tell(f"  {leave(bank, approver)}")
        tell(f"  退出后,令牌:{asked(session, platform)};管理员:{refused(lambda: bank.administrator.get(bank.path))}")
    clients = admin.get("/v1/clients", member=bank.id)["clients"]
    accounts = admin.get("/v1/accounts", member=bank.id)["accounts"]
    tell(f"  客户端:{'、'.join(one['state'] for one in clients)};账户:{'、'.join(one['state'] for one in accounts)}")
    certificate = approver.get(f"{bank.path}/certificate")
    key = approver.get("/v1/ledger/key")["public_key"]
    tell(f"  销毁证明 {certificate['certificate']['number']} 签名有效:{verified(certificate, key)}")


def leave(member: Member, officer: Person) -> str:
    """Close everything that a member had; the name of its state."""
    return str(officer.post(f"{member.path}/offboard", {"note": "单位申请退出"})["state_name"])


if __name__ == "__main__":
    address, token_file = sys.argv[1:]
    with tempfile.TemporaryDirectory() as keys:
        main(address, Path(token_file).read_text().strip(), Path(keys))
