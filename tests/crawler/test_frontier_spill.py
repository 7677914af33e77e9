"""Queues beyond a window per host wait in MongoDB: order, ledger and depths are what they were without it."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import pytest_asyncio
import redis as redis_client

from crawler.frontier.contract import End, Grant, Lease, Outlink
from crawler.frontier.redis import RedisFrontier, prefix_of
from crawler.ports import SpillStore
from crawler.spiller import Spiller
from pipelines.store.spill import open_spill_store
from tests.crawler.conftest import granted, link

WINDOW = 4
DEATHS = ("before-keep", "after-keep", "before-entries", "after-entries")


@pytest.fixture
def store_url(mongo_url: str, mongo_database: str) -> str:
    """A MongoDB of the test's own."""
    return urlunsplit(urlsplit(mongo_url)._replace(path=f"/{mongo_database}"))


@pytest_asyncio.fixture
async def store(store_url: str) -> AsyncIterator[SpillStore]:
    """Where parts of the queue go."""
    opened = await open_spill_store(store_url)
    yield opened
    await opened.close()


def ranked(url: str, rank: int) -> Outlink:
    """A link of a given rank, by its text."""
    return link(url)._replace(text=("办事指南", "", "视频")[rank])


async def idle(spiller: Spiller) -> None:
    """Do all there is to do."""
    while await spiller.step():
        pass


async def drained(frontier: RedisFrontier, spiller: Spiller, held: Lease) -> list[str]:
    """Every page of the one host, one after the other, as granted."""
    order: list[str] = []
    lease = held
    while True:
        await frontier.fetched(lease, alive=True)
        await frontier.ack(lease, End.STORED, depth=0)
        given = await granted(frontier)
        if not given:
            await idle(spiller)
            given = await granted(frontier)
        if not given:
            return order
        (lease,) = given
        if lease.grant is Grant.PAGE:
            order.append(lease.key)


async def test_order_is_kept_through_mongodb(open_round: Callable[..., Any], store: SpillStore) -> None:
    """Depth, then rank, then arrival; later arrivals of a parted band wait behind its parts; Redis keeps the window."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"))
    home, other = await granted(frontier)
    spiller = Spiller(frontier.spill_desk(WINDOW, keep=0.0), store, frontier.round_name)
    first = [ranked(f"http://a.example/{rank}/{number:02d}", rank) for number in range(10) for rank in (2, 0, 1)]
    later = [ranked(f"http://a.example/{rank}/later{number}", rank) for number in range(8) for rank in (1, 2)]
    await frontier.offer(home, first, out_of_scope=0, cut=0)
    await idle(spiller)
    await frontier.offer(home, later, out_of_scope=0, cut=0)
    await idle(spiller)
    counts = await frontier.counts()
    assert counts.spilled >= len(first) + len(later) - 2 * WINDOW
    assert counts.queued == len(first) + len(later)
    assert not counts.at_rest
    await frontier.ack(other, End.STORED, depth=0)
    order = await drained(frontier, spiller, home)
    by_rank = {rank: [each.key for each in (*first, *later) if each.rank == rank] for rank in range(3)}
    assert order == by_rank[0] + by_rank[1] + by_rank[2]
    counts = await frontier.counts()
    assert (counts.difference, counts.spilled, counts.at_rest) == (0, 0, True)


async def test_memory_is_bounded_by_hosts_not_by_urls(
    open_round: Callable[..., Any], store: SpillStore, each_redis_url: str
) -> None:
    """After the work is done no host has more entries in Redis than its window and one part."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    links = [link(f"http://h{number % 3}.example/{number}") for number in range(600)]
    await frontier.offer(home, links, out_of_scope=0, cut=0)
    spiller = Spiller(frontier.spill_desk(20), store, frontier.round_name)
    await spiller.step()
    await frontier.offer(home, [link(f"http://h{host}.example/more") for host in range(3)], out_of_scope=0, cut=0)
    await idle(spiller)
    with redis_client.Redis.from_url(each_redis_url) as client:
        prefix = prefix_of(frontier.round_name).replace("{", "\\{")
        for host in range(3):
            lists = [*client.scan_iter(match=f"{prefix}[bt]:*:h{host}.example")]
            assert 0 < sum(int(client.llen(name)) for name in lists) <= 30
        assert [*client.scan_iter(match=prefix + "s:*")] == []
    assert (await frontier.counts()).queued == 603


async def test_a_spilled_url_that_comes_nearer_is_granted_once_at_its_new_depth(
    open_round: Callable[..., Any], store: SpillStore
) -> None:
    """Its new entry comes before everything deeper; the one in MongoDB is dropped when it is back."""
    frontier = await open_round(seeds=("http://a.example/", "http://b.example/"))
    home, other = await granted(frontier)
    await frontier.offer(other, [link("http://b.example/list")], out_of_scope=0, cut=0)
    await frontier.fetched(other, alive=True)
    (listing,) = await granted(frontier)
    deep = [f"http://a.example/{number:02d}" for number in range(20)]
    await frontier.offer(listing, [link(url) for url in deep], out_of_scope=0, cut=0)
    spiller = Spiller(frontier.spill_desk(WINDOW, keep=0.0), store, frontier.round_name)
    await frontier.offer(listing, [link("http://a.example/z")], out_of_scope=0, cut=0)
    await idle(spiller)
    await frontier.offer(home, [link(deep[19])], out_of_scope=0, cut=0)
    for lease in (other, listing):
        await frontier.fetched(lease, alive=True)
        await frontier.ack(lease, End.STORED, depth=0)
    order = await drained(frontier, spiller, home)
    assert order == [deep[19], *deep[:19], "http://a.example/z"]
    assert (await frontier.counts()).difference == 0


async def test_a_part_on_its_way_is_taken_back_without_mongodb(open_round: Callable[..., Any]) -> None:
    """What was cut and not yet written, its worker dead perhaps, is granted like the rest."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    await frontier.offer(home, [link(f"http://a.example/{n:02d}") for n in range(20)], out_of_scope=0, cut=0)
    desk = frontier.spill_desk(WINDOW)
    await desk.chores()
    await frontier.offer(home, [link("http://a.example/20")], out_of_scope=0, cut=0)
    chunks = [(await desk.chores()).keep for _ in range(4)]
    assert all(chunk is not None for chunk in chunks)
    order, lease = [], home
    for _ in range(21):
        await frontier.fetched(lease, alive=True)
        (lease,) = await granted(frontier)
        order.append(lease.key)
    assert order == [f"http://a.example/{n:02d}" for n in range(21)]
    assert chunks[0] is not None
    assert not await desk.spilled(chunks[0])


async def test_a_part_on_its_way_is_not_loaded_besides(open_round: Callable[..., Any]) -> None:
    """A Redis that lost its last second has again what another worker is just reading back: it comes back once."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    desk = frontier.spill_desk(WINDOW)
    await desk.chores()
    await frontier.offer(home, [link(f"http://a.example/{n:02d}") for n in range(20)], out_of_scope=0, cut=0)
    chunk = (await desk.chores()).keep
    assert chunk is not None
    assert not await desk.loaded(chunk)
    assert await desk.spilled(chunk)
    assert (await frontier.counts()).spilled == len(chunk.entries)
    assert await desk.loaded(chunk)
    assert not await desk.loaded(chunk)
    counts = await frontier.counts()
    assert (counts.spilled, counts.queued, counts.difference) == (0, 20, 0)


async def test_a_part_missing_in_mongodb_is_named(
    open_round: Callable[..., Any], store: SpillStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is lost in silence: the round does not come to rest, and the log says whose URLs are missing."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    await frontier.offer(home, [link(f"http://a.example/{n}") for n in range(20)], out_of_scope=0, cut=0)
    desk = frontier.spill_desk(WINDOW)
    spiller = Spiller(desk, store, frontier.round_name)
    await desk.chores()
    await frontier.offer(home, [link("http://a.example/20")], out_of_scope=0, cut=0)
    tokens = []
    for _ in range(8):
        chunk = (await desk.chores()).keep
        if chunk is not None:
            await desk.spilled(chunk)
            tokens.append(chunk.token)
    lease = home
    for _ in range(len(tokens) * 2 + 8):
        await frontier.fetched(lease, alive=True)
        given = await granted(frontier)
        if not given:
            break
        (lease,) = given
    with caplog.at_level(logging.ERROR):
        await spiller.step()
    assert any(token in caplog.text and "a.example" in caplog.text for token in tokens)
    assert not (await frontier.counts()).at_rest


async def test_workers_killed_while_they_move_parts_lose_and_double_nothing(
    open_round: Callable[..., Any], each_redis_url: str, store_url: str
) -> None:
    """SIGKILL before and after each step of moving, while every page is granted: each once, at its depth."""
    seeds = tuple(f"http://h{host}.example/" for host in range(3))
    frontier = await open_round(seeds=seeds, host_concurrency=3, lease_seconds=300.0)
    homes = await granted(frontier)
    for home in homes:
        await frontier.fetched(home, alive=True)
    command = [sys.executable, "-m", "tests.crawler.spill_program", each_redis_url, store_url, frontier.round_name]
    mover = await asyncio.create_subprocess_exec(*command, DEATHS[0])
    deaths: list[int] = []
    offered: list[str] = []
    granted_at: dict[str, int] = {}
    try:
        async with asyncio.timeout(150):  # a part that is lost would be waited for for ever
            while len(granted_at) < len(offered) or len(deaths) < len(DEATHS):
                if mover.returncode is not None:
                    deaths.append(mover.returncode)
                    mover = await asyncio.create_subprocess_exec(*command, (*DEATHS, "none")[len(deaths)])
                if len(deaths) < len(
                    DEATHS
                ):  # four new ones a host where three go: the queue grows until the last death
                    new = [
                        f"http://h{number % 3}.example/{number}" for number in range(len(offered), len(offered) + 12)
                    ]
                    await frontier.offer(homes[0], [link(url) for url in new], out_of_scope=0, cut=0)
                    offered += new
                    await asyncio.sleep(0.05)
                for lease in await granted(frontier):
                    assert lease.key not in granted_at
                    granted_at[lease.key] = lease.depth
                    await frontier.fetched(lease, alive=True)
                    await frontier.ack(lease, End.STORED, depth=lease.depth)
    finally:
        if mover.returncode is None:
            mover.kill()
        await mover.wait()
    for home in homes:
        await frontier.ack(home, End.STORED, depth=0)
    assert granted_at == dict.fromkeys(offered, 1)
    counts = await frontier.counts()
    assert (counts.difference, counts.stored, counts.at_rest) == (0, len(offered) + 3, True)
    assert deaths == [-signal.SIGKILL] * len(DEATHS)
