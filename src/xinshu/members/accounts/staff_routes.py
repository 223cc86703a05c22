"""HTTP of accounts of members, as those who manage them see them, and of invitations."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.members.accounts.answers import AccountDetailOut, AccountOut, AccountPageOut, InvitedOut, PersonOut
from xinshu.members.accounts.invitations import VALID, Invited
from xinshu.members.accounts.model import AccountState
from xinshu.members.accounts.passwords import MOST
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.requests import own_pages
from xinshu.members.accounts.service import Accounts
from xinshu.members.accounts.staff import Changes
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.guards import caller_of

Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
Roles = Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=20)]
Reach = Annotated[str, Field(max_length=256)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class PersonIn(_Strict):
    """How to reach a person."""

    telephone: Reach | None = None
    email: Reach | None = None

    def person(self) -> Person:
        """As it is kept."""
        return Person(self.telephone, self.email)


class InviteIn(_Strict):
    """A person of a member who is to get an account."""

    login: Annotated[str, Field(min_length=3, max_length=64)]
    name: Name
    member: Annotated[str, Field(min_length=1, max_length=40)]
    roles: Roles
    person: PersonIn = PersonIn()
    valid_to: date | None = None


class ChangeIn(_Strict):
    """What is to change; what is left out stays. `unlimited`: there is no last day any more."""

    name: Name | None = None
    roles: Roles | None = None
    person: PersonIn | None = None
    valid_to: date | None = None
    unlimited: bool = False


class AcceptIn(_Strict):
    """The token of an invitation, and the password that the person chooses."""

    token: Annotated[str, Field(min_length=1, max_length=100)]
    password: Annotated[str, Field(min_length=1, max_length=2 * MOST)]


class AcceptedOut(BaseModel):
    """The account is in force; sign in with it."""

    login: str
    name: str


def router(accounts: Accounts, guards: Guards) -> APIRouter:
    """Routes under /v1/accounts and /v1/invitations. Public: accepting an invitation."""
    routes = APIRouter(prefix="/v1", tags=["accounts 账户"])
    staff = accounts.staff
    May = guards.may
    Reader = Annotated[Access, Depends(May("read", "account"))]
    Inviter = Annotated[Access, Depends(May("invite", "account"))]
    Editor = Annotated[Access, Depends(May("edit", "account"))]
    Closer = Annotated[Access, Depends(May("close", "account"))]
    Resetter = Annotated[Access, Depends(May("reset", "account"))]

    @routes.post("/invitations/accept", summary="接受邀请 Accept", dependencies=[Depends(own_pages(accounts.sessions))])
    async def accept(request: Request, given: AcceptIn) -> AcceptedOut:
        """Choose a password; the invitation serves once, within seven days."""
        account = await accounts.invitations.accept(given.token, given.password, caller_of(request))
        return AcceptedOut(login=account.login, name=account.name)

    @routes.get("/accounts", summary="账户列表 List")
    async def list_accounts(
        access: Reader,
        member: Annotated[str | None, Query(max_length=40, description="成员编号")] = None,
        state: Annotated[AccountState | None, Query(description="状态")] = None,
        page: Annotated[int, Query(ge=1, le=10_000, description="页码")] = 1,
        page_size: Annotated[int, Query(ge=1, le=200, description="每页条数")] = 50,
    ) -> AccountPageOut:
        """The accounts that one may see, newest first."""
        found = await staff.page(access, member, state, page, page_size)
        shown = [AccountOut.of(one) for one in found.accounts]
        return AccountPageOut(total=found.total, page=page, page_size=page_size, accounts=shown)

    @routes.post("/accounts", summary="邀请 Invite", status_code=status.HTTP_201_CREATED)
    async def invite(access: Inviter, given: InviteIn) -> InvitedOut:
        """A new account of a member; the token in the answer is shown once."""
        person = given.person.person()
        return _invited(
            await staff.invite(access, given.login, given.name, given.member, given.roles, person, given.valid_to)
        )

    @routes.get("/accounts/{account}", summary="账户 Account")
    async def get_account(access: Reader, account: UUID) -> AccountDetailOut:
        """One account, the person masked."""
        found = await staff.get(access, account)
        person = PersonOut.of(await staff.person(found))
        return AccountDetailOut(**dict(AccountOut.of(found)), person=person)

    @routes.patch("/accounts/{account}", summary="修改账户 Change")
    async def change(access: Editor, account: UUID, given: ChangeIn) -> AccountOut:
        """Change name, roles, reach or last day of somebody else's account."""
        person = given.person.person() if given.person is not None else None
        changes = Changes(given.name, given.roles, given.valid_to, given.unlimited, person)
        return AccountOut.of(await staff.change(access, account, changes))

    @routes.post("/accounts/{account}/suspend", summary="停用 Suspend")
    async def suspend(access: Closer, account: UUID) -> AccountOut:
        """Refuse it everything until it is resumed; its sessions end at once."""
        return AccountOut.of(await staff.suspend(access, account))

    @routes.post("/accounts/{account}/resume", summary="恢复 Resume")
    async def resume(access: Editor, account: UUID) -> AccountOut:
        """Let it act again."""
        return AccountOut.of(await staff.resume(access, account))

    @routes.post("/accounts/{account}/close", summary="关闭 Close")
    async def close(access: Closer, account: UUID) -> AccountOut:
        """For good, with its sessions, passkeys, invitations and delegations."""
        return AccountOut.of(await staff.close(access, account))

    @routes.post("/accounts/{account}/reset", summary="重置登录方式 Reset")
    async def reset(access: Resetter, account: UUID) -> InvitedOut:
        """Forget password, codes and passkeys; its person is invited anew."""
        return _invited(await staff.reset(access, account))

    @routes.post("/accounts/{account}/unlock", summary="解锁 Unlock")
    async def unlock(access: Resetter, account: UUID) -> AccountOut:
        """Forget the failed attempts."""
        return AccountOut.of(await staff.unlock(access, account))

    return routes


def _invited(invited: Invited) -> InvitedOut:
    return InvitedOut(account=invited.account_id, token=invited.token, valid_days=VALID.days)
