"""`xinshu keys`: look at keys, check, rotate and retire them, shred on lawful deletion. No key is ever shown."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from xinshu.cli.output import BAR, Json, explained, print_json, run
from xinshu.core.clock import SystemClock
from xinshu.core.settings import load_settings
from xinshu.crypto import KeyRing, Vault, rotation
from xinshu.store import Database
from xinshu.store.data_keys import DataKeys
from xinshu.subjects.shredding import Shredder

app = typer.Typer(help="密钥:查看、检查、更换、退役,依法销毁。", no_args_is_help=True)
Answer = TypeVar("Answer")
STATES = {"active": "[green]现行[/green]", "old": "旧", "retired": "[dim]已退役[/dim]"}


@app.command()
def show(as_json: Json = False) -> None:
    """列出密钥加密密钥及其包裹的密钥数,不显示密钥。例:xinshu keys show"""
    with explained(as_json):
        seen = _with_ring(rotation.overview)
        if as_json:
            print_json(asdict(seen))
            return
        table = Table("编号", "提供方", "套件", "状态", "启用于", "本机持有", "数据密钥", "秘密")
        for key in seen.keys:
            held = "是" if key.held else "[red]否[/red]" if key.state != "retired" else "否"
            table.add_row(
                key.id, key.provider, key.suite, STATES[key.state], key.created_at, held, f"{key.data_keys:,}",
                str(key.secrets),
            )  # fmt: skip
        console = Console()
        console.print(table)
        console.print(
            f"新密钥的提供方 {seen.provider};数据密钥 {seen.data_keys:,} 把,已依法销毁 {seen.destroyed:,} 把",
            highlight=False,
        )


@app.command()
def check(as_json: Json = False) -> None:
    """用每把密钥加密密钥各打开一把密钥,打不开时退出码为 1。例:xinshu keys check"""
    with explained(as_json):
        checks = _with_ring(rotation.check)
        if as_json:
            print_json([asdict(one) for one in checks])
        else:
            console = Console()
            for one in checks:
                mark = "[green]可用[/green]" if one.opened else f"[red]不可用({one.error})[/red]"
                console.print(f"{one.id}  {STATES[one.state]}  {mark}  {one.message}", highlight=False)
    if not all(one.opened for one in checks):
        raise typer.Exit(1)


@app.command()
def rotate(as_json: Json = False) -> None:
    """启用新的密钥加密密钥,把所有密钥重新包裹;服务不停,中断后再执行即续做。例:xinshu keys rotate"""
    with explained(as_json):
        with Progress(*BAR, console=Console(stderr=True), disable=as_json, transient=True) as progress:
            task = progress.add_task("重新包裹", total=None)

            def shown(count: int, total: int) -> None:
                progress.update(task, completed=count, total=total)

            done = _with_ring(lambda ring: rotation.rotate(ring, shown))
        if as_json:
            print_json(asdict(done))
        else:
            word = "新密钥" if done.made else "接着上次的更换,现行密钥"
            Console().print(f"{word} {done.active};重新包裹 {done.rewrapped:,} 把", highlight=False)


@app.command()
def retire(
    key_id: Annotated[str, typer.Argument(help="密钥加密密钥的编号(xinshu keys show)。")], as_json: Json = False
) -> None:
    """让一把不再需要的旧密钥退役;还有密钥由它包裹时拒绝。例:xinshu keys retire 1f2e3d4c5b6a7980"""
    with explained(as_json):
        place = _with_ring(lambda ring: rotation.retire(ring, key_id))
        if as_json:
            print_json({"id": key_id, "place": place})
        else:
            Console().print(
                f"密钥 {key_id} 已退役,现存于 {place};更换以前的数据库备份仍需要它,待这些备份到期再销毁",
                highlight=False,
            )


@app.command()
def shred(
    reason: Annotated[str, typer.Option(help="理由,存档。")],
    subject: Annotated[str, typer.Option(help="主体的统一社会信用代码或平台编号。")] = "",
    batch: Annotated[int, typer.Option(help="批次编号:销毁其原始文件的密钥。")] = 0,
    by: Annotated[str, typer.Option(help="经办人;不写为系统用户名。")] = "",
    as_json: Json = False,
) -> None:
    """依法删除:销毁封存某主体内容的数据密钥,不可恢复。例:xinshu keys shred --subject ZN32… --reason 本人申请"""
    if (subject == "") == (batch == 0):
        raise typer.BadParameter("--subject 与 --batch 写其中一项")
    who = by or getpass.getuser()

    async def work(db: Database, vault: Vault) -> dict[str, Any]:
        shredder = Shredder(db, vault, SystemClock())
        if batch:
            return {"batch": batch, "keys": await shredder.shred_file(batch, reason, who)}
        return asdict(await shredder.shred(subject, reason, who))

    with explained(as_json):
        done = run(lambda: _with_vault(work))
        if as_json:
            print_json(done)
            return
        console = Console()
        console.print(f"已销毁数据密钥 {done['keys']} 把", highlight=False)
        if done.get("batches"):
            numbers = "、".join(map(str, done["batches"]))
            console.print(
                f"批次 {numbers} 的原始文件中仍有该主体的行;不再需要时用 xinshu keys shred --batch 销毁整个文件的密钥",
                highlight=False,
            )


def _with_ring(act: Callable[[KeyRing], Answer]) -> Answer:
    async def work() -> Answer:
        settings = load_settings()
        db = await Database.open(settings)
        try:
            return await asyncio.to_thread(act, KeyRing.load(settings, DataKeys(db.dsn, SystemClock())))
        finally:
            await db.close()

    return run(work)


async def _with_vault(act: Callable[[Database, Vault], Awaitable[Answer]]) -> Answer:
    settings = load_settings()
    db = await Database.open(settings)
    try:
        return await act(db, Vault.load(settings, DataKeys(db.dsn, SystemClock())))
    finally:
        await db.close()
