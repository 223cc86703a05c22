"""`xinshu worker`: background work without HTTP, for more processes or machines."""

from __future__ import annotations

import asyncio
import signal

import typer

from xinshu.cli.output import explained, run
from xinshu.core.clock import SystemClock
from xinshu.core.settings import load_settings
from xinshu.node.logs import configure
from xinshu.node.services import open_services

app = typer.Typer(help="只运行后台任务。")


@app.callback(invoke_without_command=True)
def worker() -> None:
    """处理排队的批次,直到中断。例:XINSHU_WORKERS=2 xinshu worker"""
    with explained():
        settings = load_settings()
        configure(settings)

        async def work() -> None:
            async with open_services(settings, SystemClock()) as services:
                ended = asyncio.Event()
                for number in (signal.SIGINT, signal.SIGTERM):
                    asyncio.get_running_loop().add_signal_handler(number, ended.set)
                await services.take_up_unfinished()
                runner = services.worker()
                runner.start()
                await ended.wait()
                await runner.stop()

        run(work)
