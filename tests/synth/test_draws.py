"""Counter-based randomness."""

from __future__ import annotations

import numpy as np

from xinshu.synth.draws import Draws, explode
from xinshu.synth.events import ordinals, repeats


def test_a_draw_depends_only_on_its_counters() -> None:
    draws = Draws(5)
    whole = draws.uniform("x", np.arange(1000)[:, None], np.arange(12))
    part = draws.uniform("x", np.array([700, 3])[:, None], np.array([11, 0]))
    assert (part == whole[np.ix_([700, 3], [11, 0])]).all()
    assert not (Draws(6).uniform("x", np.arange(10)) == whole[:10, 0]).any()
    assert not (draws.uniform("y", np.arange(10)) == draws.uniform("x", np.arange(10))).any()


def test_distributions() -> None:
    draws, index = Draws(1), np.arange(50_000)
    assert abs(draws.uniform("u", index).mean() - 0.5) < 0.01
    normal = draws.normal("n", index)
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02
    assert set(draws.between(3, 5, "b", index)) == {3, 4, 5}
    shares = np.bincount(draws.pick((1.0, 0.0, 3.0), "p", index)) / len(index)
    assert np.allclose(shares, [0.25, 0, 0.75], atol=0.01)


def test_permutation_keeps_numbers_apart() -> None:
    permuted = Draws(9).permute(np.arange(1 << 12), 12, "p")
    assert sorted(permuted.tolist()) == list(range(1 << 12))


def test_explode_and_ordinals_are_inverse() -> None:
    owner, rank = explode(np.array([2, 0, 3]))
    assert owner.tolist() == [0, 0, 2, 2, 2]
    assert rank.tolist() == ordinals(owner).tolist() == [0, 1, 0, 1, 2]
    assert ordinals(np.empty(0, dtype=np.int64)).tolist() == []
    assert repeats(np.array([1, 1, 1, 2]), np.array([5, 6, 5, 5])).tolist() == [0, 0, 1, 0]
