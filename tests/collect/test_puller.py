"""The puller against a real PostgreSQL and, where its binary is installed, a real MariaDB."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import pytest
from pydantic import SecretStr, ValidationError

from xinshu.collect.files import ReadLimits, open_source
from xinshu.collect.puller import PullSource, Watermark, pull, pull_to_file
from xinshu.collect.puller_sql import (
    PullColumnError,
    PullError,
    PullPermissionError,
    PullSettingError,
    PullTableError,
    PullUnreachableError,
    PullWatermarkError,
)

COLUMNS = ("企业 名称", "代码", "成立日期", "更新时间", "金额")


@dataclass
class Machine:
    """A front-end machine: its address, a way to run SQL on it, its words for the present and a moment."""

    kind: str
    url: SecretStr
    run: Callable[..., None]
    moment: str
    quote: str

    def table(self, rows: list[tuple[Any, ...]]) -> None:
        """A table `tax.firm` (`firm` in MySQL) with (name, code, founded, changed at, amount, sequence)."""
        q = self.quote
        self.run(
            f"create table firm ({q}企业 名称{q} varchar(200), {q}代码{q} varchar(18) not null, {q}成立日期{q} date,"
            f" {q}更新时间{q} {self.moment}, {q}金额{q} decimal(20,2), seq bigint, day date, flag varchar(10))"
        )
        self.insert(rows)

    def insert(self, rows: list[tuple[Any, ...]]) -> None:
        q = self.quote
        for row in rows:
            self.run(
                f"insert into firm ({q}企业 名称{q}, {q}代码{q}, {q}成立日期{q}, {q}更新时间{q}, {q}金额{q}, seq, day)"
                " values (%s, %s, %s, %s, %s, %s, %s)",
                (*row, row[2]),
            )


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a private MariaDB on a socket; skips where none is installed."""
    server, install = shutil.which("mariadbd") or "/usr/sbin/mariadbd", shutil.which("mariadb-install-db")
    if install is None or not Path(server).exists():
        pytest.skip("mariadbd is not installed (apt-get install mariadb-server)")
    home = tmp_path_factory.mktemp("maria")
    data, socket = home / "data", home / "s"
    common = ["--no-defaults", f"--datadir={data}", "--user=root"]
    subprocess.run([install, *common, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
    with (home / "log").open("wb") as log:
        running = subprocess.Popen([server, *common, f"--socket={socket}", "--skip-networking"], stdout=log, stderr=log)
    try:
        for _ in range(200):
            if socket.exists():
                break
            time.sleep(0.1)
        yield f"mysql://root@localhost/front?unix_socket={socket}"
    finally:
        running.terminate()
        running.wait(30)


@pytest.fixture(scope="module")
def postgres(server: Any) -> Iterator[str]:
    """Address of a database of its own on the tests' PostgreSQL."""
    with psycopg.connect(server.dsn_of("postgres"), autocommit=True) as link:
        link.execute("create database front")
        yield server.dsn_of("front")
        link.execute("drop database front with (force)")


def _mysql(url: str) -> Machine:
    socket = url.partition("unix_socket=")[2]

    def run(statement: str, values: tuple[Any, ...] | None = None) -> None:
        link = pymysql.connect(unix_socket=socket, user="root", charset="utf8mb4", autocommit=True)
        with link, link.cursor() as cursor:
            cursor.execute("create database if not exists front character set utf8mb4")
            cursor.execute("use front")
            cursor.execute(statement, values)

    return Machine("mysql", SecretStr(url), run, "datetime(6)", "`")


def _postgres(url: str) -> Machine:
    def run(statement: str, values: tuple[Any, ...] | None = None) -> None:
        with psycopg.connect(url, autocommit=True, options="-c search_path=tax") as link:
            link.execute("create schema if not exists tax")
            link.execute(statement, values)  # type: ignore[arg-type]

    return Machine("postgresql", SecretStr(url), run, "timestamp", '"')


@pytest.fixture(params=["postgresql", "mysql"])
def machine(request: pytest.FixtureRequest) -> Iterator[Machine]:
    """Each kind of front-end machine in turn, with no table `firm`."""
    if request.param == "postgresql":
        made = _postgres(request.getfixturevalue("postgres"))
    else:
        made = _mysql(request.getfixturevalue("mariadb"))
    made.run("drop table if exists firm")
    yield made


def source(machine: Machine, **changes: Any) -> PullSource:
    """The source of the table, with changes."""
    values: dict[str, Any] = {
        "name": "tax-front",
        "url_env": "TAX_FRONT_URL",
        "schema": "tax" if machine.kind == "postgresql" else None,
        "table": "firm",
        "columns": COLUMNS,
        "watermark": "更新时间",
        "keys": ("代码",),
        "item": "7",
        "provider": "tax",
        **changes,
    }
    return PullSource.model_validate(values)


def codes(machine: Machine, at: Watermark | None, **changes: Any) -> tuple[list[str], Watermark | None]:
    """The codes that a pull gives and the watermark after it."""
    reading = pull(source(machine, **changes), machine.url, at)
    got = [code for batch in reading.batches() for code in batch.column("代码").to_pylist()]
    assert reading.rows == len(got)
    return got, reading.watermark


ROWS = [
    ("甲公司", "A1", "2001-02-03", "2024-01-01 08:00:00", "12.50", 1),
    ("乙公司", "A2", None, "2024-01-01 08:00:00", "-0.00", 2),
    (None, "A3", "2003-04-05", "2024-01-01 08:00:00.000001", "1e3", 3),
    ("丁'\"`%s公司", "A4", "2004-01-01", "2024-01-02 00:00:00", None, 4),
]


def test_a_pull_becomes_a_file_like_any_other(machine: Machine, tmp_path: Path) -> None:
    machine.table(ROWS)
    pulled = pull_to_file(source(machine), machine.url, tmp_path / "firm.parquet", None)
    with open_source(tmp_path / "firm.parquet", ReadLimits()) as opened:
        assert opened.header == list(COLUMNS)
        rows = [[row[f"c{i}"] for i in range(5)] for batch in opened.batches() for row in batch.to_pylist()]
    assert [*rows[0][:3], rows[0][4]] == ["甲公司", "A1", "2001-02-03", "12.50"]
    assert rows[0][3].removesuffix(".000000") == "2024-01-01 08:00:00"
    assert [row[1] for row in rows] == ["A1", "A2", "A3", "A4"]
    assert rows[1][2] == rows[2][0] == rows[3][4] == ""
    assert rows[2][4] == "1000.00"
    assert rows[3][0] == "丁'\"`%s公司"
    assert rows[3][3] == "2024-01-02"
    assert pulled.rows == 4
    assert pulled.watermark is not None
    assert pulled.watermark.keys == ("A4",)


def test_equal_watermarks_are_neither_lost_nor_read_twice(machine: Machine) -> None:
    machine.table(ROWS[:2])
    first, at = codes(machine, None)
    assert first == ["A1", "A2"]
    assert codes(machine, at) == ([], at)
    machine.insert(
        [("丙", "A3", None, "2024-01-01 08:00:00", None, 3), ("零", "A0", None, "2024-01-01 08:00:00", None, 4)]
    )
    late, after = codes(machine, at)
    assert late == ["A3"]  # A0 is before the key already read: only a lag finds it
    assert codes(machine, at, lag=1)[0] == ["A0", "A1", "A2", "A3"]
    assert after is not None
    assert after.keys == ("A3",)


def test_lag_reads_the_last_stretch_again(machine: Machine) -> None:
    machine.table(ROWS)
    _, at = codes(machine, None)
    assert codes(machine, at, lag=3600)[0] == ["A4"]
    assert codes(machine, at, lag=16 * 3600)[0] == ["A1", "A2", "A3", "A4"]


def test_a_sequence_and_a_date_serve_as_watermark(machine: Machine) -> None:
    machine.table(ROWS)
    got, at = codes(machine, None, watermark="seq")
    assert (got, at) == (["A1", "A2", "A3", "A4"], Watermark(value="4", keys=("A4",)))
    machine.insert([("戊", "A5", "2005-01-01", "2023-01-01", None, 10)])
    assert codes(machine, at, watermark="seq")[0] == ["A5"]
    assert codes(machine, at, watermark="seq", lag=2)[0] == ["A2", "A3", "A4", "A5"]
    machine.run("delete from firm where day is null")
    _, by_day = codes(machine, None, watermark="day", lag=366)
    assert codes(machine, by_day, watermark="day", lag=366)[0] == ["A4", "A5"]


def test_a_sequence_is_ordered_as_a_number(machine: Machine) -> None:
    machine.table([(None, f"C{n}", None, "2024-01-01", None, n) for n in (9, 10, 100)])
    got, at = codes(machine, None, watermark="seq", keys=("seq",), columns=("seq", "代码"))
    assert (got, at) == (["C9", "C10", "C100"], Watermark(value="100", keys=("100",)))


def test_several_keys(machine: Machine) -> None:
    machine.table(ROWS)
    got, at = codes(machine, Watermark(value="2024-01-01 08:00:00", keys=("A1", "1")), keys=("代码", "seq"))
    assert got == ["A2", "A3", "A4"]
    assert at is not None
    assert at.keys == ("A4", "4")
    assert codes(machine, at, keys=("代码", "seq"))[0] == []


def test_a_date_ahead_of_the_present_does_not_hide_later_rows(machine: Machine) -> None:
    machine.table([*ROWS, ("未来", "Z9", None, "2999-01-01 00:00:00", None, 9)])
    got, at = codes(machine, None)
    assert got == ["A1", "A2", "A3", "A4", "Z9"]
    machine.insert([("新", "B1", None, "2024-02-01 00:00:00", None, 10)])
    assert codes(machine, at)[0] == ["B1", "Z9"]


def test_full_mode_reads_all_and_keeps_no_watermark(machine: Machine) -> None:
    machine.table(ROWS)
    got, at = codes(machine, None, mode="full", watermark=None, keys=())
    assert (sorted(got), at) == (["A1", "A2", "A3", "A4"], None)


def test_many_rows_come_in_batches_and_may_be_left_unread(machine: Machine) -> None:
    machine.table(ROWS[:1])
    for step in range(15):  # doubled each time
        machine.run(
            "insert into firm (代码, 更新时间, seq) select concat('N', seq + %s), 更新时间, seq + %s from firm",
            (2**step, 2**step),
        )
    reading = pull(source(machine), machine.url, None)
    sizes = [batch.num_rows for batch in reading.batches()]
    assert (sum(sizes), len(sizes)) == (32_768, 2)
    unfinished = pull(source(machine), machine.url, None).batches()
    assert next(unfinished).num_rows == 20_000
    del unfinished


def test_tables_and_columns_that_are_not_there(machine: Machine) -> None:
    with pytest.raises(PullTableError, match="没有表"):
        codes(machine, None)
    machine.table(ROWS)
    with pytest.raises(PullTableError, match="没有列 税号、页码") as caught:
        codes(machine, None, columns=("代码", "税号"), keys=("页码",))
    assert caught.value.details == {"columns": ["税号", "页码"]}


def test_columns_that_cannot_be_a_watermark(machine: Machine) -> None:
    machine.table(ROWS)
    with pytest.raises(PullWatermarkError, match="水位列 flag 的类型是"):
        codes(machine, None, watermark="flag")
    with pytest.raises(PullWatermarkError, match="日期不分先后"):
        codes(machine, None, watermark="day")
    machine.insert([("无时", "A9", None, None, None, 9)])
    with pytest.raises(PullWatermarkError, match="有空值"):
        codes(machine, None)
    with pytest.raises(PullError, match="水位有 1 个键值,而 keys 有 2 列"):
        codes(machine, Watermark(value="1", keys=("A",)), watermark="seq", keys=("代码", "seq"))
    machine.run("delete from firm where seq = 9")
    with pytest.raises(PullWatermarkError, match="已保存的水位 昨天 与列 更新时间 的类型"):
        codes(machine, Watermark(value="昨天", keys=("A",)))
    with pytest.raises(PullWatermarkError, match="已保存的水位 2024-01-01 与列 seq 的类型"):
        codes(machine, Watermark(value="2024-01-01", keys=("A",)), watermark="seq")


def test_a_column_without_single_texts(machine: Machine) -> None:
    machine.table(ROWS)
    machine.run("alter table firm add column raw " + ("bytea" if machine.kind == "postgresql" else "blob"))
    with pytest.raises(PullColumnError, match="列 raw 的类型"):
        codes(machine, None, columns=("代码", "raw"))


def test_an_account_that_may_not_read(machine: Machine) -> None:
    machine.table(ROWS)
    if machine.kind == "postgresql":
        machine.run("drop role if exists pull_reader")
        machine.run("create role pull_reader login password 'geheim'")
        url = (
            machine.url.get_secret_value()
            .replace("//postgres:", "//pull_reader:")
            .replace("//postgres@", "//pull_reader@")
        )
    else:
        machine.run("create or replace user pull_reader@localhost identified by 'geheim'")
        machine.run("grant select on mysql.help_topic to pull_reader@localhost")
        machine.run("grant insert on front.firm to pull_reader@localhost")
        url = machine.url.get_secret_value().replace("//root@", "//pull_reader:geheim@")
    with pytest.raises((PullPermissionError, PullTableError), match="无权"):
        list(pull(source(machine), SecretStr(url), None).batches())
    if machine.kind == "postgresql":
        machine.run("drop role pull_reader")


def test_a_wrong_password_is_not_shown(mariadb: str) -> None:
    made = _mysql(mariadb)
    url = SecretStr(mariadb.replace("//root@", "//nobody:geheim@"))
    with pytest.raises(PullPermissionError, match="拒绝登录") as caught:
        list(pull(source(made), url, None).batches())
    assert "geheim" not in f"{caught.value}{caught.value.as_dict()}"


@pytest.mark.parametrize("address", ["postgresql://u:geheim@127.0.0.1:1/db", "mysql://u:geheim@127.0.0.1:1/db"])
def test_a_machine_that_does_not_answer(address: str, tmp_path: Path) -> None:
    unreachable = Machine("postgresql", SecretStr(address), lambda *_: None, "", "")
    with pytest.raises(PullUnreachableError, match="连接不上") as caught:
        pull_to_file(source(unreachable), unreachable.url, tmp_path / "x.parquet", None)
    assert "geheim" not in f"{caught.value}"
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_is_named(postgres: str) -> None:
    made = _postgres(postgres)
    made.run("drop table if exists firm")
    made.table(ROWS)
    made.run(
        "insert into firm (代码, 更新时间) select 'N' || i, now() - interval '1 day' from generate_series(1, 30000) i"
    )
    reading = pull(source(made), made.url, None).batches()
    next(reading)
    made.run(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like 'FETCH%' or query like 'DECLARE%'"
    )
    with pytest.raises(PullUnreachableError, match="连接中断"):
        list(reading)


def test_settings_are_checked() -> None:
    made = Machine("postgresql", SecretStr(""), lambda *_: None, "", "")
    with pytest.raises(PullSettingError, match="缺少环境变量 TAX_FRONT_URL"):
        source(made).url({})
    assert source(made).url({"TAX_FRONT_URL": "x"}).get_secret_value() == "x"
    with pytest.raises(PullSettingError, match="oracle:// 开头"):
        list(pull(source(made), SecretStr("oracle://u:p@h/d"), None).batches())
    for wrong in (
        {"table": 'firm"; drop table x; --'},
        {"columns": ("a`b",)},
        {"keys": ()},
        {"columns": ("代码", "代码")},
    ):
        with pytest.raises(ValidationError):
            source(made, **wrong)
