"""Values of points that only a channel shows: weibo and wechat by their posts, search engines by the places of results.  Pure.

Nothing here is ever absent: an account nobody has named may exist, a time nobody has watched may hold posts, an engine
that kept silent may know the page.  Where watched time has gaps a count is a floor: it is told only where the floor
already scores in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from indicators.records import Point
from indicators.scores import score
from indicators.values import Outcome, State, Why

WINDOW: Final = timedelta(days=30)  # 近30天, in the text of each point
SILENCE: Final = timedelta(days=14)  # 连续14天无更新直接=0 (1.2.2-M03, -M05)
FEWEST: Final = 20  # posts before a share of them is told: what 2.3.3-M06 asks of comments
# Whose account it is not, although it is a unit's: departments and media (evidence of 1.2.2-M06, exclusions of -M02 and -M04).
OTHERS: Final = re.compile(
    "公安|平安|警|人社|人力|教育|卫健|卫生|疾控|住建|公积金|交通|税务|市场监管|工商|旅游|文旅|气象|消防|法院|检察|日报|晚报|电视|广播"
)
_QUESTIONS: Final = re.compile(r"÷(\d+)$|^(两)词平均")


@dataclass(frozen=True, slots=True)
class HeardPost:
    """A post that is no advertisement and harms nobody; `copy` where another of its unit and channel says the same."""

    channel: str
    account: str
    at: datetime
    title: str
    text: str
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What the channels gave of one unit.  `accounts`: id → (channel, its names); `unseen` are ids with gaps in the window.

    `feedless` are those of them that have gaps because nothing shows what they post.
    """

    on: datetime
    accounts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    posts: Sequence[HeardPost] = ()
    unseen: frozenset[str] = frozenset()
    feedless: frozenset[str] = frozenset()
    asked: Mapping[str, tuple[int, float | None]] = field(default_factory=dict)  # point → questions, score

    def own(self, *channels: str) -> frozenset[str]:
        """Accounts of the government itself in these channels."""
        return frozenset(
            one for one, (channel, names) in self.accounts.items() if channel in channels and not OTHERS.search(names)
        )

    def of(self, accounts: frozenset[str]) -> list[HeardPost]:
        """Their posts of the window, oldest first."""
        posts = (one for one in self.posts if one.account in accounts and self.on - WINDOW <= one.at < self.on)
        return sorted(posts, key=lambda one: one.at)


def outcome_of(point: Point, heard: Heard) -> Outcome:
    """The value of a channel point."""
    if point.channel == "search-engine":
        return _found(point, heard)
    rule = RULES.get(point.code)
    return Outcome(State.UNOBSERVED, Why.NOT_SHOWN) if rule is None else rule(point, heard)


def words_in(evidence: str) -> tuple[str, ...]:
    """The words a point's evidence names first: `标题含 停水|停电;…`."""
    return tuple(evidence.partition(";")[0].partition("含 ")[2].split("|"))


def _found(point: Point, heard: Heard) -> Outcome:
    """How well own sites are found, where every question of the point was named, asked and answered."""
    questions, share = heard.asked.get(point.code, (0, None))
    named = _QUESTIONS.search(point.scoring.partition(";")[0]) or _QUESTIONS.search(point.scoring.partition(":")[0])
    wanted = 0 if named is None else int(named[1]) if named[1] else 2
    if not questions:
        return Outcome(State.UNOBSERVED, Why.NEEDS_CHANNEL)
    if questions != wanted:
        return Outcome(State.UNOBSERVED, Why.NOT_ALL_NAMED)
    if share is None:
        return Outcome(State.UNOBSERVED, Why.NOT_ANSWERED)
    return _measured(point, share, population=questions)


def _opened(point: Point, heard: Heard) -> Outcome:
    accounts = heard.own(point.channel)
    if not accounts:
        return Outcome(State.UNOBSERVED, Why.NO_ACCOUNT)
    return _measured(point, 1.0, accounts=float(len(accounts)))


def _active(point: Point, heard: Heard) -> Outcome:
    accounts = heard.own(point.channel)
    posts = [one for one in heard.of(accounts) if not (one.copy and point.channel == "wechat")]
    found = _counted(point, heard, accounts, posts)
    if found.state is State.MEASURED and _silence(heard, posts) >= SILENCE and not accounts & heard.unseen:
        return replace(found, score=0.0, more={"silent_days": float(_silence(heard, posts).days)})
    return found


def _reminding(point: Point, heard: Heard) -> Outcome:
    accounts = heard.own("weibo", "wechat")
    words = words_in(point.evidence)
    posts = [
        one for one in heard.of(accounts) if not one.copy and any(word in (one.title or one.text) for word in words)
    ]
    return _counted(point, heard, accounts, posts)


def _serving(point: Point, heard: Heard) -> Outcome:
    accounts = heard.own("weibo", "wechat")
    posts = [one for one in heard.of(accounts) if not one.copy]
    if len(posts) < FEWEST:
        seen = accounts and not accounts & heard.unseen
        return Outcome(State.UNDECIDABLE, Why.TOO_FEW) if seen else _unwatched(heard, accounts)
    words = words_in(point.evidence)
    serving = sum(any(word in one.title or word in one.text for word in words) for one in posts)
    return _measured(point, serving / len(posts), population=len(posts))


def _counted(point: Point, heard: Heard, accounts: frozenset[str], posts: Sequence[HeardPost]) -> Outcome:
    assert point.score is not None
    if not accounts or (accounts & heard.unseen and len(posts) < point.score.full):
        return _unwatched(heard, accounts)
    return _measured(point, float(len(posts)), accounts=float(len(accounts)))


def _unwatched(heard: Heard, accounts: frozenset[str]) -> Outcome:
    if not accounts:
        return Outcome(State.UNOBSERVED, Why.NO_ACCOUNT)
    unfed = accounts & heard.unseen <= heard.feedless
    return Outcome(State.UNOBSERVED, Why.NO_FEED if unfed else Why.CHANNEL_GAPS)


def _measured(point: Point, value: float, *, population: int = 0, **more: float) -> Outcome:
    assert point.score is not None
    return Outcome(
        State.MEASURED, value=value, score=round(score(point.score, value), 6), more=more, population=population
    )


def _silence(heard: Heard, posts: Sequence[HeardPost]) -> timedelta:
    """The longest time of the window without a post."""
    times = [heard.on - WINDOW, *(one.at for one in posts), heard.on]
    return max(later - sooner for sooner, later in pairwise(times))


# Not here: departments' accounts (1.2.2-M06, whose are missing nobody can tell), interactions and replies (1.2.2-M07,
# 2.3.3-M06: not in feeds), answers to events (2.3.3-M04: of a list nobody gave), a year of denials (2.3.3-M05: feeds begin later).
RULES: Final[Mapping[str, Callable[[Point, Heard], Outcome]]] = {
    "1.2.2-M02": _opened,
    "1.2.2-M03": _active,
    "1.2.2-M04": _opened,
    "1.2.2-M05": _active,
    "1.2.2-M09": _serving,
    "2.3.3-M07": _reminding,
}
