"""Tables of a front-end machine: what is new becomes a batch, the watermark moves with it, nothing lost or repeated."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from collect_kit import Node, firm, node_over
from typer.testing import CliRunner

from xinshu.catalogue.faults import ItemNotFoundError
from xinshu.cli.collect import app
from xinshu.collect.model import BatchState
from xinshu.collect.pull_sources import SourceDisabledError, SourceInvalidError, UnknownSourceError, load_sources
from xinshu.collect.puller import Watermark
from xinshu.collect.puller_sql import PullSettingError, PullUnreachableError
from xinshu.collect.pulling import PullBusyError, PullService, PullWaitingError
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings, packaged_definitions
from xinshu.store import Database, embedded

COLUMNS = list(firm(1))
SOURCE = {
    "name": "front", "url_env": "FRONT_URL", "schema": "front", "table": "firm", "columns": COLUMNS,
    "watermark": "updated_at", "keys": ["id"], "item": "1", "provider": "samr",
}  # fmt: skip
DAY = "2024-05-01 10:00:0"


class Front:
    """A front-end machine with the table front.firm, and the sources that lead to it."""

    def __init__(self, node: Node, conn: asyncpg.Connection, url: str, folder: Path) -> None:
        self.node = node
        self.conn = conn
        self.url = url
        self.folder = folder
        self.pulls = PullService(node.db, node.collect, folder, {"FRONT_URL": url}, node.clock)
        self.source()

    def source(self, **changes: Any) -> None:
        """Write the source's YAML."""
        values = SOURCE | changes
        self.folder.mkdir(exist_ok=True)
        (self.folder / f"{values['name']}.yml").write_text(yaml.safe_dump(values, allow_unicode=True), "utf-8")

    async def put(self, serial: int, at: str, **values: Any) -> None:
        """Insert or update a firm, changed at that moment."""
        row = firm(serial, **values)
        names = ", ".join(row)
        places = ", ".join(f"${i}" for i in range(1, len(row) + 1))
        await self.conn.execute(f"delete from front.firm where id = {serial}")
        await self.conn.execute(
            f"insert into front.firm (id, updated_at, {names}) values ({serial}, '{at}', {places})", *row.values()
        )

    async def counts(self, **how: Any) -> tuple[int, int, int, int] | None:
        """Pull: rows read, new, changed, unchanged of the batch that was published; None where nothing was new."""
        result = await self.pulls.pull("front", **how)
        if result.batch is None:
            return None
        assert result.batch.state is BatchState.PUBLISHED, (result.batch.error, result.batch.held_for)
        c = result.batch.counts
        return (c.read, c.new, c.changed, c.unchanged)

    async def position(self) -> dict[str, Any] | None:
        """The stored watermark and batch."""
        rows = await self.node.table("select watermark::text, since::text, batch_id from pull_watermark")
        return rows[0] if rows else None

    async def batches(self) -> list[int]:
        """Batches that there are."""
        return [row["id"] for row in await self.node.table("select id from batch order by id")]


@pytest.fixture(scope="module")
async def machine(server: embedded.EmbeddedServer) -> AsyncIterator[str]:
    """A database that stands for the front-end machine's."""
    admin = await asyncpg.connect(server.dsn_of("postgres"))
    await admin.execute("create database front_machine")
    conn = await asyncpg.connect(server.dsn_of("front_machine"))
    columns = ", ".join(f"{name} text" for name in COLUMNS)
    await conn.execute("create schema front")
    await conn.execute(f"create table front.firm (id bigint primary key, updated_at timestamptz not null, {columns})")
    await conn.close()
    yield server.dsn_of("front_machine")
    await admin.execute("drop database front_machine with (force)")
    await admin.close()


@pytest.fixture
async def front(node: Node, machine: str, tmp_path: Path) -> AsyncIterator[Front]:
    """An empty front-end machine, one source."""
    conn = await asyncpg.connect(machine)
    await conn.execute("truncate front.firm; set timezone = '+08'")
    yield Front(node, conn, machine, tmp_path / "sources")
    await conn.close()


async def test_only_what_is_new_is_taken(front: Front) -> None:
    assert await front.counts() is None
    assert await front.position() is None
    for serial in (1, 2, 3):
        await front.put(serial, f"{DAY}{serial}")
    assert await front.counts() == (3, 3, 0, 0)
    (batch,) = await front.batches()
    at = await front.position()
    assert at is not None
    assert Watermark.model_validate_json(at["watermark"]).keys == ("3",)
    assert (at["since"], at["batch_id"]) == ("null", batch)
    kept = await front.node.collect.get(batch)
    assert (kept.channel, kept.file_name, kept.provider, kept.item) == ("table", "front.parquet", "samr", "1")

    assert await front.counts() is None
    assert (await front.position(), await front.batches()) == (at, [batch])
    await front.put(4, f"{DAY}4")
    await front.put(2, f"{DAY}5", address="新路1号")
    assert await front.counts() == (2, 1, 1, 0)
    assert await front.counts() is None
    assert len(await front.node.table("select from record where known_to is null")) == 4


async def test_rows_of_one_moment(front: Front) -> None:
    await front.put(1, f"{DAY}1")
    await front.put(2, f"{DAY}1")
    assert await front.counts() == (2, 2, 0, 0)
    await front.put(3, f"{DAY}1")
    assert await front.counts() == (1, 1, 0, 0)
    assert await front.counts() is None


async def test_lag_catches_what_came_late_and_is_quiet_otherwise(front: Front) -> None:
    front.source(lag=5)
    await front.put(1, f"{DAY}1")
    await front.put(2, f"{DAY}5")
    assert await front.counts() == (2, 2, 0, 0)
    for _ in range(2):
        assert await front.counts() is None  # the same rows once more
    await front.put(0, f"{DAY}3")  # committed late
    assert await front.counts() == (3, 1, 0, 2)
    assert await front.counts() is None
    assert len(await front.batches()) == 2


async def test_a_row_that_changes_back_is_changed_back(front: Front) -> None:
    """The third file has the same bytes as the first, and is not taken for it."""
    for moment, address in enumerate(("甲路1号", "乙路2号", "甲路1号"), 1):
        await front.put(1, f"{DAY}{moment}", address=address)
        assert await front.counts() == (1, int(moment == 1), int(moment > 1), 0)
    (record,) = await front.node.table("select payload from record where known_to is null")
    assert json.loads(record["payload"])["address"] == "甲路1号"


async def test_a_crash_before_the_watermark_is_written_leaves_nothing(front: Front) -> None:
    """The batch is recorded, the watermark refused: neither stays, and the rows are there the next time."""
    await front.put(1, f"{DAY}1")
    assert await front.counts() == (1, 1, 0, 0)
    before = (await front.position(), await front.batches())
    await front.put(2, f"{DAY}2")
    async with front.node.db.acquire() as conn:
        await conn.execute(
            "create function die() returns trigger language plpgsql as $$ begin raise 'killed here'; end $$;"
            "create trigger die before insert or update on pull_watermark for each row execute function die()"
        )
        with pytest.raises(asyncpg.RaiseError, match="killed here"):
            await front.counts()
        assert (await front.position(), await front.batches()) == before
        await conn.execute("drop trigger die on pull_watermark")
    assert await front.counts() == (1, 1, 0, 0)


@pytest.mark.parametrize("state", [BatchState.CHECKED, BatchState.LOADED])
async def test_a_crash_in_the_middle_of_a_batch_is_taken_up_by_the_next_pull(front: Front, state: BatchState) -> None:
    class KilledError(Exception):
        pass

    async def die(reached: BatchState) -> None:
        if reached is state:
            raise KilledError

    await front.put(1, f"{DAY}1")
    await front.put(2, f"{DAY}2")
    with pytest.raises(KilledError):
        await front.counts(on_step=die)
    assert len(await front.batches()) == 1
    await front.put(3, f"{DAY}3")
    assert await front.counts() == (1, 1, 0, 0)
    assert [row["state"] for row in await front.node.table("select state from batch")] == ["published"] * 2
    assert len(await front.node.table("select from record")) == 3


async def test_rows_of_a_rejected_batch_are_read_again(front: Front) -> None:
    front.source(columns=[*COLUMNS, "updated_at"])
    await front.put(1, f"{DAY}1")
    result = await front.pulls.pull("front")
    assert result.batch is not None
    assert (result.batch.state, result.batch.error and result.batch.error["code"]) == ("rejected", "columns_do_not_fit")
    front.source()
    await front.put(2, f"{DAY}2")
    assert await front.counts() == (2, 2, 0, 0)
    assert await front.counts() is None


async def test_nothing_is_read_past_a_batch_that_waits_for_a_person(front: Front) -> None:
    for serial in (1, 2):
        await front.put(serial, f"{DAY}{serial}", subject_name="")
    await front.put(3, f"{DAY}3")
    result = await front.pulls.pull("front")
    assert result.batch is not None
    assert result.batch.state is BatchState.HELD
    with pytest.raises(PullWaitingError, match=f"批次 {result.batch.id} 暂停待处置"):
        await front.counts()
    await front.node.collect.decide(result.batch.id, False, "张三", "名称缺失")
    for serial in (1, 2):
        await front.put(serial, f"{DAY}{serial}")
    assert await front.counts() == (3, 3, 0, 0)


async def test_from_the_start(front: Front) -> None:
    await front.put(1, f"{DAY}1")
    await front.put(2, f"{DAY}2")
    assert await front.counts() == (2, 2, 0, 0)
    await front.put(3, f"{DAY}3")
    assert await front.counts(from_start=True) == (3, 1, 0, 2)
    assert await front.counts() is None


async def test_a_table_read_in_full(front: Front) -> None:
    front.source(mode="full", watermark=None, keys=[])
    for serial in range(1, 52):
        await front.put(serial, f"{DAY}1")
    assert await front.counts() == (51, 51, 0, 0)
    assert await front.counts() is None
    await front.conn.execute("delete from front.firm where id = 51")
    assert await front.counts() == (50, 0, 0, 50)
    at = await front.position()
    assert at is not None
    assert (at["watermark"], at["batch_id"]) == ("null", 2)
    assert [row["state"] for row in await front.node.table("select state from record where known_to is not null")] == [
        "closed"
    ]


async def test_two_workers_pull_once(front: Front) -> None:
    await front.put(1, f"{DAY}1")
    results = await asyncio.gather(front.pulls.pull("front"), front.pulls.pull("front"), return_exceptions=True)
    refused = [result for result in results if isinstance(result, PullBusyError)]
    assert len(refused) == 1
    assert refused[0].code == "pull_busy"
    assert len(await front.batches()) == 1


async def test_sources_that_cannot_be_pulled(front: Front) -> None:
    front.source(name="off", enabled=False)
    front.source(name="away", url_env="AWAY_URL")
    front.source(name="lost", item="99")
    expected: list[tuple[str, type[Exception], str]] = [
        ("off", SourceDisabledError, "没有启用"),
        ("away", PullSettingError, "缺少环境变量 AWAY_URL"),
        ("lost", ItemNotFoundError, "99"),
        ("nowhere", UnknownSourceError, "没有名为 nowhere 的数据源"),
        ("../front", UnknownSourceError, "没有名为"),
    ]
    for name, kind, message in expected:
        with pytest.raises(kind, match=message):
            await front.pulls.pull(name)
    unreachable = PullService(
        front.node.db, front.node.collect, front.folder, {"FRONT_URL": "postgresql://u:geheim@127.0.0.1:1/x"},
        front.node.clock,
    )  # fmt: skip
    with pytest.raises(PullUnreachableError, match="连接不上") as caught:
        await unreachable.pull("front")
    assert "geheim" not in str(caught.value.as_dict())
    assert (await front.position(), await front.batches()) == (None, [])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ({"tabel": "x"}, "tabel"),
        ({"url_env": "XINSHU_FRONT"}, "url_env 不能以 XINSHU_ 开头"),
        ({"keys": []}, "增量方式需要"),
        ({"columns": []}, "columns"),
        ({"name": "other"}, "name 是 other"),
    ],
)
def test_a_source_written_wrongly_is_named(tmp_path: Path, text: dict[str, Any], fault: str) -> None:
    (tmp_path / "front.yml").write_text(yaml.safe_dump(SOURCE | text), "utf-8")
    with pytest.raises(SourceInvalidError, match=r"front\.yml") as caught:
        load_sources(tmp_path)
    assert fault in caught.value.message


def test_a_source_that_is_no_yaml(tmp_path: Path) -> None:
    for data in (b"name: [", b"\xff\xfe", b"", b"- 1"):
        (tmp_path / "front.yml").write_bytes(data)
        with pytest.raises(SourceInvalidError, match=r"front\.yml"):
            load_sources(tmp_path)


def test_the_example_is_shipped_and_off() -> None:
    (example,) = load_sources(Settings().pull_sources)
    assert Settings().pull_sources == packaged_definitions() / "pull-sources"
    assert (example.name, example.enabled) == ("example-registry", False)
    assert load_sources(packaged_definitions() / "nowhere") == []


async def test_over_http_with_the_worker(
    front: Front, settings: Settings, db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONT_URL", front.url)
    front.source(name="off", enabled=False)
    await front.put(1, f"{DAY}1")
    own = settings.model_copy(update={"pull_sources": front.folder})
    async with node_over(own, db, clock) as node:
        async with node.http(None) as stranger:
            assert (await stranger.get("/v1/pulls")).status_code == 401
            assert (await stranger.post("/v1/pulls/front")).status_code == 401
        async with node.serving() as client:
            for name, expected in (("nowhere", (404, "pull_source_unknown")), ("off", (409, "pull_source_disabled"))):
                answer = await client.post(f"/v1/pulls/{name}")
                assert (answer.status_code, answer.json()["code"]) == expected
            answer = await client.post("/v1/pulls/front")
            assert (answer.status_code, answer.json()) == (202, {"name": "front", "queued": True})
            for _ in range(400):
                first, second = (await client.get("/v1/pulls")).json()
                if first["last_state"] == "published":
                    break
                await asyncio.sleep(0.05)
        assert (first["name"], first["table"], first["last_batch"]) == ("front", "front.firm", 1)
        assert first["watermark"]["keys"] == ["1"]
        assert (second["name"], second["enabled"], second["watermark"]) == ("off", False, None)
        assert "postgresql" not in json.dumps([first, second])


async def test_by_command(front: Front, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert settings.database_url is not None
    environment = {
        "XINSHU_HOME": str(settings.home), "XINSHU_DATABASE_URL": settings.database_url.get_secret_value(),
        "XINSHU_PULL_SOURCES": str(front.folder), "FRONT_URL": front.url, "COLUMNS": "200",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    await front.put(1, f"{DAY}1")

    async def run(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        return result.exit_code, result.output

    code, text = await run("pull", "front", "--json")
    answer = json.loads(text)
    assert (code, answer["rows"], answer["batch"]["new"], answer["watermark"]["keys"]) == (0, 1, 1, ["1"])
    assert await run("pull", "front") == (0, "数据源 front 没有新行\n")
    code, text = await run("sources")
    assert code == 0
    assert "front.firm" in text
    assert "已发布" in text
    code, text = await run("pull", "nowhere")
    assert (code, "没有名为 nowhere 的数据源" in text, "现有:front" in text) == (1, True, True)
