"""What readers see of memberships: evidence from open items, of the rest only that there is some. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from xinshu.catalogue import Catalogue
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Value
from xinshu.evaluate.run import filled
from xinshu.modules.loader import BookOfModules, Module
from xinshu.modules.model import DEGREE_NAMES, Condition, Criteria

WITHHELD = "有依据,需授权查看"
FEWEST = 5  # counts below are not told in summaries
REASONS = 3  # pieces of evidence beside a line of a list
ORIGINS = {
    "kind": "主体类别",
    "industry": "行业代码",
    "scope": "经营范围",
    "name": "名称",
    "certificate": "证书和认定",
    "against": "相反迹象",
}
OPS = {"eq": "等于", "ne": "不等于", "lt": "小于", "le": "不大于", "gt": "大于", "ge": "不小于"}


def few(count: int) -> int | None:
    """A count as summaries tell it; None: fewer than five."""
    return None if 0 < count < FEWEST else count


def evidence_shown(
    catalogue: Catalogue, module: Module, pieces: Iterable[Mapping[str, Any]], *, exact: bool
) -> list[dict[str, Any]]:
    """Evidence as a reader may see it. `exact`: the firm itself and the platform."""
    shown = []
    for piece in pieces:
        part = module.part_name(piece["part"]) if piece["part"] is not None else None
        said = {"origin": piece["origin"], "origin_name": ORIGINS[piece["origin"]], "part": part}
        if exact or catalogue.item(piece["item"]).access == "open":
            item = catalogue.item(piece["item"])
            about = {"said": piece["said"], "item": piece["item"], "item_name": item.name.zh, "why": piece["why"]}
            shown.append({**said, **about, "points": piece["points"]})
        else:
            shown.append({**said, "said": None, "item": None, "item_name": None, "why": WITHHELD, "points": None})
    return shown


@dataclass(frozen=True)
class Line:
    """One subject of a list. `reasons`: why it is there, in Chinese."""

    code: str
    name: str
    kind: str | None
    division: str | None
    industry: str | None
    size_class: str | None
    degree: str
    points: int
    parts: tuple[str, ...]
    grade: str | None
    score: int | None
    reasons: tuple[str, ...]


def line(
    book: BookOfModules, indicators: Book, module: Module, criteria: Criteria, row: Mapping[str, Any], *, exact: bool
) -> Line:
    """From a row of the query `members`. Scores are the platform's; others see the grade."""
    evidence = evidence_shown(book.catalogue, module, orjson.loads(row["evidence"]), exact=exact)
    reasons = [f"{DEGREE_NAMES[row['degree']]}:{one['why']}" for one in evidence[:REASONS]]
    if criteria.grades and row["grade"]:
        reasons.append(f"信用等级 {row['grade']}")
    values = filled(indicators, orjson.loads(row["values"])) if row["values"] is not None else {}
    reasons += [_condition(indicators, one, values.get(one.indicator), exact=exact) for one in criteria.indicators]
    return Line(
        code=row["code"] or row["old_number"] or "",
        name=row["name"],
        kind=row["kind"],
        division=row["division"],
        industry=row["industry"],
        size_class=row["size_class"],
        degree=row["degree"],
        points=row["points"],
        parts=tuple(row["parts"]),
        grade=row["grade"],
        score=row["score"] if exact else None,
        reasons=tuple(reasons),
    )


def _condition(book: Book, one: Condition, value: Value, *, exact: bool) -> str:
    """What a list asked of an indicator; the value itself only where everything it reads is open."""
    indicator = book[one.indicator]
    asked = f"{indicator.name.zh}{OPS[one.op]} {_plain(one.value)}"
    is_open = all(book.catalogue.item(item).access == "open" for item in book.items_of(one.indicator))
    return f"{asked}(实际 {_plain(value)})" if exact or is_open else asked


def _plain(value: Value) -> str:
    return "无数据" if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)
