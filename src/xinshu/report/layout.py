"""The layout of reports as loaded from `definitions/reports/layout.yml` and a province's overlay; every name checked.

Each item of the catalogue stands in exactly one section; items that a province adds and does not place go to `other`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from xinshu.catalogue import Catalogue, DefinitionsInvalidError, Fault, Item
from xinshu.catalogue.faults import ItemNotFoundError
from xinshu.catalogue.model import FieldType, Text
from xinshu.catalogue.model import Model as Strict
from xinshu.catalogue.source import Source, Where, read
from xinshu.catalogue.wording import validated
from xinshu.report.model import ReaderKind, Variant

FILE = Path("reports/layout.yml")
OTHER = "other"
EVALUATION = "evaluation"
ID = r"^[a-z][a-z_]*$"
_DAYS = {"year": (FieldType.YEAR, FieldType.DATE), "month": (FieldType.MONTH, FieldType.DATE)}
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL)
_PLACES = {"issuer", "as_of"}


class SectionDef(Strict):
    """A section. `none`: what is said where nothing is known of any of its items; `note`: what is always said."""

    id: str = Field(pattern=ID)
    title: Text
    items: tuple[str, ...]
    none: Text | None = None
    note: Text | None = None


class SeriesDef(Strict):
    """One line of a chart: a number field."""

    field: str
    name: Text


class ChartDef(Strict):
    """A drawing of one item's rows along `x`."""

    id: str = Field(pattern=ID)
    item: str
    title: Text
    kind: Literal["bar", "line"]
    unit: Text
    x: str
    by: Literal["year", "month"]
    last: int = Field(ge=1, le=120)
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    take: Literal["sum", "max"] = "sum"
    series: tuple[SeriesDef, ...] = Field(min_length=1, max_length=5)


class RelationDef(Strict):
    """Whom the rows of an item name; the values are names of fields."""

    item: str
    kind: Text
    name: str
    code: str | None = None
    role: str | None = None
    share: str | None = None


class VariantDef(Strict):
    """What a variant holds."""

    name: Text
    rows: int | None = Field(ge=0, le=1000)
    access: tuple[Literal["open", "person-masked", "firm-consent"], ...] | None
    drawings: bool


class PurposeDef(Strict):
    """A purpose that needs no authorisation's template."""

    name: Text
    readers: tuple[ReaderKind, ...] = Field(min_length=1)


class LayoutFile(Strict):
    """`definitions/reports/layout.yml`."""

    version: Annotated[str, Field(pattern=r"^\d{4}\.\d+$")]
    source_status: Literal["official", "reconstructed"]
    basis: tuple[str, ...] = Field(min_length=1)
    sections: tuple[SectionDef, ...] = Field(min_length=1)
    charts: tuple[ChartDef, ...] = ()
    relations: tuple[RelationDef, ...] = ()
    variants: dict[Variant, VariantDef]
    purposes: dict[str, PurposeDef]
    notices: tuple[Text, ...] = Field(min_length=1)


class OverlayFile(Strict):
    """A province's `reports/layout.yml`: section → items that it adds there, further drawings."""

    sections: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    charts: tuple[ChartDef, ...] = ()
    relations: tuple[RelationDef, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The layout in force, with the province's."""

    version: str
    sections: tuple[SectionDef, ...]
    charts: tuple[ChartDef, ...]
    relations: tuple[RelationDef, ...]
    variants: dict[Variant, VariantDef]
    purposes: dict[str, PurposeDef]
    notices: tuple[Text, ...]

    @classmethod
    def load(cls, definitions: Path, catalogue: Catalogue, overlay: str = "") -> Layout:
        """Raises DefinitionsInvalidError with every fault."""
        layout, faults = read_layout(definitions, catalogue, overlay)
        if layout is None:
            raise DefinitionsInvalidError(definitions, faults)
        return layout

    def items(self, catalogue: Catalogue, variant: Variant) -> list[str]:
        """Numbers of the items that a variant asks for, in the layout's order."""
        access = self.variants[variant].access
        return [
            number
            for section in self.sections
            for number in section.items
            if access is None or catalogue.item(number).access in access
        ]


def read_layout(definitions: Path, catalogue: Catalogue, overlay: str = "") -> tuple[Layout | None, list[Fault]]:
    """The layout, or None and everything that is wrong; nothing is raised."""
    source = read(definitions / FILE, definitions)
    file = validated(LayoutFile, source)
    added, own = None, None
    path = definitions / "overlays" / overlay / FILE
    if overlay and path.is_file():
        own = read(path, definitions)
        added = validated(OverlayFile, own)
    if file is not None:
        _inspect(source, file, catalogue)
        if own is not None and added is not None:
            _inspect_overlay(own, added, file, catalogue)
        if not source.faults and (own is None or not own.faults):
            layout = _merged(file, added)
            placed = {number for section in layout.sections for number in section.items}
            missing = [item for item in catalogue.items if item.item not in placed]
            for item in missing:
                if item.item.isdigit():
                    source.add(("sections",), f"事项 {item.item}({item.name.zh})不在任何一节:请加入某一节的 items")
            if not source.faults:
                return _with(layout, {OTHER: tuple(item.item for item in missing)}), []
    return None, sorted([*source.faults, *(own.faults if own is not None else [])])


def _merged(file: LayoutFile, added: OverlayFile | None) -> Layout:
    layout = Layout(
        file.version, file.sections, file.charts, file.relations, file.variants, file.purposes, file.notices
    )
    if added is None:
        return layout
    layout = replace(layout, charts=layout.charts + added.charts, relations=layout.relations + added.relations)
    return _with(layout, added.sections)


def _with(layout: Layout, more: dict[str, tuple[str, ...]]) -> Layout:
    """The layout with more items in some sections."""
    sections = [
        section.model_copy(update={"items": section.items + more.get(section.id, ())}) for section in layout.sections
    ]
    return replace(layout, sections=tuple(sections))


# -- inspection ------------------------------------------------------------------------------------------------------


def _inspect(source: Source, file: LayoutFile, catalogue: Catalogue) -> None:
    seen: dict[str, str] = {}
    for index, section in enumerate(file.sections):
        if section.id in [one.id for one in file.sections[:index]]:
            source.add(("sections", index, "id"), f"节 {section.id} 重复:请换一个名称")
        for place, number in enumerate(section.items):
            where: Where = ("sections", index, "items", place)
            _item(source, where, number, catalogue, national=True)
            if number in seen:
                source.add(where, f"事项 {number} 已在节 {seen[number]}:每个事项只能在一节")
            seen.setdefault(number, section.id)
    for needed in (OTHER, EVALUATION):
        if needed not in [one.id for one in file.sections]:
            source.add(("sections",), f"缺少节 {needed}")
    for variant in Variant:
        if variant not in file.variants:
            source.add(("variants",), f"缺少报告类型 {variant}")
    for index, text in enumerate(file.notices):
        for language in ("zh", "en"):
            _places(source, ("notices", index, language), getattr(text, language))
    _drawings(source, file.charts, file.relations, catalogue, ())


def _inspect_overlay(source: Source, added: OverlayFile, file: LayoutFile, catalogue: Catalogue) -> None:
    known = {section.id for section in file.sections}
    taken = {number: section.id for section in file.sections for number in section.items}
    for section, numbers in added.sections.items():
        if section not in known:
            source.add(("sections", section), f"没有节 {section};可用:{'、'.join(sorted(known))}")
        for place, number in enumerate(numbers):
            where: Where = ("sections", section, place)
            _item(source, where, number, catalogue)
            if number in taken:
                source.add(where, f"事项 {number} 已在节 {taken[number]}:每个事项只能在一节")
            taken.setdefault(number, section)
    _drawings(source, added.charts, added.relations, catalogue, tuple(chart.id for chart in file.charts))


def _item(source: Source, where: Where, number: str, catalogue: Catalogue, *, national: bool = False) -> Item | None:
    try:
        item = catalogue.item(number)
    except ItemNotFoundError as error:
        source.add(where, f"{error.message}:{error.hint}")
        return None
    if item.item != number or (national and not number.isdigit()):
        source.add(
            where, f"{number} 应写全国事项的编号,如 {item.item}" if national else f"{number} 应写编号 {item.item}"
        )
    return item


def _drawings(
    source: Source, charts: Iterable[ChartDef], relations: Iterable[RelationDef], catalogue: Catalogue,
    taken: tuple[str, ...],
) -> None:  # fmt: skip
    ids = list(taken)
    for index, chart in enumerate(charts):
        if chart.id in ids:
            source.add(("charts", index, "id"), f"图 {chart.id} 重复:请换一个名称")
        ids.append(chart.id)
        item = _item(source, ("charts", index, "item"), chart.item, catalogue)
        if item is not None:
            for place, name, kinds in _chart_fields(chart):
                _field(source, ("charts", index, *place), item, name, kinds)
    for index, relation in enumerate(relations):
        item = _item(source, ("relations", index, "item"), relation.item, catalogue)
        for part in ("name", "code", "role", "share"):
            name = getattr(relation, part)
            if item is not None and name is not None:
                kinds = _NUMBERS if part == "share" else None
                _field(source, ("relations", index, part), item, name, kinds)


def _chart_fields(chart: ChartDef) -> Iterator[tuple[Where, str, tuple[FieldType, ...] | None]]:
    yield ("x",), chart.x, _DAYS[chart.by]
    for name in chart.where:
        yield ("where", name), name, None
    for number, one in enumerate(chart.series):
        yield ("series", number, "field"), one.field, _NUMBERS


def _field(source: Source, where: Where, item: Item, name: str, kinds: tuple[FieldType, ...] | None) -> None:
    found = next((field for field in item.fields if field.name == name), None)
    if found is None:
        source.add(where, f"事项 {item.item}({item.name.zh})没有字段 {name}")
    elif kinds is not None and found.type not in kinds:
        source.add(where, f"字段 {name} 的类型是 {found.type},应为 {'、'.join(kinds)}")


def _places(source: Source, where: Where, text: str) -> None:
    try:
        text.format(**dict.fromkeys(_PLACES, ""))
    except (KeyError, IndexError, ValueError) as error:
        known = "、".join("{" + name + "}" for name in sorted(_PLACES))
        source.add(where, f"占位 {error} 无效;可用:{known}")
