"""Tables of the job queue; their definition belongs to pgqueuer."""

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

from xinshu.store.migrations.sql import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(QueryBuilderEnvironment().build_install_query())


def downgrade() -> None:
    run_script(QueryBuilderEnvironment().build_uninstall_query())
