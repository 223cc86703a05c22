"""Whose word counts: addresses, scheme and certificate told by proxies, and by others who would like to."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from xinshu.members.model import Caller
from xinshu.node.edge.connections import CERTIFICATE, thumbprint
from xinshu.node.edge.proxies import CertificateRequiredError, ForwardedScheme, ProxiesError, TrustedProxies

PROXIES = TrustedProxies("10.0.0.0/8, 2001:db8:1::/48", "optional")
DER = b"0\x82 a certificate"
SHOWN = ":" + base64.b64encode(DER).decode() + ":"


def scope(peer: str | None, *headers: tuple[str, str], **more: Any) -> dict[str, Any]:
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    client = (peer, 4711) if peer is not None else None
    return {"type": "http", "scheme": "http", "client": client, "headers": encoded, **more}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),  # the first one is the client's own invention
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9", "10.9.9.9"], "203.0.113.9"),  # several lines are one list
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9:8443"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8:2::7]:443"], "2001:db8:2::7"),
        ("10.0.0.1", ['"[2001:db8:2::7]"'], "2001:db8:2::7"),
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, <script>, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["", " , "], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("2001:db8:1::1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("203.0.113.1", ["1.1.1.1"], "203.0.113.1"),  # not a proxy of ours: nothing is believed
        ("127.0.0.1", ["1.1.1.1"], "127.0.0.1"),
        ("testclient", ["1.1.1.1"], ""),
        (None, ["1.1.1.1"], ""),
    ],
)
def test_the_address(peer: str | None, forwarded: list[str], address: str) -> None:
    lines = [("X-Forwarded-For", line) for line in forwarded]
    assert PROXIES.caller(scope(peer, *lines)).address == address


@pytest.mark.parametrize(
    ("peer", "told", "scheme"),
    [
        ("10.0.0.1", ["https"], "https"),
        ("10.0.0.1", ["HTTPS "], "https"),
        ("10.0.0.1", ["https, http"], "http"),
        ("10.0.0.1", ["http", "https"], "https"),
        ("10.0.0.1", ["javascript"], "http"),
        ("10.0.0.1", [], "http"),
        ("203.0.113.1", ["https"], "http"),
    ],
)
async def test_the_scheme(peer: str, told: list[str], scheme: str) -> None:
    seen = []

    async def app(given: Any, receive: Any, send: Any) -> None:
        seen.append(given["scheme"])

    request = scope_with_protos(peer, told)
    await ForwardedScheme(app, PROXIES)(request, None, None)  # type: ignore[arg-type]
    assert seen == [scheme]


def scope_with_protos(peer: str, told: list[str]) -> dict[str, Any]:
    return scope(peer, *(("X-Forwarded-Proto", value) for value in told))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([SHOWN], thumbprint(DER)),
        ([SHOWN, SHOWN], None),  # one from the client, one from the proxy: which is whose cannot be told
        ([], None),
        ([""], None),
        (["::"], None),
        (["=:"], None),
        ([SHOWN[1:-1]], None),
        ([":!!!!:"], None),
        (["-----BEGIN CERTIFICATE-----"], None),
        ([":" + "A" * 20_000 + ":"], None),
    ],
)
def test_the_certificate_told_by_a_proxy(headers: list[str], expected: str | None) -> None:
    lines = [("Client-Cert", value) for value in headers]
    assert PROXIES.caller(scope("10.0.0.1", *lines)).certificate == expected


def test_nobody_else_brings_a_certificate_in_a_header() -> None:
    assert PROXIES.caller(scope("203.0.113.1", ("Client-Cert", SHOWN))).certificate is None
    assert TrustedProxies("10.0.0.0/8").caller(scope("10.0.0.1", ("Client-Cert", SHOWN))).certificate is None


def test_the_proxys_own_certificate_is_not_the_clients() -> None:
    own = {"extensions": {CERTIFICATE: "of the proxy"}}
    assert PROXIES.caller(scope("10.0.0.1", **own)).certificate is None
    assert PROXIES.caller(scope("203.0.113.1", **own)).certificate == "of the proxy"


def test_a_certificate_required_of_everybody() -> None:
    strict = TrustedProxies("10.0.0.0/8", "required")
    assert strict.caller(scope("10.0.0.1", ("Client-Cert", SHOWN))).certificate == thumbprint(DER)
    for request in (scope("10.0.0.1"), scope("203.0.113.1", ("Client-Cert", SHOWN))):
        with pytest.raises(CertificateRequiredError) as caught:
            strict.caller(request)
        assert (caught.value.status, caught.value.code) == (403, "certificate_required")


def test_the_agent_is_cut() -> None:
    request = scope("203.0.113.1", ("User-Agent", "é" * 1000))
    assert PROXIES.caller(request) == Caller("203.0.113.1", "é" * 200)


@pytest.mark.parametrize("networks", ["10.0.0.0/33", "proxy.example", "10.0.0.1/8", "10.0.0.1;10.0.0.2"])
def test_networks_that_are_none(networks: str) -> None:
    with pytest.raises(ProxiesError) as caught:
        TrustedProxies(networks)
    assert caught.value.hint


def test_no_proxies() -> None:
    for networks in ("", " , "):
        assert not TrustedProxies(networks).trusts(scope("127.0.0.1"))
