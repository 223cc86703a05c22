"""What was read about whom, by whom, for what."""

from xinshu.store.migrations.sql import run

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
