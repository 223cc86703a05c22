"""The tutorial's commands, run as they stand in an empty home; each must succeed and show what the page shows."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_blocks import Command, commands

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
SHOWN_PORT = "8848"
TIMEOUT = 240  # seconds for the whole page, on a machine that does other things too


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder outside pytest's own, which every pytest that starts closes to the embedded server's account."""
    made = Path(tempfile.mkdtemp(prefix="xinshu-tutorial-"))
    yield made
    shutil.rmtree(made)


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _script(steps: list[Command], port: str) -> str:
    """One shell for all commands, as a reader has: each with an output and an exit code of its own."""
    lines = ["set -o pipefail", "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    for number, step in enumerate(steps):
        text = step.text.replace(SHOWN_PORT, port)
        lines += ["{", text, f"}} > out.{number} 2>&1", "code=$?"]
        lines += [f"echo $code > code.{number}", "[ $code = 0 ] || exit $code"]
    return "\n".join(lines) + "\n"


def _environment(folder: Path, port: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("XINSHU_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return ours | {
        "PATH": path,
        "XINSHU_HOME": str(folder / "home"),
        "XINSHU_PORT": port,
        "COLUMNS": "240",
        "LC_ALL": "C.UTF-8",
        "no_proxy": "127.0.0.1",
    }


def _run(script: str, folder: Path, port: str) -> None:
    shell = ["bash", "-c", script]
    process = subprocess.Popen(shell, cwd=folder, env=_environment(folder, port), start_new_session=True)
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_every_command_of_the_tutorial_works(folder: Path) -> None:
    for needed in ("bash", "curl", "sed"):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    steps = commands(PAGE.read_text(encoding="utf-8"))
    assert len(steps) > 15
    port = _free_port()
    _run(_script(steps, port), folder, port)
    for number, step in enumerate(steps):
        said, code = folder / f"out.{number}", folder / f"code.{number}"
        output = said.read_text(encoding="utf-8") if said.exists() else "(not run)"
        assert code.exists(), f"$ {step.text}\ndid not end\n{output}"
        assert code.read_text().strip() == "0", f"$ {step.text}\n{output}"
        missing = step.missing_from(output)
        assert not missing, f"$ {step.text}\ndoes not show {missing}\n{output}"
