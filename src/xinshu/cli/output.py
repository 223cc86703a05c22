"""What the commands share: JSON for machines, errors in words, one event loop, a bar for long work."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

from xinshu.core.errors import UnavailableError, XinshuError

Json = Annotated[bool, typer.Option("--json", help="输出 JSON,供程序读取。")]
Answer = TypeVar("Answer")


BAR = (TextColumn("[progress.description]{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n")


def print_json_line(value: Any) -> None:
    """One JSON object on one line, for streams of them."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode() + "\n")
    sys.stdout.flush()


@contextmanager
def explained(as_json: bool = False) -> Iterator[None]:
    """Turn an expected fault into words (or JSON) and an exit code: 1 for the user's, 2 for a dependency's."""
    try:
        yield
    except XinshuError as error:
        if as_json:
            print_json({"error": error.as_dict()})
        else:
            console = Console(stderr=True)
            console.print(f"错误:{error.message}", style="red", highlight=False, markup=False)
            if error.hint:
                console.print(f"怎么办:{error.hint}", style="dim", highlight=False, markup=False)
        raise typer.Exit(2 if isinstance(error, UnavailableError) else 1) from error


def local_user() -> str:
    """Who runs the command, as the operating system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return str(os.getuid())


def run(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Run a coroutine to its end on a new loop, the fast one."""
    import uvloop  # only commands that wait for something need it

    async def main() -> Answer:
        return await work()

    return uvloop.run(main())
