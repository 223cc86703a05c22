"""Entry point of the `xinshu` command; a group's module is imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click
import typer
from typer.core import TyperGroup

GROUPS = {
    "account": "账户:建立首个平台管理员,查看、邀请、解锁、关闭账户。",
    "bench": "性能测量:与同机同次测得的极限相比。",
    "catalogue": "信息目录:查看、检查、比较事项,生成模板与文档。",
    "client": "系统客户端:登记、密钥、令牌。",
    "collect": "归集:报送文件、抽取库表、查看批次、取反馈、处置暂停的批次。",
    "consent": "授权:查看授权,离线验证授权签名。",
    "config": "设置:查看现行设置及其来源。",
    "db": "数据库:升级、降级、查看状态。",
    "evaluate": "信用评价:指标、评价模型、运行评价、查看评价与理由。",
    "modules": "特色功能模块:检查定义、识别主体、查看依据。",
    "demo": "演示:生成示范省,走完入驻、归集、查询、存证的全过程。",
    "permission": "权限:查看权限表,解释为何可以或不可以。",
    "ledger": "存证:验证回执、审计日志、签发检查点。",
    "keys": "密钥:查看、检查、更换、退役,依法销毁。",
    "member": "成员:申请、办理入驻、暂停、恢复、退出。",
    "report": "信用报告:出具、列出、查看、下载 PDF、核验。",
    "sandbox": "沙箱:填入虚构数据,查看状态。",
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
