"""From the values of several rounds to the one a report shows, by a rule declared beforehand; and where rounds disagree.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low
from typing import Any, Final

from indicators.values import State
from rounds.value_changes import observed


class Rule(StrEnum):
    """How rounds become one value: closed.  Rounds that did not observe a point have no say."""

    LATEST = "latest"  # the newest observed
    ANY = "any"  # measured if any round measured it: the highest
    MEDIAN = "median"  # the middle one, absent counted as 0; of two the lower: always one that a round has
    MAXIMUM = "maximum"  # the highest, absent counted as 0


BY_MEASURE: Final[Mapping[str, Rule]] = {
    "有无": Rule.ANY,
    "数据量": Rule.MAXIMUM,
    "数据集合度": Rule.MAXIMUM,
    "时效": Rule.LATEST,
    "比率": Rule.MEDIAN,
    "时长": Rule.MEDIAN,
}
"""Where nothing is declared.  What is there was there even if one visit missed it; amounts that a visit saw exist; ages count
from the last visit; shares and times scatter, and one odd round must not carry them.  Ours: the report names no rule."""


@dataclass(frozen=True, slots=True)
class Said:
    """One round's value of a point."""

    round: str
    state: str
    value: float | None
    score: float | None


@dataclass(frozen=True, slots=True)
class CampaignValue:
    """The campaign's value of one point of one unit: `chosen` is the round it is taken from, empty where none observed it."""

    unit: str
    code: str
    rule: Rule
    state: str
    value: float | None
    score: float | None
    chosen: str
    disagree: bool
    rounds: tuple[Said, ...]


def said(round_name: str, value: Mapping[str, Any] | None) -> Said:
    """A stored value, or that there is none."""
    if value is None:
        return Said(round_name, str(State.UNOBSERVED), None, None)
    return Said(round_name, value["state"], value["value"], value["score"])


def campaign_value(unit: str, code: str, rule: Rule, rounds: Sequence[Said], tolerance: float) -> CampaignValue:
    """Choose among the rounds, given oldest first."""
    seen = [one for one in rounds if observed(one.state)]
    if not seen:
        last = rounds[-1] if rounds else Said("", str(State.UNOBSERVED), None, None)
        return CampaignValue(unit, code, rule, last.state, None, None, "", disagree=False, rounds=tuple(rounds))
    found = _chosen(rule, seen)
    return CampaignValue(
        unit, code, rule, found.state, found.value, found.score, found.round,
        disagree=disagree(seen, tolerance), rounds=tuple(rounds),
    )  # fmt: skip


def disagree(seen: Sequence[Said], tolerance: float) -> bool:
    """Whether observed rounds contradict each other: one measured what another calls absent, or values lie further apart.

    `tolerance` is the share of the greater value by which two values may differ.
    """
    if len({one.state for one in seen}) > 1:
        return True
    amounts = [one.value or 0.0 for one in seen]
    return max(amounts) - min(amounts) > tolerance * max(map(abs, amounts))


def _chosen(rule: Rule, seen: Sequence[Said]) -> Said:
    if rule is Rule.LATEST:
        return seen[-1]
    if rule is Rule.MEDIAN:
        middle = median_low([_amount(one) for one in seen])
        return next(one for one in reversed(seen) if _amount(one) == middle)
    highest = max(map(_amount, seen))
    return next(one for one in reversed(seen) if _amount(one) == highest)


def _amount(one: Said) -> tuple[float, bool]:
    """Absent counts as 0, below a measured 0."""
    measured = one.state == State.MEASURED
    return ((one.value or 0.0) if measured else 0.0, measured)
