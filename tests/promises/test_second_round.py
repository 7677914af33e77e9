"""A web, and the same web some weeks later: the second round downloads what changed, and the comparison is the truth."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest

from crawler.revisit import How
from pipelines.store.reader import RoundReader
from rounds import demo, life
from rounds.compare import Row, compare
from rounds.gate import What, falls
from tests.promises.playing import SMALL, assert_whole, judged, round_on_rehearsal, truth_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SEED = 5153
OURS = {"added": "new"}  # the rehearsal has its own words
MOST_BYTES = 0.15  # of the first round's, where one page in twenty changed


def sent(here, name: str) -> int:
    """Bytes the web sent in a round, scripts and data included."""
    lines = (here.home / "logs" / name / "rehearsal.jsonl").read_bytes().splitlines()
    return sum(orjson.loads(line)["bytes"] for line in lines)


async def test_the_second_round_downloads_what_changed_and_compares_as_the_truth(here) -> None:
    """Each page of the truth at its depth in both; unchanged ones by reference; every change told, and nothing else."""
    whole = {"units": SMALL.units, "pages": SMALL.pages}
    async with round_on_rehearsal(here, SEED, workers=2, size=SMALL) as (supervisor, _, _):
        first = await judged(here, supervisor, await supervisor.run(), await truth_of(SEED, SMALL))
    assert_whole(first)
    later = await demo.rehearsal_truth(SEED, **whole, edition=2)
    async with round_on_rehearsal(
        here, SEED, workers=2, size=SMALL, edition=2, baseline=first.name, breaker_seconds=0.5
    ) as (supervisor, _, _):
        second = await judged(here, supervisor, await supervisor.run(), later)
    assert_whole(second)
    assert second.audited.clean

    changes = await demo.rehearsal_changes(SEED, **whole, edition=2)
    traps = {alias for page in [*later, *await truth_of(SEED, SMALL)] if page.kind == "trap" for alias in page.aliases}
    rows: list[Row] = []
    found = compare(here, first.name, second.name, sink=rows.append)
    true_change = {alias: row for row in changes for alias in row["aliases"] if row["change"] != "verdict"}
    told = {row["key"]: row["change"] for row in rows if row["change"] != "same" and row["key"] not in traps}
    assert {key: OURS.get(true_change[key]["change"], true_change[key]["change"]) for key in told} == told
    assert len({id(true_change[key]) for key in told}) == len({id(row) for row in true_change.values()})
    assert {fall.what for fall in falls(found)} >= {What.PAGES}, "a silent host must hold the round"

    with life.store(here) as database:
        pages = list(RoundReader(database, second.name).pages(fields=("key", "unchanged", "archive", "via")))
        earlier = RoundReader(database, first.name).records([page["key"] for page in pages], ("archive",))
    hows = Counter(page["unchanged"]["how"] for page in pages if page["unchanged"])
    assert hows[How.NOT_MODIFIED] > 0.7 * len(pages)
    assert all(page["archive"] == earlier[page["key"]]["archive"] for page in pages if page["unchanged"])
    assert sent(here, second.name) <= MOST_BYTES * sent(here, first.name)
