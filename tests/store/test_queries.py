"""Every named query of every `queries.sql` is prepared against the migrated schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiosql.types import SQLOperationType

import xinshu
from xinshu.store import Database, load_queries

ROOT = Path(xinshu.__file__).parent
PACKAGES = sorted("xinshu." + ".".join(p.parent.relative_to(ROOT).parts) for p in ROOT.rglob("queries.sql"))


def test_the_rooms_with_statements_are_found() -> None:
    assert {"xinshu.collect", "xinshu.inquiry", "xinshu.node", "xinshu.subjects"} <= set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_statement_fits_the_schema(db: Database, package: str) -> None:
    """Scripts that make a room's temporary tables run first; all is rolled back."""
    loaded = load_queries(package)
    named = {name: getattr(loaded, name) for name in loaded.available_queries if not name.endswith("_cursor")}
    scripts = [query.sql for query in named.values() if query.operation is SQLOperationType.SCRIPT]
    assert len(named) > 0
    async with db.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            for script in sorted(scripts, key=lambda sql: "create temp" not in sql):
                await conn.execute(script)
            for query in named.values():
                if query.operation is not SQLOperationType.SCRIPT:
                    assert (await conn.prepare(query.sql)).get_query() == query.sql
        finally:
            await transaction.rollback()
