"""What a set of pages amounts to for one unit: a partial that can be added to, merged, and asked for values.

Every part of it is a join (minimum, maximum, union), so that adding is idempotent by page, merging is associative and
commutative, and the three ways of the report give the same: by recurrence (`add` page by page), by recursion (the
partials of departments merge into those of sites, these into the unit's) and by divide and conquer (parted by host,
merged).  A partial grows with the pages that are the counted thing, not with those that only show an entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from indicators.evidence_pages import Evidence, EvidencePage, identity
from indicators.measurement import Measurement
from indicators.page_facts import PageFact
from indicators.records import Catalogue, Point
from indicators.value_rules import ValueKind

BEST: Final = 5  # pages shown as evidence of a value
OVERALL: Final = -1  # the age that belongs to no part
NEAR: Final = 1  # clicks: what a home page leads to
LOW: Final = 3  # clicks: home pages and columns down to the third level

_COUNTED: Final = frozenset({ValueKind.COUNT, ValueKind.TALLY, ValueKind.OVERDUE, ValueKind.ELEMENTS, ValueKind.SAVED})
_CLASSES: Final = {"home": 1, "list": 2, "article": 3}
_CLASS_AT, _FILE, _READABLE, _NEAR, _LOW, _DEAD, _REFUSED = 4, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11

_T = TypeVar("_T", int, tuple[int, int, tuple[float, ...], str])

Thing = tuple[int, str, str, tuple[Any, ...]]
"""(0 for the page itself, 1 for its copy; its own key; host; numbers).  The least of several is kept."""

Best = tuple[int, float, int, str]
"""(0 for content, 1 for an entry; minus the confidence; depth; key).  Sorts the better before the worse."""


class Rules:
    """A catalogue's value rules, laid out by the code of a tag."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.version = catalogue.version
        self.points: dict[str, Point] = {point.code: point for point in catalogue.machine()}
        self.ratios_over: dict[str, list[Point]] = defaultdict(list)
        self.clicks_to: dict[str, list[Point]] = defaultdict(list)
        for point in self.points.values():
            assert point.value is not None
            if point.value.kind is ValueKind.RATIO:
                for code in point.value.of:
                    self.ratios_over[code].append(point)
            if point.value.kind is ValueKind.CLICKS:
                for code in point.value.of:
                    self.clicks_to[code].append(point)


@dataclass(slots=True)
class PointPart:
    """What the pages say of one point."""

    best: list[Best] = field(default_factory=list)
    bits: int = 0  # parts or years seen
    ages: dict[int, int] = field(default_factory=dict)  # least age, by part; OVERALL of all
    lag: int | None = None
    clicks: int | None = None
    number: tuple[int, int, tuple[float, ...], str] | None = None  # (0 if of the whole, age, numbers, key): the least
    names: set[str] = field(default_factory=set)
    things: dict[int, Thing] = field(default_factory=dict)  # by identity of what it is a copy of
    hosts: set[str] = field(default_factory=set)  # with content

    def join(self, other: PointPart) -> None:
        """Take in what other pages say."""
        self.best = sorted({*self.best, *other.best})[:BEST]
        self.bits |= other.bits
        for part, age in other.ages.items():
            self.ages[part] = min(age, self.ages.get(part, age))
        self.lag = _least(self.lag, other.lag)
        self.clicks = _least(self.clicks, other.clicks)
        self.number = _least(self.number, other.number)
        self.names |= other.names
        self.hosts |= other.hosts
        for which, thing in other.things.items():
            self.keep(which, thing)

    def keep(self, which: int, thing: Thing) -> None:
        """Count a thing once: the least of its copies."""
        present = self.things.get(which)
        if present is None or thing < present:
            self.things[which] = thing

    def show(self, best: Best) -> None:
        """Remember a page where it is among the best."""
        if len(self.best) < BEST or best < self.best[-1]:
            self.best = sorted({*self.best, best})[:BEST]


class Partial:
    """What pages amount to, point by point; `sites` holds a few bits of every URL, by identity."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.points: dict[str, PointPart] = {}
        self.sites: dict[int, tuple[str, int]] = {}

    def add(self, page: EvidencePage) -> None:
        """Fold one page in; a second time changes nothing."""
        which = identity(page.key)
        site = (page.host, _site_bits(page))
        self.sites[which] = min(site, self.sites.get(which, site))
        if page.dead or page.refused:
            return
        thing_of = which if page.copy_of == page.key else identity(page.copy_of)
        content = {each.code: each for each in page.evidence if each.content}
        for each in page.evidence:
            self._add_evidence(page, each, which, thing_of)
        for code, shown in content.items():
            for point in self.rules.clicks_to.get(code, ()):
                part = self._part(point.code)
                part.clicks = _least(part.clicks, page.depth)
                part.show((0, -shown.confidence, page.depth, page.key))
        for point in {each.code: each for code in content for each in self.rules.ratios_over.get(code, ())}.values():
            if _in_base(point, content):
                own = content.get(point.code)
                holds = int(own is not None and own.measured.holds)
                self._part(point.code).keep(thing_of, (int(thing_of != which), page.key, page.host, (holds,)))

    def merge(self, other: Partial) -> Partial:
        """Both together, as a new partial; neither is changed."""
        return merged(self.rules, (self, other))

    def take(self, other: Partial) -> None:
        """Take another partial in."""
        for code, part in other.points.items():
            self._part(code).join(part)
        for which, site in other.sites.items():
            self.sites[which] = min(site, self.sites.get(which, site))

    def _part(self, code: str) -> PointPart:
        found = self.points.get(code)
        if found is None:
            found = self.points[code] = PointPart()
        return found

    def _add_evidence(self, page: EvidencePage, each: Evidence, which: int, thing_of: int) -> None:
        point = self.rules.points.get(each.code)
        if point is None or point.value is None:
            return
        part, found = self._part(each.code), each.measured
        part.show((0 if each.content else 1, -each.confidence, page.depth, page.key))
        if each.content or point.entry_ok:
            part.bits |= found.parts | found.years
            part.names.update(_spelled(point, page, found))
        if not each.content:
            return
        part.hosts.add(page.host)
        part.lag = _least(part.lag, found.lag)
        if point.value.kind is ValueKind.FRESHNESS and found.age is not None:
            for place in (OVERALL, *_places(found.parts)):
                part.ages[place] = min(found.age, part.ages.get(place, found.age))
        if point.value.kind is ValueKind.NUMBER and found.numbers:
            age = _UNDATED if found.age is None else found.age
            part.number = _least(part.number, (int(not found.whole), age, found.numbers, page.key))
        numbers = _numbers_of(point.value.kind, found)
        if numbers is not None:
            part.keep(thing_of, (int(thing_of != which), page.key, page.host, numbers))


_UNDATED: Final = 1 << 30  # days: behind every page with a date


def folded(rules: Rules, pages: Iterable[EvidencePage]) -> Partial:
    """By recurrence: page after page."""
    whole = Partial(rules)
    for page in pages:
        whole.add(page)
    return whole


def merged(rules: Rules, partials: Iterable[Partial]) -> Partial:
    """Partials together, in any order and grouping."""
    whole = Partial(rules)
    for each in partials:
        whole.take(each)
    return whole


def divided(rules: Rules, pages: Sequence[EvidencePage]) -> Partial:
    """By divide and conquer: parted by host, each folded by itself, halves merged."""
    by_host: dict[str, list[EvidencePage]] = defaultdict(list)
    for page in pages:
        by_host[page.host].append(page)
    partials = [folded(rules, group) for group in by_host.values()]
    while len(partials) > 1:
        partials = [merged(rules, partials[at : at + 2]) for at in range(0, len(partials), 2)]
    return partials[0] if partials else Partial(rules)


def climbed(rules: Rules, tree: Mapping[str, Any]) -> Partial:
    """By recursion: `tree` holds `pages` of its own and `below`, the trees of its departments or sites."""
    whole = folded(rules, tree.get("pages", ()))
    for below in tree.get("below", ()):
        whole.take(climbed(rules, below))
    return whole


def facts_of(bits: int) -> PageFact:
    """What a page said of its site."""
    return PageFact(bits & (1 << _CLASS_AT) - 1)


def class_of(bits: int) -> str:
    """home, list, article, or nothing."""
    number = bits >> _CLASS_AT & 3
    return next((name for name, each in _CLASSES.items() if each == number), "")


def is_file(bits: int) -> bool:
    """An attachment."""
    return bool(bits & _FILE)


def is_readable(bits: int) -> bool:
    """An attachment whose bytes are what they say."""
    return bool(bits & _READABLE)


def is_near(bits: int) -> bool:
    """Within NEAR clicks."""
    return bool(bits & _NEAR)


def is_low(bits: int) -> bool:
    """Within LOW clicks."""
    return bool(bits & _LOW)


def is_dead(bits: int) -> bool:
    """Could not be had."""
    return bool(bits & _DEAD)


def is_refused(bits: int) -> bool:
    """Refused to us: whether it is there, nobody saw."""
    return bool(bits & _REFUSED)


def _site_bits(page: EvidencePage) -> int:
    bits = page.facts & (1 << _CLASS_AT) - 1 | _CLASSES.get(page.page_type, 0) << _CLASS_AT
    bits |= _FILE if page.file else 0
    bits |= _READABLE if page.file and page.readable and not page.dead else 0
    bits |= _NEAR if page.depth <= NEAR else 0
    bits |= _LOW if page.depth <= LOW else 0
    return bits | (_DEAD if page.dead else 0) | (_REFUSED if page.refused else 0)


def _in_base(point: Point, content: Mapping[str, Evidence]) -> bool:
    assert point.value is not None
    if not point.value.base:
        return True
    return any(point.code in content[code].measured.bases for code in point.value.of if code in content)


def _numbers_of(kind: ValueKind, found: Measurement) -> tuple[Any, ...] | None:
    """What a thing contributes, by kind; None for kinds that count no things."""
    match kind:
        case ValueKind.COUNT:
            return found.count, int(found.item), found.total
        case ValueKind.TALLY | ValueKind.OVERDUE:
            return found.yes, found.every, found.open
        case ValueKind.ELEMENTS:
            return (found.parts.bit_count(),)
        case ValueKind.MEDIAN_DAYS:
            return found.days or None
        case ValueKind.SAVED:
            return found.numbers or None
        case _:
            return None


def _spelled(point: Point, page: EvidencePage, found: Measurement) -> Iterable[str]:
    assert point.value is not None
    if point.value.kind is ValueKind.ONE_LOGIN:
        return (f"{page.host}>{name}" for name in found.names)
    return found.names


def _places(bits: int) -> Iterable[int]:
    return (place for place in range(bits.bit_length()) if bits >> place & 1)


def _least(one: _T | None, other: _T | None) -> _T | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)
