"""Accounts of persons: passwords, passkeys, sessions, delegations."""

from xinshu.store.migrations.sql import run

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
