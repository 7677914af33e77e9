"""Inferring what no list holds: laws of the estimate, and populations whose size is known."""

from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from rounds.recapture import Cells, Known, clustering_of, collection_rate, together, unfound

COUNT = st.integers(0, 3_000)
CELLS = st.builds(Cells, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT)


def population(size: int, found: float, mapped: float, indexed: float, seed: int) -> Cells:
    """Pages that enter each list by their own luck."""
    chance = random.Random(seed)
    numbers = dict.fromkeys(("f", "fa", "fb", "fab", "a", "b", "ab", ""), 0)
    for _ in range(size):
        name = "".join(
            letter for letter, share in (("f", found), ("a", mapped), ("b", indexed)) if chance.random() < share
        )
        numbers[name] += 1
    del numbers[""]
    return Cells(**numbers)


@given(CELLS, COUNT, COUNT, COUNT, st.floats(0, 1))
def test_a_rate_is_a_share_within_its_interval(cells, pending, lost, announced, clustering) -> None:
    """0 ≤ low ≤ value ≤ high ≤ 1, whatever the lists hold; and no estimate without a list."""
    known = Known(cells.found, pending, lost, cells, 0, announced)
    rate = collection_rate(known, clustering=clustering)
    if not cells.listed or not cells.found:
        assert rate is None
        return
    assert 0 <= rate.low <= rate.value + 1e-9
    assert rate.value <= rate.high + 1e-9 <= 1 + 2e-9


@given(CELLS)
def test_what_is_seen_to_be_missing_is_missing(cells) -> None:
    """The upper end never denies pages that are there and were not found."""
    rate = collection_rate(Known(cells.found, 0, 0, cells))
    if rate is not None:
        assert rate.high <= cells.found / (cells.found + cells.beyond) + 1e-9


def test_lists_that_are_drawn_by_luck_tell_the_size() -> None:
    """Of 2,000 pages the crawl finds seven in ten; from lists of 40 % and 30 % the interval holds that, run after run."""
    held = 0
    for seed in range(40):
        cells = population(2_000, 0.7, 0.4, 0.3, seed)
        rate = collection_rate(Known(cells.found, 0, 0, cells))
        held += rate.low <= cells.found / 2_000 <= rate.high
        assert abs(rate.value - 0.7) < 0.06
    assert held >= 36


def test_one_list_is_enough_for_an_interval() -> None:
    """Without a search engine, or without maps, the other list stands alone."""
    cells = population(1_000, 0.9, 0.5, 0.0, 1)
    rate = collection_rate(Known(cells.found, 0, 0, cells))
    assert rate.low < 0.9 < rate.high
    assert rate.high - rate.low < 0.06


def test_each_way_reaches_as_far_as_its_error() -> None:
    """Worked out by hand: 50 ± 95 % by the lists aside (Chapman's standard error), 26 and 110 ± 95 % by pairs."""
    guess = unfound(Cells(f=900, fa=90, fb=80, fab=30, a=12, b=10, ab=4))
    error = math.sqrt(17 * 15 * 12 * 10 / (5**2 * 6))  # 16 mapped, 14 indexed, 4 both, of what the crawl lacks
    assert math.isclose(guess.low, 50 / math.exp(1.96 * math.sqrt(math.log1p((error / 50) ** 2))), rel_tol=0.001)
    cells = (900.5, 90.5, 80.5, 30.5, 12.5, 10.5, 4.5)
    unseen = 900.5 * 12.5 * 10.5 * 30.5 / (90.5 * 80.5 * 4.5)
    reach = math.exp(1.96 * math.sqrt(math.log1p(sum(1 / one for one in cells))))
    assert math.isclose(guess.high, 26 + unseen * reach, rel_tol=0.001)


def test_nothing_missing_says_how_sure_that_is() -> None:
    """No unfound page among 100 that are named leaves room; among 10,000 hardly any."""
    few = collection_rate(Known(10_000, 0, 0, Cells(f=9_900, fa=100)))
    many = collection_rate(Known(10_000, 0, 0, Cells(fa=10_000)))
    assert few.high == many.high == 1
    assert few.low < 0.97
    assert many.low > 0.999


def test_a_list_that_says_it_is_longer_is_believed() -> None:
    """Announced entries that nobody has seen are the least that is missing."""
    cells = Cells(f=500, fa=500)
    assert collection_rate(Known(1_000, 0, 0, cells, announced=250)).high == 0.8


def test_pages_that_may_lie_too_deep_leave_the_upper_end_open() -> None:
    """They count as missing in the estimate, and as none where the best is asked for."""
    cells = Cells(f=500, fa=480, a=20)
    sure = collection_rate(Known(980, 0, 0, cells))
    doubted = collection_rate(Known(980, 0, 0, cells, doubtful=20))
    assert sure.high < 1.0 == doubted.high
    assert sure.value == doubted.value


def test_lost_pages_count_at_the_lower_end_only() -> None:
    """What could not be had is missing, or is no page."""
    cells = Cells(f=500, fa=500)
    rate = collection_rate(Known(900, 0, 100, cells))
    assert rate.high == 1.0
    assert rate.value <= 0.9


def test_sites_that_differ_widen_the_interval() -> None:
    """Where one site is listed whole and another hardly, missing pages on one of them say less about all."""
    alike = [Known(100, 0, 0, Cells(f=50, fa=50, a=5)) for _ in range(10)]
    unlike = [Known(100, 0, 0, Cells(f=90 if n % 2 else 10, fa=10 if n % 2 else 90, a=5)) for n in range(10)]
    assert clustering_of(alike) == 0.0
    spread = clustering_of(unlike)
    assert spread > 0
    narrow, wide = (collection_rate(together(unlike), clustering=one) for one in (0.0, spread))
    assert wide.low < narrow.low
    assert wide.value == narrow.value


def test_attachments_are_missed_as_pages_are() -> None:
    """Lists name pages; as many more are missing as there are attachments to a page."""
    cells = Cells(f=400, fa=400, a=100)
    plain = collection_rate(Known(800, 0, 0, cells))
    with_files = collection_rate(Known(1_000, 0, 0, cells, attachments=200))
    assert abs(plain.value - with_files.value) < 0.001


def test_unfound_needs_two_lists() -> None:
    """Nothing is inferred from the crawl alone."""
    assert unfound(Cells(f=100)) is None
    assert unfound(Cells(a=10)) is None
