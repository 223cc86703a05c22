"""Types of verification, and what may be verified. No I/O but the reading of the definitions."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from xinshu.catalogue import Catalogue
from xinshu.core.errors import SettingError, XinshuError

FILE = "verification.yml"


class NotVerifiableError(XinshuError):
    """The field is none that may be verified."""

    code = "not_verifiable"


class VerificationRefusedError(XinshuError):
    """The gate gives nothing of the item, not even a yes or no."""

    status = 403
    code = "verification_refused"


class VerificationQuotaError(XinshuError):
    """The member has verified facts of this subject as often as it may on one day."""

    status = 429
    code = "verification_quota"


class Outcome(StrEnum):
    """`match`: one record agrees in every field that was given."""

    MATCH = "match"
    NO_MATCH = "no_match"
    NOTHING_KNOWN = "nothing_known"


@dataclass(frozen=True)
class Claim:
    """What an institution was told: fields of one record, to be compared."""

    subject: str
    purpose: str
    item: str
    facts: Mapping[str, str]
    reference: str | None = None


@dataclass(frozen=True)
class Verified:
    """The answer; its evidence is leaf `leaf`."""

    id: UUID
    leaf: int
    subject: str
    name: str
    item: str
    fields: tuple[str, ...]
    outcome: Outcome
    at: datetime


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source_status: Literal["official", "reconstructed"]
    items: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Verifiable:
    """Item → its fields that may be verified."""

    items: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, definitions: Path, catalogue: Catalogue) -> Verifiable:
        """From the definitions; items that a region's catalogue lacks are refused. Raises SettingError."""
        path = definitions / FILE
        try:
            items = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).items
        except (OSError, yaml.YAMLError, ValidationError) as error:
            raise SettingError(f"核验定义 {path} 无法读取:{error}", hint="检查文件与语法") from error
        known = {item.item: item for item in catalogue.items}
        for number, names in items.items():
            masked = {one.name for one in known[number].fields if one.mask is not None} if number in known else set()
            wrong = sorted(set(names) - masked)
            if wrong or not names:
                raise SettingError(
                    f"核验定义 {path}:事项 {number} 没有遮蔽的字段 {'、'.join(wrong) or '(空)'}",
                    hint="只有目录中遮蔽(mask)的字段才用得着核验",
                )
        return cls(items)

    def check(self, item: str, names: Sequence[str]) -> None:
        """Raises NotVerifiableError for a field that is not to be verified."""
        allowed = self.items.get(item, ())
        wrong = sorted(set(names) - set(allowed))
        if wrong:
            shown = "、".join(allowed) if allowed else "无;可核验的事项:" + "、".join(self.items)
            raise NotVerifiableError(f"事项 {item} 的字段 {'、'.join(wrong)} 不能核验", hint=f"可核验:{shown}")


def same(given: str, known: Any) -> bool:
    """Whether two texts are the same but for width, case and blanks."""
    return known is not None and _plain(given) == _plain(str(known))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
