"""Databases for tests: copies of the migrated template, emptied after a test and lent again.

Emptying takes a tenth of the time of a copy. A database of which a test changed more than rows is dropped.
"""

from __future__ import annotations

import itertools

import asyncpg

from xinshu.store import embedded

# Everything but rows: relations, columns, constraints, triggers, functions, settings and version of the database.
SHAPE = """
select md5(string_agg(part, ',' order by part)) from (
    select concat_ws(' ', 'relation', oid, relname, relkind, relnatts, relhastriggers, relacl, reloptions) part
        from pg_class where relnamespace = 'public'::regnamespace
    union all select concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, atthasdef) from pg_attribute
        join pg_class on pg_class.oid = attrelid where relnamespace = 'public'::regnamespace and attnum > 0
    union all select concat_ws(' ', 'constraint', oid, convalidated) from pg_constraint
    union all select concat_ws(' ', 'trigger', oid, tgenabled) from pg_trigger
    union all select concat_ws(' ', 'function', oid, xmin) from pg_proc where oid >= 16384
    union all select concat_ws(' ', 'type', oid) from pg_type where typnamespace = 'public'::regnamespace
    union all select concat_ws(' ', 'index', indexrelid, indisvalid) from pg_index where indexrelid >= 16384
    union all select concat_ws(' ', 'rule', oid) from pg_rewrite where oid >= 16384
    union all select concat_ws(' ', 'policy', oid) from pg_policy
    union all select concat_ws(' ', 'schema', oid) from pg_namespace where nspname !~ '^pg_(toast_)?temp_'
    union all select concat_ws(' ', 'extension', oid) from pg_extension
    union all select concat_ws(' ', 'setting', setconfig) from pg_db_role_setting
        join pg_database on oid = setdatabase where datname = current_database()
    union all select concat_ws(' ', 'version', version_num) from alembic_version
) parts
"""
EMPTY = """
do $$
declare
    full_ones text;
    sequence text;
begin
    set local session_replication_role = replica;  -- tables that only grow forbid it by triggers
    select string_agg(oid::regclass::text, ', ') into full_ones from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'alembic_version'
        and pg_relation_size(oid) > 0;
    if full_ones is not null then
        execute 'truncate ' || full_ones || ' cascade';
    end if;
    for sequence in select format('%I.%I', schemaname, sequencename) from pg_sequences where last_value is not null loop
        execute 'alter sequence ' || sequence || ' restart';
    end loop;
end $$
"""

BESIDE = "select datname from pg_database where starts_with(datname, $1 || '_')"  # of the sandbox


class Lender:
    """Lends the databases of one test session."""

    def __init__(self, server: embedded.EmbeddedServer, template: str) -> None:
        self._server = server
        self._template = template
        self._shape: str | None = None
        self._empty: list[str] = []
        self._numbers = itertools.count()

    async def lend(self) -> str:
        """The name of an empty database."""
        if self._empty:
            return self._empty.pop()
        name = f"test_{next(self._numbers)}"
        await self._as_admin(f"create database {name} template {self._template}")
        if self._shape is None:
            conn = await asyncpg.connect(self._server.dsn_of(name))
            self._shape = await conn.fetchval(SHAPE)
            await conn.close()
        return name

    async def take_back(self, name: str) -> None:
        """Empty it for the next test, or drop it."""
        if await self._emptied(name):
            self._empty.append(name)
        else:
            await self._as_admin(f"drop database if exists {name} with (force)")

    async def _emptied(self, name: str) -> bool:
        try:
            conn = await asyncpg.connect(self._server.dsn_of(name))
        except asyncpg.InvalidCatalogNameError:  # a test dropped it
            return False
        try:
            await conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
            for row in await conn.fetch(BESIDE, name):
                await conn.execute(f"drop database {row['datname']} with (force)")
            if await conn.fetchval(SHAPE) != self._shape:
                return False
            await conn.execute(EMPTY)
        except asyncpg.UndefinedTableError:  # it was brought back to an earlier version
            return False
        finally:
            await conn.close()
        return True

    async def _as_admin(self, statement: str) -> None:
        admin = await asyncpg.connect(self._server.dsn_of("postgres"))
        await admin.execute(statement)
        await admin.close()
