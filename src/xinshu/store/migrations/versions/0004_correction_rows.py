"""Of a row set aside in a correction: which row of the corrected batch it was."""

from xinshu.store.migrations.sql import run

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
