"""F3: a page that kills its worker is quarantined after three deaths of its own; nobody else is."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from crawler.frontier.redis import RedisFrontier
from rounds.supervise import Supervisor
from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving

INNOCENT = [f"/fine/{number}.html" for number in range(24)]
SLOW = "/slow.html"
KILLS = 10
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


async def site_with_a_slow_page(asked: Asked, wire: Wire) -> None:
    """One whose answer takes its time among quick ones."""
    if asked.target == SLOW:
        await asyncio.sleep(1.0)
    names = [*INNOCENT, SLOW]
    links = "".join(f"<a href={name}>链接</a>" for name in names) if asked.target == "/" else ""
    known = asked.target == "/" or asked.target in names
    await wire.reply(hostile.page(links + hostile.good(asked.target), asked.target), 200 if known else 404)


@pytest.mark.parametrize(("where", "asked"), [("request", 0), ("decode", 3), ("read", 3), ("judge", 3)])
async def test_a_poisoned_page_is_quarantined_and_all_else_completes(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str, where: str, asked: int
) -> None:
    """Wherever it kills: three deaths and restarts, one quarantined record with its reason, every other page stored."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(site_with_poison) as site:
        plan = plan_of(round_name, site.port, "poison.test", host_concurrency=4)
        settings = {"SCRAPY_SETTINGS_MODULE": "tests.crawler.sites.poison_settings", "TEST_POISON_AT": where}
        crawled = await crawl(services, plan, workers=2, environment=settings, seconds=90.0)
    assert crawled.end_of("/poison.html") == ("quarantined", "poison")
    assert crawled.stored == {"poison.test/", *(f"poison.test{name}" for name in INNOCENT)}
    assert crawled.counts.quarantined == 1
    assert crawled.restarts == 3
    assert site.targets().count("/poison.html") == asked
    assert crawled.closed(), crawled.counts


async def test_a_slow_page_survives_any_kills_while_it_is_waited_for(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Each worker that asks for it is killed before the answer is there, ten in a row: that is none of its doing."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(site_with_a_slow_page) as site:

        async def kill_who_waits(supervisor: Supervisor) -> None:
            frontier = await RedisFrontier.open(redis_url, round_name)
            try:
                for kill in range(KILLS):
                    while site.targets().count(SLOW) <= kill:
                        await asyncio.sleep(0.01)
                    (worker,) = [each.worker for each in await frontier.standing() if each.key.endswith(SLOW)]
                    os.kill(supervisor.children[worker], signal.SIGKILL)
            finally:
                await frontier.close()

        plan = plan_of(round_name, site.port, "slow.test", host_concurrency=4)
        crawled = await crawl(services, plan, workers=2, during=kill_who_waits, seconds=90.0)
    assert crawled.stored == {"slow.test/", *(f"slow.test{name}" for name in (*INNOCENT, SLOW))}
    assert crawled.counts.quarantined == 0
    assert crawled.restarts == KILLS
    assert crawled.closed(), crawled.counts
