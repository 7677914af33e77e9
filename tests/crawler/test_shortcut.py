"""Plain pages beside Scrapy's engine: its signals come all the same, and a worker that is asked to stop finishes them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from crawler.frontier.redis import RedisFrontier, State
from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import plan_of, services_of
from tests.crawler.sites.scripted import Asked, Site, Wire, serving

ROOT = Path(__file__).parents[2]
PAGES = [f"/{number}.html" for number in range(12)]
AT_ONCE = 4


async def slow_site(asked: Asked, wire: Wire) -> None:
    """Pages that take a moment, so that some are under way whenever the worker is told to stop."""
    if asked.target == "/":
        await wire.reply(hostile.page("".join(f"<a href={name}>链接</a>" for name in PAGES) + hostile.TEXT))
    elif asked.target in PAGES:
        await asyncio.sleep(0.4)
        await wire.reply(hostile.good(asked.target))
    else:
        await wire.reply("", 404)


async def all_asked(site: Site, number: int) -> None:
    """Wait until so many of the slow pages were asked for."""
    while len(set(site.targets()) & set(PAGES)) < number:
        await asyncio.sleep(0.01)


async def test_a_worker_asked_to_stop_stores_what_is_under_way(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """SIGTERM: no lease is left behind, every page begun is stored and acked, and each told its signals."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    told = tmp_path / "signals.json"
    with serving(slow_site) as site:
        plan = plan_of(round_name, site.port, "slow.test", host_concurrency=AT_ONCE, lease_seconds=60.0)
        frontier = await RedisFrontier.open(redis_url, round_name)
        await frontier.create(plan)
        await frontier.set_state(State.RUNNING)
        extension = ["-s", 'EXTENSIONS={"tests.crawler.sites.counting.Counting": 1}', "-s", f"COUNTING_FILE={told}"]
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scrapy", "crawl", "portal", "-a", f"round={round_name}", *extension),
            cwd=ROOT,
            env=os.environ
            | {
                "CAIFENG_REDIS_URL": redis_url,
                "CAIFENG_MONGO_URL": services.mongo_url,
                "CAIFENG_ARCHIVE_URL": services.archive_url,
                "CAIFENG_HOME": str(tmp_path),
            },
        )
        async with asyncio.timeout(40):
            await all_asked(site, AT_ONCE)
            worker.send_signal(signal.SIGTERM)
            await worker.wait()
        begun = set(site.targets()) & set(PAGES)
    counts = await frontier.counts()
    await frontier.close()
    seen = json.loads(told.read_text())
    assert (counts.leased, counts.difference) == (0, 0)
    assert counts.stored == len(begun) + 1 < len(PAGES) + 1
    assert counts.queued == len(PAGES) - len(begun)
    assert seen == {"response_received": counts.stored + 1, "item_scraped": counts.stored}  # one answer was robots.txt
