"""A web full of traps ends by itself, with every real page stored and hardly a request wasted."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.frontier.redis import RedisFrontier
from crawler.outlinks import COPY_RULE, MIRROR_RULE, SESSION_RULE
from rounds.supervise import Ending
from tests.crawler.sites import trapped
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.scripted import serving

WASTE = 0.02


@pytest.mark.slow
async def test_a_web_of_traps_ends_by_itself(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Calendar, session marks, filter, mirror: all real pages are stored, at most 2 % of requests wasted, every cut is listed."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(trapped.script) as site:
        plan = plan_of(round_name, site.port, trapped.HOST, trapped.MIRROR, host_concurrency=2, depth=12)
        crawled = await crawl(services, plan, seconds=300.0)
        asked = site.asked()
    frontier = await RedisFrontier.open(redis_url, round_name)
    rows = await frontier.traps.cut_rows()
    await frontier.close()
    real = {trapped.HOST + target for target in trapped.real()} | {trapped.MIRROR + trapped.ONLY_THERE}
    wasted = trapped.wasted(asked)
    assert real - crawled.stored == set()
    assert crawled.ending is Ending.AT_REST
    assert crawled.closed(), crawled.counts
    assert len(wasted) <= WASTE * len(asked), "\n".join(sorted(wasted))
    assert {"calendar", COPY_RULE, SESSION_RULE, MIRROR_RULE} <= {row.rule for row in rows}
    assert all(row.host in {trapped.HOST, trapped.MIRROR} and row.first[0][1] for row in rows)
    mirrored = [one for one in crawled.records.values() if one.get("reason") == "mirror"]
    assert all(f"{trapped.HOST}/" in one["detail"] for one in mirrored)
    assert len(mirrored) > len(wasted)
