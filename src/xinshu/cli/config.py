"""`xinshu config`: the settings in force and where each comes from."""

from __future__ import annotations

import os
import tomllib
from typing import Any

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from xinshu.cli.output import Json, explained, print_json
from xinshu.core.settings import ENV_PREFIX, Settings, config_file, load_settings

app = typer.Typer(help="设置:查看现行设置及其来源。", no_args_is_help=True)


@app.command()
def show(as_json: Json = False) -> None:
    """显示现行设置、来源与说明;秘密只显示 ***。例:xinshu config show"""
    with explained(as_json):
        settings = load_settings()
        rows = [
            {
                "name": name,
                "value": _shown(getattr(settings, name)),
                "origin": origin_of(name),
                "variable": ENV_PREFIX + name.upper(),
                "description": field.description,
            }
            for name, field in Settings.model_fields.items()
        ]
        if as_json:
            print_json(rows)
            return
        table = Table("设置", "值", "来源", "说明", title="现行设置")
        for row in rows:
            table.add_row(row["name"], str(row["value"]), str(row["origin"]), row["description"])
        Console().print(table)


@app.command()
def token(as_json: Json = False) -> None:
    """显示初始化令牌在哪里(不显示令牌);它只用一次,建立首个平台管理员。例:xinshu config token"""
    with explained(as_json):
        from xinshu.node.access import BootstrapToken

        settings = load_settings()
        kept = BootstrapToken(settings)
        if settings.admin_token is not None:
            place: str | None = f"环境变量或 {config_file()}"
        else:
            place = str(kept.path) if kept.read() is not None else None
        if as_json:
            print_json({"place": place})
        elif place is None:
            Console().print("没有初始化令牌:节点还没有启动过,或已有平台管理员", highlight=False)
        else:
            Console().print(f"初始化令牌在:{place};建立首个平台管理员后不再起作用", highlight=False)


def origin_of(name: str) -> str:
    """Where a setting's value comes from: environment, file or default."""
    variables = {key.upper() for key in os.environ}
    if ENV_PREFIX + name.upper() in variables:
        return "环境变量"
    path = config_file()
    if path.is_file() and name in tomllib.loads(path.read_text(encoding="utf-8")):
        return str(path)
    return "默认"


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "***"
    return value if value is None or isinstance(value, (int, bool)) else str(value)
