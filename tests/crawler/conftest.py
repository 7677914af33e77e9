"""A small round in a real Redis, and links to feed it with."""

from collections.abc import AsyncIterator, Callable, Sequence

import pytest_asyncio

from cleaning.page import LinkKind
from crawler.frontier.contract import Lease, Outlink
from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan

Opener = Callable[[RoundPlan], "RedisFrontier"]


def plan_of(name: str, seeds: Sequence[str] = ("http://www.a.example/",), **changes: object) -> RoundPlan:
    """A plan without delays, of one unit that owns every `.example` host."""
    unit = UnitPlan(
        code="u1", name="一号", seeds=tuple(seeds), scope=(ScopeRule(kind=RuleKind.SUFFIX, host="example"),)
    )
    settings: dict[str, object] = {"delay": 0.0, "lease_seconds": 30.0, "retry_delays": (0.01, 0.02)}
    return RoundPlan.model_validate({"name": name, "units": (unit,)} | settings | changes)


def link(url: str, kind: LinkKind = LinkKind.ANCHOR) -> Outlink:
    """An in-scope link whose URL is its own key but for the spelling."""
    return Outlink(url.replace("https://", "http://").replace("//www.", "//"), url, kind)


async def granted(frontier: RedisFrontier, worker: str = "w", want: int = 64) -> list[Lease]:
    """Page leases; robots.txt and probes met on the way are answered as absent."""
    while True:
        claim = await frontier.claim(worker, want, 0)
        robots = [lease for lease in claim.leases if lease.grant.value == "robots"]
        for lease in robots:
            await frontier.robots_done(lease, "", 0.0, alive=True)
        probes = [lease for lease in claim.leases if lease.grant.value == "probe"]
        for lease in probes:
            await frontier.probes.done(lease, None)
        pages = [lease for lease in claim.leases if lease not in robots + probes]
        if pages or not robots + probes:
            return pages


@pytest_asyncio.fixture
async def open_round(each_redis_url: str, round_name: str) -> AsyncIterator[Callable[..., object]]:
    """Give a function that opens a running round with the plan's changes, on every Redis this machine has."""
    opened: list[RedisFrontier] = []

    async def make(**changes: object) -> RedisFrontier:
        frontier = await RedisFrontier.open(each_redis_url, round_name)
        opened.append(frontier)
        await frontier.create(plan_of(round_name, **changes))
        await frontier.set_state(State.RUNNING)
        return frontier

    yield make
    for frontier in opened:
        await frontier.close()
