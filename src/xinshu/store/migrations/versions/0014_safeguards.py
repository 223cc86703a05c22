"""Where attempts to sign in fail, browsers known, proposals about operators' accounts, branches confirmed."""

from xinshu.store.migrations.sql import run

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
