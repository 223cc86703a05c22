"""Who is let in: every route with no token, a wrong one and the right one; the token's file."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from collect_kit import Node
from pydantic import SecretStr

from xinshu.core.errors import SettingError
from xinshu.core.settings import Settings
from xinshu.node.access import admin_token

OPEN = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}


async def test_every_route_wants_the_token(node: Node) -> None:
    async with node.http() as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    routes = [(method.upper(), path) for path, operations in paths.items() for method in operations]
    assert len(routes) >= 15
    for method, path in routes:
        target = re.sub(r"\{\w+\}", "1", path)
        public = path in OPEN or path.startswith("/v1/catalogue")
        for token, expected in ((None, 401), ("not-the-token-at-all", 401), ("", None)):
            async with node.http(token) as client:
                answer = await client.request(method, target)
            if public or expected is None:
                assert answer.status_code not in (401, 403, 500), (method, path, answer.text)
            else:
                assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised"), (method, path)
                assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic b3BlcmF0b3I6eA==", "Bearer 令牌", "bearer x y"])
async def test_odd_headers_are_refused(node: Node, header: str) -> None:
    async with node.http(None) as client:
        answer = await client.get("/v1/batches", headers={b"Authorization": header.encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")


async def test_answers_are_not_kept_by_browsers(node: Node) -> None:
    async with node.http() as client:
        answer = await client.get("/v1/batches")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_token_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    token = admin_token(settings)
    assert len(token) >= 32 and admin_token(settings) == token
    path = tmp_path / "home" / "admin-token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["admin-token"]
    assert admin_token(Settings(home=tmp_path / "other")) != token


def test_a_token_of_ones_own(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, admin_token=SecretStr("a-token-of-my-own-making"))
    assert admin_token(settings) == "a-token-of-my-own-making"
    with pytest.raises(SettingError) as caught:
        admin_token(Settings(home=tmp_path, admin_token=SecretStr("short-secret")))
    assert "short-secret" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_token_file_lets_nobody_in(tmp_path: Path, content: str) -> None:
    (tmp_path / "admin-token").write_text(content)
    with pytest.raises(SettingError):
        admin_token(Settings(home=tmp_path))


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(SettingError):
        admin_token(Settings(home=tmp_path / "home"))
