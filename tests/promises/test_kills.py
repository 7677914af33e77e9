"""F2: SIGKILL of random workers, at any moment, loses nothing and stores nothing twice; F6: nor does it hurry a host."""

from __future__ import annotations

import pytest

from tests.promises.playing import KILLED, SMALL, Size, assert_whole
from tests.promises.trials import EARLIEST, LATEST, killed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.parametrize("kills", [1, 3, 10])
@pytest.mark.parametrize("workers", [1, 4])
async def test_killed_workers_lose_nothing(here, workers: int, kills: int) -> None:
    """Each kill hits a worker at work; the set stays the truth's, and only what was held is fetched again.

    With several workers the queue's window is small, so that much of it is on its way to MongoDB or back.  Ten kills of four
    workers meet the large web; the soak plays all of them there.
    """
    size = KILLED if (workers, kills) == (4, 10) else SMALL
    window = 10 if workers > 1 else 1000
    played, sent = await killed(here, seed=4101, workers=workers, kills=kills, size=size, window=window)
    assert (played.spilled > 0) == (workers > 1)
    assert len(sent) == kills
    assert all(kill.pages > 0 for kill in sent)
    assert all(EARLIEST <= kill.share <= LATEST for kill in sent)
    assert played.restarts == kills
    assert_whole(played)
    assert len(played.comparison.fetched_twice) <= sum(kill.held for kill in sent)


async def test_eight_workers_on_fifty_hosts_keep_the_pace(here) -> None:
    """Fifty-four hosts, eight workers, kills: no host is asked again before its delay, by the server's own log."""
    played, sent = await killed(here, seed=4108, workers=8, kills=2, size=Size(units=9, pages=2600), depth=1)
    assert len(sent) == 2
    assert_whole(played)


async def test_a_death_between_write_and_ack_stores_once(here) -> None:
    """Every worker of this round kills itself after its 40th write and before the acks: still each page once."""
    played, _ = await killed(here, seed=4102, workers=2, kills=1, size=SMALL, fault="die-between-write-and-ack=40")
    assert played.restarts > 1
    assert_whole(played)


async def test_this_test_would_notice_acks_before_writes(here) -> None:
    """With the acks moved before the write, the same death loses pages: the check is not blind."""
    played, _ = await killed(here, seed=4102, workers=2, kills=1, size=SMALL, fault="die-between-ack-and-write=40")
    assert played.comparison.missing
    with pytest.raises(AssertionError):
        assert_whole(played)
