"""A whole rehearsal round without disturbance: the set, the pace, the scope, the verdicts (done list 1, 3, 4, 5)."""

from __future__ import annotations

import pytest

from rounds.demo import read_log
from rounds.supervise import Ending
from tests.promises.playing import LARGE, assert_whole, judged, round_on_rehearsal, truth_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SEED = 90117
LEAST_ACCURACY, LEAST_RECALL = 0.90, 0.80


async def test_a_round_is_the_truth(here) -> None:
    """Four workers, browser pages included: each page of the truth stored once, asked once, at its depth, politely."""
    truth = await truth_of(SEED, LARGE)
    async with round_on_rehearsal(here, SEED, workers=4) as (supervisor, snapshots, _):
        ending = await supervisor.run()
        played = await judged(here, supervisor, ending, truth)
    found = played.comparison
    assert played.restarts == 0
    assert_whole(played)
    assert found.fetched_twice == ()
    assert found.needs_browser > 100
    assert found.rendered >= found.needs_browser
    assert found.verdict_accuracy >= LEAST_ACCURACY
    assert min(found.verdict_recall.values()) >= LEAST_RECALL, found.verdict_recall
    assert all(unit.both / unit.true >= LEAST_RECALL for unit in found.points.values())
    shortcuts = [page for page in truth if "shortcut" in page.features and page.stored]
    assert shortcuts, "the web must hold pages found by a long path first"
    assert snapshots[-1].counts.at_rest
    hosts = {host for page in truth for host in (page.url.split("/")[2],)}
    asked = {line.site for line in read_log(here.home / "logs" / played.name / "rehearsal.jsonl")}
    assert asked <= {host.removeprefix("www.") for host in hosts}
    assert ending is Ending.AT_REST
