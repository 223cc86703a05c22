"""The connection to PostgreSQL: embedded or by URL, one pool a process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from xinshu.core.errors import UnavailableError
from xinshu.core.settings import Settings
from xinshu.store import embedded
from xinshu.store.migrate import upgrade

MINIMUM_VERSION = 150000  # server_version_num of PostgreSQL 15


class DatabaseUnavailableError(UnavailableError):
    """PostgreSQL does not answer, or is too old."""

    code = "database_unavailable"


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Nothing sets session state, so returning to the pool needs no round trip."""

    def get_reset_query(self) -> str:
        return ""


class Database:
    """A pool of connections, and the embedded server behind it where there is one."""

    def __init__(self, pool: Any, dsn: str, server: embedded.EmbeddedServer | None) -> None:
        self.pool = pool
        self.dsn = dsn
        self._server = server

    @classmethod
    async def open(cls, settings: Settings, *, migrate: bool = True) -> Database:
        """Start the embedded server where no URL is set, migrate, open the pool.

        Raises DatabaseUnavailableError or EmbeddedServerError, never with the password in the message.
        """
        server = None
        if settings.database_url is None:
            server = await asyncio.to_thread(embedded.start, settings.home / "postgres")
            dsn = server.dsn
        else:
            dsn = settings.database_url.get_secret_value()
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=settings.pool_size,
                connection_class=_Connection,
                server_settings={"application_name": "xinshu", "timezone": "UTC", "temp_buffers": "32MB"},
                timeout=10,
            )
            async with pool.acquire() as conn:
                version = int(await conn.fetchval("show server_version_num"))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise DatabaseUnavailableError(
                f"无法连接数据库 {_without_password(dsn)}:{type(error).__name__}: {error}".replace(
                    _password(dsn), "***"
                ),
                hint="检查 XINSHU_DATABASE_URL、网络与数据库服务",
            ) from None
        if version < MINIMUM_VERSION:
            await pool.close()
            raise DatabaseUnavailableError(f"数据库版本过低({version // 10000})", hint="需要 PostgreSQL 15 或更高")
        if migrate:
            await asyncio.to_thread(upgrade, dsn)
        return cls(pool, dsn, server)

    @contextlib.asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        """A connection from the pool. Raises DatabaseUnavailableError when the server is gone."""
        try:
            conn = await self.pool.acquire()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _gone(error) from error
        try:
            yield conn
        except LOST as error:
            if isinstance(error, asyncpg.InterfaceError) and "connection" not in str(error):
                raise  # a fault of our own statement
            await self.pool.expire_connections()  # the idle ones have probably lost the server too
            raise _gone(error) from error
        finally:
            with contextlib.suppress(*LOST):
                await self.pool.release(conn)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """A connection inside a transaction that commits at the end."""
        async with self.acquire() as conn, conn.transaction():
            yield conn

    async def close(self) -> None:
        """Close the pool and let go of the embedded server."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.pool.close(), timeout=10)
        self.pool.terminate()
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)


# What says in the middle of work that the server is gone. Other OSErrors (a full disk, a lost file) are not its fault.
LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server said goodbye while the connection was idle, and it was used once more
)


def _gone(error: Exception) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(f"数据库连接中断:{type(error).__name__}", hint="稍后重试;已确认的内容不会丢失")


def _password(dsn: str) -> str:
    try:
        return unquote(urlsplit(dsn).password or "\0")
    except ValueError:
        return "\0"


def _without_password(dsn: str) -> str:
    try:
        parts = urlsplit(dsn)
        return f"{parts.hostname or 'local'}:{parts.port or 5432}{parts.path}"
    except ValueError:
        return "(地址无法解析)"
