"""How a round's pages are fetched: what was learned about rendering, who refused, and what share was had of each unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crawler.fetch.verdict import Verdict, judge, signs_of
from crawler.frontier.contract import Counts, End
from crawler.frontier.rendering import Earned
from crawler.plan import Rendering, RoundPlan
from crawler.reasons import FailureReason, SkipReason
from crawler.scope import Scope
from pipelines.store.reader import RoundReader
from rounds import life
from rounds.services import Services

REFUSALS: Final = frozenset({FailureReason.FORBIDDEN, FailureReason.THROTTLED})  # the site said no to us


@dataclass(frozen=True, slots=True)
class Template:
    """What was learned of one template of a host."""

    host: str
    template: str
    verdict: Verdict
    asked: Rendering  # what the plan says of the host
    signs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a round has learned about rendering; `cookies` by host."""

    templates: tuple[Template, ...]
    cookies: Mapping[str, Earned]


@dataclass(frozen=True, slots=True)
class Rates:
    """What became of a unit's URLs; a host of several units counts for each."""

    code: str
    name: str
    stored: int
    failed: int  # could not be had, refusals apart
    refused: int
    barred: int  # by robots.txt
    waiting: int

    @property
    def success(self) -> float | None:
        """Stored of all that was asked for; None where nothing was."""
        return _share(self.stored, self.stored + self.refused + self.failed)

    @property
    def barred_share(self) -> float | None:
        """What robots.txt keeps from us, of all that was ended."""
        return _share(self.barred, self.stored + self.refused + self.failed + self.barred)

    @property
    def collected(self) -> float | None:
        """Stored of all pages found so far, waiting ones and barred ones included."""
        return _share(self.stored, self.stored + self.refused + self.failed + self.barred + self.waiting)


@dataclass(frozen=True, slots=True)
class Refusals:
    """`hosts`: reason → URLs of each host that were failed, quarantined or barred by robots.txt."""

    units: tuple[Rates, ...]
    hosts: Mapping[str, Mapping[str, int]]


async def learned(services: Services, name: str) -> Learned:
    """Read it from the frontier.  Raises NoSuchRound."""
    plan = life.get(services, name).plan
    async with life.frontier(services, name) as queue:
        known, cookies = await queue.rendering.known(), await queue.rendering.all_earned()
    rows = [
        Template(host, template, judge(signs, signs_of(templates.values())), plan.rendering_of(host), dict(signs))
        for host, templates in known.items()
        for template, signs in templates.items()
        if template
    ]
    return Learned(tuple(sorted(rows, key=lambda row: (-sum(row.signs.values()), row.template))), cookies)


async def refusals(services: Services, name: str) -> Refusals:
    """Read it from counters and records.  Raises NoSuchRound."""
    plan = life.get(services, name).plan
    async with life.frontier(services, name) as queue:
        counts = await queue.host_counts()
    with life.store(services) as database:
        ends = (End.FAILED, End.QUARANTINED, End.SKIPPED)
        reasons = RoundReader(database, name).reasons_by_host(ends)
    told = {str(reason) for reason in FailureReason} | {str(SkipReason.ROBOTS)}
    kept = {host: {why: number for why, number in of.items() if why in told} for host, of in sorted(reasons.items())}
    return Refusals(rates(plan, counts, kept), {host: of for host, of in kept.items() if of})


def rates(plan: RoundPlan, counts: Mapping[str, Counts], reasons: Mapping[str, Mapping[str, int]]) -> tuple[Rates, ...]:
    """What became of each unit's URLs, in the plan's order."""
    scope = Scope(plan)
    totals: dict[str, Counter[str]] = {unit.code: Counter() for unit in plan.units}
    for host, ledger in counts.items():
        why = reasons.get(host, {})
        refused = sum(why.get(reason, 0) for reason in REFUSALS)
        for code in scope.units_of(f"http://{host}/"):
            totals[code].update(
                stored=ledger.stored,
                refused=refused,
                failed=ledger.failed + ledger.quarantined - refused,
                barred=why.get(SkipReason.ROBOTS, 0),
                waiting=ledger.queued + ledger.delayed + ledger.leased,
            )
    names = ("stored", "failed", "refused", "barred", "waiting")
    return tuple(Rates(unit.code, unit.name, *(totals[unit.code][name] for name in names)) for unit in plan.units)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
