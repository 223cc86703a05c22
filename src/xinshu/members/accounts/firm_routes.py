"""HTTP of firm users: sign-up, verification, delegations; and of the first operator of a node."""

# Annotations are not postponed here: FastAPI could not resolve the local names of the dependencies in them.

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from xinshu.members.accounts.answers import AccountOut, AccountPageOut, PersonOut, SignedInOut, signed_in
from xinshu.members.accounts.bootstrap import FirstOperator
from xinshu.members.accounts.delegations import Listed, NewDelegate
from xinshu.members.accounts.errors import DelegationInvalidError
from xinshu.members.accounts.firms import Application
from xinshu.members.accounts.model import AccountState, Delegation
from xinshu.members.accounts.passwords import MOST
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.requests import own_pages
from xinshu.members.accounts.service import Accounts
from xinshu.members.accounts.staff_routes import Name, Reach
from xinshu.members.permissions import Access, Guards
from xinshu.members.permissions.guards import caller_of

Login = Annotated[str, Field(min_length=3, max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Password = Annotated[str, Field(min_length=1, max_length=2 * MOST)]
Page = Annotated[int, Query(ge=1, le=10_000, description="页码")]
PageSize = Annotated[int, Query(ge=1, le=200, description="每页条数")]
Firm = Annotated[str | None, Query(max_length=40, description="企业的统一社会信用代码")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SignUpIn(_Strict):
    """A legal representative who wants to act for a firm. Without `password`, add a passkey in the session given."""

    code: Code
    name: Name
    citizen_no: Annotated[str, Field(min_length=1, max_length=40)]
    telephone: Reach
    login: Login
    password: Password | None = None


class FactsOut(BaseModel):
    """What the register says about an applicant; null: the register has no number to compare with."""

    firm_registered: bool
    name_matches: bool
    citizen_no_matches: bool | None
    approvable: bool
    representatives: list[AccountOut] = Field(description="现有的法定代表人账户")


class FirmAccountOut(AccountOut):
    """A firm user with the facts that decide on it."""

    person: PersonOut
    approval_note: str | None
    facts: FactsOut


class DecisionIn(_Strict):
    """`note`: the evidence looked at. `replace`: the registered representative has changed, the former one goes."""

    approve: bool
    note: Annotated[str, Field(min_length=2, max_length=1000, pattern=r"\S")]
    replace: bool = False


class DelegateIn(_Strict):
    """A delegate: a new person (`login`, `name`, `telephone`), or one who has an account of the firm (`account`)."""

    account: UUID | None = None
    login: Login | None = None
    name: Name | None = None
    telephone: Reach | None = None
    scope: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=10)]
    valid_from: date
    valid_to: date

    def delegate(self) -> NewDelegate | UUID:
        """Raises DelegationInvalidError for both or neither."""
        if self.account is not None and self.login is None and self.name is None and self.telephone is None:
            return self.account
        if self.account is None and self.login is not None and self.name is not None:
            return NewDelegate(self.login, self.name, Person(self.telephone))
        raise DelegationInvalidError("经办人有误", hint="写登录名和姓名(新经办人),或只写账户编号(已有的)")


class DelegationOut(BaseModel):
    """A delegation; both days are included. `token`: the invitation of a new delegate, shown once."""

    id: int
    subject: str
    account: UUID
    granted_by: UUID
    scope: list[str]
    valid_from: date
    valid_to: date
    ended_at: datetime | None
    token: str | None = None

    @classmethod
    def of(cls, delegation: Delegation, token: str | None = None) -> "DelegationOut":
        """From the stored one."""
        return cls(
            id=delegation.id,
            subject=delegation.subject_code,
            account=delegation.account_id,
            granted_by=delegation.granted_by,
            scope=list(delegation.scope),
            valid_from=delegation.valid_from,
            valid_to=delegation.valid_to,
            ended_at=delegation.ended_at,
            token=token,
        )


class ListedOut(DelegationOut):
    """A delegation with the delegate."""

    name: str
    login: str
    account_state: AccountState

    @classmethod
    def listed(cls, one: Listed) -> "ListedOut":
        """From the stored one."""
        shown = dict(DelegationOut.of(one.delegation))
        return cls(**shown, name=one.name, login=one.login, account_state=one.account_state)


class DelegationPageOut(BaseModel):
    """One page of delegations."""

    total: int
    page: int
    page_size: int
    delegations: list[ListedOut]


class BootstrapIn(_Strict):
    """The token of the node, and its first operator."""

    token: Annotated[str, Field(min_length=1, max_length=500)]
    login: Login
    name: Name
    password: Password
    member_code: Code
    member_name: Name


class BootstrapOut(BaseModel):
    """The first account; sign in and set up a second factor."""

    account: UUID
    login: str
    member: str


def router(accounts: Accounts, guards: Guards) -> APIRouter:
    """Routes under /v1/firm-accounts, /v1/delegations and /v1/bootstrap. Public: signing up, bootstrap."""
    routes = APIRouter(prefix="/v1", tags=["accounts 账户"])
    Reader = Annotated[Access, Depends(guards.may("read", "firm-account"))]
    Approver = Annotated[Access, Depends(guards.may("approve", "firm-account"))]
    DelegationReader = Annotated[Access, Depends(guards.may("read", "delegation"))]
    Granter = Annotated[Access, Depends(guards.may("grant", "delegation"))]
    Ender = Annotated[Access, Depends(guards.may("end", "delegation"))]

    OwnPages = Depends(own_pages(accounts.sessions))

    @routes.post("/bootstrap", summary="初始化 First operator", status_code=201, dependencies=[OwnPages])
    async def bootstrap(request: Request, given: BootstrapIn) -> BootstrapOut:
        """Makes the operator of a new node and its first administrator; the token serves once."""
        first = FirstOperator(given.login, given.name, given.password, given.member_code, given.member_name)
        account = await accounts.bootstrap.with_token(given.token, first, caller_of(request))
        return BootstrapOut(account=account.id, login=account.login, member=account.member_id or "")

    @routes.post("/firm-accounts", summary="企业用户注册 Sign up", status_code=201, dependencies=[OwnPages])
    async def sign_up(request: Request, response: Response, given: SignUpIn) -> SignedInOut:
        """As a firm's legal representative. An operator compares with the register; until then one's own account only.

        The answer is the same whether the details fit the register or not.
        """
        person = Person(given.telephone, None, given.citizen_no)
        application = Application(given.code, given.name, given.login, given.password, person)
        opened = await accounts.firms.sign_up(application, caller_of(request))
        return signed_in(response, opened, accounts.table, accounts.sessions)

    @routes.get("/firm-accounts", summary="企业用户列表 List")
    async def list_firm_accounts(
        access: Reader,
        subject: Firm = None,
        state: Annotated[AccountState | None, Query(description="状态")] = None,
        page: Page = 1,
        page_size: PageSize = 50,
    ) -> AccountPageOut:
        """Firm users, oldest first: `state=pending` are those who wait."""
        found = await accounts.firms.page(access, subject, state, page, page_size)
        shown = [AccountOut.of(one) for one in found.accounts]
        return AccountPageOut(total=found.total, page=page, page_size=page_size, accounts=shown)

    @routes.get("/firm-accounts/{account}", summary="企业用户 Firm user")
    async def get_firm_account(access: Reader, account: UUID) -> FirmAccountOut:
        """One firm user, masked, and what the register says."""
        found, person, facts = await accounts.firms.get(access, account)
        return FirmAccountOut(
            **dict(AccountOut.of(found)),
            person=PersonOut.of(person),
            approval_note=found.approval_note,
            facts=FactsOut(
                firm_registered=facts.firm_registered,
                name_matches=facts.name_matches,
                citizen_no_matches=facts.citizen_no_matches,
                approvable=facts.approvable,
                representatives=[AccountOut.of(one) for one in facts.representatives],
            ),
        )

    @routes.post("/firm-accounts/{account}/decision", summary="核验 Decide")
    async def decide(access: Approver, account: UUID, given: DecisionIn) -> AccountOut:
        """Approve or refuse an applicant, after looking at the evidence."""
        return AccountOut.of(await accounts.firms.decide(access, account, given.approve, given.replace, given.note))

    @routes.get("/delegations", summary="经办授权列表 List")
    async def list_delegations(
        access: DelegationReader, subject: Firm = None, page: Page = 1, page_size: PageSize = 50
    ) -> DelegationPageOut:
        """Delegations that one may see, newest first."""
        found = await accounts.delegations.page(access, subject, page, page_size)
        shown = [ListedOut.listed(one) for one in found.delegations]
        return DelegationPageOut(total=found.total, page=page, page_size=page_size, delegations=shown)

    @routes.post("/delegations", summary="授权经办人 Grant", status_code=status.HTTP_201_CREATED)
    async def grant(access: Granter, given: DelegateIn) -> DelegationOut:
        """Let a person act for one's firm, a year at most."""
        granted = await accounts.delegations.grant(
            access, given.delegate(), given.scope, given.valid_from, given.valid_to
        )
        return DelegationOut.of(granted.delegation, granted.token)

    @routes.post("/delegations/{delegation}/end", summary="终止授权 End")
    async def end(access: Ender, delegation: Annotated[int, Path(ge=1, le=2**62)]) -> DelegationOut:
        """At once: the delegate's next request is refused."""
        return DelegationOut.of(await accounts.delegations.end(access, delegation))

    return routes
