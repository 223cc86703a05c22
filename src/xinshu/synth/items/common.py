"""What several items need: organs, document numbers, publicity."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from xinshu.synth.calendar import years_of
from xinshu.synth.draws import Floats, Ints
from xinshu.synth.organs import ordinal, organ_codes, organ_names
from xinshu.synth.rows import decimals
from xinshu.synth.text import Column, digits, join
from xinshu.synth.view import View


def organ(view: View, owner: Ints, bureau: str | Ints, city_level: bool = False) -> tuple[Column, Column]:
    """Name and unified credit code of the county's (city's) organ for each row; `bureau` by name or by ordinal."""
    number = ordinal(bureau) if isinstance(bureau, str) else bureau
    home = (view.firms.city if city_level else view.firms.county)[owner]
    basis = view.basis
    return organ_names(basis, home, number, city_level), organ_codes(basis, home, number, city_level)


def document_numbers(view: View, owner: Ints, stem: str, day: Ints, serial: Ints) -> Column:
    """Document numbers such as 虚市监罚〔2024〕000012301号, distinct for distinct (subject, serial below 100)."""
    number = digits(view.index[owner] * 100 + serial, 8)
    return join(stem, "〔", digits(years_of(day)), "〕", number, "号")


def unique_numbers(view: View, owner: Ints, stem: str, serial: Ints | int = 0, width: int = 10) -> Column:
    """Registration and account numbers made of a stem, the subject's number and a serial below 100."""
    return join(stem, digits(view.index[owner] * 100 + np.asarray(serial), width))


def amount_text(amount: Floats) -> Column:
    """Amounts as they stand in a sentence, two decimals."""
    return decimals(amount, 2).cast(pa.string())
