"""From a value to a score between 0 and 1, by the point's own typed function.  Pure."""

import math
from collections.abc import Mapping

from indicators.value_rules import ScoreKind, ScoreRule


def score(rule: ScoreRule, value: float | None, more: Mapping[str, float] | None = None) -> float:
    """The score of a value that was found; `value` None is a thing that stands without a date.

    `more` holds what else was measured (`rate` in percent, `lag` in days, how many are `broken`).  A point that is absent scores 0 and one
    that was not observed has no score: neither asks here.
    """
    if value is None:
        return rule.undated
    match rule.kind:
        case ScoreKind.BOOLEAN:
            found = 1.0 if value > 0 else 0.0
        case ScoreKind.GRADE:
            found = value
        case ScoreKind.SHARE:
            broken = (more or {}).get("broken", 0.0)
            found = min(1.0, value / rule.full) * (0.5 if rule.halved_from and broken >= rule.halved_from else 1.0)
        case ScoreKind.VOLUME:
            found = math.log1p(max(0.0, value)) / math.log1p(rule.full)
        case ScoreKind.LINE:
            found = _along(rule.knots, value)
        case ScoreKind.SUM:
            found = sum(_term(term.of, term.knots, value, more or {}) * term.weight for term in rule.terms)
    return _held(found)


def _term(of: str, knots: tuple[tuple[float, float], ...], value: float, more: Mapping[str, float]) -> float:
    found = value if of == "value" else more.get(of)
    if found is None:
        return 0.0
    if knots:
        return _along(knots, found)
    return _held(found / 100 if of == "rate" else found)


def _along(knots: tuple[tuple[float, float], ...], x: float) -> float:
    """Linear between the knots, level beyond them; where two stand at one x, the first holds at it."""
    before = knots[0]
    if x <= before[0]:
        return before[1]
    for knot in knots[1:]:
        if x <= knot[0] and knot[0] > before[0]:
            return before[1] + (knot[1] - before[1]) * (x - before[0]) / (knot[0] - before[0])
        before = knot
    return before[1]


def _held(share: float) -> float:
    return min(1.0, max(0.0, share))
