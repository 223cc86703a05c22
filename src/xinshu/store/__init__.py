"""Level 0: PostgreSQL (embedded or by URL), migrations, named queries, the lake and the batch engines.

Use `Database`, `load_queries`, `Lake` and `open_engine`; everything else is private.
"""

from xinshu.store.database import Database, DatabaseUnavailableError, beside
from xinshu.store.queries import load_queries

__all__ = ["Database", "DatabaseUnavailableError", "beside", "load_queries"]
