"""Purposes and their templates as loaded from `definitions/consent`: strict, every name checked.

A template says who may ask for the purpose, the limits, how it may be signed, and the text that is shown.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xinshu.catalogue import Catalogue
from xinshu.catalogue.faults import ItemNotFoundError
from xinshu.catalogue.model import Sensitivity, Text
from xinshu.consent.artefact import Rows
from xinshu.consent.errors import ConsentDefinitionsError, ConsentTermsError
from xinshu.members.model import MemberKind

Method = Literal["passkey", "certificate", "witnessed", "paper"]
METHOD_NAMES: dict[Method, str] = {
    "passkey": "通行密钥",
    "certificate": "电子营业执照或 CA 证书",
    "witnessed": "密码加验证码并经见证",
    "paper": "纸质授权书",
}
PERSONAL = "personal"
_IN_TEXT = frozenset(
    {"grantor", "grantor_code", "grantee", "platform", "purpose", "note", "items", "start", "end", "calls", "data",
     "retention", "onward"}
)  # fmt: skip
_IN_PERSONAL_TEXT = frozenset({"grantor", "grantee", "purpose", "fields", "end", "retention", "sensitive"})
_Version = Annotated[str, Field(pattern=r"^\d{4}\.\d+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TermLimits(_Strict):
    """What may be asked for at most. None: not limited."""

    usual_days: int = Field(ge=1)
    max_days: int = Field(ge=1)  # from the first to the last day
    answer_days: int = Field(ge=1)  # until a request lapses
    max_calls: int | None = Field(ge=1)
    max_months: int | None = Field(ge=1)  # data range
    max_retention_days: int = Field(ge=0)


class Purpose(_Strict):
    """One purpose with its template."""

    purpose: str = Field(pattern=r"^[a-z][a-z_]*$")
    version: _Version
    name: Text
    members: tuple[MemberKind, ...] = Field(min_length=1)
    usual_items: tuple[str, ...]
    personal: tuple[str, ...]
    signing: tuple[Method, ...] = Field(min_length=1)
    needs_note: bool
    onward: Literal["none", "named"]
    limits: TermLimits
    text: str = Field(min_length=1)


class PersonalItem(_Strict):
    """The personal fields of an item that may be asked for; `rows`: only in rows about the signer."""

    fields: tuple[str, ...] = Field(min_length=1)
    rows: Rows | None = None


class PersonalTemplate(_Strict):
    """The text of the separate consent, and what it may be about."""

    version: _Version
    title: Text
    sensitive: str
    text: str = Field(min_length=1)
    items: dict[str, PersonalItem]


class Purposes:
    """All purposes, in the order of their files' names, the last one `other`."""

    def __init__(self, purposes: list[Purpose], personal: PersonalTemplate) -> None:
        self._purposes = {one.purpose: one for one in sorted(purposes, key=lambda one: one.purpose == "other")}
        self.personal = personal

    @classmethod
    def load(cls, definitions: Path, catalogue: Catalogue) -> Purposes:
        """From a definitions folder. Raises ConsentDefinitionsError naming file and fault."""
        folder = definitions / "consent"
        personal = _read(folder / f"{PERSONAL}.yml", PersonalTemplate)
        _check_personal(folder / f"{PERSONAL}.yml", personal, catalogue)
        paths = [path for path in sorted(folder.glob("*.yml")) if path.stem != PERSONAL]
        purposes = [_read(path, Purpose) for path in paths]
        for path, one in zip(paths, purposes, strict=True):
            if path.stem != one.purpose:
                raise _wrong(path, f"purpose {one.purpose!r} does not have the name of its file")
            _check_text(path, one.text, _IN_TEXT)
            for item in (*one.usual_items, *one.personal):
                _check_item(path, catalogue, item)
            for item in one.personal:
                if item not in personal.items:
                    raise _wrong(path, f"personal: item {item!r} is not in {PERSONAL}.yml")
            if one.limits.usual_days > one.limits.max_days:
                raise _wrong(path, "usual_days is more than max_days")
        return cls(purposes, personal)

    def __iter__(self) -> Iterator[Purpose]:
        return iter(self._purposes.values())

    def name_of(self, code: str) -> str:
        """The Chinese name; the code itself where the definitions no longer hold it."""
        found = self._purposes.get(code)
        return found.name.zh if found is not None else code

    def of(self, code: str) -> Purpose:
        """The purpose of this code. Raises ConsentTermsError."""
        found = self._purposes.get(code)
        if found is None:
            known = "、".join(f"{one.purpose} {one.name.zh}" for one in self._purposes.values())
            raise ConsentTermsError(f"没有用途 {code}", hint=f"可选:{known}", reason="purpose")
        return found


def _read(path: Path, kind: type[Any]) -> Any:
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise ConsentDefinitionsError(f"授权定义 {path} 无法读取:{error}", hint="检查文件与语法") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise _wrong(path, faults) from None


def _check_text(path: Path, text: str, known: frozenset[str]) -> None:
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise _wrong(path, f"text: {error}") from None
    if named - known:
        raise _wrong(path, f"text: unknown places {sorted(named - known)}")


def _check_item(path: Path, catalogue: Catalogue, item: str) -> None:
    try:
        catalogue.item(item)
    except ItemNotFoundError:
        raise _wrong(path, f"item {item!r} is not in the catalogue") from None


def _check_personal(path: Path, personal: PersonalTemplate, catalogue: Catalogue) -> None:
    _check_text(path, personal.text, _IN_PERSONAL_TEXT)
    for number, about in personal.items.items():
        _check_item(path, catalogue, number)
        fields = {field.name: field.sensitivity for field in catalogue.item(number).fields}
        for name in about.fields:
            if fields.get(name) not in (Sensitivity.PERSONAL, Sensitivity.PERSONAL_SENSITIVE):
                raise _wrong(path, f"item {number}: {name!r} is no personal field")
        if about.rows is not None and about.rows.field not in fields:
            raise _wrong(path, f"item {number}: no field {about.rows.field!r}")


def _wrong(path: Path, what: str) -> ConsentDefinitionsError:
    return ConsentDefinitionsError(f"授权定义 {path} 有误:{what}", hint="对照文件开头的说明修改")
