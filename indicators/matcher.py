"""The matcher: all points over one page, in one pass of one automaton and a few small decisions."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cleaning.page import PageType, Reading
from indicators.evidence import Strength, Tag
from indicators.folding import folded
from indicators.records import Catalogue, Clause, Pattern, Rule, Shape, Words, Zone
from indicators.regexes import needs
from indicators.structure import Facts, shape_test
from indicators.words import Hit, Page, Scanner, TermTable, WordsTest, compile_words
from indicators.zones import ITEM_END, ITEM_START, lay_out

SNIPPET_LENGTH: Final = 120  # characters, promised by evidence.Tag
_BEFORE: Final = 40  # of which before the term
_EDGES: Final = f"{ITEM_START}{ITEM_END}\x00\n"
_TO_EDGE: Final = re.compile(f"[^{_EDGES}]*")
_ZONE_NAMES: Final = {
    Zone.HEADERS: "table",
    Zone.LINKS: "link",
    Zone.HREFS: "link",
    Zone.MARKS: "chrome",
    Zone.FORMS: "form",
    Zone.SITE: "title",
}
_MOST: Final = 0.99
_NOWHERE: Final = 1 << 30  # behind all places of a page


Test = Callable[[Page], Hit | bool | None]
Evidence = dict[tuple[str, Strength], list[tuple["_Compiled", Hit | None]]]  # by point: rules that hold


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule ready to run."""

    place: int  # among the rules
    code: str
    strength: Strength
    confidence: float
    wanted: tuple[frozenset[int], ...]  # sights, one of each of which must stand on the page
    # The tests: place among the rule's needs (-1: it must fail), and those last that look for further terms.
    tests: tuple[tuple[int, Test], ...]
    leads: tuple[int, ...]  # terms of its first words

    def holds(self, page: Page) -> tuple[bool, Hit | None]:
        """Whether the rule holds, and the first occurrence that shows it."""
        sights = page.sights
        for wanted in self.wanted:
            if wanted.isdisjoint(sights):
                return False, None
        shown: Hit | None = None
        first = len(self.tests)
        for place, test in self.tests:
            found = test(page)
            if place < 0:
                if found:
                    return False, None
            elif not found:
                return False, None
            elif place < first and isinstance(found, Hit):
                first, shown = place, found
        return True, shown


class Matcher:
    """Compiled once per catalogue, used for every page; holds no state between pages."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._table = TermTable()
        negations = tuple(self._table.number(term, Zone) for term in catalogue.negations)
        self._order = {code: place for place, code in enumerate(catalogue.points)}
        self._tests: dict[tuple[Clause, bool], Test] = {}
        self._shared = Counter(
            clause
            for point in catalogue.points.values()
            for rule in point.rules
            for clause in (*rule.need, *rule.refuse)
        )
        self._rules: list[_Compiled] = []
        self._woken_by: dict[int, list[int]] = {}  # by sight, places among the rules
        self._always: list[int] = []
        for point in catalogue.points.values():
            for rule in point.rules:
                self._add(point.code, rule)
        self._scanner = Scanner(self._table, negations)
        self.version = catalogue.version

    def match(self, reading: Reading) -> tuple[Tag, ...]:
        """The tags of one page, by catalogue order; a point has at most one, content before chrome.  Never raises."""
        if reading.page_type is PageType.ERROR:
            return ()
        layout = lay_out(reading)
        page = self._scanner.scan(layout, Facts(reading))
        found: Evidence = {}
        for rule in self._candidates(page.sights):
            holds, hit = rule.holds(page)
            if holds:
                found.setdefault((rule.code, rule.strength), []).append((rule, hit))
        codes = sorted({code for code, _ in found}, key=self._order.__getitem__)
        return tuple(_tag(page, code, found) for code in codes)

    def _candidates(self, sights: set[int]) -> list[_Compiled]:
        """Rules one of whose leading terms occurred, and those that have none."""
        woken = self._woken_by
        places = {place for sight in sights if sight in woken for place in woken[sight]}
        return [self._rules[place] for place in (*places, *self._always)]

    def _add(self, code: str, rule: Rule) -> None:
        late_text = any(not isinstance(clause, Shape) and Zone.TEXT not in clause.zones for clause in rule.need)
        tests: list[tuple[bool, int, Test]] = []
        wanted: list[frozenset[int]] = []
        leads: tuple[int, ...] = ()
        for place, clause in enumerate(rule.need):
            late = late_text and isinstance(clause, Words) and Zone.TEXT in clause.zones
            tests.append((late, place, self._test(clause, late=late)))
            if isinstance(clause, Words):
                words = compile_words(clause, self._table, late=late)
                leads = leads or words.numbers
                if not late:
                    wanted.append(words.leads)
            elif isinstance(clause, Pattern) and (sights := self._sights_of(clause)):
                wanted.append(sights)
        for clause in rule.refuse:
            late = late_text and isinstance(clause, Words) and Zone.TEXT in clause.zones
            tests.append((late, -1, self._test(clause, late=late)))
        tests.sort(key=lambda test: test[0])
        place = len(self._rules)
        ordered = tuple((need, test) for _, need, test in tests)
        self._rules.append(_Compiled(place, code, rule.strength, rule.confidence, tuple(wanted[1:]), ordered, leads))
        if not wanted:
            self._always.append(place)
        for sight in wanted[0] if wanted else ():
            self._woken_by.setdefault(sight, []).append(place)

    def _sights_of(self, pattern: Pattern) -> frozenset[int]:
        """What must stand on a page where a pattern is to match; none where that is not known, or has no fixed form."""
        literals = needs(pattern.regex)
        if any(folded(literal) != literal for literal in literals):
            return frozenset()
        return self._table.sights([self._table.number(one, pattern.zones) for one in literals], pattern.zones)

    def _test(self, clause: Clause, *, late: bool) -> Test:
        key = clause, late
        if key not in self._tests:
            made = self._made(clause, late=late)
            self._tests[key] = _told_once(made, len(self._tests)) if self._shared[clause] > 1 else made
        return self._tests[key]

    def _made(self, clause: Clause, *, late: bool) -> Test:
        match clause:
            case Words():
                words = compile_words(clause, self._table, late=late)
                return _late_test(words) if late else words.first
            case Pattern():
                return _pattern_test(clause)
            case Shape():
                holds = shape_test(clause)
                return lambda page: holds(page.facts)


def _told_once(test: Test, number: int) -> Test:
    """A test that several rules have, made once on each page."""

    def told(page: Page) -> Hit | bool | None:
        known = page.known
        if number in known:
            return known[number]
        found = known[number] = test(page)
        return found

    return told


def _late_test(test: WordsTest) -> Test:
    def first(page: Page) -> Hit | None:
        page.read_on()
        return test.first(page)

    return first


def _pattern_test(clause: Pattern) -> Test:
    compiled, literals = re.compile(clause.regex), needs(clause.regex)

    def first(page: Page) -> Hit | None:
        for zone in clause.zones:
            start, text = page.layout.zone_text(zone)
            if literals and not any(literal in text for literal in literals):
                continue
            found = compiled.search(text)
            if found:
                return Hit(zone, start + found.start(), start + found.end())
        return None

    return first


def _tag(page: Page, code: str, found: Evidence) -> Tag:
    """The tag of a code: of its content evidence where there is any; independent rules add to the confidence."""
    strength = Strength.CONTENT if (code, Strength.CONTENT) in found else Strength.CHROME
    evidence = sorted(found[code, strength], key=lambda pair: -pair[0].confidence)
    doubt = 1.0
    for rule, _ in evidence:
        doubt *= 1.0 - rule.confidence
    zone, snippet = _shown(page, _chosen(page, [pair for pair in evidence if pair[1] is not None]))
    return Tag(code, strength, round(min(_MOST, 1.0 - doubt), 3), snippet, zone)


def _chosen(page: Page, shown: list[tuple[_Compiled, Hit | None]]) -> Hit | None:
    """What shows the point: of rules that are worth most, the one whose words stand first on the page."""
    best = [pair for pair in shown if pair[0].confidence == shown[0][0].confidence]
    if len(best) > 1:
        best.sort(key=lambda pair: (page.begins(pair[0].leads) or (_NOWHERE, 0), pair[0].place))
    return best[0][1] if best else None


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
    raw, layout = page.layout.raw, page.layout.page
    start = layout.back(hit.start)
    end = layout.back(hit.end - 1) + 1
    while start < end and raw[start] in _EDGES:
        start += 1
    while end > start and raw[end - 1] in _EDGES:
        end -= 1
    before = raw[max(0, start - _BEFORE) : start]
    left = start - len(_to_edge(before[::-1]))
    right = end + len(_to_edge(raw[end : left + SNIPPET_LENGTH]))
    return _ZONE_NAMES.get(hit.zone, hit.zone.value), raw[left : min(right, left + SNIPPET_LENGTH)].strip()


def _to_edge(text: str) -> str:
    """The beginning of a text, up to where its item or line ends."""
    found = _TO_EDGE.match(text)
    return found[0] if found else ""
