"""The connection to PostgreSQL: embedded or by URL, one pool a process."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg

from xinshu.core.errors import UnavailableError
from xinshu.core.settings import Settings
from xinshu.store import embedded
from xinshu.store.migrate import upgrade

IDLE = 60.0  # seconds after which an unused connection is not trusted any more
MINIMUM_VERSION = 150000  # server_version_num of PostgreSQL 15


class DatabaseUnavailableError(UnavailableError):
    """PostgreSQL does not answer, or is too old."""

    code = "database_unavailable"


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Nothing sets session state, so returning to the pool needs no round trip."""

    def get_reset_query(self) -> str:
        return ""


class Lease:
    """A connection for a while; a class of its own because it is on the path of every request."""

    __slots__ = ("_at_hand", "_conn")

    def __init__(self, at_hand: AtHand) -> None:
        self._at_hand = at_hand
        self._conn: Any = None

    async def __aenter__(self) -> Any:
        self._conn = self._at_hand.take()
        if self._conn is None:
            try:
                self._conn = await self._at_hand.fetch()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise _gone(error) from error
        return self._conn

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None and self._at_hand.keep(self._conn):
            return
        try:
            if isinstance(error, LOST) and not _our_own(error):
                await self._at_hand.expire()
                raise _gone(error) from error
        finally:
            with contextlib.suppress(*LOST):
                await self._at_hand.pool.release(self._conn)


class AtHand:
    """A pool, and a few of its connections that stay at hand between two uses: to take one from the pool and to give
    it back costs as much processor time as a small statement."""

    def __init__(self, pool: Any, most: int = 2, now: Callable[[], float] = time.monotonic) -> None:
        self.pool = pool
        self._most = most
        self._now = now
        self._free: list[tuple[Any, float]] = []  # with the moment from which it has not been used
        self._wanted = 0  # who waits for the pool has to get what becomes free

    def take(self) -> Any:
        """One that is at hand; None: ask the pool."""
        while self._free:
            conn, since = self._free.pop()
            if _is_open(conn):
                if self._now() - since < IDLE:
                    return conn
                conn.terminate()  # as the pool does with those that nobody used for long; frees its place there
        return None

    async def fetch(self) -> Any:
        """One from the pool."""
        self._wanted += 1
        try:
            return await self.pool.acquire()
        finally:
            self._wanted -= 1

    def keep(self, conn: Any) -> bool:
        """Keep a connection at hand that is whole and of which nobody is in need; False: give it to the pool."""
        if self._wanted or len(self._free) >= self._most or not _is_open(conn) or conn.is_in_transaction():
            return False
        self._free.append((conn, self._now()))
        return True

    async def expire(self) -> None:
        """The idle ones have probably lost the server too."""
        await self.close()
        await self.pool.expire_connections()

    async def close(self) -> None:
        """Keep none."""
        while self._free:
            with contextlib.suppress(*LOST):
                await self.pool.release(self._free.pop()[0])


def _is_open(conn: Any) -> bool:
    try:
        return not conn.is_closed()
    except asyncpg.InterfaceError:  # the server has ended it, and the pool has taken it back
        return False


class Database:
    """A pool of connections, and the embedded server behind it where there is one."""

    def __init__(self, pool: Any, dsn: str, server: embedded.EmbeddedServer | None) -> None:
        self.pool = pool
        self.dsn = dsn
        self._server = server
        self._at_hand = AtHand(pool)

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

    def acquire(self) -> Lease:
        """A connection from the pool: `async with`. Raises DatabaseUnavailableError when the server is gone."""
        return Lease(self._at_hand)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """A connection inside a transaction that commits at the end."""
        async with self.acquire() as conn, conn.transaction():
            yield conn

    async def close(self) -> None:
        """Close the pool and let go of the embedded server."""
        await self._at_hand.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.pool.close(), timeout=10)
        self.pool.terminate()
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)


async def beside(dsn: str, suffix: str) -> str:
    """Address of the database `<name>_<suffix>` on the same server, made where it does not exist.

    Raises DatabaseUnavailableError when it cannot be made.
    """
    parts = urlsplit(dsn)
    name = f"{parts.path.lstrip('/')}_{suffix}"
    conn = await asyncpg.connect(dsn, timeout=10)
    try:
        if not await conn.fetchval("select count(*) from pg_database where datname = $1", name):
            quoted = await conn.fetchval("select quote_ident($1)", name)
            with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await conn.execute(f"create database {quoted}")
    except asyncpg.InsufficientPrivilegeError:
        raise DatabaseUnavailableError(
            f"数据库用户无权新建数据库 {name}", hint="请管理员建好该数据库,或另设地址"
        ) from None
    finally:
        await conn.close()
    return urlunsplit(parts._replace(path=f"/{name}"))


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


def _our_own(error: BaseException) -> bool:
    """Whether the fault is one of our own statement, not of the connection."""
    return isinstance(error, asyncpg.InterfaceError) and "connection" not in str(error)


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
