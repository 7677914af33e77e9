"""All terms of a catalogue, found in one pass over a page, and the tests of clauses made of words.

ahocorasick_rs was chosen over hyperscan by `benchmarks/indicators_speed.py` (figures in docs/indicators.md).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation
from numpy.typing import NDArray

from cleaning.points import PLANE, points_of
from indicators.folding import fold, folded, marks_of
from indicators.records import Place, Words, Zone
from indicators.structure import Facts
from indicators.zones import ITEM_END, ITEM_START, ORDER, Layout

# How far a negation may stand from what it negates: "网上预约(暂未开通)", "正在建设中的智能问答".
NEGATION_REACH: Final = 8
_LINE_END: Final = frozenset(f"\n\x00{ITEM_START}{ITEM_END}")


class Hit(NamedTuple):
    """One occurrence of a term: folded places, end excluded."""

    zone: Zone
    start: int
    end: int


Span = tuple[int, int]  # an occurrence: folded start and end

_MANY: Final = len(ORDER)
_PLACE_OF: Final = {zone: place for place, zone in enumerate(ORDER)}
_TEXT: Final = _PLACE_OF[Zone.TEXT]
# Characters of terms are told apart by one byte each.  The commonest have one of their own; with the 860 characters of
# the catalogue of 2026, 200 of them leave 1 occurrence in 20 to be looked at twice.
_OWN_BYTE: Final = 200
_BYTES: Final = 255
_INDEX: Final = itemgetter(0)


def marked(term: str, place: Place) -> str:
    """The folded term with the item marks its place asks for."""
    head = ITEM_START if place in {Place.WHOLE, Place.START} else ""
    tail = ITEM_END if place in {Place.WHOLE, Place.END} else ""
    return f"{head}{folded(term)}{tail}"


@dataclass(slots=True)
class TermTable:
    """Gives each distinct marked term a number while rules are compiled, and knows where it is asked for.

    A term and a zone of the page are told by one number, their sight: `number * zones + place of the zone`.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    zones: list[set[Zone]] = field(default_factory=list)  # by number
    first: set[int] = field(default_factory=set)  # those asked for in the text whatever the other zones say

    def number(self, term: str, zones: Iterable[Zone], place: Place = Place.ANYWHERE, *, late: bool = False) -> int:
        """The number of a term at a place, to be found in some zones; in the text at first, or only when asked for."""
        number = self.numbers.setdefault(marked(term, place), len(self.numbers))
        if number == len(self.zones):
            self.zones.append(set())
        self.zones[number].update(zones)
        if not late and Zone.TEXT in zones:
            self.first.add(number)
        return number

    def sights(self, numbers: Iterable[int], zones: Iterable[Zone]) -> frozenset[int]:
        """The sights of some terms in some zones."""
        return frozenset(number * _MANY + _PLACE_OF[zone] for number in numbers for zone in zones)


class _Seeker:
    """An automaton over one byte a character, for the terms that are asked for in one zone."""

    def __init__(self, place: int, numbers: Sequence[int], coded: Sequence[bytes]) -> None:
        self.place = place
        self._sights = [number * _MANY + place for number in numbers]
        # The contiguous one is a twentieth of the size of a DFA, and between two pages much else passes the cache.
        self._automaton = BytesAhoCorasick(list(coded), implementation=Implementation.ContiguousNFA)

    def seek(self, coded: bytes) -> list[int]:
        """The sights of all that looks like a term."""
        sights = self._sights
        found = self._automaton.find_matches_as_indexes(coded, overlapping=True)
        return [sights[place] for place in set(map(_INDEX, found))]


class Scanner:
    """All terms of a table in an automaton for each zone.

    Of all terms found anywhere on a page over half would stand in a zone where nothing asks for them.  In the text only
    those are looked for at once that some rule asks for whatever the other zones say; the others once all else of such a
    rule holds, on one page in three of the saved ones.
    """

    def __init__(self, table: TermTable, negations: tuple[int, ...]) -> None:
        classes, shared = _classes(table)
        self.terms = tuple(table.numbers)
        codes = [classes.take(points_of(term)) for term in self.terms]
        self.coded = tuple(one.tobytes() for one in codes)
        # Terms with a character that shares its byte: what looks like one may be another word.
        self.doubtful = frozenset(
            number * _MANY + place
            for number, one in enumerate(codes)
            if int(one.max()) >= shared
            for place in range(_MANY)
        )
        self.negations = table.sights(negations, ORDER)
        self.marks = marks_of(classes)
        asked = [[number for number, zones in enumerate(table.zones) if zone in zones] for zone in ORDER]
        late = [number for number in asked[_TEXT] if number not in table.first]
        asked[_TEXT] = [number for number in asked[_TEXT] if number in table.first]
        self.first = tuple(self._seeker(place, numbers) for place, numbers in enumerate(asked) if numbers)
        self.late = self._seeker(_TEXT, late) if late else None

    def scan(self, layout: Layout, facts: Facts) -> "Page":
        """What stands on a page: the pass over it."""
        return Page(layout, facts, self)

    def _seeker(self, place: int, numbers: Sequence[int]) -> _Seeker:
        return _Seeker(place, numbers, [self.coded[number] for number in numbers])


def _classes(table: TermTable) -> tuple[NDArray[np.uint8], int]:
    """The byte of each folded character, 0 for those no term has, and the first byte that several may share."""
    used = Counter(letter for term in table.numbers for letter in term)
    classes = np.zeros(PLANE, dtype=np.uint8)
    order = sorted(used, key=lambda letter: (-used[letter], letter))
    shared = _BYTES + 1 if len(order) <= _BYTES else _OWN_BYTE + 1
    for number, letter in enumerate(order):
        own = number + 1 < shared
        classes[ord(letter)] = number + 1 if own else shared + number % (_BYTES + 1 - shared)
    return classes, shared


class Page:
    """A page as tests look at it: where a term stands is looked up when a test first asks for it."""

    __slots__ = (
        "_late",
        "_scanner",
        "_sure",
        "_texts",
        "denying",
        "doubtful",
        "ends",
        "facts",
        "folded",
        "known",
        "raw",
        "sights",
        "starts",
    )

    def __init__(self, layout: Layout, facts: Facts, scanner: Scanner) -> None:
        self.raw = layout.raw
        self.folded = fold(layout.raw, scanner.marks)
        self.starts = starts = self.folded.forth(layout.starts)  # of each zone, by its place, in the folded text
        self.ends = ends = self.folded.forth(layout.ends)
        self.facts = facts
        self.known: dict[int, bool] = {}  # what tests that several rules have found
        self.doubtful = scanner.doubtful
        self._scanner = scanner
        self._late = scanner.late
        self._sure: dict[int, list[Span]] = {}
        self._texts: dict[int, str] = {}
        # Of what looks like a term somewhere; every term that stands there is among them.
        self.sights: set[int] = set()
        coded = self.folded.coded
        for seeker in scanner.first:
            start, end = starts[seeker.place], ends[seeker.place]
            if start < end:
                self.sights.update(seeker.seek(coded[start:end]))
        self.denying = frozenset(sight % _MANY for sight in self.sights & scanner.negations)  # zones

    def text_of(self, place: int) -> str:
        """The folded text of a zone, by its place."""
        found = self._texts.get(place)
        if found is None:
            found = self._texts[place] = self.folded.part(self.starts[place], self.ends[place])
        return found

    def says(self, term: str, at: int) -> bool:
        """Whether a folded term stands at a folded place; most are written as they are folded."""
        page = self.folded
        return (" " not in term and self.raw.startswith(term, page.back(at))) or (
            page.part(at, min(at + len(term), len(page.coded))) == term
        )

    def unbroken(self, start: int, end: int) -> bool:
        """Whether neither a line nor an item ends between two folded places."""
        back = self.folded.back
        return start >= end or _LINE_END.isdisjoint(self.raw[back(start) : back(end - 1) + 1])

    def read_on(self) -> None:
        """Look for the rest of the terms that are asked for in the text."""
        if self._late is not None:
            start, end = self.starts[_TEXT], self.ends[_TEXT]
            self.sights.update(self._late.seek(self.folded.coded[start:end]))
            self._late = None

    def of(self, sight: int) -> list[Span]:
        """The occurrences of a term in a zone, by their sight, in the order of the page."""
        found = self._sure.get(sight)
        if found is None:
            if sight not in self.sights:
                return []
            number, place = divmod(sight, _MANY)
            coded, find, end = self._scanner.coded[number], self.folded.coded.find, self.ends[place]
            term = self._scanner.terms[number] if sight in self.doubtful else ""
            found = self._sure[sight] = []
            at = find(coded, self.starts[place], end)
            while at >= 0:
                if not term or self.says(term, at):
                    found.append((at, at + len(coded)))
                at = find(coded, at + 1, end)
        return found

    def stands(self, sight: int) -> bool:
        """Whether what looks like a term is one."""
        return sight not in self.doubtful or bool(self.of(sight))

    def denied(self, place: int, start: int, end: int) -> bool:
        """Whether something that says it is not there stands beside an occurrence in a zone."""
        return place in self.denying and any(
            _beside(start, end, self.of(sight), NEGATION_REACH, self)
            for sight in self.sights & self._scanner.negations
            if sight % _MANY == place
        )


@dataclass(frozen=True, slots=True)
class WordsTest:
    """A compiled `Words` clause."""

    zones: frozenset[int]  # by their places on the page
    terms: tuple[tuple[int, int], ...]  # group and number of each spelling, in the clause's order
    sights: frozenset[int]  # of `terms`
    places: Mapping[int, tuple[int, ...]]  # where among `terms` a sight, or a letter, stands
    groups: Mapping[int, tuple[int, ...]]  # the groups of a sight
    distinct: int
    unless: tuple[int, ...]
    unless_sights: frozenset[int]
    near: tuple[int, ...]
    near_sights: frozenset[int]
    letters: frozenset[int]  # see compile_words
    within: int

    @property
    def leads(self) -> frozenset[int]:
        """Sights without any of which the test fails."""
        return self.near_sights if self.letters else self.sights

    def holds(self, page: Page) -> bool:
        """Whether enough groups stand on the page: told from what stands there alone wherever no neighbour counts."""
        sights = page.sights
        if self.near:
            return not self.near_sights.isdisjoint(sights) and self.first(page) is not None
        present = self.sights & sights
        if len(present) < self.distinct:
            return False
        if not (self.unless_sights.isdisjoint(sights) and self.zones.isdisjoint(page.denying)):
            return self.first(page) is not None
        if self.distinct == 1:
            return any(map(page.stands, present))
        groups = self.groups
        found = {group for sight in present if page.stands(sight) for group in groups[sight]}
        return len(found) >= self.distinct

    def first(self, page: Page) -> Hit | None:
        """The first valid occurrence on the page of the first group found, if enough groups are; else None."""
        present = self.sights & page.sights
        if self.letters and not page.sights.isdisjoint(self.near_sights):
            present |= self.letters
        if len(present) < self.distinct:
            return None
        if len(present) == self.distinct == 1:
            return self._valid(page, *present)
        found: Hit | None = None
        count, done = 0, -1
        places = self.places
        for place, sight in sorted([(place, one) for one in present for place in places[one]]):
            group = self.terms[place][0]
            if group == done:
                continue
            hit = self._valid(page, sight)
            if hit is None:
                continue
            found = found or hit
            done = group
            count += 1
            if count >= self.distinct:
                return found
        return None

    def _valid(self, page: Page, sight: int) -> Hit | None:
        if sight < 0:
            return self._valid_letter(page, chr(-sight))
        place = sight % _MANY
        free = not self.unless and not self.near and place not in page.denying
        for start, end in page.of(sight):
            if free or self._counts(page, place, start, end):
                return Hit(ORDER[place], start, end)
        return None

    def _valid_letter(self, page: Page, letter: str) -> Hit | None:
        for place in sorted(self.zones):
            text, first = page.text_of(place), page.starts[place]
            at = text.find(letter)
            while at >= 0:
                if self._counts(page, place, first + at, first + at + 1):
                    return Hit(ORDER[place], first + at, first + at + 1)
                at = text.find(letter, at + 1)
        return None

    def _counts(self, page: Page, place: int, start: int, end: int) -> bool:
        """Whether nothing denies the occurrence, no longer phrase holds it, and a near term stands near."""
        if page.denied(place, start, end):
            return False
        for number in self.unless:
            if any(other[0] < end and other[1] > start for other in page.of(number * _MANY + place)):
                return False
        return not self.near or any(
            _beside(start, end, page.of(number * _MANY + place), self.within, page) for number in self.near
        )


def _beside(hit_start: int, hit_end: int, others: Iterable[Span], reach: int, page: Page) -> bool:
    """Whether one of `others` stands within `reach` characters of the hit, on the same line and in the same item."""
    for other_start, other_end in others:
        start, end = min(hit_end, other_end), max(hit_start, other_start)
        if end - start < reach and page.unbroken(start, end):
            return True
    return False


def compile_words(words: Words, table: TermTable, *, late: bool = False) -> WordsTest:
    """Number a clause's terms in `table` and return its test; `late`: they are asked for in the text when all else holds.

    A term of one character that counts beside a `near` term only, such as a number, stands everywhere and counts hardly
    anywhere: it is looked for once a near term was found, and its number is its code point's negative.
    """
    near = tuple(table.number(term, words.zones, late=late) for term in words.near)
    unless = tuple(table.number(term, words.zones, late=late) for term in words.unless)

    def number(term: str) -> int:
        letter = folded(term)
        if near and len(letter) == 1 and words.place is Place.ANYWHERE:
            return -ord(letter)
        return table.number(term, words.zones, words.place, late=late)

    terms = tuple((group, number(term)) for group, spellings in enumerate(words.groups) for term in spellings)
    places: dict[int, tuple[int, ...]] = {}
    for place, (_, term) in enumerate(terms):
        for sight in table.sights((term,), words.zones) if term >= 0 else (term,):
            places[sight] = (*places.get(sight, ()), place)
    return WordsTest(
        frozenset(_PLACE_OF[zone] for zone in words.zones),
        terms,
        frozenset(places),
        places,
        {sight: tuple({terms[place][0] for place in at}) for sight, at in places.items()},
        words.distinct,
        unless,
        table.sights(unless, words.zones),
        near,
        table.sights(near, words.zones),
        frozenset(sight for sight in places if sight < 0),
        words.within,
    )
