"""A worker keeps within its scope and its pace, by HTTP and by the browser."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from crawler.fetch.http import ENCODINGS
from tests.crawler.sites import scripts
from tests.crawler.sites.crawling import LIMITS, Crawled, crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Site, serving

DELAY = 0.25


def is_document(asked: Asked) -> bool:
    """A page or robots.txt: by our client, or by the browser's own navigation (parts of a page have neither mark)."""
    return asked.headers.get("accept-encoding") == ENCODINGS or "upgrade-insecure-requests" in asked.headers


def by_browser(asked: Asked) -> bool:
    """Whether the browser asked."""
    return asked.headers.get("accept-encoding") != ENCODINGS


@pytest.mark.slow
async def test_scope_and_pace_hold_in_the_browser(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str, browser_path: str
) -> None:
    """Pages whose scripts try every way out are rendered and stored; nothing foreign is asked, nothing too soon."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database, browser_path)
    with serving(scripts.script) as site:
        hosts = (scripts.HOST, scripts.OTHER, scripts.FOREIGN)
        limits = LIMITS.model_copy(update={"browser_seconds": 4.0})
        changes = {"delay": DELAY, "limits": limits, "retry_delays": ()}
        plan = plan_of(round_name, site.port, *hosts, scope=hosts[:2], **changes)
        crawled = await crawl(services, plan)
    _scope_held(site)
    _pace_held(site)
    _pages_stored(site, crawled)


def _scope_held(site: Site) -> None:
    """The map would lead there: only the crawler's own care keeps it away."""
    assert {asked.target for asked in site.asked(scripts.FOREIGN)} == set()
    assert "/barred.html" not in site.targets()
    # What would be another page is a page: never opened from within one.
    assert [asked.target for asked in site.asked() if by_browser(asked) and asked.target in {
        "/framed.html", "/popped.html", "/moved.html"}] == []  # fmt: skip


def _pace_held(site: Site) -> None:
    documents = [asked for asked in site.asked(scripts.HOST) if is_document(asked)]
    assert documents[0].target == "/robots.txt"
    assert site.targets(scripts.HOST).count("/robots.txt") == 1
    assert len([asked for asked in documents if by_browser(asked)]) >= len(scripts.WAYS_OUT)
    gaps = [(later.at - first.at, later.target) for first, later in pairwise(documents)]
    assert min(gaps)[0] >= DELAY, min(gaps)


def _pages_stored(site: Site, crawled: Crawled) -> None:
    names = {f"/{way}.html" for way in scripts.WAYS_OUT}
    assert {name: crawled.end_of(name) for name in names} == dict.fromkeys(names, ("stored", ""))
    assert {name: crawled.records[scripts.HOST + name]["via"] for name in names} == dict.fromkeys(names, "browser")
    assert crawled.end_of("/drawn.html") == ("stored", "")  # a link that only the rendered page has
    # A redirect that only browsers get is a redirect all the same, not the target under the wrong key.
    assert crawled.end_of("/sends-browsers-away.html") == ("skipped", "redirected")
    assert crawled.end_of("/away.html") == ("stored", "")
    assert crawled.end_of("/barred.html") == ("skipped", "robots")
    assert crawled.end_of("/hangs.html")[0] == "stored"  # a script without an end costs its own page at most
    assert crawled.counts.out_of_scope >= 2
    assert crawled.closed(), crawled.counts
    assert crawled.restarts == 0, crawled.logs[-3000:]
    assert {record["address"] for record in crawled.records.values() if record["end"] == "stored"} == {"127.0.0.1"}
    assert site.targets(scripts.HOST).count("/plain.html") == 1
