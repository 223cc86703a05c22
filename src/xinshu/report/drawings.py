"""Charts and relations of given facts, as the layout declares them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from xinshu.catalogue import Item
from xinshu.report.facts import Raw
from xinshu.report.layout import ChartDef, RelationDef
from xinshu.report.model import Chart, Relation, Series, Text
from xinshu.report.shown import Shower


def chart(about: ChartDef, rows: Sequence[Raw]) -> Chart | None:
    """The drawing; None where nothing of it was given."""
    sums: dict[str, defaultdict[str, list[float]]] = {one.field: defaultdict(list) for one in about.series}
    for row in rows:
        data = row["data"]
        place = _place(about, data)
        if place is None or not _fits(about, data):
            continue
        for one in about.series:
            value = data.get(one.field)
            if isinstance(value, int | float) and not isinstance(value, bool):
                sums[one.field][place].append(float(value))
    places = sorted({place for values in sums.values() for place in values})[-about.last :]
    if not places:
        return None
    take = max if about.take == "max" else _total
    return Chart(
        id=about.id,
        title=Text(zh=about.title.zh, en=about.title.en),
        kind=about.kind,
        unit=Text(zh=about.unit.zh, en=about.unit.en),
        x=tuple(places),
        series=tuple(
            Series(
                name=Text(zh=one.name.zh, en=one.name.en),
                values=tuple(take(sums[one.field][place]) if place in sums[one.field] else None for place in places),
            )
            for one in about.series
            if sums[one.field]
        ),
    )


def _total(values: Sequence[float]) -> float:
    return round(sum(values), 6)


def _place(about: ChartDef, data: Mapping[str, Any]) -> str | None:
    value = data.get(about.x)
    return str(value)[: 4 if about.by == "year" else 7] if value is not None else None


def _fits(about: ChartDef, data: Mapping[str, Any]) -> bool:
    return all(data.get(name) in codes for name, codes in about.where.items())


def relations(about: RelationDef, item: Item, rows: Sequence[Raw], shower: Shower) -> list[Relation]:
    """Whom the rows name, in their order; rows without a name are passed over."""
    found = []
    for row in rows:
        data = row["data"]
        name = data.get(about.name)
        if not name:
            continue
        code, share = _value(data, about.code), _value(data, about.share)
        found.append(
            Relation(
                kind=Text(zh=about.kind.zh, en=about.kind.en),
                name=str(name),
                code=str(code) if code is not None else None,
                role=shower.text(item.field(about.role), data.get(about.role)) or None if about.role else None,
                share=float(share) if isinstance(share, int | float) else None,
                item=item.item,
            )
        )
    return found


def _value(data: Mapping[str, Any], name: str | None) -> Any:
    return data.get(name) if name is not None else None
