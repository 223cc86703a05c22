"""What the firm is shown, in plain Chinese: who wants what, for what, how long, and what happens with it."""

from __future__ import annotations

from datetime import date, timedelta

from xinshu.catalogue import Catalogue
from xinshu.catalogue.model import Sensitivity
from xinshu.consent.artefact import Artefact, ShownText
from xinshu.consent.purposes import Purposes
from xinshu.core.clock import CHINA
from xinshu.crypto.suites import Suite


class Wording:
    """Writes the texts of artefacts. `platform`: its name."""

    def __init__(self, purposes: Purposes, catalogue: Catalogue, platform: str, suite: Suite) -> None:
        self._purposes = purposes
        self._catalogue = catalogue
        self._platform = platform
        self._suite = suite

    def shown(self, artefact: Artefact) -> Artefact:
        """The artefact with the texts that say what it says."""
        purpose = self._purposes.of(artefact.purpose)
        places = self._places(artefact)
        text = self._text(purpose.purpose, purpose.version, purpose.text.format(**places))
        personal = artefact.personal
        if personal is not None:
            template = self._purposes.personal
            about = {
                **places,
                "fields": self._personal_words(artefact),
                "sensitive": template.sensitive if self._has_sensitive(artefact) else "",
            }
            shown = self._text("personal", template.version, template.text.format(**about))
            personal = personal.model_copy(update={"text": shown})
        return artefact.model_copy(update={"text": text, "personal": personal})

    def summary(self, artefact: Artefact) -> list[tuple[str, str]]:
        """The same in short, (heading, words) line by line, for lists and small screens."""
        places = self._places(artefact)
        lines = [
            ("谁要查", artefact.grantee.name),
            ("做什么用", places["purpose"] + (f"({artefact.purpose_note})" if artefact.purpose_note else "")),
            ("查什么", places["items"]),
            ("查多久", f"{places['start']}至{places['end']}"),
            ("查几次", places["calls"]),
            ("多早的信息", places["data"]),
            ("怎么保存", f"不超过{places['retention']},到期删除"),
            ("会不会转给别人", places["onward"]),
        ]
        if artefact.personal is not None:
            lines.append(("单独同意的个人信息", self._personal_words(artefact)))
        return lines

    def _text(self, template: str, version: str, content: str) -> ShownText:
        return ShownText(
            template=template, version=version, content=content, digest=self._suite.digest(content.encode()).hex()
        )

    def _places(self, artefact: Artefact) -> dict[str, str]:
        first = artefact.valid_from.astimezone(CHINA).date()
        last = (artefact.valid_to - timedelta(seconds=1)).astimezone(CHINA).date()
        return {
            "grantor": artefact.grantor.name,
            "grantor_code": artefact.grantor.subject,
            "grantee": artefact.grantee.name,
            "platform": self._platform,
            "purpose": self._purposes.name_of(artefact.purpose),
            "note": artefact.purpose_note,
            "items": ";".join(self._item_words(item, names) for item, names in artefact.items.items()),
            "start": _day(first),
            "end": _day(last),
            "calls": _calls(artefact),
            "data": _data(artefact),
            "retention": f"{artefact.retention_days}天",
            "onward": "不转给任何第三方" if not artefact.onward else f"只可转给{'、'.join(artefact.onward)}",
        }

    def _item_words(self, number: str, names: tuple[str, ...] | None) -> str:
        name, fields = self._names(number)
        if names is None:
            return f"{name}(全部内容)"
        return f"{name}(仅{'、'.join(fields.get(one, one) for one in names)})"

    def _personal_words(self, artefact: Artefact) -> str:
        words = []
        for number, about in artefact.personal.items.items() if artefact.personal is not None else ():
            name, fields = self._names(number)
            own = "中本人的" if about.rows is not None else "的"
            words.append(f"{name}{own}{'、'.join(fields.get(one, one) for one in about.fields)}")
        return ";".join(words)

    def _names(self, number: str) -> tuple[str, dict[str, str]]:
        """Chinese names of an item and its fields; an old artefact may name what the catalogue no longer holds."""
        if number not in self._catalogue:
            return number, {}
        item = self._catalogue.item(number)
        return item.name.zh, {field.name: field.zh for field in item.fields}

    def _has_sensitive(self, artefact: Artefact) -> bool:
        return artefact.personal is not None and any(
            self._catalogue.item(number).field(name).sensitivity is Sensitivity.PERSONAL_SENSITIVE
            for number, about in artefact.personal.items.items()
            for name in about.fields
        )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _calls(artefact: Artefact) -> str:
    whole = f"最多查询{artefact.max_calls}次" if artefact.max_calls is not None else "不限总次数"
    if artefact.frequency is None:
        return whole
    unit = {"day": "日", "month": "月"}[artefact.frequency.per]
    return f"{whole},每{unit}不超过{artefact.frequency.times}次"


def _data(artefact: Artefact) -> str:
    if artefact.data is None:
        return "不限信息的起始日期"
    if artefact.data.months is not None:
        return f"只查询最近{artefact.data.months}个月的信息"
    assert artefact.data.since is not None  # noqa: S101  (either of the two)
    return f"只查询{_day(artefact.data.since)}以后的信息"
