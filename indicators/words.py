"""All terms of a catalogue, found in one pass over a page, and the tests of clauses made of words.

ahocorasick_rs was chosen over hyperscan by `benchmarks/indicators_speed.py` (figures in docs/indicators.md).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import itemgetter
from typing import Final

import numpy as np
from ahocorasick_rs import BytesAhoCorasick, Implementation
from numpy.typing import NDArray

from cleaning.points import PLANE, points_of
from indicators.folding import fold, folded_term, marks_of
from indicators.records import Place, Words, Zone
from indicators.structure import Facts
from indicators.zones import ITEM_END, ITEM_START, ORDER, Layout

# How far a negation may stand from what it negates: "网上预约(暂未开通)", "正在建设中的智能问答".
NEGATION_REACH: Final = 8
_LINE_END: Final = frozenset(f"\n\x00{ITEM_START}{ITEM_END}")


class Hit:
    """One occurrence of a term: the place of its zone in ORDER, and folded places, end excluded."""

    __slots__ = ("end", "start", "zone")

    def __init__(self, zone: int, start: int, end: int) -> None:
        self.zone = zone
        self.start = start
        self.end = end


Span = tuple[int, int]  # an occurrence: folded start and end

_PLACE_OF: Final = {zone: place for place, zone in enumerate(ORDER)}
_TEXT: Final = _PLACE_OF[Zone.TEXT]
_LONG: Final = frozenset({_TEXT, _PLACE_OF[Zone.LINKS], _PLACE_OF[Zone.CHROME]})  # zones of some hundred characters
# Characters of terms are told apart by one byte each.  The commonest have one of their own; with the 860 characters of
# the catalogue of 2026, 200 of them leave 1 occurrence in 20 to be looked at twice.
_OWN_BYTE: Final = 200
_BYTES: Final = 255
_INDEX: Final = itemgetter(0)


def marked(term: str, place: Place) -> str:
    """The folded term with the item marks its place asks for."""
    head = ITEM_START if place in {Place.WHOLE, Place.START} else ""
    tail = ITEM_END if place in {Place.WHOLE, Place.END} else ""
    return f"{head}{folded_term(term)}{tail}"


@dataclass(slots=True)
class TermTable:
    """Numbers what rules ask for while they are compiled: a marked term in a zone of the page, its sight."""

    numbers: dict[tuple[str, int], int] = field(default_factory=dict)  # of term and place of the zone
    first: set[int] = field(default_factory=set)  # those looked for whatever else stands on the page

    def sights(
        self, term: str, zones: Iterable[Zone], place: Place = Place.ANYWHERE, *, late: bool = False
    ) -> tuple[int, ...]:
        """The sights of a term at a place in each zone; in the text it is looked for at first, or only when asked for."""
        text = marked(term, place)
        found = tuple(self.numbers.setdefault((text, _PLACE_OF[zone]), len(self.numbers)) for zone in zones)
        self.first.update(sight for zone, sight in zip(zones, found, strict=True) if not late or zone is not Zone.TEXT)
        return found


class _Seeker:
    """An automaton over one byte a character, for the terms that are asked for in one zone."""

    def __init__(self, place: int, sights: Sequence[int], coded: Sequence[bytes]) -> None:
        self.place = place
        # A character alone stands in most texts, many times: what tells of each time costs more than to look for it once.
        self._letters = [(coded[sight][0], sight) for sight in sights if len(coded[sight]) == 1 and place in _LONG]
        alone = {sight for _, sight in self._letters}
        terms = [sight for sight in sights if sight not in alone]
        self._sight = terms.__getitem__
        # The contiguous one is a twentieth of the size of a DFA, and between two pages much else passes the cache.
        self._find = BytesAhoCorasick(
            [coded[sight] for sight in terms], implementation=Implementation.ContiguousNFA
        ).find_matches_as_indexes

    def seek(self, coded: bytes, sights: set[int]) -> None:
        """Add to `sights` those of all that looks like a term."""
        sights.update(map(self._sight, map(_INDEX, self._find(coded, overlapping=True))))
        for letter, sight in self._letters:
            if letter in coded:
                sights.add(sight)


class Scanner:
    """All terms of a table in an automaton for each zone.

    Of all terms found anywhere on a page over half would stand in a zone where nothing asks for them.  In the text only
    those are looked for at once that some rule asks for whatever the other zones say; the others once all else of such a
    rule holds, on one page in three of the saved ones.
    """

    def __init__(self, table: TermTable, negations: frozenset[int]) -> None:
        terms = list(dict.fromkeys(term for term, _ in table.numbers))
        classes, shared = _classes(terms)
        codes = {term: classes.take(points_of(term)) for term in terms}
        # By sight: its bytes, the place of its zone, and the term itself where one of its characters shares its byte:
        # what looks like one may be another word.
        self.coded = tuple(codes[term].tobytes() for term, _ in table.numbers)
        self.zones = tuple(zone for _, zone in table.numbers)
        self.doubts = tuple(term if int(codes[term].max()) >= shared else "" for term, _ in table.numbers)
        self.negations = negations
        self.marks = marks_of(classes)
        asked: list[list[int]] = [[] for _ in ORDER]
        late: list[int] = []
        for sight, zone in enumerate(self.zones):
            (asked[zone] if sight in table.first else late).append(sight)
        self.first = tuple(_Seeker(place, sights, self.coded) for place, sights in enumerate(asked) if sights)
        self.late = _Seeker(_TEXT, late, self.coded) if late else None

    def scan(self, layout: Layout, facts: Facts) -> "Page":
        """What stands on a page: the pass over it."""
        return Page(layout, facts, self)


def _classes(terms: Iterable[str]) -> tuple[NDArray[np.uint8], int]:
    """The byte of each folded character, 0 for those no term has, and the first byte that several may share."""
    used = Counter(letter for term in terms for letter in term)
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
        "_first",
        "_late",
        "_scanner",
        "_spans",
        "_texts",
        "denials",
        "doubts",
        "ends",
        "facts",
        "folded",
        "in_zone",
        "known",
        "raw",
        "sights",
        "starts",
        "zones",
    )

    def __init__(self, layout: Layout, facts: Facts, scanner: Scanner) -> None:
        self.raw = layout.raw
        self.folded = fold(layout.raw, scanner.marks, layout.points)
        self.starts = starts = self.folded.forth(layout.starts)  # of each zone, by its place, in the folded text
        self.ends = ends = self.folded.forth(layout.ends)
        self.facts = facts
        self.known: dict[int, bool] = {}  # what tests that several rules have found
        self.zones, self.doubts = scanner.zones, scanner.doubts  # by sight
        self._scanner = scanner
        self._late = scanner.late
        self._first: dict[int, Hit | None] = {}
        self._spans: dict[int, list[Span]] = {}
        self._texts: dict[int, str] = {}
        # Of what looks like a term somewhere, in each zone and in all; every term that stands there is among them.
        self.in_zone: list[set[int]] = [set() for _ in starts]
        coded = self.folded.coded
        for seeker in scanner.first:
            start, end = starts[seeker.place], ends[seeker.place]
            if start < end:
                seeker.seek(coded[start:end], self.in_zone[seeker.place])
        self.sights: set[int] = set()
        self.sights.update(*self.in_zone)
        self.denials: dict[int, list[int]] = {}  # sights of negations, by the place of their zone
        if not scanner.negations.isdisjoint(self.sights):
            for sight in self.sights & scanner.negations:
                self.denials.setdefault(scanner.zones[sight], []).append(sight)

    def read_on(self) -> None:
        """Look for the rest of the terms that are asked for in the text."""
        if self._late is not None:
            start, end = self.starts[_TEXT], self.ends[_TEXT]
            self._late.seek(self.folded.coded[start:end], self.in_zone[_TEXT])
            self.sights |= self.in_zone[_TEXT]
            self._late = None

    def text_of(self, place: int) -> str:
        """The folded text of a zone, by its place."""
        found = self._texts.get(place)
        if found is None:
            found = self._texts[place] = self.folded.part(self.starts[place], self.ends[place])
        return found

    def stands(self, sight: int) -> bool:
        """Whether what looks like a term is one."""
        return not self.doubts[sight] or self.first(sight) is not None

    def first(self, sight: int) -> Hit | None:
        """The first occurrence of what looks like a term somewhere."""
        known = self._first
        if sight in known:
            return known[sight]
        zone = self.zones[sight]
        at = self._next(sight, self.starts[zone])
        found = known[sight] = Hit(zone, at, at + len(self._scanner.coded[sight])) if at >= 0 else None
        return found

    def of(self, sight: int) -> list[Span]:
        """All occurrences of a term in a zone, by their sight, in the order of the page."""
        found = self._spans.get(sight)
        if found is None:
            found = self._spans[sight] = []
            if sight in self.sights:
                length = len(self._scanner.coded[sight])
                at = self._next(sight, self.starts[self._scanner.zones[sight]])
                while at >= 0:
                    found.append((at, at + length))
                    at = self._next(sight, at + 1)
        return found

    def _next(self, sight: int, at: int) -> int:
        """The first place from `at` on where a term stands, or -1."""
        scanner = self._scanner
        coded, find, end = scanner.coded[sight], self.folded.coded.find, self.ends[scanner.zones[sight]]
        at = find(coded, at, end)
        term = scanner.doubts[sight]
        if term:
            while at >= 0 and not self._says(term, at):
                at = find(coded, at + 1, end)
        return at

    def _says(self, term: str, at: int) -> bool:
        """Whether a folded term stands at a folded place; most are written as they are folded."""
        page = self.folded
        return (" " not in term and self.raw.startswith(term, page.back(at))) or (
            page.part(at, min(at + len(term), len(page.coded))) == term
        )

    def denied(self, hit: Hit) -> bool:
        """Whether something that says it is not there stands beside an occurrence in a zone."""
        return hit.zone in self.denials and any(
            self.beside(hit, self.of(sight), NEGATION_REACH) for sight in self.denials[hit.zone]
        )

    def beside(self, hit: Hit, others: Iterable[Span], reach: int) -> bool:
        """Whether one of `others` stands within `reach` characters of a hit, on the same line and in the same item."""
        back = self.folded.back
        for other_start, other_end in others:
            start, end = min(hit.end, other_end), max(hit.start, other_start)
            if end - start < reach and (
                start >= end or _LINE_END.isdisjoint(self.raw[back(start) : back(end - 1) + 1])
            ):
                return True
        return False


_Turn = tuple[int, int, int]  # the order in which a clause looks at a sight, the sight's group, and the sight


class Asked:
    """A clause made ready to be asked of a page."""

    __slots__ = ()

    def holds(self, page: Page) -> bool:
        """Whether it holds on the page."""
        raise NotImplementedError

    def first(self, page: Page) -> Hit | None:  # noqa: ARG002  # what stands nowhere in particular has no first place
        """Where it stands first."""
        return None


@dataclass(frozen=True, slots=True)
class WordsTest(Asked):
    """A compiled `Words` clause."""

    zones: frozenset[int]  # by their places on the page
    sights: frozenset[int]  # what it looks for; letters too, see compile_words
    in_zone: tuple[tuple[int, frozenset[int]], ...]  # the same without letters, by the place of its zone
    turns: Mapping[int, tuple[_Turn, ...]]  # of each of `sights`
    distinct: int
    unless: frozenset[int]  # sights
    near: frozenset[int]  # sights
    letters: frozenset[int]  # see compile_words
    within: int

    @property
    def leads(self) -> frozenset[int]:
        """Sights without any of which the test fails."""
        return self.near if self.letters else self.sights

    def holds(self, page: Page) -> bool:
        """Whether enough groups stand on the page: told from what stands there alone wherever no neighbour counts."""
        sights = page.sights
        if self.near:
            return not self.near.isdisjoint(sights) and self.first(page) is not None
        present = self._present(page)
        if len(present) < self.distinct:
            return False
        if (page.denials and not self.zones.isdisjoint(page.denials)) or (
            self.unless and not self.unless.isdisjoint(sights)
        ):
            return self.first(page) is not None
        if self.distinct == 1:
            doubts = page.doubts
            for sight in present:  # noqa: SIM110  # a loop: a generator costs more than what it asks
                if not doubts[sight] or page.first(sight):
                    return True
            return False
        turns = self.turns
        found = {group for sight in present if page.stands(sight) for _, group, _ in turns[sight]}
        return len(found) >= self.distinct

    def _present(self, page: Page) -> set[int]:
        """What it looks for and is seen, zone by zone: of all that is seen on a page little stands in one zone."""
        present: set[int] = set()
        for zone, sights in self.in_zone:
            seen = page.in_zone[zone]
            if seen and (found := seen & sights):
                present = present | found if present else found
        return present

    def first(self, page: Page) -> Hit | None:
        """The first valid occurrence on the page of the first group found, if enough groups are; else None."""
        present = self._present(page)
        if self.letters and not page.sights.isdisjoint(self.near):
            present |= self.letters
        if len(present) < self.distinct:
            return None
        if len(present) == self.distinct == 1:
            return self._valid(page, *present)
        found: Hit | None = None
        groups, done = 0, -1
        turns = self.turns
        for _, group, sight in sorted([turn for one in present for turn in turns[one]]):
            if group == done:
                continue
            hit = self._valid(page, sight)
            if hit is None:
                continue
            found = found or hit
            done = group
            groups += 1
            if groups >= self.distinct:
                return found
        return None

    def _valid(self, page: Page, sight: int) -> Hit | None:
        if sight < 0:
            return self._valid_letter(page, chr(-sight))
        hit = page.first(sight)
        if hit is None or self._counts(page, hit):
            return hit
        for start, end in page.of(sight):
            if start > hit.start and self._counts(page, other := Hit(hit.zone, start, end)):
                return other
        return None

    def _valid_letter(self, page: Page, letter: str) -> Hit | None:
        for zone in sorted(self.zones):
            text, start = page.text_of(zone), page.starts[zone]
            at = text.find(letter)
            while at >= 0:
                if self._counts(page, hit := Hit(zone, start + at, start + at + 1)):
                    return hit
                at = text.find(letter, at + 1)
        return None

    def _counts(self, page: Page, hit: Hit) -> bool:
        """Whether nothing denies the occurrence, no longer phrase holds it, and a near term stands near."""
        if not (page.denials or self.unless or self.near):
            return True
        if hit.zone in page.denials and page.denied(hit):
            return False
        if any(
            start < hit.end and end > hit.start
            for sight in self._of(self.unless, page, hit)
            for start, end in page.of(sight)
        ):
            return False
        return not self.near or any(
            page.beside(hit, page.of(sight), self.within) for sight in self._of(self.near, page, hit)
        )

    def _of(self, sights: frozenset[int], page: Page, hit: Hit) -> list[int]:
        """Those of some sights that stand in the zone of a hit."""
        return [sight for sight in sights & page.sights if page.zones[sight] == hit.zone]


def compile_words(words: Words, table: TermTable, *, late: bool = False) -> WordsTest:
    """Number a clause's terms in `table` and return its test; `late`: they are asked for in the text when all else holds.

    A term of one character that counts beside a `near` term only, such as a number, stands everywhere and counts hardly
    anywhere: it is looked for once a near term was found, and its sight is its code point's negative.
    """
    zones = [zone for zone in ORDER if zone in words.zones]

    def sights(terms: Iterable[str]) -> frozenset[int]:
        return frozenset(sight for term in terms for sight in table.sights(term, zones, late=late))

    near, unless = sights(words.near), sights(words.unless)
    turns: dict[int, tuple[_Turn, ...]] = {}
    in_zone: dict[int, set[int]] = {_PLACE_OF[zone]: set() for zone in zones}
    number = count()
    for group, spellings in enumerate(words.groups):
        for term in spellings:
            letter = folded_term(term)
            if near and len(letter) == 1 and words.place is Place.ANYWHERE:
                found: tuple[int, ...] = (-ord(letter),)
            else:
                found = table.sights(term, zones, words.place, late=late)
                for seen, sight in zip(in_zone.values(), found, strict=True):
                    seen.add(sight)
            for sight in found:
                turns[sight] = (*turns.get(sight, ()), (next(number), group, sight))
    return WordsTest(
        frozenset(in_zone),
        frozenset(turns),
        tuple([(place, frozenset(seen)) for place, seen in in_zone.items()]),
        turns,
        words.distinct,
        unless,
        near,
        frozenset(sight for sight in turns if sight < 0),
        words.within,
    )
