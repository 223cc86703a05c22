"""Industries (GB/T 4754-2017): codes with the section letter, any level (A, A01, A011, A0111)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xinshu.core.errors import SettingError
from xinshu.core.settings import packaged_definitions

FILE = "reference/gbt4754_2017.tsv"

Level = Literal["section", "division", "group", "class"]
_LEVELS: dict[int, Level] = {1: "section", 3: "division", 4: "group", 5: "class"}


class ReferenceDataError(SettingError):
    """A file of `definitions/reference` is absent or has another form than it should."""

    code = "reference_data_unreadable"


@dataclass(frozen=True)
class Industry:
    """One industry: code with the section letter, Chinese name, level."""

    code: str
    name: str
    level: Level


class Industries:
    """All industries by code."""

    def __init__(self, industries: dict[str, Industry]) -> None:
        self._all = industries
        self._section_of = {code[1:]: code[0] for code in industries if len(code) == 3}

    @classmethod
    def load(cls, definitions: Path | None = None) -> Industries:
        """Read the list from the folder of definitions (default: the shipped one). Raises ReferenceDataError."""
        rows = read_table(definitions or packaged_definitions(), FILE, ("code", "name"))
        found: dict[str, Industry] = {}
        for line, row in rows:
            level = _LEVELS.get(len(row["code"]))
            if level is None or row["name"] == "" or row["code"] in found:
                raise ReferenceDataError(f"{FILE} 第 {line} 行有误:{row['code']} {row['name']}", hint="更正该行")
            found[row["code"]] = Industry(row["code"], row["name"], level)
        return cls(found)

    def get(self, code: str) -> Industry | None:
        """The industry of a code with section letter; None when unknown."""
        return self._all.get(code)

    def name_of(self, code: str) -> str:
        """Name of a code; empty when unknown."""
        industry = self._all.get(code)
        return industry.name if industry is not None else ""

    def parent_of(self, code: str) -> str | None:
        """Code one level up; None for a section."""
        if len(code) <= 1:
            return None
        return code[0] if len(code) == 3 else code[:-1]

    def path_of(self, code: str) -> str:
        """Names from the section down, joined by `/`; empty when unknown."""
        names: list[str] = []
        this: str | None = code if code in self._all else None
        while this is not None:
            names.append(self.name_of(this))
            this = self.parent_of(this)
        return "/".join(reversed(names))

    def with_section(self, code: str) -> str | None:
        """A code as providers write it, with or without letter (6513, I6513), in our form; None when unknown.

        A group given with a closing zero (`6510` for `651`) is the group.
        """
        digits = code[1:] if code[:1].isalpha() else code
        section = self._section_of.get(digits[:2]) if digits else code[:1]
        if section is None or (code[:1].isalpha() and code[0] != section):
            return None
        for candidate in (section + digits, section + digits[:3] if digits[3:] == "0" else ""):
            if candidate in self._all:
                return candidate
        return None

    def __contains__(self, code: object) -> bool:
        return code in self._all

    def __iter__(self) -> Iterator[Industry]:
        yield from self._all.values()

    def __len__(self) -> int:
        return len(self._all)


def read_table(definitions: Path, file: str, header: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a tab-separated file with their line numbers. Raises ReferenceDataError for another header or shape."""
    try:
        lines = (definitions / file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReferenceDataError(
            f"参考数据 {file} 无法读取:{error}", hint="检查 XINSHU_DEFINITIONS 指向的目录"
        ) from None
    if not lines or tuple(lines[0].split("\t")) != header:
        raise ReferenceDataError(f"参考数据 {file} 的表头应为 {' '.join(header)}", hint="恢复原表头")
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(header):
            raise ReferenceDataError(f"参考数据 {file} 第 {number} 行应有 {len(header)} 列", hint="更正该行")
        yield number, dict(zip(header, cells, strict=True))
