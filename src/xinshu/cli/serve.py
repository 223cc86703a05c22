"""`xinshu serve`: the node answers over HTTP and works in the background."""

from __future__ import annotations

import socket

import typer
import uvicorn
from rich.console import Console

from xinshu.cli.output import explained, run
from xinshu.core.clock import SystemClock
from xinshu.core.errors import UnavailableError
from xinshu.core.settings import Settings, load_settings
from xinshu.node.app import build_node
from xinshu.node.edge.tls import uvicorn_tls
from xinshu.node.logs import configure
from xinshu.node.services import Services, open_services

app = typer.Typer(help="启动节点。")

GRACE = 20  # seconds that requests under way get when the node stops; streams of the big screen never end by themselves


class PortTakenError(UnavailableError):
    """Another program listens where the node is to listen."""

    code = "port_taken"


@app.callback(invoke_without_command=True)
def serve() -> None:
    """启动节点,直到中断;接口文档在 /docs。例:XINSHU_PORT=9000 xinshu serve"""
    with explained():
        settings = load_settings()
        configure(settings)
        refuse_taken_port(settings)

        async def work() -> None:
            async with open_services(settings, SystemClock()) as services:
                await run_node(services)

        run(work)


async def run_node(services: Services) -> None:
    """Answer until interrupted."""
    settings = services.settings
    Console(stderr=True).print(
        f"节点地址 {settings.origin}(监听 {settings.host}:{settings.port}),接口文档 /docs", highlight=False
    )
    config = uvicorn.Config(
        build_node(services), settings.host, settings.port, log_level="warning", access_log=False, lifespan="on",
        timeout_graceful_shutdown=GRACE, **uvicorn_tls(settings, services.clock),
    )  # fmt: skip
    await uvicorn.Server(config).serve()


def refuse_taken_port(settings: Settings) -> None:
    """Raise PortTakenError when the address cannot be bound."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTakenError(
                f"无法监听 {settings.host}:{settings.port}:{error.strerror}",
                hint="端口已被占用时,用 XINSHU_PORT 换一个",
            ) from error
