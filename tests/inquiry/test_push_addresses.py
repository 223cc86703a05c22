"""Which addresses are called, and that it is those which were looked at that are connected to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
from push_kit import LOOPBACK, Behaviour, WebServer, certificate, echo, endless, hang, respond, status_of, web_server
from pydantic import SecretStr

from xinshu.core.errors import SettingError, XinshuError
from xinshu.core.settings import Settings
from xinshu.inquiry.push.addresses import (
    ADDRESSES_MAX,
    Reach,
    Resolve,
    SystemResolver,
    WebhookAddressError,
    WebhookUrlError,
    addresses_of,
    permitted,
    target_of,
)
from xinshu.inquiry.push.post import BODY_MAX, Poster, PostError

OPEN = Reach()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://bank.example/push", "scheme"),
        ("ftp://bank.example/push", "scheme"),
        ("//bank.example/push", "scheme"),
        ("file:///etc/passwd", "host"),
        ("gopher://bank.example:443/", "scheme"),
        ("https:///push", "host"),
        ("https://", "host"),
        ("https://user@bank.example/", "user"),
        ("https://user:secret@bank.example/", "user"),
        ("https://@bank.example/", "user"),
        ("https://bank.example:8443/", "port"),
        ("https://bank.example:22/", "port"),
        ("https://bank.example:0/", "port"),
        ("https://bank.example:70000/", "form"),
        ("https://bank.example:port/", "form"),
        ("https://[::1/", "form"),
        ("https://bank.example/#part", "fragment"),
        ("https://bank.example/a b", "characters"),
        ("https://bank.example/\r\nHost: inside", "characters"),
        ("https://bank.example/\x00", "characters"),
        ("https://银行.example/", "characters"),
        ("https://bank_.example/", "host"),
        ("https://-bank.example/", "host"),
        ("https://bank..example/", "host"),
        ("https://bank.example%2f@inside/", "user"),
        ("https://bank.example\\@inside/", "user"),
        ("https://" + "a" * 1000, "characters"),
        ("https://[fe80::1%25eth0]/", "host"),
        ("http://localhost/push", "scheme"),
        ("http://127.0.0.1/push", "scheme"),
    ],
)
def test_addresses_of_another_form_are_refused(url: str, reason: str) -> None:
    with pytest.raises(WebhookUrlError) as caught:
        target_of(url, OPEN)
    assert caught.value.details["reason"] == reason
    assert "secret" not in caught.value.message


def test_an_address_is_taken_apart() -> None:
    target = target_of("https://Bank.Example:443/push/a?b=c", OPEN)
    assert (target.host, target.port, target.path, target.authority) == (
        "bank.example", 443, "/push/a?b=c", "bank.example",
    )  # fmt: skip
    assert target_of("https://bank.example", OPEN).path == "/"
    other = target_of("https://bank.example:8443/", Reach(frozenset({443, 8443})))
    assert other.authority == "bank.example:8443"
    assert target_of("https://[2400:3200::1]/", OPEN).authority == "[2400:3200::1]"
    assert target_of("http://localhost:8000/", LOOPBACK).local
    assert not target_of("https://localhost.bank.example/", LOOPBACK).local


INSIDE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1",  # noqa: S104
    "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::7f00:1", "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa:64c:0:7f:f5ff:fffe", "2001:2::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "fc00::1", "fd12:3456:789a::1", "fe80::1", "fec0::1",
    "ff02::1", "5f00::1",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "1.1.1.1", "114.114.114.114", "223.5.5.5", "2400:3200::1", "2606:4700:4700::1111", "240e::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not permitted(ip_address(address), OPEN)


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_called_unless_they_are_our_own(address: str) -> None:
    assert permitted(ip_address(address), OPEN)
    assert not permitted(ip_address(address), OPEN, local=True)
    own = Settings(webhook_refused_networks=f"{address}, 223.5.5.0/24", database_url=SecretStr("postgresql://x/y"))
    assert not permitted(ip_address(address), Reach.of(own))
    assert permitted(ip_address("8.8.4.4"), Reach.of(own))


def test_settings_that_cannot_be_meant_are_refused() -> None:
    for about in ({"webhook_ports": "https"}, {"webhook_ports": ""}, {"webhook_ports": "0"},
                  {"webhook_refused_networks": "10.0.0.1/8"}, {"webhook_refused_networks": "inside"}):  # fmt: skip
        with pytest.raises(SettingError):
            Reach.of(Settings(**about))  # type: ignore[arg-type]
    assert Reach.of(Settings(webhook_ports="443, 8443")).ports == {443, 8443}
    assert not Reach.of(Settings()).loopback


def answering(*found: list[str]) -> Resolve:
    """A resolver that answers so, one list after another."""
    waiting = list(found)

    async def resolve(host: str, port: int) -> list[str]:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return resolve


@pytest.mark.parametrize(
    "found",
    [
        [], ["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2400:3200::1", "fd00::1"],
        ["8.8.8.8", "nonsense"], ["8.8.8.8", "::ffff:127.0.0.1"], ["fe80::1%eth0"],
        [f"8.8.{n}.8" for n in range(ADDRESSES_MAX + 1)],
    ],
)  # fmt: skip
async def test_one_address_inside_is_enough_to_refuse_a_name(found: list[str]) -> None:
    with pytest.raises(WebhookAddressError) as caught:
        await addresses_of(target_of("https://bank.example/", OPEN), OPEN, answering(found))
    assert not any(address in str(caught.value.as_dict()) for address in found)  # nothing of our network is told


async def test_names_that_lead_nowhere_and_those_that_lead_inside_are_not_told_apart() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    answers = []
    for resolve in (nowhere, answering(["10.1.2.3"])):
        with pytest.raises(WebhookAddressError) as caught:
            await Poster(OPEN, resolve).check("https://intranet/")
        answers.append(caught.value.as_dict())
    assert answers[0] == answers[1]


@pytest.mark.parametrize("host", ["127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "0", "localhost"])
async def test_other_ways_to_write_this_machine_are_refused(host: str) -> None:
    with pytest.raises(XinshuError) as caught:
        await Poster(OPEN, SystemResolver()).check(f"https://{host}/")
    assert caught.value.code in ("webhook_address_refused", "webhook_url_refused")


async def test_names_that_hang_hold_up_nothing_else() -> None:
    """Name servers that never answer take the resolver's threads, and no other; whoever waits is told in time."""
    released, begun = threading.Event(), 0

    def hanging(host: str, port: int) -> list[str]:
        nonlocal begun
        begun += 1
        released.wait()
        return ["127.0.0.1"]

    resolver = SystemResolver(0.3, hanging, threads=2, waiting=8)
    try:
        asked = [asyncio.create_task(resolver(f"hang{number}.example", 443)) for number in range(8)]
        await asyncio.sleep(0.05)
        with pytest.raises(TimeoutError):  # no more room: refused at once
            await resolver("one.more.example", 443)
        elsewhere = await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 10)
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert elsewhere == "done"
        assert all(isinstance(one, TimeoutError) for one in outcomes)
        with pytest.raises(PostError) as caught:
            await Poster(OPEN, resolver).check("https://hang.example/")
        assert caught.value.fault == "timed_out"
        assert begun == 2  # what had not begun when its asker left never does
    finally:
        released.set()
    assert await SystemResolver(30, hanging)("quick.example", 443) == ["127.0.0.1"]


# -- connecting -------------------------------------------------------------------------------------------------------


async def post(poster: Poster, url: str) -> bytes:
    return (await poster.post(url, {"X-Test": "1"}, b'{"kind": "change", "challenge": "c"}')).body


async def test_a_name_that_resolves_otherwise_a_moment_later_gains_nothing() -> None:
    """The name is resolved once a request; the connection goes to what was looked at, and nothing else is asked."""
    answers = iter((["192.0.2.1", "127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]))
    calls = 0

    async def rebinding(host: str, port: int) -> list[str]:
        nonlocal calls
        calls += 1
        return next(answers)

    with web_server() as server:
        poster = Poster(LOOPBACK, rebinding, whole=5)
        with pytest.raises(WebhookAddressError):
            await post(poster, server.url)
        assert await post(poster, server.url)
        with pytest.raises(WebhookAddressError):
            await post(poster, server.url)
        assert (calls, len(server.received)) == (3, 1)


async def test_the_certificate_is_that_of_the_name_though_the_address_is_connected_to(tmp_path: Path) -> None:
    server_side, client_side = certificate("localhost", tmp_path)
    with web_server(context=server_side) as server:
        poster = Poster(LOOPBACK, answering(["127.0.0.1"]), client_side, whole=5)
        assert await post(poster, server.url) == b'{"challenge":"c"}'
        (received,) = server.received
        assert server.names == ["localhost"]
        assert received.headers["Host"] == server.url.removeprefix("https://").removesuffix("/push")
        assert (received.path, received.headers["X-Test"], received.headers["User-Agent"]) == ("/push", "1", "xinshu")
        by_number = server.url.replace("localhost", "127.0.0.1")
        with pytest.raises(PostError) as caught:  # the certificate does not name the number
            await post(poster, by_number)
        assert caught.value.fault == "tls_failed"


@pytest.mark.parametrize("how", ["unknown authority", "another name", "no TLS at all", "old TLS"])
async def test_bad_tls_is_refused(tmp_path: Path, how: str) -> None:
    name = "elsewhere.example" if how == "another name" else "localhost"
    server_side, client_side = certificate(name, tmp_path)
    if how == "unknown authority":
        client_side = ssl.create_default_context()
    if how == "old TLS":
        client_side.minimum_version = ssl.TLSVersion.TLSv1_3
        server_side.maximum_version = ssl.TLSVersion.TLSv1_2
    with web_server(context=None if how == "no TLS at all" else server_side) as server:
        with pytest.raises(PostError) as caught:
            await post(Poster(LOOPBACK, context=client_side, whole=5), server.url.replace("http:", "https:"))
        assert caught.value.fault == "tls_failed"
        assert server.received == []


async def test_the_next_address_is_tried_when_nobody_answers_at_the_first() -> None:
    with web_server() as server:
        assert await post(Poster(LOOPBACK, answering(["127.9.9.9", "127.0.0.1"]), whole=5), server.url)
        with pytest.raises(PostError) as caught:
            await post(Poster(LOOPBACK, answering(["127.9.9.9"]), whole=5), server.url)
        assert caught.value.fault == "unreachable"


def redirect(handler: object, _: bytes) -> None:
    """To the cloud's metadata."""
    respond(handler, 302, Location="http://169.254.169.254/latest/meta-data/")  # type: ignore[arg-type]


def drip(handler: object, _: bytes) -> None:
    """A header line every now and then, for ever."""
    write: Callable[[bytes], int] = handler.wfile.write  # type: ignore[attr-defined]
    write(b"HTTP/1.1 200 OK\r\n")
    import time

    for number in range(100):
        write(f"X-{number}: y\r\n".encode())
        handler.wfile.flush()  # type: ignore[attr-defined]
        time.sleep(0.1)


def garbage(handler: object, _: bytes) -> None:
    """Not HTTP."""
    handler.wfile.write(b"\x00\xff SSH-2.0-OpenSSH\r\n\r\n")  # type: ignore[attr-defined]


def huge_headers(handler: object, _: bytes) -> None:
    """A header without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 20))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (redirect, "redirected"), (status_of(500), "refused_500"), (status_of(404), "refused_404"),
        (status_of(304), "redirected"), (garbage, "broken"), (huge_headers, "broken"), (drip, "timed_out"),
    ],
)  # fmt: skip
async def test_every_misbehaviour_has_its_code(behaviour: Behaviour, fault: str) -> None:
    with web_server(behaviour) as server:
        with pytest.raises(PostError) as caught:
            await post(Poster(LOOPBACK, whole=1), server.url)
        assert caught.value.fault == fault
        assert len(server.received) == 1
        assert caught.value.hint


async def test_one_that_hangs_is_left_alone() -> None:
    with web_server() as server:
        server.behaviour = hang(server)
        async with asyncio.timeout(20):
            with pytest.raises(PostError) as caught:
                await post(Poster(LOOPBACK, whole=0.5), server.url)
        assert caught.value.fault == "timed_out"


async def test_one_that_answers_with_a_gigabyte_is_read_no_further_than_four_kibibytes() -> None:
    with web_server(endless) as server:
        assert await post(Poster(LOOPBACK, whole=5), server.url) == bytes(BODY_MAX)


async def test_a_resolver_that_hangs_is_left_alone() -> None:
    async def never(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    poster = Poster(OPEN, never, whole=0.1)
    for call in (poster.check("https://bank.example/"), post(poster, "https://bank.example/")):
        with pytest.raises(PostError) as caught:
            await call
        assert caught.value.fault == "timed_out"


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server: WebServer
    with web_server(echo) as server:
        assert await post(Poster(LOOPBACK, whole=5), server.url)
