"""F3: pages that kill are quarantined, pages that are slow are not, whoever else is killed meanwhile."""

from __future__ import annotations

import pytest

from tests.promises.playing import SMALL, assert_whole
from tests.promises.trials import poisoned

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


async def test_only_the_page_that_kills_is_quarantined(here) -> None:
    """Three deaths of its own and no more; kills at workers with a slow page open where there is one, acquit all else."""
    played, poison, sent = await poisoned(here, seed=4104, workers=2, poisons=1, kills=3, size=SMALL)
    assert len(sent) == 3
    assert played.restarts <= len(sent) + 3 * len(poison)
    assert_whole(played, quarantined=poison)
