"""The door: every guarded route without a proof and with one that does not hold; the bootstrap token's file."""

from __future__ import annotations

import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from collect_kit import Node, node_over
from pydantic import SecretStr

from xinshu.core.clock import FixedClock
from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.node.access import BootstrapToken
from xinshu.node.app import build_app
from xinshu.node.openapi import operations
from xinshu.store import Database

COOKIE = {"Cookie": "xinshu-session=" + "x" * 43}
PROOFS = {  # headers, and the code with which every guarded route refuses them
    "none": ({}, "unauthorised"),
    "a bearer token that is none": ({"Authorization": "Bearer not-a-token-at-all"}, "token_invalid"),
    "a cookie that no session has": (COOKIE, "session_invalid"),
    "an old cookie beside a token that is none": (COOKIE | {"Authorization": "Bearer not-a-token"}, "token_invalid"),
}
FREE = dict.fromkeys(("rate_address", "rate_sign_in", "rate_caller", "rate_member"), "100000/minute")


@pytest.fixture
async def unhurried(settings: Settings, db: Database, clock: FixedClock) -> AsyncIterator[Node]:
    """A node that does not mind how often it is asked."""
    async with node_over(settings.model_copy(update=FREE), db, clock) as one:
        yield one


async def test_every_guarded_route_wants_a_proof_that_holds(unhurried: Node) -> None:
    await unhurried.app()
    asked = 0
    async with unhurried.http(None) as client:
        for one in operations(build_app(unhurried.services)):
            if one.permission is None:
                continue
            target = re.sub(r"\{[^}]+\}", "1", one.path)
            for name, (headers, code) in PROOFS.items():
                answer = await client.request(one.method, target, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (401, code), (name, one, answer.text)
                assert answer.headers["www-authenticate"] == "Bearer"
                asked += 1
    assert asked >= 240


async def test_every_change_wants_the_token_of_its_page(unhurried: Node) -> None:
    await unhurried.app()
    changes = [
        one for one in operations(build_app(unhurried.services))
        if one.permission is not None and one.method not in ("GET", "HEAD")
    ]  # fmt: skip
    assert len(changes) >= 30
    cookie = {"Cookie": f"xinshu-session={unhurried.speaker.cookie}"}
    async with unhurried.http(None) as client:
        for one in changes:
            target = re.sub(r"\{[^}]+\}", "1", one.path)
            answer = await client.request(one.method, target, headers=cookie)
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf_refused"), (one, answer.text)
            foreign = cookie | {"X-CSRF-Token": unhurried.speaker.csrf, "Origin": "https://elsewhere.example"}
            answer = await client.request(one.method, target, headers=foreign)
            assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_refused"), (one, answer.text)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic b3BlcmF0b3I6eA==", "bearer"])
async def test_odd_headers_are_refused(node: Node, header: str) -> None:
    async with node.http(None) as client:
        answer = await client.get("/v1/batches", headers={b"Authorization": header.encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


@pytest.mark.parametrize("token", ["令牌", "x y", "a.b", "a.b.c", "." * 5000])
async def test_odd_tokens_are_refused(node: Node, token: str) -> None:
    async with node.http(None) as client:
        answer: httpx.Response = await client.get("/v1/batches", headers={b"Authorization": f"Bearer {token}".encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_the_bootstrap_token_opens_no_route(node: Node) -> None:
    token = BootstrapToken(node.services.settings)
    token.make()
    async with node.http(token.read()) as client:
        answer = await client.get("/v1/batches")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_answers_are_not_kept_by_browsers(node: Node) -> None:
    async with node.http() as client:
        answer = await client.get("/v1/batches")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_token_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    token = BootstrapToken(Settings(home=tmp_path / "home"))
    assert token.read() is None and not token.matches("")
    token.make()
    made = token.read()
    assert made is not None and len(made) >= 32
    token.make()
    assert token.read() == made and token.matches(made) and not token.matches(made[:-1])
    assert stat.S_IMODE(token.path.stat().st_mode) == 0o600
    assert [one.name for one in token.path.parent.iterdir()] == ["admin-token"]
    other = BootstrapToken(Settings(home=tmp_path / "other"))
    other.make()
    assert other.read() != made


def test_a_destroyed_token_matches_nothing(tmp_path: Path) -> None:
    token = BootstrapToken(Settings(home=tmp_path))
    token.make()
    made = token.read()
    assert made is not None
    token.destroy()
    token.destroy()
    assert token.read() is None and not token.matches(made) and list(tmp_path.iterdir()) == []


def test_a_token_of_ones_own(tmp_path: Path) -> None:
    token = BootstrapToken(Settings(home=tmp_path, admin_token=SecretStr("a-token-of-my-own-making")))
    token.make()
    assert token.matches("a-token-of-my-own-making") and list(tmp_path.iterdir()) == []
    with pytest.raises(SettingError) as caught:
        BootstrapToken(Settings(home=tmp_path, admin_token=SecretStr("short-secret")))
    assert "short-secret" not in str(caught.value)


@pytest.mark.parametrize("given", ["", "令牌", "\ud800", "x" * 10_000])
def test_odd_tokens_match_nothing(tmp_path: Path, given: str) -> None:
    token = BootstrapToken(Settings(home=tmp_path))
    token.make()
    assert not token.matches(given)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe broken"])
def test_a_damaged_token_file_lets_nobody_in(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "admin-token").write_bytes(content)
    with pytest.raises(SettingError):
        BootstrapToken(Settings(home=tmp_path)).matches("")


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(SettingError):
        BootstrapToken(Settings(home=tmp_path / "home")).make()
