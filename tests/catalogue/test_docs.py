"""Documentation pages: one an item, an index that links them, code lists; nothing that breaks a table."""

from __future__ import annotations

import re
from pathlib import Path

from xinshu.catalogue import Catalogue
from xinshu.catalogue.docs import page_name, write_pages


def test_pages(shipped: Catalogue, tmp_path: Path) -> None:
    pages = write_pages(shipped, tmp_path / "catalogue")
    assert {page.name for page in pages} == {"index.md", "codes.md", *(page_name(item) for item in shipped)}
    index = (tmp_path / "catalogue" / "index.md").read_text(encoding="utf-8")
    assert index.count("\n## ") == 17
    links = set(re.findall(r"\]\(([^)]+)\)", index))
    assert links == {page.name for page in pages} - {"index.md"}


def test_every_field_and_check_is_on_the_page(shipped: Catalogue, tmp_path: Path) -> None:
    write_pages(shipped, tmp_path)
    for item in shipped:
        text = (tmp_path / page_name(item)).read_text(encoding="utf-8")
        assert all(f"| {field.name} |" in text for field in item.fields)
        assert all(f"`{check.id}`" in text for check in (*item.checks, *item.batch_checks))


def test_tables_have_equal_columns(shipped: Catalogue, tmp_path: Path) -> None:
    for page in write_pages(shipped, tmp_path):
        width = 0
        for line in page.read_text(encoding="utf-8").splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert cells in (0, width) or width == 0, (page.name, line)
            width = cells
