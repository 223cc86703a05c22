"""`xinshu keys` as a person and as a program use it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import psycopg
import pytest
from keys_kit import PLAIN, key_files
from typer.testing import CliRunner

from xinshu.cli.keys import app
from xinshu.core.settings import Settings
from xinshu.crypto import ShreddedError, Vault
from xinshu.store.data_keys import DataKeys

CODE = "ZN320115000000001C"


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The commands' settings."""
    assert settings.database_url is not None
    monkeypatch.setenv("XINSHU_HOME", str(settings.home))
    monkeypatch.setenv("XINSHU_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("COLUMNS", "200")
    return settings


async def run(*arguments: str) -> Any:
    """The command in a thread of its own: it makes its own event loop."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


async def answer(*arguments: str) -> Any:
    """What the command says to a program."""
    return json.loads((await run(*arguments, "--json")).stdout)


async def test_a_node_without_keys(environment: Settings) -> None:
    assert await answer("show") == {"provider": "file", "keys": [], "data_keys": 0, "destroyed": 0}
    assert await answer("check") == []
    assert not (environment.home / "keys").exists()


async def test_show_check_rotate_retire(environment: Settings, vault: Vault) -> None:
    sealed = vault.seal(PLAIN, b"citizen_no", vault.ref("code", "x"))
    (first,) = (await answer("show"))["keys"]
    assert (first["state"], first["held"], first["data_keys"], first["secrets"]) == ("active", True, 1, 1)
    refused = await run("retire", first["id"])
    assert refused.exit_code == 1 and "现行密钥" in refused.stderr
    done = await answer("rotate")
    assert done == {"active": done["active"], "made": True, "rewrapped": 2}
    assert (await answer("retire", first["id"]))["place"].endswith(f"retired/kek-{first['id']}.key")
    assert await answer("check") == [
        {"id": done["active"], "state": "active", "opened": True, "error": None, "message": ""}
    ]
    assert vault.open(sealed, b"citizen_no") == PLAIN
    shown = await run("show")
    assert shown.exit_code == 0 and "已退役" in shown.stdout and done["active"] in shown.stdout
    for file in (environment.home / "keys").glob("*.key"):
        assert file.read_text().strip().rpartition(":")[2] not in shown.stdout
    assert "重新包裹 2 把" in (await run("rotate")).stdout


async def test_check_fails_without_the_key(environment: Settings, vault: Vault) -> None:
    vault.ready()
    (name,) = key_files(environment.home)
    (environment.home / "keys" / name).unlink()
    checked = await run("check")
    assert checked.exit_code == 1 and "key_encryption_key_missing" in checked.stdout
    rotated = await run("rotate", "--json")
    assert (rotated.exit_code, json.loads(rotated.stdout)["error"]["code"]) == (1, "key_encryption_key_missing")
    assert (await answer("retire", "nothing"))["error"]["code"] == "key_encryption_key_unknown"


async def test_shred(environment: Settings, vault: Vault, store: DataKeys, database_url: str) -> None:
    index = vault.index(PLAIN, "citizen_no")
    sealed = vault.seal(PLAIN, CODE.encode(), vault.ref("citizen", index.hex()))
    with psycopg.connect(database_url, autocommit=True) as link:
        link.execute(
            "insert into subject (code, name, name_key, citizen_index, citizen_sealed) "
            "values (%s, '张三', gen_random_uuid(), %s, %s)",
            (CODE, index, sealed),
        )
    done = await answer("shred", "--subject", CODE, "--reason", "本人申请", "--by", "李处")
    assert done == {"code": CODE, "keys": 1, "records": 0, "batches": []}
    with pytest.raises(ShreddedError):
        vault.open(sealed, CODE.encode())
    assert (await answer("show"))["destroyed"] == 1
    said = await run("shred", "--subject", CODE, "--reason", "本人申请")
    assert said.exit_code == 0 and "已销毁数据密钥 0 把" in said.stdout
    assert (await answer("shred", "--batch", "7", "--reason", "本人申请"))["error"]["code"] == "batch_unknown"


@pytest.mark.parametrize(
    "arguments",
    [
        ("shred", "--reason", "本人申请"),
        ("shred", "--reason", "x", "--subject", "a", "--batch", "1"),
        ("shred",),
        ("retire",),
    ],
)
async def test_what_is_missing_is_said(environment: Settings, arguments: tuple[str, ...]) -> None:
    assert (await run(*arguments)).exit_code == 2


async def test_errors_have_codes(environment: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (await answer("shred", "--subject", CODE, "--reason", "本人申请"))["error"]["code"]
    assert code == "subject_not_found"
    assert (await answer("shred", "--subject", CODE, "--reason", "x"))["error"]["code"] == "shred_reason_invalid"
    monkeypatch.setenv("XINSHU_KEY_PROVIDER", "kms")
    assert (await answer("show"))["error"]["code"] == "key_provider_invalid"
