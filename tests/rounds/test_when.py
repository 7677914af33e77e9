"""When schedules are due, in China: next times, what was missed, what overlaps, what never comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounds.when import MONTHLY, QUARTERLY, BadCron, Due, Missed, Overlap, due, named, parse, times

CHINA = ZoneInfo("Asia/Shanghai")


def at(year: int, month: int, day: int, hour: int = 2, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


def first(expression: str, after: datetime, number: int = 4) -> list[datetime]:
    return list(islice(times(parse(expression), CHINA, after), number))


def test_quarters_and_months_begin_at_two_in_china() -> None:
    """Whatever the zone of the clock; the time itself is not after itself."""
    assert first(QUARTERLY, datetime(2026, 12, 31, 17, 59, tzinfo=UTC)) == [
        at(2027, 1, 1), at(2027, 4, 1), at(2027, 7, 1), at(2027, 10, 1),
    ]  # fmt: skip
    assert first(QUARTERLY, at(2027, 1, 1), 1) == [at(2027, 4, 1)]
    assert first(MONTHLY, at(2027, 1, 31), 2) == [at(2027, 2, 1), at(2027, 3, 1)]


@pytest.mark.parametrize(
    ("expression", "coming"),
    [
        ("*/30 8-9 * * *", [at(2027, 3, 1, 8), at(2027, 3, 1, 8, 30), at(2027, 3, 1, 9), at(2027, 3, 1, 9, 30)]),
        ("0 1 * * 1", [at(2027, 3, 1, 1), at(2027, 3, 8, 1)]),
        ("0 1 * * 7", [at(2027, 3, 7, 1), at(2027, 3, 14, 1)]),
        ("0 1 13 * 5", [at(2027, 3, 5, 1), at(2027, 3, 12, 1), at(2027, 3, 13, 1)]),  # either, as in cron
        ("0 1 29 2 *", [at(2028, 2, 29, 1), at(2032, 2, 29, 1)]),
        ("0 1 31 */2 *", [at(2027, 3, 31, 1), at(2027, 5, 31, 1), at(2027, 7, 31, 1)]),
    ],
)
def test_expressions_as_cron_reads_them(expression, coming) -> None:
    """Steps, ranges, weekdays, leap days."""
    assert first(expression, at(2027, 3, 1, 0), len(coming)) == coming


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 2 30 2 *", "永远不会到"), ("0 2 31 4,6,9,11 *", "永远不会到"), ("0 2 1 *", "五栏"), ("0 24 1 * *", "时一栏"),
        ("x 2 1 * *", "分一栏"), ("0 2 0 * *", "日一栏"), ("0 2 5-3 * *", "日一栏"), ("*/0 2 1 * *", "分一栏"),
    ],
)  # fmt: skip
def test_what_cannot_be_or_never_comes_is_refused_by_its_field(expression, said) -> None:
    """A day that no month has never comes; a field out of its bounds is named."""
    with pytest.raises(BadCron, match=said):
        parse(expression)


def asked(last: datetime, now: datetime, missed=Missed.ONCE, overlap=Overlap.SKIP, ended=None) -> list[Due]:
    return due(parse(MONTHLY), CHINA, last, ended, now, missed, overlap)


def test_missed_times_are_made_up_once_or_skipped() -> None:
    """Of three missed months the latest alone is run, or none; one met within the hour is on time."""
    last, now = at(2027, 1, 1), at(2027, 4, 20)
    skipped = [Due(at(2027, 2, 1), "missed"), Due(at(2027, 3, 1), "missed")]
    assert asked(last, now) == [*skipped, Due(at(2027, 4, 1))]
    assert asked(last, now, Missed.SKIP) == [*skipped, Due(at(2027, 4, 1), "missed")]
    assert asked(at(2027, 3, 1), at(2027, 4, 1, 2, 40), Missed.SKIP) == [Due(at(2027, 4, 1))]
    assert asked(at(2027, 4, 1), at(2027, 4, 30)) == []


def test_a_time_that_came_while_the_run_before_was_under_way() -> None:
    """Skipped, or begun when that has ended, however late."""
    last, ended, now = at(2027, 1, 1), at(2027, 2, 10), at(2027, 2, 10, 3)
    assert asked(last, now, ended=ended) == [Due(at(2027, 2, 1), "overlap")]
    assert asked(last, now, Missed.SKIP, Overlap.WAIT, ended) == [Due(at(2027, 2, 1))]


@given(st.integers(0, 300_000), st.integers(0, 3000))
def test_times_are_in_order_and_none_is_lost_between_looks(start, hours) -> None:
    """Two looks see together what one sees."""
    begun = at(2026, 1, 1) + timedelta(hours=start)
    middle, end = begun + timedelta(hours=hours), begun + timedelta(hours=hours * 2)
    whole = [one.at for one in asked(begun, end)]
    parts = [one.at for one in asked(begun, middle)] + [one.at for one in asked(middle, end)]
    assert whole == sorted(whole) == parts


def test_rounds_are_named_after_their_time() -> None:
    """Quarter, month, day and week; an unknown field is refused."""
    assert named("{year}Q{quarter}", at(2027, 12, 1)) == "2027Q4"
    assert named("r-{year}{month}{day}-w{week}", at(2027, 1, 4)) == "r-20270104-w01"
    with pytest.raises(BadCron, match="season"):
        named("{season}", at(2027, 1, 4))
