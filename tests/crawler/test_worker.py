"""A worker's hold on its leases, its exit codes, and faults between a fetch and its record."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from cleaning.page import LinkKind
from crawler import pump, worker
from crawler.exits import Exit
from crawler.frontier.contract import End, Grant, Lease, Outlink
from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import Limits
from crawler.reasons import Halt
from crawler.worker import Worker
from tests.crawler.conftest import granted
from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving

ROOT = Path(__file__).parents[2]
Opened = Callable[..., Awaitable[RedisFrontier]]


async def worker_of(open_round: Opened, **changes: object) -> Worker:
    """A worker of a round of two pages on two hosts."""
    frontier = await open_round(**changes)
    await frontier.seed(["http://b.example/"])
    return Worker(frontier, await frontier.plan(), places=3, worker_id="w")


async def test_places_are_counted(open_round: Opened) -> None:
    """A lease takes a place from grant to end; the pump is told of each end."""
    one = await worker_of(open_round)
    first, second = await granted(one.frontier)
    one.took(first)
    one.took(second)
    assert (one.busy, one.free, one.held()) == (2, 1, [first, second])
    one.changed.clear()
    one.ended(first.token)
    one.ended(first.token)
    assert (one.busy, one.free, one.changed.is_set()) == (1, 2, True)
    assert one.holds(second.token)
    assert not one.holds(first.token)


async def test_a_request_that_waited_is_begun_under_a_standing_lease_only(open_round: Opened) -> None:
    """One that was renewed meanwhile stands; one whose time went by while nothing was renewed is another worker's."""
    one = await worker_of(open_round, lease_seconds=0.4)
    first, _ = await granted(one.frontier)
    one.took(first)
    for _ in range(3):
        await asyncio.sleep(0.25)
        assert await one.stands(first.token)  # asked for where no heartbeat has come through, and renewed by that
    await asyncio.sleep(0.5)
    await one.frontier.claim("other", 8, 0)
    assert one.holds(first.token)
    assert not await one.stands(first.token)


async def test_held_leases_outlive_their_time(open_round: Opened) -> None:
    """Renewed they stand for as long as the worker lives; the report says what it does."""
    one = await worker_of(open_round, lease_seconds=0.6)
    for lease in await granted(one.frontier):
        one.took(lease)
    one.start()
    await asyncio.sleep(1.5)
    assert await granted(one.frontier, "other") == []
    assert [(info.worker, info.busy) for info in await one.frontier.workers()] == [("w", 2)]
    await one.stop()
    await asyncio.sleep(0.8)
    assert len(await granted(one.frontier, "other")) == 1  # suspects come one by one


async def test_a_page_past_its_hard_limit_is_let_go(open_round: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """However healthy the worker is; a page in the store step has no limit."""
    monkeypatch.setattr(worker, "JUDGING_SECONDS", 0.0)
    one = await worker_of(open_round, limits=Limits(page_seconds=0.01))
    stuck, storing = await granted(one.frontier)
    one.took(stuck)
    one.took(storing)
    one.storing(storing.token)
    await asyncio.sleep(0.05)
    await one.renew()
    assert one.held() == [storing]


async def test_a_parked_page_leaves_its_place_and_keeps_its_lease(
    open_round: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its bytes wait for a segment, or its record for the store, another page may be claimed, up to a bound each."""
    monkeypatch.setattr(worker, "JUDGING_SECONDS", 0.0)
    one = await worker_of(open_round, limits=Limits(page_seconds=0.01))
    first, second = await granted(one.frontier)
    one.took(first)
    one.took(second)
    for _ in range(2):
        one.parked(first.token)
        assert (one.busy, one.free, one.changed.is_set()) == (2, 2, True)
    one.parked(second.token)
    assert one.free == 3
    monkeypatch.setattr(worker, "MOST_PARKED", 1)
    assert one.free == 2
    await asyncio.sleep(0.05)
    await one.renew()
    assert one.held() == [first, second]
    one.storing(first.token)
    assert one.free == 3
    monkeypatch.setattr(worker, "MOST_STORING", 0)
    assert one.free == 2
    one.ended(second.token)
    assert (one.busy, one.free) == (1, 2)


async def test_a_halted_worker_claims_nothing_and_says_why_at_once(open_round: Opened) -> None:
    """Long before the next heartbeat; it goes on when the last reason is gone, and holds what it has meanwhile."""
    one = await worker_of(open_round, lease_seconds=60.0)
    one.start()
    one.took((await granted(one.frontier))[0])
    one.halt(Halt.DISK_FULL, "/volume")
    one.halt(Halt.ARCHIVE_AWAY, "s3://bucket: no")
    assert (one.free, one.busy) == (0, 1)
    wanted = {"disk-full": "/volume", "archive-away": "s3://bucket: no"}
    async with asyncio.timeout(5):
        while [info.halts for info in await one.frontier.workers()] != [wanted]:
            await asyncio.sleep(0.01)
    one.resume(Halt.DISK_FULL)
    assert one.free == 0
    one.changed.clear()
    one.resume(Halt.ARCHIVE_AWAY)
    assert (one.free, one.changed.is_set()) == (2, True)
    async with asyncio.timeout(5):
        while [info.halts for info in await one.frontier.workers()] != [{}]:
            await asyncio.sleep(0.01)
    await one.stop()


async def test_a_heartbeat_that_fails_is_followed_by_another(
    open_round: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours in one of them does not let every lease lapse."""
    one = await worker_of(open_round, lease_seconds=0.3)
    real, faults = one.frontier.renew, [ZeroDivisionError("a fault")]

    async def renew(*args: Any) -> list[str]:
        if faults:
            raise faults.pop()
        return await real(*args)

    monkeypatch.setattr(one.frontier, "renew", renew)
    one.start()
    async with asyncio.timeout(5):
        while not await one.frontier.workers():
            await asyncio.sleep(0.01)
    await one.stop()
    assert "could not be renewed" in caplog.text


async def test_the_pump_yields_every_kind_of_grant_and_ends_at_rest(open_round: Opened) -> None:
    """Robots and pages come as leases in hand; it ends only when this worker holds none and nothing is left."""
    one = await worker_of(open_round)
    kinds: list[Grant] = []
    async for lease in pump.leases(one):
        kinds.append(lease.grant)
        assert one.holds(lease.token)
        await _finish(one, lease)
    assert sorted(kinds) == [Grant.PAGE, Grant.PAGE, Grant.ROBOTS, Grant.ROBOTS]
    assert (await one.frontier.counts()).at_rest


async def test_the_pump_obeys_a_pause_but_waits_for_what_it_holds(open_round: Opened) -> None:
    """A paused round grants nothing; the pump ends once the last lease has."""
    one = await worker_of(open_round)
    stream = pump.leases(one)
    first = await anext(stream)
    await one.frontier.set_state(State.PAUSED)
    rest = asyncio.create_task(_finish_all(one, stream))
    await asyncio.sleep(0.3)
    assert not rest.done()
    await _finish(one, first)
    assert {lease.grant for lease in await asyncio.wait_for(rest, 5)} <= {Grant.ROBOTS}  # claimed with the first one
    assert (await one.frontier.counts()).queued == 2


async def _finish_all(one: Worker, stream: AsyncIterator[Lease]) -> list[Lease]:
    """Finish what comes; everything that came."""
    came = []
    async for lease in stream:
        came.append(lease)
        await _finish(one, lease)
    return came


async def _finish(one: Worker, lease: Lease) -> None:
    if lease.grant is Grant.ROBOTS:
        await one.frontier.robots_done(lease, "", 0.0, alive=True)
    else:
        target = Outlink("http://a.example/", "http://a.example/", LinkKind.ANCHOR)
        offered = await one.frontier.offer(lease, [target], out_of_scope=0, cut=0)
        await one.frontier.ack(lease, End.STORED, depth=offered.depth)
    one.ended(lease.token)


# -- as a process --------------------------------------------------------------------------------------------------------


def run_worker(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`scrapy crawl portal` as an operator would run it, with no service named but these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CAIFENG_")}
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "portal", *arguments],
        cwd=ROOT,
        env=clean | {"CAIFENG_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_unknown_round_is_not_found(tmp_path: Path, redis_url: str, mongo_url: str) -> None:
    """Exit code 3, and the sentence names the round and the way to make one."""
    services = {
        "CAIFENG_REDIS_URL": redis_url,
        "CAIFENG_MONGO_URL": mongo_url,
        "CAIFENG_ARCHIVE_URL": tmp_path.as_uri(),
    }
    answer = run_worker(tmp_path, "-a", "round=nobody-made-this", **services)
    assert answer.returncode == Exit.NOT_FOUND, answer.stderr
    assert "'nobody-made-this'" in answer.stderr
    assert "caifeng round new" in answer.stderr


@pytest.mark.parametrize("arguments", [["-a", "round=R"], []])
def test_without_services_or_round_it_does_not_start(tmp_path: Path, arguments: list[str]) -> None:
    """Exit code 5, and the sentence says what to do."""
    answer = run_worker(tmp_path, *arguments)
    assert answer.returncode == Exit.SERVICES, answer.stderr
    assert ("caifeng up" if arguments else "round=NAME") in answer.stderr


FAULTS = ("step-raises", "step-drops", "callback-raises")
IN_THE_ENGINE = (
    "ignored",
    "output-fails",
)  # where an operator put in middlewares, all requests pass through the engine


async def faulty_site(asked: Asked, wire: Wire) -> None:
    """A page for each fault and some that are spared."""
    names = [f"/{fault}/{number}.html" for fault in (*FAULTS, *IN_THE_ENGINE, "fine") for number in range(2)]
    if asked.target == "/":
        await wire.reply(hostile.page("".join(f"<a href={name}>链接</a>" for name in names) + hostile.TEXT))
    elif asked.target in names:
        await wire.reply(hostile.good(asked.target))
    else:
        await wire.reply("", 404)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("faults", "environment"),
    [((*FAULTS, *IN_THE_ENGINE), {}), (FAULTS, {"FAULTY_WITHOUT_MIDDLEWARES": "1"})],
    ids=["through the engine", "beside it"],
)
async def test_every_fault_of_ours_ends_as_internal_with_its_trace(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str, faults, environment
) -> None:
    """A step that raises or drops, an ignored request, a failing callback: a record at once, and a closed ledger."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(faulty_site) as site:
        plan = plan_of(round_name, site.port, "faulty.test", lease_seconds=60.0)  # so that no deadline can help
        settings = environment | {"SCRAPY_SETTINGS_MODULE": "tests.crawler.sites.faulty_settings"}
        crawled = await crawl(services, plan, environment=settings, seconds=40.0)
    for fault in faults:
        for number in range(2):
            record = crawled.records[f"faulty.test/{fault}/{number}.html"]
            assert (record["end"], record.get("reason")) == ("failed", "internal"), fault
            assert "put in by the test" in record["detail"], fault
    fine = {name for name in (*FAULTS, *IN_THE_ENGINE, "fine") if name not in faults}
    assert crawled.stored == {
        "faulty.test/",
        *(f"faulty.test/{name}/{number}.html" for name in fine for number in range(2)),
    }
    assert crawled.closed(), crawled.counts
    assert crawled.restarts == 0
    for fault in set(faults) - {"step-drops", "ignored"}:
        assert site.targets().count(f"/{fault}/0.html") == 1  # the fault is ours: the site is not asked again
