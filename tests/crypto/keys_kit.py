"""What the tests of keys share: the first release's key with what it sealed, a look at the database."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import psycopg

FIRST_KEY = bytes(range(32))
FIRST_LINE = f"xinshu-vault-1:e5c11724:{base64.b64encode(FIRST_KEY).decode()}\n"
PLAIN = "11010519491231002X"  # the example of GB 11643

# Written by the first release (493cdab) with this key.
FIRST_SEALED = {
    b"citizen_no": (PLAIN, "s1:e5c11724:ZGVmZ2hpamtsbW5vs3a2THB/9Q3kD0ccNrAjLMjRpc7MVcf+DYyt0GOSrFkoFA=="),
    b"quarantine": ("江苏", "s1:e5c11724:ZGVmZ2hpamtsbW5vZPYZlcvFU+Dq6ImEDEpiroNkuk6o7w=="),
}
FIRST_INDEXES = {
    "citizen_no": (PLAIN, "d00cfda9781553a9c2d94839dcc1f3cd5b4cccfde2cf0f1c1c4378c9bcfb504a"),
    "phone": ("13800000000", "d320c5063bc0a928f7ffd8c59894b7f82385d64e4716d0177369072a7a8f1fbd"),
}


def put_first_key(home: Path) -> Path:
    """The key file as the first release left it."""
    path = home / "keys" / "vault.key"
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(FIRST_LINE)
    path.chmod(0o600)
    return path


def key_files(home: Path) -> list[str]:
    """Names of the files in the key folder."""
    return sorted(path.name for path in (home / "keys").iterdir())


def rows(dsn: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query or of a changing statement with `returning`."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(sql, values).fetchall()


def execute(dsn: str, sql: str, *values: Any) -> None:
    """A statement without rows."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql, values)
