"""How far many pages came towards the rules of a point: for each clause the pages that have it, and the nearest misses.  Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from indicators.records import Clause, Point, Rule, Shape
from indicators.trace import ClauseTrace, RuleTrace

NEAREST: Final = 3  # kinds of misses told for each rule


@dataclass(frozen=True, slots=True)
class ClauseCount:
    """One clause, and how many pages have what it names; a clause that `refuses` should have none of them."""

    clause: Clause
    refuses: bool
    pages: int


@dataclass(frozen=True, slots=True)
class Miss:
    """Pages that have some words of a rule and lack the same clauses of it; `lacks` counts from 0, in the rule's order."""

    lacks: tuple[int, ...]
    pages: int
    example: str


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule: the pages on which all of it holds, clause by clause, and the misses that came nearest."""

    rule: Rule
    pages: int
    clauses: tuple[ClauseCount, ...]
    nearest: tuple[Miss, ...]


class Counting:
    """Counts over any number of pages, each given once."""

    def __init__(self, point: Point) -> None:
        self.pages = 0
        self._rules = [_Counted(rule) for rule in point.rules]

    def add(self, page: str, traced: Iterable[RuleTrace]) -> None:
        """Take in what was traced on a page, by whatever name it is to be shown."""
        self.pages += 1
        for counted, one in zip(self._rules, traced, strict=True):
            counted.add(page, one)

    def told(self) -> tuple[RuleCount, ...]:
        """The counts, rule by rule in the catalogue's order."""
        return tuple(counted.told() for counted in self._rules)


class _Counted:
    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._pages = 0
        self._clauses = [0] * (len(rule.need) + len(rule.refuse))
        self._misses: dict[tuple[int, ...], Miss] = {}

    def add(self, page: str, traced: RuleTrace) -> None:
        self._pages += traced.holds
        for place, clause in enumerate(traced.clauses):
            self._clauses[place] += clause.held
        if traced.holds or not any(map(_says, traced.clauses)):
            return
        lacks = tuple(place for place, one in enumerate(traced.clauses) if not one.fulfilled)
        known = self._misses.get(lacks, Miss(lacks, 0, page))
        self._misses[lacks] = Miss(lacks, known.pages + 1, min(known.example, page))

    def told(self) -> RuleCount:
        need = len(self._rule.need)
        clauses = tuple(
            ClauseCount(clause, place >= need, self._clauses[place])
            for place, clause in enumerate((*self._rule.need, *self._rule.refuse))
        )
        nearest = sorted(self._misses.values(), key=self._distance)[:NEAREST]
        return RuleCount(self._rule, self._pages, clauses, tuple(nearest))

    def _distance(self, miss: Miss) -> tuple[int, int, str]:
        """The fewer clauses are lacking the nearer; then the rarer the words that stand there, the more they say."""
        have = [
            self._clauses[place]
            for place, clause in enumerate(self._rule.need)
            if place not in miss.lacks and not isinstance(clause, Shape)
        ]
        return len(miss.lacks), min(have), miss.example


def _says(one: ClauseTrace) -> bool:
    """Whether the page has words the rule asks for: its shape alone says nothing of the point."""
    return one.held and not one.refuses and not isinstance(one.clause, Shape)
