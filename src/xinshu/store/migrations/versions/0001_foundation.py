"""Subjects, records, holdings, batches."""

from xinshu.store.migrations.sql import run

revision = "0001"
down_revision = None


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
