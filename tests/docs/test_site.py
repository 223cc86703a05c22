"""The site builds without a warning, and its pages ask nothing of the network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOADED = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(target)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_every_item_has_a_page(site: Path) -> None:
    assert len(list((site / "catalogue").glob("[0-9][0-9]-*.html"))) == 37
    assert "行政处罚" in (site / "catalogue" / "08-penalty.html").read_text(encoding="utf-8")


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 50
    loaded = {found for file in pages for found in LOADED.findall(file.read_text(encoding="utf-8"))}
    assert loaded == set()


def test_what_the_hooks_are_made_of_is_not_published(site: Path) -> None:
    assert list(site.rglob("hooks.py")) == []
