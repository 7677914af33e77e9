"""A worker played by hand on a graph of pages: the real frontier, the real writer, no network."""

from __future__ import annotations

import random
from collections.abc import Mapping

from cleaning.page import LinkKind
from crawler.frontier.contract import Cut, End, Grant, Lease, Outlink
from crawler.frontier.redis import RedisFrontier, State
from crawler.items import ArchiveRef, FailureReason, FetchFailure, PageItem, Skipped, SkipReason
from crawler.outlinks import sort_links
from crawler.plan import RoundPlan
from crawler.scope import Scope
from pipelines.store.connect import connect_async
from pipelines.store.reader import RoundReader
from pipelines.store.records import draft
from pipelines.store.writer import write
from rounds import life
from rounds.services import Services
from tests.pipelines.making import capture, judgement, reading

CUT = Cut("calendar", "a.test/rl/#", Outlink("http://a.test/rl/1", "http://a.test/rl/1", LinkKind.ANCHOR))
Graph = Mapping[str, tuple[tuple[str, LinkKind], ...]]


def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def records(here: Services, name: str) -> dict[str, tuple[str, int]]:
    """Key to end and depth."""
    with life.store(here) as database:
        every = RoundReader(database, name).every(("key", "end", "depth"))
        return {one["key"]: (one["end"], one["depth"]) for one in every}


class Hand:
    """A worker played by hand: pages and failures as the graph says, through the real frontier and the real writer."""

    def __init__(self, here: Services, plan: RoundPlan, graph: Graph, chance: random.Random) -> None:
        self.here, self.name, self.graph, self.chance = here, plan.name, graph, chance
        self.plan, self.scope = plan, Scope(plan)
        self.fetched: list[str] = []
        self.held: list[Lease] = []

    async def work(self, most: int) -> None:
        """Grant after grant in chance's order, at most so many; what was not come to is still held."""
        frontier = await RedisFrontier.open(self.here.redis_url, self.name)
        await frontier.set_state(State.RUNNING)
        database = connect_async(self.here.mongo_url)
        held = self.held
        try:
            for _ in range(most):
                claim = await frontier.claim("w", 3, len(held))
                held += claim.leases
                if not held:
                    break
                await self.end(frontier, database, held.pop(self.chance.randrange(len(held))))
        finally:
            await database.client.close()
            await frontier.close()

    async def end(self, frontier: RedisFrontier, database, lease: Lease) -> None:
        """What the worker does with a grant."""
        if lease.grant is Grant.ROBOTS:
            await frontier.robots_done(lease, "", 0.0, alive=True)
            return
        item = self.item(lease)
        links = () if isinstance(item, FetchFailure) else item.outlinks
        offered = await frontier.offer(lease, links, out_of_scope=0, cut=0)
        if lease.grant is Grant.PAGE and offered.depth >= 0:
            self.fetched.append(lease.key)
            made = draft(self.name, item)
            (answer,) = await write(database, [(made, offered.depth)])
            await frontier.ack(lease, made.end, depth=answer.depth)
        elif offered.depth >= 0:
            await database["records"].update_one(
                {"_id": f"{self.name} {lease.key}"}, {"$min": {"depth": offered.depth}}
            )
            await frontier.ack(lease, End.STORED, depth=offered.depth)

    def item(self, lease: Lease):
        """A page; every fifth a failure, every seventh a redirect."""
        named = [Outlink(target, target, kind) for target, kind in self.graph[lease.key]]
        found = sort_links(named, lease, self.scope, self.plan.limits)
        links, units = found.offered, self.scope.units_of(lease.key)
        number = int(lease.key.rpartition("/")[2])
        if not named and number % 5 == 4:
            return FetchFailure(lease, FailureReason.TIMEOUT, "", units, 1.0)
        if number % 7 == 6:
            return Skipped(lease, SkipReason.REDIRECTED, "", units, 1.0, 302, links, found.foreign)
        archive = ArchiveRef("file:///a", 0, 1)
        return PageItem(
            lease,
            capture("/"),
            reading("/"),
            links,
            units,
            found.out_of_scope,
            (CUT,),
            found.foreign,
            archive,
            judgement=judgement(),
        )
