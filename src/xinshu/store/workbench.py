"""The workbench: a private DuckDB for one collection run, lent out and taken back so that compiled statements stay."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Any

import duckdb

from xinshu.core.errors import UnavailableError

PREPARED_KEPT = 16  # statements a workbench keeps prepared; one of thousands of expressions takes about 5 MB
IDLE_KEPT = 2  # one that is checked while another is published


PREFIX, LOCK = "bench-", "in-use"


class WorkSpaceError(UnavailableError):
    """The working folder is full or not writable."""

    code = "work_space_unavailable"


class Workbench:
    """A DuckDB whose tables spill to `folder` beyond `memory`; `scratch` is where a run may keep files."""

    def __init__(self, folder: Path, memory: str, threads: int) -> None:
        self.folder = folder
        self.prepared: OrderedDict[str, int] = OrderedDict()
        self._numbers = 0
        try:
            folder.mkdir(parents=True)
            in_use = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(in_use, fcntl.LOCK_EX)  # falls with the process
            self._let_go = weakref.finalize(self, os.close, in_use)
            self.connection = duckdb.connect(
                ":memory:",
                config={
                    "memory_limit": memory,
                    "threads": threads,
                    "temp_directory": str(folder / "spill"),
                    "preserve_insertion_order": False,
                },
            )
            # Prepared statements are planned anew (0.4 s) whenever their catalog changes: they get one of their own.
            self.connection.execute("attach ':memory:' as kept")
        except (OSError, duckdb.Error) as error:
            raise WorkSpaceError(f"工作目录 {folder} 不可用:{error}", hint="检查磁盘空间与权限") from error

    def execute(self, sql: str) -> Any:
        """Run one statement; returns the DuckDB result."""
        return self.connection.execute(sql)

    def row(self, sql: str) -> tuple[Any, ...]:
        """The only row of a query."""
        rows: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()  # reads to the end, as DuckDB demands
        return rows[0]

    def number_for(self, key: str) -> tuple[int, bool]:
        """The number under which a statement is kept, and whether it is new; the one longest unused is dropped."""
        known = self.prepared.get(key)
        if known is not None:
            self.prepared.move_to_end(key)
            return known, False
        self._numbers += 1
        self.prepared[key] = self._numbers
        while len(self.prepared) > PREPARED_KEPT:
            _, old = self.prepared.popitem(last=False)
            self.execute(f"deallocate run_{old}")
            for table in (f"arriving_{old}", f"result_{old}"):
                self.execute(f"drop table kept.{table}")
        return self._numbers, True

    def clear(self) -> None:
        """Drop what the run left but what was prepared."""
        names = self.execute(
            "select table_name, table_type from information_schema.tables where table_catalog = 'memory'"
        ).fetchall()
        for name, kind in sorted(names, key=lambda row: bool(row[1] != "VIEW")):  # views first, they hang on tables
            self.execute(f'drop {"view" if kind == "VIEW" else "table"} if exists "{name}"')
        for number in self.prepared.values():
            self.execute(f"truncate kept.arriving_{number}")
            self.execute(f"truncate kept.result_{number}")
        for path in self.folder.glob("*.parquet"):
            path.unlink()

    def close(self) -> None:
        """Drop everything."""
        self.connection.close()
        self._let_go()
        shutil.rmtree(self.folder, ignore_errors=True)


class Workbenches:
    """Lends workbenches; at most `IDLE_KEPT` idle ones are kept. Safe to use from several threads."""

    def __init__(self, folder: Path, memory: str, threads: int) -> None:
        self.folder = folder
        self._memory = memory
        self._threads = threads
        self._idle: list[Workbench] = []
        self._lock = threading.Lock()

    def take(self) -> Workbench:
        """An empty workbench. Raises WorkSpaceError."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        # Several processes may use the folder: the name must be nobody else's.
        return Workbench(self.folder / f"{PREFIX}{secrets.token_hex(6)}", self._memory, self._threads)

    def give_back(self, bench: Workbench) -> None:
        """Take a workbench back; one that cannot be cleared is closed."""
        try:
            bench.clear()
        except (duckdb.Error, OSError):
            bench.close()
            return
        with self._lock:
            if len(self._idle) < IDLE_KEPT:
                self._idle.append(bench)
                return
        bench.close()

    def sweep(self) -> None:
        """Remove what killed processes left; rows in clear may be among it."""
        for lock in self.folder.glob(f"{PREFIX}*/{LOCK}"):
            try:
                with lock.open("rb") as handle:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(lock.parent, ignore_errors=True)
            except OSError:
                continue  # in use, or gone meanwhile

    def close(self) -> None:
        """Close the idle ones."""
        with self._lock:
            idle, self._idle = self._idle, []
        for bench in idle:
            bench.close()
