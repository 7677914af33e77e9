"""Processes that judge again, on this machine: begun, the dead replaced, all drained when the operator stops.

Why processes of our own and no cluster library, and how several machines share one job: docs/decisions/0042-retag.md.
"""

from __future__ import annotations

import os
import platform
import resource
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipelines.store.retags import RetagBook
from rounds.errors import WorkersFailing
from rounds.services import Services
from rounds.supervise import CHECKOUT, MOST_QUICK_DEATHS, QUICK_DEATH

TICK: Final = 0.25  # seconds between looks
REPORT: Final = 2.0  # seconds between reports: adding up 135,000 parts (27 million pages) takes MongoDB a tenth of one
DRAIN_SECONDS: Final = 45.0  # after a stop was asked for: the longest attachment, and its way into the store

Report = Callable[[str, int, int], None]  # step, pages done, of how many
STEP: Final = "重判存档的页面"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the pool took.  `done` counts pages of the parts finished in it, by whatever machine."""

    done: int
    seconds: float
    cpu_seconds: float  # of this machine's processes
    left: int  # parts not done


@dataclass(slots=True)
class _Child:
    worker: str
    process: subprocess.Popen[bytes]
    began: float


class Pool:
    """`workers` processes over one round's job."""

    def __init__(self, services: Services, round_name: str, book: RetagBook, workers: int, report: Report) -> None:
        self._services = services
        self._round = round_name
        self._book = book
        self._workers = workers
        self._report = report
        self._children: list[_Child] = []
        self._quick = 0

    def run(self, pages: int) -> Ran:
        """Until every part is done, or KeyboardInterrupt, which drains.  Raises WorkersFailing."""
        began, cpu = time.monotonic(), _cpu()
        before, _, left = self._book.progress()
        try:
            for _ in range(min(self._workers, max(1, left))):
                self._spawn()
            reported = 0.0
            while self._children:
                time.sleep(TICK)
                self._bury()
                if time.monotonic() - reported >= REPORT or not self._children:
                    reported = time.monotonic()
                    self._report(STEP, self._book.progress()[0], pages)
        finally:
            self._end()
        done, _, left = self._book.progress()
        return Ran(done - before, time.monotonic() - began, _cpu() - cpu, left)

    def _spawn(self) -> None:
        worker = f"{platform.node()}-{os.getpid()}-{secrets.token_hex(3)}"
        log = self._services.home / "logs" / self._round / f"retag-{worker}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "CAIFENG_HOME": str(self._services.home.absolute()),
            "CAIFENG_MONGO_URL": self._services.mongo_url,
            "CAIFENG_ARCHIVE_URL": self._services.archive_url,
        }
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-m", "rounds.retag_worker", self._round, worker],
                cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        self._children.append(_Child(worker, process, time.monotonic()))

    def _bury(self) -> None:
        for child in [one for one in self._children if one.process.poll() is not None]:
            self._children.remove(child)
            if child.process.returncode == 0:
                continue
            self._book.release(child.worker)
            quick = time.monotonic() - child.began < QUICK_DEATH and child.process.returncode > 0
            self._quick = self._quick + 1 if quick else 0
            if self._quick >= MOST_QUICK_DEATHS:
                log = self._services.home / "logs" / self._round / f"retag-{child.worker}.log"
                raise WorkersFailing(f"{self._quick} 个重判进程接连一启动就退出，最近的日志在 {log}")
            self._spawn()

    def _end(self) -> None:
        """Ask the processes to stop, and wait; what does not is killed, and its part is free again."""
        for child in self._children:
            child.process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + DRAIN_SECONDS
        for child in self._children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
            if child.process.returncode:
                self._book.release(child.worker)
        self._children = []


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
