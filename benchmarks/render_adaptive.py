"""The browser used on evidence, for every page, and never: pages, processor time and coverage on one rehearsal web.

    python benchmarks/render_adaptive.py [--seed 5] [--units 1] [--pages 600]

Each way is a round of one worker over the same web.  *Rendered* counts pages stored from the browser, *needed* those of them
that the web's truth says need it, *missed* such pages stored without it; *coverage* is the share of the pages that belong in
the round that were stored.  Processor time is that of the worker and its browser, start included.
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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psutil

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cleaning.urls import canonicalize  # noqa: E402
from crawler.frontier.redis import State  # noqa: E402
from indicators import catalogue  # noqa: E402
from pipelines.store.reader import RoundReader  # noqa: E402
from rounds import life, planning, services  # noqa: E402
from rounds.services import Services  # noqa: E402

WAYS: Final = ("auto", "browser", "http")


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


def crawl(here: Services, home: Path, web: dict[str, Any], way: str) -> tuple[float, dict[str, str]]:
    """Processor seconds, and how each stored page came."""
    name = f"render-{way}"
    asyncio.run(begin(here, name, web, way))
    environment = os.environ | {"CAIFENG_HOME": str(home), "CAIFENG_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "scrapy", "crawl", "portal", "-a", f"round={name}"]
    seconds = watched(command, environment)
    with life.store(here) as database:
        return seconds, {page["key"]: page["via"] for page in RoundReader(database, name).pages()}


def main() -> None:
    """Run the three ways and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--units", type=int, default=1)
    parser.add_argument("--pages", type=int, default=600)
    given = parser.parse_args()
    size = ["--seed", str(given.seed), "--units", str(given.units), "--pages", str(given.pages)]
    told = subprocess.run(
        [sys.executable, "-m", "rehearsal", "truth", *size], cwd=ROOT, capture_output=True, check=True
    )
    truth = [row for row in map(json.loads, told.stdout.splitlines()) if row["stored"]]
    keys = [({canonicalize(url) for url in (row["url"], *row["aliases"])}, row["needs_browser"]) for row in truth]
    needing = sum(needs for _, needs in keys)
    print(f"{len(truth)} pages belong in the round, {needing} of them need a browser ({needing / len(truth):.0%})")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        here = services.ensure(home)
        command = [sys.executable, "-m", "rehearsal", "serve", *size]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as web:
            assert web.stdout is not None
            announced = json.loads(web.stdout.readline())
            for way in WAYS:
                seconds, stored = crawl(here, home, announced, way)
                rendered = sum(via == "browser" for via in stored.values())
                found = [(names & stored.keys(), needs) for names, needs in keys]
                missed = sum(
                    needs and bool(got) and all(stored[key] != "browser" for key in got) for got, needs in found
                )
                covered = sum(bool(got) for got, _ in found) / len(truth)
                print(
                    f"{way:8} rendered {rendered:5} ({rendered / max(1, needing):.2f} x needed), missed {missed}, "
                    f"coverage {covered:.1%}, {seconds:.0f} s of processor time"
                )
            web.terminate()
        services.stop(home)


if __name__ == "__main__":
    main()
