"""The catalogue in force: items, their versions and code lists, as one object."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from xinshu.catalogue import engines, loader
from xinshu.catalogue.faults import DefinitionsInvalidError, Fault, ItemNotFoundError, ItemVersionError
from xinshu.catalogue.model import CodeList, Item, OverlayInfo


class Catalogue:
    """Items in force on a day, by number. Immutable; made by `load`."""

    def __init__(
        self, items: list[Item], code_lists: dict[str, CodeList], overlay: OverlayInfo | None, on: date | None,
        overlay_name: str = "",
    ) -> None:  # fmt: skip
        self._versions: dict[str, tuple[Item, ...]] = {}
        for item in sorted(items, key=_order):
            self._versions[item.item] = (*self._versions.get(item.item, ()), item)
        self._code_lists = code_lists
        self.overlay = overlay
        self.overlay_name = overlay_name  # its folder
        self.on = on
        current = (self._in_force(versions, on) for versions in self._versions.values())
        self._items = {item.item: item for item in current if item is not None}
        self._by_slug = {item.slug: item for item in self._items.values()}

    @classmethod
    def load(cls, definitions: Path, overlay: str = "", on: date | None = None) -> Catalogue:
        """Read `definitions` and one overlay by name. `on`: the day whose versions hold; None: the newest of each.

        Raises DefinitionsInvalidError with every fault.
        """
        loaded = loader.load(definitions, overlay)
        if loaded.faults:
            raise DefinitionsInvalidError(definitions, loaded.faults)
        return cls(loaded.items, loaded.code_lists, loaded.overlay, on, overlay)

    @staticmethod
    def _in_force(versions: tuple[Item, ...], on: date | None) -> Item | None:
        """The newest version that holds on the day."""
        holding = [v for v in versions if on is None or in_force(v, on)]
        return holding[-1] if holding else None

    @property
    def items(self) -> tuple[Item, ...]:
        """Items in force, national ones by number, then the province's own."""
        return tuple(self._items.values())

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item: object) -> bool:
        return item in self._items

    def __getitem__(self, item: str) -> Item:
        return self.item(item)

    def item(self, item: str) -> Item:
        """The version in force of an item, by number or slug. Raises ItemNotFoundError naming near ones."""
        found = self._items.get(item) or self._by_slug.get(item)
        if found is None:
            raise self._unknown(item)
        return found

    def versions(self, item: str) -> tuple[Item, ...]:
        """All versions of an item, oldest first, in force or not. Raises ItemNotFoundError."""
        if item in self._by_slug:
            item = self._by_slug[item].item
        if item not in self._versions:
            raise self._unknown(item)
        return self._versions[item]

    def item_for_batch(self, item: str, version: str | None, day: date) -> Item:
        """The version under which a batch received on `day` is checked.

        Without `version`, the one in force. With it, also an older one within its overlap. Raises ItemNotFoundError,
        or ItemVersionError naming the versions accepted on that day.
        """
        versions = self.versions(item)
        accepted = [v for v in versions if accepts(v, day)]
        if version is None:
            chosen = self._in_force(tuple(v for v in accepted if in_force(v, day)), None) or (
                accepted[-1] if accepted else None
            )
        else:
            chosen = next((v for v in accepted if v.version == version), None)
        if chosen is None:
            named = "、".join(v.version for v in accepted) or "无"
            asked = f"版本 {version}" if version is not None else "任何版本"
            raise ItemVersionError(
                f"事项 {item}({versions[-1].name.zh})在 {day} 不接受{asked}",
                hint=f"当日接受的版本:{named}",
                item=item,
                version=version,
                accepted=[v.version for v in accepted],
            )
        return chosen

    @property
    def code_lists(self) -> dict[str, CodeList]:
        """Shared code lists by name."""
        return dict(self._code_lists)

    def code_list(self, name: str) -> CodeList:
        """A shared code list. Raises ItemNotFoundError naming near ones."""
        if name not in self._code_lists:
            near = difflib.get_close_matches(name, self._code_lists, 3) or sorted(self._code_lists)
            raise ItemNotFoundError(f"没有代码表 {name}", hint=f"可用的代码表:{'、'.join(near)}", code_list=name)
        return self._code_lists[name]

    def _unknown(self, item: str) -> ItemNotFoundError:
        names = {n: i for i in self._versions.values() for n in (i[-1].item, i[-1].slug, i[-1].name.zh)}
        near = [names[n][-1] for n in difflib.get_close_matches(item, names, 3, 0.5)]
        near += [v[-1] for n, v in names.items() if len(item) > 1 and item in n and v[-1] not in near]
        shown = "、".join(dict.fromkeys(f"{i.item} {i.name.zh}" for i in near[:5]))
        hint = f"相近的事项:{shown}" if shown else "用 xinshu catalogue list 查看全部事项"
        return ItemNotFoundError(f"目录中没有事项 {item}", hint=hint, item=item, near=[i.item for i in near[:5]])


def in_force(item: Item, day: date) -> bool:
    """Whether this version holds on the day."""
    return item.in_force.from_ <= day and (item.in_force.to is None or day <= item.in_force.to)


def accepts(item: Item, day: date) -> bool:
    """Whether batches of this version are accepted on the day: while it holds and for the stated overlap after."""
    end = item.in_force.to
    last = end if end is None else end + timedelta(days=item.in_force.overlap_days)
    return item.in_force.from_ <= day and (last is None or day <= last)


def check(definitions: Path, overlay: str = "", *, complete: bool = True) -> list[Fault]:
    """Every fault of the definitions, with file and line; `complete`: also that items 1 to 37 are all there.

    Does what `Catalogue.load` does and also compiles every pattern with the batch engine.
    """
    loaded = loader.load(definitions, overlay)
    faults = loaded.faults + engines.pattern_faults(loaded)
    return sorted(faults + loader.missing_items(loaded)) if complete else sorted(faults)


def _order(item: Item) -> tuple[int, int, str, date]:
    number = item.item
    own = not number.isdigit()
    return (int(own), 0 if own else int(number), number, item.in_force.from_)
