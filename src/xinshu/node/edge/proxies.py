"""Who calls, when reverse proxies stand in between: their word counts, that of others does not."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import ClassVar, Literal, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from xinshu.core.errors import SettingError, XinshuError
from xinshu.members.model import Caller
from xinshu.node.edge.connections import CERTIFICATE, thumbprint

Address = IPv4Address | IPv6Address
ADDRESS_MAX = 80
AGENT_MAX = 200
CERTIFICATE_MAX = 16 * 1024


class ProxiesError(SettingError):
    """The setting does not name networks."""

    code: ClassVar[str] = "trusted_proxies_invalid"


class CertificateRequiredError(XinshuError):
    """Everybody has to show a client certificate, and this caller has not."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "certificate_required"


class TrustedProxies:
    """Reads callers from requests.

    `networks`: CIDRs of the proxies, separated by commas; empty: none. `certificates`: as the setting
    `tls_client_certificates`; unless `off`, a proxy may hand on the client's certificate (RFC 9440) and has to take
    away the header that clients send themselves. Raises ProxiesError.
    """

    def __init__(self, networks: str, certificates: Literal["off", "optional", "required"] = "off") -> None:
        try:
            self._networks = [_network(one) for one in networks.split(",") if one.strip()]
        except ValueError as error:
            raise ProxiesError(
                f"XINSHU_TRUSTED_PROXIES 有误:{error}", hint="写网段,逗号分隔,如 10.0.0.0/8,192.0.2.7"
            ) from None
        self._certificates = certificates
        self._known = lru_cache(maxsize=10_000)(self._look_at)

    def trusts(self, scope: Scope) -> bool:
        """Whether the connection comes from a trusted proxy."""
        return self._peer(scope).trusted

    def caller(self, scope: Scope) -> Caller:
        """From where the request comes; the certificate is the client's, never that of a proxy.

        Raises CertificateRequiredError.
        """
        peer = self._peer(scope)
        if peer.address is not None and peer.trusted:
            address = str(self._client(peer.address, scope))
            certificate = _certificate(scope) if self._certificates != "off" else None
        else:
            address = peer.written
            certificate = scope["extensions"].get(CERTIFICATE) if "extensions" in scope else None
        if certificate is None and self._certificates == "required":
            raise CertificateRequiredError("没有出示客户端证书", hint="使用平台认可的 CA 签发的证书连接")
        return _caller(address, _last(scope, b"user-agent")[:AGENT_MAX], certificate)

    def scheme(self, scope: Scope) -> str:
        """`https` or `http`, as the client sees it."""
        if self.trusts(scope):
            told = _last(scope, b"x-forwarded-proto").decode("latin-1").rpartition(",")[2].strip().lower()
            if told in ("http", "https"):
                return told
        return str(scope.get("scheme", "http"))

    def _client(self, peer: Address, scope: Scope) -> Address:
        """The last address before the trusted ones. What stands before it, the client may have written itself."""
        found = peer
        for hop in reversed(_hops(scope)):
            address = _address(hop)
            if address is None:
                break
            found = address
            if not self._within(address):
                break
        return found

    def _within(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def _peer(self, scope: Scope) -> _Peer:
        client = scope.get("client")
        return self._known(client[0]) if client else _NOBODY

    def _look_at(self, host: str) -> _Peer:
        address = _address(host)
        return _Peer(address, str(address), self._within(address)) if address is not None else _NOBODY


class _Peer(NamedTuple):
    """The other end of a connection."""

    address: Address | None
    written: str
    trusted: bool


_NOBODY = _Peer(None, "", False)


@lru_cache(maxsize=10_000)
def _caller(address: str, agent: bytes, certificate: str | None) -> Caller:
    return Caller(address, agent.decode("latin-1"), certificate)


class ForwardedScheme:
    """ASGI: the application sees the scheme that the client sees (cookies, addresses, HSTS)."""

    def __init__(self, app: ASGIApp, proxies: TrustedProxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            scope["scheme"] = self._proxies.scheme(scope)
        await self._app(scope, receive, send)


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text.strip())


def _address(text: str) -> Address | None:
    """An address as proxies write it, with or without a port; None: not an address."""
    return _parsed(text) if len(text) <= ADDRESS_MAX else None


@lru_cache(maxsize=10_000)
def _parsed(text: str) -> Address | None:
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _values(scope: Scope, name: bytes) -> Iterable[bytes]:
    return (value for key, value in scope["headers"] if key == name)


def _last(scope: Scope, name: bytes) -> bytes:
    found = b""
    for value in _values(scope, name):
        found = value
    return found


def _hops(scope: Scope) -> Sequence[str]:
    lines = b",".join(_values(scope, b"x-forwarded-for")).decode("latin-1")
    return [hop for hop in lines.split(",") if hop.strip()]


def _certificate(scope: Scope) -> str | None:
    """Thumbprint of the `Client-Cert` header (RFC 9440, 2.2); None: not exactly one well-formed value."""
    given = list(_values(scope, b"client-cert"))
    if len(given) != 1 or len(given[0]) > CERTIFICATE_MAX:
        return None
    value = given[0].strip()
    if len(value) < 3 or not (value.startswith(b":") and value.endswith(b":")):
        return None
    try:
        return thumbprint(base64.b64decode(value[1:-1], validate=True))
    except binascii.Error:
        return None
