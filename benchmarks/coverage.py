"""How often the interval of the coverage estimate holds the true collection rate, and how wide it is.

    python benchmarks/coverage.py [--seeds 1 2 …] [--ways unread random short] [--pages 3200]

For each seed a web is collected to 100 %, 90 % and 70 % in each way (tests/rounds/collecting.py): the records are written
as a crawl would leave them, the queue is rebuilt from them, and the project's own estimate asks the rehearsal web's site
maps and search engine over HTTP.

*unread*: the links of some lists and home pages are not understood, so whatever only they lead to is unknown: whole
columns and hosts; *random*: pages fail to be found one by one; *short*: the crawl is stopped, its queue stands.
The true rate is the share of the truth's pages that are stored; it is only held against the answer.
"""

import argparse
import asyncio
import random
import shutil
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rehearsal.plan import build
from rounds import services
from rounds.coverage import Wanted, cover
from rounds.coverage_lists import Search
from rounds.demo import Web, plan_of, rehearsal_web
from tests.rounds.collecting import WAYS, Graph, collect, collected

SHARES = (1.0, 0.9, 0.7)
UNITS = 5


async def one(here, graph: Graph, web: Web, way: str, share: float) -> dict[str, float]:
    """One run: the truth and the estimate."""
    chance = random.Random(f"{web.seed} {way} {share}")
    collection = collect(graph, way, share, chance)
    name = f"coverage-{web.seed}-{way}-{share:g}-{time.time_ns()}"
    plan = plan_of(web, name, delay=0.0)
    folder = await collected(here, graph, plan, collection)
    began = time.process_time()
    found = await cover(
        here, name, Wanted(Search(web.search)), report=lambda *_: None, who="benchmark", now=datetime.now(UTC)
    )
    shutil.rmtree(folder)
    rate = found.rate
    return {
        "true": collection.rate(graph),
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
        "cpu": time.process_time() - began,
    }


async def run(seeds: list[int], ways: list[str], pages: int) -> None:
    rows: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    with TemporaryDirectory(prefix="caifeng-coverage-") as folder:
        here = services.ensure(Path(folder) / "home")
        try:
            for seed in seeds:
                graph = Graph(build(seed, UNITS, pages))
                async with rehearsal_web(seed, units=UNITS, pages=pages, log=Path(folder) / "log") as web:
                    for way in ways:
                        for share in SHARES:
                            row = await one(here, graph, web, way, share)
                            rows[way].append(row)
                            held = row["low"] <= row["true"] <= row["high"]
                            print(
                                f"{way:8} seed {seed:<6} true {row['true']:.3f}  estimate {row['value']:.3f} "
                                f"[{row['low']:.3f}, {row['high']:.3f}] {'holds' if held else 'MISSES'}  {row['cpu']:.1f} s",
                                flush=True,
                            )
        finally:
            services.stop(Path(folder) / "home")
    for way, found in rows.items():
        held = sum(row["low"] <= row["true"] <= row["high"] for row in found)
        half = statistics.mean((row["high"] - row["low"]) / 2 for row in found)
        bias = statistics.mean(row["value"] - row["true"] for row in found)
        print(
            f"{way}: {held} of {len(found)} intervals hold the truth, mean half-width {half:.1%}, mean error {bias:+.1%}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--pages", type=int, default=3200)
    given = parser.parse_args()
    asyncio.run(run(given.seeds, given.ways, given.pages))


if __name__ == "__main__":
    main()
