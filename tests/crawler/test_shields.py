"""A shield's script is run once in a browser; its cookies serve over HTTP until they are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from crawler.frontier.redis import prefix_of
from tests.crawler.sites import shielded
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import serving


@pytest.mark.slow
async def test_a_challenge_costs_one_visit_for_each_expiry(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str, browser_path: str
) -> None:
    """By two workers: every page is stored, all but those that earned a cookie over HTTP; where nothing helps, a refusal."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database, browser_path)
    shields = shielded.Shields(lasts=15)
    with serving(shields.script) as site:
        hosts = (shielded.HOST, shielded.OTHER, shielded.HARD)
        plan = plan_of(round_name, site.port, *hosts, host_concurrency=3)
        crawled = await crawl(services, plan, workers=2)
    passed = {f"{host}{each}" for host in hosts[:2] for each in ("/", *shielded.PAGES)}
    assert crawled.stored == passed
    for host in hosts[:2]:
        visits = {name for name in passed if name.startswith(host) and crawled.records[name]["via"] == "browser"}
        assert len(visits) == shields.of[host].epoch == 2, host
    assert crawled.records[f"{shielded.HARD}/"]["reason"] == "forbidden"
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:  # the one that was asked too much is slowed
        slow = {host: client.hget(f"{prefix_of(round_name)}h:{host}", "slow") for host in hosts}
    assert slow[shielded.OTHER] in {"0", "1"}, "slowed, and in time let go again"
    assert (slow[shielded.HOST], slow[shielded.HARD]) == (None, None)
    assert crawled.closed(), crawled.counts
    assert crawled.restarts == 0, crawled.logs[-3000:]
