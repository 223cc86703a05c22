"""Level 7: the `xinshu` command.

One module a command group; `main` is the entry point.
"""

from xinshu.cli.main import main

__all__ = ["main"]
