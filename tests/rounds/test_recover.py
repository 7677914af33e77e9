"""A round whose queue Redis lost: rebuilt from MongoDB, whatever of it had ended."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis as redis_client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaning.page import LinkKind
from crawler.frontier.contract import End, Grant, Lease, Outlink
from crawler.frontier.redis import RedisFrontier, State, prefix_of
from crawler.items import ArchiveRef, FailureReason, FetchFailure, PageItem, Skipped, SkipReason
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from pipelines.store.connect import connect_async
from pipelines.store.reader import RoundReader
from pipelines.store.records import draft
from pipelines.store.writer import write
from rounds import life
from rounds.rebuild import BLOCK, next_block
from rounds.recover import recover
from rounds.refusals import NoSuchRound, WrongState
from rounds.services import Services
from tests.pipelines.making import capture, judgement, reading

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
LIMIT = 3
NAMES = itertools.count(1)
Graph = Mapping[str, tuple[tuple[str, LinkKind], ...]]


@pytest.fixture
def here(redis_url: str, mongo_url: str, mongo_database: str, tmp_path: Path) -> Iterator[Services]:
    """Services of the test's own database."""
    url = mongo_url.replace("/?", f"/{mongo_database}?", 1)
    yield Services(redis_url, url, tmp_path / "archive", tmp_path, "")
    with redis_client.Redis.from_url(redis_url) as client:
        client.flushall()


def url(node: int) -> str:
    """Nodes are spread over three hosts."""
    return f"http://h{node % 3}.example/{node}"


def plan_of(name: str, **changes: object) -> RoundPlan:
    """Without delays, one unit that owns every `.example` host."""
    unit = UnitPlan(code="u", name="u", seeds=(url(0),), scope=(ScopeRule(kind=RuleKind.SUFFIX, host="example"),))
    return RoundPlan.model_validate({"name": name, "units": (unit,), "depth": LIMIT, "delay": 0.0} | changes)


def silent(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 16 pages, each linking to some, with and without a click."""
    size = draw(st.integers(2, 16))
    kinds = st.sampled_from([LinkKind.ANCHOR, LinkKind.ANCHOR, LinkKind.REFRESH])
    return {
        url(node): tuple(
            (url(target), kind)
            for target, kind in draw(st.lists(st.tuples(st.integers(0, size - 1), kinds), max_size=4))
            if target != node
        )
        for node in range(size)
    }


def depths_of(graph: Graph) -> dict[str, int]:
    """Least clicks from the first page within the limit, by plain repetition."""
    found = {url(0): 0}
    changed = True
    while changed:
        changed = False
        for page, depth in list(found.items()):
            for target, kind in graph[page]:
                there = depth + kind.cost
                if there <= LIMIT and there < found.get(target, LIMIT + 1):
                    found[target], changed = there, True
    return found


class Hand:
    """A worker played by hand: pages and failures as the graph says, through the real frontier and the real writer."""

    def __init__(self, here: Services, name: str, graph: Graph, chance: random.Random) -> None:
        self.here, self.name, self.graph, self.chance = here, name, graph, chance
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
        links = tuple(Outlink(target, target, kind) for target, kind in self.graph[lease.key])
        number = int(lease.key.rpartition("/")[2])
        if not links and number % 5 == 4:
            return FetchFailure(lease, FailureReason.TIMEOUT, "", ("u",), 1.0)
        if number % 7 == 6:
            return Skipped(lease, SkipReason.REDIRECTED, "", ("u",), 1.0, 302, links)
        archive = ArchiveRef("file:///a", 0, 1)
        return PageItem(lease, capture("/"), reading("/"), links, ("u",), 2, 1, archive=archive, judgement=judgement())


def wipe(here: Services) -> None:
    """What an operator fears."""
    with redis_client.Redis.from_url(here.redis_url) as client:
        client.flushall()


def records(here: Services, name: str) -> dict[str, tuple[str, int]]:
    """Key to end and depth."""
    with life.store(here) as database:
        every = RoundReader(database, name).every(("key", "end", "depth"))
        return {one["key"]: (one["end"], one["depth"]) for one in every}


async def look(here: Services, name: str):
    """The ledger."""
    async with life.frontier(here, name) as frontier:
        return await frontier.counts()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), seed=st.integers(0, 2**32 - 1), first=st.integers(0, 20))
def test_wiped_anywhere_recovered_and_finished_it_is_the_graph(here, graph: Graph, seed: int, first: int) -> None:
    """F4, F1, F5: whatever had ended at the wipe, the set, the depths and the ledger come out as without it."""
    name = f"law{next(NAMES)}"

    async def play() -> None:
        await life.create(here, plan_of(name), catalogue="c", who="me", now=NOW)
        hand = Hand(here, name, graph, random.Random(seed))
        await hand.work(first)
        before = records(here, name)
        wipe(here)
        hand.held.clear()
        done = await recover(here, name, who="me", now=NOW, report=silent)
        assert done.counts.difference == 0
        assert done.counts.relinks == done.counts.leased == done.counts.delayed == 0
        assert done.counts.found - done.counts.queued == len(before)
        expected = depths_of(graph)
        after = records(here, name)
        assert all(after[key][1] >= expected[key] for key in after)
        await hand.work(2000)
        counts = await look(here, name)
        assert counts.at_rest
        assert counts.difference == 0
        assert {key: depth for key, (_, depth) in records(here, name).items()} == expected
        assert set(hand.fetched) == set(expected)
        assert all(hand.fetched.count(key) == 1 for key in before)

    asyncio.run(play())
    with life.store(here) as database:
        database["records"].delete_many({})


CHAIN = {url(n): ((url(n + 1), LinkKind.ANCHOR), (url(n + 4), LinkKind.ANCHOR)) for n in range(30)}


@pytest.fixture
async def half(here, round_name):
    """A round in mid-way: some ended, some queued, one page in hand."""
    await life.create(here, plan_of(round_name), catalogue="c", who="me", now=NOW)
    hand = Hand(here, round_name, CHAIN, random.Random(5))
    await hand.work(9)
    while all(lease.grant is not Grant.PAGE for lease in hand.held):
        await hand.work(1)
    return hand


async def test_what_is_whole_is_left_alone(here, round_name, half) -> None:
    """A queue that is alive and adds up is not rebuilt: its leases stay."""
    before = await look(here, round_name)
    with pytest.raises(WrongState, match="完好"):
        await recover(here, round_name, who="me", now=NOW, report=silent)
    assert await look(here, round_name) == before
    with pytest.raises(NoSuchRound):
        await recover(here, "none", who="me", now=NOW, report=silent)


@pytest.mark.parametrize("lost", ["state", "settings", "h:h1.example", "b:*", "seen:*", "counts"])
async def test_a_part_lost_is_damage(here, round_name, half, lost) -> None:
    """Any part of the queue gone is noticed, and the rebuilt one is whole: recovering it again is refused."""
    with redis_client.Redis.from_url(here.redis_url, decode_responses=True) as client:
        pattern = prefix_of(round_name).replace("{", "\\{").replace("}", "\\}") + lost
        gone = list(client.scan_iter(pattern))
        assert gone
        client.delete(*gone)
    done = await recover(here, round_name, who="me", now=NOW, report=silent)
    assert done.counts.difference == 0
    with pytest.raises(WrongState, match="完好"):
        await recover(here, round_name, who="me", now=NOW, report=silent)
    entry = life.get(here, round_name).journal[-1]
    assert (entry.at, entry.who) == (NOW, "me")
    assert "重建队列" in entry.what


async def test_it_is_repeatable_and_leaves_nothing_of_its_own(here, round_name, half, monkeypatch) -> None:
    """Ended at any step, the next run gives the same ledger; no key of a rebuild remains."""
    wipe(here)
    reached: list[str] = []

    def killed(step: str, _done: int, _total: int) -> None:
        reached.append(step)
        if len(reached) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await recover(here, round_name, who="me", now=NOW, report=killed)
    with pytest.raises(WrongState, match="round recover"):
        await life.status(here, round_name, now=NOW)
    first = await recover(here, round_name, who="me", now=NOW, report=silent)
    wipe(here)
    second = await recover(here, round_name, who="me", now=NOW, report=silent)
    assert (first.counts, first.state) == (second.counts, second.state)
    assert first.counts.cut == sum(end == "stored" for end, _ in records(here, round_name).values())
    with redis_client.Redis.from_url(here.redis_url, decode_responses=True) as client:
        assert list(client.scan_iter("*rebuild:*")) == []


async def test_a_worker_from_before_the_wipe_is_fenced_off(here, round_name, half) -> None:
    """What it holds is granted anew; its late record never replaces the later one, its acks and offers count for nothing."""
    (old, *_) = [lease for lease in half.held if lease.grant is Grant.PAGE]
    wipe(here)
    await recover(here, round_name, who="me", now=NOW, report=silent)
    frontier = await RedisFrontier.open(here.redis_url, round_name)
    await frontier.set_state(State.RUNNING)
    database = connect_async(here.mongo_url)
    while (new := (await frontier.claim("w2", 1, 0)).leases[0]).key != old.key:
        await half.end(frontier, database, new)
    failed = FetchFailure(new, FailureReason.TIMEOUT, "later", ("u",), 1.0)
    offered = await frontier.offer(new, (), out_of_scope=0, cut=0)
    await write(database, [(draft(round_name, failed), offered.depth)])
    assert await frontier.ack(new, End.FAILED, depth=offered.depth)
    before = await frontier.counts()
    await half.end(frontier, database, old)
    after = await frontier.counts()
    assert records(here, round_name)[old.key][0] == "failed"
    assert (after.stored, after.failed, after.difference) == (before.stored, before.failed, 0)
    await database.client.close()
    await frontier.close()


async def test_hosts_are_asked_for_robots_again_and_wait_a_delay(here, round_name) -> None:
    """Host state is new: rules are asked for, the spelling is the stored pages', and nobody is asked at once."""
    secure = {"http://h0.example/0": (("http://h0.example/3", LinkKind.ANCHOR),), "http://h0.example/3": ()}
    unit = UnitPlan(
        code="u",
        name="u",
        seeds=("https://www.h0.example/0",),
        scope=(ScopeRule(kind=RuleKind.SUFFIX, host="example"),),
    )
    await life.create(here, plan_of(round_name, units=(unit,), delay=0.2), catalogue="c", who="me", now=NOW)
    hand = Hand(here, round_name, secure, random.Random(1))
    while not records(here, round_name):
        await hand.work(1)
    assert list(records(here, round_name)) == ["http://h0.example/0"]
    wipe(here)
    await recover(here, round_name, who="me", now=NOW, report=silent)
    async with life.frontier(here, round_name) as frontier:
        await frontier.set_state(State.RUNNING)
        assert (await frontier.claim("w", 3, 0)).leases == ()
        await asyncio.sleep(0.25)
        (lease,) = (await frontier.claim("w", 3, 0)).leases
        assert (lease.grant, lease.url) == (Grant.ROBOTS, "https://www.h0.example/robots.txt")


@pytest.mark.parametrize(
    ("kept", "greatest", "expected"),
    [(0, 0, BLOCK), (0, 2**32 + 7, BLOCK), (BLOCK, 5, 2 * BLOCK), (BLOCK, 2 * BLOCK + 1, 3 * BLOCK)],
)
def test_serials_go_on_in_a_block_of_their_own(kept, greatest, expected) -> None:
    """Above the block used last and above every serial written, even where nothing was written since."""
    assert next_block(kept, greatest) == expected
