"""Points, score and grade of all rows of a table of indicators, as one Ibis expression or as SQL text."""

from __future__ import annotations

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from xinshu.evaluate.columns import SUBJECT
from xinshu.evaluate.loader import Book
from xinshu.evaluate.scorecard import GRADES, Scorecard, Scored, Veto

_TYPES = {"integer": "int64", "number": "float64", "code": "string"}


def expression(card: Scorecard, values: ir.Table) -> ir.Table:
    """A row a subject: points `p_<indicator>` and `d_<dimension>`, `score`, `earned`, vetoes `v_<n>`, `grade`."""
    points = {f"p_{one.indicator}": _points(one, values[one.indicator]) for _, one in card.scored()}
    vetoes = {f"v_{place}": _veto(veto, values[veto.indicator]) for place, veto in enumerate(card.vetoes)}
    rows = values.select(SUBJECT, **points, **vetoes)
    sums = {d.id: reduce(add, [rows[f"p_{one.indicator}"] for one in d.indicators]) for d in card.dimensions}
    rows = rows.mutate(**{f"d_{name}": value for name, value in sums.items()})
    rows = rows.mutate(score=reduce(add, [rows[f"d_{d.id}"] for d in card.dimensions]))
    levels = [(rows["score"] >= one.score, GRADES.index(one.grade)) for one in card.grades]
    rows = rows.mutate(x_earned=ibis.cases(*levels, else_=len(GRADES) - 1).cast("int64"))
    worst = [
        ibis.ifelse(rows[f"v_{place}"], ibis.literal(GRADES.index(veto.grade), type="int64"), 0)
        for place, veto in enumerate(card.vetoes)
    ]
    rows = rows.mutate(x_grade=ibis.greatest(rows["x_earned"], *worst) if worst else rows["x_earned"])
    named = rows.mutate(earned=_named(rows["x_earned"]), grade=_named(rows["x_grade"]))
    return named.drop("x_earned", "x_grade")


def sql(card: Scorecard, book: Book, table: str, dialect: str = "duckdb") -> str:
    """The statement over a table or view of indicators called `table`."""
    kinds = {name: _TYPES[book.kind(name)] for name in card.indicators()}
    values = ibis.table({SUBJECT: "int64", **kinds}, name=table)
    return str(ibis.to_sql(expression(card, values), dialect=dialect))


def _named(place: ir.Value) -> ir.Value:
    return ibis.cases(*[(place == number, grade) for number, grade in enumerate(GRADES)])


def _points(one: Scored, value: ir.Value) -> ir.Value:
    branches = [(value.isnull(), one.missing)]
    branches += [(value == special.value, special.points) for special in one.special]
    branches += [(value.isin(code.codes), code.points) for code in one.codes]
    rest = one.unseen or 0
    for bin in one.bins:
        if bin.to is None:
            rest = bin.points
        else:
            branches.append((value <= bin.to, bin.points))
    return ibis.cases(*branches, else_=rest).cast("int64")


def _veto(veto: Veto, value: ir.Value) -> ir.Value:
    compared = {
        "eq": lambda: value == veto.value, "ne": lambda: value != veto.value, "lt": lambda: value < veto.value,
        "le": lambda: value <= veto.value, "gt": lambda: value > veto.value, "ge": lambda: value >= veto.value,
    }  # fmt: skip
    return compared[veto.op]().fill_null(False)
