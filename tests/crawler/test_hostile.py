"""A hostile site costs its own pages, never the worker: real processes, real stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.outlinks import CHAIN_RULE
from rounds.supervise import Ending
from tests.crawler.sites import hostile
from tests.crawler.sites.crawling import LIMITS, crawl, plan_of, services_of
from tests.crawler.sites.scripted import serving

ENDS = {
    "/gigabyte": ("failed", "too-large"),
    "/announced": ("failed", "too-large"),
    "/bomb/gzip": ("failed", "too-large"),
    "/bomb/brotli": ("failed", "too-large"),
    "/many-links": ("stored", ""),
    "/deep": ("stored", ""),
    "/deep-mixed": ("stored", ""),
    "/invalid-bytes": ("stored", ""),
    "/nuls": ("stored", ""),
    "/loop/a": ("skipped", "redirected"),
    "/loop/b": ("skipped", "redirected"),
    "/itself": ("failed", "redirect-loop"),
    "/never-ends": ("failed", "timeout"),
    "/silent": ("failed", "timeout"),
    "/too-short": ("failed", "broken"),
    "/too-long": ("stored", ""),
    "/http09": ("failed", "broken"),
    "/reset": ("failed", "refused"),
    "/one-line": ("stored", ""),
    "/raw-headers": ("stored", ""),
    "/raw-location": ("skipped", "redirected"),
    "/bad-wait": ("failed", "http-5xx"),
    "/big-cookie": ("stored", ""),
    "/big-head": ("failed", "broken"),
    "/odd-links": ("stored", ""),
}


@pytest.mark.slow
async def test_every_attack_costs_one_page(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Each attack ends as its own record with its own reason, the good pages are stored, the ledger closes."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(hostile.script) as site:
        changes = {"host_concurrency": 6, "breaker_failures": 100, "lease_seconds": 20.0}
        plan = plan_of(round_name, site.port, hostile.HOST, **changes)
        crawled = await crawl(services, plan)
    assert {target: crawled.end_of(target) for target in ENDS} == ENDS
    assert {target: crawled.end_of(target) for target in hostile.GOOD} == dict.fromkeys(hostile.GOOD, ("stored", ""))
    assert crawled.ending is Ending.AT_REST
    assert crawled.closed(), crawled.counts
    assert crawled.restarts == 0, crawled.logs[-3000:]
    # A chain without clicks, by redirect or by refresh, is followed ten times and then cut.
    hops = [name for name in crawled.records if "/hop/" in name]
    fresh = [name for name in crawled.records if "/fresh/" in name]
    assert (len(hops), len(fresh)) == (LIMITS.redirects + 1, LIMITS.redirects + 1)
    assert crawled.counts.cut >= 1, CHAIN_RULE
    # One page gives no more than the plan's number of links.
    assert len([name for name in crawled.records if "/n" in name and ".html?" in name]) == LIMITS.links
    # No page was asked for more often than the plan says.
    for target in ENDS:
        assert site.targets().count(target) <= 1 + len(plan.retry_delays), target
    assert "smuggled" not in str(crawled.records)
