"""HTTP of proposals about operators' accounts."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.members.accounts.invitations import VALID
from xinshu.members.accounts.proposals import Proposal, ProposalService, ProposalState, Verb
from xinshu.members.accounts.staff_routes import Name, Roles
from xinshu.members.permissions import Access, Guards


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class ProposeInvitationIn(_Strict):
    """A person of the operator who is to get an account."""

    login: Annotated[str, Field(min_length=3, max_length=64)]
    name: Name
    member: Annotated[str, Field(min_length=1, max_length=40)]
    roles: Roles
    valid_to: date | None = None


class ProposeRolesIn(_Strict):
    """The roles that an operator is to have."""

    account: UUID
    roles: Roles


class ProposeResetIn(_Strict):
    """The operator whose means of signing in are to be forgotten."""

    account: UUID


class ProposalOut(BaseModel):
    """A proposal. `roles`: after it, `before`: when it was made."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    verb: Verb
    login: str
    account_id: UUID | None
    name: str
    member_id: str
    roles: list[str]
    before: list[str]
    valid_to: date | None
    state: ProposalState
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    decided_by: str | None
    decided_by_name: str | None
    decided_at: datetime | None


class ProposalPageOut(BaseModel):
    """One page of proposals, newest first."""

    total: int
    page: int
    page_size: int
    proposals: list[ProposalOut]


class ConfirmedOut(BaseModel):
    """What was done. `token`, of an invitation, is shown here once: hand it over by another way."""

    proposal: ProposalOut
    account: UUID
    token: str | None
    valid_days: int


def router(proposals: ProposalService, guards: Guards) -> APIRouter:
    """Routes under /v1/account-proposals."""
    routes = APIRouter(prefix="/v1/account-proposals", tags=["accounts 账户"])
    May = guards.may
    Reader = Annotated[Access, Depends(May("read", "account"))]
    Inviter = Annotated[Access, Depends(May("invite", "account"))]
    Editor = Annotated[Access, Depends(May("edit", "account"))]
    Resetter = Annotated[Access, Depends(May("reset", "account"))]
    Confirmer = Annotated[Access, Depends(May("confirm", "account"))]

    @routes.get("", summary="提议列表 List proposals")
    async def list_proposals(
        access: Reader,
        state: Annotated[ProposalState | None, Query(description="状态")] = None,
        page: Annotated[int, Query(ge=1, le=10_000, description="页码")] = 1,
        page_size: Annotated[int, Query(ge=1, le=200, description="每页条数")] = 50,
    ) -> ProposalPageOut:
        """What was proposed about accounts of operators, newest first."""
        total, found = await proposals.page(access, state, page, page_size)
        return ProposalPageOut(total=total, page=page, page_size=page_size, proposals=[_shown(one) for one in found])

    @routes.post("/invite", summary="提议邀请运营人员 Propose an invitation", status_code=status.HTTP_201_CREATED)
    async def invite(access: Inviter, given: ProposeInvitationIn) -> ProposalOut:
        """Another administrator confirms within seven days."""
        return _shown(
            await proposals.invite(access, given.login, given.name, given.member, given.roles, given.valid_to)
        )

    @routes.post("/roles", summary="提议修改运营人员的角色 Propose roles", status_code=status.HTTP_201_CREATED)
    async def roles(access: Editor, given: ProposeRolesIn) -> ProposalOut:
        """Another administrator confirms within seven days."""
        return _shown(await proposals.roles(access, given.account, given.roles))

    @routes.post("/reset", summary="提议重置运营人员的登录方式 Propose a reset", status_code=status.HTTP_201_CREATED)
    async def reset(access: Resetter, given: ProposeResetIn) -> ProposalOut:
        """Another administrator confirms within seven days."""
        return _shown(await proposals.reset(access, given.account))

    @routes.post("/{proposal}/confirm", summary="确认提议 Confirm")
    async def confirm(access: Confirmer, proposal: UUID) -> ConfirmedOut:
        """By an administrator who neither proposed it nor is concerned; it is done at once."""
        done = await proposals.confirm(access, proposal)
        return ConfirmedOut(
            proposal=_shown(done.proposal), account=done.account_id, token=done.token, valid_days=VALID.days
        )

    @routes.post("/{proposal}/withdraw", summary="撤下提议 Withdraw")
    async def withdraw(access: Resetter, proposal: UUID) -> ProposalOut:
        """By whoever proposed it, or who could confirm it."""
        return _shown(await proposals.withdraw(access, proposal))

    return routes


def _shown(proposal: Proposal) -> ProposalOut:
    return ProposalOut.model_validate(proposal)
