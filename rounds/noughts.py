"""Why a value is nought: which clauses of the point's rules the unit's pages have, which they lack, and which parts were not seen.

No page holds a rule of a point that is absent, so nothing of it was stored: the pages are read again from the archive,
and each clause asked for by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cleaning.page import PageType, Reading
from cleaning.reasons import Verdict
from crawler.items import Capture
from indicators import catalogue
from indicators.areas import attributed
from indicators.clause_counts import Counting, RuleCount
from indicators.evidence import Strength
from indicators.evidence_pages import identity
from indicators.measurement import from_document
from indicators.page_values import rank
from indicators.records import Point
from indicators.trace import Tracer
from indicators.value_rules import FROM_SITES, ValueRule
from pipelines.errors import ArchiveAway, RecordBroken, RecordMissing
from pipelines.recapture import FIELDS, recapture
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.records import is_absent
from rounds import life
from rounds.explain import Explanation
from rounds.services import Services
from rounds.values import seed_of

MOST: Final = 1000  # pages read again unless asked otherwise: some ten seconds
_AT_ONCE: Final = 50  # records read together
_ASKED: Final = (
    "key", "units", "verdict", "page_type", "reasons.where", "tags.code", "tags.strength", "tags.measured",
)  # fmt: skip


@dataclass(slots=True)
class Tagged:
    """Pages of the unit that were taken as evidence of the point, although its value is nought."""

    content: int = 0
    entry: int = 0
    outside: int = 0  # of those with content: older than the rule's window
    undated: int = 0  # of those with content, where the rule has a window: no date was read
    parts: Counter[str] = field(default_factory=Counter)  # pages by part; of parts that count


@dataclass(frozen=True, slots=True)
class Nought:
    """What was looked for and not found.  `rules` is empty where they were not held against pages, and `untold` says why.

    `untold`: empty, `rules-hold` (pages do show the point: `tagged` tells why it is nought), `from-sites` (all pages
    together make it, by no rule), `no-rules`, `other-catalogue` (the rules have changed since), `not-asked`, `archive-away`.
    """

    pages: int  # of the unit (of its sample, where one was drawn) that may show the point
    traced: int  # of which were read again
    unread: int  # of which are not in the archive any more
    untold: str
    rules: tuple[RuleCount, ...]
    tagged: Tagged
    window: int  # days; 0: any time
    parts: tuple[str, ...]  # all the rule names


def is_nought(value: Mapping[str, Any]) -> bool:
    """Whether a stored value is nought and scores so: 0 days may well be the best there is."""
    return value["score"] == 0 and not value["value"]


def why_nought(
    services: Services,
    found: Explanation,
    environment: Mapping[str, str],
    *,
    most: int = MOST,
    progress: Callable[[int, int], None],
) -> Nought | None:
    """What is behind a value of nought; None where it is none.  At most `most` pages are read again, drawn by their keys.

    Raises StoreAway.
    """
    if not is_nought(found.value):
        return None
    assert found.point.value is not None
    plan = life.get(services, found.round).plan
    with life.store(services) as database:
        reader = RoundReader(database, found.round, url=services.mongo_url)
        tagged, keys = _looked_over(reader, found.unit.code, found.point)
        keys = [one["key"] for one in found.sample] or keys
        untold = _untold(found, tagged, most)
        counting, unread = Counting(found.point), 0
        if not untold:
            from rounds.judging import Rereading  # noqa: PLC0415 -- readers of pages take a second to load: most values need none

            drawn = sorted(keys, key=lambda key: rank(seed_of(plan), found.point.code, identity(key)))[:most]
            with Rereading(environment) as reading:
                try:
                    unread = _count(reader, drawn, found.point, reading.read_capture, counting, progress)
                except ArchiveAway:
                    untold = "archive-away"
    rules = () if untold else counting.told()
    names = tuple(part.name for part in found.point.value.parts)
    return Nought(len(keys), counting.pages, unread, untold, rules, tagged, found.point.value.window, names)


def _untold(found: Explanation, tagged: Tagged, most: int) -> str:
    assert found.point.value is not None
    if found.point.value.kind in FROM_SITES:
        return "from-sites"
    if not found.point.rules:
        return "no-rules"
    if tagged.content and not found.sample:
        return "rules-hold"
    if found.value["catalogue"] != catalogue.load().version:
        return "other-catalogue"
    return "" if most else "not-asked"


def _looked_over(reader: RoundReader, unit: str, point: Point) -> tuple[Tagged, list[str]]:
    """What the unit's records say of the point, and the keys of the pages that may show it: no harmful and no error pages."""
    assert point.value is not None
    tagged, keys = Tagged(), []
    for page in reader.pages(PageFilter(unit=unit), _ASKED):
        if not _may_show(page) or unit not in attributed(page["units"], page["key"]):
            continue
        keys.append(page["key"])
        for tag in page["tags"]:
            if tag["code"] == point.code:
                _take(tagged, tag, point, point.value)
    return tagged, keys


def _may_show(page: Mapping[str, Any]) -> bool:
    """As values are folded: a harmful page gives nothing, nor what a host answers for what does not exist."""
    return page["verdict"] != Verdict.HARMFUL and page["page_type"] != PageType.ERROR and not is_absent(page)


def _take(tagged: Tagged, tag: Mapping[str, Any], point: Point, rule: ValueRule) -> None:
    content, measured = tag["strength"] == Strength.CONTENT, from_document(tag.get("measured", {}))
    if content:
        tagged.content += 1
        tagged.outside += bool(rule.window) and measured.age is not None and measured.age > rule.window
        tagged.undated += bool(rule.window) and measured.age is None
    else:
        tagged.entry += 1
    if content or point.entry_ok:
        tagged.parts.update(part.name for place, part in enumerate(rule.parts) if measured.parts >> place & 1)


def _count(
    reader: RoundReader,
    keys: Sequence[str],
    point: Point,
    read: Callable[[Capture], Reading],
    counting: Counting,
    progress: Callable[[int, int], None],
) -> int:
    """Read pages again and count; answers how many could not be read.  Raises ArchiveAway."""
    tracer, unread = Tracer(catalogue.load(), point), 0
    for start in range(0, len(keys), _AT_ONCE):
        pages = reader.records(keys[start : start + _AT_ONCE], FIELDS)
        for page in pages.values():
            try:
                counting.add(page["url"], tracer.trace(read(recapture(page))))
            except (RecordMissing, RecordBroken):
                unread += 1
        progress(min(start + _AT_ONCE, len(keys)), len(keys))
    return unread
