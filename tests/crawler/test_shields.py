"""A shield's script is run once in a browser; its cookies serve over HTTP until they are refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from crawler.frontier.contract import Via
from crawler.frontier.redis import RedisFrontier, prefix_of
from crawler.render_desk import Course, RenderDesk
from tests.crawler.conftest import granted
from tests.crawler.conftest import plan_of as small_plan
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


@pytest.mark.parametrize(("passed", "visits"), [(12, 1), (0, 3)])
async def test_refusals_are_weighed_against_what_every_worker_has_seen(
    open_round: Callable[..., Awaitable[RedisFrontier]], passed: int, visits: int
) -> None:
    """A worker that looked at a host early and is refused three times at its cookies' end sends one page to the browser.

    Where nobody has ever passed with what the browser earned, the shield ties it to the browser, and every page goes there.
    """
    seeds = [f"http://www.a.example/{number}" for number in range(3)]
    frontier = await open_round(seeds=seeds, host_concurrency=3)
    plan = small_plan("any", seeds=seeds)
    early, other = RenderDesk(frontier, plan), RenderDesk(frontier, plan)
    leases = await granted(frontier)
    assert len(leases) == 3
    await early.course(leases[0])
    await frontier.rendering.end_earning(leases[0].host, "pass=1", 0)
    for _ in range(passed):
        await other.answered(Course(leases[0], serial=1), refused=False)
    await other.close()
    for lease in leases:
        await early.answered(Course(lease, serial=1), refused=True)
    again = [replace(lease, via=Via.BROWSER, note="challenge 1: HTTP 412") for lease in leases]
    courses = [await early.course(lease) for lease in again]
    assert len([each for each in courses if each is not None and each.challenged]) == visits
    assert courses.count(None) == 3 - visits
