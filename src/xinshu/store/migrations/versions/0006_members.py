"""Members: who takes part, how they came in, what they signed."""

from xinshu.store.migrations.sql import run

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
