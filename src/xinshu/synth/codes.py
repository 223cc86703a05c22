"""Numbers of subjects and persons with right check digits, vectorised; none of them is a number in use.

Unified credit codes carry the organisation-code prefix `XN` (虚拟), which no authority issues; citizen numbers carry
the division `<province>9901`, which does not exist.
"""

from __future__ import annotations

import numpy as np

from xinshu.synth.calendar import first_day, months_of, years_of
from xinshu.synth.draws import Draws, Ints
from xinshu.synth.text import Column, ascii_digits, fixed

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015
_ALPHABET_CODES = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_VALUE = np.zeros(128, dtype=np.int64)
_VALUE[_ALPHABET_CODES] = np.arange(31)
_ORGANISATION_VALUE = np.zeros(128, dtype=np.int64)  # GB 11714: 0-9, then A-Z as 10-35
_ORGANISATION_VALUE[48:58] = np.arange(10)
_ORGANISATION_VALUE[65:91] = np.arange(10, 36)
_CODE_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_CITIZEN_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CITIZEN_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_ORGANISATION_CHECK = np.frombuffer(b"0123456789X0", dtype=np.uint8)
_APPLICATION_WEIGHTS = np.array([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])
_ALPHABET_OF_ELEVEN = np.frombuffer(b"0123456789X", dtype=np.uint8)
_SERIAL_WIDTH = 28  # 2**28 < 31**6: distinct subjects have distinct codes


def credit_codes(draws: Draws, index: Ints, second: Ints, division: Ints, first: int = 9) -> Column:
    """Unified social credit codes (GB 32100-2015), unique by `index` < 2**28; `second` is the kind after `first`."""
    matrix = np.empty((len(index), 18), dtype=np.uint8)
    matrix[:, 0] = 48 + first
    matrix[:, 1] = 48 + second
    matrix[:, 2:8] = ascii_digits(division, 6)
    matrix[:, 8:10] = np.frombuffer(b"XN", dtype=np.uint8)
    serial = draws.permute(index, _SERIAL_WIDTH, "code")
    powers = 31 ** np.arange(5, -1, -1, dtype=np.int64)
    matrix[:, 10:16] = _ALPHABET_CODES[(serial[:, None] // powers) % 31]
    body = _ORGANISATION_VALUE[matrix[:, 8:16]] @ _ORGANISATION_WEIGHTS
    matrix[:, 16] = _ORGANISATION_CHECK[11 - body % 11]
    total = _VALUE[matrix[:, :17]] @ _CODE_WEIGHTS
    matrix[:, 17] = _ALPHABET_CODES[(31 - total % 31) % 31]
    return fixed(matrix)


def registration_numbers(draws: Draws, index: Ints, division: Ints) -> Column:
    """Old registration numbers: 6 division, 8 serial, 1 check (ISO 7064 MOD 11,10); unique by `index` < 2**26."""
    matrix = np.empty((len(index), 15), dtype=np.uint8)
    matrix[:, :6] = ascii_digits(division, 6)
    matrix[:, 6:14] = ascii_digits(draws.permute(index, 26, "registration"), 8)
    rest = np.full(len(index), 10, dtype=np.int64)
    for column in range(14):
        total = (rest + matrix[:, column] - 48) % 10
        rest = np.where(total == 0, 10, total) * 2 % 11
    matrix[:, 14] = 48 + (11 - rest) % 10
    return fixed(matrix)


def citizen_numbers(province: int, born: Ints, sequence: Ints) -> Column:
    """Citizen numbers (GB 11643) of a division that does not exist; `born` holds day numbers."""
    matrix = np.empty((len(born), 18), dtype=np.uint8)
    matrix[:, :6] = ascii_digits(np.full(len(born), province * 10000 + 9901), 6)
    months = months_of(born)
    matrix[:, 6:14] = ascii_digits(years_of(born) * 10000 + (months % 12 + 1) * 100 + born - first_day(months) + 1, 8)
    matrix[:, 14:17] = ascii_digits(sequence, 3)
    total = (matrix[:, :17].astype(np.int64) - 48) @ _CITIZEN_WEIGHTS
    matrix[:, 17] = _CITIZEN_CHECK[total % 11]
    return fixed(matrix)


def customs_codes(division: Ints, index: Ints) -> Column:
    """Ten-character customs codes: city, then six characters unique by `index`."""
    matrix = np.empty((len(index), 10), dtype=np.uint8)
    matrix[:, :4] = ascii_digits(division // 100, 4)
    powers = 31 ** np.arange(5, -1, -1, dtype=np.int64)
    matrix[:, 4:] = _ALPHABET_CODES[(index[:, None] // powers) % 31]
    return fixed(matrix)


def application_numbers(year: Ints, kind: Ints, serial: Ints) -> Column:
    """Patent application numbers: year, kind, seven digits, point, check (ZC 0006-2003)."""
    body = ascii_digits(year * 100_000_000 + kind * 10_000_000 + serial, 12)
    check = (body.astype(np.int64) - 48) @ _APPLICATION_WEIGHTS % 11
    point = np.full((len(year), 1), ord("."), dtype=np.uint8)
    return fixed(np.hstack([body, point, _ALPHABET_OF_ELEVEN[check][:, None]]))
