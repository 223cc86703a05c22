"""Fixtures of the catalogue's tests: the shipped definitions, an item with every type, an engine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import Item
from xinshu.core.settings import packaged_definitions

if TYPE_CHECKING:
    from catalogue_kit import Duck

sys.path.insert(0, str(Path(__file__).parent))  # for the modules catalogue_*.py that these tests share


@pytest.fixture(scope="session")
def definitions() -> Path:
    """The shipped definitions."""
    return packaged_definitions()


@pytest.fixture(scope="session")
def shipped(definitions: Path) -> Catalogue:
    """The shipped catalogue."""
    return Catalogue.load(definitions)


@pytest.fixture(scope="session")
def every_type(tmp_path_factory: pytest.TempPathFactory) -> Item:
    """The item with every type of field and every kind of check."""
    from catalogue_kit import DATA, folder_of

    return Catalogue.load(folder_of(tmp_path_factory.mktemp("defs"), DATA / "all-types.yml")).item("1")


@pytest.fixture(scope="session")
def duck() -> Iterator[Duck]:
    """A DuckDB in memory."""
    from catalogue_kit import Duck

    engine = Duck()
    yield engine
    engine.close()
