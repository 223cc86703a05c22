"""The reader of console blocks: a tutorial whose commands were not found would pass without saying anything."""

from __future__ import annotations

import pytest
from console_blocks import Command, commands

PAGE = """
Text.

```console
$ xinshu catalogue list
共 37 项
│ 8 │ 行政处罚 │
$ true
```

```
$ not a console block
```
"""


def test_commands_are_read_with_their_words() -> None:
    assert commands(PAGE) == [Command("xinshu catalogue list", ["共", "37", "项", "8", "行政处罚"]), Command("true")]


def test_output_without_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a command"):
        commands("```console\nanswer\n```\n")


def test_words_are_found_across_the_lines_of_a_table() -> None:
    command = Command("x", ["校验码应为“N”", "没有"])
    assert command.missing_from("│ 2 │ 第18位校验码 │\n│   │ 应为“N” │") == ["没有"]
