"""Values from channels: counted where they were watched, never absent, a floor told only where it scores in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.catalogue import load
from indicators.channel_values import RULES, Heard, HeardPost, outcome_of, words_in
from indicators.value_rules import ValueKind
from indicators.values import State, Why

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAY = timedelta(days=1)
POINTS = load().points
OWN = {
    "u weibo 1": ("weibo", "1 甲市发布"),
    "u wechat 2": ("wechat", "2 甲市政府网"),
    "u weibo 3": ("weibo", "3 平安甲市"),
}
CHANNEL = [point for point in load().machine() if point.value is not None and point.value.kind is ValueKind.CHANNEL]


def posts(
    number: int, account: str = "u weibo 1", text: str = "今日要闻", every: timedelta = DAY / 2
) -> tuple[HeardPost, ...]:
    channel = account.split(" ")[1]
    return tuple(HeardPost(channel, account, NOW - every * (at + 1), f"{text}{at}", "") for at in range(number))


def test_every_rule_is_of_a_channel_point() -> None:
    """And what has none stays unobserved."""
    assert set(RULES) < {point.code for point in CHANNEL}
    for point in CHANNEL:
        found = outcome_of(point, Heard(NOW))
        if point.channel == "search-engine":
            why = Why.NEEDS_CHANNEL
        else:
            why = Why.NO_ACCOUNT if point.code in RULES else Why.NOT_SHOWN
        assert (found.state, found.why, found.score) == (State.UNOBSERVED, why, None), point.code


@given(number=st.integers(0, 80), watched=st.booleans(), code=st.sampled_from([one.code for one in CHANNEL]))
def test_nothing_a_channel_shows_is_ever_absent(*, number: int, watched: bool, code: str) -> None:
    """Whatever was heard; a score just where there is a value."""
    unseen = frozenset() if watched else frozenset(OWN)
    found = outcome_of(POINTS[code], Heard(NOW, OWN, posts(number), unseen))
    assert found.state is not State.ABSENT
    assert (found.score is not None) == (found.state is State.MEASURED)


def test_posts_of_the_government_itself_are_counted() -> None:
    """Thirty of the sixty that score in full; the police's account and last season's posts are none of them."""
    far = (HeardPost("weibo", "u weibo 1", NOW - 40 * DAY, "旧闻", ""),)
    heard = Heard(NOW, OWN, (*posts(30, every=DAY * 0.9), *posts(9, "u weibo 3"), *far))
    found = outcome_of(POINTS["1.2.2-M03"], heard)
    assert (found.state, found.value, found.score) == (State.MEASURED, 30.0, 0.5)
    opened = outcome_of(POINTS["1.2.2-M02"], heard)
    assert (opened.value, opened.more) == (1.0, {"accounts": 1.0})


def test_a_count_with_gaps_is_a_floor() -> None:
    """Told where it scores in full already; else nobody can say."""
    gappy = Heard(NOW, OWN, posts(30), frozenset({"u weibo 1"}))
    assert outcome_of(POINTS["1.2.2-M03"], gappy).why is Why.CHANNEL_GAPS
    full = replace(gappy, posts=posts(60, every=DAY / 3))
    assert outcome_of(POINTS["1.2.2-M03"], full).score == 1.0


def test_an_account_without_a_feed_is_no_account_that_was_not_watched() -> None:
    """The cause that holds: nothing shows its posts, or somebody did not look all the time; both: the gaps can be mended."""
    own = frozenset({"u weibo 1"})
    feedless = Heard(NOW, OWN, (), own, own)
    assert outcome_of(POINTS["1.2.2-M03"], feedless).why is Why.NO_FEED
    assert outcome_of(POINTS["1.2.2-M03"], replace(feedless, feedless=frozenset())).why is Why.CHANNEL_GAPS
    both = replace(feedless, unseen=own | {"u wechat 2"})
    assert outcome_of(POINTS["2.3.3-M07"], both).why is Why.CHANNEL_GAPS
    assert outcome_of(POINTS["1.2.2-M05"], replace(feedless, accounts={})).why is Why.NO_ACCOUNT


def test_a_fortnight_without_a_post_scores_nothing() -> None:
    """Where the account was watched all the time."""
    heard = Heard(NOW, OWN, posts(30))  # of the last fifteen days
    found = outcome_of(POINTS["1.2.2-M03"], heard)
    assert (found.value, found.score, found.more) == (30.0, 0.0, {"silent_days": 15.0})


def test_services_and_reminders_are_told_by_the_words_of_their_points() -> None:
    """A share needs twenty posts, and is of both channels; copies count once."""
    told = (*posts(15), *posts(10, "u wechat 2", text="停水通知"))
    heard = Heard(NOW, OWN, (*told, replace(told[-1], copy=True)))
    share = outcome_of(POINTS["1.2.2-M09"], heard)
    assert (share.value, share.score, share.population) == (0.4, 1.0, 25)
    reminders = outcome_of(POINTS["2.3.3-M07"], heard)
    assert reminders.value == 10.0
    assert outcome_of(POINTS["1.2.2-M09"], replace(heard, posts=told[:19])).why is Why.TOO_FEW
    assert "停水" in words_in(POINTS["2.3.3-M07"].evidence)


@pytest.mark.parametrize(
    ("asked", "state", "why"),
    [
        ((4, 0.85), "measured", None),
        ((4, None), "unobserved", Why.NOT_ANSWERED),
        ((1, 1.0), "unobserved", Why.NOT_ALL_NAMED),
        ((0, None), "unobserved", Why.NEEDS_CHANNEL),
    ],
)
def test_a_search_point_is_measured_where_all_its_questions_were_answered(asked, state, why) -> None:
    """A point whose words are not all named cannot be asked whole; what is not told has its own cause."""
    found = outcome_of(POINTS["1.3.1-M05"], Heard(NOW, asked={"1.3.1-M05": asked}))
    assert (found.state, found.why) == (state, why)
    assert found.score == (asked[1] if state == "measured" else None)
    two = outcome_of(POINTS["1.3.3-M05"], Heard(NOW, asked={"1.3.3-M05": (2, 0.7)}))
    assert two.score == 0.7
