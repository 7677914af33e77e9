"""Why a point's rules hold on a page or not, clause by clause, told by the matcher itself.

Each clause is compiled as a rule of its own, so what is shown is what the matcher decides, not a second reading of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from cleaning.page import Reading
from indicators.evidence import Strength, Tag
from indicators.matcher import Matcher
from indicators.records import Catalogue, Clause, Point, Rule, Shape


@dataclass(frozen=True, slots=True)
class ClauseTrace:
    """One clause; `shown` is what holds it, empty where it does not hold or holds by a shape."""

    clause: Clause
    refuses: bool
    held: bool
    shown: str
    zone: str

    @property
    def fulfilled(self) -> bool:
        """Whether the rule has no quarrel with the page over this clause."""
        return self.held is not self.refuses


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule; it holds when every clause that is needed holds and none that refuses does."""

    rule: Rule
    clauses: tuple[ClauseTrace, ...]

    @property
    def holds(self) -> bool:
        """As the matcher decides it."""
        return all(clause.fulfilled for clause in self.clauses)


class Tracer:
    """A point's clauses, compiled once for any number of pages."""

    def __init__(self, catalogue: Catalogue, point: Point) -> None:
        self._rules = point.rules
        self._parts = list(_parts(point))
        alone = {name: replace(point, code=name, rules=(_alone(clause),)) for name, _, clause, _ in self._parts}
        self._matcher = Matcher(replace(catalogue, points=MappingProxyType(alone)))

    def trace(self, reading: Reading) -> tuple[RuleTrace, ...]:
        """Every rule on this page, in the catalogue's order.  An error page has no evidence: nothing holds."""
        found = {tag.code: tag for tag in self._matcher.match(reading)}
        return tuple(
            RuleTrace(
                rule,
                tuple(
                    _told(clause, refuses, found.get(name)) for name, at, clause, refuses in self._parts if at == number
                ),
            )
            for number, rule in enumerate(self._rules)
        )


def trace(catalogue: Catalogue, point: Point, reading: Reading) -> tuple[RuleTrace, ...]:
    """Every rule of `point` on one page."""
    return Tracer(catalogue, point).trace(reading)


def _parts(point: Point) -> Iterator[tuple[str, int, Clause, bool]]:
    for number, rule in enumerate(point.rules):
        clauses = ((clause, refuses) for refuses, held in ((False, rule.need), (True, rule.refuse)) for clause in held)
        for place, (clause, refuses) in enumerate(clauses):
            yield f"{number}.{place}", number, clause, refuses


def _alone(clause: Clause) -> Rule:
    return Rule(Strength.CONTENT, 0.5, (clause,))


def _told(clause: Clause, refuses: bool, tag: Tag | None) -> ClauseTrace:  # noqa: FBT001  # a record's own field
    if tag is None or isinstance(clause, Shape):
        return ClauseTrace(clause, refuses, tag is not None, "", "")
    return ClauseTrace(clause, refuses, held=True, shown=tag.snippet, zone=tag.zone)
