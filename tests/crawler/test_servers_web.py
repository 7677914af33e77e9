"""Six names at one address, crawled by two workers: what the server itself saw."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crawler.frontier.redis import RedisFrontier
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving

HOSTS = tuple(f"h{number}.test" for number in range(6))
PLACES, DELAY, ANSWER = 2, 0.4, 0.3  # seconds; an answer takes longer than the pause between two beginnings
LINKS = "".join(f'<a href="http://{host}/{page}">{host}</a>' for host in HOSTS for page in ("", "a.html"))


@pytest.mark.slow
async def test_a_server_is_asked_within_its_places(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Never more than the places at once, robots.txt included; on the whole no faster than a part of the delay apart."""
    under_way, most = 0, 0

    async def script(asked: Asked, wire: Wire) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(ANSWER)
        under_way -= 1
        if asked.target == "/robots.txt":
            await wire.reply("", 404)
        else:
            await wire.reply(f"<html><body><p>{asked.host}{asked.target}</p>{LINKS}</body></html>")

    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(script) as site:
        plan = plan_of(round_name, site.port, *HOSTS, delay=DELAY, server_concurrency=PLACES)
        crawled = await crawl(services, plan, workers=2)
        times = [asked.at for asked in site.asked()]
    frontier = await RedisFrontier.open(redis_url, round_name)
    (server,) = await frontier.servers.shared()
    await frontier.close()
    assert crawled.closed(), crawled.counts
    assert crawled.stored == {f"{host}/{page}" for host in HOSTS for page in ("", "a.html")}
    assert len(times) == 3 * len(HOSTS)
    assert most == PLACES
    # The first and the last may each have been on their way longer than others: two pauses are left to that.
    assert times[-1] - times[0] >= (len(times) - 3) * DELAY / PLACES
    assert (server.hosts, server.inflight, server.waiting) == (len(HOSTS), 0, 0)
