"""Every promise names settings, limits and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xinshu.catalogue.model import Limits
from xinshu.core.settings import ENV_PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE)))
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| 承诺")]
VARIABLES = {ENV_PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}


def test_there_are_promises_and_each_names_a_test() -> None:
    assert len(ROWS) > 20
    assert [row for row in ROWS if "`tests/" not in row] == []


@pytest.mark.parametrize("named", TESTS)
def test_the_test_exists(named: str) -> None:
    file, _, function = named.partition("::")
    path = ROOT / file
    assert path.is_file(), f"{file} is not there"
    found = re.search(rf"^(async )?def {function}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, f"{file} has no {function}"


def test_the_settings_exist() -> None:
    named = set(re.findall(rf"`({ENV_PREFIX}[A-Z_]+)`", PAGE))
    assert named - set(VARIABLES) == set()
    assert len(named) > 5


def test_the_defaults_are_those_of_the_settings() -> None:
    shown = {"": "空", "None": "空"}
    stated = re.findall(rf"`({ENV_PREFIX}[A-Z_]+)` = ([^\s、|]+)", PAGE)
    assert len(stated) > 4
    for variable, value in stated:
        default = str(VARIABLES[variable].default)
        assert value == shown.get(default, default), variable


def test_the_limits_exist_with_their_defaults() -> None:
    stated = re.findall(r"`limits\.(\w+)` = ([^\s、|]+)", PAGE)
    assert len(stated) > 0
    assert {name: str(Limits.model_fields[name].default) for name, _ in stated} == dict(stated)
