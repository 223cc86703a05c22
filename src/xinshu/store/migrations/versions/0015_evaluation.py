"""Indicators, evaluation models, their results, and what must be computed again."""

from xinshu.store.migrations.sql import run

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
