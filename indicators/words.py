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


Hits = dict[int, list[Hit]]


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
    found: Hits = {}
    zones, starts = layout.zones, layout.starts
    for number, start, end in automaton.find_matches_as_indexes(layout.page.text, overlapping=True):
        hit = Hit(zones[bisect_right(starts, start) - 1], start, end)
        if number in found:
            found[number].append(hit)
        else:
            found[number] = [hit]
    return found


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

    def first(self, hits: Hits, text: str) -> Hit | None:
        """The first valid occurrence in the folded `text` of the first group found, if enough groups are; else None."""
        found: Hit | None = None
        count = 0
        for group in self.groups:
            hit = self._of_group(group, hits, text)
            if hit is None:
                continue
            found = found or hit
            count += 1
            if count >= self.distinct:
                return found
        return None

    def _of_group(self, group: Iterable[int], hits: Hits, text: str) -> Hit | None:
        for number in group:
            for hit in hits.get(number, ()):
                if hit.zone in self.zones and self._valid(hit, hits, text):
                    return hit
        return None

    def _valid(self, hit: Hit, hits: Hits, text: str) -> bool:
        if any(other.start < hit.end and other.end > hit.start for other in _among(self.unless, hits)):
            return False
        if self.near and not _beside(hit, _among(self.near, hits), self.within, text):
            return False
        return not _beside(hit, _among(self.negations, hits), NEGATION_REACH, text)


def _among(numbers: tuple[int, ...], hits: Hits) -> Iterable[Hit]:
    return (hit for number in numbers for hit in hits.get(number, ()))


def _beside(hit: Hit, others: Iterable[Hit], reach: int, text: str) -> bool:
    """Whether one of `others` stands within `reach` characters of `hit`, on the same line and in the same item."""
    for other in others:
        start, end = min(hit.end, other.end), max(hit.start, other.start)
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
