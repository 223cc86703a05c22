"""YAML with places: plain data, and for each path the line and column where it stands.

Scalars are read by fixed rules, not by a YAML version's: unquoted `true`, `false`, `null`, numbers and YYYY-MM-DD
dates have a type, everything else is text (`no` and `NOK` are text). A key given twice, an alias or a merge is a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from xinshu.catalogue.faults import Fault

Where = tuple[str | int, ...]

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # C reads a file in 2 ms, Python in 40
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?[0-9]+\.[0-9]+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass
class Source:
    """One definition file as read; `data` is None where nothing could be read."""

    path: Path
    name: str  # as shown in faults, relative to the definitions
    data: Any = None
    marks: dict[Where, tuple[int, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def place(self, path: Where) -> tuple[int, int]:
        """Line and column of `path`, or of its nearest ancestor that is in the file."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))

    def fault(self, path: Where, message: str) -> Fault:
        """A fault at `path`."""
        line, column = self.place(path)
        return Fault(self.name, line, column, dotted(path), message)

    def add(self, path: Where, message: str) -> None:
        """Note a fault at `path`."""
        self.faults.append(self.fault(path, message))


def dotted(path: Where) -> str:
    """A path as people write it: fields[3].checks.min."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read(path: Path, root: Path) -> Source:
    """Read one file; what cannot be read is in the `faults` of the result, never an exception."""
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    source = Source(path, name)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        node = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        source.faults.append(Fault(name, 0, 0, "", f"不是 UTF-8 文本(第 {error.start} 字节):请转换编码"))
    except OSError as error:
        source.faults.append(Fault(name, 0, 0, "", f"无法读取:{error.strerror}"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        source.faults.append(Fault(name, line, column, "", f"YAML 语法错误:{error.problem or error.context}"))
    except yaml.YAMLError as error:
        source.faults.append(Fault(name, 0, 0, "", f"YAML 语法错误:{error}"))
    else:
        if node is None:
            source.faults.append(Fault(name, 0, 0, "", "文件是空的"))
        else:
            source.data = _build(source, node, (), set())
    return source


def _build(source: Source, node: Any, path: Where, seen: set[int]) -> Any:
    source.marks.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else _plain(node.value)
    if id(node) in seen:
        source.add(path, "不支持 YAML 别名(*):请写出全部内容")
        return None
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_build(source, child, (*path, i), seen) for i, child in enumerate(node.value)]
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            source.add(path, "键必须是文字")
            continue
        key = key_node.value  # a key is always text: an unquoted 1 means "1"
        source.marks[(*path, key)] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if key in result:
            source.add((*path, key), f"键 {key} 重复")
            continue
        result[key] = _build(source, value_node, (*path, key), seen)
    return result


def _plain(text: str) -> Any:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < 19 else text
    if _FLOAT.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
