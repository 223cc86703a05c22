"""What only an engine can tell: whether a pattern compiles in RE2, as DuckDB will use it."""

from __future__ import annotations

import duckdb

from xinshu.catalogue import patterns
from xinshu.catalogue.faults import Fault
from xinshu.catalogue.loader import Loaded


def pattern_faults(loaded: Loaded) -> list[Fault]:
    """Faults of the patterns that Python compiles and RE2 does not."""
    faults = []
    with duckdb.connect() as connection:
        for item in loaded.items:
            source = loaded.sources[item.item, item.version]
            for index, field in enumerate(item.fields):
                pattern = field.checks.pattern
                if pattern is None:
                    continue
                try:
                    connection.execute("select regexp_matches('', ?)", [patterns.whole("(?s)" + pattern)])
                except duckdb.Error as error:
                    words = str(error).splitlines()[0]
                    faults.append(source.fault(("fields", index, "checks", "pattern"), f"批量引擎不能编译:{words}"))
    return faults
