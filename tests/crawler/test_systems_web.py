"""Lists of fifty pages through five systems, crawled: every article is found, and no browser is started for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.frontier.contract import Via
from tests.crawler.sites.crawling import LIMITS, crawl, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving
from tests.crawler.sites.systems import AREA, LISTS, ROWS, Lists

LIST = Lists(50)
STATIC = ("trs", "jcms", "vsb-servlet", "aspnet")


@pytest.mark.slow
async def test_all_articles_without_a_browser(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Three clicks deep: home, list, its pages, their articles; two workers share what asking needs."""

    async def script(asked: Asked, wire: Wire) -> None:
        if asked.target == "/robots.txt":
            await wire.reply("", 404)
        else:
            await LIST.answer(asked, wire, STATIC)

    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(script) as site:
        limits = LIMITS.model_copy(update={"links": 2_000})
        plan = plan_of(round_name, site.port, "a.test", depth=3, host_concurrency=8, limits=limits)
        crawled = await crawl(services, plan, workers=2)
        assert not [asked for asked in site.asked() if asked.by_browser]
        posted = [asked for asked in site.asked() if asked.method == "POST"]
    assert crawled.closed(), crawled.counts
    pages = {name.partition("/")[2]: record for name, record in crawled.records.items() if record["end"] == "stored"}
    for system in STATIC:
        assert {target.lstrip("/") for target in LIST.articles(system)} - set(pages) == set(), system
    assert {record["via"] for record in pages.values()} == {Via.HTTP}
    assert len(posted) == LIST.pages - 1
    steps = {name: record for name, record in pages.items() if "__EVENTTARGET" in name}
    assert len(steps) == len(posted)
    assert {record["depth"] for record in steps.values()} == {2}
    groups = [record for name, record in pages.items() if "dataproxy" in name]
    assert len(groups) == -(-LIST.total // (3 * ROWS)) - 1
    assert {(record["media"], record["page_type"]) for record in groups} == {("data", "list")}
    assert {pages["trs/"]["system"], pages["col/col76/index.html"]["system"]} == {"trs", "jcms"}


@pytest.mark.slow
async def test_a_platforms_list_is_looked_at_once(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str, browser_path: str
) -> None:
    """A list in JSON of twelve pages: one page in the browser, the others asked for directly, area code and all."""
    small = Lists(12)

    async def script(asked: Asked, wire: Wire) -> None:
        if asked.target == "/robots.txt":
            await wire.reply("", 404)
        else:
            await small.answer(asked, wire, ("json",))

    services = services_of(tmp_path, redis_url, mongo_url, mongo_database, browser_path)
    with serving(script) as site:
        limits = LIMITS.model_copy(update={"links": 2_000})
        plan = plan_of(round_name, site.port, "a.test", depth=3, host_concurrency=4, limits=limits)
        crawled = await crawl(services, plan, workers=2)
        opened = [asked.target for asked in site.asked() if asked.by_browser and "api" not in asked.target]
        answered = sorted(asked.target for asked in site.asked() if asked.target.startswith("/api/"))
    assert crawled.closed(), crawled.counts
    pages = {name.partition("/")[2]: record for name, record in crawled.records.items() if record["end"] == "stored"}
    assert {target.lstrip("/") for target in small.articles("json")} - set(pages) == set()
    assert opened.count(LISTS["json"]) == 1
    assert not [one for one in opened if "list" in one and one != LISTS["json"]]  # samples of the rest may be looked at
    assert answered == sorted(
        f"/api/items?areaCode={AREA}&pageNum={number}&pageSize={ROWS}" for number in range(1, small.pages + 1)
    )
    drawn = pages[LISTS["json"].lstrip("/")]
    assert [(one["url"].partition("a.test")[2], one["status"]) for one in drawn["loaded"]] == [
        (f"/api/items?areaCode={AREA}&pageNum=1&pageSize={ROWS}", 200)
    ]
    depths = {record["depth"] for name, record in pages.items() if name.startswith("guide/")}
    assert depths == {2, 3}  # of the first page's entries, and of those behind an answer
