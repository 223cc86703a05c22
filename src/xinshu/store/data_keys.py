"""Wrapped keys in PostgreSQL. Blocking, as keys are used in the threads that check and seal; each call connects.

`xinshu.crypto.key_store` says what is asked of it. Every call is a transaction of its own: a key is durable before
anything is sealed with it, whatever becomes of the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from xinshu.core.clock import Clock
from xinshu.store.database import DatabaseUnavailableError

ALONE = 7110846  # advisory lock of those who change key-encryption keys


class DataKeyRow(NamedTuple):
    """A data key as kept; `ref` and `wrapped` are None once it is destroyed."""

    id: int
    ref: bytes | None
    suite: str
    kek_id: str
    wrapped: bytes | None


class SecretRow(NamedTuple):
    """A secret as kept."""

    name: str
    suite: str
    kek_id: str
    wrapped: bytes


class KeyRow(NamedTuple):
    """A key-encryption key and what it wraps."""

    id: str
    provider: str
    suite: str
    state: str
    created_at: str
    data_keys: int
    secrets: int


# `%b`: arrays go in binary, as text they cost several times as much.
_KEY = "select id, ref, suite, kek_id, wrapped from data_key"
FIND = f"{_KEY} where ref = any(%b)"
BY_ID = f"{_KEY} where id = any(%b::bigint[])"
OTHERS = f"{_KEY} where id > %s and kek_id <> %s and wrapped is not null order by id limit %s"

# Held until the transaction ends: `ACTIVATE` and `RETIRE` wait, and what is added under a key is seen by them.
HOLD_ACTIVE = "select from key_encryption_key where id = %s and state = 'active' for share"
ADD = """
insert into data_key (ref, suite, kek_id, wrapped, created_at)
select given.ref, %s, %s, given.wrapped, %s from unnest(%b::bytea[], %b::bytea[]) as given (ref, wrapped)
on conflict (ref) do nothing
returning id, ref"""
NEW_SECRET = """
insert into secret (name, suite, kek_id, wrapped, created_at) values (%s, %s, %s, %s, %s)
on conflict (name) do nothing"""  # noqa: S105

SECRET = "select name, suite, kek_id, wrapped from secret where name = %s"  # noqa: S105
OTHER_SECRETS = "select name, suite, kek_id, wrapped from secret where kek_id <> %s order by name"
ACTIVE = "select id from key_encryption_key where state = 'active'"
DESTROYED = "select count(*) from data_key where destroyed_at is not null"
HAS_INDEXES = "select exists (select from subject where citizen_index is not null)"
FIGURES = """
select count(*) filter (where wrapped is not null), count(*) filter (where destroyed_at is not null) from data_key"""

ENDED = "update key_encryption_key set state = 'old' where state = 'active' and id <> %s"
ACTIVATE = """
insert into key_encryption_key (id, provider, suite, state, created_at) values (%s, %s, %s, 'active', %s)"""
NOT_UNDER = """
select (select count(*) from data_key where kek_id <> %(kek)s and wrapped is not null)
       + (select count(*) from secret where kek_id <> %(kek)s)"""
REWRAP = """
update data_key d set kek_id = %s, wrapped = given.wrapped
from unnest(%b::bigint[], %b::bytea[]) as given (id, wrapped)
where d.id = given.id and d.wrapped is not null"""
REWRAP_SECRET = "update secret set kek_id = %s, wrapped = %s where name = %s"  # noqa: S105
SAMPLE = """
(select wrapped from secret where kek_id = %(kek)s limit 1)
union all
(select wrapped from data_key where kek_id = %(kek)s and wrapped is not null limit 1)
limit 1"""

LOCK_KEY = "select id from key_encryption_key where id = %s and state <> 'active' for update"
IN_USE = """
select exists (select from data_key where kek_id = %(kek)s and wrapped is not null)
       or exists (select from secret where kek_id = %(kek)s)"""
RETIRE = "update key_encryption_key set state = 'retired', retired_at = coalesce(retired_at, %s) where id = %s"
RECORDS = """
select k.id, k.provider, k.suite, k.state,
       to_char(k.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       coalesce(d.keys, 0), coalesce(s.secrets, 0)
from key_encryption_key k
left join (select kek_id, count(*) as keys from data_key where wrapped is not null group by kek_id) d on d.kek_id = k.id
left join (select kek_id, count(*) as secrets from secret group by kek_id) s on s.kek_id = k.id
order by k.created_at, k.id"""


class DataKeys:
    """The wrapped keys of one database. Every method raises DatabaseUnavailableError when it does not answer."""

    def __init__(self, dsn: str, clock: Clock) -> None:
        self._dsn = dsn
        self._clock = clock

    # -- data keys and secrets ---------------------------------------------------------------------------------------

    def find(self, refs: Sequence[bytes]) -> list[DataKeyRow]:
        """Those of the data keys that exist."""
        return self._keys(FIND, list(refs))

    def by_id(self, ids: Sequence[int]) -> list[DataKeyRow]:
        """The data keys of these numbers, destroyed ones too."""
        return self._keys(BY_ID, list(ids))

    def add(self, kek_id: str, suite: str, keys: Sequence[tuple[bytes, bytes]]) -> list[tuple[int, bytes]] | None:
        """Keep new data keys, (ref, wrapped): (number, ref) of those that nobody had added before.

        None, and nothing kept, when `kek_id` is not the active key any more. Give them in the order of their refs:
        two processes with the same refs in another order would wait for each other.
        """
        with self._cursor() as cursor:
            if cursor.execute(HOLD_ACTIVE, (kek_id,)).fetchone() is None:
                return None
            refs, wrapped = [ref for ref, _ in keys], [key for _, key in keys]
            rows = cursor.execute(ADD, (suite, kek_id, self._now(), refs, wrapped)).fetchall()
        return [(number, ref) for number, ref in rows]

    def secret(self, name: str) -> SecretRow | None:
        """The secret of this name."""
        with self._cursor() as cursor:
            row = cursor.execute(SECRET, (name,)).fetchone()
        return SecretRow(*row) if row is not None else None

    def add_secret(self, kek_id: str, name: str, suite: str, wrapped: bytes) -> bool:
        """Keep a secret unless there is one of this name; False, and nothing kept, when `kek_id` is not active."""
        with self._cursor() as cursor:
            if cursor.execute(HOLD_ACTIVE, (kek_id,)).fetchone() is None:
                return False
            cursor.execute(NEW_SECRET, (name, suite, kek_id, wrapped, self._now()))
        return True

    def destroyed(self) -> int:
        """How many data keys were destroyed so far."""
        return int(self._value(DESTROYED))

    def has_indexes(self) -> bool:
        """Whether subjects have blind indexes, which need the key they were made with."""
        return bool(self._value(HAS_INDEXES))

    # -- key-encryption keys -----------------------------------------------------------------------------------------

    def active(self) -> str | None:
        """The key-encryption key that wraps what is new."""
        with self._cursor() as cursor:
            row = cursor.execute(ACTIVE).fetchone()
        return str(row[0]) if row is not None else None

    def records(self) -> list[KeyRow]:
        """All key-encryption keys that were ever active, oldest first, with what they wrap."""
        with self._cursor() as cursor:
            rows = cursor.execute(RECORDS).fetchall()
        return [KeyRow(*row) for row in rows]

    @contextmanager
    def alone(self, *, wait: bool) -> Iterator[bool]:
        """Only one process at a time is inside; without `wait`, False where another is. Falls with the connection."""
        with self._connection() as connection:
            if wait:
                connection.execute("select pg_advisory_lock(%s)", (ALONE,))
                yield True
            else:
                row = connection.execute("select pg_try_advisory_lock(%s)", (ALONE,)).fetchone()
                yield row is not None and bool(row[0])

    def activate(self, kek_id: str, provider: str, suite: str) -> None:
        """Make a key the active one; what is being added with the former is kept first."""
        with self._cursor() as cursor:
            cursor.execute(ENDED, (kek_id,))
            cursor.execute(ACTIVATE, (kek_id, provider, suite, self._now()))

    def not_under(self, kek_id: str) -> int:
        """How many data keys and secrets other keys wrap."""
        return int(self._value(NOT_UNDER, {"kek": kek_id}))

    def others(self, kek_id: str, after: int, limit: int) -> list[DataKeyRow]:
        """A page of the data keys that other keys wrap, by number."""
        return self._keys(OTHERS, after, kek_id, limit)

    def other_secrets(self, kek_id: str) -> list[SecretRow]:
        """The secrets that other keys wrap."""
        with self._cursor() as cursor:
            return [SecretRow(*row) for row in cursor.execute(OTHER_SECRETS, (kek_id,)).fetchall()]

    def rewrap(self, kek_id: str, keys: Sequence[tuple[int, bytes]]) -> None:
        """Replace data keys, (number, wrapped); what was destroyed meanwhile stays destroyed."""
        with self._cursor() as cursor:
            cursor.execute(REWRAP, (kek_id, [number for number, _ in keys], [wrapped for _, wrapped in keys]))

    def rewrap_secret(self, kek_id: str, name: str, wrapped: bytes) -> None:
        """Replace a secret."""
        with self._cursor() as cursor:
            cursor.execute(REWRAP_SECRET, (kek_id, wrapped, name))

    def sample(self, kek_id: str) -> bytes | None:
        """Something wrapped by this key."""
        with self._cursor() as cursor:
            row = cursor.execute(SAMPLE, {"kek": kek_id}).fetchone()
        return bytes(row[0]) if row is not None else None

    def retire(self, kek_id: str) -> bool:
        """Mark a key as retired; False where it is active or wraps anything."""
        with self._cursor() as cursor:
            if cursor.execute(LOCK_KEY, (kek_id,)).fetchone() is None:
                return False
            row = cursor.execute(IN_USE, {"kek": kek_id}).fetchone()
            if row is None or row[0]:
                return False
            cursor.execute(RETIRE, (self._now(), kek_id))
        return True

    def figures(self) -> tuple[int, int]:
        """(data keys in use, data keys destroyed)."""
        with self._cursor() as cursor:
            row = cursor.execute(FIGURES).fetchone()
        return (int(row[0]), int(row[1])) if row is not None else (0, 0)

    def _keys(self, sql: str, *values: Any) -> list[DataKeyRow]:
        with self._cursor() as cursor:
            return [DataKeyRow(*row) for row in cursor.execute(sql, values).fetchall()]

    def _value(self, sql: str, values: Any = ()) -> Any:
        with self._cursor() as cursor:
            row = cursor.execute(sql, values).fetchone()
        return row[0] if row is not None else None

    @contextmanager
    def _cursor(self) -> Iterator[psycopg.Cursor[Any]]:
        """A transaction that commits at the end; binary, as keys are bytes."""
        with self._connection() as connection, connection.transaction(), connection.cursor(binary=True) as cursor:
            yield cursor

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=10, application_name="xinshu-keys"
            ) as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise DatabaseUnavailableError(
                f"取密钥时数据库不能连接或中断:{type(error).__name__}", hint="稍后重试;已确认的内容不会丢失"
            ) from None

    def _now(self) -> datetime:
        return self._clock.now()
