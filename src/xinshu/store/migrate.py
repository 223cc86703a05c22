"""Migrations: Alembic with SQL revisions in `migrations/versions`."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from xinshu.core.errors import UnavailableError

FOLDER = Path(__file__).parent / "migrations"
_one_at_a_time = threading.Lock()  # Alembic keeps its context in module globals


class SchemaTooNewError(UnavailableError):
    """The database was migrated by a newer release."""

    code = "schema_too_new"


def _config(dsn: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["dsn"] = sqlalchemy_url(dsn)
    return config


def sqlalchemy_url(dsn: str) -> str:
    """The same address for SQLAlchemy with psycopg."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", dsn)


def current_revision(dsn: str) -> str | None:
    """The revision that the database is at; None when empty."""
    engine = create_engine(sqlalchemy_url(dsn), poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """The newest revision that this release knows."""
    head = ScriptDirectory.from_config(_config("postgresql://")).get_current_head()
    assert head is not None  # noqa: S101  (the folder is part of the package)
    return head


def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the database to `revision`. Two processes may call it at once: one waits for the other.

    Raises SchemaTooNewError when the database is ahead of this release.
    """
    current = current_revision(dsn)
    if current == head_revision() and revision == "head":
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config(dsn)).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaTooNewError(f"数据库结构版本 {current} 比本软件新", hint="升级 xinshu 后再启动")
    with _one_at_a_time:
        command.upgrade(_config(dsn), revision)


def downgrade(dsn: str, revision: str) -> None:
    """Bring the database back to `revision` (`base` empties it)."""
    with _one_at_a_time:
        command.downgrade(_config(dsn), revision)
