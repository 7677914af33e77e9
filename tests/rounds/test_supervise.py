"""Running a round on this machine: restarts, drains, and services that go away in mid-crawl."""

from __future__ import annotations

import asyncio
import os
import signal
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import RoundPlan
from rounds import services
from rounds.errors import ServersGone, WorkersFailing
from rounds.services import record
from rounds.supervise import Ending, Supervisor
from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import Crawled, crawl, go_on, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Site, Wire, serving

WIDTH = 60
HOSTS = ("one.test", "two.test", "three.test")
PAGES = frozenset(host + path for host in HOSTS for path in ("/", *(f"/{number}.html" for number in range(WIDTH))))


async def steady(asked: Asked, wire: Wire) -> None:
    """Three hosts that know each other; every page takes a moment, as pages do."""
    await asyncio.sleep(0.02)
    number = asked.target.strip("/").removesuffix(".html")
    if asked.target == "/":
        links = [*(f"/{number}.html" for number in range(0, WIDTH, 6)), *(f"http://{host}/" for host in HOSTS)]
    elif number.isdigit() and int(number) < WIDTH:
        links = [f"/{each}.html" for each in range(int(number), min(int(number) + 6, WIDTH))]
    else:
        await wire.reply("", 404)
        return
    text = f"{zlib.crc32((asked.host + asked.target).encode())} {hostile.TEXT}"
    await wire.reply(
        hostile.page("".join(f"<a href={link}>链接</a>" for link in links) + text, asked.host + asked.target)
    )


async def seen(site: Site, requests: int) -> None:
    """Wait until the site was asked so often."""
    while len(site.asked()) < requests:
        await asyncio.sleep(0.02)


async def at_work(here: services.Services, name: str, workers: int) -> None:
    """Wait until so many are: one that is still starting dies of an interrupt at once."""
    frontier = await RedisFrontier.open(here.redis_url, name)
    while len(await frontier.workers()) < workers:
        await asyncio.sleep(0.02)
    await frontier.close()


def whole(crawled: Crawled) -> None:
    """Nothing lost, nothing twice, the ledger closed."""
    assert crawled.stored == PAGES
    assert crawled.closed(), crawled.counts
    assert crawled.counts.stored == len(PAGES)
    assert crawled.counts.quarantined == 0


@pytest.fixture
def own_services(own_home: Path) -> services.Services:
    """Servers this test may hurt."""
    return services.ensure(own_home)


def running(home: Path, name: str) -> record.Process:
    """A server's process."""
    known = record.read(home)
    assert known is not None
    return known.processes[name]


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """SIGSTOP now, SIGCONT in the end whatever happens."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
async def test_dead_local_servers_are_brought_back_in_mid_crawl(
    own_home: Path, own_services: services.Services
) -> None:
    """Redis, then MongoDB, SIGKILLed, and nobody but the supervisor starts them: nothing is lost, the operator is told."""
    told: list[str] = []
    first = {name: running(own_home, name) for name in ("redis", "mongo")}

    async def hurt(supervisor: Supervisor) -> None:
        supervisor.tell = told.append
        await seen(site, 25)
        os.kill(first["redis"].pid, signal.SIGKILL)
        await seen(site, len(site.asked()) + 25)
        assert len(site.asked()) < len(PAGES)  # both in mid-crawl
        os.kill(first["mongo"].pid, signal.SIGKILL)

    with serving(steady) as site:
        plan = plan_of("away", site.port, *HOSTS, delay=0.06)
        crawled = await crawl(own_services, plan, workers=2, during=hurt, seconds=80.0)
    whole(crawled)
    assert crawled.restarts == 0, crawled.logs[-3000:]
    assert "is away" in crawled.logs
    assert "is back" in crawled.logs
    assert [line.split(" ")[1] for line in told] == ["Redis", "MongoDB"]
    for name, before in first.items():
        assert running(own_home, name).pid != before.pid
        assert running(own_home, name).port == before.port


async def launched(here: services.Services, plan: RoundPlan) -> tuple[Supervisor, asyncio.Task[Ending]]:
    """A round under way whose supervisor the test awaits itself."""
    frontier = await RedisFrontier.open(here.redis_url, plan.name)
    await frontier.create(plan)
    await frontier.close()
    supervisor = Supervisor(here, plan.name, 2, lambda _: None)
    return supervisor, asyncio.create_task(supervisor.run())


async def test_servers_stopped_on_purpose_are_not_brought_back(own_home: Path, own_services: services.Services) -> None:
    """`caifeng down` under a crawl: the supervisor says so and ends, workers too, and the servers stay down."""
    with serving(steady) as site:
        supervisor, running_round = await launched(own_services, plan_of("down", site.port, *HOSTS, delay=0.06))
        await seen(site, 10)
        pids = sorted(supervisor.children.values())
        await asyncio.to_thread(services.stop, own_home)
        with pytest.raises(ServersGone, match="caifeng down"):
            await running_round
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert services.current(own_home) is None


async def test_a_second_interrupt_ends_at_once_while_redis_is_away(
    own_home: Path, own_services: services.Services
) -> None:
    """Redis hangs, so the workers cannot drain: asked twice, the supervisor ends them and does not wait for Redis."""
    with serving(steady) as site:
        supervisor, running_round = await launched(own_services, plan_of("twice", site.port, *HOSTS, delay=0.06))
        await at_work(own_services, "twice", 2)
        await seen(site, 20)
        pids = sorted(supervisor.children.values())
        with stopped(running(own_home, "redis").pid):
            supervisor.stop()
            await asyncio.sleep(0.3)
            assert all(psutil.pid_exists(pid) for pid in pids)
            supervisor.stop()
            assert await running_round is Ending.STOPPED
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.fixture
def small_round(tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str) -> services.Services:
    """The session's servers with a database of this test's own."""
    return services_of(tmp_path, redis_url, mongo_url, mongo_database)


@pytest.fixture
def site() -> Iterator[Site]:
    """The steady site."""
    with serving(steady) as one:
        yield one


@pytest.mark.slow
async def test_an_interrupt_drains_and_the_round_goes_on_later(
    small_round: services.Services, site: Site, round_name: str
) -> None:
    """Ctrl-C: what was begun is stored, no lease is left, no worker either; a second run ends with the same set."""
    plan = plan_of(round_name, site.port, *HOSTS, delay=0.02, lease_seconds=60.0)
    pids: list[int] = []

    async def interrupt(supervisor: Supervisor) -> None:
        await seen(site, 30)
        pids.extend(supervisor.children.values())
        os.kill(os.getpid(), signal.SIGINT)  # reaches the supervisor's handler, as from the terminal

    drained = await crawl(small_round, plan, workers=2, during=interrupt)
    assert drained.ending is Ending.STOPPED
    assert (drained.counts.leased, drained.counts.difference) == (0, 0)
    assert drained.counts.queued + drained.counts.delayed > 0
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)

    resumed = await go_on(small_round, plan)
    assert resumed.ending is Ending.AT_REST
    whole(resumed)
    assert len(site.asked()) == len(PAGES) + 2 * len(
        HOSTS
    )  # each page, robots.txt and a made-up address once, over both runs


async def test_a_pause_ends_the_workers_and_keeps_the_rest(
    small_round: services.Services, site: Site, round_name: str
) -> None:
    """Somebody pauses the round from elsewhere: the supervisor returns and says so."""
    plan = plan_of(round_name, site.port, *HOSTS, delay=0.02)

    async def pause(_supervisor: Supervisor) -> None:
        await seen(site, 20)
        frontier = await RedisFrontier.open(small_round.redis_url, round_name)
        await frontier.set_state(State.PAUSED)
        await frontier.close()

    paused = await crawl(small_round, plan, during=pause)
    assert paused.ending is Ending.PAUSED
    assert paused.counts.leased == 0
    assert paused.counts.queued > 0


@pytest.mark.slow
async def test_a_killed_worker_is_replaced_and_its_leases_return_at_once(
    small_round: services.Services, site: Site, round_name: str
) -> None:
    """Far before their deadline: the supervisor saw it die."""
    plan = plan_of(round_name, site.port, *HOSTS, delay=0.02, lease_seconds=600.0)

    async def kill(supervisor: Supervisor) -> None:
        await seen(site, 30)
        os.kill(next(iter(supervisor.children.values())), signal.SIGKILL)

    crawled = await crawl(small_round, plan, workers=2, during=kill, seconds=60.0)
    whole(crawled)
    assert crawled.restarts == 1


async def test_workers_that_cannot_begin_are_not_restarted_for_ever(
    small_round: services.Services, site: Site, round_name: str
) -> None:
    """Five quick deaths in a row: the supervisor gives up and names the newest log, which says why."""
    broken = {"SCRAPY_SETTINGS_MODULE": "tests.no_such_settings"}
    with pytest.raises(WorkersFailing, match=r"5 workers in a row.*\.log") as caught:
        await crawl(small_round, plan_of(round_name, site.port, *HOSTS), environment=broken)
    path = Path(str(caught.value).rpartition(" ")[2])
    assert "no_such_settings" in await asyncio.to_thread(path.read_text, "utf-8")
    assert site.asked() == []
