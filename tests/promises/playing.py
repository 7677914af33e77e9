"""A whole round on a rehearsal web, from the plan to the comparison with the truth; tests and soak play it alike."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crawler.frontier.contract import Counts
from crawler.plan import Limits
from indicators import catalogue
from pipelines.store.reader import RoundReader
from rounds import demo, life
from rounds.audit import AuditReport
from rounds.finish import audit, finish
from rounds.services import Services
from rounds.supervise import Ending, Snapshot, Supervisor
from rounds.truth import Comparison, TruePage, compare

DELAY = 0.02
DEPTH = 6
LIMITS = Limits(page_seconds=2.5, browser_seconds=20.0)  # the slowest honest answer takes 1.5 s
_names = itertools.count(1)


@dataclass(frozen=True)
class Size:
    """How large a rehearsal web is; six hosts a unit, and no unit has less than about 290 pages."""

    units: int = 4
    pages: int = 2000
    guarded: bool = False  # hosts behind shields and limits, pages that harm a browser


LARGE = Size()
SMALL = Size(units=2, pages=600)
KILLED = Size(units=7, pages=1850)  # two thousand pages, of which few need a browser: it costs more than all the rest
_truths: dict[tuple[int, Size], list[TruePage]] = {}


@dataclass
class Played:
    """A round that was played to its end."""

    name: str
    ending: Ending
    comparison: Comparison
    audited: AuditReport
    restarts: int
    counts: Counts
    spilled: int = 0  # the most of the queue that was seen in MongoDB


async def truth_of(seed: int, size: Size) -> list[TruePage]:
    """The truth of a seed and size, asked once a process."""
    if (seed, size) not in _truths:
        _truths[(seed, size)] = await demo.rehearsal_truth(
            seed, units=size.units, pages=size.pages, guarded=size.guarded
        )
    return _truths[(seed, size)]


def wanted(truth: list[TruePage], depth: int = DEPTH) -> int:
    """How many pages a round of this depth stores, those of traps aside."""
    return sum(1 for page in truth if page.stored and page.kind != "trap" and page.depth <= depth)


@asynccontextmanager
async def round_on_rehearsal(
    here: Services,
    seed: int,
    *,
    workers: int,
    size: Size = LARGE,
    edition: int = 1,
    environment: Mapping[str, str] | None = None,
    **changes: Any,
) -> AsyncIterator[tuple[Supervisor, list[Snapshot], Callable[[], Any]]]:
    """A rehearsal web and a supervisor ready to run on it; the third gives the frontier for looking on."""
    name = f"promise-{seed}-{next(_names)}"
    log = here.home / "logs" / name / "rehearsal.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    snapshots: list[Snapshot] = []
    served = {"units": size.units, "pages": size.pages, "edition": edition, "guarded": size.guarded}
    async with demo.rehearsal_web(seed, log=log, **served) as web:
        quick = {"limits": LIMITS, "retry_delays": (0.4, 1.2)}
        plan = demo.plan_of(web, name, delay=DELAY, **(quick | changes))
        now = datetime.now(UTC)
        await life.create(here, plan, catalogue=catalogue.load().version, who="test", now=now)
        yield (
            Supervisor(here, name, workers, snapshots.append, environment or {}),
            snapshots,
            lambda: life.frontier(here, name),
        )


async def judged(
    here: Services, supervisor: Supervisor, ending: Ending, truth: list[TruePage], *, depth: int = DEPTH
) -> Played:
    """Finish, audit and compare a round that came to rest."""
    name, now = supervisor.round_name, datetime.now(UTC)
    await finish(here, name, who="test", now=now)
    audited = await audit(here, name, sample=200, progress=lambda _done, _all: None, now=now)
    async with life.frontier(here, name) as frontier:
        counts = await frontier.counts()
    with life.store(here) as database:
        log = demo.read_log(here.home / "logs" / name / "rehearsal.jsonl")
        pages = demo.stored_pages(RoundReader(database, name, url=here.mongo_url))
        comparison = compare(truth, pages, log, depth=depth, delay=DELAY)
    return Played(name, ending, comparison, audited, supervisor.restarts, counts)


def assert_whole(played: Played, *, quarantined: frozenset[str] = frozenset()) -> None:
    """The set is the truth's, each page once, every depth right, the ledger closed and the archive readable.

    `quarantined` names the pages that must be missing, for they kill whoever reads them.
    """
    found = played.comparison
    assert played.ending is Ending.AT_REST
    assert (set(found.missing), found.extra, found.stored_twice) == (quarantined, (), ())
    assert found.wrong_depth == ()
    assert found.stored == found.truth - len(quarantined)
    assert found.politeness_violations == 0
    assert played.counts.difference == 0
    assert played.counts.quarantined == len(quarantined)
    assert played.audited.differences == ()
