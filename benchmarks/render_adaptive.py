"""The browser used on evidence, for every page, and never: pages, processor time and coverage on rehearsal webs.

    python benchmarks/render_adaptive.py [--seeds 5,6,7] [--units 1] [--pages 900] [--share 0.35] [--ways auto,browser,http]

Of each web at least `--share` exists only after scripts have run; 0 takes it as it is (6 %).  Each way is a round of one worker over the same web.
*Rendered* counts pages stored from the browser, beside those that the web's truth says need it: of all pages, and of those
that came after the first 200 of their template; *missed* pages need it and were stored without it; *coverage* is the share
of the pages that belong in the round that were stored.  Processor time is that of the worker and its browser, start included.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cleaning.patterns import pattern_of  # noqa: E402
from cleaning.urls import canonicalize  # noqa: E402
from crawler.frontier.redis import State  # noqa: E402
from indicators import catalogue  # noqa: E402
from pipelines.store.reader import RoundReader  # noqa: E402
from rounds import life, planning, services  # noqa: E402
from rounds.services import Services  # noqa: E402

FIRST: Final = 200  # pages of a template in which its verdict is learned


def watched(command: list[str], environment: dict[str, str]) -> float:
    """Run a worker; seconds of processor time of it and everything below it, as last seen of each process.

    A browser that is killed is waited for by nobody of ours, so what the system adds up for us would leave it out.
    """
    seen: dict[int, float] = {}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as worker:
        top = psutil.Process(worker.pid)
        while worker.poll() is None:
            for one in (top, *top.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    times = one.cpu_times()
                    seen[one.pid] = times.user + times.system
            time.sleep(0.25)
    if worker.returncode:
        raise SystemExit(f"the worker ended with {worker.returncode}")
    return sum(seen.values())


async def begin(here: Services, name: str, web: dict[str, Any], way: str) -> None:
    """Make the round and let it run."""
    hosts = {seed.split("/")[2].removeprefix("www.").partition(".")[2] for one in web["units"] for seed in one["seeds"]}
    hosts |= {host.removeprefix("www.") for one in web["units"] for host in one["hosts"]}
    rules = tuple(f"{host}={way}" for host in sorted(hosts) if host.count(".") > 1)
    seeds = tuple(seed for one in web["units"] for seed in one["seeds"])
    plan = planning.make_plan(
        planning.Wanted(name, sites=seeds, delay=0.0, host_concurrency=4, resolve=tuple(web["resolve"]), render=rules)
    )
    quick = plan.limits.model_copy(update={"page_seconds": 8.0})  # some pages stall, and some come with the second try
    plan = plan.model_copy(update={"retry_delays": (1.0, 2.0), "limits": quick})
    who, version = life.operator(), catalogue.load().version
    await life.create(here, plan, catalogue=version, who=who, now=datetime.now(UTC))
    async with life.frontier(here, name) as queue:
        await queue.set_state(State.RUNNING)


def crawl(here: Services, home: Path, name: str, web: dict[str, Any], way: str) -> tuple[float, list[tuple[str, str]]]:
    """Processor seconds; the stored pages in the order they were fetched, and how each came."""
    asyncio.run(begin(here, name, web, way))
    environment = os.environ | {"CAIFENG_HOME": str(home), "CAIFENG_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-a", f"round={name}"]
    seconds = watched(command, environment)
    with life.store(here) as database:
        pages = sorted(RoundReader(database, name).pages(), key=lambda page: page["fetched_at"])
        return seconds, [(page["key"], page["via"]) for page in pages]


def web_of(given: argparse.Namespace, seed: int) -> tuple[list[str], list[dict[str, Any]]]:
    """Arguments of the web with at least `--share` of its pages drawn by scripts, and the truth of its stored pages."""
    for twentieth in range(21) if given.share else (0,):
        size = ["--seed", str(seed), "--units", str(given.units), "--pages", str(given.pages)]
        size += ["--scripted", str(twentieth / 20)]
        command = [sys.executable, "-m", "rehearsal", "truth", *size]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        rows = [row for row in map(json.loads, told.stdout.splitlines()) if row["stored"]]
        if sum(row["needs_browser"] for row in rows) >= given.share * len(rows):
            return size, rows
    message = f"no web of seed {seed} has a share of {given.share} drawn by scripts: ask for less, or for more pages"
    raise SystemExit(message)


def ratio(rendered: int, needed: int) -> str:
    """Pages rendered for each that needs it."""
    return f"{rendered / needed:.2f} x" if needed else "none needed"


def compare(here: Services, home: Path, given: argparse.Namespace, seed: int) -> None:
    """The three ways over one web."""
    size, truth = web_of(given, seed)
    names = [
        ({canonicalize(url) or url for url in (row["url"], *row["aliases"])}, row["needs_browser"]) for row in truth
    ]
    needs = {key: needed for keys, needed in names for key in keys}
    needing = sum(needed for _, needed in names)
    print(f"seed {seed}: {len(truth)} pages belong in the round, {needing} ({needing / len(truth):.0%}) need a browser")
    command = [sys.executable, "-m", "rehearsal", "serve", *size]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as web:
        assert web.stdout is not None
        try:
            announced = json.loads(web.stdout.readline())
            for way in given.ways.split(","):
                seconds, stored = crawl(here, home, f"render-{seed}-{way}", announced, way)
                rendered = [key for key, via in stored if via == "browser"]
                late = late_pages([key for key, _ in stored])
                by_key = dict(stored)
                found = [([by_key[key] for key in keys if key in by_key], needed) for keys, needed in names]
                missed = sum(needed and bool(got) and "browser" not in got for got, needed in found)
                print(
                    f"  {way:8} rendered {len(rendered):5} ({ratio(len(rendered), needing)}; after 200 pages of a template "
                    f"{ratio(sum(key in late for key in rendered), sum(needs.get(key, False) for key in late))}), "
                    f"missed {missed}, coverage {sum(bool(got) for got, _ in found) / len(truth):.1%}, "
                    f"{seconds:.0f} s of processor time",
                    flush=True,
                )
        finally:
            web.kill()


def late_pages(keys: list[str]) -> set[str]:
    """Of pages in the order they were fetched: those that came after the first 200 of their template."""
    met = Counter[str]()
    late = set()
    for key in keys:
        template = pattern_of(key)
        met[template] += 1
        if met[template] > FIRST:
            late.add(key)
    return late


def main() -> None:
    """Run the ways over each web and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="5,6,7")
    parser.add_argument("--units", type=int, default=1)
    parser.add_argument("--pages", type=int, default=900)
    parser.add_argument("--share", type=float, default=0.35)
    parser.add_argument("--ways", default="auto,browser,http")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        here = services.ensure(home)
        try:
            for seed in given.seeds.split(","):
                compare(here, home, given, int(seed))
        finally:
            services.stop(home)


if __name__ == "__main__":
    main()
