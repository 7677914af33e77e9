"""Requests that are no crawl: each asked once, through a frontier of its own, at the pace and by the rules of a round.

A queue of errands is a frontier (see `crawler.frontier.redis`) whose URLs are all at depth 0 and whose name no round can
have.  So one host has one grant at a time, the next follows the delay, robots.txt and `Retry-After` are heeded, what
fails is tried again later, and a run that was killed goes on where it stood (docs/decisions/0048-errands.md).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from crawler import decide, pump
from crawler.channels.errors import BadAnswer
from crawler.errors import FetchError, UnknownRound
from crawler.fetch.decoding import decode
from crawler.fetch.http import Answer, HttpClient
from crawler.frontier.contract import End, Grant, Lease, Via, Waiting
from crawler.frontier.redis import QUARANTINE_DEATHS, RedisFrontier, State
from crawler.items import Capture, header
from crawler.plan import RoundPlan, UnitPlan
from crawler.reasons import FailureReason
from crawler.robots_desk import RobotsDesk
from crawler.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PLACES: Final = 32  # requests under way at once, each on another host
TELL_SECONDS: Final = 5.0  # between two reports while nothing ends

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """How one errand ended: an answer (`capture`, its status below 300), a redirect (`target`), or neither (`reason`)."""

    url: str
    key: str
    at: float  # seconds since the epoch
    capture: Capture | None = None
    target: str = ""  # where it was sent instead
    reason: FailureReason | None = None
    barred: bool = False  # robots.txt forbids it: nothing was asked
    status: int = 0
    detail: str = ""


Handler = Callable[[Reply], Awaitable[Iterable[str]]]
"""Keeps what a reply says, and gives the URLs to ask next; after a kill it may be called again for the same URL.

BadAnswer ends the whole run: the errand is given back, and a later run asks it again."""


@dataclass(slots=True)
class Progress:
    """How far a run has come, as it is told after each errand, and every few seconds while none ends.

    `hosts` have something left, `waiting` is what will be tried again: as they stood at the last of the latter reports.
    """

    asked: int = 0
    failed: int = 0
    left: int = 0
    hosts: tuple[str, ...] = ()
    waiting: Waiting | None = None


def errand_plan(plan: RoundPlan, *, seeds: Iterable[str] = (), delay: float | None = None) -> RoundPlan:
    """The plan of a queue of errands of this round; of `seeds` the private addresses may be asked, the operator named them."""
    own = tuple(seeds)
    units = (UnitPlan(code="errands", name="errands", seeds=own, scope=()),) if own else ()
    changes = {"units": units, "depth": 0, "server_concurrency": 0, "delay": plan.delay if delay is None else delay}
    return plan.model_copy(update=changes)


@asynccontextmanager
async def errands(redis_url: str, name: str, plan: RoundPlan) -> AsyncIterator[RedisFrontier]:
    """The queue called `name`, made where there is none; what an earlier run left in it is still there."""
    frontier = await RedisFrontier.open(redis_url, name)
    try:
        try:
            await frontier.state()
        except UnknownRound:
            await frontier.create(plan.model_copy(update={"units": ()}))
        await frontier.set_state(State.RUNNING)
        yield frontier
    finally:
        await frontier.close()


@dataclass(slots=True)
class Runner:
    """Works a queue of errands off.  `heeded` False asks a host without its robots.txt: an interface, not pages.

    `headers` are sent with each errand, instead of those the collector sends.
    """

    frontier: RedisFrontier
    plan: RoundPlan
    handle: Handler
    heeded: Callable[[str], bool] = lambda _host: True
    report: Callable[[Progress], None] = lambda _progress: None
    headers: Mapping[str, str] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)

    async def run(self) -> Progress:
        """Until nothing is left; cancelled, it gives back what it holds."""
        worker = Worker(self.frontier, self.plan, places=PLACES)
        robots = RobotsDesk(self.frontier, self.plan)
        client = HttpClient(self.plan)
        tasks: set[asyncio.Task[None]] = set()
        worker.start()
        telling = asyncio.create_task(self._tell())
        try:
            async for lease in pump.leases(worker):
                tasks.add(asyncio.create_task(self._one(worker, robots, client, lease)))
                tasks = _still_running(tasks)
            _still_running(tasks)
        finally:
            for task in (*tasks, telling):
                task.cancel()
            await asyncio.gather(*tasks, telling, return_exceptions=True)
            for lease in worker.held():
                await self.frontier.give_back(lease)
            await worker.stop()
            await client.close()
        return self.progress

    async def _tell(self) -> None:
        """Say whom the run waits for, also where nothing ends for minutes."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            counts = await self.frontier.host_counts()
            self.progress.hosts = tuple(host for host, one in sorted(counts.items()) if not one.at_rest)
            self.progress.left = sum(one.queued + one.delayed + one.leased for one in counts.values())
            self.progress.waiting = await self.frontier.waiting()
            self.report(self.progress)

    async def _one(self, worker: Worker, robots: RobotsDesk, client: HttpClient, lease: Lease) -> None:
        try:
            if lease.grant is Grant.ROBOTS:
                await self._robots(robots, client, lease)
            elif lease.grant is Grant.PAGE:
                await self._errand(worker, robots, client, lease)
            else:  # a host is not probed for the sake of errands
                await self.frontier.fetched(lease, alive=None)
                await self.frontier.probes.done(lease, None)
        except BadAnswer:  # every further errand of its kind would meet the same
            await self.frontier.give_back(lease)
            raise
        except Exception:
            log.exception("%s could not be seen to", lease.key)
            await self.frontier.fetched(lease, alive=None)
            await self._end(lease, End.FAILED)
        finally:
            worker.ended(lease.token)

    async def _robots(self, robots: RobotsDesk, client: HttpClient, lease: Lease) -> None:
        if not self.heeded(lease.host):
            await self.frontier.robots_done(lease, "", 0.0, alive=True)
            return
        try:
            await robots.answered(lease, self._captured(lease, await client.get(lease.url)))
        except FetchError as error:
            await robots.failed(lease, error)

    async def _errand(self, worker: Worker, robots: RobotsDesk, client: HttpClient, lease: Lease) -> None:
        refused = await self._refused(robots, lease)
        if refused is not None:
            await self.frontier.fetched(lease, alive=None)
            await self._done(lease, refused)
            return
        try:
            asking = partial(client.get, lease.url, cookie=lease.cookie, conditions=self.headers)
            answer = await worker.aside(lease, asking)
            capture = self._captured(lease, answer)
        except FetchError as error:
            await self._decided(lease, decide.on_error(lease, self.plan, error), None, alive=error.alive)
            return
        decision = decide.on_answer(lease, self.plan, capture.status, capture.headers, datetime.now(UTC))
        await self._decided(lease, decision, capture, alive=True)

    async def _refused(self, robots: RobotsDesk, lease: Lease) -> Reply | None:
        """What ends an errand without a request."""
        if lease.deaths >= QUARANTINE_DEATHS:
            return self._failed(lease, FailureReason.POISON, f"{lease.deaths} runs died while it was open")
        if lease.host_failures >= self.plan.breaker_gives_up:
            return self._failed(lease, FailureReason.DEAD_HOST, f"{lease.host} could not be reached")
        rules = await robots.rules(lease.host)
        if rules is None:
            return self._failed(lease, FailureReason.ROBOTS_UNREACHABLE, "robots.txt could not be read")
        if not rules.allows(lease.url):
            return Reply(lease.url, lease.key, time.time(), barred=True, detail="barred by robots.txt")
        return None

    async def _decided(self, lease: Lease, decision: decide.Decision, capture: Capture | None, *, alive: bool) -> None:
        wait = decision.host_wait if isinstance(decision, decide.Again) else 0.0
        await self.frontier.fetched(lease, alive=alive, wait=wait)
        match decision:
            case decide.Again():
                await self.frontier.defer(lease, decision.wait, decision.note)
            case decide.Hop():
                await self.frontier.hop(lease, decision.url, decision.cookie)
            case decide.Leave():
                status = capture.status if capture is not None else 0
                await self._done(lease, Reply(lease.url, lease.key, time.time(), target=decision.target, status=status))
            case decide.Fail():
                await self._done(lease, self._failed(lease, decision.reason, decision.detail, decision.status))
            case decide.Store():
                assert capture is not None
                await self._done(
                    lease, Reply(lease.url, lease.key, capture.fetched_at, capture=capture, status=capture.status)
                )

    async def _done(self, lease: Lease, reply: Reply) -> None:
        """First what it says is kept, then what it leads to is queued, then it ends: a kill in between repeats it."""
        following = tuple(await self.handle(reply))
        if following:
            await self.frontier.seed(following)
        failed = reply.reason is not None
        await self._end(lease, End.FAILED if failed else End.SKIPPED if reply.capture is None else End.STORED)
        self.progress.asked += 1
        self.progress.failed += failed
        counts = await self.frontier.counts()
        self.progress.left = counts.queued + counts.delayed + counts.leased
        self.report(self.progress)

    async def _end(self, lease: Lease, end: End) -> None:
        await self.frontier.ack(lease, end, depth=0)

    def _captured(self, lease: Lease, answer: Answer) -> Capture:
        body = decode(answer.wire, header(answer.headers, "content-encoding"), self.plan.limits.decoded_bytes)
        return Capture(
            url=lease.url,
            status=answer.status,
            headers=answer.headers,
            wire=answer.wire,
            body=body,
            dom=None,
            via=Via.HTTP,
            fetched_at=answer.fetched_at,
            elapsed=answer.elapsed,
            address=answer.address,
        )

    @staticmethod
    def _failed(lease: Lease, reason: FailureReason, detail: str, status: int = 0) -> Reply:
        return Reply(lease.url, lease.key, time.time(), reason=reason, status=status, detail=detail)


def _still_running(tasks: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Those under way; what one of the others raised is raised here."""
    for task in tasks:
        if task.done():
            task.result()
    return {task for task in tasks if not task.done()}
