"""Alembic environment: one connection, one transaction, one migration at a time."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

LOCK = 7_110_842_001  # any constant; held while the schema changes

engine = create_engine(context.config.attributes["dsn"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()
    connection.commit()
