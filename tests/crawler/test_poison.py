"""F3: a page that kills its worker is quarantined after three deaths of its own; nobody else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving

INNOCENT = [f"/fine/{number}.html" for number in range(24)]
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
