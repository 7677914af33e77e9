"""Running a round here: N worker processes, the dead restarted and their leases released at once.

The supervisor decides nothing about pages: the frontier says when the round is at rest, and a worker that sees it
leaves with 0.  Ctrl-C lets the workers finish what they hold; the round stays as it is and can be gone on with.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import platform
import secrets
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import crawler
from crawler.frontier.contract import Counts
from crawler.frontier.redis import RedisFrontier, State, WorkerInfo
from rounds.errors import WorkersFailing
from rounds.services import Services

CHECKOUT: Final = Path(crawler.__file__).parent.parent
TICK: Final = 0.25  # seconds between looks at the children: a dead worker's hosts stand still no longer than this
REPORT: Final = 1.0  # seconds between reports
HOSTS_REPORT: Final = 3.0  # seconds between host tables: one call per host
DRAIN_SECONDS: Final = 90.0  # after a stop was asked for: the longest page and its way to the store
QUICK_DEATH: Final = 5.0  # seconds: a worker that dies younger did not begin
MOST_QUICK_DEATHS: Final = 5  # in a row: then something is wrong with the machine, not with a page

log = logging.getLogger(__name__)


class Ending(StrEnum):
    """Why the supervisor returned."""

    AT_REST = "at-rest"  # nothing is left to do
    STOPPED = "stopped"  # drained on request; the round can be gone on with
    PAUSED = "paused"  # somebody paused or cancelled the round


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a report shows.  `at` in seconds since the epoch."""

    at: float
    counts: Counts
    host_counts: Mapping[str, Counts]
    workers: Sequence[WorkerInfo]
    running: int  # worker processes alive here
    restarts: int


@dataclass(slots=True)
class _Child:
    worker: str
    process: asyncio.subprocess.Process
    began: float


@dataclass(slots=True)
class Supervisor:
    """Workers of one round on this machine.  `run` may be called once."""

    services: Services
    round_name: str
    workers: int
    report: Callable[[Snapshot], None]
    environment: Mapping[str, str] = field(default_factory=dict)  # added to the workers' own
    restarts: int = 0
    _children: list[_Child] = field(default_factory=list)
    _stopping: bool = False
    _quick_deaths: int = 0
    _spawned: int = 0

    @property
    def children(self) -> Mapping[str, int]:
        """Worker names and process ids of those alive."""
        return {child.worker: child.process.pid for child in self._children}

    def stop(self) -> None:
        """Ask for a drain: workers claim nothing more and end what they hold.  A second call ends them at once."""
        asked = signal.SIGKILL if self._stopping else signal.SIGINT
        self._stopping = True
        self._signal(asked)

    async def run(self) -> Ending:
        """Run until the round is at rest, stopped or paused.  Raises WorkersFailing, FrontierAway, UnknownRound."""
        frontier = await RedisFrontier.open(self.services.redis_url, self.round_name)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, self.stop)
        try:
            await frontier.set_state(State.RUNNING)
            for _ in range(self.workers):
                await self._spawn()
            return await self._watch(frontier)
        finally:
            self._signal(signal.SIGKILL)
            for child in self._children:
                await child.process.wait()
                await frontier.release_worker(child.worker)
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                    loop.remove_signal_handler(number)
            await frontier.close()

    async def _watch(self, frontier: RedisFrontier) -> Ending:
        reported, hosts_at, drain_until = 0.0, 0.0, 0.0
        hosts: Mapping[str, Counts] = {}
        while True:
            now = time.time()
            await self._bury(frontier)
            if now - reported >= REPORT or not self._children:
                if now - hosts_at >= HOSTS_REPORT or not self._children:
                    hosts, hosts_at = await frontier.host_counts(), now
                counts = await frontier.counts()
                self.report(Snapshot(now, counts, hosts, await frontier.workers(), len(self._children), self.restarts))
                reported = now
            if self._stopping:
                drain_until = drain_until or now + DRAIN_SECONDS
                if now > drain_until:
                    log.warning("workers did not drain within %.0f s: ended; their leases return", DRAIN_SECONDS)
                    self._signal(signal.SIGKILL)
                if not self._children:
                    return Ending.STOPPED
            elif not self._children:
                if await frontier.state() is not State.RUNNING:
                    return Ending.PAUSED
                if (await frontier.counts()).at_rest:
                    return Ending.AT_REST
                await self._spawn()  # they left, but something came back (a lease of a dead worker elsewhere)
            await asyncio.sleep(TICK)

    async def _bury(self, frontier: RedisFrontier) -> None:
        """Release what dead workers held, and replace those that died of something."""
        for child in [child for child in self._children if child.process.returncode is not None]:
            self._children.remove(child)
            await frontier.release_worker(child.worker)
            code = child.process.returncode or 0
            if code == 0 or self._stopping:
                continue
            log.warning("worker %s died (%s): restarted", child.worker, code)
            quick = time.monotonic() - child.began < QUICK_DEATH and code > 0
            self._quick_deaths = self._quick_deaths + 1 if quick else 0
            if self._quick_deaths >= MOST_QUICK_DEATHS:
                message = (
                    f"{self._quick_deaths} workers in a row ended within {QUICK_DEATH:.0f} s; "
                    f"the newest log is {self._log_path(child.worker)}"
                )
                raise WorkersFailing(message)
            self.restarts += 1
            await self._spawn()

    async def _spawn(self) -> None:
        self._spawned += 1
        worker = f"{platform.node()}-{os.getpid()}-{self._spawned}-{secrets.token_hex(2)}"
        path = self._log_path(worker)
        path.parent.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "CAIFENG_HOME": str(self.services.home.absolute()),
            "CAIFENG_REDIS_URL": self.services.redis_url,
            "CAIFENG_MONGO_URL": self.services.mongo_url,
            "CAIFENG_ARCHIVE_URL": self.services.archive_url,
            "CAIFENG_BROWSER": self.services.browser,
            "CAIFENG_WORKER": worker,
            "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        }
        with path.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "scrapy",
                "crawl",
                "portal",
                "-a",
                f"round={self.round_name}",
                cwd=CHECKOUT,
                env=environment | dict(self.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C at the terminal reaches the supervisor alone, which drains them
            )
        self._children.append(_Child(worker, process, time.monotonic()))

    def _log_path(self, worker: str) -> Path:
        return self.services.home / "logs" / self.round_name / f"{worker}.log"

    def _signal(self, number: signal.Signals) -> None:
        for child in self._children:
            if child.process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    if number is signal.SIGKILL:
                        os.killpg(child.process.pid, number)  # its browser too
                    else:
                        child.process.send_signal(number)
