"""What is checked of clients, assertions and tokens. No I/O."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from xinshu.members.clients.errors import (
    AddressError,
    AssertionAudienceError,
    AssertionEarlyError,
    AssertionExpiredError,
    AssertionLifetimeError,
    AssertionMalformedError,
    CertificateRequiredError,
    ClientInvalidError,
    ClientStageError,
    MemberNotOnlineError,
    ScopeInvalidError,
)
from xinshu.members.model import KIND_NAMES, STATE_NAMES, MemberKind, MemberState
from xinshu.members.permissions import Permissions

IPNetwork = IPv4Network | IPv6Network
SKEW = 60  # seconds by which clocks may differ
ASSERTION_SECONDS = 300
NETWORKS_MAX = 50
CERTIFICATES_MAX = 10
CLIENT_ID = re.compile(r"c-[a-z2-7]{16}")
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # 32 bytes in base64url
_JTI_MAX = 255
SANDBOX_STATES = frozenset(
    {MemberState.AGREEMENT_SIGNED, MemberState.SANDBOX_TEST, MemberState.SECURITY_CHECK, MemberState.ONLINE}
)


def check_roles(table: Permissions, kind: MemberKind, roles: Iterable[str]) -> tuple[str, ...]:
    """The roles, each one that systems of such members may have. Raises ClientInvalidError."""
    allowed = table.roles_of(kind, "system")
    if len(allowed) == 0:
        raise ClientInvalidError(f"“{KIND_NAMES[kind]}”没有可用的系统角色", hint="此类成员以人员账户使用平台")
    wanted = tuple(dict.fromkeys(roles))
    wrong = [role for role in wanted if role not in allowed]
    if wrong or len(wanted) == 0:
        raise ClientInvalidError(
            f"“{KIND_NAMES[kind]}”的客户端不能有角色 {'、'.join(wrong)}" if wrong else "客户端至少要有一个角色",
            hint=f"可用的角色:{'、'.join(allowed)}",
        )
    return wanted


def may_have(state: MemberState, sandbox: bool) -> bool:
    """Whether a member in this state may use such a client."""
    return state in SANDBOX_STATES if sandbox else state is MemberState.ONLINE


def check_stage(state: MemberState, sandbox: bool) -> None:
    """Raises ClientStageError when the member may not have such a client yet, or any more."""
    if not may_have(state, sandbox):
        raise ClientStageError(
            f"成员当前为“{STATE_NAMES[state]}”,不能登记{'沙箱' if sandbox else '生产'}客户端",
            hint="沙箱客户端自协议签署后、生产客户端自上线后可以登记",
        )


def check_networks(networks: Iterable[str]) -> tuple[str, ...]:
    """Address ranges in their one written form. Raises ClientInvalidError."""
    found = []
    for one in networks:
        try:
            found.append(str(ip_network(one)))
        except ValueError:
            try:
                hint = f"是否指 {ip_network(one, strict=False)}?"
            except ValueError:
                hint = "写法如 203.0.113.0/24、2001:db8::/32 或单个地址"
            raise ClientInvalidError(f"地址范围 {one[:60]} 有误", hint=hint) from None
    if len(found) > NETWORKS_MAX:
        raise ClientInvalidError(f"地址范围超过 {NETWORKS_MAX} 个", hint="合并相邻的范围")
    return tuple(dict.fromkeys(found))


def check_certificates(certificates: Iterable[str], bound: bool) -> tuple[str, ...]:
    """Thumbprints of admitted certificates (x5t#S256). Raises ClientInvalidError."""
    found = tuple(dict.fromkeys(certificates))
    for one in found:
        if not _THUMBPRINT.fullmatch(one):
            raise ClientInvalidError(
                f"证书指纹 {one[:60]} 有误", hint="应为证书 DER 的 SHA-256,base64url 无填充,43 个字符(x5t#S256)"
            )
    if len(found) > CERTIFICATES_MAX:
        raise ClientInvalidError(f"证书超过 {CERTIFICATES_MAX} 个", hint="删去不再使用的证书")
    if bound and len(found) == 0:
        raise ClientInvalidError("绑定证书的客户端须登记至少一个证书指纹", hint="先填写 certificates")
    return found


@dataclass(frozen=True)
class Claims:
    """What an assertion says, its form checked. Times in seconds since 1970, `until` the end in effect."""

    client_id: str
    audience: tuple[str, ...]
    jti: str
    until: float
    expires: float
    issued: float | None
    not_before: float | None

    def use(self) -> bytes:
        """Digest under which the assertion is remembered: 32 bytes, of client and jti."""
        return hashlib.sha256(f"{self.client_id}\0{self.jti}".encode("utf-8", "surrogatepass")).digest()

    @property
    def forget_at(self) -> datetime:
        """When the assertion is refused for its age, so that it need not be remembered any more."""
        return datetime.fromtimestamp(self.until + SKEW + 1, UTC)


def assertion_claims(claims: Mapping[str, Any]) -> Claims:
    """The claims of an assertion (RFC 7523, 3). Raises AssertionMalformedError."""
    subject, issuer, jti = claims.get("sub"), claims.get("iss"), claims.get("jti")
    if not isinstance(subject, str) or subject != issuer:
        raise AssertionMalformedError(fault="iss 与 sub 须都是 client_id")
    if not isinstance(jti, str) or not 1 <= len(jti) <= _JTI_MAX:
        raise AssertionMalformedError(fault=f"缺少 jti,或长于 {_JTI_MAX} 个字符")
    audience = claims.get("aud")
    several = [audience] if isinstance(audience, str) else audience
    if not isinstance(several, list) or not all(isinstance(one, str) for one in several) or len(several) == 0:
        raise AssertionMalformedError(fault="缺少 aud")
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if expires is None:
        raise AssertionMalformedError(fault="缺少 exp")
    until = expires if issued is None else min(expires, issued + ASSERTION_SECONDS)
    return Claims(subject, tuple(several), jti, until, expires, issued, _moment(claims, "nbf"))


def check_assertion(claims: Claims, audiences: tuple[str, ...], now: datetime) -> None:
    """Whether the assertion is for this server and valid now.

    It counts for five minutes: after its `iat`, however late its `exp` is (client libraries write an hour), or without
    `iat`, when its `exp` is no farther ahead. Raises an OAuthError.
    """
    moment = now.timestamp()
    if len(claims.audience) != 1 or claims.audience[0] not in audiences:
        raise AssertionAudienceError(expected=audiences[0])
    if moment >= claims.until + SKEW:
        raise AssertionExpiredError()
    if any(start is not None and start > moment + SKEW for start in (claims.issued, claims.not_before)):
        raise AssertionEarlyError()
    if claims.until > moment + ASSERTION_SECONDS + SKEW:
        raise AssertionLifetimeError()


def narrow(roles: tuple[str, ...], scope: str) -> tuple[str, ...]:
    """The roles that a `scope` parameter asks for; all when it is empty. Raises ScopeInvalidError."""
    wanted = tuple(dict.fromkeys(scope.split()))
    if not set(wanted) <= set(roles):
        raise ScopeInvalidError(allowed=" ".join(roles))
    return wanted or roles


def check_standing(state: MemberState, sandbox: bool) -> None:
    """Raises MemberNotOnlineError when a member in this state may not use such a client."""
    if not may_have(state, sandbox):
        raise MemberNotOnlineError(state=STATE_NAMES[state])


def check_address(networks: Iterable[IPNetwork], address: str) -> None:
    """Whether a caller's address lies in one of the ranges; no range: anywhere. Raises AddressError."""
    ranges = tuple(networks)
    if len(ranges) == 0:
        return
    place = _address(address)
    if place is None or not any(place.version == one.version and place in one for one in ranges):
        raise AddressError(address=address[:60])


def check_certificate(admitted: tuple[str, ...], bound: bool, shown: str | None) -> str | None:
    """The certificate to tie a token to, None for a client that is not bound. Raises CertificateRequiredError."""
    if not bound:
        return None
    if shown is None or shown not in admitted:
        raise CertificateRequiredError()
    return shown


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        place = ip_address(text)
    except ValueError:
        return None
    mapped = place.ipv4_mapped if isinstance(place, IPv6Address) else None
    return mapped or place


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not 0 <= value < 1e11
    ):
        raise AssertionMalformedError(fault=f"{name} 须是自 1970 年起的秒数")
    return float(value)
