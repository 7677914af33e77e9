"""The publish gate: a round that holds less than its baseline without a reason is held back, and what fell is named.

A scanner of the whole American government once shrank from 31,000 rows to 4 and nobody saw it.  What counts here is not
how much vanished but whether anybody observed that it did: a page that answers 404 was removed by its owner, one behind a
silent host is merely not known.  Limits and where they come from stand with each constant.  Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crawler.reasons import FailureReason
from rounds.changes import Change, Why
from rounds.compare import RoundChanges, UnitChanges
from rounds.value_changes import Move, observed

UNEXPLAINED_PAGES: Final = 0.05
"""Share of a unit's earlier pages that may be unobserved, or no longer linked, before it is held.

`benchmarks/gate_threshold.py` (5 seeds, 2 later editions, 4 units each): what owners remove is at most 0.012 of a unit,
one silent host of six hides at least 0.085.
"""
FEW_PAGES: Final = 5  # below so many unexplained pages nothing is held: one flapping article of a small unit is no news

FALLEN_PAGES: Final = 0.30
"""Share of a unit's pages (and a third of it for the round) that may go although every removal was seen.

A site that was built anew answers 404 for everything: explained, and yet somebody has to look before it is published.
The scanner's own falls were 28 %, 68 % and 99.99 % (anchors: GSA/site-scanning #1357, #389, #1589).
"""
FALLEN_ROUND: Final = 0.10

UNEXPLAINED_POINTS: Final = 0.03
"""Share of a unit's evidenced points that may lose all evidence while some of it was not observed.

Of 186 points a unit evidences 60 to 120: two points are chance (a page that timed out was the only one), more are a
host or a service platform that is missing.
"""
FEW_POINTS: Final = 2


UNEXPLAINED_VALUES: Final = 0.03
"""Share of a unit's observed values that may be unobserved now: as for points, of which they are worked out."""


class What(StrEnum):
    """What fell: closed."""

    UNIT = "unit"  # a unit of the baseline is not in the round, or has no page any more
    PAGES = "pages"  # pages of a unit vanished and nobody saw why
    FALL = "fall"  # so many pages were removed that somebody has to look
    VALUES = "values"  # values of a unit that were observed are not any more
    POINTS = "points"  # points of a unit lost their evidence, some of it unobserved


@dataclass(frozen=True, slots=True)
class Fall:
    """One thing that fell: `unit` is a code, or empty for the whole round; `fell` of `before` are gone, more than `limit`."""

    what: What
    unit: str
    before: int
    fell: int
    limit: int
    named: tuple[str, ...] = ()  # points, or points whose values
    whys: tuple[tuple[str, int], ...] = ()  # of pages: what their going rests on (a Why, or a reason), most first

    @property
    def share(self) -> float:
        """Of what there was."""
        return self.fell / self.before if self.before else 0.0


def mendable(found: RoundChanges) -> bool:
    """Whether asking again what failed may bring pages back: not those too deep, barred, or of a round still to be finished."""
    whys = {why for (change, why), number in found.total.whys.items() if change is Change.UNREACHABLE and number}
    return bool(whys & {*FailureReason, Why.BEHIND})


def falls(found: RoundChanges) -> tuple[Fall, ...]:
    """Everything that holds the round back; empty where it may be published."""
    return tuple(_falls(found))


def _falls(found: RoundChanges) -> Iterator[Fall]:
    for code in found.only_before:
        yield Fall(What.UNIT, code, 1, 1, 0)
    total = found.total
    limit = int(FALLEN_ROUND * total.before)
    if total.before - total.after > limit:
        yield Fall(What.FALL, "", total.before, total.before - total.after, limit, whys=_whys(total))
    for code, unit in found.units.items():
        yield from _of_unit(code, unit)


def _of_unit(code: str, unit: UnitChanges) -> Iterator[Fall]:
    if unit.before and not unit.after:
        yield Fall(What.UNIT, code, unit.before, unit.before, 0, whys=_whys(unit))
        return
    unexplained = unit.changes[Change.UNREACHABLE] + unit.whys[Change.REMOVED, Why.UNLINKED]
    limit = max(FEW_PAGES, int(UNEXPLAINED_PAGES * unit.before))
    if unexplained > limit:
        yield Fall(What.PAGES, code, unit.before, unexplained, limit, whys=_whys(unit, unexplained=True))
    limit = max(FEW_PAGES, int(FALLEN_PAGES * unit.before))
    if unit.before - unit.after > limit:
        yield Fall(What.FALL, code, unit.before, unit.before - unit.after, limit, whys=_whys(unit))
    seen = [point for point, change in unit.values.items() if observed(change.before[0])]
    gone = tuple(sorted(point for point in seen if unit.values[point].move is Move.LOST))
    limit = max(FEW_POINTS, int(UNEXPLAINED_VALUES * len(seen)))
    if len(gone) > limit:
        yield Fall(What.VALUES, code, len(seen), len(gone), limit, gone)
    evidenced = [point for point, change in unit.points.items() if change.before]
    lost = tuple(sorted(point for point in evidenced if not unit.points[point].after and unit.points[point].unobserved))
    limit = max(FEW_POINTS, int(UNEXPLAINED_POINTS * len(evidenced)))
    if len(lost) > limit:
        yield Fall(What.POINTS, code, len(evidenced), len(lost), limit, lost)


def _whys(unit: UnitChanges, *, unexplained: bool = False) -> tuple[tuple[str, int], ...]:
    """Why pages went, most first: all, or those that nobody saw go."""
    gone = Counter[str]()
    for (change, why), number in unit.whys.items():
        if change is Change.UNREACHABLE or (change is Change.REMOVED and (why == Why.UNLINKED or not unexplained)):
            gone[str(why)] += number
    return tuple(sorted(gone.items(), key=lambda one: (-one[1], one[0])))
