"""`xinshu client`: register systems of members on the node; make keys and fetch tokens on the member's own machine."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Table

from xinshu.cli.client_keys import KeyKind, load_private, make_pair
from xinshu.cli.client_token import fetch_token
from xinshu.cli.output import Json, explained, print_json
from xinshu.core.clock import CHINA, SystemClock
from xinshu.core.settings import Settings, load_settings
from xinshu.crypto import Vault
from xinshu.members.clients import Client, ClientKey, ClientService, ClientState, TokenKeys
from xinshu.members.clients.errors import KeyInvalidError
from xinshu.members.clients.service import NewClient
from xinshu.members.freshness import Freshness
from xinshu.members.model import Caller, local_operator
from xinshu.members.permissions import Access, Permissions
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys

app = typer.Typer(help="系统客户端:登记、密钥、令牌。", no_args_is_help=True)
key_app = typer.Typer(help="客户端的公钥:添加、吊销。", no_args_is_help=True)
app.add_typer(key_app, name="key")
Answer = TypeVar("Answer")
ClientId = Annotated[str, typer.Argument(help="客户端编号,形如 c-xxxxxxxxxxxxxxxx。")]
STATES = {ClientState.ACTIVE: "有效", ClientState.CLOSED: "已关闭"}


@app.command()
def create(
    member: Annotated[str, typer.Option(help="成员编号。")],
    name: Annotated[str, typer.Option(help="客户端名称,如“信贷核心系统”。")],
    role: Annotated[list[str], typer.Option(help="系统角色,可多次给出,如 institution-system。")],
    sandbox: Annotated[bool, typer.Option("--sandbox/--production", help="沙箱或生产。")],
    network: Annotated[list[str] | None, typer.Option(help="允许的来访地址(CIDR),可多次给出;不写:不限。")] = None,
    certificate: Annotated[
        list[str] | None, typer.Option(help="登记的客户端证书指纹(x5t#S256),可多次给出;写了就绑定证书。")
    ] = None,
    as_json: Json = False,
) -> None:
    """登记系统客户端。例:xinshu client create --member mxxx --name 核心系统 --role institution-system --sandbox"""

    async def act(clients: ClientService, access: Access) -> Client:
        certificates = tuple(certificate or ())
        wanted = NewClient(
            member, name, tuple(role), sandbox, tuple(network or ()), len(certificates) > 0, certificates
        )
        return await clients.create(access, wanted)

    with explained(as_json):
        client = _with_clients("create", "client", act)
        if as_json:
            print_json(asdict(client))
            return
        console = Console()
        console.print(f"已登记客户端 [bold]{client.id}[/bold]", highlight=False)
        console.print(f"下一步:xinshu client key add {client.id} 公钥文件.json", highlight=False)


@app.command("list")
def list_clients(
    member: Annotated[str | None, typer.Option(help="只看该成员的。")] = None,
    state: Annotated[ClientState | None, typer.Option(help="只看该状态的。")] = None,
    page: Annotated[int, typer.Option(min=1, help="页码。")] = 1,
    page_size: Annotated[int, typer.Option(min=1, max=1000, help="每页条数。")] = 50,
    as_json: Json = False,
) -> None:
    """列出系统客户端。例:xinshu client list --state active"""
    with explained(as_json):
        found = _with_clients(
            "read", "client",
            lambda clients, access: clients.page(
                access, member_id=member, state=state, page=page, page_size=page_size
            ),
        )  # fmt: skip
        if as_json:
            print_json(asdict(found))
            return
        table = Table("编号", "名称", "成员", "角色", "环境", "状态", title=f"共 {found.total} 个,第 {page} 页")
        for one in found.clients:
            place = "沙箱" if one.sandbox else "生产"
            table.add_row(one.id, one.name, one.member_id, "、".join(one.roles), place, STATES[one.state])
        Console().print(table)


@app.command()
def show(client_id: ClientId, as_json: Json = False) -> None:
    """查看一个客户端及其密钥。例:xinshu client show c-xxxxxxxxxxxxxxxx"""
    with explained(as_json):
        client, keys = _with_clients("read", "client", lambda clients, access: clients.get(access, client_id))
        if as_json:
            print_json({**asdict(client), "keys": [asdict(key) for key in keys]})
            return
        table = Table("项目", "内容", show_header=False)
        for label, value in (
            ("编号", client.id),
            ("名称", client.name),
            ("成员", client.member_id),
            ("角色", "、".join(client.roles)),
            ("环境", "沙箱" if client.sandbox else "生产"),
            ("来访地址", "、".join(client.networks) or "不限"),
            ("绑定证书", "、".join(client.certificates) if client.certificate_bound else "否"),
            ("状态", STATES[client.state]),
            *((f"密钥 {key.kid}", _key_words(key)) for key in keys),
        ):
            table.add_row(label, value)
        Console().print(table)


@app.command()
def close(client_id: ClientId, as_json: Json = False) -> None:
    """关闭客户端:吊销密钥,令牌立即失效,不可恢复。例:xinshu client close c-xxxxxxxxxxxxxxxx"""
    with explained(as_json):
        client = _with_clients("close", "client", lambda clients, access: clients.close(access, client_id))
        print_json(asdict(client)) if as_json else Console().print(f"客户端 {client.id} 已关闭", highlight=False)


@key_app.command("add")
def add_key(
    client_id: ClientId,
    file: Annotated[Path, typer.Argument(help="公钥文件(JWK)。")],
    expires: Annotated[datetime | None, typer.Option(help="到期时间(北京时间);不写:一年。")] = None,
    as_json: Json = False,
) -> None:
    """添加公钥;同时有效的最多两把。例:xinshu client key add c-xxxxxxxxxxxxxxxx 核心系统.public.json"""
    with explained(as_json):
        jwk = _read_jwk(file)
        until = expires.replace(tzinfo=CHINA) if expires is not None else None
        key = _with_clients("add", "client-key", lambda clients, access: clients.add_key(access, client_id, jwk, until))
        print_json(asdict(key)) if as_json else Console().print(
            f"已添加密钥 {key.kid},{_key_words(key)}", highlight=False
        )


@key_app.command("revoke")
def revoke_key(
    client_id: ClientId, kid: Annotated[str, typer.Argument(help="密钥编号 kid。")], as_json: Json = False
) -> None:
    """吊销密钥,立即生效。例:xinshu client key revoke c-xxxxxxxxxxxxxxxx 密钥编号"""
    with explained(as_json):
        key = _with_clients("revoke", "client-key", lambda clients, access: clients.revoke_key(access, client_id, kid))
        print_json(asdict(key)) if as_json else Console().print(f"密钥 {key.kid} 已吊销", highlight=False)


@app.command()
def keygen(
    name: Annotated[str, typer.Argument(help="文件名:写出 名称.private.pem 与 名称.public.json。")],
    kind: Annotated[KeyKind, typer.Option("--type", help="p256(ES256)或 ed25519。")] = KeyKind.P256,
    folder: Annotated[Path, typer.Option(help="写到哪个文件夹。")] = Path(),
    as_json: Json = False,
) -> None:
    """在本机生成密钥对;私钥文件只有本人可读,不要交给任何人。例:xinshu client keygen 核心系统"""
    with explained(as_json):
        pair = make_pair(folder, name, kind)
        if as_json:
            print_json({"private": str(pair.private), "public": str(pair.public), "kid": pair.kid})
            return
        console = Console()
        console.print(f"私钥 {pair.private}(妥善保管,不得外传)", highlight=False)
        console.print(f"公钥 {pair.public}(提交给平台),kid {pair.kid}", highlight=False)


@app.command()
def token(
    client: Annotated[str, typer.Option(help="客户端编号。")],
    key: Annotated[Path, typer.Option(help="私钥文件(PEM 或 JWK)。")],
    url: Annotated[str, typer.Option(help="平台地址;不写:本机设置的 public_url。")] = "",
    scope: Annotated[str, typer.Option(help="只要其中一些角色,空格分隔。")] = "",
    kid: Annotated[str, typer.Option(help="登记时另取了 kid 的,写在这里。")] = "",
    certificate: Annotated[Path | None, typer.Option(help="双向 TLS 的客户端证书(PEM,含私钥)。")] = None,
    ca: Annotated[Path | None, typer.Option(help="平台证书的签发机构(PEM);不写:系统信任的。")] = None,
    as_json: Json = False,
) -> None:
    """用私钥换取令牌并显示。例:xinshu client token --client c-xxx --key 核心系统.private.pem --url https://平台"""
    with explained(as_json):
        platform = url or load_settings().origin
        answer = fetch_token(platform, client, load_private(key), scope, kid, certificate, ca)
        print_json(answer) if as_json else typer.echo(answer["access_token"])


@app.command("rotate-token-key")
def rotate_token_key(
    leaked: Annotated[bool, typer.Option("--leaked", help="旧密钥已泄露:此前签发的令牌立即全部作废。")] = False,
    as_json: Json = False,
) -> None:
    """更换平台签发令牌的密钥;已签发的令牌用到期满。例:xinshu client rotate-token-key"""

    async def work() -> str:
        async with _database() as (settings, db):
            clock = SystemClock()
            vault = Vault.load(settings, DataKeys(db.dsn, clock))
            keys = TokenKeys(db, vault, clock, Freshness(db), settings.token_seconds)
            return await keys.rotate(local_operator(getpass.getuser()).id, leaked=leaked)

    with explained(as_json):
        kid = asyncio.run(work())
        print_json({"kid": kid}) if as_json else Console().print(f"新的签名密钥 {kid}", highlight=False)


def _with_clients(action: str, kind: str, act: Callable[[ClientService, Access], Awaitable[Answer]]) -> Answer:
    async def work() -> Answer:
        async with _database() as (settings, db):
            table = Permissions.load(settings.definitions)
            async with db.acquire() as conn:  # whoever runs this has the database anyway
                members = tuple([row["id"] for row in await conn.fetch("select id from member")])
            who = replace(local_operator(getpass.getuser()), members=members)
            access = Access(table, who, action, kind, Caller("local"))
            return await act(ClientService(db, table, SystemClock(), settings.origin), access)

    return asyncio.run(work())


@asynccontextmanager
async def _database() -> AsyncIterator[tuple[Settings, Database]]:
    settings = load_settings()
    db = await Database.open(settings)
    try:
        yield settings, db
    finally:
        await db.close()


def _read_jwk(file: Path) -> dict[str, Any]:
    try:
        jwk = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise KeyInvalidError(f"公钥文件 {file} 无法读取:{type(error).__name__}", hint="应为 JWK(JSON)文件") from None
    if not isinstance(jwk, dict):
        raise KeyInvalidError(f"公钥文件 {file} 不是一个 JWK", hint="文件应是一个 JSON 对象,不是 JWK 集")
    return jwk


def _key_words(key: ClientKey) -> str:
    if key.revoked_at is not None:
        return f"{key.revoked_at.astimezone(CHINA):%Y-%m-%d %H:%M} 吊销"
    return f"{key.expires_at.astimezone(CHINA):%Y-%m-%d %H:%M} 到期"
