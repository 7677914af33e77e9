"""F2: SIGKILL of random workers, at any moment, loses nothing and stores nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from dataclasses import dataclass

import pytest

from crawler.frontier.contract import Grant
from crawler.frontier.redis import RedisFrontier
from rounds.supervise import Ending, Supervisor
from tests.promises.conftest import LARGE, Played, Size, judged, round_on_rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SMALL = Size(units=2, pages=600)
EARLIEST, LATEST = 0.05, 0.90  # of the pages: kills are spread between


@dataclass(frozen=True)
class Kill:
    """One kill as it was sent: share of the pages stored by then, leases the victim held, how many were pages."""

    share: float
    held: int
    pages: int


async def kill_at(
    frontier: RedisFrontier, supervisor: Supervisor, total: int, share: float, chance: random.Random
) -> Kill:
    """Wait for the share, then kill a worker that is seen, stopped, to be fetching or storing a page."""
    while (await frontier.counts()).stored < share * total:
        await asyncio.sleep(0.05)
    while True:
        worker, pid = chance.choice(sorted(supervisor.children.items()) or [("", 0)])
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


async def play(
    here, truths, *, seed: int, workers: int, kills: int, size: Size = LARGE, fault: str = ""
) -> tuple[Played, list[Kill]]:
    """One round with kills; the first worker may carry a fault."""
    truth = await truths(seed, size)
    total = sum(1 for page in truth if page.stored and page.kind != "trap" and page.depth <= 6)
    chance = random.Random(seed * 1000 + workers * 100 + kills)
    steps = [EARLIEST + (LATEST - 0.02 - EARLIEST) * (at + chance.random()) / kills for at in range(kills)]
    environment = {"CAIFENG_FAULT": fault} if fault else {}
    async with round_on_rehearsal(here, seed, workers=workers, size=size, environment=environment) as (
        supervisor,
        _,
        frontier,
    ):
        running = asyncio.create_task(supervisor.run())
        sent: list[Kill] = []
        async with frontier() as watch:
            for share in steps:
                killing = asyncio.create_task(kill_at(watch, supervisor, total, share, chance))
                await asyncio.wait({killing, running}, return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    killing.cancel()
                    break
                sent.append(await killing)
        ending = await running
        return await judged(here, supervisor, ending, truth), sent


def assert_whole(played: Played) -> None:
    """The set is the truth's, each page once, every depth right, the ledger closed and the archive readable."""
    found = played.comparison
    assert played.ending is Ending.AT_REST
    assert (found.missing, found.extra, found.stored_twice, found.wrong_depth) == ((), (), (), ())
    assert found.stored == found.truth
    assert found.politeness_violations == 0
    assert played.counts.difference == 0
    assert played.counts.quarantined == 0
    assert played.audited.differences == ()


@pytest.mark.parametrize("kills", [1, 3, 10])
@pytest.mark.parametrize("workers", [1, 4])
async def test_killed_workers_lose_nothing(here, truths, workers: int, kills: int) -> None:
    """Each kill hits a worker at work; the set stays the truth's, and only what was held is fetched again."""
    played, sent = await play(here, truths, seed=4100 + workers, workers=workers, kills=kills)
    assert len(sent) == kills
    assert all(kill.pages > 0 for kill in sent)
    assert all(EARLIEST <= kill.share <= LATEST for kill in sent)
    assert played.restarts == kills
    assert_whole(played)
    assert len(played.comparison.fetched_twice) <= sum(kill.held for kill in sent)


async def test_a_death_between_write_and_ack_stores_once(here, truths) -> None:
    """Every worker of this round kills itself after its 40th write and before the acks: still each page once."""
    played, _ = await play(
        here, truths, seed=4102, workers=2, kills=1, size=SMALL, fault="die-between-write-and-ack=40"
    )
    assert played.restarts > 1
    assert_whole(played)


async def test_this_test_would_notice_acks_before_writes(here, truths) -> None:
    """With the acks moved before the write, the same death loses pages: the check is not blind."""
    played, _ = await play(
        here, truths, seed=4102, workers=2, kills=1, size=SMALL, fault="die-between-ack-and-write=40"
    )
    assert played.comparison.missing
    with pytest.raises(AssertionError):
        assert_whole(played)
