"""Credit reports as issued, what banks say of them."""

from xinshu.store.migrations.sql import run

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
