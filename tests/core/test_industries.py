"""Industries of GB/T 4754-2017."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from xinshu.core.industries import FILE, Industries, ReferenceDataError

INDUSTRIES = Industries.load()


def test_counts_agree_with_the_standard() -> None:
    counts = Counter(industry.level for industry in INDUSTRIES)
    assert counts == {"section": 20, "division": 97, "group": 473, "class": 1381}


def test_every_parent_exists() -> None:
    parents = [INDUSTRIES.parent_of(industry.code) for industry in INDUSTRIES]
    assert all(parent is None or parent in INDUSTRIES for parent in parents)


def test_names_and_paths() -> None:
    assert INDUSTRIES.name_of("A0111") == "稻谷种植"
    assert INDUSTRIES.path_of("A0111") == "农、林、牧、渔业/农业/谷物种植/稻谷种植"
    assert INDUSTRIES.path_of("A0119X") == ""
    assert "C13" in INDUSTRIES
    assert "13" not in INDUSTRIES


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("6513", "I6513"),
        ("I6513", "I6513"),
        ("65", "I65"),
        ("I", "I"),
        ("0110", "A011"),
        ("C6513", None),
        ("9999", None),
        ("", None),
    ],
)
def test_codes_as_providers_write_them(written: str, code: str | None) -> None:
    assert INDUSTRIES.with_section(written) == code


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code\tnom\nA\t农业\n", "表头"),
        ("code\tname\nA\n", "第 2 行应有 2 列"),
        ("code\tname\nA\t农业\nAB\t农\n", "第 3 行有误"),
        ("code\tname\nA\t农业\nA\t农业\n", "第 3 行有误"),
    ],
)
def test_a_faulty_file_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ReferenceDataError, match=says):
        Industries.load(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="gbt4754"):
        Industries.load(tmp_path)
