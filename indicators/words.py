"""All terms of a catalogue, found in one pass over a page, and the tests of clauses made of words.

ahocorasick_rs was chosen over hyperscan by `benchmarks/indicators_speed.py` (figures in docs/indicators.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation

from cleaning.points import PLANE, Points, low_of, points_of, text_of
from indicators.folding import folded
from indicators.records import Place, Words, Zone
from indicators.zones import ITEM_END, ITEM_START, Layout

# How far a negation may stand from what it negates: "网上预约(暂未开通)", "正在建设中的智能问答".
NEGATION_REACH: Final = 8
_LINE_END: Final = frozenset(f"\n\x00{ITEM_START}{ITEM_END}")


class Hit(NamedTuple):
    """One occurrence of a term: folded places, end excluded."""

    zone: Zone
    start: int
    end: int


Found = tuple[int, int, int]  # an occurrence as the automaton gives it: the term's number, start and end
Hits = dict[int, list[Found]]

# Zones that lie side by side and ask for nearly the same terms have one automaton: of all terms found anywhere on a page
# over half would stand in a zone where nothing asks for them.
_SPANS: Final = (
    (Zone.TITLE, Zone.COLUMN),
    (Zone.TEXT,),
    (Zone.HEADERS, Zone.LINKS),
    (Zone.FORMS, Zone.URL, Zone.META, Zone.SITE, Zone.HREFS, Zone.MARKS),
    (Zone.CHROME,),
)


def marked(term: str, place: Place) -> str:
    """The folded term with the item marks its place asks for."""
    head = ITEM_START if place in {Place.WHOLE, Place.START} else ""
    tail = ITEM_END if place in {Place.WHOLE, Place.END} else ""
    return f"{head}{folded(term)}{tail}"


@dataclass(slots=True)
class TermTable:
    """Gives each distinct marked term a number while rules are compiled, and knows where it is asked for."""

    numbers: dict[str, int] = field(default_factory=dict)
    zones: list[set[Zone]] = field(default_factory=list)  # by number

    def number(self, term: str, zones: Iterable[Zone], place: Place = Place.ANYWHERE) -> int:
        """The number of a term at a place, to be found in some zones."""
        number = self.numbers.setdefault(marked(term, place), len(self.numbers))
        if number == len(self.zones):
            self.zones.append(set())
        self.zones[number].update(zones)
        return number


@dataclass(frozen=True, slots=True)
class _Span:
    """Neighbouring zones, and the terms that are asked for in one of them."""

    first: Zone
    last: Zone
    automaton: AhoCorasick
    numbers: list[int]


class Scanner:
    """All terms of a table in an automaton for each span of zones.

    They run over an alphabet of their own: the terms' characters numbered, the commonest first, so that most take one
    byte of UTF-8, and all others one zero.
    """

    def __init__(self, table: TermTable, negations: tuple[int, ...]) -> None:
        used = Counter(letter for term in table.numbers for letter in term)
        order = sorted(used.items(), key=lambda pair: (-pair[1], pair[0]))
        self._alphabet = np.zeros(PLANE, dtype=np.uint32)
        self._alphabet[[ord(letter) for letter, _ in order]] = np.arange(1, len(order) + 1)
        coded = [self._coded(points_of(term)) for term in table.numbers]
        self._spans = [_span(zones, table, coded) for zones in _SPANS]
        self._negations = negations

    def scan(self, layout: Layout) -> "Page":
        """Every occurrence of every term, where it is asked for, in the order of the page: the pass over the page."""
        codes = self._alphabet.take(low_of(layout.page.points))
        hits: defaultdict[int, list[Found]] = defaultdict(list)
        for span in self._spans:
            start, end = layout.span(span.first, span.last)
            numbers = span.numbers
            found = span.automaton.find_matches_as_indexes(text_of(codes[start:end]), overlapping=True)
            for index, first, last in found:
                number = numbers[index]
                hits[number].append((number, start + first, start + last))
        hits.default_factory = None
        return Page(
            layout, hits, frozenset(hits), [found for number in self._negations for found in hits.get(number, ())]
        )

    def _coded(self, points: Points) -> str:
        return text_of(self._alphabet.take(points))


def _span(zones: tuple[Zone, ...], table: TermTable, coded: list[str]) -> _Span:
    numbers = [number for number, asked in enumerate(table.zones) if not asked.isdisjoint(zones)]
    automaton = AhoCorasick(
        [coded[number] for number in numbers], store_patterns=False, implementation=Implementation.DFA
    )
    return _Span(zones[0], zones[-1], automaton, numbers)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the tests of words look at it."""

    layout: Layout
    hits: Hits
    numbers: frozenset[int]  # of the terms that occur
    negations: list[Found]


@dataclass(frozen=True, slots=True)
class WordsTest:
    """A compiled `Words` clause."""

    zones: frozenset[Zone]
    terms: tuple[tuple[int, int], ...]  # group and number of each spelling, in the clause's order
    numbers: frozenset[int]  # of `terms`
    places: Mapping[int, tuple[int, ...]]  # where among `terms` a number stands
    distinct: int
    unless: tuple[int, ...]
    near: tuple[int, ...]
    letters: frozenset[int]  # see compile_words
    within: int

    @property
    def leads(self) -> tuple[int, ...]:
        """Terms without any of which the test fails."""
        return self.near if self.letters else tuple(number for _, number in self.terms)

    def first(self, page: Page) -> Hit | None:
        """The first valid occurrence on the page of the first group found, if enough groups are; else None."""
        present = self.numbers & page.numbers
        if self.letters and not page.numbers.isdisjoint(self.near):
            present |= self.letters
        if len(present) < self.distinct:
            return None
        found: Hit | None = None
        count, done = 0, -1
        for place in sorted([place for number in present for place in self.places[number]]):
            group, number = self.terms[place]
            if group == done:
                continue
            hit = self._valid(page, number)
            if hit is None:
                continue
            found = found or hit
            done = group
            count += 1
            if count >= self.distinct:
                return found
        return None

    def _valid(self, page: Page, number: int) -> Hit | None:
        layout = page.layout
        for _, start, end in page.hits[number] if number >= 0 else _of_letter(chr(-number), layout):
            zone = layout.zone_at(start)
            if zone in self.zones and self._counts(page, start, end):
                return Hit(zone, start, end)
        return None

    def _counts(self, page: Page, start: int, end: int) -> bool:
        """Whether no longer phrase holds the occurrence, a near term stands near, and no negation."""
        hits, layout = page.hits, page.layout
        for number in self.unless:
            if number in hits and any(other[1] < end and other[2] > start for other in hits[number]):
                return False
        if self.near and not any(
            _beside(start, end, hits[number], self.within, layout) for number in self.near if number in hits
        ):
            return False
        return not (page.negations and _beside(start, end, page.negations, NEGATION_REACH, layout))


def _beside(hit_start: int, hit_end: int, others: Iterable[Found], reach: int, layout: Layout) -> bool:
    """Whether one of `others` stands within `reach` characters of the hit, on the same line and in the same item."""
    for _, other_start, other_end in others:
        start, end = min(hit_end, other_end), max(hit_start, other_start)
        if end - start < reach and _LINE_END.isdisjoint(layout.page.text[start:end]):
            return True
    return False


def _of_letter(letter: str, layout: Layout) -> list[Found]:
    return [(0, at, at + 1) for at, found in enumerate(layout.page.text) if found == letter]


def compile_words(words: Words, table: TermTable) -> WordsTest:
    """Number a clause's terms in `table` and return its test.

    A term of one character that counts beside a `near` term only, such as a number, stands everywhere and counts hardly
    anywhere: it is looked for once a near term was found, and its number is its code point's negative.
    """
    near = tuple(table.number(term, words.zones) for term in words.near)

    def number(term: str) -> int:
        letter = folded(term)
        if near and len(letter) == 1 and words.place is Place.ANYWHERE:
            return -ord(letter)
        return table.number(term, words.zones, words.place)

    terms = tuple((group, number(term)) for group, spellings in enumerate(words.groups) for term in spellings)
    places: dict[int, tuple[int, ...]] = {}
    for place, (_, term) in enumerate(terms):
        places[term] = (*places.get(term, ()), place)
    return WordsTest(
        frozenset(words.zones),
        terms,
        frozenset(places),
        places,
        words.distinct,
        tuple(table.number(term, words.zones) for term in words.unless),
        near,
        frozenset(term for term in places if term < 0),
        words.within,
    )
