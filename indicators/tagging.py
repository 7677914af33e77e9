"""One page through the whole of this room: evidence, the numbers it gives, the facts it says of its site."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Final

from cleaning.page import Reading
from indicators.evidence import Tag, Tagged
from indicators.matcher import Matcher
from indicators.measures import View, measure, parts_on
from indicators.page_facts import page_facts
from indicators.records import Catalogue, Point

_CHINA: Final = timezone(timedelta(hours=8))


def day_of_collection(fetched_at: datetime) -> date:
    """The day a page was fetched, as its readers count days: in China."""
    return fetched_at.astimezone(_CHINA).date()


class Tagger:
    """Holds one compiled matcher.  Workers and whoever tags again use this same way."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.version = catalogue.version
        self._points = catalogue.points
        self._matcher = Matcher(catalogue)
        self._asked_of: dict[str, list[Point]] = defaultdict(list)
        for point in catalogue.machine():
            if point.value and point.value.base:
                for code in point.value.of:
                    self._asked_of[code].append(point)

    def tag(self, reading: Reading, on: date) -> Tagged:
        """Evidence with its numbers; `on` is the day the page was fetched, from which its ages count."""
        return self.measured(self._matcher.match(reading), reading, on)

    def measured(self, tags: Iterable[Tag], reading: Reading, on: date) -> Tagged:
        """The same for evidence that is known already."""
        view = View(reading, on)
        return Tagged(tuple(self._measured(tag, view) for tag in tags), page_facts(reading))

    def _measured(self, tag: Tag, view: View) -> Tag:
        found = measure(self._points[tag.code], tag.strength, view)
        bases = tuple(point.code for point in self._asked_of.get(tag.code, ()) if _is_base(point, tag, view))
        return replace(tag, measured=replace(found, bases=bases) if bases else found)


def _is_base(point: Point, tag: Tag, view: View) -> bool:
    assert point.value is not None
    rule = replace(point.value, parts=point.value.base)
    return parts_on(rule, tag.strength, view) == (1 << len(rule.parts)) - 1
