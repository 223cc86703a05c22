"""Code systems that checks and mappings refer to, gathered once a process from `core`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xinshu.catalogue.references import References
from xinshu.collect.steps import Lookups
from xinshu.core.divisions import Divisions
from xinshu.core.industries import Industries


@dataclass(frozen=True)
class Codes:
    """References for the checks, lookups for the mappings."""

    references: References
    lookups: Lookups

    @classmethod
    def load(cls, definitions: Path) -> Codes:
        """Read the code systems. Raises ReferenceDataError."""
        divisions = Divisions.load()
        current, retired = frozenset(divisions.current), frozenset(divisions.retired)
        cities: dict[str, str] = {}
        for code, division in divisions.current.items():
            if code.endswith("00") and not code.endswith("0000"):
                short = division.name.removesuffix("市").removesuffix("地区").removesuffix("盟")
                for name in (division.name, short):
                    cities.setdefault(name, code)
        industries = frozenset(industry.code for industry in Industries.load(definitions))
        return cls(References(current, retired - current, industries), Lookups(current | retired, cities))
