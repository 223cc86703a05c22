"""The page of settings is what the settings say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from xinshu.core.settings import ENV_PREFIX, Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    """docs/hooks.py, which no package holds."""
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_setting_has_a_meaning_in_both_languages(hooks: ModuleType) -> None:
    assert set(hooks.MEANINGS) == set(Settings.model_fields)
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_page_is_current(hooks: ModuleType) -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert page == hooks.settings_page(), "run: python docs/hooks.py"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_row(name: str) -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert f"| `{name}` | `{ENV_PREFIX}{name.upper()}` |" in page
