"""F4: Redis wiped in mid-crawl, `round recover`, and the round ends as if nothing had happened."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
import redis as redis_client

from crawler.errors import UnknownRound
from rounds.recover import recover
from rounds.supervise import Supervisor
from tests.promises.playing import SMALL, assert_whole, judged, round_on_rehearsal, truth_of, wanted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WIPED_AT = 0.4  # of the pages


async def test_a_wiped_round_is_recovered_and_finished(here) -> None:
    """The crawl stops by itself and says why; recovered and gone on with, stored = truth and each page has one record."""
    truth = await truth_of(4103, SMALL)
    total = wanted(truth)
    async with round_on_rehearsal(here, 4103, workers=2, size=SMALL) as (supervisor, snapshots, frontier):
        running = asyncio.create_task(supervisor.run())
        async with frontier() as watch:
            while (await watch.counts()).stored < WIPED_AT * total:
                await asyncio.sleep(0.05)
        with redis_client.Redis.from_url(here.redis_url) as client:
            client.flushall()
        with pytest.raises(UnknownRound, match="round recover"):
            await running
        name = supervisor.round_name
        done = await recover(here, name, who="test", now=datetime.now(UTC), report=lambda *_: None)
        assert done.counts.stored >= WIPED_AT * total
        again = Supervisor(here, name, 2, snapshots.append)
        ending = await again.run()
        played = await judged(here, again, ending, truth)
    assert_whole(played)
