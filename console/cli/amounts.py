"""Values as people read them: with their unit, shares as percent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from console.cli import words
from indicators.catalogue import load

_YES_OR_NO = {1.0: "有", 0.0: "无"}
_MOST_DIGITS: Final = 12  # beyond them two floating-point numbers differ by their last bits only

Said = tuple[str, float | None]  # a value's state, and the value


def number(value: float | None, more: int = 0) -> str:
    """A figure: whole ones whole, others to three places, and `more`."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if value == int(value) else f"{value:.{3 + more}f}"


def measured(value: float | None, unit: str, more: int = 0) -> str:
    """A point's value in its unit: shares are kept as 0 to 1 and read as percent, 有/无 as 1 and 0."""
    if value is None:
        return "—"
    if unit == "%":
        return f"{value:.{1 + more}%}".replace(".0%", "%").replace("%", " %")
    if unit == "有/无":
        return _YES_OR_NO.get(value, number(value, more))
    return f"{number(value, more)} {unit}".rstrip()


def of_point(code: str, value: float | None, more: int = 0) -> str:
    """The value of the point of this code; one that the catalogue does not hold any more has no unit."""
    point = load().points.get(code)
    return measured(value, point.unit if point else "", more)


def valued(code: str, state: str, value: float | None) -> str:
    """A value with its unit, or the word for its state where it has none."""
    return words.VALUE_STATES.get(state, state) if value is None else of_point(code, value)


def told_apart(code: str, sides: Sequence[Said]) -> list[str]:
    """Values of one point side by side: what differs reads differently, with as many digits as that takes."""
    amounts = {value for _, value in sides if value is not None}
    digits = range(_MOST_DIGITS)
    more = next((n for n in digits if len({of_point(code, one, n) for one in amounts}) == len(amounts)), 0)
    several = len({state for state, _ in sides}) > 1  # an absent 0 beside a measured 0
    return [
        words.VALUE_STATES[state] if value is None or (several and state == "absent") else of_point(code, value, more)
        for state, value in sides
    ]
