"""Values of a large round on one core: every page folded, every unit asked; then again with a few pages more.

    .venv/bin/python benchmarks/values_scale.py [--pages 1000000] [--units 334] [--more 0.01]

Writes records as a crawl leaves them (only the fields that values are made of: six tags a page in the mean, a fifth of them
content) into a database of its own in the local MongoDB, works the values out with `rounds.values.work_out`, adds `--more`
of the pages to a tenth of the hosts, and works them out again.  Prints seconds of wall and of this process's CPU, and the
second run as a share of the first.  A million pages take some ten minutes with the writing and 1 GB of disk.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from crawler.plan import RoundPlan, UnitPlan
from indicators.catalogue import load
from indicators.records import PageRole
from pipelines.store import indexes
from pipelines.store.connect import Store, connect
from pipelines.store.records import record_id
from rounds import services
from rounds.values import Worked, work_out

ROUND, HOSTS, TAGS, CONTENT = "scale", 8, 6, 0.2
TYPES = ("article", "article", "article", "list", "guide", "attachment")


def plan(units: int) -> RoundPlan:
    """Units of eight hosts each."""
    return RoundPlan(
        name=ROUND,
        units=tuple(
            UnitPlan(code=f"{100_000 + n}", name=f"单位{n}", seeds=(f"http://www.u{n}.gov.cn/",), scope=())
            for n in range(units)
        ),
    )


def pages(first: int, last: int, units: int, hosts: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Records `first` to `last`, spread over `units`, each over its first `hosts` hosts."""
    codes = [point.code for point in load().machine() if point.page_role is not PageRole.NONE]
    for number in range(first, last):
        unit, host = number % units, (number // units) % hosts
        name = f"h{host}.u{unit}.gov.cn" if host else f"u{unit}.gov.cn"
        key = f"http://{name}/art/{number}.html"
        yield {
            "_id": record_id(ROUND, key), "schema_version": 2, "round": ROUND, "key": key, "url": key, "host": name,
            "units": [f"{100_000 + unit}"], "end": "stored", "depth": chance.randint(1, 6), "serial": number + 1,
            "verdict": "kept", "duplicate_of": "", "page_type": chance.choice(TYPES), "facts": chance.randint(0, 15),
            "media": "html", "note": "", "bytes": 20_000,
            "tags": [tag(code, chance) for code in chance.sample(codes, chance.randint(2, 2 * TAGS - 2))],
        }  # fmt: skip


def tag(code: str, chance: random.Random) -> dict[str, Any]:
    """A tag with numbers, as most kinds have some."""
    content = chance.random() < CONTENT
    measured = (
        {"parts": chance.randint(0, 255), "count": chance.randint(0, 30), "age": chance.randint(0, 900)}
        if content
        else {}
    )
    return {
        "code": code, "strength": "content" if content else "chrome", "confidence": chance.random(),
        "snippet": "原文" * 20, "zone": "text", "measured": measured,
    }  # fmt: skip


def write(database: Store, documents: Iterator[dict[str, Any]], size: int = 5_000) -> None:
    """In slices, unacknowledged by a majority: the writing is not what is measured."""
    held: list[dict[str, Any]] = []
    for document in documents:
        held.append(document)
        if len(held) == size:
            database["records"].insert_many(held, ordered=False)
            held = []
    if held:
        database["records"].insert_many(held, ordered=False)


def timed(name: str, database: Store, of: RoundPlan, url: str) -> float:
    """Work out, say how long it took, return seconds of CPU."""
    process, wall = psutil.Process(), time.monotonic()
    before = process.cpu_times()
    done: Worked = work_out(database, of, finished=True, now=datetime.now(UTC), url=url)
    after = process.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    print(
        f"{name:22} {time.monotonic() - wall:7.1f} s wall, {cpu:7.1f} s CPU; {done.hosts_folded} of {done.hosts} hosts folded, "
        f"{done.units_asked} of {done.units} units asked, {done.values} values, {done.samples} samples; "
        f"{process.memory_info().rss / 1e6:.0f} MB",
        flush=True,
    )
    return cpu


def main() -> None:
    """Print the two runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=334)
    parser.add_argument("--more", type=float, default=0.01)
    args = parser.parse_args()
    here, chance, of = services.ensure(), random.Random(1), plan(args.units)
    client = connect(here.mongo_url).client
    database = client["caifeng_values_scale"]
    client.drop_database(database.name)
    indexes.ensure(database)
    try:
        write(database, pages(0, args.pages, args.units, HOSTS, chance))
        print(f"{args.pages} pages of {args.units} units written", flush=True)
        whole = timed("all of it", database, of, here.mongo_url)
        timed("at once again", database, of, here.mongo_url)
        added = int(args.pages * args.more)
        write(database, pages(args.pages, args.pages + added, max(1, args.units // 10), 1, chance))
        part = timed(f"{added} pages more", database, of, here.mongo_url)
        print(f"second / first: {part / whole:.3f} of the CPU")
    finally:
        client.drop_database(database.name)
        client.close()


if __name__ == "__main__":
    main()
