"""Size class of a firm (工信部联企业〔2011〕300号; mapping of industries: 统计上大中小微型企业划分办法(2017)).

Large, medium and small need all lower bounds of the industry's row; who misses one falls a class; who misses a bound of
small is micro. A figure that the row asks for and that is missing gives "undetermined", never micro.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from xinshu.core.industries import Industries, ReferenceDataError, read_table
from xinshu.core.settings import packaged_definitions

if TYPE_CHECKING:
    from ibis.expr.types import NumericValue, StringValue

FILE = "reference/sme_size.tsv"
_HEADER = ("row", "industry", "gbt4754", "indicators", "large_min", "medium_min", "small_min")
_FIGURES = {"employees": ("从业人员", "人"), "revenue": ("营业收入", "万元"), "assets": ("资产总额", "万元")}


class SizeClass(StrEnum):
    """Large, medium, small, micro; or why there is no answer."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


SIZE_NAMES = {
    SizeClass.LARGE: "大型", SizeClass.MEDIUM: "中型", SizeClass.SMALL: "小型", SizeClass.MICRO: "微型",
    SizeClass.UNDETERMINED: "未定", SizeClass.NOT_APPLICABLE: "不适用",
}  # fmt: skip


@dataclass(frozen=True)
class SizeResult:
    """A size class with its reason in Chinese and the row of the standard it rests on."""

    size: SizeClass
    reason: str
    row: int | None = None


@dataclass(frozen=True)
class SizeRow:
    """One row of the standard: which industries, which figures, lower bounds of large, medium and small."""

    row: int
    industry: str
    prefixes: tuple[str, ...]
    figures: tuple[str, ...]
    bounds: tuple[tuple[SizeClass, tuple[float, ...]], ...]


class Sizes:
    """The standard, ready to apply."""

    def __init__(self, rows: tuple[SizeRow, ...], industries: Industries) -> None:
        self.rows = rows
        self._industries = industries
        self._by_prefix = {prefix: row for row in rows for prefix in row.prefixes}

    @classmethod
    def load(cls, definitions: Path | None = None, industries: Industries | None = None) -> Sizes:
        """Read the standard from the folder of definitions. Raises ReferenceDataError."""
        folder = definitions or packaged_definitions()
        known = industries or Industries.load(folder)
        return cls(tuple(_row(line, cells, known) for line, cells in read_table(folder, FILE, _HEADER)), known)

    def row_of(self, industry: str) -> SizeRow | None:
        """The row of an industry by its longest known prefix; None where the standard has none."""
        for length in range(len(industry), 0, -1):
            row = self._by_prefix.get(industry[:length])
            if row is not None:
                return row
        return None

    @cached_property
    def too_coarse(self) -> frozenset[str]:
        """Codes whose finer codes fall into different rows: the row cannot be told from them (G, K, Q83 …)."""
        coarse = set()
        for industry in self._industries:
            below = self.row_of(industry.code)
            parent = self._industries.parent_of(industry.code)
            while parent is not None:
                if self.row_of(parent) is not below:
                    coarse.add(parent)
                parent = self._industries.parent_of(parent)
        return frozenset(coarse)

    def size_class(
        self, industry: str | None, employees: float | None, revenue_10k: float | None, assets_10k: float | None
    ) -> SizeResult:
        """Size class from the industry (with section letter), persons, revenue and assets in 10,000 yuan."""
        if not industry:
            return SizeResult(SizeClass.UNDETERMINED, "缺少所属行业,无法划型")
        if industry not in self._industries:
            return SizeResult(SizeClass.UNDETERMINED, f"行业代码 {industry} 不在 GB/T 4754-2017 之中,无法划型")
        name = self._industries.name_of(industry)
        if industry in self.too_coarse:
            return SizeResult(SizeClass.UNDETERMINED, f"行业代码 {industry}({name})过粗,其下各行业标准不同")
        row = self.row_of(industry)
        if row is None:
            return SizeResult(SizeClass.NOT_APPLICABLE, f"{industry}({name})不在中小企业划型标准范围内")
        figures = {"employees": employees, "revenue": revenue_10k, "assets": assets_10k}
        missing = [_FIGURES[f][0] for f in row.figures if figures[f] is None]
        if missing:
            return SizeResult(
                SizeClass.UNDETERMINED, f"{row.industry}按{_words(row)}划型,缺少{'、'.join(missing)}", row.row
            )
        values = tuple(float(v) for f in row.figures if (v := figures[f]) is not None)
        return _judge(row, values)

    def size_class_expr(
        self, industry: StringValue, employees: NumericValue, revenue_10k: NumericValue, assets_10k: NumericValue
    ) -> StringValue:
        """`size_class` (without the reason) as an Ibis expression."""
        import ibis  # here, because loading it costs a second that most commands must not pay

        columns = {"employees": employees, "revenue": revenue_10k, "assets": assets_10k}
        undetermined = SizeClass.UNDETERMINED.value
        known = industry.isin([entry.code for entry in self._industries])
        branches = [(industry.isnull() | ~known | industry.isin(sorted(self.too_coarse)), ibis.literal(undetermined))]
        for length, row in self._by_length():
            here = industry.left(length).isin([prefix for prefix in row.prefixes if len(prefix) == length])
            absent = ibis.or_(*(columns[f].isnull() for f in row.figures))
            branches.append((here & absent, ibis.literal(undetermined)))
            for size, bounds in row.bounds:
                enough = ibis.and_(*(columns[f] >= b for f, b in zip(row.figures, bounds, strict=True)))
                branches.append((here & enough, ibis.literal(size.value)))
            branches.append((here, ibis.literal(SizeClass.MICRO.value)))
        return ibis.cases(*branches, else_=SizeClass.NOT_APPLICABLE.value)

    def _by_length(self) -> list[tuple[int, SizeRow]]:
        """Rows with the lengths of their prefixes, longest first: the first that fits is the longest that fits."""
        pairs = {(len(prefix), row.row): row for prefix, row in self._by_prefix.items()}
        return [(length, pairs[length, number]) for length, number in sorted(pairs, reverse=True)]


def _judge(row: SizeRow, values: tuple[float, ...]) -> SizeResult:
    shown = "、".join(f"{_FIGURES[f][0]} {v:g} {_FIGURES[f][1]}" for f, v in zip(row.figures, values, strict=True))
    missed = ""
    for size, bounds in row.bounds:
        short = [
            f"{_FIGURES[f][0]}不足 {b:g} {_FIGURES[f][1]}"
            for f, v, b in zip(row.figures, values, bounds, strict=True)
            if v < b
        ]
        if not short:
            return SizeResult(size, f"{row.industry}:{shown},达到{SIZE_NAMES[size]}下限{missed}", row.row)
        missed = f",未达{SIZE_NAMES[size]}({'、'.join(short)})"
    return SizeResult(SizeClass.MICRO, f"{row.industry}:{shown}{missed}", row.row)


def _words(row: SizeRow) -> str:
    return "、".join(_FIGURES[f][0] for f in row.figures)


def _row(line: int, cells: dict[str, str], industries: Industries) -> SizeRow:
    figures = tuple(cells["indicators"].split(";"))
    try:
        bounds = tuple(
            (size, tuple(float(part) for part in cells[column].split(";")))
            for size, column in (
                (SizeClass.LARGE, "large_min"), (SizeClass.MEDIUM, "medium_min"), (SizeClass.SMALL, "small_min"),
            )
        )  # fmt: skip
        number = int(cells["row"])
    except ValueError as error:
        raise ReferenceDataError(f"{FILE} 第 {line} 行的数字有误:{error}", hint="更正该行") from None
    # "59 (not 591)": the exception has a row of its own, and the longest prefix wins.
    names = [part.split("(")[0].strip() for part in cells["gbt4754"].split(",")]
    prefixes = tuple(industries.with_section(name) or "" for name in names)
    if "" in prefixes or not set(figures) <= set(_FIGURES) or any(len(b) != len(figures) for _, b in bounds):
        raise ReferenceDataError(f"{FILE} 第 {line} 行的行业、指标或下限有误", hint="更正该行")
    return SizeRow(number, cells["industry"], prefixes, figures, bounds)
