"""Running a round here: N worker processes, the dead restarted and their leases released at once.

The supervisor decides nothing about pages: the frontier says when the round is at rest, and a worker that sees it
leaves with 0.  Ctrl-C lets the workers finish what they hold; the round stays as it is and can be gone on with.

Redis or MongoDB away is waited for, however long.  A local server whose process has ended is started again on its old
port and data; one that hangs is left alone, for only people can know whether it is suspended or lost.
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
from crawler.frontier.contract import Counts, Waiting
from crawler.frontier.redis import RedisFrontier, State, WorkerInfo
from rounds import services as local
from rounds.errors import ServersGone, ServicesError, WorkersFailing
from rounds.pauses import Pauses
from rounds.release import release_undecided
from rounds.services import Services

CHECKOUT: Final = Path(crawler.__file__).parent.parent
TICK: Final = 0.25  # seconds between looks at the children: a dead worker's hosts stand still no longer than this
REPORT: Final = 1.0  # seconds between reports
HOSTS_REPORT: Final = 3.0  # seconds between host tables: one call per host
LOOK: Final = 1.0  # seconds between looks at the local servers' processes
TRY_AGAIN: Final = 5.0  # seconds after a server could not be started: a full disk may have been cleared
FAREWELL: Final = 3.0  # seconds for the last words with Redis: leases not released return by their deadline
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
    waiting: Waiting | None = None


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
    tell: Callable[[str], None] = log.warning  # a line for the operator, in Chinese
    restarts: int = 0
    _children: list[_Child] = field(default_factory=list)
    _stopping: bool = False
    _ended: asyncio.Event = field(default_factory=asyncio.Event)  # nobody waits for the workers any more
    _reported: float = 0.0  # seconds since the epoch, as is the next
    _hosts_at: float = 0.0
    _hosts: Mapping[str, Counts] = field(default_factory=dict)
    _quick_deaths: int = 0
    _spawned: int = 0
    _pauses: Pauses = field(init=False)

    def __post_init__(self) -> None:
        self._pauses = Pauses(self.services, self.round_name)

    @property
    def children(self) -> Mapping[str, int]:
        """Worker names and process ids of those alive."""
        return {child.worker: child.process.pid for child in self._children}

    def stop(self) -> None:
        """Ask for a drain: workers claim nothing more and end what they hold.  A second call ends them at once."""
        if self._stopping:
            self._end_now()
            return
        self._stopping = True
        self._signal(signal.SIGINT)
        asyncio.get_running_loop().call_later(DRAIN_SECONDS, self._end_late)

    async def run(self) -> Ending:
        """Run until the round is at rest, stopped or paused.

        Raises WorkersFailing, UnknownRound, FrontierAway when Redis does not answer at first, ServersGone.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, self.stop)
        try:
            await self._announce()
            return await self._run()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
                    loop.remove_signal_handler(number)

    async def _announce(self) -> None:
        """Set the round running, or find out soon that its Redis is not there at all."""
        frontier = await RedisFrontier.open(self.services.redis_url, self.round_name)
        try:
            await frontier.set_state(State.RUNNING)
        finally:
            await frontier.close()

    async def _run(self) -> Ending:
        frontier = await RedisFrontier.open(self.services.redis_url, self.round_name, patience=None)
        watching = asyncio.create_task(self._watch(frontier))
        tasks: set[asyncio.Task[Ending]] = {watching, asyncio.create_task(self._until_ended())}
        if local.stands_on_local(self.services):
            tasks.add(asyncio.create_task(self._keep_servers()))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return (watching if watching in done else done.pop()).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._signal(signal.SIGKILL)
            await self._leave(frontier)

    async def _leave(self, frontier: RedisFrontier) -> None:
        """Wait for the children, and no longer than it takes for Redis."""
        for child in self._children:
            await child.process.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                for child in self._children:
                    await frontier.release_worker(child.worker)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await frontier.close()

    async def _until_ended(self) -> Ending:
        """Return some seconds after the workers were ended, whether or not Redis is there to be told."""
        await self._ended.wait()
        await asyncio.sleep(FAREWELL)
        return Ending.STOPPED

    async def _keep_servers(self) -> Ending:
        """Start local servers again whose process has ended; never returns.  Raises ServersGone."""
        told = ""
        while True:
            await asyncio.sleep(LOOK)
            if not local.fallen(self.services):
                continue
            try:
                revived = await asyncio.to_thread(local.revive, self.services)
            except ServersGone:
                raise
            except ServicesError as error:
                if str(error) != told:
                    told = str(error)
                    self.tell(f"本机的服务停了，还没能重新启动：{told}。每 {TRY_AGAIN:.0f} 秒再试，采集等着")
                await asyncio.sleep(TRY_AGAIN)
            else:
                told = ""
                for name in revived:
                    self.tell(f"本机的 {name} 停了，已重新启动：采集接着进行")

    async def _watch(self, frontier: RedisFrontier) -> Ending:
        """Begin the workers, and see to it that there are enough of them until there is nothing left to do."""
        for _ in range(self.workers):
            if not self._stopping:
                await self._spawn()
        while True:
            await self._bury(frontier)
            await self._look(frontier)
            if not self._children:
                if self._stopping:
                    return Ending.STOPPED
                if await frontier.state() is not State.RUNNING:
                    return Ending.PAUSED
                if not await self._go_on(frontier):
                    return Ending.AT_REST
            await asyncio.sleep(TICK)

    async def _look(self, frontier: RedisFrontier) -> None:
        """Report when it is time to, and in the end."""
        now = time.time()
        if self._children and now - self._reported < REPORT:
            return
        if now - self._hosts_at >= HOSTS_REPORT or not self._children:
            self._hosts, self._hosts_at = await frontier.host_counts(), now
        await frontier.state()  # raises where Redis lost the round: its workers are leaving, and none is to follow
        counts, workers, waiting = await frontier.counts(), await frontier.workers(), await frontier.waiting()
        await self._pauses.look(workers)
        self.report(Snapshot(now, counts, self._hosts, workers, len(self._children), self.restarts, waiting))
        self._reported = now

    def _end_late(self) -> None:
        if self._children:
            log.warning("workers did not drain within %.0f s: ended; their leases return", DRAIN_SECONDS)
        self._end_now()

    def _end_now(self) -> None:
        self._signal(signal.SIGKILL)
        self._ended.set()

    async def _go_on(self, frontier: RedisFrontier) -> bool:
        """All workers have left.  False where nothing is left to do; else something came back, and workers with it."""
        at_rest = (await frontier.counts()).at_rest
        if at_rest and not await release_undecided(self.services, self.round_name):
            return False
        for _ in range(self.workers if at_rest else 1):  # cut links; or a lease of a dead worker elsewhere
            await self._spawn()
        return True

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
