"""What changed between two catalogues or two versions of an item, and whether it breaks anyone.

`breaking`: a row that was accepted may now be refused, a column that was there is gone or different, or a reader sees
less or more than before. Everything else is `compatible`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from xinshu.catalogue.model import FieldDef, Item
from xinshu.catalogue.overlays import is_stricter

Impact = Literal["compatible", "breaking"]
_WORDS = frozenset({"zh", "en", "note", "example", "format", "code_list", "name"})
_CYCLES = ("realtime", "day", "week", "month", "quarter", "year", "event")
_KINDS = {"added": "新增", "removed": "删除", "changed": "更改"}


@dataclass(frozen=True)
class Change:
    """One difference; `path` names the place in the item, empty for the item as a whole."""

    item: str
    kind: Literal["added", "removed", "changed"]
    path: str
    old: Any
    new: Any
    impact: Impact

    @property
    def words(self) -> str:
        """The change in Chinese."""
        where = f"事项 {self.item}" + (f" {self.path}" if self.path else "")
        if self.kind == "changed":
            return f"{where}:{_shown(self.old)} → {_shown(self.new)}"
        return f"{_KINDS[self.kind]} {where}"

    def as_dict(self) -> dict[str, Any]:
        """The change as a JSON object."""
        return asdict(self)


def _shown(value: Any) -> str:
    return "无" if value is None else str(value)


def diff_catalogues(old: Iterable[Item], new: Iterable[Item]) -> list[Change]:
    """Changes from one set of items to another, item by item in the order of the new one, removals last."""
    before = {item.item: item for item in old}
    after = {item.item: item for item in new}
    changes: list[Change] = []
    for number, item in after.items():
        if number in before:
            changes += diff_items(before[number], item)
        else:
            changes.append(Change(number, "added", "", None, item.name.zh, "compatible"))
    gone = (item for number, item in before.items() if number not in after)
    return changes + [Change(item.item, "removed", "", item.name.zh, None, "breaking") for item in gone]


def diff_items(old: Item, new: Item) -> list[Change]:
    """Changes from one version of an item to another."""
    return [
        *_header(old, new),
        *_fields(old, new),
        *_checks(old, new),
        *_limits(old, new),
    ]


_PLAIN = ("version", "source_status", "in_force", "class", "name", "description", "provider", "legal_basis")
_COMPATIBLE = (*_PLAIN, "access_note", "head_office_feed", "retention")
_BREAKING = ("slug", "sharing_mode", "access", "subject", "natural_key", "validity")


def _header(old: Item, new: Item) -> Iterator[Change]:
    before, after = old.model_dump(by_alias=True, mode="json"), new.model_dump(by_alias=True, mode="json")
    for key in (*_COMPATIBLE, *_BREAKING):
        if before[key] != after[key]:
            impact: Impact = "breaking" if key in _BREAKING else "compatible"
            yield Change(new.item, "changed", key, before[key], after[key], impact)
    one, two = old.update_cycle, new.update_cycle
    if one != two:
        tighter = two.lag_days < one.lag_days or _CYCLES.index(two.every) < _CYCLES.index(one.every)
        impact = "breaking" if tighter else "compatible"
        yield Change(new.item, "changed", "update_cycle", before["update_cycle"], after["update_cycle"], impact)


def _fields(old: Item, new: Item) -> Iterator[Change]:
    before, after = {f.name: f for f in old.fields}, {f.name: f for f in new.fields}
    for name, field in after.items():
        if name in before:
            yield from _field(new.item, before[name], field)
        else:
            impact: Impact = "breaking" if field.required else "compatible"
            yield Change(new.item, "added", f"fields.{name}", None, field.zh, impact)
    for name in (n for n in before if n not in after):
        yield Change(new.item, "removed", f"fields.{name}", before[name].zh, None, "breaking")


def _field(number: str, old: FieldDef, new: FieldDef) -> Iterator[Change]:
    path = f"fields.{new.name}"
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    for key in (k for k in before if k not in ("checks", "codes")):
        if before[key] != after[key]:
            compatible = key in _WORDS - {"zh"} or (key == "required" and old.required)
            compatible = compatible or (key == "retired_divisions" and new.retired_divisions == "allow")
            impact: Impact = "compatible" if compatible else "breaking"
            yield Change(number, "changed", f"{path}.{key}", before[key], after[key], impact)
    codes, later = old.codes or {}, new.codes or {}
    for code in {**codes, **later}:
        if codes.get(code) != later.get(code):
            kind: Literal["added", "removed", "changed"]
            kind = "added" if code not in codes else "removed" if code not in later else "changed"
            impact = "compatible" if kind == "added" else "breaking"
            yield Change(number, kind, f"{path}.codes.{code}", codes.get(code), later.get(code), impact)
    for key in before["checks"]:
        one, two = getattr(old.checks, key), getattr(new.checks, key)
        if one != two:
            loosened = _is_looser(key, one, two)
            impact = "compatible" if loosened else "breaking"
            yield Change(number, "changed", f"{path}.checks.{key}", before["checks"][key], after["checks"][key], impact)


def _is_looser(key: str, old: Any, new: Any) -> bool:
    """Whether everything accepted under `old` is accepted under `new`."""
    return old is not None and old is not False and is_stricter(key, new, old)


def _checks(old: Item, new: Item) -> Iterator[Change]:
    for group in ("checks", "batch_checks"):
        before = {check.id: check for check in getattr(old, group)}
        after = {check.id: check for check in getattr(new, group)}
        for name, check in after.items():
            impact: Impact = "breaking" if check.level == "error" else "compatible"
            if name not in before:
                yield Change(new.item, "added", f"{group}.{name}", None, check.message.zh, impact)
            elif before[name] != check:
                was = before[name].model_dump(mode="json", exclude={"message", "basis"})
                now = check.model_dump(mode="json", exclude={"message", "basis"})
                keys = [key for key in now if was.get(key) != now[key]] if was.keys() == now.keys() else list(now)
                one, two = ({k: values.get(k) for k in keys} for values in (was, now))
                impact = impact if keys else "compatible"
                yield Change(new.item, "changed", f"{group}.{name}", one or "文字", two or "文字", impact)
        for name in (n for n in before if n not in after):
            yield Change(new.item, "removed", f"{group}.{name}", before[name].message.zh, None, "compatible")


def _limits(old: Item, new: Item) -> Iterator[Change]:
    before, after = old.limits.model_dump(), new.limits.model_dump()
    for key in (k for k in before if k != "min_fill"):
        if before[key] != after[key]:
            impact: Impact = "compatible" if _is_looser(key, before[key], after[key]) else "breaking"
            yield Change(new.item, "changed", f"limits.{key}", before[key], after[key], impact)
    for name in {**before["min_fill"], **after["min_fill"]}:
        one, two = before["min_fill"].get(name), after["min_fill"].get(name)
        if one != two:
            impact = "breaking" if (two or 0) > (one or 0) else "compatible"
            yield Change(new.item, "changed", f"limits.min_fill.{name}", one, two, impact)
