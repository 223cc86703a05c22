"""Who is shown the metrics, and how often they are counted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from collect_kit import Node, firms
from starlette.types import ASGIApp

from xinshu.core.errors import SettingError
from xinshu.node.app import build_node
from xinshu.node.metrics import Exposition


async def asked(app: ASGIApp, address: str, **headers: str) -> httpx.Response:
    """The metrics, asked for from an address."""
    transport = httpx.ASGITransport(app, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/metrics", headers=headers)


async def set_to(node: Node, **changed: str) -> ASGIApp:
    """The node's application under other settings."""
    await node.app()
    settings = node.services.settings.model_copy(update=changed)
    return build_node(replace(node.services, settings=settings))


async def test_metrics_are_for_the_networks_named(node: Node) -> None:
    """This machine alone by default; behind a proxy, it is the caller who counts, and only a trusted proxy's word."""
    app = await node.app()
    for address, status in (
        ("127.0.0.1", 200), ("::1", 200), ("127.9.9.9", 200), ("::ffff:127.0.0.1", 200), ("10.1.0.9", 404),
        ("198.51.100.7", 404), ("fe80::1", 404), ("testclient", 404), ("", 404),
    ):  # fmt: skip
        answer = await asked(app, address)
        assert answer.status_code == status, address
    assert answer.json()["code"] == "metrics_not_shown" and "xinshu_" not in answer.text
    lying = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}
    assert (await asked(app, "198.51.100.7", **lying)).status_code == 404
    app = await set_to(node, metrics_networks="10.1.0.0/16, 2001:db8::/32", trusted_proxies="10.1.0.1")
    assert (await asked(app, "10.1.0.9")).status_code == 200
    assert (await asked(app, "127.0.0.1")).status_code == 404
    assert (await asked(app, "10.1.0.1", **{"X-Forwarded-For": "198.51.100.7"})).status_code == 404
    assert (await asked(app, "10.1.0.1", **{"X-Forwarded-For": "10.1.7.7"})).status_code == 200
    assert (await asked(await set_to(node, metrics_networks=""), "127.0.0.1")).status_code == 404


@pytest.mark.parametrize("wrong", ["everywhere", "10.0.0.1/8", "127.0.0.1;::1"])
async def test_networks_that_are_none_are_named_at_the_start(node: Node, wrong: str) -> None:
    with pytest.raises(SettingError, match="XINSHU_METRICS_NETWORKS"):
        await set_to(node, metrics_networks=wrong)


async def test_asking_often_counts_once(node: Node) -> None:
    shown = Exposition(node.services)
    first = await shown.shown_to("127.0.0.1")
    await node.publish(firms(2))
    assert set(await asyncio.gather(*(shown.shown_to("127.0.0.1") for _ in range(20)))) == {first}
    node.clock.advance(timedelta(seconds=5))
    assert b'xinshu_batch_rows{verdict="new"} 2.0' in await shown.shown_to("127.0.0.1")
