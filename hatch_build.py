"""Puts the built web application into the wheel, as `xinshu/_web`.

An editable install builds nothing: the node then serves `web/dist` of the checkout, which `make web` builds.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds `web/` before a wheel is put together."""

    def dependencies(self) -> list[str]:
        """Node as a package, where the system has none."""
        web = _builder(Path(self.root))
        return [] if web.find_node() is not None else [web.WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and add the result to the wheel's files."""
        if version != "editable":
            build_data["force_include"][str(_builder(Path(self.root)).build())] = "xinshu/_web"


def _builder(root: Path) -> ModuleType:
    """`web/build.py` as a module."""
    spec = importlib.util.spec_from_file_location("xinshu_web_build", root / "web/build.py")
    if spec is None or spec.loader is None:
        sys.exit("web/build.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
