"""Who is shown the metrics, and how often they are counted."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
from collect_kit import Node, firms, node_over

from xinshu.core.clock import FixedClock
from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.node.metrics import Exposition
from xinshu.store import Database


async def asked(node: Node, address: str, **headers: str) -> httpx.Response:
    """The metrics, asked for from an address."""
    transport = httpx.ASGITransport(await node.app(), client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/metrics", headers=headers)


async def test_metrics_are_for_the_networks_named(settings: Settings, db: Database, clock: FixedClock) -> None:
    """This machine alone by default; behind a proxy, it is the caller who counts, and only a trusted proxy's word."""
    async with node_over(settings, db, clock) as node:
        for address, status in (
            ("127.0.0.1", 200), ("::1", 200), ("127.9.9.9", 200), ("::ffff:127.0.0.1", 200), ("10.1.0.9", 404),
            ("198.51.100.7", 404), ("fe80::1", 404), ("testclient", 404), ("", 404),
        ):  # fmt: skip
            answer = await asked(node, address)
            assert answer.status_code == status, address
        assert answer.json()["code"] == "metrics_not_shown" and "xinshu_" not in answer.text
        lying = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}
        assert (await asked(node, "198.51.100.7", **lying)).status_code == 404
    about = {"metrics_networks": "10.1.0.0/16, 2001:db8::/32", "trusted_proxies": "10.1.0.1"}
    changed = settings.model_copy(update=about)
    async with node_over(changed, db, clock) as node:
        assert (await asked(node, "10.1.0.9")).status_code == 200
        assert (await asked(node, "127.0.0.1")).status_code == 404
        assert (await asked(node, "10.1.0.1", **{"X-Forwarded-For": "198.51.100.7"})).status_code == 404
        assert (await asked(node, "10.1.0.1", **{"X-Forwarded-For": "10.1.7.7"})).status_code == 200
    async with node_over(settings.model_copy(update={"metrics_networks": ""}), db, clock) as node:
        assert (await asked(node, "127.0.0.1")).status_code == 404
    for wrong in ("everywhere", "10.0.0.1/8", "127.0.0.1;::1"):
        with pytest.raises(SettingError, match="XINSHU_METRICS_NETWORKS"):
            async with node_over(settings.model_copy(update={"metrics_networks": wrong}), db, clock) as node:
                Exposition(node.services)


async def test_asking_often_counts_once(node: Node) -> None:
    shown = Exposition(node.services)
    first = await shown.shown_to("127.0.0.1")
    await node.publish(firms(2))
    assert set(await asyncio.gather(*(shown.shown_to("127.0.0.1") for _ in range(20)))) == {first}
    node.clock.advance(timedelta(seconds=5))
    assert b'xinshu_batch_rows{verdict="new"} 2.0' in await shown.shown_to("127.0.0.1")
