"""Reading helpers for the tests of files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinshu.collect.files import FileFormat, ReadLimits, open_source

Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write bytes to a file and return its path."""

    def _write(data: bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return _write


@pytest.fixture
def read() -> Read:
    """All rows of a file: row_no, row_fault, fault_detail, ragged and `cells`."""

    def _read(path: Path, limits: ReadLimits | None = None, format: FileFormat | None = None) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        with open_source(path, limits or ReadLimits(), format=format) as source:
            for batch in source.batches():
                assert batch.schema.equals(source.schema)
                batch.validate(full=True)
                for row in batch.to_pylist():
                    cells = [row.pop(f"c{i}") for i in range(len(source.header))]
                    rows.append({**row, "cells": cells})
        return rows

    return _read
