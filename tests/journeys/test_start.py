"""A node whose keys are damaged, missing, wrong or open to others does not start, and says so without saying more."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from collect_kit import MOMENT

from xinshu.core.clock import FixedClock
from xinshu.core.errors import XinshuError
from xinshu.core.settings import Settings
from xinshu.crypto import Vault, key_file
from xinshu.node.services import open_services
from xinshu.store.data_keys import DataKeys


def garbage(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00 no key")


def cut(file: Path) -> None:
    file.write_text(file.read_text()[:50])


def altered(file: Path) -> None:
    """One character of the key."""
    head, _, body = file.read_text().rpartition(":")
    file.write_text(f"{head}:{'B' if body[0] == 'A' else 'A'}{body[1:]}")


def emptied(file: Path) -> None:
    file.write_text("")


def gone(file: Path) -> None:
    file.unlink()


def opened(file: Path) -> None:
    file.chmod(0o644)


def swapped(file: Path) -> None:
    """A sound key of another node under this one's name."""
    key = bytes(range(32))
    file.write_text(f"xinshu-kek-1:intl:{key_file.key_id(key)}:{base64.b64encode(key).decode()}\n")


def renamed(file: Path) -> None:
    """The key of another node that claims the id of this one's."""
    key, name = bytes(range(32)), file.stem.removeprefix("kek-")
    file.write_text(f"xinshu-kek-1:intl:{name}:{base64.b64encode(key).decode()}\n")


FAULTS: dict[Callable[[Path], None], str] = {
    garbage: "vault_key_invalid", cut: "vault_key_invalid", altered: "vault_key_invalid",
    emptied: "vault_key_invalid", opened: "vault_key_invalid", renamed: "vault_key_invalid",
    gone: "key_encryption_key_missing", swapped: "key_encryption_key_missing",
}  # fmt: skip


FROM_OUTSIDE = (altered, swapped)  # those that are also shown to whoever starts the node


def restore(file: Path, whole: str) -> None:
    """The file as it was."""
    file.unlink(missing_ok=True)
    file.touch(0o600)
    file.write_text(whole)


def text(file: Path) -> str:
    """What is in the file, if it is there."""
    return file.read_bytes().decode("latin-1") if file.exists() else ""


def parts(*texts: str) -> set[str]:
    """Pieces of the keys in these files."""
    bodies = [body for text in texts for body in re.findall(r"[A-Za-z0-9+/]{40,}", text)]
    return {body[place : place + 8] for body in bodies for place in range(0, len(body) - 8, 4)}


@pytest.fixture
async def key(settings: Settings, clock: FixedClock) -> Path:
    """The key file of a node that has run."""
    async with open_services(settings, clock):
        pass
    (file,) = (settings.home / "keys").iterdir()
    return file


def ready(settings: Settings) -> None:
    """The keys as a start looks at them."""
    assert settings.database_url is not None
    store = DataKeys(settings.database_url.get_secret_value(), FixedClock(MOMENT))
    Vault.load(settings, store).ready()


async def serve(settings: Settings) -> tuple[int | None, str]:
    """Exit status and words of `xinshu serve`."""
    assert settings.database_url is not None
    environment = {
        **os.environ, "XINSHU_HOME": str(settings.home), "COLUMNS": "300",
        "XINSHU_DATABASE_URL": settings.database_url.get_secret_value(),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from xinshu.cli import main; main()", "serve",
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_faulty_keys_stop_the_start(key: Path, settings: Settings) -> None:
    whole = text(key)
    for spoil, code in FAULTS.items():
        spoil(key)
        present = text(key)
        with pytest.raises(XinshuError) as caught:
            await asyncio.to_thread(ready, settings)
        assert caught.value.code == code, (spoil.__name__, caught.value)
        assert caught.value.hint
        said = str(caught.value.as_dict())
        if spoil in FROM_OUTSIDE:
            status, words = await serve(settings)
            assert (status, "Traceback" in words) == (1, False), words
            assert caught.value.message in words and caught.value.hint in words
            said += words
        assert not any(part in said for part in parts(whole, present)), spoil.__name__
        restore(key, whole)
    await asyncio.to_thread(ready, settings)  # with its own key it starts again
