"""The lake: whole files only, on a local folder and on another store by URL."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from xinshu.store.lake import CHUNK, SEALED, Lake, LakeError, digest_of


@pytest.fixture(params=["folder", "memory"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lake]:
    """A lake in a folder, and one in another fsspec store."""
    yield Lake(str(tmp_path / "lake") if request.param == "folder" else "memory://lake")
    fsspec.filesystem("memory").store.clear()


def content(lake: Lake, name: str, scratch: Path) -> bytes:
    with lake.local(name, scratch) as path:
        return path.read_bytes()


def test_what_is_put_is_there(lake: Lake, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"first")
    name = "item=1/batch=7/accepted.parquet"
    assert not lake.exists(name)
    lake.put(source, name)
    assert lake.exists(name) and content(lake, name, tmp_path) == b"first"
    source.write_bytes(b"second")
    lake.put(source, name)
    assert content(lake, name, tmp_path) == b"second"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "source"
    ]  # nothing is left in scratch
    lake.remove(name)
    lake.remove(name)
    assert not lake.exists(name)


def test_a_name_that_is_not_there(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError) as caught, lake.local("raw/1/none", tmp_path):
        raise AssertionError("opened")
    assert (caught.value.status, caught.value.code) == (503, "lake_unavailable")
    assert "raw/1/none" in caught.value.message


def test_a_source_that_breaks_leaves_nothing(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError):
        lake.put(tmp_path / "absent", "raw/1/file")
    assert not lake.exists("raw/1/file")
    left = [str(path) for path in (tmp_path / "lake").rglob("*") if path.is_file()]
    assert left + list(fsspec.filesystem("memory").store) == []


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, 3 * CHUNK + 5])
def test_the_digest_is_of_every_byte(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    target = tmp_path / "copy"
    found = digest_of(io.BytesIO(data[:size]), target)
    assert found == (hashlib.sha256(data[:size]).hexdigest(), size)
    assert target.read_bytes() == data[:size]
    assert digest_of(io.BytesIO(data[:size])) == found


def test_a_stream_too_long_is_stopped(tmp_path: Path) -> None:
    assert digest_of(io.BytesIO(b"x" * 100), tmp_path / "copy", 100)[1] == 100
    with pytest.raises(ValueError, match="more than 99"):
        digest_of(io.BytesIO(b"x" * 100), tmp_path / "copy", 99)


class Turned:
    """Stands for encryption: the bytes back to front, with the name."""

    def seal_file(self, source: Path, target: Path, name: str) -> None:
        target.write_bytes((source.read_bytes() + name.encode())[::-1])

    def open_file(self, source: Path, target: Path, name: str) -> None:
        content = source.read_bytes()[::-1]
        if not content.endswith(name.encode()):
            raise LakeError(f"{name} is not what was sealed")
        target.write_bytes(content.removesuffix(name.encode()))


@pytest.mark.parametrize("url", ["folder", "memory://lake"])
def test_names_that_end_in_sealed_are_kept_encrypted(tmp_path: Path, url: str) -> None:
    lake = Lake(str(tmp_path / "lake") if url == "folder" else url, Turned())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    source, name = scratch / "source", f"raw/37/a{SEALED}"
    source.write_bytes(b"first")
    lake.put(source, name)
    kept = Lake(lake.url)
    with kept._fetched(name, tmp_path) as path:
        assert path.read_bytes() == (b"first" + name.encode())[::-1]
    with lake.local(name, scratch) as path:
        assert path.read_bytes() == b"first" and path.parent == scratch
        assert path.stat().st_mode & 0o077 == 0
    assert [path.name for path in scratch.iterdir()] == ["source"]
    with pytest.raises(LakeError, match="not what was sealed"):
        lake.put(source, name.replace("a", "b"))
        lake._fs.mv(lake._path(name.replace("a", "b")), lake._path(name))
        with lake.local(name, scratch):
            raise AssertionError("opened")
    assert [path.name for path in scratch.iterdir()] == ["source"]
    with pytest.raises(ValueError, match="no sealer"):
        Lake(lake.url).put(source, name)
    fsspec.filesystem("memory").store.clear()
