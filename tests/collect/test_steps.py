"""Steps of mappings on texts, through DuckDB; the cases of the capital are data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
import yaml
from collect_kit import parts

from xinshu.collect import steps
from xinshu.collect.mapping import (
    ColumnsError,
    Mapping,
    MappingError,
    Origin,
    Sign,
    Step,
    load_mapping,
    natural_mapping,
)
from xinshu.core.settings import packaged_definitions

CAPITAL: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "capital.yml").read_text())


@pytest.fixture(scope="module")
def duck() -> Iterator[Any]:
    """A DuckDB in memory."""
    link = ibis.duckdb.connect()
    yield link
    link.disconnect()


def through(duck: Any, texts: list[str | None], *used: dict[str, Any]) -> list[str | None]:
    """The texts after some steps."""
    fields = {"x": (Origin(column="a", steps=tuple(Step.model_validate(step) for step in used)),)}
    mapping = Mapping(
        mapping="test", item="1", version="2024.1", name={"zh": "x", "en": "x"}, columns=("a",), fields=fields
    )
    table = ibis.memtable(pa.table({"n": range(len(texts)), "c0": pa.array(texts, pa.string())}))
    mapped = steps.mapped(mapping, steps.cells(table, ["a"], mapping.missing), parts().codes.lookups)
    found: list[str | None] = duck.to_pyarrow(table.select("n", x=mapped["x"]).order_by("n"))["x"].to_pylist()
    return found


def test_capital_amounts_and_currencies(duck: Any) -> None:
    texts = [case["text"] for case in CAPITAL]
    amounts = through(duck, texts, {"capital": "amount"})
    currencies = through(duck, texts, {"capital": "currency"})
    for case, amount, currency in zip(CAPITAL, amounts, currencies, strict=True):
        assert currency == case["currency"], case
        if case["amount"] is None:
            assert amount == case["text"]
        else:
            assert amount is not None and float(amount) == case["amount"], case


@pytest.mark.parametrize(
    ("used", "texts", "expected"),
    [
        ([{"keep_if": "[0-9]{15}"}], ["320111000000019", "32011100000001", None], ["320111000000019", None, None]),
        ([{"drop_if": "[0-9]{15}"}], ["320111000000019", "x"], [None, "x"]),
        ([{"drop_if": "a|b"}], ["a", "ab", "b"], [None, "ab", None]),  # matched whole, alternatives too
        ([{"extract": "(\\d+)号"}], ["第12号", "无"], ["12", None]),
        ([{"replace": ["年", "-"]}], ["2024年1", "x"], ["2024-1", "x"]),
        ([{"substring": [2, 6]}], ["91320111XN", "9"], ["320111", None]),
        ([{"translate": {"有": "1", "无": "0"}}], ["有", "无", "也许"], ["1", "0", "也许"]),
        ([{"upper": True}], ["ma5k", None], ["MA5K", None]),
        ([{"known": "division"}], ["320111", "320103", "999999"], ["320111", "320103", None]),  # a retired one is known
        ([{"city_division": True}], ["南京", "南京市", "京", "", "无此市"], ["320100", "320100", None, None, None]),
        ([{"upper": True}, {"substring": [0, 1]}, {"translate": {"A": "1"}}], ["abc", "bcd"], ["1", "B"]),
    ],
)  # fmt: skip
def test_each_verb(duck: Any, used: list[dict[str, Any]], texts: list[str | None], expected: list[str | None]) -> None:
    assert through(duck, texts, *used) == expected


def test_blank_cells_are_absent(duck: Any) -> None:
    assert through(duck, ["  x ", "\u3000y\u3000", "   ", "\t", ""], {"upper": True}) == ["X", "Y", None, None, None]


@pytest.mark.parametrize(
    "step",
    [
        {}, {"upper": True, "known": "division"}, {"lower": True}, {"capital": "sum"}, {"extract": "no group"},
        {"keep_if": "("}, {"keep_if": "a(?=b)"}, {"drop_if": "(?<!a)b"}, {"drop_if": "(a)\\1"},
    ],
)  # fmt: skip
def test_a_step_has_exactly_one_known_verb_that_every_engine_can_run(step: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Step.model_validate(step)


def test_shifted_rows(duck: Any) -> None:
    signs = (Sign(column="b", matches="[0-9]+"), Sign(column="a", not_matches=".*司"))
    about: dict[str, Any] = {"mapping": "test", "item": "1", "version": "2024.1", "name": {"zh": "x", "en": "x"}}
    mapping = Mapping(**about, columns=("a", "b"), shifted=signs, fields={})
    cells = {"n": [0, 1, 2, 3], "c0": ["甲公司", "甲公司", "李", ""], "c1": ["张", "12", "张", ""]}
    table = ibis.memtable(pa.table(cells))
    found = table.select("n", x=steps.shifted(mapping, steps.cells(table, ["a", "b"]))).order_by("n")
    assert duck.to_pyarrow(found)["x"].to_pylist() == [False, True, True, False]  # what is absent has not moved


def test_a_template_may_mark_its_required_columns() -> None:
    item = parts().catalogue.item("1")
    mapping = natural_mapping(item, ["统一社会信用代码", "主体名称*", " 成立日期＊ "])
    assert list(mapping.fields) == ["uscc", "subject_name", "established_date"]
    with pytest.raises(ColumnsError, match="成立日期"):
        natural_mapping(item, ["统一社会信用代码", "主体名称"])
    with pytest.raises(ColumnsError, match="两列"):
        natural_mapping(item, ["主体名称", "subject_name", "成立日期"])


SHIPPED = sorted(path.stem for path in (packaged_definitions() / "mappings").glob("*.yml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_mappings_fit_their_items(name: str) -> None:
    folder = packaged_definitions() / "mappings"
    item = yaml.safe_load((folder / f"{name}.yml").read_text())["item"]
    assert load_mapping(folder, name, parts().catalogue.item(item)).mapping == name


GOOD = """
mapping: m
item: "1"
version: "2024.1"
name: {zh: x, en: x}
columns: [a]
fields: {uscc: [{column: a}]}
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[a]", "[a", "YAML"),
        ('version: "2024.1"\n', "", "version"),
        ("fields: {uscc", "fields: {boss", "boss"),
        ("column: a}", "column: b}", "列 b"),
        ('item: "1"', 'item: "8"', "事项 8"),
        ("column: a}", "column: a, steps: [{extract: '('}]}", "extract"),
        ("column: a}", "column: a, constant: b}", "column or constant"),
        ("columns: [a]", "columns: [a]\nguess: true", "guess"),
    ],
)
def test_a_faulty_mapping_names_its_fault(tmp_path: Path, old: str, new: str, fault: str) -> None:
    item = parts().catalogue.item("1")
    (tmp_path / "m.yml").write_text(GOOD)
    assert load_mapping(tmp_path, "m", item).mapping == "m"
    assert old in GOOD
    (tmp_path / "m.yml").write_text(GOOD.replace(old, new))
    with pytest.raises(MappingError) as caught:
        load_mapping(tmp_path, "m", item)
    assert fault in caught.value.message
