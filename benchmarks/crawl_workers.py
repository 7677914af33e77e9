"""Whether a page costs more in company, or late in a round: two workers against one, a large round against a small one.

    .venv/bin/python benchmarks/crawl_workers.py [--rounds 3] [--pages 2000] [--sizes 1000,10000]

*Company*: the same web crawled by one worker and by two, in turn; pages per CPU-second of workers and servers together,
and pages per second of wall, two against one.  Beside it the limit that the machine sets: what the same pages cost when two
processes that share nothing but the cores read them at once.  *Size*: one worker on webs of growing size; CPU per page of the worker
and of each server against the smallest, and how fast its memory grows from the middle of the round on.  A machine that others use
is slower at one time than at another: so a few made-up pages are read again and again all the while, and what that
costs against the smallest round's time stands beside the figures.  CPU of a worker
counts from its 100th page, that of the servers from the start.  Takes about three minutes; `--sizes 10000,100000,1000000`
takes hours, and the web costs nothing at any size: its pages are made up when asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

BENCHMARKS = Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(BENCHMARKS))

from crawl.site import host_name, some_pages  # noqa: E402  the two folders are put on the path first

from cleaning.read import read  # noqa: E402
from crawler.frontier.redis import RedisFrontier, State  # noqa: E402
from indicators import catalogue  # noqa: E402
from rounds import life, planning, services  # noqa: E402
from rounds.services import Services, record  # noqa: E402

SKIP = 100
SAMPLE = 0.5  # seconds between looks at a worker's memory
YARDSTICK = 4  # pages that are read at each of them
PARTS = ("worker_ms", "redis_ms", "mongo_ms", "machine_ms")


@dataclass(frozen=True)
class Figures:
    """One round.  Milliseconds of CPU per page; pages per second of wall; megabytes."""

    pages: int
    worker_ms: float
    redis_ms: float
    mongo_ms: float
    pace: float
    rss: float
    growth: float  # megabytes per 1,000 pages, from the middle of the round to its end
    machine_ms: float  # to read one page, the same ones at all times

    @property
    def whole_ms(self) -> float:
        """Workers and servers."""
        return self.worker_ms + self.redis_ms + self.mongo_ms


class Bench:
    """The servers, and rounds on webs of any size."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.here: Services = services.ensure(home)
        known = record.read(home)
        assert known is not None
        self._servers = {name: psutil.Process(one.pid) for name, one in known.processes.items()}
        self._number = 0
        self._yardstick = some_pages(YARDSTICK)

    def round(self, pages: int, *, workers: int, hosts: int = 4) -> Figures:
        """Crawl a web of so many pages to its end; stops the program unless every page was stored."""
        self._number += 1
        name = f"workers{self._number}"
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(BENCHMARKS)]),
            "CAIFENG_HOME": str(self.home),
            "CAIFENG_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, str(BENCHMARKS / "crawl/large.py"), "--pages", str(pages), "--hosts", str(hosts)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as web:
            try:
                assert web.stdout is not None
                port, pages = map(int, web.stdout.readline().split())
                asyncio.run(self._launch(name, port, hosts))
                return self._crawl(name, pages, workers, environment)
            finally:
                web.terminate()

    def _crawl(self, name: str, pages: int, workers: int, environment: dict[str, str]) -> Figures:
        before = {server: cpu_of(process) for server, process in self._servers.items()}
        told = [self.home / f"{name}-{number}.json" for number in range(workers)]
        running = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "scrapy", "crawl", "portal", "-a", f"round={name}"),
                    *(
                        "-s",
                        f"METER_SKIP={SKIP}",
                        "-s",
                        'EXTENSIONS={"crawl.meter.Meter": 1}',
                        "-s",
                        f"METER_FILE={path}",
                    ),
                ],
                cwd=ROOT,
                env=environment,
            )
            for path in told
        ]
        memory, readings = asyncio.run(self._watch(name, running))
        counts = asyncio.run(self._counts(name))
        if any(one.wait() for one in running) or counts.stored != pages or counts.difference:
            raise SystemExit(f"{name}: {counts.stored} of {pages} pages stored")
        meters = [json.loads(path.read_text("utf-8")) for path in told]
        metered = [meter["pages"] - SKIP for meter in meters]
        servers = {key: 1000 * (cpu_of(process) - before[key]) / pages for key, process in self._servers.items()}
        spent = sum(meter["cpu_ms"] * number for meter, number in zip(meters, metered, strict=True))
        pace = sum(1000 / meter["wall_ms"] for meter in meters)
        rss = max(meter["rss_mb"] for meter in meters)
        return Figures(
            pages, spent / sum(metered), servers["redis"], servers["mongo"], pace, rss, growth(memory),
            statistics.median(readings),
        )  # fmt: skip

    async def _watch(
        self, name: str, running: list[subprocess.Popen[bytes]]
    ) -> tuple[list[tuple[int, float]], list[float]]:
        """Until all have ended: pages stored and megabytes of the first worker; milliseconds that reading one page took."""
        frontier = await RedisFrontier.open(self.here.redis_url, name)
        seen: list[tuple[int, float]] = []
        readings: list[float] = []
        while any(one.poll() is None for one in running):
            try:
                size = psutil.Process(running[0].pid).memory_info().rss / 1e6
                seen.append(((await frontier.counts()).stored, size))
            except psutil.Error:
                break
            readings.append(self._reading())
            await asyncio.sleep(SAMPLE)
        await frontier.close()
        for one in running:
            one.wait()
        return seen, readings

    def _reading(self) -> float:
        began = time.process_time()
        for body, url in self._yardstick:
            read(body, url)
        return 1000 * (time.process_time() - began) / YARDSTICK

    async def _counts(self, name: str):
        frontier = await RedisFrontier.open(self.here.redis_url, name)
        try:
            return await frontier.counts()
        finally:
            await frontier.close()

    async def _launch(self, name: str, port: int, hosts: int) -> None:
        wanted = planning.Wanted(
            name=name,
            sites=tuple(f"http://{host_name(number, port)}/" for number in range(hosts)),
            delay=0.0,
            host_concurrency=16,
            resolve=tuple(f"{host_name(number, port)}=127.0.0.1:{port}" for number in range(hosts)),
        )
        version = catalogue.load().version
        await life.create(self.here, planning.make_plan(wanted), catalogue=version, who="bench", now=datetime.now(UTC))
        frontier = await RedisFrontier.open(self.here.redis_url, name)
        await frontier.set_state(State.RUNNING)
        await frontier.close()


def cpu_of(server: psutil.Process) -> float:
    """Seconds of CPU a server has used."""
    times = server.cpu_times()
    return float(times.user + times.system)


def growth(memory: list[tuple[int, float]]) -> float:
    """Megabytes per 1,000 pages by least squares over the second half of the pages; 0 of too few samples."""
    half = [(pages, size) for pages, size in memory if pages >= memory[-1][0] / 2 and size > 0]
    if len({pages for pages, _ in half}) < 3:
        return 0.0
    return 1000 * statistics.linear_regression([p for p, _ in half], [size for _, size in half]).slope


def ratio(pairs: list[tuple[float, float]]) -> str:
    """Median, smallest and largest of the rounds' own ratios."""
    found = [mine / peer for mine, peer in pairs]
    return f"{statistics.median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


def company(bench: Bench, pages: int, rounds: int) -> None:
    """Two workers against one."""
    runs = [(bench.round(pages, workers=1), bench.round(pages, workers=2)) for _ in range(rounds)]
    print(f"\n{runs[0][0].pages} pages, {rounds} rounds each, in turn\n")
    print("| workers | pages per CPU-s vs one | pages per wall-s vs one | worker ms/page | Redis ms | MongoDB ms |")
    print("|---|---|---|---|---|---|")
    for at, name in enumerate(("one", "two")):
        mine = [pair[at] for pair in runs]
        ratios = [
            ratio([(one.whole_ms, each.whole_ms) for (one, _), each in zip(runs, mine, strict=True)]),
            ratio([(each.pace, one.pace) for (one, _), each in zip(runs, mine, strict=True)]),
        ]
        plain = [statistics.median(getattr(run, key) for run in mine) for key in ("worker_ms", "redis_ms", "mongo_ms")]
        print(f"| {name} | {' | '.join(ratios)} | {' | '.join(f'{value:.2f}' for value in plain)} |")


def limit(rounds: int) -> None:
    """What two processes at once, each reading pages for itself, get out of a CPU-second against one alone."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(BENCHMARKS)])}
    command = [sys.executable, str(BENCHMARKS / "crawl/alone.py")]

    def costs(processes: int) -> float:
        running = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(processes)
        ]
        return statistics.mean(float(one.communicate()[0]) for one in running)

    found = ratio([(costs(1), costs(2)) for _ in range(rounds)])
    print(f"\nlimit: two processes that share only the cores reach {found} of the pages per CPU-second of one")


def sizes(bench: Bench, wanted: list[int]) -> None:
    """A large round against the smallest."""
    print(
        "\n| pages | worker CPU per page vs smallest | Redis | MongoDB | reading beside it | worker ms/page | RSS MB "
        "| MB per 1,000 pages |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    first: Figures | None = None
    for pages in wanted:
        run = bench.round(pages, workers=1)
        first = first or run
        ratios = [getattr(run, key) / getattr(first, key) for key in PARTS]
        shown = " | ".join(f"{value:.2f}" for value in (*ratios, run.worker_ms))
        print(f"| {run.pages:,} | {shown} | {run.rss:.0f} | {run.growth:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--sizes", default="1000,10000")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            if given.rounds:
                company(bench, given.pages, given.rounds)
                limit(given.rounds)
            if given.sizes:
                sizes(bench, [int(size) for size in given.sizes.split(",")])
        finally:
            services.stop(bench.home)
    print(f"\n{time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
