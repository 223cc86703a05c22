"""All phrases of all modules, found in one pass over a clause. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from xinshu.modules.model import WordFile
from xinshu.modules.scope import CACHED

Kind = Literal["object", "activity", "generic"]
LONGEST = 300  # characters of a clause that are looked at
KEPT = 50_000  # clauses remembered: standing ones come again and again


@dataclass(frozen=True)
class Entry:
    """Where a phrase is declared: module, place of its group of words (-1: generic), what kind of phrase."""

    module: str
    group: int
    kind: Kind


@dataclass(frozen=True)
class Hit:
    """A phrase found in a text at `start`."""

    start: int
    phrase: str

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.start + len(self.phrase)


class Lexicon:
    """Phrases of every module by their first two characters."""

    def __init__(self, files: Iterable[tuple[str, WordFile]]) -> None:
        known: defaultdict[str, list[Entry]] = defaultdict(list)
        for module, one in files:
            for phrase in one.generic:
                known[phrase].append(Entry(module, -1, "generic"))
            for group, words in enumerate(one.words):
                for phrase in words.objects:
                    known[phrase].append(Entry(module, group, "object"))
                for phrase in words.activities:
                    known[phrase].append(Entry(module, group, "activity"))
        self._by_start: defaultdict[str, list[tuple[str, tuple[Entry, ...]]]] = defaultdict(list)
        for phrase, entries in known.items():
            self._by_start[phrase[:2]].append((phrase, tuple(entries)))
        self._cached = lru_cache(KEPT)(self._find)

    def hits(self, text: str) -> Mapping[str, Sequence[tuple[Hit, Entry]]]:
        """What each module finds in a text, by its place; a phrase that lies in a longer one of it does not count."""
        return self._cached(text) if len(text) <= CACHED else self._find(text)

    def _find(self, text: str) -> dict[str, list[tuple[Hit, Entry]]]:
        text = text[:LONGEST]
        by_module: defaultdict[str, list[tuple[Hit, Entry]]] = defaultdict(list)
        for start in range(len(text) - 1):
            for phrase, entries in self._by_start.get(text[start : start + 2], ()):
                if text.startswith(phrase, start):
                    hit = Hit(start, phrase)
                    for entry in entries:
                        by_module[entry.module].append((hit, entry))
        return {
            module: [pair for pair in found if not any(_covers(other, pair[0]) for other, _ in found)]
            for module, found in by_module.items()
        }


def _covers(longer: Hit, hit: Hit) -> bool:
    return longer.start <= hit.start and longer.end >= hit.end and len(longer.phrase) > len(hit.phrase)
