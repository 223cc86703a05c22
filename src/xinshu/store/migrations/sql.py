"""A revision is a pair of SQL files beside it: `NNNN.up.sql` and `NNNN.down.sql`."""

from pathlib import Path

from alembic import op


def run(revision_file: str, direction: str) -> None:
    """Run the SQL file of a revision in the given direction (`up` or `down`)."""
    path = Path(revision_file)
    script = path.with_name(f"{path.stem}.{direction}.sql").read_text(encoding="utf-8")
    run_script(script)


def run_script(script: str) -> None:
    """Run several statements at once, which psycopg allows where there are no parameters."""
    cursor = op.get_bind().connection.cursor()
    try:
        cursor.execute(script.encode())
    finally:
        cursor.close()
