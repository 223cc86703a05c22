"""Reading the modules: every folder, or every fault with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xinshu.catalogue import Catalogue, DefinitionsInvalidError, Fault, Item, ItemNotFoundError
from xinshu.catalogue.loader import module_folders
from xinshu.catalogue.model import FieldType, Sensitivity
from xinshu.catalogue.source import Source, Where, read
from xinshu.catalogue.wording import validated
from xinshu.core.errors import NotFoundError
from xinshu.core.industries import Industries
from xinshu.evaluate.loader import Book
from xinshu.modules.lexicon import Lexicon
from xinshu.modules.model import Criteria, ModuleFile, Sign, WordFile
from xinshu.modules.signs import SignReader

Problem = tuple[Where, str]
REGISTER, FARMS = "1", "37"  # items that say who a subject is
_ALLOWED = frozenset({"module.yml", "words.yml", "items", "indicators", "codes"})


class ModuleUnknownError(NotFoundError):
    """No such module, or it is off."""

    code = "module_not_found"


@dataclass(frozen=True)
class Module:
    """A module as loaded; `province`: whether it is from the overlay."""

    file: ModuleFile
    words: WordFile
    signs: tuple[SignReader, ...]
    province: bool

    @property
    def id(self) -> str:
        """Its id."""
        return self.file.id

    def part_name(self, part: str) -> str:
        """The Chinese name of a field."""
        return next((one.name.zh for one in self.file.classification.parts if one.id == part), part)


class BookOfModules:
    """Modules by id, in the order of their folders, the province's last. Immutable; made by `load`."""

    def __init__(self, modules: Sequence[Module], catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._all = {one.id: one for one in modules}
        self.lexicon = Lexicon((one.id, one.words) for one in modules)

    @classmethod
    def load(
        cls, definitions: Path, catalogue: Catalogue, book: Book | None = None, on: Sequence[str] = ()
    ) -> BookOfModules:
        """Read the modules of the definitions and of the catalogue's overlay; `on`: only these (empty: all).

        `book`: the indicators that lists may name; None: they are not checked. Raises DefinitionsInvalidError with
        every fault, ModuleUnknownError for an unknown id in `on`.
        """
        modules, faults = read_folders(definitions, catalogue, book)
        if faults:
            raise DefinitionsInvalidError(definitions, faults)
        found = cls(modules, catalogue)
        for one in on:
            found[one]
        return cls([one for one in modules if one.id in on], catalogue) if on else found

    def __iter__(self) -> Iterator[Module]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, module: object) -> bool:
        return module in self._all

    def __getitem__(self, module: str) -> Module:
        """Raises ModuleUnknownError naming those there are."""
        found = self._all.get(module)
        if found is None:
            raise ModuleUnknownError(f"没有启用的特色功能模块 {module}", hint=f"可用:{'、'.join(self._all) or '无'}")
        return found

    def items(self) -> list[str]:
        """Numbers of the items that classification reads."""
        read = [sign.item.item for module in self for sign in module.signs]
        return list(dict.fromkeys([REGISTER, FARMS, *read]))


def read_folders(definitions: Path, catalogue: Catalogue, book: Book | None) -> tuple[list[Module], list[Fault]]:
    """Every module with what is wrong in any; nothing is raised."""
    industries = Industries.load(definitions)
    modules: list[Module] = []
    faults: list[Fault] = []
    for folder in module_folders(definitions, catalogue.overlay_name):
        module, sources = _read(folder, definitions, catalogue, book, industries)
        if module is not None and any(one.id == module.id for one in modules):
            sources[0].add(("id",), f"模块 {module.id} 已有定义:省级模块不能替换国家模块,请换一个名称")
        elif module is not None:
            modules.append(module)
        faults += [fault for source in sources for fault in source.faults]
    return modules, sorted(faults)


def _read(
    folder: Path, definitions: Path, catalogue: Catalogue, book: Book | None, industries: Industries
) -> tuple[Module | None, list[Source]]:
    head, words = read(folder / "module.yml", definitions), read(folder / "words.yml", definitions)
    file, phrases = validated(ModuleFile, head), validated(WordFile, words)
    for path in sorted(folder.iterdir()):
        if path.name not in _ALLOWED and not (path.name.startswith("model-") and path.suffix == ".yml"):
            head.add((), f"模块文件夹中有不认识的 {path.name}:可有 {'、'.join(sorted(_ALLOWED))} 和 model-*.yml")
    if file is None or phrases is None:
        return None, [head, words]
    if file.id != folder.name:
        head.add(("id",), f"id {file.id} 应与文件夹名 {folder.name} 相同")
    for where, message in _problems(file, catalogue, book, industries):
        head.add(where, message)
    for where, message in _word_problems(file, phrases):
        words.add(where, message)
    if head.faults or words.faults:
        return None, [head, words]
    signs = tuple(SignReader(catalogue.item(sign.item), sign) for sign in file.classification.signs)
    return Module(file, phrases, signs, "overlays" in folder.relative_to(definitions).parts), [head, words]


def _problems(file: ModuleFile, catalogue: Catalogue, book: Book | None, industries: Industries) -> Iterator[Problem]:
    rules = file.classification
    parts = [part.id for part in rules.parts]
    if len(set(parts)) != len(parts):
        yield ("classification", "parts"), "领域的 id 重复"
    if rules.possible >= rules.member:
        yield ("classification", "possible"), f"possible {rules.possible} 应小于 member {rules.member}"
    for kind in rules.certain:
        if kind not in rules.kinds:
            yield ("classification", "certain"), f"{kind} 不在 kinds 中"
    for place, part in enumerate(rules.parts):
        for tier in ("full", "partial"):
            for number, code in enumerate(getattr(part.codes, tier)):
                if code not in industries:
                    yield (
                        ("classification", "parts", place, "codes", tier, number),
                        f"行业代码 {code} 不在 GB/T 4754-2017 中:请带门类字母,如 C3825",
                    )
        for code in set(part.codes.full) & set(part.codes.partial):
            yield ("classification", "parts", place, "codes"), f"行业代码 {code} 同时写在 full 和 partial 中"
    for number, code in enumerate(rules.against.industries):
        if code not in industries:
            yield ("classification", "against", "industries", number), f"行业代码 {code} 不在 GB/T 4754-2017 中"
    for number, sign in enumerate(rules.signs):
        yield from _at(("classification", "signs", number), _sign_problems(sign, catalogue, parts))
    for number, listing in enumerate(file.lists):
        yield from _at(("lists", number, "criteria"), _criteria_problems(listing.criteria, parts, book))
    if len({one.id for one in file.lists}) != len(file.lists):
        yield ("lists",), "名单的 id 重复"
    yield from _at(("filter",), _criteria_problems(file.filter, parts, book))
    if file.circles is not None:
        yield from _at(
            ("circles", "leaders", "criteria"), _criteria_problems(file.circles.leaders.criteria, parts, book)
        )
        for number, sign in enumerate(file.circles.leaders.signs):
            yield from _at(("circles", "leaders", "signs", number), _sign_problems(sign, catalogue, parts))
        for number, relation in enumerate(file.circles.relations):
            found = _field_problems(catalogue, relation.item, relation.field)
            yield from _at(("circles", "relations", number), found)


def _at(place: Where, problems: Iterator[Problem]) -> Iterator[Problem]:
    for where, message in problems:
        yield (*place, *where), message


def _sign_problems(sign: Sign, catalogue: Catalogue, parts: Sequence[str]) -> Iterator[Problem]:
    if sign.part is not None and sign.part not in parts:
        yield ("part",), f"没有领域 {sign.part}:可用 {'、'.join(parts)}"
    try:
        item = catalogue.item(sign.item)
    except ItemNotFoundError as error:
        yield ("item",), f"{error.message}:请填清单中的事项编号或英文短名"
        return
    if not sign.where and not sign.contains:
        yield ("where",), "要写 where 或 contains,否则任何记录都算"
    for number, condition in enumerate(sign.where):
        yield from _at(("where", number), _named(item, condition.field, ("field",)))
        codes = next((one.codes for one in item.fields if one.name == condition.field), None)
        given = condition.values if condition.op in ("in", "not_in") else (condition.value,)
        for value in given:
            if codes is not None and condition.op not in ("present", "absent") and value not in codes:
                known = "、".join(list(codes)[:12])
                yield ("where", number, "value"), f"代码 {value!r} 不在字段 {condition.field} 的代码表中:可用 {known}"
    for field in sign.contains:
        yield from _named(item, field, ("contains", field))
        kind = next((one.type for one in item.fields if one.name == field), None)
        if kind not in (None, FieldType.STRING, FieldType.TEXT):
            yield ("contains", field), f"字段 {field} 不是文字,请写在 where 中"


def _named(item: Item, name: str, where: Where) -> Iterator[Problem]:
    known = {field.name: field for field in item.fields}
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        yield where, f"事项 {item.item} 没有字段 {name}" + (f",是否应为 {near[0]}" if near else ":请对照清单定义")
    elif known[name].sensitivity is not Sensitivity.OPEN:
        yield where, f"字段 {name} 不是公开信息,不能用于模块的分类"


def _field_problems(catalogue: Catalogue, number: str, name: str) -> Iterator[Problem]:
    try:
        item = catalogue.item(number)
    except ItemNotFoundError as error:
        yield ("item",), f"{error.message}:请填清单中的事项编号或英文短名"
        return
    kind = next((one.type for one in item.fields if one.name == name), None)
    if kind is None:
        yield from _named(item, name, ("field",))
    elif kind not in (FieldType.USCC, FieldType.SUBJECT_CODE):
        yield ("field",), f"字段 {name} 不是主体代码,不能表示关系"


def _criteria_problems(criteria: Criteria, parts: Sequence[str], book: Book | None) -> Iterator[Problem]:
    for number, part in enumerate(criteria.parts):
        if part not in parts:
            yield ("parts", number), f"没有领域 {part}:可用 {'、'.join(parts)}"
    for number, condition in enumerate(criteria.indicators):
        if book is None:
            continue
        if condition.indicator not in book:
            near = difflib.get_close_matches(condition.indicator, [one.id for one in book], 1)
            said = f",是否应为 {near[0]}" if near else ":用 xinshu evaluate indicators 列出"
            yield ("indicators", number, "indicator"), f"没有指标 {condition.indicator}{said}"
        elif (book.kind(condition.indicator) == "code") != isinstance(condition.value, str):
            yield ("indicators", number, "value"), f"{condition.value!r} 与指标 {condition.indicator} 的值类型不符"


def _word_problems(file: ModuleFile, phrases: WordFile) -> Iterator[Problem]:
    parts = [part.id for part in file.classification.parts]
    seen: dict[str, str] = {}
    for number, words in enumerate(phrases.words):
        if words.part not in parts:
            yield ("words", number, "part"), f"没有领域 {words.part}:可用 {'、'.join(parts)}"
        for kind in ("objects", "activities"):
            for place, phrase in enumerate(getattr(words, kind)):
                if phrase in seen and seen[phrase] == words.part:
                    yield ("words", number, kind, place), f"词语“{phrase}”在领域 {words.part} 中写了两次"
                seen[phrase] = words.part
