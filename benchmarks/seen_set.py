"""What a found URL costs in Redis: the seen-set and the queue, filled through the frontier's own calls.

    .venv/bin/python benchmarks/seen_set.py [--urls 1000000] [--replay 200000]

Prints bytes per URL of the seen-set (promise F7: at most 16, with its depth), the same for a set of 40-digit SHA-1
strings as scrapy-redis keeps it, bytes per queued entry, and false "seen" answers among URLs never offered.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import hashlib
import sys
import tempfile
import time
from pathlib import Path

import redis as redis_client

sys.path.insert(0, str(Path(__file__).parent.parent))

from cleaning.page import LinkKind
from crawler.frontier.contract import Lease, Outlink
from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from rounds.services import process, redis

UNITS = 8
LINKS_PER_PAGE = 1000
LIMIT = 16.0  # bytes per URL, promise F7


def url(number: int) -> str:
    """Article addresses of 200 hosts, 60 characters long, as the CMS families of government sites print them."""
    return f"http://bm{number % 200}.city{number % UNITS}.gov.cn/xxgk/tzgg/{2010 + number % 14}{number % 12 + 1:02d}/t{number:010d}.html"


async def fill(frontier: RedisFrontier, home: Lease, urls: int) -> float:
    began = time.process_time()
    for start in range(0, urls, LINKS_PER_PAGE):
        links = [Outlink(url(n), url(n), LinkKind.ANCHOR) for n in range(start, min(start + LINKS_PER_PAGE, urls))]
        await frontier.offer(home, links, out_of_scope=0, cut=0)
    return time.process_time() - began


def memory(client: redis_client.Redis, pattern: str) -> int:
    return sum(int(client.memory_usage(key, samples=0) or 0) for key in client.scan_iter(match=pattern, count=5000))


async def measure(redis_url: str, urls: int, replay: int) -> bool:
    seed = "http://city0.gov.cn/"
    units = tuple(
        UnitPlan(
            code=f"u{n}", name=f"u{n}", seeds=(seed,), scope=(ScopeRule(kind=RuleKind.SUFFIX, host=f"city{n}.gov.cn"),)
        )
        for n in range(UNITS)
    )
    frontier = await RedisFrontier.open(redis_url, "bench")
    await frontier.create(RoundPlan(name="bench", units=units, delay=0.0))
    await frontier.set_state(State.RUNNING)
    client = redis_client.Redis.from_url(redis_url)
    server = client.info("cpu")
    (home,) = (await frontier.claim("bench", 1, 0)).leases
    home = dataclasses.replace(home, key=seed)  # the host's first grant is its robots.txt; the page is what links
    seconds = await fill(frontier, home, urls)
    after = client.info("cpu")
    server_seconds = sum(after[name] - server[name] for name in ("used_cpu_user", "used_cpu_sys"))
    found = (await frontier.counts()).found - 1
    seen, queue = memory(client, "cf:{bench}:seen:*"), memory(client, "cf:{bench}:b:*")
    unknown = [Outlink(url(n), url(n), LinkKind.ANCHOR) for n in range(urls, urls + replay)]
    before = found
    for start in range(0, replay, LINKS_PER_PAGE):
        await frontier.offer(home, unknown[start : start + LINKS_PER_PAGE], out_of_scope=0, cut=0)
    false_seen = replay - ((await frontier.counts()).found - 1 - before)
    client.delete("peer")
    for start in range(0, urls, 10_000):
        client.sadd(
            "peer", *(hashlib.sha1(url(n).encode()).hexdigest() for n in range(start, min(start + 10_000, urls)))
        )
    peer = int(client.memory_usage("peer", samples=0) or 0)
    await frontier.close()
    print(f"redis {client.info('server')['redis_version']}, {urls:,} URLs offered, {found:,} found")
    print(f"seen-set, with depth             {seen / found:8.2f} bytes per URL   (limit {LIMIT:.0f})")
    print(f"set of SHA-1 strings (peers)     {peer / urls:8.2f} bytes per URL   {peer / seen:.1f} times ours")
    print(f"queue entry                      {queue / found:8.2f} bytes per URL")
    print(f"false 'seen' among new URLs      {false_seen:8d} of {replay:,}")
    print(
        f"offer, CPU per link              {seconds / urls * 1e6:8.2f} us client, {server_seconds / urls * 1e6:.2f} us server"
    )
    return seen / found <= LIMIT and false_seen == 0


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    args.add_argument("--urls", type=int, default=1_000_000)
    args.add_argument("--replay", type=int, default=200_000)
    args = args.parse_args()
    with tempfile.TemporaryDirectory(prefix="caifeng-bench-") as folder:
        server = redis.start(Path(folder))
        try:
            good = asyncio.run(measure(redis.url(server), args.urls, args.replay))
        finally:
            process.end(server, redis.KIND.farewell)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
