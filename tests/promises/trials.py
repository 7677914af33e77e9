"""The trials a round must stand: workers killed, a page that kills, servers away.  Tests play them short, soak long."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import psutil
from filelock import FileLock

from crawler.frontier.contract import Grant
from crawler.frontier.redis import RedisFrontier
from rounds.services import Services, process, record
from rounds.supervise import Ending, Supervisor
from rounds.truth import TruePage
from tests.promises.playing import DEPTH, LARGE, Played, Size, judged, round_on_rehearsal, truth_of, wanted

EARLIEST, LATEST = 0.05, 0.90  # of the pages: kills and outages are spread between
POISON = "tests.crawler.sites.poison_settings"


class Outage(Enum):
    """A server and what is done to it.  One that ended is brought back by the supervisor, and by nobody else."""

    REDIS_STOPPED = ("redis", signal.SIGSTOP)
    REDIS_SHUT_DOWN = ("redis", signal.SIGTERM)
    REDIS_KILLED = ("redis", signal.SIGKILL)
    MONGO_STOPPED = ("mongo", signal.SIGSTOP)
    MONGO_SHUT_DOWN = ("mongo", signal.SIGTERM)
    MONGO_KILLED = ("mongo", signal.SIGKILL)


@dataclass(frozen=True)
class Kill:
    """One kill as it was sent: share of the pages stored by then, leases the victim held, how many were pages."""

    share: float
    held: int
    pages: int


def spread(number: int, chance: random.Random) -> list[float]:
    """So many shares of a round, one at random in each part of it."""
    return [EARLIEST + (LATEST - 0.02 - EARLIEST) * (at + chance.random()) / number for at in range(number)]


async def kill_at(
    frontier: RedisFrontier,
    supervisor: Supervisor,
    total: int,
    share: float,
    chance: random.Random,
    *,
    at: frozenset[str] = frozenset(),
) -> Kill:
    """Wait for the share, then kill a worker that is seen, stopped, to be fetching or storing a page.

    Where one of the keys `at` is being fetched now, it is the worker that does it.
    """
    while (await frontier.counts()).stored < share * total:
        await asyncio.sleep(0.05)
    while True:
        aimed = [lease.worker for lease in await frontier.standing() if lease.fetching and lease.key in at]
        children = {worker: pid for worker, pid in supervisor.children.items() if not aimed or worker in aimed}
        worker, pid = chance.choice(sorted(children.items()) or [("", 0)])
        if pid:
            os.kill(pid, signal.SIGSTOP)  # what it holds now is what it will die with
            held = [lease for lease in await frontier.standing() if lease.worker == worker]
            pages = sum(1 for lease in held if lease.grant is Grant.PAGE)
            if pages:
                stored = (await frontier.counts()).stored
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                return Kill(stored / total, len(held), pages)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.02)


async def kill_all(
    frontier: RedisFrontier,
    supervisor: Supervisor,
    running: asyncio.Task[Ending],
    total: int,
    kills: int,
    chance: random.Random,
    *,
    at: frozenset[str] = frozenset(),
) -> list[Kill]:
    """Spread the kills over the round; those that were sent before it ended."""
    sent: list[Kill] = []
    for share in spread(kills, chance):
        killing = asyncio.create_task(kill_at(frontier, supervisor, total, share, chance, at=at))
        await asyncio.wait({killing, running}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            killing.cancel()
            break
        sent.append(await killing)
    return sent


async def killed(
    here: Services,
    *,
    seed: int,
    workers: int,
    kills: int,
    size: Size = LARGE,
    depth: int = DEPTH,
    fault: str = "",
    window: int = 1000,
) -> tuple[Played, list[Kill]]:
    """One round whose workers are killed; each may carry a fault of its own.  `window`: URLs a host queues in Redis."""
    truth = await truth_of(seed, size)
    chance = random.Random(seed * 1000 + workers * 100 + kills)
    environment = {"CAIFENG_QUEUE_WINDOW": str(window)} | ({"CAIFENG_FAULT": fault} if fault else {})
    async with round_on_rehearsal(here, seed, workers=workers, size=size, environment=environment, depth=depth) as (
        supervisor,
        snapshots,
        frontier,
    ):
        running = asyncio.create_task(supervisor.run())
        async with frontier() as watch:
            sent = await kill_all(watch, supervisor, running, wanted(truth, depth), kills, chance)
        played = await judged(here, supervisor, await running, truth, depth=depth)
        return replace(played, spilled=max(each.counts.spilled for each in snapshots)), sent


def poisonous(truth: Sequence[TruePage], number: int, chance: random.Random) -> list[TruePage]:
    """Pages that nothing hangs below: at the last depth, read over HTTP, answered at once."""
    last = [
        page
        for page in truth
        if page.stored and page.depth == DEPTH and page.kind == "article" and not page.needs_browser
    ]
    return chance.sample(sorted(last, key=lambda page: page.url), number)


async def poisoned(
    here: Services, *, seed: int, workers: int, poisons: int, kills: int, size: Size = LARGE
) -> tuple[Played, frozenset[str], list[Kill]]:
    """Some pages kill whoever reads them, and workers are killed at random, where it can be while a slow page is open.

    Gives the poisonous pages too.
    """
    truth = await truth_of(seed, size)
    chance = random.Random(seed)
    poison = frozenset(page.url for page in poisonous(truth, poisons, chance))
    slow = frozenset(alias for page in truth if "slow" in page.features for alias in (page.url, *page.aliases))
    environment = {"SCRAPY_SETTINGS_MODULE": POISON, "TEST_POISON": " ".join(sorted(poison))}
    async with round_on_rehearsal(here, seed, workers=workers, size=size, environment=environment) as (
        supervisor,
        _,
        frontier,
    ):
        running = asyncio.create_task(supervisor.run())
        async with frontier() as watch:
            sent = await kill_all(watch, supervisor, running, wanted(truth), kills, chance, at=slow)
        return await judged(here, supervisor, await running, truth), poison, sent


async def away(home: Path, outage: Outage, seconds: float) -> None:
    """Take a server away for so long.

    One that ended stays away by the lock that whoever starts servers takes first; released, the supervisor starts it.
    """
    name, number = outage.value
    if number is signal.SIGSTOP:
        server = await _running(home, name)
        os.kill(server.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        return
    while True:  # an earlier outage may not be over: the supervisor needs the lock to end it
        await _running(home, name)
        with FileLock(home / "services.lock", timeout=30):
            server = _recorded(home, name)
            if not psutil.pid_exists(server.pid):
                continue
            os.kill(server.pid, number)
            assert await asyncio.to_thread(process.wait_gone, server, 60.0)
            await asyncio.sleep(seconds)
            return


def _recorded(home: Path, name: str) -> record.Process:
    known = record.read(home)
    assert known is not None
    return known.processes[name]


async def _running(home: Path, name: str) -> record.Process:
    """Wait until a server stands."""
    while not psutil.pid_exists(_recorded(home, name).pid):
        await asyncio.sleep(0.05)
    return _recorded(home, name)


async def without_servers(
    here: Services,
    *,
    seed: int,
    workers: int,
    outages: Sequence[Outage],
    seconds: float,
    size: Size = LARGE,
    tell: Callable[[str], None],
) -> Played:
    """One round in which servers go away, one after the other, each for so many seconds and in mid-crawl."""
    truth = await truth_of(seed, size)
    async with round_on_rehearsal(here, seed, workers=workers, size=size) as (supervisor, _, frontier):
        supervisor.tell = tell
        running = asyncio.create_task(supervisor.run())
        for outage, share in zip(outages, spread(len(outages), random.Random(seed)), strict=True):
            async with frontier() as watch:
                while (await watch.counts()).stored < share * wanted(truth):
                    assert not running.done(), running
                    await asyncio.sleep(0.05)
            await away(here.home, outage, seconds)
        return await judged(here, supervisor, await running, truth)
