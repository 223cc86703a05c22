"""HTTP of permissions: the table itself, and why somebody may (not) do something."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from collections.abc import Awaitable, Callable
from typing import Annotated, ClassVar, Literal

from fastapi import APIRouter, Body, Depends
from pydantic import BaseModel, ConfigDict, Field

from xinshu.core.errors import NotFoundError
from xinshu.members.model import Principal, Resource
from xinshu.members.permissions.explain import Explanation, check_names, explain, in_words
from xinshu.members.permissions.guards import Access, ForbiddenError, Guards
from xinshu.members.permissions.rules import decide
from xinshu.members.permissions.table import ALL_PERSONS, Permissions

PrincipalById = Callable[[str], Awaitable[Principal | None]]
Attribute = Annotated[str | None, Field(max_length=100)]


class PrincipalUnknownError(NotFoundError):
    """No account and no client has this id."""

    code: ClassVar[str] = "principal_unknown"


class RoleOut(BaseModel):
    """A role; `of`: kinds of member, or `firm`; `strong`: counts only after a strong sign-in."""

    zh: str
    en: str
    of: list[str]
    who: Literal["person", "system"]
    strong: bool


class ResourceOut(BaseModel):
    """A kind of thing; `actions`: name → Chinese."""

    zh: str
    en: str
    actions: dict[str, str]


class GrantOut(BaseModel):
    """A grant; `when`: names of conditions, `words`: role → what it needs, in Chinese."""

    roles: list[str]
    resource: str
    actions: list[str]
    when: list[str]
    any_state: bool
    words: dict[str, str]


class PermissionsOut(BaseModel):
    """The table in force."""

    version: str
    roles: dict[str, RoleOut]
    resources: dict[str, ResourceOut]
    grants: list[GrantOut]


class AttributesIn(BaseModel):
    """What the thing is like; what is left out is not known and fails the conditions that need it."""

    model_config = ConfigDict(extra="forbid")

    member: Attribute = None
    item: Attribute = None
    division: Attribute = None
    subject: Attribute = None
    account: Attribute = None


class QuestionIn(BaseModel):
    """May `who` do `action` to this `resource`?"""

    model_config = ConfigDict(extra="forbid")

    who: str = Field("me", min_length=2, max_length=100, description="me、account:<编号> 或 client:<编号>")
    action: str = Field(max_length=50)
    resource: str = Field(max_length=50)
    attributes: AttributesIn = AttributesIn()


class ConditionOut(BaseModel):
    """A condition: what it asks for, and what is wrong when it does not hold."""

    name: str
    holds: bool
    words: str
    wrong: str


class ConsideredOut(BaseModel):
    """A grant that could give the right."""

    roles: list[str]
    holds: bool
    conditions: list[ConditionOut]


class HolderOut(BaseModel):
    """A role that has the right; `possible`: the person asked about could be given it."""

    role: str
    zh: str
    possible: bool


class ExplanationOut(BaseModel):
    """Why. `code` is stable, `words` and `advice` are for the screen."""

    allowed: bool
    code: str
    words: str
    who: str
    roles: list[str]
    considered: list[ConsideredOut]
    holders: list[HolderOut]
    advice: list[str]


def router(table: Permissions, guards: Guards, principal_by_id: PrincipalById) -> APIRouter:
    """Routes under /v1/permissions; `principal_by_id` finds accounts (`account:…`) and clients (`client:…`)."""
    routes = APIRouter(prefix="/v1/permissions", tags=["permissions 权限"])
    Oneself = Annotated[Access, Depends(guards.may("use", "self"))]

    @routes.get("", summary="权限表 Permission table")
    async def permissions(access: Oneself) -> PermissionsOut:
        """Roles, resources with their actions, and the grants with their conditions in words."""
        return table_out(table)

    @routes.post("/explain", summary="权限解释 Why may somebody (not) do something")
    async def explanation(question: Annotated[QuestionIn, Body()], access: Oneself) -> ExplanationOut:
        """About oneself anybody may ask, about others those who may `permission: explain`."""
        check_names(table, question.resource, question.action)
        who = access.principal
        if question.who not in ("me", who.id):
            who = await _other(question.who, access.principal)
        what = Resource(question.resource, **question.attributes.model_dump())
        return explanation_out(who, explain(table, who, question.action, what))

    async def _other(principal_id: str, asking: Principal) -> Principal:
        general = decide(table, asking, "explain", Resource("permission"), rows=False)
        if not general.allowed:
            raise ForbiddenError(general)
        found = await principal_by_id(principal_id)
        member = found.member_id if found is not None else None
        verdict = decide(table, asking, "explain", Resource("permission", member=member, account=principal_id))
        if not verdict.allowed:  # also where there is none: whoever may not ask does not learn which ids exist
            raise ForbiddenError(verdict)
        if found is None:
            raise PrincipalUnknownError(f"没有账户或系统“{principal_id}”", hint="写 account:<编号> 或 client:<编号>")
        return found

    return routes


def table_out(table: Permissions) -> PermissionsOut:
    """The table as shown."""
    persons = tuple(name for name, role in table.roles.items() if role.who == "person")
    grants = [
        GrantOut(
            roles=[ALL_PERSONS] if isinstance(grant.roles, str) else list(grant.roles),
            resource=grant.resource,
            actions=list(grant.actions),
            when=list(grant.when),
            any_state=grant.any_state,
            words={
                role: in_words(table, grant, role)
                for role in (persons if isinstance(grant.roles, str) else grant.roles)
            },
        )
        for grant in table.grants
    ]
    roles = {name: RoleOut.model_validate(role.model_dump()) for name, role in table.roles.items()}
    resources = {name: ResourceOut.model_validate(kind.model_dump()) for name, kind in table.resources.items()}
    return PermissionsOut(version=table.version, roles=roles, resources=resources, grants=grants)


def explanation_out(who: Principal, found: Explanation) -> ExplanationOut:
    """An explanation as shown; names nobody but the id asked about."""
    return ExplanationOut(
        allowed=found.verdict.allowed,
        code=found.verdict.code,
        words=found.verdict.words,
        who=who.id,
        roles=sorted(who.roles),
        considered=[
            ConsideredOut(
                roles=list(one.roles),
                holds=one.holds,
                conditions=[ConditionOut(**vars(condition)) for condition in one.conditions],
            )
            for one in found.considered
        ],
        holders=[HolderOut(**vars(holder)) for holder in found.holders],
        advice=list(found.advice),
    )
