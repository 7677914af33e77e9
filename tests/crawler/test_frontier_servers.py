"""Hosts on one server share its places: in the frontier, step by step."""

from __future__ import annotations

import asyncio

from crawler.frontier.contract import End, Grant, Lease
from crawler.frontier.redis import RedisFrontier

SEEDS = tuple(f"http://h{number}.example/" for number in range(6))
ADDRESS = "192.0.2.7"


async def robots(frontier: RedisFrontier, want: int = 64) -> list[Lease]:
    """The leases of a claim, all of them for robots.txt."""
    leases = (await frontier.claim("w", want, 0)).leases
    assert all(lease.grant is Grant.ROBOTS for lease in leases)
    return list(leases)


async def test_no_more_hosts_than_places_at_once(open_round) -> None:
    """Six names at one address, two places: whoever comes third gives the lease back, and gets it when one is free."""
    frontier = await open_round(seeds=SEEDS, server_concurrency=2)
    leases = await robots(frontier)
    assert len(leases) == 6
    let_in = [lease for lease in leases if await frontier.servers.join(lease, ADDRESS)]
    assert [lease.host for lease in let_in] == [lease.host for lease in leases[:2]]
    assert await robots(frontier) == []
    assert await frontier.robots_done(let_in[0], "", 0.0, alive=True)
    (further,) = (await frontier.claim("w", 64, 0)).leases
    assert further.host != let_in[1].host
    assert await frontier.servers.join(further, ADDRESS)
    (server,) = await frontier.servers.shared()
    assert (server.address, server.hosts, server.inflight) == (ADDRESS, 6, 2)


async def test_every_host_gets_its_turn_and_the_round_ends(open_round) -> None:
    """Played to the end with one place: never two at once, all six served, nothing left in the row."""
    frontier = await open_round(seeds=SEEDS, server_concurrency=1)
    served: list[str] = []
    for _ in range(60):
        claim = await frontier.claim("w", 64, 0)
        if claim.at_rest:
            break
        open_now = [
            lease for lease in claim.leases if lease.grant is Grant.PAGE or await frontier.servers.join(lease, ADDRESS)
        ]
        assert len(open_now) <= 1
        for lease in open_now:
            if lease.grant is Grant.ROBOTS:
                await frontier.robots_done(lease, "", 0.0, alive=True)
            else:
                served.append(lease.host)
                await frontier.fetched(lease, alive=True)
                offered = await frontier.offer(lease, [], out_of_scope=0, cut=0)
                await frontier.ack(lease, End.STORED, depth=offered.depth)
    assert sorted(served) == sorted(f"h{number}.example" for number in range(6))
    (server,) = await frontier.servers.shared()
    assert (server.inflight, server.waiting) == (0, 0)


async def test_requests_to_a_server_begin_a_part_of_the_delay_apart(open_round) -> None:
    """With a place free the next host still waits delay / places after the last one began; hosts elsewhere do not."""
    frontier = await open_round(seeds=SEEDS, server_concurrency=2, delay=60.0)
    await frontier.release_worker("w")
    leases = await robots(frontier)
    assert await frontier.servers.join(leases[0], ADDRESS)
    assert not await frontier.servers.join(leases[1], ADDRESS)
    assert await frontier.servers.join(leases[2], "192.0.2.8")
    claim = await frontier.claim("w", 64, 0)
    assert claim.leases == ()
    assert 29_000 < claim.wait_ms <= 30_000


async def test_a_dead_workers_places_are_free_again(open_round) -> None:
    """Its leases return and the next host is let in."""
    frontier = await open_round(seeds=SEEDS[:3], server_concurrency=1)
    leases = await robots(frontier)
    assert await frontier.servers.join(leases[0], ADDRESS)
    assert not await frontier.servers.join(leases[1], ADDRESS)
    assert not await frontier.servers.join(leases[2], ADDRESS)
    assert await frontier.release_worker("w") == 1
    await asyncio.sleep(0.01)
    assert len((await frontier.claim("w2", 64, 0)).leases) == 1


async def test_a_suspect_waits_for_a_place_of_its_server(open_round) -> None:
    """A worker died over its page; the one place of its server went to another host meanwhile."""
    frontier = await open_round(seeds=SEEDS[:1], server_concurrency=1)
    (lease,) = await robots(frontier)
    assert await frontier.servers.join(lease, ADDRESS)
    await frontier.robots_done(lease, "", 0.0, alive=True)
    (page,) = (await frontier.claim("w1", 64, 0)).leases
    assert await frontier.release_worker("w1") == 1
    assert (await frontier.claim("w2", 64, busy=1)).leases == ()  # the suspect is for this worker to take
    await frontier.seed([SEEDS[1]])
    (other,) = (await frontier.claim("w3", 64, 0)).leases
    assert await frontier.servers.join(other, ADDRESS)
    assert (await frontier.claim("w2", 64, busy=0)).leases == ()
    await frontier.robots_done(other, "", 0.0, alive=True)
    (suspect,) = (await frontier.claim("w2", 64, busy=0)).leases
    assert (suspect.key, suspect.deaths) == (page.key, 1)


async def test_without_the_setting_each_host_is_by_itself(open_round) -> None:
    """A plan with 0 places: all are let in, no server is kept."""
    frontier = await open_round(seeds=SEEDS, server_concurrency=0)
    assert all([await frontier.servers.join(lease, ADDRESS) for lease in await robots(frontier)])
    assert await frontier.servers.shared() == []
