"""Records that speak for a module: certificates, permits, recognitions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinshu.catalogue import Item
from xinshu.catalogue.model import FieldType, Sensitivity
from xinshu.evaluate.days import Day
from xinshu.evaluate.single import holds, typed_rows, valid_on
from xinshu.modules.model import Sign
from xinshu.modules.scope import clean

_NAMES = ("certificate_name", "permit_certificate_name", "list_name", "certification_project", "qualification_class",
          "certificate_no", "document_no")  # fmt: skip


class SignReader:
    """A sign with the item it is read from."""

    def __init__(self, item: Item, sign: Sign) -> None:
        self.item = item
        self.sign = sign
        ends = [name for name in (item.validity.from_, item.validity.to) if name is not None]
        self._fields = tuple(dict.fromkeys([*(one.field for one in sign.where), *ends]))

    def held_by(self, payload: Mapping[str, Any], day: Day | None) -> bool:
        """Whether a record shows the sign; `day` None: validity is not looked at."""
        row = typed_rows(self.item, self._fields, [payload])[0]
        if not all(holds(condition, row) for condition in self.sign.where):
            return False
        if self.sign.valid and day is not None and not valid_on(self.item, row, day):
            return False
        return all(self._has(payload, field, words) for field, words in self.sign.contains.items())

    @staticmethod
    def _has(payload: Mapping[str, Any], field: str, words: tuple[str, ...]) -> bool:
        text = clean(str(payload.get(field) or ""))
        return any(word in text for word in words)

    def named(self, payload: Mapping[str, Any]) -> str:
        """What the record is called, of its open fields; for codes their names."""
        for field in self.item.fields:
            if field.sensitivity is not Sensitivity.OPEN:
                continue
            value = payload.get(field.name)
            if value and field.type is FieldType.CODE and any(one.field == field.name for one in self.sign.where):
                return str((field.codes or {}).get(str(value), value))
            if value and field.name in _NAMES[:5]:
                return str(value)[:80]
        return ""
