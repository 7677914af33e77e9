"""The law of the frontier: whatever the order, the deaths and the stale acks, the set and its depths are the graph's."""

import asyncio
import heapq
import random
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaning.page import LinkKind
from crawler.frontier.contract import End, Grant, Lease, Outlink
from crawler.frontier.redis import RedisFrontier, State
from crawler.frontier.spill import Chunk, SpillDesk
from crawler.ports import SpillStore
from pipelines.store.spill import open_spill_store
from tests.crawler.conftest import link, plan_of

LIMIT = 3
TEXTS = ("办事指南", "", "视频")  # of the three ranks
Graph = Mapping[str, tuple[tuple[str, LinkKind], ...]]


def url(node: int) -> str:
    """Nodes are spread over three hosts."""
    return f"http://h{node % 3}.example/{node}"


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 14 pages, each linking to some, with and without a click."""
    size = draw(st.integers(2, 14))
    kinds = st.sampled_from([LinkKind.ANCHOR, LinkKind.ANCHOR, LinkKind.FRAME, LinkKind.REFRESH])
    return {
        url(node): tuple(
            (url(target), kind)
            for target, kind in draw(st.lists(st.tuples(st.integers(0, size - 1), kinds), max_size=5))
            if target != node
        )
        for node in range(size)
    }


def depths_of(graph: Graph) -> dict[str, int]:
    """Least clicks from the first page, within the limit: Dijkstra, written without the frontier."""
    found = {url(0): 0}
    heap = [(0, url(0))]
    while heap:
        depth, page = heapq.heappop(heap)
        if depth > found[page]:
            continue
        for target, kind in graph[page]:
            there = depth + kind.cost
            if there <= LIMIT and there < found.get(target, LIMIT + 1):
                found[target] = there
                heapq.heappush(heap, (there, target))
    return found


class Crawl:
    """Two workers played by one hand, in an order drawn by chance, one of them dying now and then."""

    def __init__(
        self, frontiers: dict[str, RedisFrontier], graph: Graph, chance: random.Random, store: SpillStore | None = None
    ) -> None:
        self.store = store
        self.desks = {worker: each.spill_desk(1, mine=0.001, keep=0.001) for worker, each in frontiers.items()}
        self.spilled = 0
        self.frontiers = frontiers  # each worker has its own, with a memory of its own
        self.frontier = frontiers["w0"]
        self.graph = graph
        self.chance = chance
        self.held: dict[str, list[Lease]] = {"w0": [], "w1": []}
        self.stale: list[Lease] = []
        self.offered: list[tuple[str, Lease, int]] = []  # worker, lease, depth: links pushed, not yet written and acked
        self.records: dict[str, int] = {}
        self.deaths = 0

    def links_of(self, key: str) -> list[Outlink]:
        """A page's links as the graph has them, ranked by chance."""
        return [link(target, kind)._replace(text=self.chance.choice(TEXTS)) for target, kind in self.graph[key]]

    async def run(self) -> None:
        """Act until the frontier says that nothing is left."""
        for _ in range(5000):
            worker = self.chance.choice(list(self.held))
            self.frontier = self.frontiers[worker]
            if self.store is not None and self.chance.random() < 0.4:
                await self.move_parts(self.desks[worker], self.store)
            act = self.chance.random()
            if act < 0.35:
                busy = len(self.held[worker]) + sum(1 for each in self.offered if each[0] == worker)
                claim = await self.frontier.claim(worker, 3, busy)
                self.held[worker] += claim.leases
                if claim.at_rest and not any(self.held.values()):
                    return
            elif act < 0.6 and self.offered:
                await self.write_and_ack(*self.offered.pop(self.chance.randrange(len(self.offered)))[1:])
            elif act < 0.63 and self.deaths < 4:
                self.stale += self.held[worker]
                self.held[worker] = []
                self.offered = [each for each in self.offered if each[0] != worker]
                self.deaths += await self.frontier.release_worker(worker) > 0
            elif self.held[worker]:
                lease = self.held[worker].pop(self.chance.randrange(len(self.held[worker])))
                await self.finish(worker, lease)
            elif self.stale and self.chance.random() < 0.3:
                await self.frontier.ack(self.stale.pop(), End.STORED, depth=0)  # a zombie: must change nothing
        raise AssertionError("the round did not come to rest")

    async def finish(self, worker: str, lease: Lease) -> None:
        """What a worker does with a grant, up to the push of its links."""
        if lease.grant is Grant.ROBOTS:
            await self.frontier.robots_done(lease, "", 0.0, alive=True)
            return
        if lease.grant is Grant.RELINK:
            links = self.links_of(lease.key) if lease.key in self.records else []
            offered = await self.frontier.offer(lease, links, out_of_scope=0, cut=0)
            if lease.key in self.records:
                self.records[lease.key] = min(self.records[lease.key], offered.depth)
            await self.frontier.ack(lease, End.STORED, depth=offered.depth)
            return
        if self.chance.random() < 0.3:
            await self.frontier.fetched(lease, alive=True)
        if self.chance.random() < 0.1 and lease.attempts < 2:
            await self.frontier.defer(lease, 0.001, "later")
            return
        offered = await self.frontier.offer(lease, self.links_of(lease.key), out_of_scope=0, cut=0)
        self.offered.append((worker, lease, offered.depth))

    async def move_parts(self, desk: SpillDesk, store: SpillStore) -> None:
        """What a worker does for long queues; it may die between any two steps, and do any step once more."""
        chores = await desk.chores()
        for host, token in chores.load:
            entries = await store.entries("law", token)
            assert entries is not None
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                await desk.loaded(Chunk(host, token, tuple(entries)))
        if chores.keep is not None and self.chance.random() < 0.8:
            await store.keep("law", chores.keep.token, chores.keep.host, chores.keep.entries)
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                self.spilled += await desk.spilled(chores.keep)
        if chores.forget and self.chance.random() < 0.5:
            await store.forget("law", chores.forget)
            await desk.forgotten(chores.forget)

    async def write_and_ack(self, lease: Lease, depth: int) -> None:
        """The rest: the record, then the ack."""
        self.records[lease.key] = min(self.records.get(lease.key, LIMIT), depth)
        await self.frontier.ack(lease, End.STORED, depth=depth)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), seed=st.integers(0, 2**32 - 1))
def test_any_order_and_any_deaths_give_the_graphs_set_and_depths(fresh_redis_url: str, graph: Graph, seed: int) -> None:
    """F1, F2 and F5 together: every reachable page stored, each with its minimum depth, and the ledger closed."""
    asyncio.run(play(fresh_redis_url, graph, seed))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), seed=st.integers(0, 2**32 - 1))
def test_the_law_holds_for_queues_that_are_mostly_in_mongodb(
    fresh_redis_url: str, mongo_url: str, mongo_database: str, graph: Graph, seed: int
) -> None:
    """A window of one URL a host; parts go out and come back, with deaths between any two steps and steps done twice."""
    asyncio.run(play(fresh_redis_url, graph, seed, urlunsplit(urlsplit(mongo_url)._replace(path=f"/{mongo_database}"))))


async def play(redis_url: str, graph: Graph, seed: int, mongo_url: str = "") -> None:
    """One round to its end, and what must be true then."""
    name = f"law{seed}"
    frontier = await RedisFrontier.open(redis_url, name)
    other = await RedisFrontier.open(redis_url, name)
    store = await open_spill_store(mongo_url) if mongo_url else None
    try:
        await frontier.create(plan_of(name, seeds=(url(0),), depth=LIMIT))
        await frontier.set_state(State.RUNNING)
        crawl = Crawl({"w0": frontier, "w1": other}, graph, random.Random(seed), store)
        await crawl.run()
        counts = await frontier.counts()
        assert crawl.records == depths_of(graph)
        assert counts.difference == 0
        assert counts.at_rest
        assert counts.stored == counts.found == len(crawl.records)
    finally:
        await frontier.drop()
        await frontier.close()
        await other.close()
        if store is not None:
            await store.close()
