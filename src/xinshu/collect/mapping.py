"""Mapping of a provider's own columns to the fields of an item, as data (`definitions/mappings/*.yml`).

Steps work on text and pass what they cannot read along unchanged, so that the type check of the field names the fault
with the value as received. Without a mapping, a file's columns carry the Chinese or English names of the fields.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from xinshu.catalogue.model import Item, Text
from xinshu.core.errors import NotFoundError, XinshuError

# A column of any incremental file: 新增, 变更 or 删除 (I, U, D); absent: new or changed as the comparison finds.
OPERATION_COLUMNS = frozenset({"操作类型", "operation_type"})


class MappingError(XinshuError):
    """A mapping is written wrongly or does not fit its item."""

    code = "mapping_invalid"


class UnknownMappingError(NotFoundError):
    """No mapping has this name."""

    code = "mapping_unknown"


class ColumnsError(XinshuError):
    """The columns of a file do not fit the item or the mapping."""

    code = "columns_do_not_fit"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


_NOT_IN_RE2 = re.compile(r"\(\?(?:[=!>]|<[=!])|\\[1-9]")


def _readable_pattern(pattern: str) -> str:
    """The pattern, if every engine can read it. Raises ValueError."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    if _NOT_IN_RE2.search(pattern):
        raise ValueError(f"{pattern!r} looks around or back, which RE2 does not do")
    return pattern


def _with_a_group(pattern: str) -> str:
    if re.compile(pattern).groups == 0:
        raise ValueError(f"{pattern!r} has no group to extract")
    return pattern


Pattern = Annotated[str, AfterValidator(_readable_pattern)]


class Step(_Strict):
    """One step; exactly one of the verbs is given."""

    keep_if: Pattern | None = None  # matched whole; other texts become absent
    drop_if: Pattern | None = None  # matched whole; such texts become absent
    extract: Annotated[Pattern, AfterValidator(_with_a_group)] | None = None  # its first group, or absent
    replace: tuple[str, str] | None = None  # literal text by another
    substring: tuple[int, int] | None = None  # start, length (from 0)
    translate: dict[str, str] | None = None  # whole text → text; others pass
    upper: Literal[True] | None = None
    capital: Literal["amount", "currency"] | None = None  # `1,000(万美元)` → 1000 | USD
    known: Literal["division"] | None = None  # absent unless the code system knows it
    city_division: Literal[True] | None = None  # name of a city → its division code

    @model_validator(mode="after")
    def _one_verb(self) -> Step:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a step has exactly one verb, this one has {given or 'none'}")
        return self

    @property
    def verb(self) -> str:
        """Name of the verb given."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)


class Origin(_Strict):
    """Where a field's text comes from: a column and steps, or a constant."""

    column: str | None = None
    constant: str | None = None
    steps: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> Origin:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either column or constant")
        return self


class Sign(_Strict):
    """A sign that the cells of a row have moved: the text of `column` matches (whole) or does not match."""

    column: str
    matches: Pattern | None = None
    not_matches: Pattern | None = None
    note: str = ""


class Mapping(_Strict):
    """A mapping. The first origin of a field that gives a text wins."""

    mapping: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    item: str
    version: str = Field(pattern=r"^\d{4}\.\d+$")
    name: Text
    columns: tuple[str, ...] = Field(min_length=1)  # columns that the file must have
    ignore: tuple[str, ...] = ()  # further columns that it may have, not used
    missing: tuple[str, ...] = ()  # texts that mean: no value
    shifted: tuple[Sign, ...] = ()
    fields: dict[str, tuple[Origin, ...]]
    operation: tuple[Origin, ...] = ()  # where a row says whether it ends a record (incremental batches)

    def check_header(self, header: list[str]) -> None:
        """Raise ColumnsError when the file lacks a column or has one that the mapping does not know."""
        absent = [name for name in self.columns if name not in header]
        unknown = [name for name in header if name not in self.columns and name not in self.ignore]
        if absent or unknown:
            raise ColumnsError(
                _columns_message(absent, unknown), hint=f"映射 {self.mapping} 要求的列:{'、'.join(self.columns)}"
            )


def _columns_message(absent: list[str], unknown: list[str]) -> str:
    parts = []
    if unknown:
        parts.append(f"文件中有无法识别的列:{'、'.join(unknown[:20])}")
    if absent:
        parts.append(f"文件缺少列:{'、'.join(absent[:20])}")
    return ";".join(parts)


def natural_mapping(item: Item, header: list[str]) -> Mapping:
    """The mapping of a file whose columns carry the names of the item's fields, Chinese or English.

    Raises ColumnsError for an unknown column, a column given twice, or a required field without a column.
    """
    names = {name: field.name for field in item.fields for name in (field.zh, field.name)}
    # Templates mark required columns: `企业名称*`.
    bare = {column: column.strip().rstrip("*＊").strip() for column in header}
    operation = tuple(Origin(column=column) for column in header if bare[column] in OPERATION_COLUMNS - set(names))
    columns = {column: names.get(bare[column]) for column in header if Origin(column=column) not in operation}
    unknown = [column for column, field in columns.items() if field is None]
    absent = [f"{f.zh}" for f in item.fields if f.required and f.name not in columns.values()]
    if unknown or absent:
        raise ColumnsError(
            _columns_message(absent, unknown),
            hint=f"用 xinshu catalogue template {item.item} 取得模板,或在提交时指明映射",
        )
    fields: dict[str, tuple[Origin, ...]] = {}
    for column, field in columns.items():
        assert field is not None  # noqa: S101  (unknown ones were refused above)
        if field in fields:
            raise ColumnsError(f"字段 {field} 有两列:{fields[field][0].column}、{column}", hint="保留一列")
        fields[field] = (Origin(column=column),)
    return Mapping(
        mapping="natural",
        item=item.item,
        version=item.version,
        name=item.name,
        columns=tuple(header),
        fields=fields,
        operation=operation,
    )


def load_mapping(folder: Path, name: str, item: Item) -> Mapping:
    """The mapping `name` of `folder` (`definitions/mappings`), checked against its item.

    Raises UnknownMappingError or MappingError naming each fault.
    """
    path = folder / f"{name}.yml"
    if not name.replace("-", "").isalnum() or not path.is_file():
        known = "、".join(sorted(p.stem for p in folder.glob("*.yml")))
        raise UnknownMappingError(f"没有名为 {name} 的映射", hint=f"现有映射:{known or '无'}")
    try:
        mapping = Mapping.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise MappingError(f"映射 {name} 不是有效的 YAML:{error}", hint="检查该文件") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MappingError(f"映射 {name} 有误:{faults}", hint="检查该文件") from error
    misfits = _faults(mapping, item)
    if misfits:
        raise MappingError(f"映射 {name} 与事项 {item.item} 不符:{'; '.join(misfits)}", hint="检查该文件")
    return mapping


def _faults(mapping: Mapping, item: Item) -> list[str]:
    fields = {field.name for field in item.fields}
    faults = [f"字段 {name} 不属于事项 {item.item}" for name in mapping.fields if name not in fields]
    if mapping.item != item.item:
        faults.append(f"映射属于事项 {mapping.item}")
    known = {*mapping.columns, *mapping.ignore}
    origins = [origin for several in mapping.fields.values() for origin in several] + list(mapping.operation)
    used = {o.column for o in origins if o.column is not None} | {sign.column for sign in mapping.shifted}
    faults += [f"列 {name} 没有写在 columns 或 ignore 中" for name in sorted(used - known)]
    return faults
