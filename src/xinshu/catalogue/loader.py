"""Reading the definitions: items, code lists and one overlay, with every fault and its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from xinshu.catalogue import overlays
from xinshu.catalogue.faults import Fault
from xinshu.catalogue.inspection import code_problems, problems
from xinshu.catalogue.model import CodeList, FieldDef, FieldType, Item, OverlayInfo, OverlayItem
from xinshu.catalogue.source import Source, Where, read
from xinshu.catalogue.wording import validated

NATIONAL = tuple(str(number) for number in range(1, 38))
MODULE_ITEMS = "mo"  # items that a module adds to the national ones are mo-01, mo-02…


@dataclass
class Loaded:
    """What the folders hold: items of all versions, each with the file it came from, and every fault."""

    items: list[Item] = field(default_factory=list)
    code_lists: dict[str, CodeList] = field(default_factory=dict)
    overlay: OverlayInfo | None = None
    faults: list[Fault] = field(default_factory=list)
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)  # (item, version) → its file

    def finish(self, source: Source) -> None:
        """Take over what is wrong with a file."""
        self.faults += source.faults


def load(definitions: Path, overlay: str = "") -> Loaded:
    """Read the national definitions and, by name, one overlay. Faults are collected, nothing is raised."""
    loaded = Loaded()
    folder = definitions / "catalogue"
    if not folder.is_dir():
        loaded.faults.append(Fault(str(folder), 0, 0, "", "没有这个文件夹:定义应在 catalogue 下"))
        return loaded
    _read_code_lists(loaded, definitions / "codes", definitions)
    for path in sorted(folder.glob("*.yml")):
        _read_item(loaded, read(path, definitions), None)
    for module in module_folders(definitions):
        _read_code_lists(loaded, module / "codes", definitions)
        for path in sorted(module.glob("items/*.yml")):
            _read_item(loaded, read(path, definitions), MODULE_ITEMS)
    if overlay:
        _read_overlay(loaded, definitions / "overlays" / overlay, definitions)
    _check_versions(loaded)
    loaded.faults.sort()
    return loaded


def missing_items(loaded: Loaded) -> list[Fault]:
    """National items that are not there, or should not be: the catalogue has exactly 1 to 37."""
    present = {item.item for item in loaded.items if item.item.isdigit()}
    faults = [Fault("catalogue", 0, 0, "item", f"缺少国家清单事项 {n}") for n in NATIONAL if n not in present]
    for item in loaded.items:
        if item.item.isdigit() and item.item not in NATIONAL:
            faults.append(_source(loaded, item).fault(("item",), f"国家清单只有 1 至 37 项,没有 {item.item}"))
    return faults


def _source(loaded: Loaded, item: Item) -> Source:
    return loaded.sources[item.item, item.version]


def _read_code_lists(loaded: Loaded, folder: Path, root: Path) -> None:
    for path in sorted(folder.glob("*.yml")):
        source = read(path, root)
        code_list = validated(CodeList, source)
        if code_list is not None and path.stem in loaded.code_lists:
            source.add(("name",), f"国家代码表 {path.stem} 已存在,不能替换")
        elif code_list is not None:
            loaded.code_lists[path.stem] = code_list
            for where, message in code_problems(code_list.codes, "codes"):
                source.add(where, message)
        loaded.finish(source)


def _read_item(loaded: Loaded, source: Source, province: str | None) -> None:
    item = validated(Item, source)
    if item is not None:
        item = _resolve(loaded, source, item)
        for where, message in problems(item):
            source.add(where, message)
        _check_identity(loaded, source, item, province)
        if (item.item, item.version) not in loaded.sources:
            loaded.sources[item.item, item.version] = source
            loaded.items.append(item)
    loaded.finish(source)


def _check_identity(loaded: Loaded, source: Source, item: Item, province: str | None) -> None:
    """Number, slug and version against the other files."""
    if (item.item, item.version) in loaded.sources:
        source.add(("version",), f"事项 {item.item} 的版本 {item.version} 已在 {_source(loaded, item).name}")
    if province is None and not item.item.isdigit():
        source.add(("item",), f"国家清单的事项号是数字,{item.item} 应放在省级 overlay 中")
    if province is not None and not item.item.startswith(f"{province}-"):
        source.add(("item",), f"{province} 的自有事项号应以 {province}- 开头")
    if province is None and not source.path.name.startswith(f"{item.item.zfill(2)}-"):
        source.add(("item",), f"文件名应以 {item.item.zfill(2)}- 开头")
    for other in loaded.items:
        if other.slug == item.slug and other.item != item.item:
            source.add(("slug",), f"slug {item.slug} 已用于事项 {other.item}")
        if other.slug != item.slug and other.item == item.item:
            source.add(("slug",), f"事项 {item.item} 各版本的 slug 应相同({other.slug})")


def _resolve(loaded: Loaded, source: Source, item: Item) -> Item:
    """Put the codes of named lists into the fields."""
    fields = tuple(_with_codes(loaded, source, f, ("fields", i)) for i, f in enumerate(item.fields))
    return item.model_copy(update={"fields": fields})


def _with_codes(loaded: Loaded, source: Source, definition: FieldDef, where: Where) -> FieldDef:
    if definition.code_list is None or definition.type is not FieldType.CODE:
        return definition
    if definition.codes is not None:
        source.add((*where, "codes"), "codes 和 code_list 只能有一个")
        return definition
    code_list = loaded.code_lists.get(definition.code_list)
    if code_list is None:
        source.add((*where, "code_list"), f"没有代码表 codes/{definition.code_list}.yml")
        return definition.model_copy(update={"codes": {"?": "?"}})  # reported once, not again as a field without codes
    return definition.model_copy(update={"codes": code_list.codes})


def _read_overlay(loaded: Loaded, folder: Path, root: Path) -> None:
    head = folder / "overlay.yml"
    if not head.is_file():
        known = sorted(p.parent.name for p in folder.parent.glob("*/overlay.yml"))
        loaded.faults.append(Fault(str(head), 0, 0, "", f"没有这个 overlay;现有:{'、'.join(known) or '无'}"))
        return
    source = read(head, root)
    loaded.overlay = validated(OverlayInfo, source)
    loaded.finish(source)
    if loaded.overlay is None:
        return
    _read_code_lists(loaded, folder / "codes", root)
    for path in sorted(folder.glob("items/*.yml")):
        source = read(path, root)
        if isinstance(source.data, dict) and "extends" in source.data:
            _extend(loaded, source)
        else:
            _read_item(loaded, source, loaded.overlay.province)
    for module in _modules_in(folder):
        _read_code_lists(loaded, module / "codes", root)
        for path in sorted(module.glob("items/*.yml")):
            _read_item(loaded, read(path, root), loaded.overlay.province)


def module_folders(definitions: Path, overlay: str = "") -> list[Path]:
    """Folders of the feature modules (R8.3), then those of an overlay: their items, codes and indicators count too."""
    own = _modules_in(definitions / "overlays" / overlay) if overlay else []
    return _modules_in(definitions) + own


def _modules_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("modules/*") if path.is_dir())


def _extend(loaded: Loaded, source: Source) -> None:
    """Lay an OverlayItem over every version of its item (or over one: `extends: 8@2024.1`)."""
    patch = validated(OverlayItem, source)
    if patch is not None:
        number, _, version = patch.extends.partition("@")
        targets = [i for i, t in enumerate(loaded.items) if t.item == number and version in ("", t.version)]
        if not targets:
            source.add(("extends",), f"没有事项 {patch.extends}")
        added = tuple(_with_codes(loaded, source, f, ("add_fields", i)) for i, f in enumerate(patch.add_fields))
        patch = patch.model_copy(update={"add_fields": added})
        for index in targets:
            loaded.items[index], found = overlays.extended(loaded.items[index], patch)
            for where, message in found:
                if source.fault(where, message) not in source.faults:
                    source.add(where, message)
    loaded.finish(source)


def _check_versions(loaded: Loaded) -> None:
    """Versions of one item follow one another without a gap, and overlap no longer than stated."""
    versions: dict[str, list[Item]] = {}
    for item in loaded.items:
        versions.setdefault(item.item, []).append(item)
    for several in versions.values():
        several.sort(key=lambda item: item.in_force.from_)
        for earlier, later in pairwise(several):
            source = _source(loaded, earlier)
            end, start = earlier.in_force.to, later.in_force.from_
            if end is None:
                message = f"版本 {later.version} 自 {start} 生效,本版本应写明失效日期 to"
                loaded.faults.append(source.fault(("in_force",), message))
            elif (start - end).days > 1:
                message = f"失效日 {end} 与版本 {later.version} 的生效日 {start} 之间有空档"
                loaded.faults.append(source.fault(("in_force", "to"), message))
            elif (end - start).days + 1 > earlier.in_force.overlap_days:
                message = f"与版本 {later.version} 同时有效 {(end - start).days + 1} 天,超过 overlap_days"
                loaded.faults.append(source.fault(("in_force", "to"), message))
