"""What only the browser brings: lists followed to their end, and pages that harm it cost themselves alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from crawler.fetch.verdict import Way, judge
from crawler.frontier.redis import RedisFrontier
from rounds.supervise import Supervisor
from tests.crawler.sites import acting, mixed
from tests.crawler.sites.crawling import LIMITS, crawl, plan_of, services_of
from tests.crawler.sites.scripted import serving


@pytest.mark.slow
async def test_lists_are_followed_by_acting(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str, browser_path: str
) -> None:
    """Scrolling, "more", "next", and clicks that move the page, open a window or push a state: every item is stored.

    Beside them a page that fills the memory and one that never lets go: each is taken over HTTP, and nothing else suffers.
    """
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database, browser_path)
    limits = LIMITS.model_copy(update={"browser_seconds": 15.0, "links": 200})
    with serving(acting.script) as site:
        plan = plan_of(round_name, site.port, acting.HOST, limits=limits, retry_delays=(), host_concurrency=4)
        crawled = await crawl(services, plan)
    missing = [each for name in acting.CODES for each in acting.items(name) if acting.HOST + each not in crawled.stored]
    assert missing == []
    for name in acting.CODES:
        assert crawled.records[f"{acting.HOST}/{name}.html"]["via"] == "browser"
        # What would be another page was not opened from within one: each was asked for once, by a grant of its own.
        assert [site.targets().count(each) for each in acting.items(name)] == [1] * len(acting.items(name))
    assert crawled.records[f"{acting.HOST}/late.html"]["via"] == "browser"
    assert crawled.end_of("/swells.html")[0] == crawled.end_of("/hangs.html")[0] == "stored"
    assert crawled.closed(), crawled.counts
    assert crawled.restarts == 0, crawled.logs[-3000:]


@pytest.mark.slow
async def test_templates_are_learned(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str, browser_path: str
) -> None:
    """Pages of a template that is drawn go to the browser at once; of one that is whole, few do; samples tell a third kind.

    The browser is killed in the midst of it: the worker goes on, and no page is stored without what the browser shows.
    """
    killed: list[int] = []

    async def kill(supervisor: Supervisor) -> None:
        while len([asked for asked in site.asked() if asked.target == "/api/list"]) < 8:
            await asyncio.sleep(0.02)
        for worker in supervisor.children.values():
            for child in psutil.Process(worker).children(recursive=True):
                if browser_path in child.cmdline() and not any("--type=" in word for word in child.cmdline()):
                    child.kill()
                    killed.append(child.pid)

    services = services_of(tmp_path, redis_url, mongo_url, mongo_database, browser_path)
    limits = LIMITS.model_copy(update={"links": 200})
    with serving(mixed.script) as site:
        plan = plan_of(round_name, site.port, mixed.HOST, limits=limits, host_concurrency=2)
        crawled = await crawl(services, plan, during=kill)
    assert killed
    rendered = {name for name, record in crawled.records.items() if record["via"] == "browser"}
    assert {mixed.HOST + each for each in mixed.DRAWN} <= rendered
    tried = [asked.target for asked in site.asked(mixed.HOST) if asked.target in mixed.DRAWN and not asked.by_browser]
    assert len(tried) <= 12  # of 20: what was under way until the third one, and until it was told
    assert len(rendered & {mixed.HOST + each for each in mixed.PLAIN}) <= 6
    assert len(rendered & {mixed.HOST + each for each in mixed.SEEMS}) >= 15
    assert crawled.closed(), crawled.counts
    assert crawled.restarts == 0, crawled.logs[-3000:]
    frontier = await RedisFrontier.open(redis_url, round_name)
    known = (await frontier.rendering.known())[mixed.HOST]
    await frontier.close()
    assert judge(known[f"{mixed.HOST}/drawn/#.html"], {}).way is Way.BROWSER
    assert judge(known[f"{mixed.HOST}/seems/#.html"], {}).way is Way.BROWSER
    assert judge(known[f"{mixed.HOST}/plain/#.html"], {}).way is Way.HTTP
