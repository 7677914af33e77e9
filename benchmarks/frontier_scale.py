"""The frontier at scale: what millions of found URLs cost in Redis, and how soon work goes on after Redis was killed.

    .venv/bin/python benchmarks/frontier_scale.py [--urls 1000000] [--hosts 2000] [--replay 200000]
    .venv/bin/python benchmarks/frontier_scale.py --urls 10000000 --replay 500000

URLs are offered through the frontier's public door, while a worker's background task spills what is beyond the window to
MongoDB.  Then: bytes by what they serve; a replay of URLs that were offered (none may be new) and of others (all must be);
Redis killed and started again on its append-only file, and the time until the first grant.  The first form takes one to
four minutes, the second about half an hour on two shared cores, 1 GB of memory and 2 GB of disk.  Ends with 1 where a
promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pymongo
import redis as redis_client

sys.path.insert(0, str(Path(__file__).parent.parent))

from cleaning.page import LinkKind
from crawler.frontier.contract import Lease, Outlink
from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from crawler.spiller import Spiller
from pipelines.store.spill import SPILLED, open_spill_store
from rounds.services import mongo, process, redis
from rounds.services.record import Process

ROUND: Final = "scale"
UNITS: Final = 334
WINDOW: Final = 1000
LINKS_PER_CALL: Final = 1000
A_ROW: Final = 50
AT_ONCE: Final = 4  # offers under way: as a worker's batch of pages
SEEN_LIMIT: Final = 16.0  # bytes per URL, promise F7
SEEN_IN_ALL: Final = 100e6  # bytes, for ten million
QUEUE_LIMIT: Final = 120.0  # bytes per URL queued in Redis
RESTART_LIMIT: Final = 60.0  # seconds from the start of Redis to the first grant
COLUMNS: Final = ("xxgk/zfxxgkml/tzgg", "zwgk/zcwj/gfxwj", "bsfw/bszn", "art", "hdjl/zxft/2019", "xwzx/bmdt")


def url(number: int, hosts: int) -> str:
    """Article addresses as the CMS families of government sites print them: paths of 30 to 60 characters."""
    block, place = divmod(number, A_ROW)  # a page links to some pages of one host
    host, article = block % hosts, block // hosts * A_ROW + place
    column = COLUMNS[article % len(COLUMNS)]
    date = f"{2010 + article % 14}{article % 12 + 1:02d}"
    return f"http://bm{host // UNITS}.city{host % UNITS}.gov.cn/{column}/{date}/t{date}{article % 28 + 1:02d}_{number:09d}.html"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the server by what they serve; `entries` of the queue stand in Redis, `spilled` in MongoDB."""

    seen: int
    queue: int
    hosts: int
    entries: int
    spilled: int
    used: int
    disk: int


def plan() -> RoundPlan:
    """A round of all prefectures, without delays."""
    units = tuple(
        UnitPlan(
            code=f"u{number}",
            name=f"u{number}",
            seeds=(f"http://city{number}.gov.cn/",),
            scope=(ScopeRule(kind=RuleKind.SUFFIX, host=f"city{number}.gov.cn"),),
        )
        for number in range(UNITS)
    )
    return RoundPlan(name=ROUND, units=units, delay=0.0)


async def offer(frontier: RedisFrontier, home: Lease, numbers: Iterable[int], hosts: int) -> int:
    """Offer URLs by their numbers; answers how many were new."""
    waiting, under_way, new = list(numbers), set(), 0
    for start in range(0, len(waiting), LINKS_PER_CALL):
        links = [
            Outlink(each, each, LinkKind.ANCHOR)
            for each in (url(n, hosts) for n in waiting[start : start + LINKS_PER_CALL])
        ]
        under_way.add(asyncio.create_task(frontier.offer(home, links, out_of_scope=0, cut=0)))
        if len(under_way) >= AT_ONCE:
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            new += sum(task.result().new for task in done)
    return new + sum(each.new for each in await asyncio.gather(*under_way))


def sizes(client: redis_client.Redis, mongo_url: str) -> Sizes:
    """Ask the servers."""
    kinds = {"seen": 0, "b": 0, "t": 0, "q": 0, "c": 0, "s": 0, "h": 0}
    entries = 0
    prefix = f"cf:{{{ROUND}}}:"
    for key in client.scan_iter(match="*", count=5000):
        name = key.decode().removeprefix(prefix)
        kind = name.partition(":")[0]
        kinds[kind if kind in kinds else "h"] += int(client.memory_usage(key, samples=0) or 0)
        if kind in {"b", "t"}:
            entries += int(client.llen(key))
    with pymongo.MongoClient(mongo_url) as store:
        database = store["caifeng"]
        spilled = int(client.hget(prefix + "counts", "spilled") or 0)
        disk = int(database.command("collStats", SPILLED)["size"]) if spilled else 0
    queue = sum(kinds[kind] for kind in ("b", "t", "q", "c", "s"))
    return Sizes(kinds["seen"], queue, kinds["h"], entries, spilled, int(client.info("memory")["used_memory"]), disk)


async def fill(redis_url: str, mongo_url: str, urls: int, hosts: int) -> tuple[Lease, float]:
    """Offer all URLs beside a worker's background task, and let that come to its end."""
    frontier = await RedisFrontier.open(redis_url, ROUND)
    await frontier.create(plan())
    await frontier.set_state(State.RUNNING)
    (robots,) = (await frontier.claim("bench", 1, 0)).leases
    home = dataclasses.replace(robots, key=f"http://{robots.host}/", depth=0)
    spiller = Spiller(frontier.spill_desk(WINDOW), await open_spill_store(mongo_url), ROUND)
    spiller.start()
    began = time.monotonic()
    step = max(urls // 20, 1)
    for start in range(0, urls, step):
        await offer(frontier, home, range(start, min(start + step, urls)), hosts)
        print(f"\r{min(start + step, urls):,} of {urls:,} offered", end="", file=sys.stderr, flush=True)
    seconds = time.monotonic() - began
    while await spiller.step():
        pass
    await spiller.stop()
    await frontier.close()
    print(file=sys.stderr)
    return home, seconds


async def replay(redis_url: str, home: Lease, numbers: range, hosts: int) -> int:
    """Offer with nothing remembered on our side; answers how many were new."""
    frontier = await RedisFrontier.open(redis_url, ROUND)
    try:
        return await offer(frontier, home, numbers, hosts)
    finally:
        await frontier.close()


async def first_grant(redis_url: str) -> None:
    """Claim until something is granted."""
    frontier = await RedisFrontier.open(redis_url, ROUND, patience=None)
    claim = await frontier.claim("bench", 1, 0)
    while not claim.leases:
        await asyncio.sleep(max(claim.wait_ms, 10) / 1000)
        claim = await frontier.claim("bench", 1, 0)
    await frontier.close()


def restart(server: Process, folder: Path) -> tuple[Process, float]:
    """SIGKILL Redis, start it on what it left, and claim: seconds from the start to the first grant."""
    os.kill(server.pid, signal.SIGKILL)
    time.sleep(1.0)
    began = time.monotonic()
    again = redis.start(folder)
    asyncio.run(first_grant(redis.url(again)))
    return again, time.monotonic() - began


def report(urls: int, hosts: int, found: Sizes, seconds: float) -> None:
    """The table."""
    print(f"{urls:,} URLs of {hosts:,} hosts offered in {seconds:.0f} s, {found.entries:,} queued in Redis")
    print(f"seen-set, with depth and state   {found.seen / 1e6:9.1f} MB   {found.seen / urls:7.2f} bytes per URL")
    print(
        f"queue in Redis                   {found.queue / 1e6:9.1f} MB   {found.queue / max(found.entries, 1):7.2f} bytes per entry"
    )
    print(f"hosts and the rest               {found.hosts / 1e6:9.1f} MB   {found.hosts / hosts:7.0f} bytes per host")
    print(f"Redis in all (used_memory)       {found.used / 1e6:9.1f} MB   {found.used / urls:7.2f} bytes per URL")
    print(
        f"spilled to MongoDB               {found.disk / 1e6:9.1f} MB   {found.spilled:,} entries, before compression"
    )


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    args.add_argument("--urls", type=int, default=1_000_000)
    args.add_argument("--hosts", type=int, default=2000)
    args.add_argument("--replay", type=int, default=200_000)
    args = args.parse_args()
    urls, hosts = args.urls, args.hosts
    stride = max(urls // args.replay, 1)
    with tempfile.TemporaryDirectory(prefix="caifeng-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server, store = redis.start(folder / "redis"), mongo.start(folder / "mongo")
        try:
            home, seconds = asyncio.run(fill(redis.url(server), mongo.url(store), urls, hosts))
            with redis_client.Redis.from_url(redis.url(server)) as client:
                version, found = client.info("server")["redis_version"], sizes(client, mongo.url(store))
            print(f"redis {version}, window {WINDOW}")
            report(urls, hosts, found, seconds)
            same = range(0, urls, stride)
            missed = asyncio.run(replay(redis.url(server), home, same, hosts))
            print(f"missed in a replay of the same   {missed:9,} of {len(same):,}", flush=True)
            server, wait = restart(server, folder / "redis")
            print(f"killed and started again         {wait:9.1f} s until the first grant", flush=True)
            home = dataclasses.replace(home, token="", depth=-1)  # of an epoch that has ended: nothing rests on it
            other = range(urls, urls + args.replay)
            false = len(other) - asyncio.run(replay(redis.url(server), home, other, hosts))
            print(f"false 'seen' among others        {false:9,} of {len(other):,}")
        finally:
            process.end(server, redis.KIND.farewell)
            process.end(store, mongo.KIND.farewell)
    bounded = found.entries <= hosts * WINDOW * 1.5 + LINKS_PER_CALL
    small = found.seen <= min(SEEN_LIMIT * urls, SEEN_IN_ALL) and found.queue / max(found.entries, 1) <= QUEUE_LIMIT
    sys.exit(0 if bounded and small and missed == false == 0 and wait < RESTART_LIMIT else 1)


if __name__ == "__main__":
    main()
