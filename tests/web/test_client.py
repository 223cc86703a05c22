"""The typed client is that of the API as it is wired now, and the packages name no host."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import orjson
import pytest

from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.node.app import build_app
from xinshu.node.services import open_services

WEB = Path(__file__).resolve().parents[2] / "web"


async def test_the_client_is_current(settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    """`make web-client` generates it anew."""
    if not (WEB / "node_modules/openapi-typescript").is_dir():
        pytest.skip("development packages are not installed: make web/node_modules/.dev")
    async with open_services(settings, clock) as services:
        document = build_app(services).openapi()
    (tmp_path / "openapi.json").write_bytes(orjson.dumps(document))
    script = json.loads((WEB / "package.json").read_text())["scripts"]["client"]
    options = script.removeprefix("openapi-typescript openapi.json -o src/api/schema.d.ts").split()
    generate = await asyncio.create_subprocess_exec(
        sys.executable, WEB / "build.py", "npm", "exec", "--", "openapi-typescript", tmp_path / "openapi.json",
        "-o", tmp_path / "schema.d.ts", *options, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await generate.wait() == 0
    assert (tmp_path / "schema.d.ts").read_text() == (WEB / "src/api/schema.d.ts").read_text()


def test_the_lock_file_names_no_host() -> None:
    lock = (WEB / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert [name for name, about in packages.items() if "resolved" in about] == []


def test_chinese_words_have_chinese_punctuation() -> None:
    """A half-width comma beside a character is a slip of the keyboard."""
    slips = []
    for path in sorted((WEB / "src/i18n/zh").glob("*.ts")):
        for text in re.findall(r'"[^"\n]*"|`[^`\n]*`', path.read_text()):
            if re.search(r"[\u4e00-\u9fff][,:;?!()]|[,:;?!()][\u4e00-\u9fff]", text):
                slips.append(f"{path.name}: {text}")
    assert slips == []
