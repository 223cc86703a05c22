"""What an applicant writes, and what is made of it: cleaned, every value checked against what is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from xinshu.core.divisions import Divisions
from xinshu.core.identifiers import check_uscc, has_errors
from xinshu.core.text import clean, upper_code
from xinshu.members.model import KIND_NAMES, MemberKind
from xinshu.members.onboarding.errors import ApplicationError
from xinshu.members.onboarding.model import Contact, Level, Particulars

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ProviderCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
ItemNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6})?$")]
Items = Annotated[list[ItemNumber], Field(min_length=1, max_length=500)]
Regions = Annotated[list[Prefix], Field(min_length=1, max_length=500)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ContactIn(_Strict):
    """A person in charge."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    duty: Annotated[str, StringConstraints(max_length=50)] = ""
    phone: Annotated[str, StringConstraints(pattern=r"^[0-9+() -]{5,30}$")]
    email: Annotated[str, StringConstraints(pattern=r"^([^@\s]{1,64}@[^@\s]{1,189})?$")] = ""


class LicenceIn(_Strict):
    """A licence; `valid_to` null: without end."""

    kind: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    number: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    valid_to: date | None = None


class AdministratorIn(_Strict):
    """The first administrator of the member, who gets the invitation."""

    login: Annotated[str, StringConstraints(min_length=3, max_length=64)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]


class ApplicationIn(_Strict):
    """An application (入驻申请)."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    name: Line
    kind: MemberKind
    level: Level = Level.HEAD
    parent_code: Annotated[str, StringConstraints(max_length=40)] | None = None
    provider_code: ProviderCode | None = None
    licence: LicenceIn | None = None
    items: Items | None = None
    regions: Regions
    contacts: Annotated[list[ContactIn], Field(min_length=1, max_length=10)]
    administrator: AdministratorIn
    note: Annotated[str, StringConstraints(max_length=1000)] = ""


class ChangesIn(_Strict):
    """What of a member shall change; what is not mentioned stays."""

    name: Line | None = None
    level: Level | None = None
    parent_code: Annotated[str, StringConstraints(max_length=40)] | None = None
    provider_code: ProviderCode | None = None
    licence: LicenceIn | None = None
    items: Items | None = None
    regions: Regions | None = None
    contacts: Annotated[list[ContactIn], Field(min_length=1, max_length=10)] | None = None
    note: Annotated[str, StringConstraints(max_length=1000)] = ""


_REQUIRED = ("name", "level", "regions", "contacts")  # may be changed, not taken away


@dataclass(frozen=True)
class Known:
    """What applications may name: numbers of catalogue items, codes of providers, divisions."""

    items: Collection[str]
    providers: Collection[str]
    divisions: Divisions

    def particulars(self, said: ApplicationIn, parent_id: str | None) -> Particulars:
        """The particulars of an application. Raises ApplicationError for what cannot be."""
        licence = said.licence
        return self._checked(
            Particulars(
                code=self.code(said.code, "code"),
                name=clean(said.name),
                kind=said.kind,
                level=said.level,
                parent_id=parent_id,
                provider_code=said.provider_code,
                licence_kind=clean(licence.kind) if licence is not None else None,
                licence_no=clean(licence.number) if licence is not None else None,
                licence_valid_to=licence.valid_to if licence is not None else None,
                items=_unique(said.items),
                regions=self.regions(said.regions),
            )
        )

    def changed(self, before: Particulars, said: ChangesIn, parent_id: str | None) -> Particulars:
        """The particulars with the changes that were mentioned. Raises ApplicationError for what cannot be."""
        given = said.model_fields_set
        for name in _REQUIRED:
            if name in given and getattr(said, name) is None:
                raise ApplicationError(f"{name} 不能为空", field=name, hint="填写新的内容,或不写这一项")
        new: dict[str, Any] = {}
        if said.name is not None:
            new["name"] = clean(said.name)
        if said.level is not None:
            new["level"] = said.level
        if said.regions is not None:
            new["regions"] = self.regions(said.regions)
        if "items" in given:
            new["items"] = _unique(said.items)
        if "provider_code" in given:
            new["provider_code"] = said.provider_code
        if "parent_code" in given:
            new["parent_id"] = parent_id
        if "licence" in given:
            licence = said.licence
            new["licence_kind"] = clean(licence.kind) if licence is not None else None
            new["licence_no"] = clean(licence.number) if licence is not None else None
            new["licence_valid_to"] = licence.valid_to if licence is not None else None
        return self._checked(replace(before, **new))

    def code(self, text: str, field: str) -> str:
        """A unified social credit code in normal form. Raises ApplicationError, saying which character is wrong."""
        code = upper_code(text)
        faults = check_uscc(code)
        if has_errors(faults):
            words = ";".join(fault.message for fault in faults if fault.level == "error")
            raise ApplicationError(f"统一社会信用代码有误:{words}", field=field, hint="对照营业执照或法人证书逐位核对")
        return code

    def regions(self, given: Iterable[str]) -> tuple[str, ...]:
        """Prefixes of division codes, shortest form (320000 → 32), none within another; '' is everywhere.

        Raises ApplicationError for a division that is not in force.
        """
        prefixes = set()
        for one in given:
            whole = one.ljust(6, "0")
            if one != "" and not self.divisions.is_current(whole):
                heirs = "、".join(f"{c} {self.divisions.path_of(c)}" for c in self.divisions.successors_of(whole))
                hint = f"改用 {heirs}" if heirs else "填写 2、4 或 6 位现行行政区划代码;全国写空文本"
                raise ApplicationError(f"行政区划“{one}”不是现行代码", field="regions", hint=hint)
            prefixes.add(re.sub(r"^(\d\d)0000$|^(\d{4})00$", r"\1\2", whole) if one != "" else "")
        return tuple(
            sorted(one for one in prefixes if not any(one != other and one.startswith(other) for other in prefixes))
        )

    def _checked(self, said: Particulars) -> Particulars:
        if len(said.name) < 2:
            raise ApplicationError("名称至少两个字", field="name", hint="填写证照上的全称")
        if said.licence_kind == "" or said.licence_no == "":
            raise ApplicationError("证照种类或编号为空", field="licence", hint="照证照填写,没有证照的删去这一项")
        if (said.parent_id is None) != (said.level is Level.HEAD):
            raise ApplicationError(
                "总部没有上级机构,分支机构必须有上级机构", field="parent_code", hint="改正层级或上级机构"
            )
        unknown = [one for one in said.items or () if one not in self.items]
        if unknown:
            raise ApplicationError(
                f"目录中没有事项 {'、'.join(unknown)}", field="items", hint="用 GET /v1/catalogue 查看目录"
            )
        self._check_provider(said)
        return said

    def _check_provider(self, said: Particulars) -> None:
        if said.kind is not MemberKind.PROVIDER:
            if said.provider_code is not None:
                kind = KIND_NAMES[said.kind]
                raise ApplicationError(f"{kind}没有数据提供单位代码", field="provider_code", hint="删去这一项")
            return
        if said.provider_code is not None and said.provider_code not in self.providers:
            raise ApplicationError(
                f"目录中没有数据提供单位代码“{said.provider_code}”",
                field="provider_code",
                hint="用目录中的代码,例如 samr",
            )
        if said.level is Level.HEAD and said.provider_code is None:
            raise ApplicationError("缺少数据提供单位代码", field="provider_code", hint="用目录中的代码,例如 samr")
        if said.level is Level.HEAD and said.items is None:
            raise ApplicationError("数据提供单位须写明报送哪些事项", field="items", hint="填写目录中的事项编号")


def contacts_of(given: Iterable[ContactIn]) -> tuple[Contact, ...]:
    """Contacts, cleaned. Raises ApplicationError when nothing is left of a name."""
    contacts = tuple(Contact(clean(one.name), clean(one.duty), clean(one.phone), clean(one.email)) for one in given)
    if any(one.name == "" for one in contacts):
        raise ApplicationError("联系人缺少姓名", field="contacts", hint="填写姓名")
    return contacts


def _unique(given: Iterable[str] | None) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(given)) if given is not None else None
