"""Whole rounds on a rehearsal web, with services of the test's own."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from crawler.plan import Limits
from indicators import catalogue
from pipelines.store.reader import RoundReader
from rounds import demo, life, services
from rounds.audit import AuditReport
from rounds.finish import audit, finish
from rounds.services import Services
from rounds.supervise import Ending, Snapshot, Supervisor
from rounds.truth import Comparison, TruePage, compare

DELAY = 0.02
LIMITS = Limits(page_seconds=2.5, browser_seconds=20.0)  # the slowest honest answer takes 1.5 s
_names = itertools.count(1)


@dataclass(frozen=True)
class Size:
    """How large a rehearsal web is."""

    units: int = 4
    pages: int = 2000


LARGE = Size()


@dataclass
class Played:
    """A round that was played to its end."""

    name: str
    ending: Ending
    comparison: Comparison
    audited: AuditReport
    restarts: int
    counts: Any
    snapshots: list[Snapshot] = field(default_factory=list)


@pytest.fixture(scope="module")
def here() -> Iterator[Services]:
    """Services of these tests' own: they are killed and paused, so nobody else may stand on them."""
    with TemporaryDirectory(prefix="caifeng-promises-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        try:
            yield services.ensure(home)
        finally:
            services.stop(home)


@pytest.fixture(scope="session")
def truths() -> Callable[[int, Size], Awaitable[list[TruePage]]]:
    """The truth of a seed and size, asked once."""
    known: dict[tuple[int, Size], list[TruePage]] = {}

    async def ask(seed: int, size: Size) -> list[TruePage]:
        if (seed, size) not in known:
            known[(seed, size)] = await demo.rehearsal_truth(seed, units=size.units, pages=size.pages)
        return known[(seed, size)]

    return ask


@asynccontextmanager
async def round_on_rehearsal(
    here: Services,
    seed: int,
    *,
    workers: int,
    size: Size = LARGE,
    environment: Mapping[str, str] | None = None,
    **changes: Any,
) -> AsyncIterator[tuple[Supervisor, list[Snapshot], Callable[[], Any]]]:
    """A rehearsal web and a supervisor ready to run on it; the third gives the frontier for looking on."""
    name = f"promise-{seed}-{next(_names)}"
    log = here.home / "logs" / name / "rehearsal.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    snapshots: list[Snapshot] = []
    async with demo.rehearsal_web(seed, units=size.units, pages=size.pages, log=log) as web:
        quick = {"limits": LIMITS, "retry_delays": (0.4, 1.2)}
        plan = demo.plan_of(web, name, delay=DELAY, **(quick | changes))
        now = datetime.now(UTC)
        await life.create(here, plan, catalogue=catalogue.load().version, who="test", now=now)
        yield (
            Supervisor(here, name, workers, snapshots.append, environment or {}),
            snapshots,
            lambda: life.frontier(here, name),
        )


async def judged(here: Services, supervisor: Supervisor, ending: Ending, truth: list[TruePage]) -> Played:
    """Finish, audit and compare a round that came to rest."""
    name, now = supervisor.round_name, datetime.now(UTC)
    await finish(here, name, who="test", now=now)
    audited = await audit(here, name, sample=200, progress=lambda _done, _all: None, now=now)
    async with life.frontier(here, name) as frontier:
        counts = await frontier.counts()
    with life.store(here) as database:
        log = demo.read_log(here.home / "logs" / name / "rehearsal.jsonl")
        pages = demo.stored_pages(RoundReader(database, name, url=here.mongo_url))
        comparison = compare(truth, pages, log, depth=6, delay=DELAY)
    return Played(name, ending, comparison, audited, supervisor.restarts, counts)
