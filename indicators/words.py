"""All terms of a catalogue, found in one pass over a page, and the tests of clauses made of words.

ahocorasick_rs was chosen over hyperscan by `benchmarks/indicators_speed.py` (figures in docs/indicators.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation
from numpy.typing import NDArray

from cleaning.points import PLANE, points_of
from indicators.folding import folded, through_folding
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

# Zones that lie side by side and ask for nearly the same terms have one automaton: of all terms found anywhere on a page
# over half would stand in a zone where nothing asks for them.
_PARTS: Final = (
    (Zone.TITLE, Zone.COLUMN),
    (Zone.TEXT,),
    (Zone.HEADERS, Zone.LINKS),
    (Zone.FORMS, Zone.URL, Zone.META, Zone.SITE, Zone.HREFS, Zone.MARKS),
    (Zone.CHROME,),
)
_MANY: Final = len(_PARTS)
_PART_OF: Final = {zone: part for part, zones in enumerate(_PARTS) for zone in zones}
_TEXT: Final = _PART_OF[Zone.TEXT]
_PLACE_OF: Final = {zone: place for place, zone in enumerate(ORDER)}
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


def parts_of(zones: Iterable[Zone]) -> tuple[int, ...]:
    """The parts of a page that hold some zones, in its order."""
    return tuple(sorted({_PART_OF[zone] for zone in zones}))


@dataclass(slots=True)
class TermTable:
    """Gives each distinct marked term a number while rules are compiled, and knows where it is asked for.

    A term and a part of the page are told by one number, their sight: `number * parts + part`.
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
        return frozenset(number * _MANY + part for number in numbers for part in parts_of(zones))


class _Seeker:
    """An automaton over one byte a character, for the terms that are asked for in one part of a page."""

    def __init__(self, part: int, terms: Mapping[str, int], classes: NDArray[np.uint8], shared: int) -> None:
        self.part = part
        self.terms = {number: term for term, number in terms.items()}
        self._sights = [number * _MANY + part for number in terms.values()]
        coded = [classes.take(points_of(term)) for term in terms]
        # Terms with a character that shares its byte: what looks like one may be another word.
        self.doubtful = {
            sight: term for sight, term, one in zip(self._sights, terms, coded, strict=True) if int(one.max()) >= shared
        }
        # The contiguous one is a twentieth of the size of a DFA, and between two pages much else passes the cache.
        self._automaton = BytesAhoCorasick(
            [one.tobytes() for one in coded], implementation=Implementation.ContiguousNFA
        )

    def seek(self, coded: bytes) -> tuple[list[tuple[int, int, int]], list[int]]:
        """What looks like a term (its place here, start, end), and the sights of all."""
        found = self._automaton.find_matches_as_indexes(coded, overlapping=True)
        sights = self._sights
        return found, [sights[place] for place in set(map(_INDEX, found))]

    def sort(self, found: Sequence[tuple[int, int, int]], start: int, into: defaultdict[int, list[Span]]) -> None:
        """What looks like terms by sight; `start`: where the part begins in the page's folded text."""
        sights = self._sights
        for place, first, last in found:
            into[sights[place]].append((start + first, start + last))


class Scanner:
    """All terms of a table in an automaton for each part of a page.

    In the text only those are looked for at once that some rule asks for whatever the other zones say; the others once
    all else of such a rule holds, on one page in three of the saved ones.
    """

    def __init__(self, table: TermTable, negations: tuple[int, ...]) -> None:
        classes, shared = _classes(table)
        asked = [
            {term: number for term, number in table.numbers.items() if not table.zones[number].isdisjoint(zones)}
            for zones in _PARTS
        ]
        at_first = {term: number for term, number in asked[_TEXT].items() if number in table.first}
        late = {term: number for term, number in asked[_TEXT].items() if number not in table.first}
        asked[_TEXT] = at_first
        self._first = [_Seeker(part, terms, classes, shared) for part, terms in enumerate(asked) if terms]
        self._late = _Seeker(_TEXT, late, classes, shared) if late else None
        seekers = [*self._first, self._late] if self._late else self._first
        self._doubtful = {sight: term for seeker in seekers for sight, term in seeker.doubtful.items()}
        self._negations = frozenset(number * _MANY + part for number in negations for part in range(_MANY))
        self._table = through_folding(classes)

    def scan(self, layout: Layout, facts: Facts) -> "Page":
        """What stands on a page, in its order: the pass over the page."""
        coded = self._table.take(layout.page.low).tobytes()
        return Page(layout, facts, coded, self._first, self._late, self._doubtful, self._negations)


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
    """A page as tests look at it: occurrences are sorted by term when a test first asks for them."""

    __slots__ = (
        "_coded",
        "_doubtful",
        "_late",
        "_negations",
        "_sorted",
        "_sure",
        "_unsorted",
        "facts",
        "known",
        "layout",
        "sights",
    )

    def __init__(
        self,
        layout: Layout,
        facts: Facts,
        coded: bytes,
        seekers: Sequence[_Seeker],
        late: _Seeker | None,
        doubtful: Mapping[int, str],
        negations: frozenset[int],
    ) -> None:
        self.layout = layout
        self.facts = facts
        self.sights: set[int] = set()  # of what looks like a term somewhere; every term that stands there is among them
        self.known: dict[int, Hit | bool | None] = {}  # what tests that several rules have found
        self._coded = coded
        self._late = late
        self._doubtful = doubtful
        self._sorted: list[defaultdict[int, list[Span]]] = [defaultdict(list) for _ in _PARTS]
        self._sure: dict[int, list[Span]] = {}
        self._unsorted: list[list[tuple[_Seeker, list[tuple[int, int, int]]]]] = [[] for _ in _PARTS]
        for seeker in seekers:
            self._seek(seeker)
        self._negations = negations & self.sights

    def read_on(self) -> None:
        """Look for the rest of the terms that are asked for in the text."""
        if self._late is not None:
            self._seek(self._late)
            self._late = None
            self._sure.clear()

    def of(self, sight: int) -> list[Span]:
        """The occurrences of a term in a part of the page, by their sight, in the order of the page."""
        if sight in self._sure:
            return self._sure[sight]
        part = sight % _MANY
        unsorted = self._unsorted[part]
        if unsorted:
            start, _ = self._place_of(part)
            for seeker, seen in unsorted:
                seeker.sort(seen, start, self._sorted[part])
            unsorted.clear()
        found = self._sorted[part].get(sight, [])
        term = self._doubtful.get(sight) if found else None
        if term is not None:
            text = self.layout.page.text
            found = [occurrence for occurrence in found if text.startswith(term, occurrence[0])]
        self._sure[sight] = found
        return found

    def begins(self, numbers: Iterable[int]) -> Span | None:
        """The first occurrence of any of some terms where some rule asks for it (its end and start); None without one."""
        found = [occurrence for number in numbers if (occurrence := self._first_of(number)) is not None]
        return min(found, default=None)

    def _first_of(self, number: int) -> Span | None:
        for part in range(_MANY):
            sight = number * _MANY + part
            occurrences = self.of(sight) if sight in self.sights else None
            if occurrences:
                return occurrences[0][::-1]
            if part == _TEXT and self._late is not None and (term := self._late.terms.get(number)):
                start, end = self._place_of(part)
                at = self.layout.page.text.find(term, start, end)
                if at >= 0:
                    return at + len(term), at
        return None

    def denied(self, start: int, end: int) -> bool:
        """Whether something that says it is not there stands beside an occurrence."""
        return bool(self._negations) and any(
            _beside(start, end, self.of(sight), NEGATION_REACH, self.layout) for sight in self._negations
        )

    def _seek(self, seeker: _Seeker) -> None:
        start, end = self._place_of(seeker.part)
        if start < end:
            found, sights = seeker.seek(self._coded[start:end])
            if found:
                self.sights.update(sights)
                self._unsorted[seeker.part].append((seeker, found))

    def _place_of(self, part: int) -> Span:
        return self.layout.span(_PARTS[part][0], _PARTS[part][-1])


@dataclass(frozen=True, slots=True)
class WordsTest:
    """A compiled `Words` clause."""

    zones: frozenset[int]  # by their places on the page
    terms: tuple[tuple[int, int], ...]  # group and number of each spelling, in the clause's order
    sights: frozenset[int]  # of `terms`
    places: Mapping[int, tuple[int, ...]]  # where among `terms` a sight, or a letter, stands
    distinct: int
    unless: tuple[int, ...]
    near: tuple[int, ...]
    near_sights: frozenset[int]
    letters: frozenset[int]  # see compile_words
    parts: tuple[int, ...]  # of the page in which letters are looked for
    within: int

    @property
    def leads(self) -> frozenset[int]:
        """Sights without any of which the test fails."""
        return self.near_sights if self.letters else self.sights

    @property
    def numbers(self) -> tuple[int, ...]:
        """The terms without any of which the test fails."""
        return self.near if self.letters else tuple(number for _, number in self.terms)

    def first(self, page: Page) -> Hit | None:
        """The first valid occurrence on the page of the first group found, if enough groups are; else None."""
        present = self.sights & page.sights
        if self.letters and not page.sights.isdisjoint(self.near_sights):
            present |= self.letters
        if len(present) < self.distinct:
            return None
        found: Hit | None = None
        count, done = 0, -1
        for place, sight in sorted([(place, one) for one in present for place in self.places[one]]):
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
        layout, zones = page.layout, self.zones
        for start, end in page.of(sight) if sight >= 0 else self._of_letter(chr(-sight), layout):
            zone = layout.place_at(start)
            if zone in zones and self._counts(page, start, end) and not page.denied(start, end):
                return Hit(ORDER[zone], start, end)
        return None

    def _counts(self, page: Page, start: int, end: int) -> bool:
        """Whether no longer phrase holds the occurrence, and a near term stands near."""
        if not self.unless and not self.near:
            return True
        part = _PART_OF[ORDER[page.layout.place_at(start)]]
        for number in self.unless:
            if any(other[0] < end and other[1] > start for other in page.of(number * _MANY + part)):
                return False
        return not self.near or any(
            _beside(start, end, page.of(number * _MANY + part), self.within, page.layout) for number in self.near
        )

    def _of_letter(self, letter: str, layout: Layout) -> list[Span]:
        text = layout.page.text
        spans = [layout.span(_PARTS[part][0], _PARTS[part][-1]) for part in self.parts]
        return [(at, at + 1) for start, end in spans for at in range(start, end) if text[at] == letter]


def _beside(hit_start: int, hit_end: int, others: Iterable[Span], reach: int, layout: Layout) -> bool:
    """Whether one of `others` stands within `reach` characters of the hit, on the same line and in the same item."""
    for other_start, other_end in others:
        start, end = min(hit_end, other_end), max(hit_start, other_start)
        if end - start < reach and _LINE_END.isdisjoint(layout.page.text[start:end]):
            return True
    return False


def compile_words(words: Words, table: TermTable, *, late: bool = False) -> WordsTest:
    """Number a clause's terms in `table` and return its test; `late`: they are asked for in the text when all else holds.

    A term of one character that counts beside a `near` term only, such as a number, stands everywhere and counts hardly
    anywhere: it is looked for once a near term was found, and its number is its code point's negative.
    """
    near = tuple(table.number(term, words.zones, late=late) for term in words.near)

    def number(term: str) -> int:
        letter = folded(term)
        if near and len(letter) == 1 and words.place is Place.ANYWHERE:
            return -ord(letter)
        return table.number(term, words.zones, words.place, late=late)

    terms = tuple((group, number(term)) for group, spellings in enumerate(words.groups) for term in spellings)
    sights: set[int] = set()
    places: dict[int, tuple[int, ...]] = {}
    for place, (_, term) in enumerate(terms):
        for sight in table.sights((term,), words.zones) if term >= 0 else (term,):
            places[sight] = (*places.get(sight, ()), place)
            sights.add(sight)
    return WordsTest(
        frozenset(_PLACE_OF[zone] for zone in words.zones),
        terms,
        frozenset(sights),
        places,
        words.distinct,
        tuple(table.number(term, words.zones, late=late) for term in words.unless),
        near,
        table.sights(near, words.zones),
        frozenset(sight for sight in sights if sight < 0),
        parts_of(words.zones),
        words.within,
    )
