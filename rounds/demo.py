"""A rehearsal round from end to end: a simulated government web, a real crawl of it, and the two compared.

The web runs as a process of its own on loopback; the round reaches it under its real-looking host names through the
plan's `--resolve` map, as an operator would reach a staging copy.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import orjson

from crawler.plan import Limits, RoundPlan, RuleKind, ScopeRule, UnitPlan
from indicators import catalogue
from pipelines.store.reader import RoundReader
from rounds import life
from rounds.errors import RehearsalFailed
from rounds.finish import audit, finish
from rounds.planning import parse_resolve
from rounds.services import Services
from rounds.supervise import CHECKOUT, Ending, Snapshot, Supervisor
from rounds.truth import Asked, Comparison, StoredPage, TruePage, asked, compare, states_of, true_page

DELAY: Final = 0.1  # seconds
PAGES: Final = 3200
UNITS: Final = 5
CHALLENGED: Final = "challenge"  # the log's word for what a shield answers a browser
START_SECONDS: Final = 30.0  # for the rehearsal's process to print its first line

# The rehearsal's stalled answers never end and its flapping ones recover at the second or third try: limits and
# passes are the plan's own, only shorter, so that a demonstration does not wait for what a real round must.
LIMITS: Final = Limits(page_seconds=5.0, browser_seconds=20.0)
RETRY_DELAYS: Final = (1.5, 4.0)


@dataclass(frozen=True, slots=True)
class Web:
    """A running rehearsal web, as its first line tells."""

    seed: int
    units: tuple[Mapping[str, Any], ...]
    resolve: tuple[str, ...]
    log: Path
    pid: int
    search: str = ""  # a search engine over it, as a SearXNG instance
    feeds: str = ""  # feeds of the units' accounts, as an RSSHub instance


@dataclass(frozen=True, slots=True)
class Report:
    """What a demonstration came to."""

    round_name: str
    seed: int
    seconds: float
    ending: Ending
    comparison: Comparison
    audit_differences: int
    archived: int
    restarts: int
    counts: Mapping[str, int]
    unit_names: Mapping[str, str] = field(default_factory=dict)
    challenges: Mapping[str, int] = field(default_factory=dict)  # site → challenges that a browser was given
    throttled: Mapping[str, int] = field(default_factory=dict)  # site → requests it found too many


@asynccontextmanager
async def rehearsal_web(
    seed: int, *, units: int, pages: int, log: Path, edition: int = 1, guarded: bool = False
) -> AsyncIterator[Web]:
    """Serve an edition of the rehearsal web while the block runs.  Raises RehearsalFailed when it does not begin."""
    process = await asyncio.create_subprocess_exec(
        *_command("serve", seed, units, pages, edition, guarded=guarded),
        "--log",
        str(log),
        cwd=CHECKOUT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C ends the crawl first
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            first = await process.stdout.readline()
        if not first:
            raise RehearsalFailed(
                f"演练网站没有启动（退出码 {await process.wait()}）：python -m rehearsal serve 可单独运行查看"
            )
        told = orjson.loads(first)
        yield Web(
            told["seed"], tuple(told["units"]), tuple(told["resolve"]), log, process.pid, told["search"], told["feeds"]
        )
    except TimeoutError as error:
        raise RehearsalFailed(
            f"演练网站 {START_SECONDS:.0f} 秒内没有启动：python -m rehearsal serve 可单独运行查看"
        ) from error
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def rehearsal_truth(
    seed: int, *, units: int, pages: int, edition: int = 1, guarded: bool = False
) -> list[TruePage]:
    """Ask the rehearsal for the truth of an edition."""
    return [true_page(row) for row in await _told("truth", seed, units, pages, edition, guarded=guarded)]


async def rehearsal_states(
    seed: int, *, units: int, pages: int, depth: int, guarded: bool = False
) -> dict[tuple[str, str], str]:
    """Ask the rehearsal what it is sure of about its units' values: unit and point → state."""
    more = ("--values", "--depth", str(depth))
    return states_of(await _told("truth", seed, units, pages, 1, *more, guarded=guarded))


async def rehearsal_changes(seed: int, *, units: int, pages: int, edition: int) -> list[Mapping[str, Any]]:
    """Ask the rehearsal what an edition changed since the first: its rows, see docs/rehearsal.md."""
    return await _told("changes", seed, units, pages, edition)


async def _told(
    verb: str, seed: int, units: int, pages: int, edition: int, *more: str, guarded: bool = False
) -> list[Mapping[str, Any]]:
    command = [*_command(verb, seed, units, pages, edition, guarded=guarded), *more]
    process = await asyncio.create_subprocess_exec(*command, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise RehearsalFailed(f"演练网站没有给出真相（退出码 {process.returncode}）")
    return [orjson.loads(line) for line in out.splitlines() if line]


def plan_of(web: Web, name: str, *, delay: float = DELAY, depth: int = 6, **changes: Any) -> RoundPlan:
    """The round's plan: each unit's seeds, and as its own every host under the domain of its portal."""
    units = tuple(
        UnitPlan(code=unit["code"], name=unit["name"], seeds=tuple(unit["seeds"]), scope=tuple(_scope(unit)))
        for unit in web.units
    )
    settings: dict[str, Any] = {
        "limits": LIMITS,
        "retry_delays": RETRY_DELAYS,
        "lease_seconds": 20.0,
        "breaker_seconds": 5.0,
    }
    return RoundPlan(
        name=name,
        units=units,
        depth=depth,
        delay=delay,
        resolve=parse_resolve(web.resolve),
        user_agent="caifeng/0.1 (rehearsal)",
        **(settings | changes),
    )


async def demonstrate(
    services: Services,
    seed: int,
    *,
    workers: int,
    report: Callable[[Snapshot], None],
    step: Callable[[str], None],
    pages: int = PAGES,
    units: int = UNITS,
    guarded: bool = False,
) -> Report:
    """Serve, crawl, settle, audit, compare.  Raises RehearsalFailed and what the parts raise."""
    began, who = time.monotonic(), life.operator()
    name = f"demo-{seed}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    log = services.home / "logs" / name / "rehearsal.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    step(f"演练网站：种子 {seed}，{units} 个单位，约 {pages:,} 页")
    async with rehearsal_web(seed, units=units, pages=pages, log=log, guarded=guarded) as web:
        plan = plan_of(web, name)
        await life.create(services, plan, catalogue=catalogue.load().version, who=who, now=datetime.now(UTC))
        step(f"采集：轮次 {name}，{workers} 个进程，同一主机间隔 {DELAY} 秒")
        await life.launched(services, name, workers=workers, who=who, now=datetime.now(UTC))
        supervisor = Supervisor(services, name, workers, report, tell=step)
        ending = await supervisor.run()
    step("定重、核账")
    await finish(services, name, who=who, now=datetime.now(UTC))
    audited = await audit(services, name, sample=None, progress=lambda _done, _all: None, now=datetime.now(UTC))
    step("与真相比对")
    truth = await rehearsal_truth(seed, units=units, pages=pages, guarded=guarded)
    states = await rehearsal_states(seed, units=units, pages=pages, depth=plan.depth, guarded=guarded)
    async with life.frontier(services, name) as queue:
        counts = await queue.counts()
    with _reader(services, name) as reader:
        comparison = compare(truth, stored_pages(reader), read_log(log), depth=plan.depth, delay=DELAY, states=states)
    return Report(
        round_name=name,
        seed=seed,
        seconds=time.monotonic() - began,
        ending=ending,
        comparison=comparison,
        audit_differences=len(audited.differences),
        archived=audited.archived,
        restarts=supervisor.restarts,
        counts={field_name: getattr(counts, field_name) for field_name in counts.__dataclass_fields__},
        unit_names={unit["code"]: unit["name"] for unit in web.units},
        challenges=Counter(line.site for line in read_log(log) if line.kind == CHALLENGED),
        throttled=Counter(line.site for line in read_log(log) if line.status == HTTPStatus.TOO_MANY_REQUESTS),
    )


def stored_pages(reader: RoundReader) -> Iterator[StoredPage]:
    """The stored records of a round as the comparison reads them."""
    for page in reader.pages(fields=("key", "url", "depth", "verdict", "via", "units", "tags")):
        yield StoredPage(
            key=page["key"],
            url=page["url"],
            depth=page["depth"],
            verdict=page["verdict"],
            via=page["via"],
            units=tuple(page["units"]),
            points=frozenset(tag["code"] for tag in page["tags"]),
        )


def read_log(path: Path) -> Iterator[Asked]:
    """The rehearsal's request log; a last line torn by the end of its process is left out."""
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield asked(orjson.loads(line))


@contextmanager
def _reader(services: Services, name: str) -> Iterator[RoundReader]:
    with life.store(services) as database:
        yield RoundReader(database, name, url=services.mongo_url)


def _command(verb: str, seed: int, units: int, pages: int, edition: int, *, guarded: bool) -> list[str]:
    return [
        sys.executable, "-m", "rehearsal", verb,
        "--seed", str(seed), "--units", str(units), "--pages", str(pages), "--edition", str(edition),
        *(["--guarded"] if guarded else []),
    ]  # fmt: skip


def _scope(unit: Mapping[str, Any]) -> Iterator[ScopeRule]:
    hosts = {host.removeprefix("www.") for host in unit["hosts"]}
    top = {host for host in hosts if not any(host.endswith(f".{other}") for other in hosts)}
    for host in sorted(top):
        yield ScopeRule(kind=RuleKind.SUFFIX, host=host)
