"""A round whose queue Redis lost: rebuilt from MongoDB, whatever of it had ended."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from datetime import UTC, datetime

import pytest
import redis as redis_client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaning.page import LinkKind
from crawler.frontier.contract import End, Grant, Lease
from crawler.frontier.probes import Print
from crawler.frontier.redis import RedisFrontier, State, prefix_of
from crawler.items import FailureReason, FetchFailure
from crawler.outlinks import COPY_RULE
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from crawler.probes import Answered, Probed
from crawler.tally import RecordKind, page_kinds
from pipelines.store.connect import connect_async
from pipelines.store.probes import probe_document
from pipelines.store.records import draft
from pipelines.store.rounds import RoundBook
from pipelines.store.writer import write
from rounds import life
from rounds.rebuild import BLOCK, next_block
from rounds.recover import recover
from rounds.refusals import NoSuchRound, WrongState
from rounds.services import Services
from tests.rounds.playing import Graph, Hand, records, silent

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
LIMIT = 3
NAMES = itertools.count(1)


def url(node: int) -> str:
    """Nodes are spread over three hosts."""
    return f"http://h{node % 3}.example/{node}"


def plan_of(name: str, **changes: object) -> RoundPlan:
    """Without delays, one unit that owns every `.example` host."""
    unit = UnitPlan(code="u", name="u", seeds=(url(0),), scope=(ScopeRule(kind=RuleKind.SUFFIX, host="example"),))
    return RoundPlan.model_validate({"name": name, "units": (unit,), "depth": LIMIT, "delay": 0.0} | changes)


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


def wipe(here: Services) -> None:
    """What an operator fears."""
    with redis_client.Redis.from_url(here.redis_url) as client:
        client.flushall()


async def look(here: Services, name: str):
    """The ledger."""
    async with life.frontier(here, name) as frontier:
        return await frontier.counts()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs(), seed=st.integers(0, 2**32 - 1), first=st.integers(0, 20))
def test_wiped_anywhere_recovered_and_finished_it_is_the_graph(here, graph: Graph, seed: int, first: int) -> None:
    """F4, F1, F5: whatever had ended at the wipe, the set, the depths and the ledger come out as without it."""
    name = f"law{next(NAMES)}"

    async def play() -> None:
        await life.create(here, plan_of(name), catalogue="c", who="me", now=NOW)
        hand = Hand(here, plan_of(name), graph, random.Random(seed))
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
    hand = Hand(here, plan_of(round_name), CHAIN, random.Random(5))
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
    with life.store(here) as database:
        RoundBook(database).allow(round_name, ["h1.example/rl/"])
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
    stored = sum(end == "stored" for end, _ in records(here, round_name).values())
    assert first.counts.cut == stored
    async with life.frontier(here, round_name) as frontier:
        assert await frontier.traps.cut_counts() == {"calendar": stored}
        assert await frontier.traps.allowed() == ("h1.example/rl/",)
    with redis_client.Redis.from_url(here.redis_url, decode_responses=True) as client:
        assert list(client.scan_iter("*rebuild:*")) == []


async def test_counts_and_verdicts_on_families_come_back(here, round_name, half) -> None:
    """Counts by kind as far as records tell, families that repeat, and how hosts answered for what is not there."""
    await half.work(2000)
    found = Print("http://h1.example/cf1.html", 2**55, "http://h1.example/sorry", ("http://h1.example/",))
    with life.store(here) as database:
        for host, answered, print_ in (("h0", Answered.HONEST, None), ("h1", Answered.SOFT, found)):
            probed = Probed(f"{host}.example", f"http://{host}.example/cf1.html", answered, 200, 1.0, print_)
            database["probes"].insert_one(probe_document(round_name, probed) | {"_id": f"{round_name} {host}.example"})
        repeating = {"cut_links.0.rule": COPY_RULE, "cut_links.0.pattern": "h0.example/#"}
        database["records"].update_many({"end": "stored", "host": "h0.example"}, {"$set": repeating})
        stored = list(database["records"].find({"end": "stored"}))
    wipe(here)
    await recover(here, round_name, who="me", now=NOW, report=silent)
    async with life.frontier(here, round_name) as frontier:
        kinds = await frontier.kinds.total()
        by_host = await frontier.kinds.of_hosts(await frontier.hosts())
        assert await frontier.traps.families_to_decide() == {"h0.example/#": True}
        assert (await frontier.probes.of("h0.example"), await frontier.probes.of("h1.example")) == (None, found)
    with redis_client.Redis.from_url(here.redis_url, decode_responses=True) as client:
        states = [client.hget(f"{prefix_of(round_name)}h:h{n}.example", "probe") for n in range(3)]
    assert states == ["done", "done", None], "asked once a round"
    expected = sum((page_kinds(half.item(grant_of(one))) for one in stored), Counter())
    told = (RecordKind.PAGES, RecordKind.ATTACHMENTS, RecordKind.TAGS, RecordKind.ARCHIVE_BYTES)
    assert {kind: kinds.get(kind, 0) for kind in told} == {kind: expected[kind] for kind in told}
    assert kinds[RecordKind.HTTP] == len(records(here, round_name)), "none was asked for twice"
    assert sum((Counter(one) for one in by_host.values()), Counter()) == Counter(kinds)


def grant_of(record) -> Lease:
    """A stand-in for the grant that a record ended."""
    return Lease(record["token"], Grant.PAGE, record["host"], record["key"], record["url"])


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


async def test_a_depth_that_fell_before_the_wipe_is_put_right(here, round_name, half) -> None:
    """Relinks that were still to be done when Redis was lost: the records, and what is queued, get their least depths."""
    await half.work(2000)
    right, whole = records(here, round_name), await look(here, round_name)
    (stale,) = [key for key, (_, depth) in right.items() if depth == 1 and key.endswith("/1")]
    with life.store(here) as database:
        for key, depth in ((stale, 2), (url(2), 3), (url(5), 3)):
            database["records"].update_one({"_id": f"{round_name} {key}"}, {"$set": {"depth": depth}})
        database["records"].delete_one({"_id": f"{round_name} {url(6)}"})
    wipe(here)
    done = await recover(here, round_name, who="me", now=NOW, report=silent)
    assert done.relinked >= 2
    assert (done.counts.found, done.counts.queued) == (whole.found, 1)
    half.held.clear()
    await half.work(2000)
    assert records(here, round_name) == right


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
    hand = Hand(here, plan_of(round_name), secure, random.Random(1))
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
