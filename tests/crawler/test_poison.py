"""F3: a page that kills its worker is quarantined after three deaths of its own; nobody else is."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest

from rounds.supervise import Supervisor
from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving

INNOCENT = [f"/fine/{number}.html" for number in range(24)]
SLOW = [f"/slow/{number}.html" for number in range(4)]
pytestmark = pytest.mark.slow


async def site_with_poison(asked: Asked, wire: Wire) -> None:
    """One poisoned page among innocent ones."""
    names = [*INNOCENT[:12], "/poison.html", *INNOCENT[12:]]
    if asked.target == "/":
        await wire.reply(hostile.page("".join(f"<a href={name}>链接</a>" for name in names) + hostile.TEXT))
    else:
        await wire.reply(
            hostile.good(asked.target) if asked.target in names else "", 200 if asked.target in names else 404
        )


async def site_with_slow_pages(asked: Asked, wire: Wire) -> None:
    """Pages that stall for most of their time limit, as innocent ones do on overloaded hosts."""
    if asked.target == "/":
        names = [*INNOCENT, *SLOW]
        await wire.reply(hostile.page("".join(f"<a href={name}>链接</a>" for name in names) + hostile.TEXT))
        return
    if asked.target in SLOW:
        await asyncio.sleep(1.5)
    found = asked.target in INNOCENT or asked.target in SLOW
    await wire.reply(hostile.good(asked.target) if found else "", 200 if found else 404)


async def test_a_poisoned_page_is_quarantined_and_all_else_completes(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Three deaths, at most three restarts, one quarantined record with its reason, every other page stored."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(site_with_poison) as site:
        plan = plan_of(round_name, site.port, "poison.test", host_concurrency=4)
        settings = {"SCRAPY_SETTINGS_MODULE": "tests.crawler.sites.poison_settings"}
        crawled = await crawl(services, plan, workers=2, environment=settings, seconds=90.0)
    assert crawled.end_of("/poison.html") == ("quarantined", "poison")
    assert crawled.stored == {"poison.test/", *(f"poison.test{name}" for name in INNOCENT)}
    assert crawled.counts.quarantined == 1
    assert crawled.restarts == 3
    assert site.targets().count("/poison.html") == 3
    assert crawled.closed(), crawled.counts


async def test_slow_innocent_pages_survive_random_kills(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Ten kills at random moments, most while a slow page is open: nothing is quarantined, all is stored."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    chance = random.Random(7)
    sent = []

    async def kills(supervisor: Supervisor) -> None:
        while len(sent) < 10:
            await asyncio.sleep(chance.uniform(2.5, 4.5))  # a worker takes a second or two to begin
            children = sorted(supervisor.children.items())
            if not children:
                return
            worker, pid = chance.choice(children)
            os.kill(pid, signal.SIGKILL)
            sent.append(worker)

    with serving(site_with_slow_pages) as site:
        plan = plan_of(round_name, site.port, "slow.test", delay=0.4)
        killing: list[asyncio.Task[None]] = []

        async def during(supervisor: Supervisor) -> None:
            killing.append(asyncio.create_task(kills(supervisor)))

        crawled = await crawl(services, plan, workers=2, during=during, seconds=150.0)
        killing[0].cancel()
    assert len(sent) >= 3
    assert crawled.counts.quarantined == 0
    assert crawled.stored == {"slow.test/", *(f"slow.test{name}" for name in (*INNOCENT, *SLOW))}
    assert crawled.closed(), crawled.counts
