"""Journeys over the whole node. They share the kits of collection and of members, and the persons of the examples."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent
for folder in (TESTS / "collect", TESTS / "members", TESTS.parent / "docs" / "examples", Path(__file__).parent):
    sys.path.insert(0, str(folder))
