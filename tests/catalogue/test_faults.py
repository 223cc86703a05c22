"""Every fault of a definition is reported, with its file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from catalogue_kit import DATA

from xinshu.catalogue import Catalogue, DefinitionsInvalidError, check
from xinshu.catalogue.source import read

SOUND = (DATA / "all-types.yml").read_text(encoding="utf-8")
CASES = read(DATA / "faults.yml", DATA).data


def written(folder: Path, text: str, name: str = "01-item.yml") -> Path:
    (folder / "catalogue").mkdir(exist_ok=True)
    (folder / "catalogue" / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["what"])
def test_fault(case: dict[str, Any], tmp_path: Path) -> None:
    assert SOUND.count(case["replace"]) == 1
    text = SOUND.replace(case["replace"], case["by"])
    lines = [number for number, line in enumerate(text.splitlines(), 1) if case["at"] in line]
    faults = check(written(tmp_path, text), complete=False)
    found = [f for f in faults if case["says"] in f.message]
    assert found, [str(f) for f in faults]
    assert found[0].file == "catalogue/01-item.yml"
    assert found[0].line in lines
    if case["what"] != "正则引擎不收":
        with pytest.raises(DefinitionsInvalidError, match="目录定义有"):
            Catalogue.load(tmp_path)


def test_a_sound_item_has_no_fault(tmp_path: Path) -> None:
    assert check(written(tmp_path, SOUND), complete=False) == []


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    text = SOUND.replace("access: open", "access: public").replace("lag_days: 3", "lag_days: -1")
    faults = check(written(tmp_path, text.replace("type: year", "type: yaer")), complete=False)
    assert [f.path for f in faults] == ["access", "update_cycle.lag_days", "fields[20].type"]


def test_the_national_catalogue_has_exactly_37_items(tmp_path: Path) -> None:
    text = SOUND.replace('item: "1"', 'item: "38"')
    messages = [f.message for f in check(written(tmp_path, text, "38-item.yml"))]
    assert len(messages) == 38
    assert "缺少国家清单事项 37" in messages
    assert any("没有 38" in message for message in messages)


def test_files_that_are_no_definitions(tmp_path: Path) -> None:
    folder = written(tmp_path, "")
    (folder / "catalogue" / "02-binary.yml").write_bytes(b"\xff\xfe\x00")
    (folder / "catalogue" / "03-list.yml").write_text("- 1\n- 2\n")
    (folder / "catalogue" / "04-nested.yml").write_text("a: {b: [c\n")
    faults = check(folder, complete=False)
    assert [f.file.partition("/")[2] for f in faults] == [
        "01-item.yml",
        "02-binary.yml",
        "03-list.yml",
        "04-nested.yml",
    ]


def test_no_definitions_at_all(tmp_path: Path) -> None:
    with pytest.raises(DefinitionsInvalidError, match="没有这个文件夹"):
        Catalogue.load(tmp_path / "nowhere")


def test_numbers_and_slugs_belong_to_one_item(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    written(tmp_path, SOUND, "01-again.yml")
    written(tmp_path, SOUND.replace('item: "1"', 'item: "2"'), "02-item.yml")
    messages = [f.message for f in check(tmp_path, complete=False)]
    assert any("版本 2024.1 已在" in message for message in messages)
    assert any("slug all_types 已用于事项" in message for message in messages)


def test_the_shipped_definitions_have_no_fault(definitions: Path) -> None:
    overlays = sorted(path.parent.name for path in definitions.glob("overlays/*/overlay.yml"))
    assert overlays
    assert [str(fault) for name in ("", *overlays) for fault in check(definitions, name)] == []
