"""What the channels gave of a round's units, as their points are worked out from it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from cleaning.reasons import Verdict
from crawler.channels.record import FEEDS, Channel, account_id
from crawler.plan import UnitPlan
from indicators.channel_values import WINDOW, Heard, HeardPost, outcome_of
from indicators.records import Catalogue, Point
from indicators.value_rules import ValueKind
from indicators.values import Outcome
from pipelines.store.connect import Store
from pipelines.store.errors import UnknownRound
from pipelines.store.posts import PostBook
from pipelines.store.rounds import RoundBook

_WORD: Final = re.compile(r"市名\+([\u4e00-\u9fffA-Za-z0-9]{2,20})")
SHOWN: Final = 40  # posts or results behind one value that are shown
BOTH: Final = frozenset({"1.2.2-M09", "2.3.3-M07"})  # of weibo and wechat alike
RESULT: Final = "channels"  # of `caifeng channels` in the round's document
_NO_POST: Final = frozenset({str(Verdict.AD), str(Verdict.HARMFUL)})


def words_of(measured: str) -> tuple[str, ...]:
    """The words a search point names (`市名+社保卡补办`), in its order."""
    return tuple(dict.fromkeys(_WORD.findall(measured)))


def behind(database: Store, round_name: str, unit: UnitPlan, point: Point, *, url: str = "") -> list[dict[str, Any]]:
    """The posts or results that a channel point's value was told from, newest or best first; empty where nothing was asked."""
    report = _report(database, round_name, url)
    if report is None:
        return []
    book = PostBook(database, url=url)
    if point.channel == "search-engine":
        asked = {f"{unit.name}{word}" for word in words_of(point.measured)}
        rows = [row for row in book.results(round_name) if row["unit"] == unit.code and row["account"] in asked]
        rows.sort(key=lambda row: (row["account"], row["place"]))
    else:
        channels = FEEDS if point.code in BOTH else (Channel(point.channel),)
        rows = list(book.posts(channels, units=[unit.code], since=report["at"] - WINDOW, until=report["at"]))[::-1]
    fields = ("channel", "account", "url", "title", "published", "place", "judged")
    return [{name: row[name] for name in fields} for row in rows[:SHOWN]]


def _report(database: Store, round_name: str, url: str) -> Mapping[str, Any] | None:
    try:
        return RoundBook(database, url=url).get(round_name).results.get(RESULT)
    except UnknownRound:
        return None


def channel_outcomes(
    database: Store, round_name: str, units: list[str], catalogue: Catalogue, *, url: str = ""
) -> dict[str, dict[str, Outcome]]:
    """Unit → point → outcome, of the points that channels show; empty where the round's channels were never asked.

    Raises StoreAway.
    """
    report = _report(database, round_name, url)
    if report is None:
        return {}
    points = [one for one in catalogue.machine() if one.value is not None and one.value.kind is ValueKind.CHANNEL]
    heard = heard_of(PostBook(database, url=url), report, units)
    return {unit: {point.code: outcome_of(point, heard[unit]) for point in points} for unit in units}


def heard_of(book: PostBook, report: Mapping[str, Any], units: list[str]) -> dict[str, Heard]:
    """What the last run of the channels left of each unit."""
    on = report["at"]
    unseen = {gap["account"] for gap in report["gaps"] if gap["until"] > on - WINDOW}
    feedless: set[str] = set()
    accounts: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for one in book.accounts(units):
        accounts[one["unit"]][one["_id"]] = (one["channel"], f"{one['name']} {one['title']}")
        if not one["feed"]:
            feedless.add(one["_id"])  # what is known of it came by hand: nobody says that it is all
    posts: dict[str, list[HeardPost]] = defaultdict(list)
    for row in book.posts(FEEDS, units=units, since=on - WINDOW, until=on):
        if row["judged"] not in _NO_POST:
            account = account_id(row["unit"], row["channel"], row["account"])
            copy = bool(row["duplicate_of"])
            posts[row["unit"]].append(
                HeardPost(row["channel"], account, row["published"], row["title"], row["text"], copy)
            )
    asked = {
        unit: {code: (one["questions"], one["score"]) for code, one in table.items()}
        for unit, table in report["search_points"].items()
    }
    unwatched, unfed = frozenset(unseen | feedless), frozenset(feedless)
    return {
        unit: Heard(on, accounts[unit], tuple(posts[unit]), unwatched, unfed, asked.get(unit, {})) for unit in units
    }
