"""How well `caifeng units discover` finds the departments' hosts from portals and service platforms alone.

    python benchmarks/discover.py [--seeds 1 2 …]

For each seed a rehearsal web of five units is collected with the portals' and platforms' hosts as the whole scope; the
hosts proposed are held against the web's own departments.  `by links` leaves the home pages unasked.
"""

import argparse
import asyncio
import random
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rehearsal.plan import build
from rounds import services
from rounds.demo import plan_of, rehearsal_web
from rounds.discover import discover
from rounds.planning import exact_rule
from tests.rounds.collecting import Graph, collect, collected

UNITS, PAGES = 5, 1450


async def run(seeds: list[int]) -> None:
    totals = {True: [0, 0, 0], False: [0, 0, 0]}
    with TemporaryDirectory(prefix="caifeng-discover-") as folder:
        here = services.ensure(Path(folder) / "home")
        try:
            for seed in seeds:
                world = build(seed, UNITS, PAGES)
                graph = Graph(world)
                true = {(unit.code, host.site) for unit in world.units for host in unit.hosts[1:-1]}
                async with rehearsal_web(seed, units=UNITS, pages=PAGES, log=Path(folder) / "log") as web:
                    name = f"discover-{seed}-{time.time_ns()}"
                    plan = plan_of(web, name, delay=0.0)
                    narrow = tuple(
                        one.model_copy(update={"scope": tuple(map(exact_rule, one.seeds))}) for one in plan.units
                    )
                    plan = plan.model_copy(update={"units": narrow})
                    kept = await collected(here, graph, plan, collect(graph, "unread", 1.0, random.Random(seed)))
                    for look in (False, True):
                        found = await discover(here, name, look=look, report=lambda _: None, now=datetime.now(UTC))
                        given = {(one.unit, one.host) for one in found.proposals if one.proposed}
                        for at, number in enumerate((len(true & given), len(given), len(true))):
                            totals[look][at] += number
                    shutil.rmtree(kept)
        finally:
            services.stop(Path(folder) / "home")
    for look, (both, given, true) in totals.items():
        way = "with home pages" if look else "by links"
        print(f"{way}: precision {both / max(1, given):.1%} of {given}, recall {both / true:.1%} of {true}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    asyncio.run(run(parser.parse_args().seeds))


if __name__ == "__main__":
    main()
