"""Who acts: members, roles, principals. No I/O."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum


class MemberKind(StrEnum):
    """In which capacity an organisation takes part."""

    PROVIDER = "provider"
    BANK = "bank"
    GUARANTOR = "guarantor"
    CREDIT_AGENCY = "credit_agency"
    CREDIT_SERVICE = "credit_service"
    NOTARY = "notary"
    ARBITRATION = "arbitration"
    COURT = "court"
    GOVERNMENT = "government"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"


KIND_NAMES = {
    MemberKind.PROVIDER: "数据提供单位",
    MemberKind.BANK: "银行",
    MemberKind.GUARANTOR: "担保机构",
    MemberKind.CREDIT_AGENCY: "征信机构",
    MemberKind.CREDIT_SERVICE: "其他信用服务机构",
    MemberKind.NOTARY: "公证机构",
    MemberKind.ARBITRATION: "仲裁机构",
    MemberKind.COURT: "法院",
    MemberKind.GOVERNMENT: "政府部门",
    MemberKind.SUPERVISOR: "监管部门",
    MemberKind.OPERATOR: "平台运营单位",
}


class MemberState(StrEnum):
    """Stages of a member's life (入驻), `reference/README.md`."""

    APPLIED = "applied"
    MATERIAL_CHECK = "material_check"
    QUALIFICATION_REVIEW = "qualification_review"
    AGREEMENT_SIGNED = "agreement_signed"
    SANDBOX_TEST = "sandbox_test"
    SECURITY_CHECK = "security_check"
    ONLINE = "online"
    SUSPENDED = "suspended"
    OFFBOARDED = "offboarded"
    REFUSED = "refused"


STATE_NAMES = {
    MemberState.APPLIED: "已申请",
    MemberState.MATERIAL_CHECK: "材料审核",
    MemberState.QUALIFICATION_REVIEW: "资质审查",
    MemberState.AGREEMENT_SIGNED: "协议签署",
    MemberState.SANDBOX_TEST: "沙箱测试",
    MemberState.SECURITY_CHECK: "安全检查",
    MemberState.ONLINE: "已上线",
    MemberState.SUSPENDED: "已暂停",
    MemberState.OFFBOARDED: "已退出",
    MemberState.REFUSED: "未通过",
}


def member_id(code: str) -> str:
    """The id of a member anywhere in the network, from its unified credit code (R1.2)."""
    digest = hashlib.sha256(b"xinshu/member/" + code.encode()).digest()
    return "m" + base64.b32encode(digest[:10]).decode().lower()


class Strength(StrEnum):
    """How a caller proved who it is."""

    NONE = "none"
    PASSWORD = "password"  # noqa: S105  (a name, not a password)
    MULTI = "multi"  # two factors
    PASSKEY = "passkey"
    OIDC = "oidc"
    KEY = "key"  # a system's private_key_jwt
    LOCAL = "local"  # the operating system's account on the node itself


STRONG = frozenset({Strength.MULTI, Strength.PASSKEY, Strength.OIDC, Strength.KEY, Strength.LOCAL})


@dataclass(frozen=True)
class MemberRef:
    """The member for whom somebody acts."""

    id: str
    kind: MemberKind
    name: str
    state: MemberState
    provider_code: str | None = None


@dataclass(frozen=True)
class Principal:
    """Who calls, and the limits within which its roles count.

    `id`: `account:<uuid>`, `client:<id>`, `local:<operating system's user>` or `anonymous`. `members`: its member and
    the branches below. `items`, `regions`: None where not limited; regions are prefixes of division codes.
    """

    id: str
    name: str
    roles: frozenset[str] = frozenset()
    member: MemberRef | None = None
    subject: str | None = None  # firm users: the code of the firm
    members: tuple[str, ...] = ()
    items: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    strength: Strength = Strength.NONE
    sandbox: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Nobody signed in."""
        return self.id == "anonymous"

    @property
    def of_platform(self) -> bool:
        """Whether it acts for no member but the one that operates the node, or for none."""
        return self.member is None or self.member.kind is MemberKind.OPERATOR

    @property
    def member_id(self) -> str | None:
        """Id of the member it acts for."""
        return self.member.id if self.member is not None else None


ANONYMOUS = Principal("anonymous", "未登录")


def local_operator(user: str) -> Principal:
    """Who runs a command on the node itself: has the keys and the database anyway, acts as data operator."""
    roles = frozenset({"operator-admin", "operator-onboarding", "operator-data", "operator-security", "operator-audit"})
    return Principal(f"local:{user}", f"本机用户 {user}", roles, strength=Strength.LOCAL)


@dataclass(frozen=True)
class Resource:
    """What an action is about; None where the attribute does not apply or is not known."""

    kind: str
    member: str | None = None
    item: str | None = None
    division: str | None = None
    subject: str | None = None
    account: str | None = None  # the principal that entered it, or whom it is about


@dataclass(frozen=True)
class Caller:
    """From where a request comes; `certificate`: SHA-256 of the client certificate (x5t#S256), if one was shown."""

    address: str
    agent: str = ""
    certificate: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
