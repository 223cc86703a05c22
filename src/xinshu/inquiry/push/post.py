"""One request to a webhook: to the address that was looked at, no redirects, no proxies, limited answer, limited time.

A fault has a stable code and no more words than its recipient may know.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address

import httpx

from xinshu.core.errors import XinshuError
from xinshu.inquiry.push.addresses import Address, Reach, Resolve, SystemResolver, Target, addresses_of, target_of

CONNECT = 5.0  # seconds
WHOLE = 15.0
BODY_MAX = 4096
TRIED = 3  # addresses of one name


class PostError(XinshuError):
    """The webhook did not take what was sent. `fault`: one of FAULTS, `refused` with the HTTP status."""

    status = 409
    code = "webhook_failed"

    def __init__(self, fault: str, status: int | None = None) -> None:
        words, hint = FAULTS[fault]
        super().__init__(f"接收地址{words}", hint=hint, reason=fault)
        self.fault = fault if status is None else f"{fault}_{status}"


FAULTS: dict[str, tuple[str, str]] = {
    "unreachable": ("连接不上", "检查域名、端口与防火墙"),
    "tls_failed": ("的 TLS 证书或协议不被接受", "使用受信任的证书,证书与域名一致,TLS 1.2 及以上"),
    "timed_out": ("没有在限定时间内应答", f"在 {WHOLE:g} 秒内应答,处理放到后台进行"),
    "redirected": ("要求转到别处,平台不跟随", "登记最终的地址"),
    "refused": ("没有以 2xx 应答", "检查接收程序的日志"),
    "broken": ("的应答不是有效的 HTTP", "检查接收程序"),
}


@dataclass(frozen=True)
class Reply:
    """What a webhook answered: 2xx, and the first 4 KiB."""

    status: int
    body: bytes


class Poster:
    """Posts to webhooks."""

    def __init__(
        self,
        reach: Reach,
        resolve: Resolve | None = None,
        context: ssl.SSLContext | None = None,
        connect: float = CONNECT,
        whole: float = WHOLE,
    ) -> None:
        """`context`: which certificates are believed; None: those that the machine believes. `resolve`: None: as the
        machine does."""
        self.reach = reach
        self._resolve = resolve or SystemResolver()
        self._context = context or ssl.create_default_context()
        self._timeout = httpx.Timeout(whole, connect=connect)
        self._whole = whole

    async def check(self, url: str) -> Target:
        """Whether the address may be called at all. Raises WebhookUrlError, WebhookAddressError."""
        target = target_of(url, self.reach)
        try:
            async with asyncio.timeout(self._whole):
                await addresses_of(target, self.reach, self._resolve)
        except TimeoutError:
            raise PostError("timed_out") from None
        return target

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send, and read what is answered. Raises WebhookUrlError, WebhookAddressError, PostError."""
        target = target_of(url, self.reach)
        try:
            async with asyncio.timeout(self._whole):
                addresses = await addresses_of(target, self.reach, self._resolve)
                return await self._first(target, addresses[:TRIED], headers, body)
        except (TimeoutError, httpx.TimeoutException):
            raise PostError("timed_out") from None
        except httpx.ConnectError as error:
            raise PostError("tls_failed" if _is_tls(error) else "unreachable") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PostError("tls_failed" if _is_tls(error) else "broken") from None

    async def _first(self, target: Target, addresses: list[Address], headers: Mapping[str, str], body: bytes) -> Reply:
        """By the first address at which somebody answers."""
        for address in addresses[:-1]:
            try:
                return await self._send(target, address, headers, body)
            except httpx.ConnectTimeout:
                continue
            except httpx.ConnectError as error:
                if _is_tls(error):
                    raise
        return await self._send(target, addresses[-1], headers, body)

    async def _send(self, target: Target, address: Address, headers: Mapping[str, str], body: bytes) -> Reply:
        host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        url = f"{target.scheme}://{host}:{target.port}{target.path}"
        # A client of its own: connections kept by address would be shared between hosts whose certificates differ.
        async with httpx.AsyncClient(verify=self._context, trust_env=False, timeout=self._timeout) as client:
            sent = {"Host": target.authority, "Accept-Encoding": "identity", "User-Agent": "xinshu", **headers}
            request = client.build_request(
                "POST", url, headers=sent, content=body, extensions={"sni_hostname": target.host}
            )
            answer = await client.send(request, stream=True, follow_redirects=False)
            try:
                if 300 <= answer.status_code < 400:
                    raise PostError("redirected")
                if not 200 <= answer.status_code < 300:
                    raise PostError("refused", answer.status_code)
                return Reply(answer.status_code, await _beginning(answer))
            finally:
                await answer.aclose()


async def _beginning(answer: httpx.Response) -> bytes:
    """The first bytes as sent; what follows is not read, whatever it is."""
    body = b""
    async for piece in answer.aiter_raw(BODY_MAX):
        body += piece
        if len(body) >= BODY_MAX:
            break
    return body[:BODY_MAX]


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
