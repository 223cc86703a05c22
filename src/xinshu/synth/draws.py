"""Counter-based randomness: a draw depends only on (seed, purpose, counters), never on what was drawn before.

So any slice of the world can be made alone, in any order and by any number of workers, with the same result.
The mixing function is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_NORMAL_BITS = 14


def _mix(values: Bits) -> Bits:
    values ^= values >> np.uint64(30)
    values *= _FIRST
    values ^= values >> np.uint64(27)
    values *= _SECOND
    values ^= values >> np.uint64(31)
    return values


@lru_cache(maxsize=1)
def _normal_table() -> Floats:
    """Quantiles of the standard normal distribution: a look-up gives the same value wherever it is computed."""
    size = 1 << _NORMAL_BITS
    inverse = NormalDist().inv_cdf
    return np.array([inverse((i + 0.5) / size) for i in range(size)], dtype=np.float64)


@lru_cache(maxsize=4096)
def _key(seed: int, purpose: str) -> int:
    digest = blake2b(f"{seed}|{purpose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


class Draws:
    """Draws of one world; `counters` are broadcast against each other (subject, month, ordinal, ...)."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bits(self, purpose: str, *counters: Ints) -> Bits:
        """64 random bits for each combination of counters."""
        state: Bits = np.full(1, _key(self.seed, purpose), dtype=np.uint64)
        for counter in counters:
            state = _mix(state + np.asarray(counter).astype(np.uint64) * _GOLDEN + _GOLDEN)
        return state

    def uniform(self, purpose: str, *counters: Ints) -> Floats:
        """Uniform in [0, 1)."""
        return (self.bits(purpose, *counters) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, purpose: str, *counters: Ints) -> Floats:
        """Standard normal, within ±4."""
        cell = (self.bits(purpose, *counters) >> np.uint64(64 - _NORMAL_BITS)).astype(np.int64)
        return _normal_table()[cell]

    def below(self, limit: int | Ints, purpose: str, *counters: Ints) -> Ints:
        """An integer in [0, limit); limit < 2**31, at least 1."""
        high = self.bits(purpose, *counters) >> np.uint64(32)
        return ((high * np.asarray(limit).astype(np.uint64)) >> np.uint64(32)).astype(np.int64)

    def between(self, low: int | Ints, high: int | Ints, purpose: str, *counters: Ints) -> Ints:
        """An integer in [low, high], both included; `low` where high < low."""
        span = np.maximum(np.asarray(high, dtype=np.int64) - np.asarray(low, dtype=np.int64) + 1, 1)
        return np.asarray(low, dtype=np.int64) + self.below(span, purpose, *counters)

    def happens(self, chance: float | Floats, purpose: str, *counters: Ints) -> Flags:
        """True with the given chance."""
        return self.uniform(purpose, *counters) < chance

    def pick(self, weights: tuple[float, ...], purpose: str, *counters: Ints) -> Ints:
        """An ordinal of `weights`, drawn in proportion to them."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = self.uniform(purpose, *counters) * edges[-1]
        ordinal: Ints = np.minimum(np.searchsorted(edges, drawn, side="right"), len(weights) - 1).astype(np.int64)
        return ordinal

    def permute(self, values: Ints, width: int, purpose: str) -> Ints:
        """A bijection of [0, 2**width) by a Feistel network of four rounds; `width` is even."""
        half = np.uint64(width // 2)
        mask = np.uint64((1 << (width // 2)) - 1)
        state = np.asarray(values).astype(np.uint64)
        left, right = state >> half, state & mask
        for turn in range(4):
            mixed = self.bits(f"{purpose}/{turn}", right.astype(np.int64)) & mask
            left, right = right, left ^ mixed
        return ((left << half) | right).astype(np.int64)


def explode(counts: Ints) -> tuple[Ints, Ints]:
    """Positions repeated `counts` times, and the ordinal within each: [2, 0, 1] → ([0, 0, 2], [0, 1, 0])."""
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - starts[owner]
