"""Which webhooks may be called: public addresses only, so that nobody makes the platform knock at its own doors (SSRF).

Everything here is decided before a connection is made; the connection then goes to the very address that was looked at
(`post`), so that a name which resolves otherwise a moment later gains nothing (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from xinshu.core.errors import SettingError, XinshuError
from xinshu.core.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""(host, port) → the addresses that the name has now; raises OSError when it has none, TimeoutError when it is slow."""

URL_MAX = 1_000
ADDRESSES_MAX = 32  # a name with more is nobody's web server
_PLAIN = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
# Global unicast alone (RFC 4291), less what of it leads elsewhere or nowhere: Teredo and other protocol assignments,
# documentation, 6to4. IPv4 addresses in IPv6 dress (::ffff:0:0/96, 64:ff9b::/96, ::/96) lie outside 2000::/3.
_V6 = IPv6Network("2000::/3")
_V6_REFUSED = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# Besides what `ipaddress` calls not global (RFC 6890): relays of 6to4, benchmarking, multicast, reserved.
_V4_REFUSED = tuple(
    map(IPv4Network, ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3"))
)


class WebhookUrlError(XinshuError):
    """The address of a webhook is not of the form that is called."""

    code = "webhook_url_refused"


class WebhookAddressError(XinshuError):
    """The name leads nowhere, or not only to public addresses; which of them is not said."""

    code = "webhook_address_refused"


@dataclass(frozen=True)
class Reach:
    """What may be called. `refused`: networks besides those that are not public. `loopback`: this machine, for
    trials."""

    ports: frozenset[int] = frozenset({443})
    refused: tuple[Network, ...] = ()
    loopback: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Reach:
        """As set. Raises SettingError."""
        try:
            ports = frozenset(int(port) for port in _words(settings.webhook_ports))
            refused = tuple(ip_network(one) for one in _words(settings.webhook_refused_networks))
        except ValueError as error:
            raise SettingError(
                f"webhook_ports 或 webhook_refused_networks 有误:{error}", hint="端口与网段(CIDR)用逗号分隔"
            ) from None
        if not ports or not all(0 < port < 65536 for port in ports):
            raise SettingError(f"webhook_ports 有误:{settings.webhook_ports}", hint="写 1 到 65535 的端口")
        return cls(ports, refused, settings.webhook_loopback)


@dataclass(frozen=True)
class Target:
    """A webhook taken apart. `local`: on this machine, allowed for trials."""

    url: str
    scheme: str
    host: str
    port: int
    path: str  # with the query
    local: bool

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, reach: Reach) -> Target:
    """Take a webhook's address apart. Raises WebhookUrlError naming what is wrong with it."""
    if len(url) > URL_MAX or _PLAIN.fullmatch(url) is None:
        raise _refused("characters", f"地址须是不超过 {URL_MAX} 个字符的 ASCII 文本", "含中文的域名写成 xn-- 形式")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused("form", "地址的写法有误", "写成 https://主机/路径") from None
    host = (parts.hostname or "").lower()
    literal = _literal(host)
    if literal is None and _HOST.fullmatch(host) is None:
        raise _refused("host", "地址中的主机名有误", "写成 https://主机/路径")
    local = reach.loopback and (host == "localhost" or (literal is not None and literal.is_loopback))
    _check_form(parts, local)
    port = port if port is not None else {"https": 443, "http": 80}[parts.scheme]
    if not local and port not in reach.ports:
        allowed = "、".join(map(str, sorted(reach.ports)))
        raise _refused("port", f"不能推送到端口 {port}", f"可用的端口:{allowed}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, parts.scheme, host, port, path, local)


def _check_form(parts: SplitResult, local: bool) -> None:
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise _refused("scheme", "只能推送到 https 地址", "写成 https://主机/路径")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise _refused("user", "地址中不得写用户名或密码", "平台用签名证明身份,见推送的说明")
    if parts.fragment:
        raise _refused("fragment", "地址中不得有 # 及其后的内容", "删去 # 及其后的内容")


async def addresses_of(target: Target, reach: Reach, resolve: Resolve) -> list[Address]:
    """The addresses to connect to, every one of them allowed. Raises WebhookAddressError, TimeoutError."""
    try:
        found = await resolve(target.host, target.port)
    except TimeoutError:
        raise
    except (OSError, UnicodeError):
        found = []
    addresses = [_literal(one) for one in dict.fromkeys(found)]
    allowed = [one for one in addresses if one is not None and permitted(one, reach, local=target.local)]
    if len(allowed) == 0 or len(allowed) < len(addresses) or len(addresses) > ADDRESSES_MAX:
        raise WebhookAddressError(
            f"推送地址的主机 {target.host} 没有解析到公网地址,或解析到不可推送的地址",
            hint="接收地址须在公网域名系统中解析,且每个地址都是公网地址",
        )
    return allowed


def permitted(address: Address, reach: Reach, *, local: bool = False) -> bool:
    """Whether a connection to this address may be made."""
    if local:
        return address.is_loopback
    if any(address in network for network in reach.refused if network.version == address.version):
        return False
    if isinstance(address, IPv6Address):
        return address in _V6 and address.is_global and not any(address in network for network in _V6_REFUSED)
    return address.is_global and not any(address in network for network in _V4_REFUSED)


class SystemResolver:
    """Asks the machine's resolver, on threads of its own: whoever's name servers hang does not hold up what the node
    does on other threads, and waits no longer than `seconds`."""

    def __init__(
        self,
        seconds: float = 5.0,
        look_up: Callable[[str, int], list[str]] | None = None,
        threads: int = 4,
        waiting: int = 64,
    ) -> None:
        """`look_up` may block. `waiting`: names asked for at a time, beyond which one is refused at once."""
        self._threads = ThreadPoolExecutor(threads, "resolve")
        self._look_up = look_up or _look_up
        self._seconds = seconds
        self._room = waiting

    async def __call__(self, host: str, port: int) -> list[str]:
        """As `Resolve` says."""
        if self._room == 0:
            raise TimeoutError("too many names are being resolved")
        self._room -= 1
        try:
            async with asyncio.timeout(self._seconds):  # leaving takes what has not begun out of the queue
                return await asyncio.get_running_loop().run_in_executor(self._threads, self._look_up, host, port)
        finally:
            self._room += 1


def _look_up(host: str, port: int) -> list[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host) if "%" not in host else None  # no zones
    except ValueError:
        return None


def _words(text: str) -> Iterable[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _refused(reason: str, message: str, hint: str) -> WebhookUrlError:
    return WebhookUrlError(message, hint=hint, reason=reason)
