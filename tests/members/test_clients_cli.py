"""`xinshu client`: the commands of the operator on the node, and those of the member on its own machine."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from clients_kit import add_member, claims_of, events, sign, systems
from joserfc.jwk import ECKey, OKPKey, RSAKey
from test_tokens_authlib import Platform, application, platform, served  # noqa: F401  (a fixture)
from typer.testing import CliRunner

from xinshu.cli.client import app
from xinshu.cli.client_keys import KeyFileError, load_private
from xinshu.core.clock import SystemClock
from xinshu.core.settings import Settings
from xinshu.members.clients.keys import admit
from xinshu.members.model import Caller
from xinshu.store import Database


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def answer(*arguments: object) -> Any:
    """What a command says to a machine."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def fault(*arguments: object) -> str:
    """The code with which a command fails."""
    result = run(*arguments, "--json")
    assert result.exit_code == 1, result.output
    return str(json.loads(result.stdout)["error"]["code"])


@pytest.fixture
def node_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The commands use the same home and database."""
    assert settings.database_url is not None
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", settings.database_url.get_secret_value())
    return settings


@pytest.mark.parametrize("kind", ["p256", "ed25519"])
def test_a_pair_is_made_private_and_admitted(tmp_path: Path, kind: str) -> None:
    made = answer("keygen", "核心系统", "--type", kind, "--folder", tmp_path)
    private, public = Path(made["private"]), Path(made["public"])
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    admitted = admit(json.loads(public.read_text()))
    assert admitted.kid == made["kid"]
    assert load_private(private).thumbprint() == admitted.thumbprint
    assert fault("keygen", "核心系统", "--type", kind, "--folder", tmp_path) == "key_file_invalid"
    private.unlink()
    assert fault("keygen", "核心系统", "--type", kind, "--folder", tmp_path) == "key_file_invalid"


def test_bad_names_and_folders_are_refused(tmp_path: Path) -> None:
    for name in ("../x", "", "a/b", ".hidden", "a b", "x" * 81):
        assert fault("keygen", name, "--folder", tmp_path) == "key_file_invalid"
    assert fault("keygen", "x", "--folder", tmp_path / "none") == "key_file_invalid"
    assert list(tmp_path.iterdir()) == []


def test_private_keys_of_other_makers_are_read(tmp_path: Path) -> None:
    for number, made in enumerate(
        (ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048))
    ):
        for name, content in (
            (f"{number}.pem", made.as_pem(private=True)),
            (f"{number}.json", json.dumps(made.as_dict(private=True)).encode()),
        ):
            file = tmp_path / name
            file.write_bytes(content)
            file.chmod(0o600)
            assert load_private(file).thumbprint() == made.thumbprint()


def test_what_is_no_private_key_is_refused_without_its_content(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256")
    bad: dict[str, bytes] = {
        "public.pem": key.as_pem(private=False),
        "public.json": json.dumps(key.as_dict(private=False)).encode(),
        "p384.pem": ECKey.generate_key("P-384").as_pem(private=True),
        "p384.json": json.dumps(ECKey.generate_key("P-384").as_dict(private=True)).encode(),
        "sealed.pem": key.as_pem(private=True, password="secret"),
        "oct.json": b'{"kty": "oct", "k": "c2VjcmV0"}',
        "list.json": b"{}",
        "nothing": b"",
        "half.pem": key.as_pem(private=True)[:60],
    }
    for name, content in bad.items():
        file = tmp_path / name
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(KeyFileError) as caught:
            load_private(file)
        assert content.decode() not in str(caught.value) or content == b""
    open_to_all = tmp_path / "open.pem"
    open_to_all.write_bytes(key.as_pem(private=True))
    open_to_all.chmod(0o644)
    for file in (open_to_all, tmp_path / "none.pem", tmp_path):
        with pytest.raises(KeyFileError):
            load_private(file)


async def test_the_operators_commands(node_settings: Settings, db: Database, tmp_path: Path) -> None:
    await add_member(db)
    await asyncio.to_thread(operate, tmp_path)
    recorded = await events(db, "rights", "key")
    assert len(recorded) == 8
    assert all(str(principal).startswith("local:") for _, principal, _ in recorded)


def operate(tmp_path: Path) -> None:
    """Every command of the operator."""
    new = ("create", "--member", "mbank", "--name", "核心系统", "--role", "institution-system")
    client = answer(*new, "--production", "--network", "203.0.113.0/24", "--certificate", "A" * 43)
    assert (client["networks"], client["certificate_bound"]) == (["203.0.113.0/24"], True)
    first = answer("keygen", "first", "--folder", tmp_path)
    second = answer("keygen", "second", "--folder", tmp_path)
    added = answer("key", "add", client["id"], first["public"], "--expires", "2027-01-01")
    assert added["kid"] == first["kid"]
    assert added["expires_at"] == "2026-12-31T16:00:00+00:00"
    answer("key", "add", client["id"], second["public"])
    assert fault("key", "add", client["id"], first["public"]) == "key_duplicate"
    assert fault("key", "add", client["id"], first["private"]) == "key_invalid"
    assert fault("key", "add", client["id"], tmp_path / "none") == "key_invalid"
    jwks = tmp_path / "list.json"
    jwks.write_text("[]")
    assert fault("key", "add", client["id"], jwks) == "key_invalid"
    revoked = answer("key", "revoke", client["id"], first["kid"])
    assert revoked["revoked_by"].startswith("local:")
    assert fault("key", "revoke", client["id"], "none") == "key_not_found"
    shown = answer("show", client["id"])
    assert [key["kid"] for key in shown["keys"]] == [second["kid"], first["kid"]]
    sandbox = answer(*new, "--sandbox")
    assert (answer("list", "--member", "mbank"))["total"] == 2
    assert (answer("close", sandbox["id"]))["state"] == "closed"
    assert (answer("list", "--state", "active"))["total"] == 1
    assert fault("close", sandbox["id"]) == "client_closed"
    assert fault("show", "c-none") == "client_not_found"
    assert fault("create", "--member", "mbank", "--name", "x", "--role", "member-admin", "--sandbox") == (
        "client_invalid"
    )
    for words in (
        ("list",), ("show", client["id"]), ("key", "revoke", client["id"], second["kid"]), ("close", client["id"])
    ):  # fmt: skip
        assert (run(*words)).exit_code == 0


async def test_the_token_key_is_rotated(node_settings: Settings, db: Database) -> None:
    bank = await add_member(db)
    key, clock = ECKey.generate_key("P-256"), SystemClock()
    async with systems(db, node_settings, clock, listening=False) as node:
        client = await node.with_key(bank, key)
        token = await node.token(sign(claims_of(client.id, clock), key))
        first = await asyncio.to_thread(answer, "rotate-token-key")
        await node.tokens.authenticate(token, Caller("127.0.0.1"))
        second = await asyncio.to_thread(answer, "rotate-token-key", "--leaked")
        assert first["kid"] != second["kid"]
        with pytest.raises(Exception, match="令牌无效"):
            await node.tokens.authenticate(token, Caller("127.0.0.1"))
        assert [one["kid"] for one in (await node.tokens.keys.published())["keys"]] == [second["kid"]]


async def test_a_token_is_fetched_and_refused(platform: Platform, tmp_path: Path) -> None:  # noqa: F811
    made = await asyncio.to_thread(answer, "keygen", "own", "--type", "ed25519", "--folder", tmp_path)
    key = await asyncio.to_thread(load_private, Path(made["private"]))
    await platform.node.add_key(platform.bank, platform.client, key, kid="second")
    await asyncio.to_thread(fetch, platform.url, platform.client.id, made)


def fetch(url: str, client_id: str, made: dict[str, str]) -> None:
    """Tokens for a client whose key was registered as `second`."""
    ask = ("token", "--client", client_id, "--key", made["private"], "--url", url)
    assert fault(*ask) == "token_refused"
    assert answer(*ask, "--kid", "second")["token_type"] == "Bearer"
    assert run(*ask, "--kid", "second", "--scope", "institution-system").stdout.count(".") == 2
    refused = run(*ask, "--kid", "second", "--scope", "everything")
    assert refused.exit_code == 1
    assert "scope" in refused.stderr
    for more in (("--ca", "/none"), ("--certificate", made["public"])):
        assert fault(*ask, *more) == "key_file_invalid"
    assert run(*ask[:-1], "http://127.0.0.1:1", "--json").exit_code == 2


def test_the_group_is_in_the_command() -> None:
    command = Path(sys.executable).with_name("xinshu")
    shown = subprocess.run([command, "client", "--help"], capture_output=True, text=True, check=True)
    assert "keygen" in shown.stdout
