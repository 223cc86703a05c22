"""What may be asked for, and how a firm may narrow it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from xinshu.catalogue import Catalogue, Item
from xinshu.consent.artefact import Artefact, DataRange, Frequency, Personal, PersonalFields, ShownText
from xinshu.consent.errors import ConsentTermsError, ConsentWidenedError
from xinshu.consent.forms import profile
from xinshu.consent.purposes import PersonalTemplate, Purpose
from xinshu.consent.rules import months_before
from xinshu.core.clock import CHINA
from xinshu.members.model import KIND_NAMES, MemberKind

FieldNames = tuple[str, ...] | None
UNWRITTEN = ShownText(template="", version="", content="", digest="")
_AHEAD = timedelta(days=90)


@dataclass(frozen=True)
class Asked:
    """What an institution asks a firm for. `items`: number or slug → fields, None for all; `personal`: items whose
    personal fields are wanted as well. What is None is filled with the template's limit; days are of China, both
    included."""

    subject: str
    purpose: str
    items: Mapping[str, FieldNames]
    purpose_note: str = ""
    demand: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    max_calls: int | None = None
    frequency: Frequency | None = None
    data: DataRange | None = None
    retention_days: int | None = None
    onward: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What was asked for, checked and filled: the variable part of an artefact."""

    items: dict[str, FieldNames]
    valid_from: datetime
    valid_to: datetime
    max_calls: int | None
    frequency: Frequency | None
    data: DataRange | None
    retention_days: int
    onward: tuple[str, ...]
    personal: Personal | None


@dataclass(frozen=True)
class Narrowing:
    """What a firm takes away from a request; None leaves a part as it is. `personal` False: no personal fields."""

    items: Mapping[str, FieldNames] | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    max_calls: int | None = None
    frequency: Frequency | None = None
    data: DataRange | None = None
    retention_days: int | None = None
    personal: bool = True


def start_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(), CHINA)


def check(
    asked: Asked,
    purpose: Purpose,
    personal: PersonalTemplate,
    catalogue: Catalogue,
    kind: MemberKind,
    permitted: Sequence[str] | None,
    today: date,
) -> Terms:
    """The terms of a request by a member of `kind` that may read `permitted` items (None: all).

    Raises ConsentTermsError, ItemNotFoundError.
    """
    limits = purpose.limits
    if kind not in purpose.members:
        may = "、".join(KIND_NAMES[one] for one in purpose.members)
        raise _refused(f"{KIND_NAMES[kind]}不能以“{purpose.name.zh}”申请授权", "member_kind", f"可申请的:{may}")
    if purpose.needs_note and asked.purpose_note.strip() == "":
        raise _refused(f"用途“{purpose.name.zh}”要写明具体用途", "purpose_note", "填写 purpose_note")
    if purpose.onward == "none" and asked.onward:
        raise _refused(f"“{purpose.name.zh}”取得的信息不能转给他人", "onward", "去掉 onward")
    items = _items(asked.items, catalogue, permitted)
    first = asked.valid_from or today
    last = asked.valid_to or first + timedelta(days=limits.usual_days - 1)
    if first < today or first > today + _AHEAD:
        raise _refused(f"起始日 {first} 不在今天起 90 天之内", "valid_from", "改正起始日")
    if not first <= last < first + timedelta(days=limits.max_days):
        words = f"“{purpose.name.zh}”的授权最长 {limits.max_days} 天"
        raise _refused(f"授权期 {first} 至 {last} 不合要求", "valid_to", words)
    return Terms(
        items=items,
        valid_from=start_of(first),
        valid_to=start_of(last + timedelta(days=1)),
        max_calls=_at_most(asked.max_calls, limits.max_calls, "max_calls", "查询次数"),
        frequency=asked.frequency,
        data=_range(asked.data, limits.max_months, today),
        retention_days=_at_most(asked.retention_days, limits.max_retention_days, "retention_days", "保存天数") or 0,
        onward=asked.onward,
        personal=_personal(asked.personal, items, purpose, personal),
    )


def _items(
    wanted: Mapping[str, FieldNames], catalogue: Catalogue, permitted: Sequence[str] | None
) -> dict[str, FieldNames]:
    items: dict[str, FieldNames] = {}
    for name, fields in wanted.items():
        item = catalogue.item(name)
        if permitted is not None and item.item not in permitted:
            words = f"本单位的接入范围不含“{item.name.zh}”"
            raise _refused(words, "not_own_item", "去掉此事项,或向平台申请扩大接入范围")
        about = profile(item)
        if not about.needs_consent and about.open.view == "full":
            raise _refused(f"“{item.name.zh}”是公开事项,不须授权", "item_open", "去掉此事项,直接查询")
        items[item.item] = _fields(item, fields)
    if len(items) == 0:
        raise _refused("没有写明申请查询的事项", "items", "至少写一项")
    return dict(sorted(items.items(), key=lambda one: (not one[0].isdigit(), len(one[0]), one[0])))


def _fields(item: Item, names: FieldNames) -> FieldNames:
    if names is None:
        return None
    known = tuple(field.name for field in item.fields if field.name in names)
    unknown = sorted(set(names) - set(known))
    if unknown or not known:
        what = f"没有字段 {'、'.join(unknown)}" if unknown else "没有写明字段"
        hint = f"字段有:{'、'.join(field.name for field in item.fields)}"
        raise _refused(f"“{item.name.zh}”{what}", "fields", hint)
    return known


def _at_most(value: int | None, limit: int | None, name: str, words: str) -> int | None:
    if value is not None and limit is not None and value > limit:
        raise _refused(f"{words} {value} 超过此用途的上限", name, f"不超过 {limit}")
    return value if value is not None else limit


def _range(data: DataRange | None, most: int | None, today: date) -> DataRange | None:
    if most is None:
        return data
    earliest = months_before(today, most)
    too_wide = data is not None and (
        (data.months is not None and data.months > most) or (data.since is not None and data.since < earliest)
    )
    if too_wide:
        raise _refused("数据范围超过此用途的上限", "data", f"不超过 {most} 个月")
    return data or DataRange(months=most)


def _personal(
    wanted: Sequence[str], items: Mapping[str, FieldNames], purpose: Purpose, template: PersonalTemplate
) -> Personal | None:
    """Only items that are asked for, may be asked for, and fields among those asked for."""
    found: dict[str, PersonalFields] = {}
    for number in wanted:
        if number not in purpose.personal:
            words = f"“{purpose.name.zh}”不能申请事项 {number} 的个人信息"
            raise _refused(words, "personal", f"可申请的事项:{'、'.join(purpose.personal) or '无'}")
        if number not in items:
            raise _refused(f"要申请个人信息的事项 {number} 不在申请的事项中", "personal", "同时申请该事项")
        about = template.items[number]
        fields = items[number]
        names = tuple(sorted(name for name in about.fields if fields is None or name in fields))
        if names:
            found[number] = PersonalFields(fields=names, rows=about.rows)
    return Personal(items=found, text=UNWRITTEN) if found else None


def narrow(artefact: Artefact, by: Narrowing, catalogue: Catalogue) -> Artefact:
    """The artefact with what the firm takes away. Raises ConsentWidenedError naming the part that would be wider."""
    items = dict(artefact.items)
    if by.items is not None:
        items = _narrower_items(artefact, by.items, catalogue)
    valid_from = start_of(by.valid_from) if by.valid_from is not None else artefact.valid_from
    valid_to = start_of(by.valid_to + timedelta(days=1)) if by.valid_to is not None else artefact.valid_to
    if valid_from < artefact.valid_from or valid_to > artefact.valid_to or valid_to <= valid_from:
        raise _wider("授权期", "period")
    frequency = by.frequency or artefact.frequency
    if by.frequency is not None and not _rarer(by.frequency, artefact.frequency):
        raise _wider("查询频率", "frequency")
    data = by.data or artefact.data
    if by.data is not None and not _shorter(by.data, artefact.data, valid_from):
        raise _wider("数据范围", "data")
    return artefact.model_copy(
        update={
            "items": items,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "max_calls": _fewer(by.max_calls, artefact.max_calls, "查询次数", "max_calls"),
            "frequency": frequency,
            "data": data,
            "retention_days": _fewer(by.retention_days, artefact.retention_days, "保存天数", "retention_days"),
            "personal": _narrower_personal(artefact.personal, items) if by.personal else None,
        }
    )


def _narrower_items(
    artefact: Artefact, wanted: Mapping[str, FieldNames], catalogue: Catalogue
) -> dict[str, FieldNames]:
    chosen = {catalogue.item(name).item: names for name, names in wanted.items()}
    if len(chosen) == 0:
        raise ConsentTermsError("没有留下任何事项", hint="不同意时选择“不同意”", reason="items")
    for number, names in chosen.items():
        asked = artefact.items.get(number)
        extra = asked is not None and (names is None or not set(names) <= set(asked))
        if number not in artefact.items or extra:
            raise _wider(f"事项 {number}", "items")
    return {number: _fields(catalogue.item(number), chosen[number]) for number in artefact.items if number in chosen}


def _narrower_personal(personal: Personal | None, items: Mapping[str, FieldNames]) -> Personal | None:
    """Personal fields of what is still given."""
    if personal is None:
        return None
    kept: dict[str, PersonalFields] = {}
    for number, about in personal.items.items():
        if number in items:
            given = items[number]
            names = tuple(name for name in about.fields if given is None or name in given)
            if names:
                kept[number] = about.model_copy(update={"fields": names})
    return personal.model_copy(update={"items": kept}) if kept else None


def _fewer(value: int | None, before: int | None, words: str, part: str) -> int | None:
    if value is None:
        return before
    if value < 0 or (before is not None and value > before) or (part == "max_calls" and value < 1):
        raise _wider(words, part)
    return value


def _rarer(new: Frequency, old: Frequency | None) -> bool:
    """Never more calls in any day or month than before."""
    if old is None:
        return True
    if new.per == "day" and old.per == "month":
        return new.times * 31 <= old.times
    return new.times <= old.times


def _shorter(new: DataRange, old: DataRange | None, valid_from: datetime) -> bool:
    """A window that moves with the day may take the place of a fixed first day, not the other way about."""
    if old is None:
        return True
    if old.months is not None:
        return new.months is not None and new.months <= old.months
    assert old.since is not None  # noqa: S101  (either of the two)
    first = new.since
    if new.months is not None:
        first = months_before(valid_from.astimezone(CHINA).date(), new.months)
    return first is not None and first >= old.since


def _refused(words: str, reason: str, hint: str) -> ConsentTermsError:
    return ConsentTermsError(words, hint=hint, reason=reason)


def _wider(words: str, part: str) -> ConsentWidenedError:
    return ConsentWidenedError(f"{words}超出了申请的范围", hint="只能缩小申请的范围,不能扩大", part=part)
