"""How well the modules find who belongs to them, against firms of the real register that were labelled by hand.

`LABELS.md` says how the sample was drawn and labelled. `pytest -s` shows the table that docs/modules.md quotes.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from xinshu.catalogue import Catalogue
from xinshu.core.settings import packaged_definitions
from xinshu.modules.classify import Firm, classify
from xinshu.modules.loader import BookOfModules
from xinshu.subjects.rules import kind_of

LABELS = Path(__file__).parent / "labels.csv"
MODULES = ("strategic-emerging", "future-industries", "green", "key-supply-chains", "agriculture")
DRAWN_FROM = {
    "rest": 158_186, "agri-maker": 34_614, "agri-mention": 11_574, "chains-maker": 12_702, "chains-mention": 8_838,
    "green-core": 3_223, "green-maker": 19_426, "green-mention": 5_445, "sei-maker": 13_861, "sei-mention": 9_537,
    "future-core": 849, "future-maker": 3_093, "future-mention": 1_355, "future-insurer": 97,
}  # fmt: skip
FLOORS = {  # precision and recall over the test split: lower ends of the intervals measured when this was written
    "strategic-emerging": (0.79, 0.44), "future-industries": (0.52, 0.30), "green": (0.72, 0.31),
    "key-supply-chains": (0.60, 0.44), "agriculture": (0.77, 0.60),
}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """A firm with its labels and what the modules make of it."""

    code: str
    stratum: str
    split: str
    labels: Mapping[str, str]
    reason: str
    firm: Firm
    degrees: Mapping[str, str]


@dataclass(frozen=True)
class Figures:
    """Of one module over one split; firms labelled `unclear` do not count."""

    right: int  # member, labelled yes
    wrong: int  # member, labelled no
    missed: int  # labelled yes, no member
    possible: int  # of those missed, at least possible
    weighted: float | None  # precision over the whole register, as the strata's sizes suggest

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)


def interval(hits: int, of: int) -> tuple[float, float]:
    """95 % by Wilson."""
    if of == 0:
        return 0.0, 1.0
    z = 1.96
    share, base = hits / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / base
    half = z / base * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)


def share(hits: int, of: int) -> str:
    """A share with its interval."""
    low, high = interval(hits, of)
    return f"{hits / max(of, 1):.2f} [{low:.2f}, {high:.2f}]"


def texts(folder: Path, codes: set[str]) -> Iterator[tuple[str, str, str]]:
    """Code, name and scope of the wanted rows of the register."""
    for path in sorted(folder.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            wanted = (line for line in lines if line.split(",", 2)[1:2] and line.split(",", 2)[1].strip() in codes)
            for row in csv.reader(wanted):
                yield row[1].strip(), row[0], row[6]


@pytest.fixture(scope="module")
def labelled(shared_data: Path) -> list[Labelled]:
    """The sample, classified."""
    with LABELS.open(encoding="utf-8", newline="") as lines:
        rows = {row["code"]: row for row in csv.DictReader(lines)}
    definitions = packaged_definitions()
    book = BookOfModules.load(definitions, Catalogue.load(definitions))
    found = []
    for code, name, scope in texts(shared_data / "registry", set(rows)):
        row = rows.pop(code)
        firm = Firm(name, None, scope, kind_of(code).value if len(code) == 18 else None)
        degrees = {id: one.degree for id, one in classify(book, firm, modules=MODULES).items()}
        labels = {module: row[module] for module in MODULES}
        found.append(Labelled(code, row["stratum"], row["split"], labels, row["reason"], firm, degrees))
    assert rows == {}, "the register no longer has these firms"
    return found


def figures(labelled: list[Labelled], module: str, split: str) -> Figures:
    drawn = Counter(one.stratum for one in labelled if one.split == split)
    right = wrong = missed = possible = 0
    heavy = {"yes": 0.0, "no": 0.0}
    for one in labelled:
        label, member = one.labels[module], one.degrees[module] == "member"
        if one.split != split or label == "unclear":
            continue
        if member:
            right, wrong = right + (label == "yes"), wrong + (label == "no")
            heavy[label] += DRAWN_FROM[one.stratum] / drawn[one.stratum]
        elif label == "yes":
            missed, possible = missed + 1, possible + (one.degrees[module] == "possible")
    whole = heavy["yes"] + heavy["no"]
    return Figures(right, wrong, missed, possible, heavy["yes"] / whole if whole else None)


def test_the_labels_are_whole() -> None:
    with LABELS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == len({row["code"] for row in rows}) == 393
    assert {row[module] for row in rows for module in MODULES} == {"yes", "no", "unclear"}
    assert {row["split"] for row in rows} == {"tune", "test"}
    assert {row["stratum"] for row in rows} == set(DRAWN_FROM)
    assert sum(all(row[module] == "no" for module in MODULES) for row in rows) > 80


def test_precision_and_recall(labelled: list[Labelled]) -> None:
    told = ["module | split | right | wrong | missed (possible) | precision | recall | precision, weighted"]
    for module in MODULES:
        for split in ("tune", "test"):
            got = figures(labelled, module, split)
            weighted = "-" if got.weighted is None else f"{got.weighted:.2f}"
            told.append(
                f"`{module}` | {split} | {got.right} | {got.wrong} | {got.missed} ({got.possible}) | "
                f"{share(got.right, got.right + got.wrong)} | {share(got.right, got.right + got.missed)} | {weighted}"
            )
    sys.stdout.write("\n" + "\n".join(f"| {line} |" for line in told) + "\n")
    for module, (precision, recall) in FLOORS.items():
        got = figures(labelled, module, "test")
        assert got.precision >= precision, f"{module}: precision {got.precision:.2f}"
        assert got.recall >= recall, f"{module}: recall {got.recall:.2f}"
