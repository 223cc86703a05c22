"""`xinshu ledger`: verify receipts offline, audit the log, sign a checkpoint."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from xinshu.cli.output import Json, explained, print_json, run
from xinshu.core.clock import SystemClock
from xinshu.core.settings import load_settings
from xinshu.crypto.suites import suite
from xinshu.inquiry.evidence import InquiryCheck
from xinshu.ledger import receipts
from xinshu.ledger.audit import DetailCheck
from xinshu.ledger.audit import audit as audit_log
from xinshu.members.events.check import EventCheck
from xinshu.node.services import open_services
from xinshu.report.evidence import ReportCheck

app = typer.Typer(help="存证:验证回执、审计日志、签发检查点。", no_args_is_help=True)


@app.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="回执文件(JSON)。", exists=True, dir_okay=False)],
    key: Annotated[
        Path | None, typer.Option(help="平台公钥(PEM),另行取得;不写则只验证回执自身。", exists=True, dir_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """离线验证回执:内容未改、确在日志中、检查点由平台签名。例:xinshu ledger verify receipt.json --key platform.pem"""
    with explained(as_json):
        try:
            document = orjson.loads(receipt.read_bytes())
        except ValueError as error:
            raise receipts.ReceiptError(f"文件 {receipt} 不是 JSON", hint="使用平台下载的原文件") from error
        name = document.get("suite", "") if isinstance(document, dict) else ""
        public = suite(str(name)).load_public_key(key.read_bytes()) if key is not None else None
        proved = receipts.verify(document, public)
        if as_json:
            print_json(proved)
            return
        console = Console(highlight=False)
        console.print(
            f"[green]有效[/green] 第 {proved['index']} 条,检查点含 {proved['size']} 条,来源 {proved['origin']}"
        )
        console.print(orjson.dumps(proved["leaf"], option=orjson.OPT_INDENT_2).decode(), markup=False)
        if public is None:
            console.print(f"[yellow]公钥取自回执本身[/yellow],请与平台公布的编号核对:{proved['key_id']}")


@app.command()
def audit(as_json: Json = False) -> None:
    """从叶子起全部重算,并核对查询记录、安全日志的明细,指出每一处矛盾;有矛盾时退出码为 1。例:xinshu ledger audit"""
    with explained(as_json):

        async def work() -> tuple[int, list[Any]]:
            async with open_services(load_settings(), SystemClock()) as services:
                digest = services.ledger.suite.digest
                details: list[DetailCheck] = [InquiryCheck(digest), ReportCheck(digest), EventCheck()]
                return await audit_log(services.db, services.ledger, details)

        leaves, faults = run(work)
        if as_json:
            print_json({"leaves": leaves, "faults": [asdict(fault) for fault in faults]})
        else:
            console = Console(highlight=False)
            console.print(f"重算了 {leaves:,} 条存证,{'没有矛盾' if not faults else f'{len(faults)} 处矛盾'}")
            if faults:
                table = Table("代码", "位置", "说明")
                for fault in faults:
                    table.add_row(fault.code, fault.place, fault.words)
                console.print(table)
    if faults:
        raise typer.Exit(1)


@app.command()
def checkpoint(as_json: Json = False) -> None:
    """签发检查点,供留存与比对。例:xinshu ledger checkpoint > checkpoint.txt"""
    with explained(as_json):

        async def work() -> str:
            async with open_services(load_settings(), SystemClock()) as services:
                await services.ledger.log.drain()
                return await services.ledger.checkpoint()

        note = run(work)
        if as_json:
            print_json({"note": note})
        else:
            typer.echo(note, nl=False)
