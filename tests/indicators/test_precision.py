"""Wilson's interval against known values, and its laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.precision import precision


@pytest.mark.parametrize(
    ("right", "checked", "low", "high"),
    # Worked values of the 95 % score interval: Newcombe (1998), table 1, and 0 and all of ten.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_known_values(right: int, checked: int, low: float, high: float) -> None:
    """Agrees with the literature to four places."""
    found = precision(right, checked)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_laws(pair: tuple[int, int]) -> None:
    """The share lies inside, the bounds inside 0..1, and errors mirror what is right."""
    right, checked = pair
    found, mirrored = precision(right, checked), precision(checked - right, checked)
    assert 0 <= found.low <= found.high <= 1
    if checked:
        assert found.low - 1e-12 <= found.share <= found.high + 1e-12
    assert found.low == pytest.approx(1 - mirrored.high)


def test_more_pages_make_it_narrower() -> None:
    """Nine of ten and ninety of a hundred have the same share; the second says more."""
    few, many = precision(9, 10), precision(90, 100)
    assert few.low < many.low < many.high < few.high


def test_nothing_checked_says_nothing() -> None:
    """No page: anything between 0 and 1."""
    assert (precision(0, 0).low, precision(0, 0).high) == (0.0, 1.0)
    with pytest.raises(ValueError, match="3 right of 2"):
        precision(3, 2)
