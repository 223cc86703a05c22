"""`xinshu bench`: runs the measurements in the checkout's `bench/` folder."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from xinshu.cli.output import explained
from xinshu.core.errors import NotFoundError

app = typer.Typer(help="性能测量:与同机同次测得的极限相比。")


class BenchNotFoundError(NotFoundError):
    """There is no such measurement, or no checkout."""

    code = "bench_unknown"


@app.callback(invoke_without_command=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="名称,如 collect。其后的参数交给该测量。")],
) -> None:
    """运行一项性能测量(须在源码目录中)。例:xinshu bench collect"""
    with explained():
        folder = Path.cwd() / "bench"
        script = folder / f"{name}.py"
        if not name.replace("_", "").isalnum() or not script.is_file():
            known = "、".join(sorted(p.stem for p in folder.glob("*.py"))) or "无(请在源码目录中运行)"
            raise BenchNotFoundError(f"没有名为 {name} 的测量", hint=f"现有:{known}")
    sys.argv = [str(script), *context.args]
    runpy.run_path(str(script), run_name="__main__")
