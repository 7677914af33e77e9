"""The join of fingerprints: exactly the pairs that comparing all pairs would give."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.near_join import near_pairs

BITS = st.integers(0, 63)


@st.composite
def families(draw: st.DrawFn) -> list[int]:
    """Some values, and beside each a few others that differ from it in up to six bits."""
    values = draw(st.lists(st.integers(0, 2**64 - 1), max_size=12))
    near = [
        value ^ sum({1 << bit for bit in draw(st.sets(BITS, max_size=6))})
        for value in values
        for _ in range(draw(st.integers(0, 3)))
    ]
    return sorted({*values, *near})


@given(families(), st.integers(0, 6))
def test_the_pairs_are_those_of_comparing_all(values: list[int], distance: int) -> None:
    """No pair within the distance is missed, none beyond it is given, none is given twice."""
    truth = [[a, b] for a, b in combinations(values, 2) if (a ^ b).bit_count() <= distance]
    assert near_pairs(np.array(values, np.uint64), distance).tolist() == truth


def test_a_long_run_of_neighbours_is_joined_whole() -> None:
    """Values that agree in all but their lowest bits fill one run, over the bounds of the parts it is compared in."""
    values = np.arange(40_000, dtype=np.uint64) << np.uint64(48)
    pairs = near_pairs(values[:3_000], 1)
    truth = {(a, a ^ (1 << bit)) for a in range(3_000) for bit in range(12) if a < (a ^ (1 << bit)) < 3_000}
    assert {(int(a) >> 48, int(b) >> 48) for a, b in pairs} == truth
    assert len(near_pairs(values, 0)) == 0


def test_equal_values_are_refused() -> None:
    """Equal fingerprints are a group: as pairs a thousand of them would be half a million."""
    with pytest.raises(ValueError, match="distinct"):
        near_pairs(np.array([7, 9, 7], np.uint64), 3)
