"""A whole round over a scripted site: real workers under a real supervisor, real Redis and MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.frontier.contract import Counts
from crawler.frontier.redis import RedisFrontier
from crawler.plan import Limits, Resolve, RoundPlan, RuleKind, ScopeRule, UnitPlan
from pipelines.store.connect import connect
from pipelines.store.reader import RoundReader
from rounds.services import Services
from rounds.supervise import Ending, Snapshot, Supervisor

LIMITS = Limits(body_bytes=4_000_000, decoded_bytes=6_000_000, page_seconds=4.0, browser_seconds=8.0, links=40)


def plan_of(name: str, port: int, *hosts: str, scope: Sequence[str] = (), **changes: Any) -> RoundPlan:
    """A round over the `hosts` (the first one is the seed), each led to `port`; `scope` where it is not all of them."""
    rules = tuple(ScopeRule(kind=RuleKind.HOST, host=host) for host in (scope or hosts))
    unit = UnitPlan(code="u1", name="一号", seeds=(f"http://{hosts[0]}/",), scope=rules)
    settings: dict[str, Any] = {
        "delay": 0.0,
        "lease_seconds": 4.0,
        "retry_delays": (0.1,),
        "limits": LIMITS,
        "resolve": tuple(Resolve(host=host, address="127.0.0.1", to_port=port) for host in hosts),
    }
    return RoundPlan.model_validate({"name": name, "units": (unit,)} | settings | changes)


@dataclass
class Crawled:
    """What came of a round: its ledger, and every record by host and path."""

    ending: Ending
    counts: Counts
    records: dict[str, dict[str, Any]]
    restarts: int
    logs: str = field(repr=False)

    def end_of(self, target: str) -> tuple[str, str]:
        """(end, reason) of the only host's page at `target`; ('', '') when there is none."""
        found = [record for name, record in self.records.items() if name.partition("/")[2] == target.lstrip("/")]
        return (found[0]["end"], found[0].get("reason", "")) if found else ("", "")

    @property
    def stored(self) -> set[str]:
        """Host and path of every stored page."""
        return {name for name, record in self.records.items() if record["end"] == "stored"}

    def closed(self) -> bool:
        """Whether the ledger closes, nothing is left to do, and the store agrees with the counters."""
        ended = self.counts.stored + self.counts.failed + self.counts.skipped + self.counts.quarantined
        return self.counts.difference == 0 and self.counts.at_rest and ended == len(self.records)


def services_of(home: Path, redis_url: str, mongo_url: str, database: str, browser: str = "") -> Services:
    """The session's servers, with a database and an archive of the test's own."""
    archive = home / "archive"
    archive.mkdir(parents=True, exist_ok=True)
    return Services(redis_url, mongo_url.replace("/?", f"/{database}?"), archive.as_uri(), home, browser)


async def crawl(
    services: Services,
    plan: RoundPlan,
    *,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
    during: Callable[[Supervisor], Awaitable[None]] | None = None,
    seconds: float = 90.0,
) -> Crawled:
    """Run the round to its end (or until `during` stops it), and tell what came of it."""
    frontier = await RedisFrontier.open(services.redis_url, plan.name)
    await frontier.create(plan)
    await frontier.close()
    return await go_on(services, plan, workers=workers, environment=environment, during=during, seconds=seconds)


async def go_on(
    services: Services,
    plan: RoundPlan,
    *,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
    during: Callable[[Supervisor], Awaitable[None]] | None = None,
    seconds: float = 90.0,
) -> Crawled:
    """The same for a round that exists."""
    supervisor = Supervisor(services, plan.name, workers, _silent, environment or {})
    running = asyncio.create_task(supervisor.run())
    try:
        async with asyncio.timeout(seconds):
            if during is not None:
                await during(supervisor)
            ending = await asyncio.shield(running)
    except TimeoutError:
        message = f"the round did not end within {seconds} s: {await _counts(services, plan)}\n{_logs(services, plan)}"
        raise AssertionError(message[-6000:]) from None
    finally:
        if not running.done():
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    records = await asyncio.to_thread(_records, services, plan.name)
    return Crawled(ending, await _counts(services, plan), records, supervisor.restarts, _logs(services, plan))


def _silent(_snapshot: Snapshot) -> None:
    """Nobody watches."""


async def _counts(services: Services, plan: RoundPlan) -> Counts:
    frontier = await RedisFrontier.open(services.redis_url, plan.name)
    try:
        return await frontier.counts()
    finally:
        await frontier.close()


def _records(services: Services, name: str) -> dict[str, dict[str, Any]]:
    database = connect(services.mongo_url)
    try:
        reader = RoundReader(database, name)
        found = [*reader.pages(), *reader.outcomes()]
    finally:
        database.client.close()
    return {urlsplit(record["key"])._replace(scheme="").geturl().removeprefix("//"): record for record in found}


def _logs(services: Services, plan: RoundPlan) -> str:
    folder = services.home / "logs" / plan.name
    return "\n".join(path.read_text("utf-8", "replace") for path in sorted(folder.glob("*.log")))
