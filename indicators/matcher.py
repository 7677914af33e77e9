"""The matcher: all points over one page, in one pass of one automaton and a few small decisions."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cleaning.page import PageType, Reading
from indicators.evidence import Strength, Tag
from indicators.records import Catalogue, Clause, Pattern, Rule, Shape, Words, Zone
from indicators.regexes import needs
from indicators.structure import Facts, shape_test
from indicators.words import Hit, Hits, Scanner, TermTable, WordsTest, compile_words
from indicators.words import Page as WordsPage
from indicators.zones import ITEM_END, ITEM_START, Layout, lay_out

SNIPPET_LENGTH: Final = 120  # characters, promised by evidence.Tag
_BEFORE: Final = 40  # of which before the term
_EDGES: Final = f"{ITEM_START}{ITEM_END}\x00\n"
_ZONE_NAMES: Final = {
    Zone.HEADERS: "table",
    Zone.LINKS: "link",
    Zone.HREFS: "link",
    Zone.MARKS: "chrome",
    Zone.FORMS: "form",
    Zone.SITE: "title",
}
_MOST: Final = 0.99


@dataclass(frozen=True, slots=True)
class _Page:
    """What the tests of one page look at."""

    reading: Reading
    facts: Facts
    layout: Layout
    words: WordsPage


Test = Callable[[_Page], Hit | bool | None]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule ready to run: tests in the rule's order."""

    code: str
    strength: Strength
    confidence: float
    need: tuple[Test, ...]
    refuse: tuple[Test, ...]

    def holds(self, page: _Page) -> tuple[bool, Hit | None]:
        """Whether the rule holds, and the first occurrence that shows it."""
        shown: Hit | None = None
        for test in self.need:
            found = test(page)
            if not found:
                return False, None
            if shown is None and isinstance(found, Hit):
                shown = found
        return not any(test(page) for test in self.refuse), shown


class Matcher:
    """Compiled once per catalogue, used for every page; holds no state between pages."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._table = TermTable()
        negations = tuple(self._table.number(term, Zone) for term in catalogue.negations)
        self._order = {code: place for place, code in enumerate(catalogue.points)}
        self._rules: list[_Compiled] = []
        self._woken_by: dict[int, list[int]] = {}  # places among the rules
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
        page = _Page(reading, Facts(reading), layout, self._scanner.scan(layout))
        found: dict[tuple[str, Strength], list[tuple[float, Hit | None]]] = {}
        for rule in self._candidates(page.words.hits):
            holds, hit = rule.holds(page)
            if holds:
                found.setdefault((rule.code, rule.strength), []).append((rule.confidence, hit))
        codes = sorted({code for code, _ in found}, key=self._order.__getitem__)
        return tuple(_tag(page, code, found) for code in codes)

    def _candidates(self, hits: Hits) -> list[_Compiled]:
        """Rules one of whose leading terms occurred, and those that have none."""
        woken = dict.fromkeys(place for number in hits for place in self._woken_by.get(number, ()))
        return [self._rules[place] for place in (*woken, *self._always)]

    def _add(self, code: str, rule: Rule) -> None:
        lead: tuple[int, ...] = ()
        need: list[Test] = []
        for clause in rule.need:
            if isinstance(clause, Words):
                words = compile_words(clause, self._table)
                lead = lead or words.leads
                need.append(_words_test(words))
            else:
                need.append(self._test(clause))
        refuse = tuple(self._test(clause) for clause in rule.refuse)
        compiled = _Compiled(code, rule.strength, rule.confidence, tuple(need), refuse)
        place = len(self._rules)
        self._rules.append(compiled)
        if not lead:
            self._always.append(place)
        for number in dict.fromkeys(lead):
            self._woken_by.setdefault(number, []).append(place)

    def _test(self, clause: Clause) -> Test:
        match clause:
            case Words():
                return _words_test(compile_words(clause, self._table))
            case Pattern():
                return _pattern_test(clause)
            case Shape():
                holds = shape_test(clause)
                return lambda page: holds(page.facts)


def _words_test(test: WordsTest) -> Test:
    return lambda page: test.first(page.words)


def _pattern_test(clause: Pattern) -> Test:
    compiled, literals = re.compile(clause.regex), needs(clause.regex)

    def first(page: _Page) -> Hit | None:
        for zone in clause.zones:
            start, text = page.layout.zone_text(zone)
            if literals and not any(literal in text for literal in literals):
                continue
            found = compiled.search(text)
            if found:
                return Hit(zone, start + found.start(), start + found.end())
        return None

    return first


def _tag(page: _Page, code: str, found: dict[tuple[str, Strength], list[tuple[float, Hit | None]]]) -> Tag:
    """The tag of a code: of its content evidence where there is any; independent rules add to the confidence."""
    strength = Strength.CONTENT if (code, Strength.CONTENT) in found else Strength.CHROME
    evidence = sorted(found[code, strength], key=lambda pair: -pair[0])
    doubt = 1.0
    for confidence, _ in evidence:
        doubt *= 1.0 - confidence
    hit = next((hit for _, hit in evidence if hit is not None), None)
    zone, snippet = _shown(page, hit)
    return Tag(code, strength, round(min(_MOST, 1.0 - doubt), 3), snippet, zone)


def _shown(page: _Page, hit: Hit | None) -> tuple[str, str]:
    """Zone name and snippet of an occurrence; without one, the page's beginning."""
    if hit is None:
        text = page.reading.title or page.reading.text or page.reading.site_title or page.reading.url
        return ("title" if page.reading.title else "text"), text[:SNIPPET_LENGTH].strip()
    raw, layout = page.layout.raw, page.layout.page
    start = layout.back(hit.start)
    end = layout.back(hit.end - 1) + 1
    while start < end and raw[start] in _EDGES:
        start += 1
    while end > start and raw[end - 1] in _EDGES:
        end -= 1
    before = raw[max(0, start - _BEFORE) : start]
    left = start - len(before) + 1 + max(before.rfind(edge) for edge in _EDGES)
    after = raw[end : max(end, left + SNIPPET_LENGTH)]
    right = end + min((place for edge in _EDGES if (place := after.find(edge)) >= 0), default=len(after))
    return _ZONE_NAMES.get(hit.zone, hit.zone.value), raw[left : min(right, left + SNIPPET_LENGTH)].strip()
