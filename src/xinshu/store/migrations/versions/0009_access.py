"""Permissions in SQL, what was refused, and batches that belong to members."""

from xinshu.store.migrations.sql import run

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
