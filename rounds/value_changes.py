"""How a unit's values went from one round to the next.  Pure.

Only what was observed in both rounds goes up or down; a value that was not observed in one of them says so and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from indicators.values import State

OBSERVED: Final = frozenset({State.MEASURED, State.ABSENT})


class Move(StrEnum):
    """How a value went: closed."""

    SAME = "same"
    UP = "up"
    DOWN = "down"
    APPEARED = "appeared"  # absent, then measured
    VANISHED = "vanished"  # measured, then absent
    LOST = "lost"  # observed, then not: nothing is said about it
    SEEN = "seen"  # not observed, then observed


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One point of one unit: state and value before and after."""

    move: Move
    before: tuple[str, float | None]
    after: tuple[str, float | None]


def value_change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> ValueChange:
    """Compare two stored values; None where a round has none."""
    old, new = _said(before), _said(after)
    return ValueChange(_move(old, new), old, new)


def observed(state: str) -> bool:
    """Whether a state says something about the unit."""
    return state in OBSERVED


def _said(value: Mapping[str, Any] | None) -> tuple[str, float | None]:
    return (str(State.UNOBSERVED), None) if value is None else (value["state"], value["value"])


def _move(old: tuple[str, float | None], new: tuple[str, float | None]) -> Move:
    if not observed(old[0]) or not observed(new[0]):
        if observed(old[0]):
            return Move.LOST
        return Move.SEEN if observed(new[0]) else Move.SAME
    if old[0] != new[0]:
        return Move.APPEARED if new[0] == State.MEASURED else Move.VANISHED
    first, second = old[1] or 0.0, new[1] or 0.0
    return Move.UP if second > first else Move.DOWN if second < first else Move.SAME
