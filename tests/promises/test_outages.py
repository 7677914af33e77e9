"""F4: Redis and MongoDB stopped, shut down and killed in mid-crawl; nobody lifts a finger, and the set is the truth's."""

from __future__ import annotations

import pytest

from tests.promises.playing import SMALL, assert_whole
from tests.promises.trials import Outage, without_servers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


async def test_servers_away_lose_nothing(here) -> None:
    """Each of the six outages once in one round: those that ended are started by the supervisor, which says so."""
    told: list[str] = []
    played = await without_servers(
        here, seed=4103, workers=2, outages=tuple(Outage), seconds=1.0, size=SMALL, tell=told.append
    )
    assert [line.split(" ")[1] for line in told] == ["Redis", "Redis", "MongoDB", "MongoDB"]
    assert played.restarts == 0
    assert_whole(played)
