"""Every shipped item has a generator whose clean rows pass the item's own checks, today and later."""

from __future__ import annotations

from datetime import date

import ibis
import pyarrow as pa
import pytest

from xinshu.catalogue import Catalogue, Item, References, checks
from xinshu.catalogue.model import Unique
from xinshu.catalogue.single import check_row
from xinshu.core.settings import packaged_definitions
from xinshu.synth import World
from xinshu.synth.calendar import day_number
from xinshu.synth.items import GENERATORS
from xinshu.synth.plain import to_text
from xinshu.synth.rows import to_table
from xinshu.synth.view import View

NUMBERS = sorted(path.name[:2].lstrip("0") for path in (packaged_definitions() / "catalogue").glob("[0-9][0-9]-*.yml"))
SAMPLE = 250  # rows an item in the quick test
DAYS = (date(2026, 6, 1), date(2026, 8, 9))


@pytest.fixture(scope="module")
def views(world: World) -> list[View]:
    """The world on both days, the later with its new subjects."""
    later = world.basis.population(day_number(DAYS[1]) // 30)
    return [
        View(world.basis, 0, world.basis.subjects, day_number(DAYS[0])),
        View(world.basis, 0, max(later, world.basis.subjects), day_number(DAYS[1])),
    ]


def test_all_37_items_have_a_generator(catalogue: Catalogue) -> None:
    assert set(NUMBERS) == {str(n) for n in range(1, 38)} == set(GENERATORS)


@pytest.mark.parametrize("number", NUMBERS)
def test_clean_rows_have_no_reason_against_them(
    number: str, views: list[View], catalogue: Catalogue, references: References
) -> None:
    item = catalogue.item(number)
    for view, day in zip(views, DAYS, strict=True):
        table = _table(item, view)
        step = max(table.num_rows // SAMPLE, 1)
        for row in table.take(list(range(0, table.num_rows, step))).to_pylist():
            assert check_row(item, row, day, references)[1] == [], row
        for check in item.batch_checks:
            if isinstance(check, Unique) and check.level == "error":
                keys = list(zip(*(table[name].to_pylist() for name in check.fields), strict=True))
                assert len(keys) == len(set(keys)), check.id


@pytest.mark.full
@pytest.mark.parametrize("number", NUMBERS)
def test_no_clean_row_at_all_has_a_reason_against_it(
    number: str, views: list[View], catalogue: Catalogue, references: References
) -> None:
    item = catalogue.item(number)
    for view, day in zip(views, DAYS, strict=True):
        table = _table(item, view)
        assert _reasons(item, table, day, references) == {}
        assert _batch_reasons(item, table) == 0


def _table(item: Item, view: View) -> pa.Table:
    rows = GENERATORS[item.item](view)
    table = to_text(to_table(item, view, rows))
    assert table.column_names == [field.name for field in item.fields]
    assert table.num_rows > 0
    assert (rows.owner[1:] >= rows.owner[:-1]).all()
    return table


def _reasons(item: Item, table: pa.Table, day: date, references: References) -> dict[str, int]:
    raw = ibis.memtable(table)
    typed = checks.typed(item, {name: raw[name] for name in raw.columns})
    both = raw.mutate(**{f"typed_{name}": value for name, value in typed.items()})
    texts = {name: both[name] for name in raw.columns}
    values = {name: both[f"typed_{name}"] for name in raw.columns}
    found = both.select(reason=checks.row_reasons(item, texts, values, day, references).unnest())
    return dict(found.reason.value_counts().to_pyarrow().to_pandas().itertuples(index=False))


def _batch_reasons(item: Item, table: pa.Table) -> int:
    if len(item.batch_checks) == 0:
        return 0
    raw = ibis.memtable(table)
    typed = raw.select(**checks.typed(item, {name: raw[name] for name in raw.columns}))
    found = typed.select(reason=checks.batch_reasons(item, typed).unnest())
    return int(found.count().to_pyarrow().as_py())
