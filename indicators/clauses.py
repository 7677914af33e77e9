"""Clauses made ready to be asked of a page, besides those of words (:mod:`indicators.words`)."""

import re
from dataclasses import replace

from indicators.records import Clause, Pattern, Shape, Words, Zone
from indicators.regexes import needs, searches
from indicators.structure import shape_test
from indicators.words import Asked, Hit, Page, TermTable, compile_words
from indicators.zones import ORDER


class PatternTest(Asked):
    """A `Pattern` clause; it is run only where a literal that every match holds stands."""

    __slots__ = ("_finds", "_literals", "_zones")

    def __init__(self, clause: Pattern) -> None:
        self._finds = [(re.compile(regex).search, behind) for regex, behind in searches(clause.regex)]
        self._literals = needs(clause.regex)
        self._zones = tuple(map(ORDER.index, clause.zones))

    def holds(self, page: Page) -> bool:
        """Whether it matches somewhere."""
        return self.first(page) is not None

    def first(self, page: Page) -> Hit | None:
        """Its first match."""
        literals = self._literals
        for zone in self._zones:
            text = page.text_of(zone)
            if literals and not any(literal in text for literal in literals):
                continue
            if span := self._span(text):
                start = page.starts[zone]
                return Hit(zone, start + span[0], start + span[1])
        return None

    def _span(self, text: str) -> tuple[int, int] | None:
        """Where its first match begins and ends in a text."""
        span: tuple[int, int] | None = None
        for find, behind in self._finds:
            found = find(f"\n{text}" if behind else text)
            if found:
                start, end = found.span()
                if behind:
                    start, end = max(0, start - 1), end - 1
                if span is None or start < span[0]:
                    span = start, end
        return span


class ShapeTest(Asked):
    """A `Shape` clause, which stands nowhere in the text."""

    __slots__ = ("_holds",)

    def __init__(self, shape: Shape) -> None:
        self._holds = shape_test(shape)

    def holds(self, page: Page) -> bool:
        """Whether the page is of that shape."""
        return self._holds(page.facts)


class Once(Asked):
    """A clause that several rules have, asked once on each page."""

    __slots__ = ("_asked", "_number")

    def __init__(self, asked: Asked, number: int) -> None:
        self._asked = asked
        self._number = number

    def holds(self, page: Page) -> bool:
        """What it said on this page before, if it was asked."""
        known, number = page.known, self._number
        if number in known:
            return known[number]
        found = known[number] = self._asked.holds(page)
        return found


class Late(Asked):
    """A clause of words that are looked for in the text when all else of a rule holds."""

    __slots__ = ("_words",)

    def __init__(self, words: Asked) -> None:
        self._words = words

    def holds(self, page: Page) -> bool:
        """Whether it holds once the rest of the text was read."""
        page.read_on()
        return self._words.holds(page)


def compile_clause(clause: Clause, table: TermTable, *, late: bool) -> Asked:
    """What asks a clause of a page; `late`: only when all else holds."""
    if isinstance(clause, Words):
        words = compile_words(clause, table, late=late)
        return Late(words) if late else words
    return PatternTest(clause) if isinstance(clause, Pattern) else ShapeTest(clause)


def asks_kind_alone(clause: Clause) -> bool:
    """Whether all that a clause asks is known from a page's kind."""
    return isinstance(clause, Shape) and replace(clause, page_type=(), language=(), form=()) == Shape()


def dearness(clause: Clause, *, late: bool) -> int:
    """The order in which a rule's clauses are asked: sizes, words, what reads names and titles, words looked for late."""
    if isinstance(clause, Shape):
        return 2 if clause.column is not None or clause.publisher else 0
    return 3 if late else 1 if isinstance(clause, Words) else 2


def is_late(clause: Clause, *, late_text: bool) -> bool:
    """Whether a clause of such a rule waits until all else holds."""
    return late_text and isinstance(clause, Words) and Zone.TEXT in clause.zones
