"""The course of evaluations over time; objections to them."""

from xinshu.store.migrations.sql import run

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
