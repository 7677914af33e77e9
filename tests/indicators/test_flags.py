"""The checks of values: each finds what it is for, and leaves what is usual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.flags import Checked, FlagKind, deviation, flags
from indicators.value_rules import ValueKind
from indicators.values import State


def value(unit, code="1.1.1-M04", number=24.0, kind=ValueKind.COUNT, state=State.MEASURED, **more):
    return Checked(unit, code, kind, state, number, **more)


def kinds_of(found):
    return [(flag.unit, flag.code, flag.kind) for flag in found]


def test_a_value_far_from_its_peers_is_flagged_with_what_is_usual() -> None:
    """One of twelve that is a hundred times the others; among its own kind only; never among fewer than eight."""
    usual = [value(f"{number:02d}", number=20.0 + number) for number in range(11)]
    (flag,) = flags([*usual, value("99", number=2600.0)])
    assert (flag.unit, flag.kind, flag.found, flag.expected) == ("99", FlagKind.OUTLIER, 2600.0, 25.5)
    assert flags([*usual[:5], value("99", number=2600.0)]) == []
    apart = {each.unit: "地级市" for each in usual} | {"99": "自治州"}
    assert flags([*usual, value("99", number=2600.0)], kinds=apart) == []


def test_one_that_differs_from_many_alike_is_flagged() -> None:
    """Where the median deviation is 0 the mean one tells."""
    alike = [value(f"{number:02d}", "1.1.1-M03", 1.0, ValueKind.ELEMENTS) for number in range(19)]
    assert kinds_of(flags([*alike, value("99", "1.1.1-M03", 0.2, ValueKind.ELEMENTS)])) == [
        ("99", "1.1.1-M03", FlagKind.OUTLIER)
    ]


@pytest.mark.parametrize(
    ("now", "then", "flagged"),
    [
        (value("1", number=24.0), value("1", number=22.0), False),
        (value("1", number=240.0), value("1", number=24.0), True),
        (value("1", number=2.0), value("1", number=1.0), False),
        (value("1", number=0.0, state=State.ABSENT), value("1", number=24.0), True),
        (value("1", number=None, state=State.UNOBSERVED), value("1", number=24.0), False),
        (value("1", "a", 0.2, ValueKind.PARTS), value("1", "a", 0.9, ValueKind.PARTS), True),
        (value("1", "a", 0.7, ValueKind.PARTS), value("1", "a", 0.9, ValueKind.PARTS), False),
    ],
)
def test_a_leap_since_the_last_round(now, then, flagged) -> None:
    """Gone, five times as many, half a share less; what was not observed is no leap."""
    found = flags([now], before=[then], before_name="2026Q3")
    assert [flag.kind for flag in found] == ([FlagKind.LAST_ROUND] if flagged else [])
    assert all(flag.other == "2026Q3" for flag in found)


def test_the_site_s_own_count() -> None:
    """Counted 20 of the 900 it states; a list read nearly whole is no trouble."""
    assert kinds_of(flags([value("1", counted=20.0, stated=900.0)])) == [("1", "1.1.1-M04", FlagKind.OWN_COUNT)]
    assert flags([value("1", counted=80.0, stated=92.0)]) == []


def test_values_that_cannot_be_together() -> None:
    """Rows of a list that is not there; more services fully online than online at all."""
    absent = value("1", "1.1.1-M01", 0.0, ValueKind.EXISTS, State.ABSENT)
    assert kinds_of(flags([absent, value("1")])) == [("1", "1.1.1-M04", FlagKind.CONTRADICTION)]
    unseen = value("1", "1.1.1-M01", None, ValueKind.EXISTS, State.UNOBSERVED)
    assert flags([unseen, value("1")]) == []
    fully, online = value("1", "2.2.4-M01", 0.6, ValueKind.RATIO), value("1", "2.2.3-M01", 0.4, ValueKind.RATIO)
    assert kinds_of(flags([fully, online])) == [("1", "2.2.4-M01", FlagKind.CONTRADICTION)]


def test_the_page_classifier_s_word() -> None:
    """Every page that shows it was judged irrelevant."""
    assert kinds_of(flags([value("1", rejected=True)])) == [("1", "1.1.1-M04", FlagKind.CLASSIFIER)]


@given(st.lists(st.floats(0, 1e6), min_size=8, max_size=40))
def test_deviation_is_0_at_the_middle_and_grows_outward(peers) -> None:
    """A modified z-score: never negative, the median's own is least."""
    scores = sorted((abs(each - sorted(peers)[len(peers) // 2]), deviation(each, peers)) for each in peers)
    assert all(score >= 0 for _, score in scores)
    assert deviation(peers[0], [peers[0]] * 9) == 0
