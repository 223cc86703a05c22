"""Feature modules: which subjects belong to which, and why."""

from xinshu.store.migrations.sql import run

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
