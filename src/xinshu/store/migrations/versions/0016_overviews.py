"""Indexes for overviews (corrections of a batch, inquiries of a time); attempts to verify."""

from xinshu.store.migrations.sql import run

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
