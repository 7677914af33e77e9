"""Two rounds at once on one Redis and one MongoDB: each closes its own ledger, and neither touches the other's."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

from cleaning.page import LinkKind
from crawler.frontier.contract import Counts, End
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from pipelines.store.reader import RoundReader
from rounds import life
from rounds.audit import count_differences
from rounds.services import Services
from tests.rounds.playing import Hand, records

PAGES = 60


def url(node: int) -> str:
    return f"http://h{node % 4}.example/{node}"


GRAPH = {url(n): tuple((url((n * k + 1) % PAGES), LinkKind.ANCHOR) for k in (2, 3, 5)) for n in range(PAGES)}


def plan_of(name: str, depth: int) -> RoundPlan:
    unit = UnitPlan(code="u", name="u", seeds=(url(0),), scope=(ScopeRule(kind=RuleKind.SUFFIX, host="example"),))
    return RoundPlan(name=name, units=(unit,), depth=depth, delay=0.0)


async def ledger(here: Services, name: str) -> tuple[Counts, list[object]]:
    """The counts of a round, and where its records differ from them."""
    async with life.frontier(here, name) as queue:
        counts, hosts = await queue.counts(), await queue.host_counts()
    with life.store(here) as database:
        return counts, list(count_differences(hosts, RoundReader(database, name).ends_by_host()))


async def test_two_rounds_at_once_close_their_ledgers(here) -> None:
    """Worked on in turns, on the same hosts: each is what it is alone; one that is dropped leaves the other whole."""
    plans = [plan_of("first", 8), plan_of("second", 3), plan_of("alone", 3)]
    for plan in plans:
        await life.create(here, plan, catalogue="c", who="test", now=datetime.now(UTC))
    hands = [Hand(here, plan, GRAPH, random.Random(number)) for number, plan in enumerate(plans)]
    while any([await ledger_open(here, hand.name) for hand in hands[:2]]):
        await asyncio.gather(*(hand.work(7) for hand in hands[:2]))
    await hands[2].work(10_000)
    for plan in plans:
        counts, differences = await ledger(here, plan.name)
        assert counts.at_rest
        assert (counts.difference, differences) == (0, [])
    assert records(here, "second") == records(here, "alone")
    assert len(records(here, "first")) > len(records(here, "second"))
    async with life.frontier(here, "first") as queue:
        await queue.drop()
    counts, differences = await ledger(here, "second")
    assert counts.stored == sum(1 for end, _ in records(here, "second").values() if end == End.STORED) > 0
    assert differences == []


async def ledger_open(here: Services, name: str) -> bool:
    """Whether something is left to do."""
    async with life.frontier(here, name) as queue:
        return not (await queue.counts()).at_rest
