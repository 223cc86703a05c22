"""`xinshu consent`: list and show authorisations, check a signature file without the platform."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table

from xinshu.catalogue import Catalogue
from xinshu.cli.output import Json, explained, print_json
from xinshu.consent.errors import ConsentNotFoundError
from xinshu.consent.offline import SignatureFileError, verify
from xinshu.consent.purposes import METHOD_NAMES, Purposes
from xinshu.consent.service import ConsentService
from xinshu.consent.signing import TrustAnchors
from xinshu.consent.states import EVENT_NAMES, STATE_NAMES
from xinshu.consent.views import short
from xinshu.core.clock import CHINA, SystemClock
from xinshu.core.settings import load_settings
from xinshu.crypto.suites import suite
from xinshu.ledger import receipts
from xinshu.members.model import Caller, local_operator
from xinshu.members.permissions import Access, Permissions
from xinshu.store import Database

app = typer.Typer(help="授权:查看授权,离线验证授权签名。", no_args_is_help=True)
Answer = TypeVar("Answer")
CAPACITIES = {"legal-representative": "法定代表人", "delegate": "经办人", "paper": "纸质授权书"}
LARGEST = 10 * 1024**2


@app.command("list")
def list_command(
    subject: Annotated[str | None, typer.Option(help="信用主体代码。")] = None,
    grantee: Annotated[str | None, typer.Option(help="成员编号。")] = None,
    state: Annotated[str | None, typer.Option(help=f"状态:{'、'.join(map(str, STATE_NAMES))}。")] = None,
    ending_within: Annotated[int | None, typer.Option(help="将在几天内到期。", min=0, max=366)] = None,
    page: Annotated[int, typer.Option(min=1)] = 1,
    page_size: Annotated[int, typer.Option(min=1, max=100)] = 20,
    as_json: Json = False,
) -> None:
    """列出授权。例:xinshu consent list --state active --ending-within 30"""

    async def ask(service: ConsentService, access: Access) -> Any:
        found = await service.page(
            access, subject_code=subject, grantee=grantee, shown=[state] if state else None,
            ending_within_days=ending_within, page=page, page_size=page_size,
        )  # fmt: skip
        return found.total, [short(one, service.purposes) for one in found.consents]

    with explained(as_json):
        total, found = asyncio.run(_with_service(ask))
        if as_json:
            print_json({"total": total, "consents": found})
            return
        shown = Table("编号", "企业", "机构", "用途", "状态", "截止", "已用", title=f"共 {total} 件")
        for one in found:
            calls = f"{one['used']}/{one['max_calls']}" if one["max_calls"] is not None else str(one["used"])
            until = f"{one['valid_to'].astimezone(CHINA) - timedelta(seconds=1):%Y-%m-%d}"  # the last day it counts
            shown.add_row(
                str(one["id"]), one["subject_name"], one["grantee_name"], one["purpose_name"], one["state_name"], until,
                calls,
            )  # fmt: skip
        Console().print(shown)


@app.command()
def show(consent: Annotated[str, typer.Argument(help="授权编号。")], as_json: Json = False) -> None:
    """查看一件授权的内容、经过和签名。例:xinshu consent show 3f0c…"""

    async def ask(service: ConsentService, access: Access) -> Any:
        return await service.detail(access, _id(consent))

    with explained(as_json):
        found = asyncio.run(_with_service(ask))
        artefact = found.consent.artefact
        if as_json:
            print_json(
                {
                    "id": found.consent.id,
                    "state": found.consent.shown,
                    "digest": found.consent.digest.hex(),
                    "artefact": orjson.loads(found.consent.content),
                    "steps": found.steps,
                    "signatures": [{"part": one.part, "method": one.method, "at": one.at} for one in found.signatures],
                }
            )
            return
        console = Console(highlight=False)
        console.print(f"{found.consent.id}  {STATE_NAMES[found.consent.shown]}", style="bold")
        for heading, words in found.summary:
            console.print(f"  {heading}:{words}", markup=False)
        console.print(artefact.text.content, markup=False)
        for step in found.steps:
            event = EVENT_NAMES[step.event]
            console.print(f"  {step.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}  {event}  {step.actor_name}", markup=False)


@app.command("verify-signature")
def verify_signature(
    file: Annotated[Path, typer.Argument(help="从平台下载的签名文件(/v1/consents/{编号}/signature)。")],
    anchors: Annotated[Path | None, typer.Option(help="信任的证书(PEM)所在的文件夹;不写:设置 trust_anchors。")] = None,
    receipt: Annotated[
        Path | None, typer.Option(help="签署那一步的存证回执(/v1/ledger/leaves/{序号}/receipt);通行密钥的签名须有它。")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="平台公钥(PEM),另行取得;验证回执用。")] = None,
    as_json: Json = False,
) -> None:
    """不经平台验证授权的签名,不能证明时退出码为 1。

    例:xinshu consent verify-signature 授权.json --receipt 回执.json --key 平台.pem
    """
    with explained(as_json):
        folder = anchors if anchors is not None else load_settings().trust_anchors
        leaf = _leaf(receipt, key)
        found = verify(_read(file), TrustAnchors.load(folder), SystemClock().now(), leaf)
        if as_json:
            print_json(
                {
                    "consent": found.artefact.id,
                    "method": found.method,
                    "capacity": found.capacity,
                    "at": found.at,
                    "at_recorded": found.recorded,
                    "proven": found.proven,
                    "checks": found.checks,
                }
            )
        else:
            console = Console(highlight=False)
            method = next((name for one, name in METHOD_NAMES.items() if one == found.method), found.method)
            console.print(f"授权 {found.artefact.id}", markup=False)
            console.print(f"  {found.artefact.grantor.name} → {found.artefact.grantee.name}", markup=False)
            console.print(
                f"  {CAPACITIES.get(found.capacity, found.capacity)}以{method}签署于 {found.at}", markup=False
            )
            console.print(f"  签署时间{'出自存证' if found.recorded else '为文件所称,没有存证证明'}", markup=False)
            for check in found.checks:
                console.print(f"  {check}", markup=False)
            console.print("[green]签名有效[/green]" if found.proven else "[yellow]单凭所给的文件不能证明签署[/yellow]")
    if not found.proven:
        raise typer.Exit(1)


def _leaf(receipt: Path | None, key: Path | None) -> Any:
    """The leaf that a receipt proves under the platform's key; None without a receipt."""
    if receipt is None:
        return None
    if key is None:
        raise SignatureFileError("验证存证回执须有平台公钥", hint="用 --key 给出另行取得的平台公钥(PEM)")
    document = _read(receipt)
    name = document.get("suite", "") if isinstance(document, dict) else ""
    try:
        public = suite(str(name)).load_public_key(key.read_bytes())
    except OSError:
        raise SignatureFileError(f"公钥文件 {key} 不能读取", hint="给出平台公钥(PEM)") from None
    return receipts.verify(document, public)["leaf"]


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST:
            raise SignatureFileError(f"文件 {file} 过大", hint="给出从平台下载的签名文件")
        return orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        raise SignatureFileError(f"文件 {file} 不能读取,或不是 JSON", hint="给出从平台下载的签名文件") from None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ConsentNotFoundError(f"没有授权 {text}", hint="用 xinshu consent list 查看编号") from None


async def _with_service(ask: Callable[[ConsentService, Access], Awaitable[Answer]]) -> Answer:
    settings, clock = load_settings(), SystemClock()
    table = Permissions.load(settings.definitions)
    access = Access(table, local_operator("cli"), "read", "consent", Caller("local"))
    catalogue = Catalogue.load(settings.definitions, settings.overlay, clock.today())
    purposes = Purposes.load(settings.definitions, catalogue)
    db = await Database.open(settings)
    try:
        platform = (settings.platform_code, settings.platform_name)
        return await ask(ConsentService(db, clock, catalogue, purposes, suite(settings.crypto_suite), platform), access)
    finally:
        await db.close()
