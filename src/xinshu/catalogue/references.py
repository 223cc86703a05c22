"""Code systems that items refer to and other rooms maintain: divisions and industries."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class References:
    """What exists: division codes of GB/T 2260 in force and retired, industry codes of GB/T 4754-2017 (all levels).

    An empty set knows no code, so every value is then unknown.
    """

    divisions_current: frozenset[str] = field(default_factory=frozenset)
    divisions_retired: frozenset[str] = field(default_factory=frozenset)
    industries: frozenset[str] = field(default_factory=frozenset)
