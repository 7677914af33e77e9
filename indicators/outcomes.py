"""From a unit's partial to its values: what was found, what is absent, and what nobody could see.  Pure."""

from collections import Counter
from dataclasses import replace
from typing import Final

from indicators.page_values import of_pages
from indicators.partial import Partial, PointPart, is_dead, is_refused
from indicators.records import Point
from indicators.scores import score
from indicators.site_values import of_sites
from indicators.value_rules import FROM_SITES, ValueKind, ValueRule
from indicators.values import Effort, Outcome, State, Why

# Beyond this share of refused URLs "absent" is not said.  Ours: a fifth of a site unseen may hold any single column
# (the rehearsal's units have 60 to 70 columns and services each, four fifths of them still leave a dozen unseen).
MOST_REFUSED: Final = 0.2


def outcome(point: Point, whole: Partial, effort: Effort, seed: str) -> Outcome:
    """The value of `point` from everything known of the unit; `seed` fixes which pages are drawn."""
    assert point.value is not None
    kind = point.value.kind
    if kind in _ELSEWHERE:
        return Outcome(State.UNOBSERVED, _ELSEWHERE[kind])
    if kind in FROM_SITES:
        found = of_sites(kind, list(whole.sites.values()), effort)
        part = PointPart()
    else:
        part = whole.points.get(point.code, PointPart())
        found = of_pages(point, part, seed)
    if found is None:
        return _not_found(point, part, effort)
    shown = tuple(key for _, _, _, key in part.best)
    found = replace(found, best=shown, sites=len(part.hosts), content=any(not entry for entry, *_ in part.best))
    if found.state is not State.MEASURED:
        return found
    assert point.score is not None
    return replace(
        found, score=round(score(point.score, found.value, found.more), 6), concentration=_concentration(part)
    )


_ELSEWHERE: Final = {ValueKind.PROBE: Why.NEEDS_PROBE, ValueKind.CHANNEL: Why.NEEDS_CHANNEL}


def effort_of(whole: Partial, *, finished: bool, portal: str) -> Effort:
    """How far the unit was searched, counted from its URLs."""
    refused = dead = 0
    for _, bits in whole.sites.values():
        refused += is_refused(bits)
        dead += is_dead(bits)
    return Effort(len(whole.sites) - refused - dead, refused, dead, finished, portal)


def _not_found(point: Point, part: PointPart, effort: Effort) -> Outcome:
    assert point.value is not None
    shown = tuple(key for _, _, _, key in part.best)
    why = _unseen(effort, point.value)
    if why is not None:
        return Outcome(State.UNOBSERVED, why, best=shown)
    nothing = None if point.value.kind in _NOUGHT_IS_A_VALUE else 0.0
    return Outcome(State.ABSENT, _absent(part), nothing, 0.0, best=shown)


# Of these 0 is a measured number, mostly the best there is: a thing that is not there has none.
_NOUGHT_IS_A_VALUE: Final = frozenset(
    {
        ValueKind.FRESHNESS, ValueKind.MEDIAN_DAYS, ValueKind.NUMBER, ValueKind.CLICKS, ValueKind.OVERDUE,
        ValueKind.DEAD_SHARE,
    }
)  # fmt: skip


def _absent(part: PointPart) -> Why:
    if not part.best:
        return Why.SEARCHED
    is_entry, *_ = part.best[0]  # content stands before entries
    return Why.ENTRY_ONLY if is_entry else Why.NO_PART


def _unseen(effort: Effort, rule: ValueRule) -> Why | None:
    if not effort.pages:
        return Why.NO_PAGES
    if not effort.finished:
        return Why.UNFINISHED
    if effort.refused > MOST_REFUSED * (effort.pages + effort.refused):
        return Why.REFUSED
    return Why.NOT_ENOUGH_PAGES if effort.pages < rule.effort else None


def _concentration(part: PointPart) -> float | None:
    if not part.things:
        return None
    hosts = Counter(host for _, _, host, _ in part.things.values())
    return round(max(hosts.values()) / hosts.total(), 6)
