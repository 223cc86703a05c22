"""A model as somebody writes it, YAML or JSON, read before it is drafted: the model, or every fault with its line."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from xinshu.catalogue import DefinitionsInvalidError, Fault
from xinshu.evaluate import scorecards
from xinshu.evaluate.loader import Book
from xinshu.evaluate.scorecard import Scorecard


@dataclass(frozen=True)
class Draft:
    """`card` is None where there are faults; lines and columns count from 1, 0 where the whole text is meant."""

    card: Scorecard | None
    faults: tuple[Fault, ...] = ()


def read_text(text: str, book: Book) -> Draft:
    """Read a model from text; nothing is stored or raised. JSON is read as the YAML that it is."""
    with tempfile.TemporaryDirectory(prefix="xinshu-draft-") as folder:
        path = Path(folder) / "model.yml"
        path.write_text(text, encoding="utf-8")
        try:
            return Draft(scorecards.read_one(path, book))
        except DefinitionsInvalidError as error:
            return Draft(None, error.faults)
