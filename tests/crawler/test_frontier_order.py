"""What a found URL costs, and in which order the queue gives: promises F7 and F8."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest
import redis as redis_client

from crawler.frontier.redis import RedisFrontier, State, prefix_of
from tests.crawler.conftest import granted, link, plan_of

URLS: Final = 60_000
LIMIT: Final = 16.0  # bytes per URL with its depth
QUEUE_LIMIT: Final = 120.0  # bytes per queued URL, beside that


async def test_a_found_url_costs_at_most_sixteen_bytes_and_a_queued_one_hundred_and_twenty(
    each_redis_url: str, round_name: str
) -> None:
    """The seen-set stays integer sets, the queue stays packed, and both are within the promise by the server's count."""
    frontier = await RedisFrontier.open(each_redis_url, round_name)
    try:
        await frontier.create(plan_of(round_name))
        await frontier.set_state(State.RUNNING)
        (home,) = await granted(frontier)
        links = [
            link(f"http://h{number % 7}.example/xxgk/zfxxgkml/tzgg/2019{number % 12 + 1:02d}/t{number:08d}.html")
            for number in range(URLS)
        ]
        assert (await frontier.offer(home, links, out_of_scope=0, cut=0)).new == URLS
    finally:
        await frontier.close()
    with redis_client.Redis.from_url(each_redis_url) as client:
        prefix = prefix_of(round_name).replace("{", "\\{")
        buckets = list(client.scan_iter(match=prefix + "seen:*", count=5000))
        assert {client.object("encoding", name) for name in buckets} == {b"intset"}
        assert sum(int(client.memory_usage(name, samples=0) or 0) for name in buckets) / URLS <= LIMIT
        queues = [*client.scan_iter(match=prefix + "b:*", count=5000), *client.scan_iter(match=prefix + "q:*")]
        assert sum(int(client.llen(name)) for name in queues) == URLS
        assert sum(int(client.memory_usage(name, samples=0) or 0) for name in queues) / URLS <= QUEUE_LIMIT


async def test_nearer_pages_of_a_host_come_first_then_by_arrival(open_round: Callable[..., Any]) -> None:
    """A page found later at a smaller depth is granted before one found earlier at a greater."""
    frontier = await open_round()
    (home,) = await granted(frontier, want=1)
    first, second = "http://b.example/first", "http://b.example/second"
    await frontier.offer(home, [link("http://c.example/far"), link(first)], out_of_scope=0, cut=0)
    leases = {lease.key: lease for lease in await granted(frontier)}
    await frontier.offer(leases["http://c.example/far"], [link("http://b.example/deep")], out_of_scope=0, cut=0)
    await frontier.offer(home, [link(second)], out_of_scope=0, cut=0)
    order, lease = [], leases[first]
    while True:
        await frontier.fetched(lease, alive=True)
        given = await granted(frontier)
        if not given:
            break
        (lease,) = given
        order.append(lease.key)
    assert order == [second, "http://b.example/deep"]


@pytest.mark.parametrize("names", ["bcd", "dcb"])
async def test_hosts_take_turns(open_round: Callable[..., Any], names: str) -> None:
    """Three hosts of four pages each, one grant at a time: no host is granted again before the others were."""
    frontier = await open_round()
    (home,) = await granted(frontier)
    met = [link(f"http://{name}.example/") for name in names]
    await frontier.offer(home, met, out_of_scope=0, cut=0)
    while met:  # asking for robots.txt is a host's turn too
        for lease in await granted(frontier):
            await frontier.fetched(lease, alive=True)
            met.pop()
    links = [link(f"http://{name}.example/{number}") for name in names for number in range(4)]
    await frontier.offer(home, links, out_of_scope=0, cut=0)
    order: list[str] = []
    while len(order) < len(links):
        await asyncio.sleep(0.002)  # the turn goes by milliseconds
        for lease in await granted(frontier, want=1):
            await frontier.fetched(lease, alive=True)
            order.append(lease.host)
    assert all(len(set(order[at : at + 3])) == 3 for at in range(0, len(order), 3)), order


async def test_after_a_restart_of_redis_every_host_waits_one_delay(each_redis_url: str, round_name: str) -> None:
    """A new run id means a lost fsync window: what was granted in it may still be under way (F6)."""
    frontier = await RedisFrontier.open(each_redis_url, round_name)
    try:
        seeds = ("http://a.example/", "http://b.example/")
        await frontier.create(plan_of(round_name, seeds=seeds, delay=20.0))
        await frontier.set_state(State.RUNNING)
        with redis_client.Redis.from_url(each_redis_url, decode_responses=True) as client:
            before = client.hget(prefix_of(round_name) + "epoch", "id")
            client.hset(prefix_of(round_name) + "epoch", "run_id", "another server")
            later = await RedisFrontier.open(each_redis_url, round_name)
            claim = await later.claim("w", 10, 0)
            await later.close()
            assert client.hget(prefix_of(round_name) + "epoch", "id") != before
        assert claim.leases == ()
        assert 19_000 < claim.wait_ms <= 20_000
    finally:
        await frontier.close()


async def test_grants_of_a_new_epoch_have_greater_serials(each_redis_url: str, round_name: str) -> None:
    """Even where the counter itself fell back with a lost window, every grant to come has a greater serial than any before."""
    frontier = await RedisFrontier.open(each_redis_url, round_name)
    try:
        await frontier.create(plan_of(round_name, seeds=("http://a.example/", "http://b.example/")))
        await frontier.set_state(State.RUNNING)
        first, lost = [int(lease.token.rpartition("-")[2]) for lease in (await frontier.claim("w", 10, 0)).leases]
        with redis_client.Redis.from_url(each_redis_url, decode_responses=True) as client:
            client.set(prefix_of(round_name) + "grants", first)  # the second was given in the lost window
            client.hset(prefix_of(round_name) + "epoch", "run_id", "another server")
        later = await RedisFrontier.open(each_redis_url, round_name)
        await later.release_worker("w")
        (again, *_) = (await later.claim("w", 10, 0)).leases
        await later.close()
        assert int(again.token.rpartition("-")[2]) > lost
    finally:
        await frontier.close()


async def test_a_host_that_is_asked_too_much_goes_at_half_the_pace_until_it_is_calm(
    open_round: Callable[..., Any], each_redis_url: str
) -> None:
    """For every such answer again, whoever fetches; after twenty answers without one it is asked twice as fast."""
    frontier = await open_round(seeds=tuple(f"http://a.example/{number}" for number in range(40)), delay=0.4)
    prefix = prefix_of(frontier.round_name)
    with redis_client.Redis.from_url(each_redis_url, decode_responses=True) as client:

        async def page() -> Any:
            """The host's next, at once: nobody waits in a test."""
            while True:
                client.hset(f"{prefix}h:a.example", "next", 0)
                client.zadd(f"{prefix}ready", {"a.example": 0})
                (lease,) = (await frontier.claim("w", 1, 0)).leases
                if lease.grant.value == "page":
                    return lease
                await frontier.robots_done(lease, "", 0.0, alive=True)

        async def waits(expected: float, *, slow: bool) -> bool:
            """Whether the host is left alone for so many seconds after an answer."""
            lease, before = await page(), client.time()
            await frontier.fetched(lease, alive=True, slow=slow)
            after, told = client.time(), float(client.hget(f"{prefix}h:a.example", "next") or 0) / 1000
            least, most = (told - seconds - micros / 1e6 for seconds, micros in (after, before))
            return least - 0.01 <= expected <= most + 0.01

        assert await waits(0.4, slow=False)
        assert [await waits(seconds, slow=True) for seconds in (0.8, 1.6, 3.2)] == [True] * 3
        assert [await waits(3.2, slow=False) for _ in range(19)] == [True] * 19
        assert await waits(1.6, slow=False)
