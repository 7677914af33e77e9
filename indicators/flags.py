"""Values a person should look at: against the model, the peers, the last round, the site's own count, each other.  Pure.

A flag says why; it changes nothing.  The bounds carry where they come from; `benchmarks/values_flags.py` measures how many
planted errors they find and how many sound values they trouble a person with.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median
from typing import Final

from indicators.value_rules import ValueKind
from indicators.values import State


class FlagKind(StrEnum):
    """Which check a value failed.  Closed."""

    CLASSIFIER = (
        "classifier"  # the rules say it is evidence, the page classifier says the pages are no government service
    )
    OUTLIER = "outlier"  # far from the other units of its kind
    LAST_ROUND = "last-round"  # far from the same unit's value of the round before, or gone
    OWN_COUNT = "own-count"  # far from the number the site itself states
    CONTRADICTION = "contradiction"  # cannot be together with another value of the unit


@dataclass(frozen=True, slots=True)
class Checked:
    """A value as it is checked.  `rejected`: every page that shows it was judged irrelevant or an advertisement."""

    unit: str
    code: str
    kind: ValueKind
    state: State
    value: float | None
    counted: float = 0.0
    stated: float = 0.0
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """One value, one check, and the numbers that make it strange."""

    unit: str
    code: str
    kind: FlagKind
    found: float | None
    expected: float | None
    other: str = ""  # the point or round it stands against


# Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): modified z-scores above 3.5 are labelled.
OUTLYING: Final = 3.5
PEERS: Final = 8  # fewer say nothing about what is usual
_MAD: Final = 1.4826  # times the median deviation: a normal's standard deviation
_MEAN_AD: Final = 1.2533  # the same for the mean deviation
# Two lists of the same thing differ by what was added between the two looks, not by half.
OWN_FACTOR: Final = 2.0
# Between two quarters a count may grow by a campaign; five times, or half of a share, is another thing being counted.
LAST_FACTOR: Final = 5.0
LAST_SHARE: Final = 0.5
_LEAST_COUNT: Final = 5.0  # below, a factor says nothing: one letter more doubles one

_NUMBERS: Final = frozenset(
    {ValueKind.COUNT, ValueKind.FRESHNESS, ValueKind.NUMBER, ValueKind.MEDIAN_DAYS, ValueKind.NAMES}
)
_SHARES: Final = frozenset(
    {
        ValueKind.PARTS, ValueKind.ELEMENTS, ValueKind.RATIO, ValueKind.TALLY, ValueKind.YEARS, ValueKind.SAVED,
        ValueKind.LINKED_SITES, ValueKind.OWN_DOMAIN, ValueKind.ENTRIES_ALIVE, ValueKind.DEAD_SHARE,
        ValueKind.MARKED_PAGES, ValueKind.READABLE_FILES, ValueKind.ONE_LOGIN,
    }
)  # fmt: skip
PART_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(("1.1.1-M02", "1.1.1-M03", "1.1.1-M04", "1.1.1-M05"), "1.1.1-M01"),
    **dict.fromkeys(("1.1.2-M02", "1.1.2-M03", "1.1.2-M04", "1.1.2-M05", "1.1.2-M06"), "1.1.2-M01"),
    **dict.fromkeys(("1.1.3-M03", "1.1.3-M08"), "1.1.3-M02"),
    **dict.fromkeys(("1.1.4-M02", "1.1.4-M03"), "1.1.4-M01"),
    **dict.fromkeys(("1.2.3-M02", "1.2.3-M05", "1.2.3-M07"), "1.2.3-M01"),
    **dict.fromkeys(("2.3.2-M02",), "2.3.2-M01"),
    **dict.fromkeys(("2.3.3-M02",), "2.3.3-M01"),
    **dict.fromkeys(("2.2.1-M04",), "2.1.2-M01"),
}
"""What is a part of what: where the whole is absent, the part cannot be there (same columns, docs of the catalogue)."""

AT_MOST: Final[Mapping[str, str]] = {
    "2.2.4-M01": "2.2.3-M01", "2.2.3-M01": "2.2.2-M05", "2.2.4-M02": "2.2.3-M02",
}  # fmt: skip
"""四级 lies within 三级, that within 二级; no visit within at most one (working definitions of the standards)."""


def flags(
    values: Sequence[Checked],
    *,
    kinds: Mapping[str, str] | None = None,
    before: Iterable[Checked] = (),
    before_name: str = "",
) -> list[Flag]:
    """Every flag of a round's values, in the order of unit and code.

    `kinds` is each unit's kind (地级市, 自治州 …), `before` the values of an earlier round.
    """
    found = [
        *_rejected(values),
        *_outliers(values, kinds or {}),
        *_since(values, {(each.unit, each.code): each for each in before}, before_name),
        *_own_counts(values),
        *_contradictions(values),
    ]
    return sorted(found, key=lambda flag: (flag.unit, flag.code, flag.kind))


def deviation(value: float, peers: Sequence[float]) -> float:
    """Modified z-score of a value among all peers, itself among them; 0 where all are alike."""
    middle = median(peers)
    spread = median(abs(each - middle) for each in peers) * _MAD
    spread = spread or fmean(abs(each - middle) for each in peers) * _MEAN_AD
    return abs(value - middle) / spread if spread else 0.0


def _rejected(values: Iterable[Checked]) -> Iterator[Flag]:
    for each in values:
        if each.rejected and each.state is State.MEASURED:
            yield Flag(each.unit, each.code, FlagKind.CLASSIFIER, each.value, None)


def _outliers(values: Iterable[Checked], kinds: Mapping[str, str]) -> Iterator[Flag]:
    peers: dict[tuple[str, str], list[Checked]] = defaultdict(list)
    for each in values:
        if each.state is State.MEASURED and each.value is not None and each.kind in _NUMBERS | _SHARES:
            peers[kinds.get(each.unit, ""), each.code].append(each)
    for group in peers.values():
        if len(group) < PEERS:
            continue
        numbers = [_scaled(each) for each in group]
        for each, number in zip(group, numbers, strict=True):
            if deviation(number, numbers) > OUTLYING:
                middle = median(other.value for other in group if other.value is not None)
                yield Flag(each.unit, each.code, FlagKind.OUTLIER, each.value, middle)


def _scaled(each: Checked) -> float:
    """Counts and days spread over orders of magnitude: their logarithms are compared."""
    assert each.value is not None
    return math.log1p(max(0.0, each.value)) if each.kind in _NUMBERS else each.value


def _since(values: Iterable[Checked], before: Mapping[tuple[str, str], Checked], name: str) -> Iterator[Flag]:
    for each in values:
        last = before.get((each.unit, each.code))
        if last is None or last.state is not State.MEASURED or last.value is None:
            continue
        gone = each.state is State.ABSENT and last.value > 0
        if gone or (each.state is State.MEASURED and each.value is not None and _moved(each, last.value)):
            yield Flag(each.unit, each.code, FlagKind.LAST_ROUND, each.value, last.value, name)


def _moved(each: Checked, last: float) -> bool:
    assert each.value is not None
    if each.kind is ValueKind.COUNT:
        low, high = sorted((max(1.0, each.value), max(1.0, last)))
        return high >= _LEAST_COUNT and high / low >= LAST_FACTOR
    return each.kind in _SHARES and abs(each.value - last) >= LAST_SHARE


def _own_counts(values: Iterable[Checked]) -> Iterator[Flag]:
    for each in values:
        if each.kind is ValueKind.COUNT and each.counted and each.stated:
            low, high = sorted((each.counted, each.stated))
            if high >= _LEAST_COUNT and high / low >= OWN_FACTOR:
                yield Flag(each.unit, each.code, FlagKind.OWN_COUNT, each.counted, each.stated)


def _contradictions(values: Iterable[Checked]) -> Iterator[Flag]:
    known = {(each.unit, each.code): each for each in values}
    for each in known.values():
        whole = known.get((each.unit, PART_OF.get(each.code, "")))
        if whole is not None and whole.state is State.ABSENT and each.state is State.MEASURED and each.value:
            yield Flag(each.unit, each.code, FlagKind.CONTRADICTION, each.value, 0.0, whole.code)
        more = known.get((each.unit, AT_MOST.get(each.code, "")))
        if more is not None and _exceeds(each, more):
            yield Flag(each.unit, each.code, FlagKind.CONTRADICTION, each.value, more.value, more.code)


def _exceeds(each: Checked, more: Checked) -> bool:
    both = each.state is State.MEASURED and more.state is State.MEASURED
    return both and each.value is not None and more.value is not None and each.value > more.value
