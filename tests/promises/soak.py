"""`make soak`: the trials in their long form, one after the other, on webs nobody has seen before.

    .venv/bin/python -m tests.promises.soak [--seed N] [--seconds 60] [--only NAME,…]

Outages of a minute, one and four workers under one, three and ten kills, eight workers on fifty-four hosts under ten, pages
that kill among slow ones, an undisturbed round; two to three thousand pages each.  Takes half an hour on two cores, and never more than
`LONGEST` a trial.  Prints a line per trial and a table at the end; ends with 9 (DIFFERENCES) where a trial failed.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console
from rich.table import Table

from crawler.exits import Exit
from rounds import services
from rounds.demo import CHALLENGED, read_log
from rounds.services import Services
from tests.promises.playing import KILLED, LARGE, Played, Size, assert_whole, judged, round_on_rehearsal, truth_of
from tests.promises.trials import Outage, killed, poisoned, without_servers

FIFTY_HOSTS: Final = Size(units=9, pages=2600)
GUARDED: Final = Size(units=4, pages=1300, guarded=True)
SHIELD_SECONDS: Final = 60  # that a cookie of the rehearsal's shields passes for
LONGEST: Final = 900.0  # seconds a trial may take before it counts as failed
COLUMNS: Final = (
    "trial", "result", "s", "stored", "truth", "missing", "extra", "twice", "depth", "too soon", "quarantined",
    "ledger", "audit", "fetched again", "restarts",
)  # fmt: skip
Trial = Callable[[Services, int], Awaitable[tuple[Played, frozenset[str]]]]


@dataclass(frozen=True)
class Result:
    """What became of a trial; `why` is empty where it held."""

    name: str
    seconds: float
    why: str
    played: Played | None

    def row(self) -> list[str]:
        """Its line of the table."""
        head = [self.name, self.why or "held", f"{self.seconds:.0f}"]
        if self.played is None:
            return head
        found, counts = self.played.comparison, self.played.counts
        lists = (found.missing, found.extra, found.stored_twice, found.wrong_depth)
        numbers = [
            found.stored, found.truth, *map(len, lists), found.politeness_violations, counts.quarantined,
            counts.difference, len(self.played.audited.differences), len(found.fetched_twice), self.played.restarts,
        ]  # fmt: skip
        return head + [f"{number:,}" for number in numbers]


async def undisturbed(here: Services, seed: int) -> tuple[Played, frozenset[str]]:
    """Four workers and nothing in their way."""
    async with round_on_rehearsal(here, seed, workers=4) as (supervisor, _, _frontier):
        ending = await supervisor.run()
        return await judged(here, supervisor, ending, await truth_of(seed, LARGE)), frozenset()


async def guarded(here: Services, seed: int) -> tuple[Played, frozenset[str]]:
    """Shields, limits, and pages that harm the browser: one visit for each shield and expiry, and all is stored."""
    async with round_on_rehearsal(here, seed, workers=4, size=GUARDED) as (supervisor, _, _frontier):
        began = time.monotonic()
        ending = await supervisor.run()
        lives = 1 + math.ceil((time.monotonic() - began) / SHIELD_SECONDS)
        log = here.home / "logs" / supervisor.round_name / "rehearsal.jsonl"
        visits = Counter(line.site for line in read_log(log) if line.kind == CHALLENGED)
        assert len(visits) == GUARDED.units, f"{len(visits)} shields of {GUARDED.units}"
        assert max(visits.values()) <= lives, f"{max(visits.values())} visits for one shield"
        return await judged(here, supervisor, ending, await truth_of(seed, GUARDED)), frozenset()


async def outage(here: Services, seed: int, *, which: Outage, seconds: float) -> tuple[Played, frozenset[str]]:
    """Four workers, one server away once."""
    told: list[str] = []
    played = await without_servers(here, seed=seed, workers=4, outages=[which], seconds=seconds, tell=told.append)
    return played, frozenset()


async def fifty_hosts(here: Services, seed: int) -> tuple[Played, frozenset[str]]:
    """Eight workers, ten kills."""
    played, sent = await killed(here, seed=seed, workers=8, kills=10, size=FIFTY_HOSTS)
    assert len(sent) == 10, f"{len(sent)} kills of 10"
    return played, frozenset()


async def kills(here: Services, seed: int, *, workers: int, times: int) -> tuple[Played, frozenset[str]]:
    """Two thousand pages under so many kills."""
    played, sent = await killed(here, seed=seed, workers=workers, kills=times, size=KILLED)
    assert len(sent) == times, f"{len(sent)} kills of {times}"
    again = len(played.comparison.fetched_twice)
    assert again <= sum(kill.held for kill in sent), f"{again} pages fetched again"
    return played, frozenset()


async def poison(here: Services, seed: int) -> tuple[Played, frozenset[str]]:
    """Three pages that kill, ten kills beside them, aimed at workers with a slow page open."""
    played, pages, sent = await poisoned(here, seed=seed, workers=4, poisons=3, kills=10)
    assert len(sent) == 10, f"{len(sent)} kills of 10"
    assert played.restarts <= len(sent) + 3 * len(pages), f"{played.restarts} restarts"
    return played, pages


def trials(seconds: float) -> dict[str, Trial]:
    """All of them, by name, in order."""
    outages = {which.name.lower().replace("_", "-"): which for which in Outage}
    return {
        "undisturbed": undisturbed,
        **{name: partial(outage, which=which, seconds=seconds) for name, which in outages.items()},
        **{
            f"kills-{workers}-{times}": partial(kills, workers=workers, times=times)
            for workers in (1, 4)
            for times in (1, 3, 10)
        },
        "fifty-hosts": fifty_hosts,
        "guarded": guarded,
        "poison": poison,
    }


async def tried(name: str, trial: Trial, here: Services, seed: int) -> Result:
    """Run one trial; whatever it raises is its result."""
    began = time.monotonic()
    played: Played | None = None
    why = ""
    try:
        async with asyncio.timeout(LONGEST):
            played, quarantined = await trial(here, seed)
        assert_whole(played, quarantined=quarantined)
    except Exception as error:  # noqa: BLE001 -- the next trial is run all the same
        why = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'see the table'}"[:80]
    return Result(name, time.monotonic() - began, why, played)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1_000_000))
    parser.add_argument("--seconds", type=float, default=60.0, help="length of an outage")
    parser.add_argument("--only", default="", help="names of trials, comma separated")
    given = parser.parse_args()
    known = trials(given.seconds)
    chosen = {name: known[name] for name in given.only.split(",")} if given.only else known
    seeds = {name: given.seed + at for at, name in enumerate(known)}
    console = Console(width=180)
    console.print(f"seed {given.seed}: {len(chosen)} trials")
    results = []
    for name, trial in chosen.items():
        with TemporaryDirectory(prefix="caifeng-soak-", ignore_cleanup_errors=True) as folder:
            home = Path(folder)
            try:
                results.append(asyncio.run(tried(name, trial, services.ensure(home), seeds[name])))
            finally:
                services.stop(home)
        console.print(f"{name}: {results[-1].why or 'held'} ({results[-1].seconds:.0f} s)")
    table = Table(*COLUMNS)
    for result in results:
        table.add_row(*result.row())
    console.print(table)
    return Exit.DIFFERENCES if any(result.why for result in results) else Exit.OK


if __name__ == "__main__":
    sys.exit(main())
