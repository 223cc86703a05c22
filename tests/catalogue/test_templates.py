"""Templates open in a spreadsheet, with lists, a dictionary and an example that passes the checks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from catalogue_kit import REFERENCES, TODAY
from python_calamine import CalamineWorkbook

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import Item
from xinshu.catalogue.single import check_row
from xinshu.catalogue.templates import csv_template, xlsx_template


def test_csv(every_type: Item) -> None:
    content = csv_template(every_type)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == ",".join(field.zh for field in every_type.fields) + "\r\n"


def test_xlsx(every_type: Item) -> None:
    content = xlsx_template(every_type)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["填报", "填写说明", "数据字典", "代码表", "示例"]
    names = [field.zh for field in every_type.fields]
    assert book.get_sheet_by_name("填报").to_python()[0] == names
    assert [row[1] for row in book.get_sheet_by_name("数据字典").to_python()[1:]] == names
    codes = book.get_sheet_by_name("代码表").to_python()
    assert [row[:2] for row in codes[:3]] == [["类别(代码)", "类别"], ["1", "甲"], ["2", "乙"]]
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count('type="list"') == 2  # the code and the yes or no
    assert "代码表!$B$2:$B$4" in sheet


def test_the_same_item_gives_the_same_bytes(every_type: Item) -> None:
    assert xlsx_template(every_type) == xlsx_template(every_type)


@pytest.mark.parametrize("number", ["1", "8", "19", "37"])
def test_the_example_row_passes(shipped: Catalogue, number: str) -> None:
    item = shipped.item(number)
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_template(item)))
    header, row = book.get_sheet_by_name("示例").to_python()[:2]
    by_zh = {field.zh: field.name for field in item.fields}
    texts = {by_zh[str(title)]: str(text) for title, text in zip(header, row, strict=True)}
    _, reasons = check_row(item, texts, TODAY, REFERENCES)
    assert [r for r in reasons if r.rpartition("|")[2] in ("REQUIRED", "TYPE", "CODE_UNKNOWN", "PATTERN")] == []


def test_shipped_templates_are_readable(shipped: Catalogue, tmp_path: Path) -> None:
    for item in list(shipped)[::6]:
        (tmp_path / "t.xlsx").write_bytes(xlsx_template(item))
        assert CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_name("填报").to_python()[0]
