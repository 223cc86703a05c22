"""Authorisations: artefacts, their states and signatures; the rule of the gate for lists."""

from xinshu.store.migrations.sql import run

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run(__file__, "up")


def downgrade() -> None:
    run(__file__, "down")
