"""`xinshu db`: bring the schema up, down, and tell where it is."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer
from rich.console import Console

from xinshu.cli.output import Json, explained, print_json, run
from xinshu.core.settings import load_settings
from xinshu.store import Database
from xinshu.store.migrate import current_revision, downgrade, head_revision, upgrade

app = typer.Typer(help="数据库:升级、降级、查看状态。", no_args_is_help=True)


@app.command("upgrade")
def upgrade_schema(as_json: Json = False) -> None:
    """升级到本软件的结构版本。例:xinshu db upgrade"""
    _change(lambda dsn: upgrade(dsn), as_json)


@app.command("downgrade")
def downgrade_schema(
    revision: Annotated[str, typer.Argument(help="目标版本,base 为清空。")],
    yes: Annotated[bool, typer.Option("--yes", help="确认:降级会删除数据。")] = False,
    as_json: Json = False,
) -> None:
    """降级;会删除数据,须加 --yes。例:xinshu db downgrade 0001 --yes"""
    if not yes:
        raise typer.BadParameter("降级会删除数据;确认请加 --yes")
    _change(lambda dsn: downgrade(dsn, revision), as_json)


@app.command()
def status(as_json: Json = False) -> None:
    """查看数据库版本、结构版本与大小。例:xinshu db status"""
    _change(lambda dsn: None, as_json)


def _change(change: Any, as_json: bool) -> None:
    with explained(as_json):

        async def work() -> dict[str, Any]:
            db = await Database.open(load_settings(), migrate=False)
            try:
                await asyncio.to_thread(change, db.dsn)
                async with db.acquire() as conn:
                    return {
                        "server": await conn.fetchval("show server_version"),
                        "revision": await asyncio.to_thread(current_revision, db.dsn),
                        "head": head_revision(),
                        "bytes": await conn.fetchval("select pg_database_size(current_database())"),
                    }
            finally:
                await db.close()

        result = run(work)
        if as_json:
            print_json(result)
        else:
            console = Console()
            console.print(
                f"PostgreSQL {result['server']},结构版本 {result['revision'] or '空'}(本软件 {result['head']})"
            )
            console.print(f"大小 {result['bytes'] / 2**20:.1f} MiB")
