"""What a firm can do about an indicator, as data: `definitions/evaluation/advice.yml` and the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from xinshu.catalogue import Item
from xinshu.core.errors import SettingError
from xinshu.evaluate.loader import Book
from xinshu.evaluate.model import Model, TimeSince

Kind = Literal["repair", "settle", "keep", "obtain", "supply"]
KINDS: dict[Kind, str] = {
    "repair": "改正并修复", "settle": "履行或者清偿", "keep": "按时保持", "obtain": "取得", "supply": "补充数据",
}  # fmt: skip
FILE = "evaluation/advice.yml"
_MISSING = "数据由{provider}报送;没有报送或者不全的,可以请该部门核对补报,也可以在平台提出异议"
_WAY = "信息有误的,请{provider}核对更正,也可以在平台提出异议"


class AdviceInvalidError(SettingError):
    """The file of advice is wrong."""

    code = "advice_invalid"


class Do(Model):
    """What can be done."""

    kind: Literal["repair", "settle", "keep", "obtain"]
    action: str = Field(min_length=4, max_length=200)


_DOWN = Do(kind="repair", action="改正后按规定申请修复或者更正")
_UP = Do(kind="obtain", action="具备条件后取得,并请报送单位更新")


class OfItem(Model):
    """About the records of one item."""

    lower: Do | None = None
    higher: Do | None = None
    way: str = Field(_WAY, min_length=4, max_length=200)


class OfIndicator(Model):
    """What differs for one indicator; `can` False: nothing the firm does changes it."""

    lower: Do | None = None
    higher: Do | None = None
    can: bool = True


class Advice(Model):
    """The whole file."""

    version: str = "0"
    missing: str = Field(_MISSING, min_length=4, max_length=200)
    items: dict[str, OfItem] = Field(default={})
    indicators: dict[str, OfIndicator] = Field(default={})

    @classmethod
    def load(cls, definitions: Path) -> Advice:
        """From a definitions folder; without the file, worded from the catalogue alone. Raises AdviceInvalidError."""
        path = definitions / FILE
        if not path.is_file():
            return cls()
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError) as error:
            raise AdviceInvalidError(f"{FILE} 无法读取:{error}", hint="检查文件与 YAML 语法") from None
        except ValidationError as error:
            faults = ";".join(f"{'.'.join(map(str, one['loc']))}:{one['msg']}" for one in error.errors())
            raise AdviceInvalidError(f"{FILE} 有误:{faults}", hint="对照文件开头的说明修改") from None

    def can(self, book: Book, indicator: str) -> bool:
        """Whether the firm can do anything about an indicator: not about its age."""
        own = self.indicators.get(indicator)
        return own.can if own is not None else not isinstance(book[indicator], TimeSince)

    def do(self, book: Book, indicator: str, *, lower: bool) -> Do:
        """What to do so that there is less of it, or more."""
        own = self.indicators.get(indicator)
        places: list[OfIndicator | OfItem] = [own] if own is not None else []
        places += [self.items[item] for item in sorted(book.items_of(indicator)) if item in self.items]
        for one in places:
            found = one.lower if lower else one.higher
            if found is not None:
                return found
        return _DOWN if lower else _UP

    def way(self, item: Item) -> str:
        """The path to put right what is wrong with records of an item."""
        own = self.items.get(item.item)
        return (own.way if own is not None else _WAY).replace("{provider}", item.provider.zh)

    def how_in(self, item: Item) -> str:
        """How what is missing gets in."""
        return self.missing.replace("{provider}", item.provider.zh)
