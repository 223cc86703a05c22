"""What is wrong with the definitions: a fault with its place, and the errors of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from xinshu.core.errors import NotFoundError, XinshuError


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in a definition file; line and column count from 1, 0 where the file as a whole is meant."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"

    def as_dict(self) -> dict[str, Any]:
        """The fault as a JSON object."""
        return asdict(self)


class DefinitionsInvalidError(XinshuError):
    """The definitions cannot be used; `faults` holds every fault found."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "definitions_invalid"

    def __init__(self, folder: Path, faults: Sequence[Fault]) -> None:
        shown = "\n".join(str(f) for f in faults[:5])
        more = f"\n……另有 {len(faults) - 5} 处" if len(faults) > 5 else ""
        super().__init__(
            f"目录定义有 {len(faults)} 处错误:\n{shown}{more}",
            hint=f"用 xinshu catalogue check {folder} 查看全部错误",
            faults=[f.as_dict() for f in faults],
        )
        self.faults = tuple(faults)


class ItemNotFoundError(NotFoundError):
    """No such item in the catalogue."""

    code: ClassVar[str] = "item_not_found"


class ItemVersionError(XinshuError):
    """The item does not accept batches of that version on that day."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "item_version_refused"
