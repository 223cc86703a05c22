"""Commands and what they show, read from the ```console blocks of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DRAWN = re.compile(r"[\s│┃─━]+")


@dataclass
class Command:
    """One command of a page and the words that it is shown to answer with."""

    text: str
    words: list[str] = field(default_factory=list)

    def missing_from(self, output: str) -> list[str]:
        """Words shown on the page and not in the output; line breaks and the lines of tables do not count."""
        plain = _DRAWN.sub("", output)
        return [word for word in self.words if word not in plain]


def commands(page: str) -> list[Command]:
    """The commands of a page, in order. Raises ValueError for output before any command."""
    found: list[Command] = []
    for block in _BLOCK.findall(page):
        lines = [line for line in block.splitlines() if line.strip()]
        if not lines or not lines[0].startswith("$ "):
            raise ValueError(f"a console block begins with a command: {block!r}")
        for line in lines:
            if line.startswith("$ "):
                found.append(Command(line[2:]))
            else:
                found[-1].words += [word for word in _DRAWN.split(line) if word]
    return found
