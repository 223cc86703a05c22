"""Reading the indicators: every description, or every fault with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinshu.catalogue import Catalogue, DefinitionsInvalidError, Fault
from xinshu.catalogue.loader import module_folders
from xinshu.catalogue.source import Source, Where, read
from xinshu.catalogue.wording import validated
from xinshu.core.errors import NotFoundError
from xinshu.evaluate.inspection import problems
from xinshu.evaluate.model import Indicator, IndicatorFile, OverItem, Ratio, kind_of


class IndicatorNotFoundError(NotFoundError):
    """No such indicator."""

    code = "indicator_not_found"


class Book:
    """All indicators, in the order of their files; ratios after what they divide. Immutable; made by `load`."""

    def __init__(self, files: list[tuple[str, IndicatorFile]], catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.topics = {name: one.topic for name, one in files}
        self._topic_of = {indicator.id: name for name, one in files for indicator in one.indicators}
        self._all = {indicator.id: indicator for _, one in files for indicator in one.indicators}

    @classmethod
    def load(cls, definitions: Path, catalogue: Catalogue) -> Book:
        """Read `definitions/indicators`. Raises DefinitionsInvalidError with every fault."""
        files, faults = read_files(definitions, catalogue)
        if faults:
            raise DefinitionsInvalidError(definitions, faults)
        return cls(files, catalogue)

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, indicator: object) -> bool:
        return indicator in self._all

    def __getitem__(self, indicator: str) -> Indicator:
        """Raises IndicatorNotFoundError naming near ones."""
        found = self._all.get(indicator)
        if found is None:
            near = "、".join(difflib.get_close_matches(indicator, self._all, 3))
            hint = f"是否为:{near}" if near else "用 xinshu evaluate indicators 列出"
            raise IndicatorNotFoundError(f"没有指标 {indicator}", hint=hint)
        return found

    def topic(self, indicator: str) -> str:
        """The name of the file an indicator comes from."""
        return self._topic_of[indicator]

    def over_items(self) -> list[OverItem]:
        """All but the ratios."""
        return [one for one in self if not isinstance(one, Ratio)]

    def ratios(self) -> list[Ratio]:
        """The ratios."""
        return [one for one in self if isinstance(one, Ratio)]

    def items(self) -> list[str]:
        """Numbers of the items that are read."""
        return list(dict.fromkeys(self.catalogue.item(one.item).item for one in self.over_items()))

    def items_of(self, indicator: str) -> frozenset[str]:
        """Numbers of the items that an indicator reads, through what it divides too."""
        one = self[indicator]
        if isinstance(one, Ratio):
            return self.items_of(one.numerator) | self.items_of(one.denominator)
        return frozenset({self.catalogue.item(one.item).item})

    def kind(self, indicator: str) -> str:
        """`integer`, `number` or `code`."""
        one = self[indicator]
        field = getattr(one, "field", None)
        if field is None or isinstance(one, Ratio):
            return kind_of(one, None)
        return kind_of(one, self.catalogue.item(one.item).field(field).type)


def read_files(definitions: Path, catalogue: Catalogue) -> tuple[list[tuple[str, IndicatorFile]], list[Fault]]:
    """Every file with what is wrong in any; nothing is raised."""
    folder = definitions / "indicators"
    if not folder.is_dir():
        return [], [Fault(str(folder), 0, 0, "", "没有这个文件夹:指标定义应在 indicators 下")]
    files: list[tuple[str, IndicatorFile]] = []
    sources: list[Source] = []
    places = [(path, path.stem) for path in sorted(folder.glob("*.yml"))]
    for module in module_folders(definitions, catalogue.overlay_name):
        places += [(path, f"{module.name}/{path.stem}") for path in sorted(module.glob("indicators/*.yml"))]
    for path, name in places:
        source = read(path, definitions)
        _fill_item(source.data)
        one = validated(IndicatorFile, source)
        sources.append(source)
        if one is not None:
            files.append((name, one))
    if len(files) == len(sources):  # what refers to other files can be judged only when all are readable
        _inspect(files, sources, catalogue)
    return files, sorted(fault for source in sources for fault in source.faults)


def _fill_item(data: Any) -> None:
    """The item of the file stands for that of its indicators."""
    if isinstance(data, dict) and isinstance(data.get("indicators"), list) and "item" in data:
        for one in data["indicators"]:
            if isinstance(one, dict) and one.get("pattern") != "ratio":
                one.setdefault("item", data["item"])


def _inspect(files: list[tuple[str, IndicatorFile]], sources: list[Source], catalogue: Catalogue) -> None:
    known: dict[str, Indicator] = {}
    for (_, one), source in zip(files, sources, strict=True):
        for index, indicator in enumerate(one.indicators):
            if indicator.id in known:
                source.add(("indicators", index, "id"), f"指标 {indicator.id} 已有定义:请换一个名称")
            known.setdefault(indicator.id, indicator)
    for (_, one), source in zip(files, sources, strict=True):
        for index, indicator in enumerate(one.indicators):
            for where, message in problems(indicator, catalogue, known):
                place: Where = ("indicators", index, *where)
                source.add(place, message)
