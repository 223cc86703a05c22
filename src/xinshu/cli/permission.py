"""`xinshu permission`: the permission table, and why a role may (not) do something. Needs no database."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from xinshu.cli.output import Json, explained, print_json
from xinshu.core.settings import load_settings
from xinshu.members.model import (
    KIND_NAMES,
    MemberKind,
    MemberRef,
    MemberState,
    Principal,
    Resource,
    Strength,
)
from xinshu.members.permissions import Permissions
from xinshu.members.permissions.explain import Explanation, PermissionUnknownError, explain, in_words
from xinshu.members.permissions.table import ALL_PERSONS

app = typer.Typer(help="权限:查看权限表,解释某角色为何可以或不可以做某事。", no_args_is_help=True)

OWN, OTHER = "own", "other"
ATTRIBUTES = ("member", "item", "division", "subject", "account")


@app.command()
def table(
    role: Annotated[str | None, typer.Option(help="只看一个角色,如 data-officer。")] = None, as_json: Json = False
) -> None:
    """列出每个角色可做的操作及条件。例:xinshu permission table --role credit-officer"""
    with explained(as_json):
        permissions = Permissions.load(load_settings().definitions)
        chosen = list(permissions.roles) if role is None else _roles(permissions, role)
        rows = [row for one in chosen for row in _rights(permissions, one)]
        if as_json:
            print_json([dict(zip(("role", "resource", "actions", "conditions"), row, strict=True)) for row in rows])
            return
        shown = Table(title=f"权限表(版本 {permissions.version})")
        for heading in ("角色", "资源", "操作", "条件"):
            shown.add_column(heading, overflow="fold")
        for name, resource, actions, conditions in rows:
            kind = permissions.resources[resource]
            words = "、".join(kind.actions[action] for action in actions)
            shown.add_row(f"{permissions.roles[name].zh} {name}", f"{kind.zh} {resource}", words, conditions)
        Console().print(shown)


@app.command("explain")
def explain_command(
    roles: Annotated[str, typer.Option(help="角色,逗号分隔。")],
    action: Annotated[str, typer.Option(help="操作,如 read。")],
    resource: Annotated[str, typer.Option(help="资源,如 batch。")],
    kind: Annotated[MemberKind | None, typer.Option(help="成员类别;不写:平台或企业的人员。")] = None,
    state: Annotated[MemberState, typer.Option(help="成员状态。")] = MemberState.ONLINE,
    strength: Annotated[Strength, typer.Option(help="登录方式。")] = Strength.MULTI,
    own: Annotated[
        list[str] | None,
        typer.Option(help=f"哪些属性属于自己,可多次写:{'、'.join(ATTRIBUTES)};没有写的属于他人。"),
    ] = None,
    as_json: Json = False,
) -> None:
    """解释为何可以或不可以。例:xinshu permission explain --roles data-officer --action create --resource batch
    --kind provider --own member --own item"""
    with explained(as_json):
        permissions = Permissions.load(load_settings().definitions)
        unknown = sorted(set(own or ()) - set(ATTRIBUTES))
        if unknown:
            raise PermissionUnknownError(f"没有属性“{unknown[0]}”", hint=f"属性有:{'、'.join(ATTRIBUTES)}")
        who = Principal(
            OWN,
            "所问的人",
            frozenset(_roles(permissions, roles)),
            MemberRef(OWN, kind, KIND_NAMES[kind], state) if kind is not None else None,
            subject=OWN,
            members=(OWN,),
            items=(OWN,),
            regions=(OWN,),
            strength=strength,
        )
        what = Resource(resource, **{name: OWN if name in (own or ()) else OTHER for name in ATTRIBUTES})
        found = explain(permissions, who, action, what)
        if as_json:
            print_json(asdict(found))
        else:
            _show(permissions, found)


def _roles(permissions: Permissions, text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in permissions.roles:
            known = "、".join(permissions.roles)
            raise PermissionUnknownError(f"权限表没有角色“{name}”", hint=f"角色有:{known}")
    return names


def _rights(permissions: Permissions, role: str) -> list[tuple[str, str, list[str], str]]:
    person = permissions.roles[role].who == "person"
    return [
        (role, grant.resource, list(grant.actions), in_words(permissions, grant, role))
        for grant in permissions.grants
        if (person if grant.roles == ALL_PERSONS else role in grant.roles)
    ]


def _show(permissions: Permissions, found: Explanation) -> None:
    console = Console(highlight=False)
    console.print(("可以 " if found.verdict.allowed else "不可以 ") + found.verdict.code, style="bold")
    console.print(found.verdict.words, markup=False)
    for number, grant in enumerate(found.considered, 1):
        names = "全部个人用户" if grant.roles == (ALL_PERSONS,) else "、".join(grant.roles)
        console.print(f"授权 {number}:{names}", markup=False)
        for condition in grant.conditions:
            mark = "✓" if condition.holds else "✗"
            console.print(f"  {mark} {condition.words}" + (f" — {condition.wrong}" if condition.wrong else ""))
    if found.holders:
        console.print("有此权限的角色:" + "、".join(f"{one.zh}({one.role})" for one in found.holders), markup=False)
    for advice in found.advice:
        console.print(f"怎么办:{advice}", markup=False)
