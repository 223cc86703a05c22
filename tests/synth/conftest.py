"""A small world shared by the tests of synth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xinshu.catalogue import Catalogue, References
from xinshu.collect.references import Codes
from xinshu.core.settings import packaged_definitions
from xinshu.synth import World

AS_OF = date(2026, 6, 1)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return Catalogue.load(packaged_definitions())


@pytest.fixture(scope="session")
def references() -> References:
    """The shipped code systems."""
    return Codes.load(packaged_definitions()).references


@pytest.fixture(scope="session")
def world(catalogue: Catalogue) -> World:
    """600 subjects as of 1 June 2026."""
    return World(7, 600, AS_OF, catalogue=catalogue)


@pytest.fixture(scope="session")
def written(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world's files with a tenth of the rows spoilt."""
    folder = tmp_path_factory.mktemp("world")
    World(7, 128, AS_OF, catalogue=world.catalogue).write(folder, dirt=0.1)
    return folder
