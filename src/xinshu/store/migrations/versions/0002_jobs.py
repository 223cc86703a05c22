"""Tables of the job queue; their definition belongs to pgqueuer."""

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

revision = "0002"
down_revision = "0001"


def _run(script: str) -> None:
    with op.get_bind().connection.cursor() as cursor:
        cursor.execute(script.encode())


def upgrade() -> None:
    _run(QueryBuilderEnvironment().build_install_query())


def downgrade() -> None:
    _run(QueryBuilderEnvironment().build_uninstall_query())
