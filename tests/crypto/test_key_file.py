"""Key files: made once, kept to their owner, and every fault named without showing the key."""

from __future__ import annotations

import base64
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from keys_kit import FIRST_KEY, FIRST_LINE, key_files, put_first_key

from xinshu.core.settings import Settings
from xinshu.crypto import KeyRing, KeyWrongError, VaultKeyError
from xinshu.crypto.file_keys import FileKeys
from xinshu.crypto.key_file import key_id, load, write
from xinshu.store.data_keys import DataKeys

KEY = bytes(range(32))


def _line(key: bytes, name: str | None = None, prefix: str = "xinshu-kek-1", suite: str = "intl") -> str:
    return f"{prefix}:{suite}:{name or key_id(key)}:{base64.b64encode(key).decode()}\n"


def put(folder: Path, content: str, name: str = "kek-x.key") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(content)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("suite", ["intl", "gm"])
def test_what_is_written_is_read(tmp_path: Path, suite: str) -> None:
    keys = FileKeys(tmp_path / "keys", suite)  # type: ignore[arg-type]
    made = keys.create()
    (held,) = keys.load()
    assert (held.id, held.suite) == (made.id, suite)
    assert held.unwrap(made.wrap(KEY)) == KEY
    assert made.wrap(KEY) != made.wrap(KEY) and KEY not in made.wrap(KEY)
    (file,) = (tmp_path / "keys").iterdir()
    assert file.name == f"kek-{made.id}.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert load(file).key.hex() not in repr(load(file)) + repr(made)


def test_of_many_that_start_at_once_all_have_the_same_key(settings: Settings, store: DataKeys) -> None:
    """Each with a ring of its own, as processes have."""
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: KeyRing.load(settings, store).active().id, range(32)))
    assert len(keys) == 1
    assert key_files(settings.home) == [f"kek-{keys.pop()}.key"]


def test_the_file_of_the_first_release_is_a_key_too(tmp_path: Path) -> None:
    path = put_first_key(tmp_path)
    (key,) = FileKeys(path.parent, "intl").load()
    assert (key.id, key.suite) == ("e5c11724", "intl")
    assert key.unwrap(key.wrap(KEY)) == KEY
    assert FIRST_KEY not in key.wrap(KEY)
    assert path.read_text() == FIRST_LINE


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "已损坏"),
        ("hello", "已损坏"),
        (_line(KEY, prefix="xinshu-kek-9"), "不是本软件的密钥文件"),
        (_line(KEY, suite="rot13"), "不是本软件的密钥文件"),
        (_line(KEY)[:-6], "不是 base64|应为 32 字节|不符"),
        (_line(KEY[:16]), "应为 32 字节,实际 16 字节"),
        (_line(KEY, name="0" * 16), "与其编号 0000000000000000 不符"),
        ("xinshu-kek-1:intl:aa:%%%%\n", "不是 base64"),
        ("xinshu-vault-1:aa:%%%%\n", "不是 base64"),
        (FIRST_LINE.replace("e5c1", "e5c2"), "与其编号 e5c21724 不符"),
        ("密钥", "无法读取"),
    ],
)
def test_a_damaged_file_is_explained_and_left_alone(tmp_path: Path, content: str, says: str) -> None:
    path = put(tmp_path / "keys", content)
    with pytest.raises(VaultKeyError, match=says) as caught:
        FileKeys(path.parent, "intl").load()
    assert caught.value.code == "vault_key_invalid" and caught.value.hint
    assert path.read_text() == content
    assert base64.b64encode(KEY).decode()[:20] not in str(caught.value.as_dict())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path / "keys", "intl", KEY)
    path.chmod(mode)
    with pytest.raises(VaultKeyError, match="权限过宽"):
        load(path)


def test_a_folder_in_its_place_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(VaultKeyError, match="无法读取"):
        load(tmp_path / "none")
    with pytest.raises(VaultKeyError, match="不是普通文件"):
        load(tmp_path)
    assert FileKeys(tmp_path / "none", "intl").load() == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(VaultKeyError, match="无法写入"):
        FileKeys(tmp_path / "keys", "intl").create()


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system without space; skips where it cannot be mounted."""
    folder = tmp_path / "full"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a small file system cannot be mounted")
    (folder / "ballast").write_bytes(b"x" * 4096)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_leaves_no_half_key(full_disk: Path, settings: Settings, store: DataKeys) -> None:
    settings.home.mkdir()
    (settings.home / "keys").symlink_to(full_disk)
    with pytest.raises(VaultKeyError, match="无法写入密钥文件") as caught:
        KeyRing.load(settings, store).active()
    assert caught.value.hint == "检查该目录的权限与剩余空间"
    assert [path.name for path in full_disk.iterdir()] == ["ballast"]
    assert store.active() is None
    (full_disk / "ballast").unlink()
    assert KeyRing.load(settings, store).active().id == store.active()


def test_a_wrapped_key_that_was_altered(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys", "intl")
    one, other = keys.create(), keys.create()
    wrapped = one.wrap(KEY)
    for spoilt in (b"", wrapped[:11], wrapped[:-1], bytes([wrapped[0] ^ 1]) + wrapped[1:], other.wrap(KEY)):
        with pytest.raises(KeyWrongError) as caught:
            one.unwrap(spoilt)
        assert caught.value.code == "key_encryption_key_wrong"


def test_a_random_source_is_used_once_a_key(tmp_path: Path) -> None:
    asked: list[int] = []

    def source(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    FileKeys(tmp_path / "keys", "intl", source).create()
    assert asked == [32]
