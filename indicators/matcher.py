"""The matcher: all points over one page, in one pass over each zone and a few small decisions."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Final

from cleaning.page import PageType, Reading
from indicators.clauses import Once, PatternTest, asks_kind_alone, compile_clause, dearness, is_late
from indicators.evidence import Strength, Tag
from indicators.folding import folded_term
from indicators.records import Catalogue, Clause, Pattern, Rule, Shape, Words, Zone
from indicators.regexes import needs
from indicators.structure import Facts
from indicators.words import Asked, Hit, Page, Scanner, TermTable, compile_words
from indicators.zones import ITEM_END, ITEM_START, ORDER, lay_out

SNIPPET_LENGTH: Final = 120  # characters, promised by evidence.Tag
_BEFORE: Final = 40  # of which before the term
_EDGES: Final = f"{ITEM_START}{ITEM_END}\x00\n"
_EDGE: Final = re.compile(f"[{_EDGES}]")
_NAMED_OTHERWISE: Final = {
    Zone.HEADERS: "table",
    Zone.LINKS: "link",
    Zone.HREFS: "link",
    Zone.MARKS: "chrome",
    Zone.FORMS: "form",
    Zone.SITE: "title",
}
_ZONE_NAMES: Final = tuple(_NAMED_OTHERWISE.get(zone, zone.value) for zone in ORDER)
_MOST: Final = 0.99
# Members of enumerations are looked up by a descriptor each time: what every page asks for stands here.
_ERROR, _CONTENT = PageType.ERROR, Strength.CONTENT

_Kind = tuple[str, str, frozenset[str]]  # page type, language, roles of forms


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule ready to run."""

    place: int  # among the rules
    code: str
    strength: Strength
    confidence: float
    wanted: tuple[frozenset[int], ...]  # sights, one of each of which must stand on the page
    tests: tuple[tuple[bool, Asked], ...]  # what must hold, or must not (False), the dearest last
    show: Asked | None  # knows where the first words or pattern stand that it needs

    def holds(self, page: Page) -> bool:
        """Whether the rule holds."""
        sights = page.sights
        for wanted in self.wanted:
            if wanted.isdisjoint(sights):
                return False
        for must, test in self.tests:  # noqa: SIM110  # a loop: a generator costs more than most of the tests
            if test.holds(page) is not must:
                return False
        return True


class Matcher:
    """Compiled once per catalogue, used for every page; what it keeps between pages changes nothing that it says."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._table = TermTable()
        negations = frozenset(sight for term in catalogue.negations for sight in self._table.sights(term, Zone))
        self._tests: dict[tuple[Clause, bool], Asked] = {}
        self._shared = Counter(
            clause
            for point in catalogue.points.values()
            for rule in point.rules
            for clause in (*rule.need, *rule.refuse)
        )
        self._rules: list[_Compiled] = []
        self._kinds: list[tuple[tuple[Shape, ...], tuple[Shape, ...]]] = []  # needed and refused by each rule
        self._always: list[int] = []
        self._possible: dict[_Kind, frozenset[int]] = {}
        woken: dict[int, list[int]] = {}  # by a sight, the places of rules
        for point in catalogue.points.values():
            for rule in point.rules:
                self._add(point.code, rule, woken)
        self._woken_by = tuple([tuple(woken.get(sight, ())) for sight in range(len(self._table.numbers))])  # by sight
        self._scanner = Scanner(self._table, negations)
        self.version = catalogue.version

    def match(self, reading: Reading) -> tuple[Tag, ...]:
        """The tags of one page, by catalogue order; a point has at most one, content before chrome.  Never raises."""
        if reading.page_type is _ERROR:
            return ()
        page = self._scanner.scan(lay_out(reading), Facts(reading))
        found: dict[str, list[_Compiled]] = {}  # by point, as the catalogue orders rules
        rules = self._rules
        for place in sorted(self._candidates(page)):
            rule = rules[place]
            if rule.holds(page):
                found.setdefault(rule.code, []).append(rule)
        return tuple([_tag(page, code, rules) for code, rules in found.items()])

    def _candidates(self, page: Page) -> set[int]:
        """Places of the rules one of whose leading terms occurred, and those that have none, that pages of this kind can evidence."""
        woken_by, places = self._woken_by, set(self._always)
        for sight in page.sights:
            if woken := woken_by[sight]:
                places.update(woken)
        reading = page.facts.reading
        kind = (reading.page_type.value, reading.language, frozenset([form.role for form in reading.forms]))
        possible = self._possible.get(kind)
        if possible is None:
            possible = self._possible[kind] = frozenset(
                place
                for place, (needed, refused) in enumerate(self._kinds)
                if all(_fits(shape, kind) for shape in needed) and not any(_fits(shape, kind) for shape in refused)
            )
        places &= possible
        return places

    def _add(self, code: str, rule: Rule, woken: dict[int, list[int]]) -> None:
        late_text = any(not isinstance(clause, Shape) and Zone.TEXT not in clause.zones for clause in rule.need)
        show: Asked | None = None
        wanted: list[frozenset[int]] = []
        for clause in rule.need:
            if isinstance(clause, Words):
                late = is_late(clause, late_text=late_text)
                words = compile_words(clause, self._table, late=late)
                show = show or words
                if not late:
                    wanted.append(words.leads)
            elif isinstance(clause, Pattern):
                show = show or PatternTest(clause)
                if sights := self._sights_of(clause):
                    wanted.append(sights)
        place = len(self._rules)
        tests = self._ordered(rule, late_text=late_text)
        self._rules.append(_Compiled(place, code, rule.strength, rule.confidence, tuple(wanted[1:]), tests, show))
        self._kinds.append(
            (
                tuple(clause for clause in rule.need if isinstance(clause, Shape)),
                tuple(clause for clause in rule.refuse if isinstance(clause, Shape) and asks_kind_alone(clause)),
            )
        )
        if not wanted:
            self._always.append(place)
        for sight in wanted[0] if wanted else ():
            woken.setdefault(sight, []).append(place)

    def _ordered(self, rule: Rule, *, late_text: bool) -> tuple[tuple[bool, Asked], ...]:
        """The tests of a rule, the dearest last; what a page's kind says is not asked again."""
        tests: list[tuple[int, bool, Asked]] = []
        for must, clauses in ((True, rule.need), (False, rule.refuse)):
            for clause in clauses:
                if not asks_kind_alone(clause):
                    late = is_late(clause, late_text=late_text)
                    tests.append((dearness(clause, late=late), must, self._test(clause, late=late)))
        tests.sort(key=itemgetter(0))
        return tuple([(must, test) for _, must, test in tests])

    def _sights_of(self, pattern: Pattern) -> frozenset[int]:
        """What must stand on a page where a pattern is to match; none where that is not known, or has no fixed form."""
        literals = needs(pattern.regex)
        if any(folded_term(literal) != literal or literal in {ITEM_START, ITEM_END} for literal in literals):
            return frozenset()
        return frozenset(sight for one in literals for sight in self._table.sights(one, pattern.zones))

    def _test(self, clause: Clause, *, late: bool) -> Asked:
        key = clause, late
        if key not in self._tests:
            made = compile_clause(clause, self._table, late=late)
            self._tests[key] = Once(made, len(self._tests)) if self._shared[clause] > 1 else made
        return self._tests[key]


def _fits(shape: Shape, kind: _Kind) -> bool:
    """Whether a page of a kind can have a shape."""
    page_type, language, roles = kind
    return (
        (not shape.page_type or page_type in shape.page_type)
        and (not shape.language or language in shape.language)
        and (not shape.form or not roles.isdisjoint(shape.form))
    )


def _tag(page: Page, code: str, rules: list[_Compiled]) -> Tag:
    """The tag of a code: of its content evidence where there is any; independent rules add to the confidence."""
    evidence = rules if len(rules) == 1 else [rule for rule in rules if rule.strength is _CONTENT] or rules
    confidence = _together(tuple([rule.confidence for rule in evidence]))
    zone, snippet = _shown(page, _chosen(page, evidence))
    return Tag(code, evidence[0].strength, confidence, snippet, zone)


@cache
def _together(confidences: tuple[float, ...]) -> float:
    """What independent rules are worth together: of a catalogue's rules there are few such combinations."""
    doubt = 1.0
    for confidence in confidences:
        doubt *= 1.0 - confidence
    return round(min(_MOST, 1.0 - doubt), 3)


def _chosen(page: Page, evidence: list[_Compiled]) -> Hit | None:
    """What shows the point: of rules that are worth most, the words that stand first on the page."""
    shown = [rule for rule in evidence if rule.show]
    if len(shown) > 1:
        most = max([rule.confidence for rule in shown])
        shown = [rule for rule in shown if rule.confidence == most]
    found: Hit | None = None
    for rule in shown:
        hit = rule.show.first(page) if rule.show else None
        if hit and (found is None or hit.start < found.start):
            found = hit
    return found


def _shown(page: Page, hit: Hit | None) -> tuple[str, str]:
    """Zone name and snippet of an occurrence; without one, the page's beginning."""
    if hit is None:
        text = (
            page.facts.reading.title
            or page.facts.reading.text
            or page.facts.reading.site_title
            or page.facts.reading.url
        )
        return ("title" if page.facts.reading.title else "text"), text[:SNIPPET_LENGTH].strip()
    raw, way = page.raw, page.folded
    start, end = way.back(hit.start), way.back(hit.end - 1) + 1
    while start < end and raw[start] in _EDGES:
        start += 1
    while start < end and raw[end - 1] in _EDGES:
        end -= 1
    left = floor = max(0, start - _BEFORE)
    for mark in _EDGES:
        left = max(left, raw.rfind(mark, floor, start) + 1)
    edge = _EDGE.search(raw, end, left + SNIPPET_LENGTH)
    right = edge.start() if edge else left + SNIPPET_LENGTH
    return _ZONE_NAMES[hit.zone], raw[left : min(right, left + SNIPPET_LENGTH)].strip()
