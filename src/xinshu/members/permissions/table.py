"""The permission table as loaded from `definitions/permissions.yml`: strict, every name checked."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xinshu.core.errors import SettingError
from xinshu.members.model import MemberKind

RowCondition = Literal["own-member", "own-item", "own-division", "own-subject", "own-account", "other-person"]
CallerCondition = Literal["strong"]
Condition = Literal[RowCondition, CallerCondition]
ALL_PERSONS = "all-persons"


class PermissionTableError(SettingError):
    """The table cannot be read or contradicts itself."""

    code = "permission_table_invalid"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(_Strict):
    """A role: whose it is, whether persons or systems have it, and whether it counts only after a strong sign-in."""

    zh: str
    en: str
    of: tuple[Literal["firm"] | MemberKind, ...] = Field(min_length=1)
    who: Literal["person", "system"]
    strong: bool = False


class ResourceKind(_Strict):
    """A kind of thing and what may be done to it (action → Chinese)."""

    zh: str
    en: str
    actions: dict[str, str] = Field(min_length=1)


class Grant(_Strict):
    """Gives roles the right to actions on a kind of resource while all conditions hold."""

    roles: tuple[str, ...] | Literal["all-persons"]
    resource: str
    actions: tuple[str, ...] = Field(min_length=1)
    when: tuple[Condition, ...] = ()
    any_state: bool = False


class Permissions(_Strict):
    """The whole table."""

    version: str
    roles: dict[str, Role]
    resources: dict[str, ResourceKind]
    grants: tuple[Grant, ...]

    @model_validator(mode="after")
    def _names_exist(self) -> Permissions:
        for number, grant in enumerate(self.grants, 1):
            if grant.resource not in self.resources:
                raise ValueError(f"grant {number}: unknown resource {grant.resource!r}")
            for action in grant.actions:
                if action not in self.resources[grant.resource].actions:
                    raise ValueError(f"grant {number}: {grant.resource!r} has no action {action!r}")
            for role in grant.roles if grant.roles != ALL_PERSONS else ():
                if role not in self.roles:
                    raise ValueError(f"grant {number}: unknown role {role!r}")
        return self

    @classmethod
    def load(cls, definitions: Path) -> Permissions:
        """The table of a definitions folder. Raises PermissionTableError."""
        path = definitions / "permissions.yml"
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError) as error:
            raise PermissionTableError(f"权限表 {path} 无法读取:{error}", hint="检查文件与语法") from error
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise PermissionTableError(f"权限表 {path} 有误:{faults}", hint="对照文件开头的说明修改") from None

    def grants_for(self, roles: frozenset[str], action: str, resource: str) -> tuple[Grant, ...]:
        """The grants that could give one of `roles` the right."""
        persons = any(role in self.roles and self.roles[role].who == "person" for role in roles)
        return tuple(
            grant
            for grant in self._by_right.get((action, resource), ())
            if (persons if grant.roles == ALL_PERSONS else not roles.isdisjoint(grant.roles))
        )

    @cached_property
    def _by_right(self) -> dict[tuple[str, str], list[Grant]]:
        found: dict[tuple[str, str], list[Grant]] = {}
        for grant in self.grants:
            for action in grant.actions:
                found.setdefault((action, grant.resource), []).append(grant)
        return found

    def needs_strong(self, grant: Grant, roles: frozenset[str]) -> bool:
        """Whether everything that gives `roles` the grant is a role that counts only after a strong sign-in."""
        return grant.roles != ALL_PERSONS and all(self.roles[role].strong for role in roles.intersection(grant.roles))

    def holders(self, action: str, resource: str) -> tuple[str, ...]:
        """All roles that some grant gives the right, in the table's order."""
        return tuple(role for role in self.roles if self.grants_for(frozenset({role}), action, resource))

    def roles_of(self, kind: Literal["firm"] | MemberKind, who: Literal["person", "system"]) -> tuple[str, ...]:
        """The roles that persons or systems of a kind of member may have."""
        return tuple(name for name, role in self.roles.items() if kind in role.of and role.who == who)
