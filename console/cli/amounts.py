"""Values as people read them: with their unit, shares as percent."""

from __future__ import annotations

from console.cli import words
from indicators.catalogue import load

_YES_OR_NO = {1.0: "有", 0.0: "无"}


def number(value: float | None) -> str:
    """A figure: whole ones whole, others to three places."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if value == int(value) else f"{value:.3f}"


def measured(value: float | None, unit: str) -> str:
    """A point's value in its unit: shares are kept as 0 to 1 and read as percent, 有/无 as 1 and 0."""
    if value is None:
        return "—"
    if unit == "%":
        return f"{value:.1%}".replace(".0%", "%").replace("%", " %")
    if unit == "有/无":
        return _YES_OR_NO.get(value, number(value))
    return f"{number(value)} {unit}".rstrip()


def of_point(code: str, value: float | None) -> str:
    """The value of the point of this code; one that the catalogue does not hold any more has no unit."""
    point = load().points.get(code)
    return measured(value, point.unit if point else "")


def valued(code: str, state: str, value: float | None) -> str:
    """A value with its unit, or the word for its state where it has none."""
    return words.VALUE_STATES.get(state, state) if value is None else of_point(code, value)
