"""What is wrong with a catalogue that loads: things a person should look at before it is frozen."""

from collections.abc import Iterator
from dataclasses import dataclass

from indicators.evidence import Strength
from indicators.records import Catalogue, Clause, PageRole, Place, Point, Rule, Shape, Words, Zone

# One-character terms and two-character terms in running text hit nearly every page (measured on the 1,400 saved pages
# of the development data: the median two-character service word stands on one page in five).
SHORTEST_IN_TEXT = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: which point, and what to do about it."""

    code: str
    text: str


def problems(catalogue: Catalogue) -> list[Problem]:
    """Every problem, by catalogue order; empty when the catalogue may be frozen."""
    found = [
        Problem(indicator.code, "no machine point under this indicator")
        for indicator in catalogue.indicators
        if not any(point.by_machine for point in indicator.points)
    ]
    for point in catalogue.points.values():
        found.extend(Problem(point.code, text) for text in _of_point(point))
    return found


def _of_point(point: Point) -> Iterator[str]:
    for key in ("name", "measured", "unit", "evidence", "scoring", "source"):
        if not getattr(point, key).strip():
            yield f"{key} is empty"
    if not point.by_machine:
        if not point.why_manual.strip():
            yield "a manual point says why a machine cannot decide it (why_manual)"
        if point.rules:
            yield "a manual point has rules: either it is a machine point or the rules go"
        return
    if point.method == "manual":
        yield "a machine point with method manual"
    if point.page_role is not PageRole.NONE and point.channel in {"weibo", "wechat", "search-engine"}:
        yield f"evidence of channel {point.channel} never stands on a crawled page: page_role must be none"
    seen: set[Rule] = set()
    for number, rule in enumerate(point.rules, 1):
        if rule in seen:
            yield f"rule {number} stands there twice"
        seen.add(rule)
        yield from (f"rule {number}: {text}" for text in _of_rule(rule))


def _of_rule(rule: Rule) -> Iterator[str]:
    if not any(not isinstance(part, Shape) for part in rule.need) and rule.strength is Strength.CONTENT:
        asked = [part for part in rule.need if isinstance(part, Shape)]
        if all(not (part.form or part.language or part.page_type) for part in asked):
            yield "only sizes decide: it would hold on most pages"
    for part in (*rule.need, *rule.refuse):
        yield from _of_clause(part)


def _of_clause(part: Clause) -> Iterator[str]:
    if not isinstance(part, Words):
        return
    terms = [term for group in part.groups for term in group]
    for term in {term for term in terms if terms.count(term) > 1}:
        yield f"term {term!r} stands in the clause twice"
    free = part.place is Place.ANYWHERE and not part.near and part.distinct == 1
    if free and {Zone.TEXT, Zone.CHROME} & set(part.zones):
        for term in terms:
            if len(term) < SHORTEST_IN_TEXT:
                yield f"term {term!r} is too short for running text"
