"""All terms of a catalogue in one automaton, and what it found on a page.

ahocorasick_rs was chosen over hyperscan by `benchmarks/indicators_speed.py` (figures in docs/indicators.md).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

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


Found = tuple[int, int, int]  # an occurrence as the automaton gives it: the term's number, folded start and end
Hits = dict[int, list[Found]]


def marked(term: str, place: Place) -> str:
    """The folded term with the item marks its place asks for."""
    head = ITEM_START if place in {Place.WHOLE, Place.START} else ""
    tail = ITEM_END if place in {Place.WHOLE, Place.END} else ""
    return f"{head}{folded(term)}{tail}"


@dataclass(slots=True)
class TermTable:
    """Gives each distinct marked term a number while rules are compiled, then builds the automaton."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, term: str, place: Place = Place.ANYWHERE) -> int:
        """The number of a term at a place."""
        return self.numbers.setdefault(marked(term, place), len(self.numbers))

    def automaton(self) -> AhoCorasick:
        """The automaton over all terms numbered so far."""
        return AhoCorasick(list(self.numbers), store_patterns=False, implementation=Implementation.ContiguousNFA)


def scan(automaton: AhoCorasick, layout: Layout) -> Hits:
    """Every occurrence of every term: the single pass over the page."""
    hits: Hits = {}
    for found in automaton.find_matches_as_indexes(layout.page.text, overlapping=True):
        if found[0] in hits:
            hits[found[0]].append(found)
        else:
            hits[found[0]] = [found]
    return hits


@dataclass(frozen=True, slots=True)
class WordsTest:
    """A compiled `Words` clause."""

    zones: frozenset[Zone]
    groups: tuple[tuple[int, ...], ...]
    distinct: int
    unless: tuple[int, ...]
    near: tuple[int, ...]
    within: int
    negations: tuple[int, ...]

    def first(self, hits: Hits, layout: Layout) -> Hit | None:
        """The first valid occurrence on the page of the first group found, if enough groups are; else None."""
        found: Hit | None = None
        count = 0
        for group in self.groups:
            hit = self._of_group(group, hits, layout)
            if hit is None:
                continue
            found = found or hit
            count += 1
            if count >= self.distinct:
                return found
        return None

    def _of_group(self, group: Iterable[int], hits: Hits, layout: Layout) -> Hit | None:
        zones, starts = layout.zones, layout.starts
        for number in group:
            for _, start, end in hits.get(number, ()):
                zone = zones[bisect_right(starts, start) - 1]
                if zone in self.zones and self._valid(start, end, hits, layout.page.text):
                    return Hit(zone, start, end)
        return None

    def _valid(self, start: int, end: int, hits: Hits, text: str) -> bool:
        if any(other[1] < end and other[2] > start for other in _among(self.unless, hits)):
            return False
        if self.near and not _beside(start, end, _among(self.near, hits), self.within, text):
            return False
        return not _beside(start, end, _among(self.negations, hits), NEGATION_REACH, text)


def _among(numbers: tuple[int, ...], hits: Hits) -> Iterable[Found]:
    return [found for number in numbers if number in hits for found in hits[number]]


def _beside(hit_start: int, hit_end: int, others: Iterable[Found], reach: int, text: str) -> bool:
    """Whether one of `others` stands within `reach` characters of the hit, on the same line and in the same item."""
    for _, other_start, other_end in others:
        start, end = min(hit_end, other_end), max(hit_start, other_start)
        if end - start < reach and _LINE_END.isdisjoint(text[start:end]):
            return True
    return False


def compile_words(words: Words, table: TermTable, negations: tuple[int, ...]) -> WordsTest:
    """Number a clause's terms in `table` and return its test."""
    return WordsTest(
        frozenset(words.zones),
        tuple(tuple(table.number(term, words.place) for term in group) for group in words.groups),
        words.distinct,
        tuple(table.number(term) for term in words.unless),
        tuple(table.number(term) for term in words.near),
        words.within,
        negations,
    )
