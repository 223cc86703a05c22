"""DuckDB and Spark give the same rows, accepted and set aside; also when an executor is killed in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from collect_kit import MOMENT, Node, build, code_of, csv_of, tools_for, write

from xinshu.collect.model import Batch, BatchState
from xinshu.collect.prepare import prepare
from xinshu.core.clock import FixedClock
from xinshu.core.settings import Settings
from xinshu.store import Database
from xinshu.store.engine import Engine, EngineUnavailableError, open_engine

pytestmark = [pytest.mark.full, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]

COLUMNS = (
    "企业名称", "统一社会信用代码", "注册日期", "企业类型", "法人代表", "注册资金",
    "经营范围", "所在省份", "地区", "注册地址",
)  # fmt: skip
CAPITALS = ("50(万元人民币)", "1,000(万元)", "26(万美元)", "N/A", "若干", "3000元", "0.5亿元", "", "12.5(万英镑)")
CODES: tuple[Callable[[int], str], ...] = (
    code_of,
    lambda n: f"3201110000{n:05}",
    lambda n: code_of(n)[:-1] + ("A" if code_of(n)[-1] != "A" else "B"),
    lambda n: code_of(n).lower(),
    lambda n: "N/A",
    code_of,
)
DATES = (
    "2016-03-18",
    "2016/3/18",
    "2016年3月18日",
    "20160318",
    "2030-01-01",
    "1900-01-01",
    "2016-02-30",
    "N/A",
    "2001-1-1",
)
NAMES = ("示例市第{}号机械有限公司", "示例市第{}号（集团）公司", " ＡＢＣ {} 商行 ", "示例“{}”店", "")


def registry_file(rows: int, start: int = 0) -> bytes:
    """A file like the open register data, with its faults: a deterministic mixture."""
    made: list[dict[str, Any]] = []
    for n in range(start, start + rows):
        values = (
            NAMES[n % 5 if n % 7 == 0 else n % 4].format(n), CODES[n % 6](n), DATES[n % 9 if n % 4 == 0 else n % 4],
            ("有限责任公司", "个体", "不知道", "股份有限公司 国有企业")[n % 4], "李 明", CAPITALS[n % 9],
            "机械,\"零部件\"\n加工" if n % 11 == 0 else "机械加工", "江苏",
            ("南京", "无此市", "苏州市")[n % 3], f"示例路{n}号",
        )  # fmt: skip
        made.append(dict(zip(COLUMNS, values, strict=True)))
        if n % 13 == 0:  # a name with a blank pushed the rest one column on
            made[-1] |= {"法人代表": "汪", "注册资金": "俊", "经营范围": "50万"}
    return csv_of(made) + b"too,few,cells\n"


def verdicts(engine: Engine, home: Path, file: Path) -> tuple[list[Any], list[Any], Any]:
    """Accepted rows, rows set aside with their reasons, and the figures that the checks give."""
    tools = tools_for(Settings(home=home), engine, alone=True)
    batch = Batch(
        id=1, provider="samr", item="1", item_version="2024.1", batch_no=None, mode="incremental", channel="file",
        mapping="registry-open-data", platform="320000", state=BatchState.RECEIVED, file_name=file.name,
        file_sha256="", file_bytes=0, raw_path="", received_at=MOMENT, updated_at=MOMENT,
    )  # fmt: skip
    prepared = prepare(tools, batch, _registration(), file, MOMENT)
    try:
        accepted = prepared.bench.execute("select * from accepted order by row_no").fetchall()
        doubts = sorted((doubt.row_no, tuple(doubt.reasons)) for doubt in prepared.doubts)
        return accepted, doubts, (prepared.read, prepared.warnings, prepared.fill, prepared.fault_details)
    finally:
        prepared.close()
        tools.benches.close()


def _registration() -> Any:
    from collect_kit import parts

    return parts().catalogue.item("1")


@pytest.fixture(scope="module")
def spark_home() -> Iterator[Path]:
    """Where pyspark is installed; skips without it or without Java."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed (pip install 'xinshu[spark]')")
    if shutil.which("java") is None:
        pytest.skip("no Java")
    before = {name: os.environ.get(name) for name in ("PYSPARK_PYTHON", "SPARK_LOCAL_IP")}
    os.environ["PYSPARK_PYTHON"], os.environ["SPARK_LOCAL_IP"] = sys.executable, "127.0.0.1"
    yield Path(pyspark.__file__).parent
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Some thousands of rows of every kind."""
    return write(tmp_path, "registry.csv", registry_file(3_000))


@pytest.fixture
def expected(tmp_path: Path, file: Path) -> tuple[list[Any], list[Any], Any]:
    """What DuckDB says."""
    engine = open_engine(Settings(home=tmp_path / "duck"))
    found = verdicts(engine, tmp_path / "duck", file)
    engine.close()
    assert len(found[0]) > 500 and len({reason for _, reasons in found[1] for reason in reasons}) >= 6
    return found


def test_spark_in_this_process(spark_home: Path, tmp_path: Path, file: Path, expected: Any) -> None:
    engine = open_engine(Settings(home=tmp_path / "spark", engine="spark-local"))
    try:
        assert verdicts(engine, tmp_path / "spark", file) == expected
        second = write(tmp_path, "second.csv", registry_file(50, start=90_000))
        duck = open_engine(Settings(home=tmp_path / "duck"))
        assert verdicts(engine, tmp_path / "spark", second) == verdicts(duck, tmp_path / "duck", second)
        duck.close()
    finally:
        engine.close()


async def test_a_batch_is_published_the_same(
    spark_home: Path, settings: Settings, db: Database, clock: FixedClock
) -> None:
    engine = open_engine(settings.model_copy(update={"engine": "spark-local"}))
    try:
        node = Node(await build(settings, db, clock, engine, alone=True), clock)
        data = registry_file(200)
        batch = await node.send(data, mapping="registry-open-data")
        duck = Node(await build(settings, db, clock), clock)
        again = await duck.send(data, mapping="registry-open-data", batch_no="with-duckdb")
        assert (again.counts.read, again.counts.quarantined) == (batch.counts.read, batch.counts.quarantined)
        assert again.reasons == batch.reasons
        if batch.state is BatchState.HELD:
            batch = await node.collect.decide(batch.id, accept=True, by="王五")
            again = await duck.collect.decide(again.id, accept=True, by="王五")
        assert batch.counts.new > 80
        assert (again.counts.new, again.counts.changed) == (0, 0)  # every hash is the same
    finally:
        engine.close()


def test_several_files_at_once_do_not_mix(spark_home: Path, tmp_path: Path) -> None:
    """The next file is checked while one is published: one session, several threads."""
    files = [write(tmp_path, f"{n}.csv", registry_file(100, start=n * 1_000)) for n in range(4)]
    duck = open_engine(Settings(home=tmp_path / "duck"))
    expected = [verdicts(duck, tmp_path / "duck", file) for file in files]
    duck.close()
    engine = open_engine(Settings(home=tmp_path / "spark", engine="spark-local"))
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda file: verdicts(engine, tmp_path / "spark", file), files)) == expected
    finally:
        engine.close()
    assert not any((tmp_path / "spark" / "spark").iterdir())


def test_a_session_that_is_gone_is_a_clear_error(spark_home: Path, tmp_path: Path, file: Path) -> None:
    engine = open_engine(Settings(home=tmp_path / "spark", engine="spark-local"))
    engine.close()
    with pytest.raises(EngineUnavailableError) as caught:
        verdicts(engine, tmp_path / "spark", file)
    assert caught.value.status == 503
    assert not any((tmp_path / "spark" / "spark").iterdir())


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def cluster(spark_home: Path, tmp_path: Path) -> Iterator[str]:
    """A standalone master and two workers as processes of their own; gives the master's address."""
    port = free_port()
    command = [str(spark_home / "bin" / "spark-class")]
    about = os.environ | {
        "SPARK_HOME": str(spark_home), "SPARK_LOG_DIR": str(tmp_path), "SPARK_WORKER_DIR": str(tmp_path / "workers"),
        "SPARK_DAEMON_MEMORY": "256m", "SPARK_EXECUTOR_MEMORY": "512m",
    }  # fmt: skip
    master = ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = ["org.apache.spark.deploy.worker.Worker", "--cores", "1", "--memory", "1g", "--webui-port", "0",
              "--host", "127.0.0.1", f"spark://127.0.0.1:{port}"]  # fmt: skip
    running = []
    try:
        for number, arguments in enumerate((master, worker, worker)):
            log = tmp_path / f"spark-{number}.log"
            with log.open("wb") as sink:
                running.append(
                    subprocess.Popen(
                        [*command, *arguments], env=about, stdout=sink, stderr=sink, start_new_session=True
                    )
                )
            said = "Successfully registered with master" if number else "I have been elected leader"
            for _ in range(600):
                if said in log.read_text(errors="replace"):
                    break
                assert running[-1].poll() is None, log.read_text(errors="replace")
                time.sleep(0.1)
            else:
                raise AssertionError(log.read_text(errors="replace"))
        yield f"spark://127.0.0.1:{port}"
    finally:
        for process in reversed(running):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def executors(workers: Path) -> list[int]:
    """Process numbers of the executors of our workers, by their working folders."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
            inside = (folder / "cwd").resolve().is_relative_to(workers)
        except OSError:
            continue
        if b"CoarseGrainedExecutorBackend" in line and inside:
            found.append(int(folder.name))
    return found


def test_a_cluster_that_loses_an_executor(cluster: str, tmp_path: Path) -> None:
    """One executor is killed with SIGKILL while it works; its tasks run again on the other."""
    file = write(tmp_path, "registry.csv", registry_file(60_000))
    duck = open_engine(Settings(home=tmp_path / "duck"))
    expected = verdicts(duck, tmp_path / "duck", file)
    duck.close()
    killed: list[int] = []
    home = tmp_path / "spark"

    def kill_one() -> None:
        """When the first rows are written, an executor is at work."""
        for _ in range(6_000):
            at_work = executors(tmp_path / "workers")
            if len(at_work) >= 2 and any(home.glob("spark/*/checked/_temporary/**/*.parquet")):
                killed.append(at_work[0])
                os.kill(at_work[0], signal.SIGKILL)
                return
            time.sleep(0.02)

    engine = open_engine(Settings(home=home, engine=cluster))
    killer = Thread(target=kill_one, daemon=True)
    killer.start()
    try:
        found = verdicts(engine, home, file)
    finally:
        engine.close()
    killer.join(5)
    assert len(killed) == 1, "no executor was seen at work"
    assert found == expected


def test_the_open_register_data(spark_home: Path, tmp_path: Path, shared_data: Path) -> None:
    """All 39 files: Spark and DuckDB accept and set aside the same rows."""
    duck, spark = (
        open_engine(Settings(home=tmp_path / name, engine=engine))
        for name, engine in (("duck", "duckdb"), ("spark", "spark-local"))
    )
    read = 0
    try:
        for file in sorted((shared_data / "registry").glob("*.csv.gz")):
            ours, theirs = verdicts(duck, tmp_path / "duck", file), verdicts(spark, tmp_path / "spark", file)
            assert ours == theirs, file.name
            read += ours[2][0]
    finally:
        duck.close()
        spark.close()
    assert read == 282_803
