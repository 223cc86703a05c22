"""Tests of the log over HTTP share the node of the tests of collection."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "collect"))  # for collect_kit
