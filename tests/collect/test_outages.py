"""Disk full, folder gone, database gone: a clear error of the 503 class, and the batch can be taken up again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from collect_kit import Node, build, firms
from pydantic import SecretStr

from xinshu.collect.model import BatchState
from xinshu.core.clock import FixedClock
from xinshu.core.errors import UnavailableError
from xinshu.core.settings import Settings
from xinshu.store import Database
from xinshu.store.lake import LakeError

ROWS = firms(5)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB; skips where it cannot be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all the space that is left."""
    ballast = folder / "ballast"
    with pytest.raises(OSError, match="No space"), ballast.open("wb", buffering=0) as stream:
        while stream.write(b"x" * 4096):
            pass
    return ballast


def partial_files(folder: Path) -> list[Path]:
    """Files that were begun and not ended."""
    return [path for path in folder.rglob("*") if ".part-" in path.name]


async def test_a_lake_that_is_full(settings: Settings, db: Database, clock: FixedClock, small_disk: Path) -> None:
    node = Node(await build(settings.model_copy(update={"lake_url": str(small_disk)}), db, clock), clock)
    batch = await node.receive(ROWS)
    ballast = fill(small_disk)
    with pytest.raises(LakeError) as caught:
        await node.collect.process(batch.id)
    assert caught.value.status == 503 and "accepted.parquet" in caught.value.message
    assert (await node.collect.get(batch.id)).state is BatchState.CHECKED
    assert await node.records() == []
    with pytest.raises(LakeError):
        await node.receive(firms(6))
    assert await node.table("select id from batch") == [{"id": batch.id}]
    ballast.unlink()
    assert partial_files(small_disk) == []
    assert (await node.collect.process(batch.id)).counts.new == 5


async def test_a_working_folder_that_is_full(
    settings: Settings, db: Database, clock: FixedClock, small_disk: Path
) -> None:
    (settings.home).mkdir()
    (settings.home / "work").symlink_to(small_disk)
    node = Node(await build(settings, db, clock, alone=True), clock)
    batch = await node.receive(ROWS)
    ballast = fill(small_disk)
    for act in (node.collect.process(batch.id), node.receive(firms(6))):
        with pytest.raises(UnavailableError) as caught:
            await act
        assert caught.value.status == 503 and caught.value.hint
    assert await node.collect.unfinished() == [batch.id]
    async with node.http() as client:
        about = {"provider": "samr", "item": "1"}
        answer = await client.post("/v1/batches", params=about, content=b"x" * 100_000)
        assert answer.status_code == 503, answer.text
        answer = await client.post("/v1/batches/rows", json={**about, "rows": firms(2)})
        assert answer.status_code == 503, answer.text
    ballast.unlink()
    assert (await node.collect.process(batch.id)).counts.new == 5
    node.close_benches()


@pytest.mark.parametrize("folder", ["lake", "work"])
async def test_a_file_in_place_of_the_folder(node: Node, folder: str) -> None:
    home = node.services.settings.home
    home.mkdir(exist_ok=True)
    (home / folder).write_text("in the way")
    with pytest.raises(UnavailableError) as caught:
        await node.receive(ROWS)
    assert caught.value.status == 503 and caught.value.hint
    (home / folder).unlink()
    assert (await node.send(ROWS)).counts.new == 5


async def test_a_file_that_is_gone_from_the_lake(node: Node) -> None:
    batch = await node.receive(ROWS)
    path = node.services.settings.home / "lake" / batch.raw_path
    data = path.read_bytes()
    path.unlink()
    with pytest.raises(LakeError):
        await node.collect.process(batch.id)
    assert (await node.collect.get(batch.id)).state is BatchState.RECEIVED
    path.write_bytes(data)
    assert (await node.collect.process(batch.id)).counts.new == 5


@pytest.mark.parametrize("when", [BatchState.PARSED, BatchState.COMPARED, BatchState.LOADED])
async def test_the_database_goes_in_the_middle(node: Node, database_url: str, when: BatchState) -> None:
    async def cut(state: BatchState) -> None:
        if state is when:
            admin = await asyncpg.connect(database_url)
            await admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database()"
            )
            await admin.close()

    batch = await node.receive(ROWS)
    with pytest.raises(UnavailableError) as caught:
        await node.collect.process(batch.id, cut)
    assert (caught.value.status, caught.value.code) == (503, "database_unavailable")
    again = await node.collect.process(batch.id)
    assert (again.state, again.counts.new) == (BatchState.PUBLISHED, 5)
    assert len(await node.records()) == 5


async def test_without_a_database_http_says_so(settings: Settings, clock: FixedClock, database_url: str) -> None:
    db = await Database.open(settings)
    node = Node(await build(settings, db, clock), clock)
    await node.app()
    name = database_url.partition("?")[0].rpartition("/")[2]
    other = await asyncpg.connect(database_url.replace(f"/{name}?", "/postgres?"))
    await other.execute(f"alter database {name} with allow_connections false")
    await other.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
    async with node.http() as client:
        for path in ("/readyz", "/v1/batches", "/v1/subjects"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable"), answer.text
        async with node.http(None) as anybody:
            assert (await anybody.get("/healthz")).status_code == 200
            assert (await anybody.get("/v1/catalogue")).status_code == 200
        await other.execute(f"alter database {name} with allow_connections true")
        assert (await client.get("/readyz")).status_code == 200
    await node.close()
    await other.close()
    await db.close()


async def test_the_secret_of_an_address_stays_out_of_errors(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=SecretStr("postgresql://u:geheim@127.0.0.1:1/x"))
    with pytest.raises(UnavailableError) as caught:
        await Database.open(settings)
    assert "geheim" not in str(caught.value) + str(caught.value.as_dict())
