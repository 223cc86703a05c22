"""Entry point of the `xinshu` command; a group's module is imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click
import typer
from typer.core import TyperGroup

GROUPS = {
    "bench": "性能测量:与同机同次测得的极限相比。",
    "catalogue": "信息目录:查看、检查、比较事项,生成模板与文档。",
    "collect": "归集:报送文件、抽取库表、查看批次、取反馈、处置暂停的批次。",
    "config": "设置:查看现行设置及其来源。",
    "db": "数据库:升级、降级、查看状态。",
    "demo": "演示:生成示范省,走完归集到查询的全过程。",
    "serve": "启动节点。",
    "subject": "信用主体:校验代码、查询、查看。",
    "synth": "虚构世界:生成一个自洽的示范省。",
    "worker": "只运行后台任务。",
}


class LazyGroup(TyperGroup):
    """Loads `xinshu.cli.<name>` when the command is used: `--help` and small commands stay fast."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in GROUPS:
            return None
        if len(sys.argv) > 1 and sys.argv[1] == cmd_name:
            module = importlib.import_module(f"xinshu.cli.{cmd_name}")
            command = typer.main.get_command(module.app)
            command.name = cmd_name
            return command
        return click.Command(cmd_name, help=GROUPS[cmd_name], short_help=GROUPS[cmd_name])


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they may hold secrets
    help="信枢 xinshu:融资信用服务平台。例:xinshu demo;xinshu collect add 文件.csv --item 8 --provider ndrc",
)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", help="显示版本。")) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(installed("xinshu"))
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    app()
