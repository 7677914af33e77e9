"""The whole job per page against bare Scrapy and against the chain of usual parts, paired and interleaved in one run.

    .venv/bin/python benchmarks/crawl_speed.py [--rounds 5] [--pages 1200] [--only ours,bare,usual,wget2]

Each round crawls the same made-up web (benchmarks/crawl/site.py) from its home pages to its end, once by each crawler, in
turn.  CPU of the crawler's process counts from its 100th page to its end; CPU of redis-server and mongod from start to
end.  Ratios are the median of the rounds' own ratios.  The usual parts stand in an environment of their own under
.caifeng/bench-venv; they are left out where no registry gives them.  wget2, where it is installed, mirrors the same pages
to disk over whole runs: threads in C, no judgement, nothing kept but files; it shows how far the practical limit is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil

BENCHMARKS = Path(__file__).resolve().parent
ROOT = BENCHMARKS.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(BENCHMARKS))

from crawl.site import host_name  # noqa: E402  the two folders are put on the path first

from crawler.frontier.redis import RedisFrontier, State  # noqa: E402
from indicators import catalogue  # noqa: E402
from indicators.records import Words  # noqa: E402
from rounds import life, planning, services  # noqa: E402
from rounds.services import record  # noqa: E402

USUAL_PARTS = (
    "scrapy-redis",
    "trafilatura",
    "simhash",
    "pyahocorasick",
    "warcio",
    "pymongo",
    "hiredis",
    "lxml_html_clean",
)
SKIP = 100
Figures = dict[str, float]


class Bench:
    """The servers, the web, and one run of each crawler."""

    def __init__(self, home: Path, pages: int, hosts: int) -> None:
        self.home = home
        self.here = services.ensure(home)
        known = record.read(home)
        assert known is not None
        self._servers = {name: psutil.Process(one.pid) for name, one in known.processes.items()}
        command = [sys.executable, str(BENCHMARKS / "crawl/site.py"), "--pages", str(pages), "--hosts", str(hosts)]
        self._web = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._web.stdout is not None
        port, self.pages, self.size = map(int, self._web.stdout.readline().split())
        self.hosts = [host_name(number, port) for number in range(hosts)]
        self.port = port
        self._number = 0
        self.python = usual_python()
        if self.python:
            points = catalogue.load().points.values()
            clauses = (clause for point in points for rule in point.rules for clause in rule.need)
            terms = {t for clause in clauses if isinstance(clause, Words) for group in clause.groups for t in group}
            (home / "terms.json").write_text(json.dumps(sorted(terms)), "utf-8")

    def close(self) -> None:
        """End what was started."""
        self._web.terminate()
        self._web.wait()
        services.stop(self.home)

    def bare(self) -> Figures:
        """Bare Scrapy."""
        return self._run([sys.executable, str(BENCHMARKS / "crawl/bare.py"), ",".join(self.hosts)], {})

    def usual(self) -> Figures:
        """The usual parts."""
        script = [self.python, str(BENCHMARKS / "crawl/usual.py"), ",".join(self.hosts)]
        redis_url = (
            f"{self.here.redis_url.rsplit('/', 1)[0]}/1"
            if self.here.redis_url.count("/") > 2
            else f"{self.here.redis_url}/1"
        )
        archive = str(self.home / "usual.warc.gz")
        return self._run(script, {}, [redis_url, self.here.mongo_url, str(self.home / "terms.json"), archive])

    def ours(self) -> Figures:
        """`scrapy crawl portal`."""
        self._number += 1
        name = f"bench{self._number}"
        asyncio.run(self._launch(name))
        meter = ["-s", "METER_SKIP=" + str(SKIP), "-s", 'EXTENSIONS={"crawl.meter.Meter": 1}', "-s"]
        command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-a", f"round={name}", *meter]
        services_here = {"CAIFENG_HOME": str(self.home), "CAIFENG_LOG_LEVEL": "WARNING"}
        figures = self._run(command, services_here)
        stored = asyncio.run(self._stored(name))
        if stored != self.pages:
            raise SystemExit(f"{name}: {stored} of {self.pages} pages stored")
        return figures

    def wget2(self) -> Figures:
        """A mirror of the same pages; the web is its proxy, for it cannot be told where a host's name leads."""
        names = ",".join({host.partition(":")[0] for host in self.hosts})
        with tempfile.TemporaryDirectory() as folder:
            command = [
                "wget2",
                "--quiet",
                "--recursive",
                "--level=7",
                "--span-hosts",
                f"--domains={names}",
                "--no-robots",
            ]
            command += [f"--http-proxy=127.0.0.1:{self.port}", "--max-threads=16", f"--directory-prefix={folder}"]
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            subprocess.run([*command, *(f"http://{host}/" for host in self.hosts)], check=False)
            wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
            pages = sum(1 for path in Path(folder).rglob("*") if path.is_file())
        if pages < self.pages:
            raise SystemExit(f"wget2: {pages} of {self.pages} pages came")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        servers = dict.fromkeys(("redis_ms", "mongo_ms", "start_s", "rss_mb"), 0.0)
        return {"pages": pages, "cpu_ms": 1000 * cpu / pages, "wall_ms": 1000 * wall / pages, **servers}

    async def _launch(self, name: str) -> None:
        wanted = planning.Wanted(
            name=name,
            sites=tuple(f"http://{host}/" for host in self.hosts),
            delay=0.0,
            host_concurrency=16,
            resolve=tuple(f"{host}=127.0.0.1:{self.port}" for host in self.hosts),
            render=tuple(f"{host}=http" for host in self.hosts),  # no page of it is for a browser, as a sample neither
        )
        version = catalogue.load().version
        await life.create(self.here, planning.make_plan(wanted), catalogue=version, who="bench", now=datetime.now(UTC))
        frontier = await RedisFrontier.open(self.here.redis_url, name)
        await frontier.set_state(State.RUNNING)
        await frontier.close()

    async def _stored(self, name: str) -> int:
        frontier = await RedisFrontier.open(self.here.redis_url, name)
        counts = await frontier.counts()
        await frontier.close()
        return counts.stored if counts.difference == 0 else -1

    def _run(self, command: list[str], environment: dict[str, str], after: list[str] | None = None) -> Figures:
        told = self.home / "meter.json"
        told.unlink(missing_ok=True)
        last = f"METER_FILE={told}" if command[-1] == "-s" else str(told)
        before = {name: cpu_of(server) for name, server in self._servers.items()}
        path = os.pathsep.join([str(ROOT), str(BENCHMARKS)])
        subprocess.run(
            [*command, last, *(after or [])], check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": path} | environment
        )
        figures: Figures = json.loads(told.read_text("utf-8"))
        if figures["pages"] < self.pages:  # Scrapy fetches its start pages twice
            raise SystemExit(f"{command[-1]}: {figures['pages']} of {self.pages} pages came")
        for name, server in self._servers.items():
            figures[f"{name}_ms"] = 1000 * (cpu_of(server) - before[name]) / self.pages
        return figures


def cpu_of(server: psutil.Process) -> float:
    """Seconds of CPU a server has used."""
    times = server.cpu_times()
    return float(times.user + times.system)


def usual_python() -> str:
    """The interpreter of the environment with the usual parts, made where there is none; "" where that fails."""
    folder = ROOT / ".caifeng/bench-venv"
    python = folder / "bin/python"
    wanted = "import scrapy_redis, trafilatura, simhash, ahocorasick, warcio, pymongo"
    if python.exists() and subprocess.run([python, "-c", wanted], check=False, capture_output=True).returncode == 0:
        return str(python)
    from scrapy import __version__ as scrapy_version  # noqa: PLC0415  the same Scrapy on both sides

    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", f"scrapy=={scrapy_version}"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([*install, *USUAL_PARTS], check=True)
    except subprocess.CalledProcessError as error:
        print(f"the usual parts are left out, their environment could not be made: {error}")
        return ""
    return str(python)


def whole(figures: Figures) -> float:
    """CPU of the crawler and of the servers."""
    return figures["cpu_ms"] + figures["redis_ms"] + figures["mongo_ms"]


def table(results: dict[str, list[Figures]]) -> None:
    """Ratios first."""
    names = {"bare": "bare Scrapy, LinkExtractor", "ours": "whole worker", "usual": "the usual parts"}
    names |= {"wget2": "wget2, 16 threads, to disk"}
    print("\n| crawler | CPU vs bare | with servers vs bare | pages per CPU-s vs usual | wall vs bare | CPU ms/page |"
          " Redis ms | MongoDB ms | start s | RSS MB |\n|---|---|---|---|---|---|---|---|---|---|")  # fmt: skip
    for name, runs in results.items():
        ratios = [
            paired(results.get("bare"), runs, lambda mine, peer: mine["cpu_ms"] / peer["cpu_ms"]),
            paired(results.get("bare"), runs, lambda mine, peer: whole(mine) / peer["cpu_ms"]),
            paired(results.get("usual"), runs, lambda mine, peer: whole(peer) / whole(mine)),
            paired(results.get("bare"), runs, lambda mine, peer: mine["wall_ms"] / peer["wall_ms"]),
        ]
        plain = [
            f"{statistics.median(run[field] for run in runs):.{digits}f}"
            for field, digits in (("cpu_ms", 2), ("redis_ms", 2), ("mongo_ms", 2), ("start_s", 1), ("rss_mb", 0))
        ]
        print(f"| {names[name]} | {' | '.join([*ratios, *plain])} |")


def paired(peers: list[Figures] | None, runs: list[Figures], ratio: Callable[[Figures, Figures], float]) -> str:
    """Median, smallest and largest of the rounds' own ratios."""
    if not peers:
        return "-"
    found = [ratio(mine, peer) for mine, peer in zip(runs, peers, strict=True)]
    return f"{statistics.median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pages", type=int, default=1200)
    parser.add_argument("--hosts", type=int, default=4)
    parser.add_argument("--only", default="bare,ours,usual,wget2")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), given.pages, given.hosts)
        crawlers = {"bare": bench.bare, "ours": bench.ours, "usual": bench.usual, "wget2": bench.wget2}
        installed = {"usual": bool(bench.python), "wget2": shutil.which("wget2") is not None}
        chosen = [name for name in given.only.split(",") if installed.get(name, True)]
        for name in set(given.only.split(",")) - set(chosen):
            print(f"{name} is left out: it is not installed here")
        results: dict[str, list[Figures]] = {name: [] for name in chosen}
        print(f"{bench.pages} pages of {bench.size:,} bytes in the mean on {given.hosts} hosts, {given.rounds} rounds")
        try:
            for _ in range(given.rounds):
                for name in chosen:
                    results[name].append(crawlers[name]())
        finally:
            bench.close()
    table(results)


if __name__ == "__main__":
    main()
