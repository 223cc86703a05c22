"""The conditions of each kind of member, from `definitions/onboarding/<kind>.yml`: strict, every name checked.

A condition is asked from its step on, at every later step too, and again whenever the member goes online. Those marked
`while_online` must keep holding: without them the member is suspended.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xinshu.members.model import MemberKind, MemberState
from xinshu.members.onboarding.errors import OnboardingDefinitionError

AtStep = Literal[
    MemberState.MATERIAL_CHECK,
    MemberState.QUALIFICATION_REVIEW,
    MemberState.AGREEMENT_SIGNED,
    MemberState.SANDBOX_TEST,
    MemberState.SECURITY_CHECK,
    MemberState.ONLINE,
    MemberState.OFFBOARDED,
]


Model = TypeVar("Model", bound=BaseModel)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where the C library is there


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Condition(_Strict):
    """`inherit`: a branch meets it when one of its parents does. `remedy`: what to do when it does not hold."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    zh: str
    en: str
    at: AtStep
    remedy: str
    while_online: bool = False
    inherit: bool = False


class ContactCondition(_Condition):
    """At least one person to turn to."""

    check: Literal["contact"]


class AdministratorCondition(_Condition):
    """At least one active account that administers the member."""

    check: Literal["administrator"]


class DocumentCondition(_Condition):
    """A document of a kind, handed in with this application and not expired."""

    check: Literal["document"]
    document: str


class LicenceCondition(_Condition):
    """A licence of one of the kinds named, with its number, not expired. `endless`: it may be without end."""

    check: Literal["licence"]
    kinds: tuple[str, ...] = Field(min_length=1)
    endless: bool = False


class AgreementCondition(_Condition):
    """Every agreement in force for the kind: accepted by the member, countersigned by the operator."""

    check: Literal["agreement"]


class SandboxCondition(_Condition):
    """Each of these calls (`resource:action`) has succeeded in the sandbox since the application."""

    check: Literal["sandbox"]
    calls: tuple[str, ...] = Field(min_length=1)


class SecurityCondition(_Condition):
    """The newest security check is passed and not older than so many days."""

    check: Literal["security"]
    document: str
    max_age_days: int = Field(ge=1, le=3650)


class ParentCondition(_Condition):
    """The member above is online; holds for head offices."""

    check: Literal["parent"]


class ParentConsentCondition(_Condition):
    """The member above has confirmed it as its branch; holds for head offices."""

    check: Literal["parent-consent"]


Condition = Annotated[
    ContactCondition
    | AdministratorCondition
    | DocumentCondition
    | LicenceCondition
    | AgreementCondition
    | SandboxCondition
    | SecurityCondition
    | ParentCondition
    | ParentConsentCondition,
    Field(discriminator="check"),
]


class Checklist(_Strict):
    """What one kind of member must fulfil. `documents`: kinds of document it may hand in, with their names."""

    kind: MemberKind
    version: str
    source_status: Literal["official", "reconstructed"]
    basis: tuple[str, ...]
    documents: dict[str, str] = Field(min_length=1)
    conditions: tuple[Condition, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_exist(self) -> Checklist:
        ids = [condition.id for condition in self.conditions]
        if len(set(ids)) < len(ids):
            raise ValueError("two conditions have the same id")
        for condition in self.conditions:
            named = condition.document if isinstance(condition, DocumentCondition | SecurityCondition) else None
            if named is not None and named not in self.documents:
                raise ValueError(f"condition {condition.id!r}: unknown kind of document {named!r}")
        return self


def load_checklists(definitions: Path) -> Mapping[MemberKind, Checklist]:
    """The checklists of a definitions folder, one for every kind. Raises OnboardingDefinitionError."""
    found = {}
    for kind in MemberKind:
        path = definitions / "onboarding" / f"{kind.value}.yml"
        checklist = load_yaml(path, Checklist)
        if checklist.kind is not kind:
            raise OnboardingDefinitionError(f"{path} 写的是 {checklist.kind.value},应为 {kind.value}", hint="改正 kind")
        found[kind] = checklist
    return found


def load_yaml(path: Path, model: type[Model]) -> Model:
    """One file as a model. Raises OnboardingDefinitionError, which names the file and the places at fault."""
    try:
        return model.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506
    except (OSError, yaml.YAMLError) as error:
        raise OnboardingDefinitionError(f"定义文件 {path} 无法读取:{error}", hint="检查文件与语法") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise OnboardingDefinitionError(f"定义文件 {path} 有误:{faults}", hint="对照同目录其他文件修改") from None
