"""`xinshu account`: the first operator, and help for accounts, by whoever has the node itself."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from xinshu.cli.output import Json, explained, print_json, run
from xinshu.core.clock import CHINA, SystemClock
from xinshu.core.errors import SettingError
from xinshu.core.settings import load_settings
from xinshu.crypto import Vault
from xinshu.members.accounts.answers import AccountOut, PersonOut
from xinshu.members.accounts.bootstrap import BootstrapService, FirstOperator
from xinshu.members.accounts.errors import AccountNotFoundError
from xinshu.members.accounts.invitations import VALID, InvitationService
from xinshu.members.accounts.model import STATE_NAMES, Account, AccountState, Session
from xinshu.members.accounts.passwords import Hasher
from xinshu.members.accounts.person import Person
from xinshu.members.accounts.principals import queries
from xinshu.members.accounts.proposal_routes import ProposalOut
from xinshu.members.accounts.proposals import Proposal, ProposalService, ProposalState
from xinshu.members.accounts.rules import normalise_login
from xinshu.members.accounts.sessions import SessionService
from xinshu.members.accounts.staff import AccountService
from xinshu.members.freshness import Freshness
from xinshu.members.model import Caller, Principal, local_operator
from xinshu.members.permissions import Access, Permissions
from xinshu.node.access import BootstrapToken
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

app = typer.Typer(help="账户:建立首个平台管理员,查看、邀请、解锁、关闭账户。", no_args_is_help=True)
Answer = TypeVar("Answer")
VERBS = {"invite": "邀请", "roles": "修改角色", "reset": "重置登录方式"}
PROPOSAL_STATES = {"open": "等待确认", "confirmed": "已确认", "withdrawn": "已撤下", "lapsed": "已过期"}
Which = Annotated[str, typer.Argument(help="登录名或账户编号。")]


@dataclass(frozen=True)
class Office:
    """What the commands work with, as the operating system's user."""

    db: Database
    table: Permissions
    who: Principal
    sessions: SessionService
    staff: AccountService
    proposals: ProposalService
    bootstrap: BootstrapService

    def access(self, action: str) -> Access:
        """The right to do `action` to accounts."""
        return Access(self.table, self.who, action, "account", Caller("local"))

    async def find(self, which: str) -> UUID:
        """The account of this login or id. Raises AccountNotFoundError."""
        async with self.db.acquire() as conn:
            row = await queries.account_by_login(conn, login=normalise_login(which))
        if row is not None:
            return Account.of(row).id
        try:
            return UUID(which)
        except ValueError:
            raise AccountNotFoundError(f"没有账户 {which}", hint="用 xinshu account list 查看") from None


@app.command()
def bootstrap(
    login: Annotated[str, typer.Option(help="首个平台管理员的登录名。")],
    name: Annotated[str, typer.Option(help="姓名。")],
    code: Annotated[str, typer.Option(help="平台运营单位的统一社会信用代码。")],
    member_name: Annotated[str, typer.Option(help="平台运营单位的名称。")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读取密码(一行)。")] = False,
    as_json: Json = False,
) -> None:
    """建立平台运营单位和首个平台管理员,只能做一次。

    例:xinshu account bootstrap --login li.lei --name 李雷 --code 统一社会信用代码 --member-name 单位名称
    """
    with explained(as_json):
        password = _password(password_stdin)

        async def work(office: Office) -> Account:
            first = FirstOperator(login, name, password, code, member_name)
            return await office.bootstrap.locally(first, office.who.id)

        account = _with_office(work)
        if as_json:
            print_json(_shown(account))
        else:
            Console().print(
                f"已建立平台管理员 {account.login}。请登录并启用第二因素,然后邀请其他人员。", highlight=False
            )


@app.command("list")
def list_accounts(
    member: Annotated[str | None, typer.Option(help="只看某成员的(成员编号)。")] = None,
    state: Annotated[AccountState | None, typer.Option(help="只看某状态的。")] = None,
    page: Annotated[int, typer.Option(min=1, help="页码。")] = 1,
    page_size: Annotated[int, typer.Option(min=1, max=200, help="每页条数。")] = 50,
    as_json: Json = False,
) -> None:
    """列出账户。例:xinshu account list --state suspended"""
    with explained(as_json):
        found = _with_office(lambda office: office.staff.page(office.access("read"), member, state, page, page_size))
        if as_json:
            print_json({"total": found.total, "accounts": [_shown(one) for one in found.accounts]})
            return
        table = Table("登录名", "姓名", "状态", "角色", "成员或企业", "编号", title=f"共 {found.total} 个,第 {page} 页")
        for one in found.accounts:
            whose = one.member_id or one.subject_code or ""
            table.add_row(one.login, one.name, STATE_NAMES[one.state], "、".join(one.roles), whose, str(one.id))
        Console().print(table)


@app.command()
def show(which: Which, as_json: Json = False) -> None:
    """查看一个账户,联系方式打码。例:xinshu account show li.lei"""

    async def work(office: Office) -> tuple[Account, Person]:
        account = await office.staff.get(office.access("read"), await office.find(which))
        return account, await office.staff.person(account)

    with explained(as_json):
        account, person = _with_office(work)
        shown = {**_shown(account), "person": PersonOut.of(person).model_dump()}
        if as_json:
            print_json(shown)
            return
        table = Table("项目", "内容", show_header=False)
        for name, value in {**shown, **shown.pop("person")}.items():
            table.add_row(name, "、".join(value) if isinstance(value, list) else "" if value is None else str(value))
        Console().print(table)


@app.command()
def invite(
    login: Annotated[str, typer.Option(help="登录名。")],
    name: Annotated[str, typer.Option(help="姓名。")],
    member: Annotated[str, typer.Option(help="成员编号。")],
    role: Annotated[list[str], typer.Option(help="角色,可多次给出。")],
    as_json: Json = False,
) -> None:
    """邀请成员的人员,显示邀请令牌(只显示一次)。

    例:xinshu account invite --login wang.wu --name 王五 --member 成员编号 --role operator-audit
    """
    with explained(as_json):
        invited = _with_office(
            lambda office: office.staff.invite(office.access("invite"), login, name, member, role, Person(), None)
        )
        if as_json:
            print_json({"account": str(invited.account_id), "token": invited.token, "valid_days": VALID.days})
        else:
            Console().print(f"邀请令牌({VALID.days} 天内有效,只能用一次):\n{invited.token}", highlight=False)


@app.command()
def proposals(
    state: Annotated[str | None, typer.Option(help="只看某状态的:open、confirmed、withdrawn、lapsed。")] = "open",
    as_json: Json = False,
) -> None:
    """列出对平台运营人员账户的提议,默认只列等待确认的。例:xinshu account proposals"""
    with explained(as_json):
        if state is not None and state not in PROPOSAL_STATES:
            raise SettingError(f"没有状态 {state}", hint=f"可用:{'、'.join(PROPOSAL_STATES)}")
        total, found = _with_office(
            lambda office: office.proposals.page(office.access("read"), cast("ProposalState | None", state), 1, 200)
        )
        if as_json:
            print_json({"total": total, "proposals": [_proposal(one) for one in found]})
            return
        table = Table("编号", "事项", "登录名", "角色", "提议人", "时间", "状态", title=f"共 {total} 项")
        for one in found:
            what, at = VERBS[one.verb], f"{one.proposed_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
            table.add_row(
                str(one.id), what, one.login, "、".join(one.roles), one.proposed_by_name, at, PROPOSAL_STATES[one.state]
            )
        Console().print(table)


@app.command()
def confirm(which: Annotated[UUID, typer.Argument(help="提议编号。")], as_json: Json = False) -> None:
    """确认另一人对平台运营人员账户的提议,随即办理;邀请令牌只显示一次。例:xinshu account confirm 提议编号"""
    with explained(as_json):
        done = _with_office(lambda office: office.proposals.confirm(office.access("confirm"), which))
        if as_json:
            shown = {"proposal": str(done.proposal.id), "account": str(done.account_id), "token": done.token}
            print_json({**shown, "valid_days": VALID.days})
            return
        console = Console()
        console.print(f"已确认:{VERBS[done.proposal.verb]} {done.proposal.login}", highlight=False)
        if done.token is not None:
            console.print(f"邀请令牌({VALID.days} 天内有效,只能用一次):\n{done.token}", highlight=False)


@app.command()
def withdraw(which: Annotated[UUID, typer.Argument(help="提议编号。")], as_json: Json = False) -> None:
    """撤下一项提议。例:xinshu account withdraw 提议编号"""
    with explained(as_json):
        done = _with_office(lambda office: office.proposals.withdraw(office.access("reset"), which))
        print_json(_proposal(done)) if as_json else Console().print(
            f"已撤下:{VERBS[done.verb]} {done.login}", highlight=False
        )


@app.command()
def unlock(which: Which, as_json: Json = False) -> None:
    """解除因多次失败造成的锁定。例:xinshu account unlock li.lei"""

    async def work(office: Office) -> Account:
        return await office.staff.unlock(office.access("reset"), await office.find(which))

    _tell(work, as_json, "已解锁")


@app.command()
def close(which: Which, as_json: Json = False) -> None:
    """关闭账户,连同其登录会话、通行密钥、邀请和经办授权。例:xinshu account close wang.wu"""

    async def work(office: Office) -> Account:
        return await office.staff.close(office.access("close"), await office.find(which))

    _tell(work, as_json, "已关闭")


@app.command()
def sessions(
    which: Which,
    end: Annotated[bool, typer.Option("--end", help="结束全部会话。")] = False,
    as_json: Json = False,
) -> None:
    """查看或结束一个账户的登录会话。例:xinshu account sessions li.lei --end"""

    async def work(office: Office) -> tuple[list[Session], int]:
        account = await office.staff.get(office.access("read"), await office.find(which))
        async with office.db.acquire() as conn:
            found = await office.sessions.of_account(conn, account.id)
        return found, await office.staff.end_sessions(office.access("reset"), account.id) if end else 0

    with explained(as_json):
        found, ended = _with_office(work)
        if as_json:
            rows = [
                {"id": one.id, "strength": one.strength, "opened_at": one.created_at, "seen_at": one.seen_at,
                 "expires_at": one.expires_at, "address": one.address, "agent": one.agent}
                for one in found
            ]  # fmt: skip
            print_json({"sessions": rows, "ended": ended})
            return
        table = Table("编号", "强度", "登录于", "最近使用", "地址", "浏览器")
        for one in found:
            opened, seen = f"{one.created_at:%Y-%m-%d %H:%M}", f"{one.seen_at:%Y-%m-%d %H:%M}"
            table.add_row(one.id, one.strength, opened, seen, one.address, one.agent)
        Console().print(table)
        if end:
            Console().print(f"已结束 {ended} 个会话。", highlight=False)


def _tell(work: Callable[[Office], Awaitable[Account]], as_json: bool, words: str) -> None:
    with explained(as_json):
        account = _with_office(work)
        if as_json:
            print_json(_shown(account))
        else:
            Console().print(f"账户 {account.login} {words}。", highlight=False)


def _proposal(one: Proposal) -> dict[str, Any]:
    return ProposalOut.model_validate(one).model_dump(mode="json")


def _shown(account: Account) -> dict[str, Any]:
    return AccountOut.of(account).model_dump(mode="json")


def _password(from_stdin: bool) -> str:
    """Never from the command line or the environment, where others of the machine could read it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise SettingError("没有终端可以输入密码", hint="用 --password-stdin 从标准输入给出")
    return str(typer.prompt("密码", hide_input=True, confirmation_prompt="再输一遍"))


def _with_office(work: Callable[[Office], Awaitable[Answer]]) -> Answer:
    async def main() -> Answer:
        settings, clock = load_settings(), SystemClock()
        table = Permissions.load(settings.definitions)
        db = await Database.open(settings)
        try:
            vault, hasher = Vault.load(settings, DataKeys(db.dsn, clock)), Hasher()
            sessions = SessionService(db, clock, Freshness(db), table, origin=settings.origin)
            invitations = InvitationService(db, clock, table, hasher, vault)
            staff = AccountService(db, clock, table, vault, sessions, invitations)
            return await work(
                Office(
                    db,
                    table,
                    local_operator(getpass.getuser()),
                    sessions,
                    staff,
                    ProposalService(db, clock, table, staff, invitations),
                    BootstrapService(db, clock, hasher, BootstrapToken(settings)),
                )
            )
        finally:
            await db.close()

    return run(main)
