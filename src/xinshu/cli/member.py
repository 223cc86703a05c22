"""`xinshu member`: admit members, suspend them, let them leave; `--by` says which person acts."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from xinshu.cli.member_office import Office, with_office
from xinshu.cli.member_papers import agreement_app, certificate_key, document_app
from xinshu.cli.output import Json, explained, print_json
from xinshu.members.model import STATE_NAMES, MemberKind, MemberState
from xinshu.members.onboarding import certificate
from xinshu.members.onboarding.application import ApplicationIn
from xinshu.members.onboarding.errors import ApplicationError, CertificateError
from xinshu.members.onboarding.model import LEVEL_NAMES, Member
from xinshu.members.onboarding.views import AppliedOut, MemberList, MemberOut, OutlookOut, StepOut

app = typer.Typer(help="成员:申请、办理入驻、暂停、恢复、退出。", no_args_is_help=True)
app.add_typer(document_app, name="document")
app.add_typer(agreement_app, name="agreement")
Answer = TypeVar("Answer")
Which = Annotated[str, typer.Argument(help="成员编号或统一社会信用代码。")]
By = Annotated[str, typer.Option("--by", help="办理人;不写:操作系统的当前用户。")]
Note = Annotated[str, typer.Option(help="说明或理由。")]


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="申请表(YAML)。", exists=True, dir_okay=False)],
    by: By = "",
    as_json: Json = False,
) -> None:
    """代为申请入驻,输出首个管理员的邀请。例:xinshu member apply 申请.yml --by 张三"""

    async def work(office: Office) -> AppliedOut:
        access = office.access("apply", "member")
        async with office.db.transaction() as conn:
            done = await office.service.registry.apply(conn, said, access.principal, access.caller.address)
        return AppliedOut(member=MemberOut.of(done.member), invitation=done.invitation)

    with explained(as_json):
        said = _read_application(file)
        done = with_office(_by(by), work)
        if as_json:
            print_json(done.model_dump(mode="json"))
            return
        console = Console(highlight=False)
        console.print(f"已受理 {done.member.name},成员编号 [bold]{done.member.id}[/bold]")
        console.print(f"首个管理员的邀请(只显示这一次,7 天内有效):{done.invitation}", soft_wrap=True)


@app.command("list")
def list_members(
    state: Annotated[MemberState | None, typer.Option(help="只看某状态的。")] = None,
    kind: Annotated[MemberKind | None, typer.Option(help="只看某类的。")] = None,
    parent: Annotated[str | None, typer.Option(help="只看某成员的下级(成员编号)。")] = None,
    text: Annotated[str | None, typer.Option(help="名称的一部分,或代码开头。")] = None,
    page: Annotated[int, typer.Option(min=1, help="页码。")] = 1,
    page_size: Annotated[int, typer.Option(min=1, max=200, help="每页条数。")] = 50,
    as_json: Json = False,
) -> None:
    """列出成员。例:xinshu member list --state applied"""

    async def work(office: Office) -> MemberList:
        found = await office.service.registry.page(
            office.access("read", "member"), state=state, kind=kind, parent=parent, text=text, page=page,
            page_size=page_size,
        )  # fmt: skip
        members = [MemberOut.of(one) for one in found.members]
        return MemberList(total=found.total, page=page, page_size=page_size, members=members)

    with explained(as_json):
        found = with_office(_by(""), work)
        if as_json:
            print_json(found.model_dump(mode="json"))
            return
        table = Table("编号", "代码", "名称", "类别", "层级", "状态", title=f"共 {found.total} 个,第 {page} 页")
        for one in found.members:
            table.add_row(one.id, one.code, one.name, one.kind_name, LEVEL_NAMES[one.level], one.state_name)
        Console().print(table)


@app.command()
def show(which: Which, as_json: Json = False) -> None:
    """查看成员、下一步的条件和办理记录。例:xinshu member show 91320100748204660Q"""

    async def work(office: Office) -> tuple[MemberOut, OutlookOut, list[StepOut]]:
        access, member_id = office.access("read", "member"), office.id_of(which)
        member = await office.service.registry.get(access, member_id)
        outlook = await office.service.steps.checklist(access, member_id)
        steps = await office.service.steps.history(access, member_id)
        return MemberOut.of(member), OutlookOut.of(outlook), [StepOut.of(step) for step in steps]

    with explained(as_json):
        member, outlook, steps = with_office(_by(""), work)
        if as_json:
            print_json(
                {
                    **member.model_dump(mode="json"),
                    "checklist": outlook.model_dump(mode="json"),
                    "steps": [step.model_dump(mode="json") for step in steps],
                }
            )
            return
        _show(member, outlook, steps)


@app.command()
def step(
    which: Which,
    to: Annotated[MemberState, typer.Argument(help="转为哪个状态,如 material_check;refused 为不予通过。")],
    by: By = "",
    note: Note = "",
    document: Annotated[list[int] | None, typer.Option(help="所依据材料的编号,可多次给出。")] = None,
    as_json: Json = False,
) -> None:
    """办理入驻的下一步。例:xinshu member step m1234 material_check --by 李四"""

    async def work(office: Office) -> Member:
        access = office.access("advance", "member")
        async with office.db.transaction() as conn:
            return await office.service.steps.advance(
                conn, access, office.id_of(which), to, note, tuple(document or ())
            )

    _tell(by, work, as_json)


@app.command()
def suspend(which: Which, note: Note, by: By = "", as_json: Json = False) -> None:
    """暂停成员,立即生效,下级机构随同。例:xinshu member suspend m1234 --note 异常访问核查"""

    async def work(office: Office) -> Member:
        access = office.access("suspend", "member")
        async with office.db.transaction() as conn:
            return await office.service.steps.suspend(conn, access, office.id_of(which), note)

    _tell(by, work, as_json)


@app.command()
def resume(which: Which, by: By = "", note: Note = "", as_json: Json = False) -> None:
    """恢复已暂停的成员,重新核对全部条件。例:xinshu member resume m1234 --by 王五"""

    async def work(office: Office) -> Member:
        access = office.access("resume", "member")
        async with office.db.transaction() as conn:
            return await office.service.steps.resume(conn, access, office.id_of(which), note)

    _tell(by, work, as_json)


@app.command()
def offboard(which: Which, note: Note, by: By = "", as_json: Json = False) -> None:
    """办理退出:关闭账户、密钥、授权,签发证明。例:xinshu member offboard m1234 --note 单位申请退出"""

    async def work(office: Office) -> Member:
        access = office.access("offboard", "member")
        async with office.db.transaction() as conn:
            return await office.service.steps.offboard(conn, access, office.id_of(which), note)

    _tell(by, work, as_json)


@app.command("certificate")
def show_certificate(which: Which) -> None:
    """输出退出成员的数据销毁或返还证明。例:xinshu member certificate m1234 > 证明.json"""
    with explained():
        text = with_office(
            _by(""),
            lambda office: office.service.steps.certificate(office.access("read", "member"), office.id_of(which)),
        )
        typer.echo(text)


@app.command("verify-certificate")
def verify_certificate(
    file: Annotated[Path, typer.Argument(help="证明文件(JSON)。", exists=True, dir_okay=False)],
    key: Annotated[
        Path | None, typer.Option(help="平台公钥(PEM);不写则用本节点的公钥。", exists=True, dir_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """验证数据销毁或返还证明;不符时退出码为 1。例:xinshu member verify-certificate 证明.json --key platform.pem"""
    with explained(as_json):
        public = certificate_key(key)

        def check(key_id: str, data: bytes, signature: bytes) -> bool:
            if key_id != public.key_id:
                raise CertificateError("证明不是用这把公钥签发的", hint="向签发平台取得其公钥", key_id=key_id)
            return public.verify(data, signature)

        content = certificate.verify(file.read_bytes(), check)
        if as_json:
            print_json(content)
            return
        console = Console(highlight=False)
        console.print(f"[green]有效[/green] {content['number']},签发于 {content['issued_at']}")
        console.print(f"{content['platform']['name']} 证明 {content['member']['name']} 已销毁或返还其取得的数据")
        console.print(f"期间 {content['period']['from'] or '未上线'} 至 {content['period']['to']}")
        console.print(f"声明文件 {content['statement']['name']},SHA-256 {content['statement']['sha256']}")


def _by(by: str) -> str:
    return by or getpass.getuser()


def _read_application(file: Path) -> ApplicationIn:
    try:
        return ApplicationIn.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ApplicationError(f"申请表 {file} 不是 YAML", field="", hint="对照 docs/members.md 的例子") from error
    except ValidationError as error:
        faults = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors(include_input=False)]
        words = "; ".join(f"{where}: {message}" for where, message in faults)
        raise ApplicationError(f"申请表有误:{words}", field=faults[0][0], hint="对照 docs/members.md 的例子") from None


def _tell(by: str, work: Callable[[Office], Awaitable[Member]], as_json: bool) -> None:
    with explained(as_json):
        member = MemberOut.of(with_office(_by(by), work))
        if as_json:
            print_json(member.model_dump(mode="json"))
        else:
            Console().print(f"{member.name}({member.id}):{member.state_name}", highlight=False)


def _show(member: MemberOut, outlook: OutlookOut, steps: list[StepOut]) -> None:
    console = Console(highlight=False)
    licence = member.licence
    until = (f"至 {licence.valid_to}" if licence.valid_to else "长期") if licence is not None else ""
    table = Table("项目", "内容", show_header=False)
    for label, value in (
        ("编号", member.id),
        ("代码", member.code),
        ("名称", member.name),
        ("类别", member.kind_name),
        ("层级", LEVEL_NAMES[member.level]),
        ("上级机构", member.parent_id or ""),
        ("数据提供单位代码", member.provider_code or ""),
        ("证照", f"{licence.kind} {licence.number},{until}" if licence is not None else ""),
        ("事项", "、".join(member.items) if member.items is not None else "不限"),
        ("服务区域", "、".join(one or "全国" for one in member.regions)),
        ("状态", member.state_name),
    ):
        table.add_row(label, value)
    console.print(table)
    if outlook.target_name is not None:
        table = Table("条件", "", "现状", "怎么办", title=f"转为“{outlook.target_name}”的条件")
        for check in outlook.checks:
            mark = "[green]✓[/green]" if check.holds else "[red]✗[/red]"
            table.add_row(check.words, mark, check.found, check.remedy)
        console.print(table)
    table = Table("时间", "状态", "办理人", "说明", title="办理记录")
    for one in steps:
        table.add_row(f"{one.at:%Y-%m-%d %H:%M}", STATE_NAMES[one.to_state], one.actor_name, one.note)
    console.print(table)
