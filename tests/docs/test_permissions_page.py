"""The table of rights on its page is what the definitions say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from xinshu.core.settings import packaged_definitions
from xinshu.members.permissions import Permissions, rules

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "permissions.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    """docs/hooks.py, which no package holds."""
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_current(hooks: ModuleType) -> None:
    assert hooks.permissions_page() == PAGE, "run: python docs/hooks.py"


def test_every_role_and_right_is_on_the_page() -> None:
    table = Permissions.load(packaged_definitions())
    assert [role for role in table.roles if f"<br>`{role}`" not in PAGE] == []
    rights = [f"`{kind}: {action}`" for kind, one in table.resources.items() for action in one.actions]
    assert [right for right in rights if right not in PAGE] == []


def test_every_refusal_is_on_the_page() -> None:
    codes = {code for code, _ in rules.REFUSALS.values()} | {"not_signed_in", "role_lacks_right"}
    assert [code for code in codes if f"| `{code}` |" not in PAGE] == []
