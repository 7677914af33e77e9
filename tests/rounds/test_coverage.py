"""The coverage of a round, from end to end: site maps, search results and looks over HTTP, against what was stored."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cleaning.patterns import pattern_of
from crawler.frontier.contract import Cut
from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import RoundPlan
from pipelines.store.listed import Standing
from pipelines.store.reader import RoundReader
from rehearsal.plan import build
from rounds import life
from rounds.coverage import Wanted, brief, cover, kept, missing_urls
from rounds.coverage_lists import Search
from rounds.coverage_sites import endless_patterns, survey
from rounds.demo import Web, plan_of, rehearsal_web
from rounds.recapture import Known
from rounds.refusals import BadInstance, WrongState
from rounds.services import Services
from tests.pipelines.making import HOST, failure, key_of, link, page
from tests.rounds.collecting import Graph, collect, collected
from tests.rounds.keeping import keep

SEED, UNITS, PAGES = 41, 1, 290


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The web's own graph."""
    return Graph(build(SEED, UNITS, PAGES))


async def covered(here: Services, name: str, search: str):
    return await cover(
        here,
        name,
        Wanted(Search(search, questions=1) if search else None),
        report=lambda *_: None,
        who="test",
        now=datetime.now(UTC),
    )


def web_of(tmp_path: Path):
    return rehearsal_web(SEED, units=UNITS, pages=PAGES, log=tmp_path / "log.jsonl")


async def made(here: Services, graph: Graph, web: Web, name: str, way: str, share: float):
    collection = collect(graph, way, share, random.Random(3))
    await collected(here, graph, plan_of(web, name, delay=0.0), collection)
    return collection


async def test_intervals_hold_the_truth_and_what_is_missing_is_told(here, graph, tmp_path) -> None:
    """Collected whole, and with columns nobody found; the result stays with the round."""
    async with web_of(tmp_path) as web:
        for way, share in (("unread", 1.0), ("unread", 0.7)):
            name = f"c-{way}-{share:g}"
            collection = await made(here, graph, web, name, way, share)
            found = await covered(here, name, web.search)
            true = collection.rate(graph)
            _check_attachments(found.known)
            assert found.rate.low <= true <= found.rate.high
            assert all(site.rate is None or site.rate.low <= site.rate.high for site in found.sites)
            summary, sites = kept(here, name)
            assert summary["rate"]["low"] == round(found.rate.low, 4)
            assert {one["host"] for one in sites} == {site.host for site in found.sites}
            _check_missing(here, name, graph, collection)


def _check_attachments(known: Known) -> None:
    """They are stored, and no pages of the lists that the crawl is held against."""
    assert known.attachments > 0
    assert known.cells.found == known.stored + known.pending + known.lost - known.attachments


def _check_missing(here: Services, name: str, graph: Graph, collection) -> None:
    """Every URL told as there and not found is a page that the collection lacks; so many are told as counted."""
    there = {one["key"]: one for one in missing_urls(here, name)}
    pages = {f"http://{key}" for key, page in graph.pages.items() if page.stored}
    ended = {f"http://{key}" for key in collection.ended}
    alive = {key for key, one in there.items() if one["standing"] == Standing.ALIVE}
    assert alive <= pages
    assert not alive & ended
    if collection.rate(graph) < 1:
        assert len(alive) > 20


async def test_what_waits_in_the_queue_is_missing(here, graph, tmp_path) -> None:
    """A crawl that was stopped knows what it has not come to: it counts, and is told where others name it too."""
    async with web_of(tmp_path) as web:
        collection = await made(here, graph, web, "c-short", "short", 0.7)
        found = await covered(here, "c-short", web.search)
    assert found.known.pending > 20
    assert found.rate.high < 0.8
    pending = {one["key"] for one in missing_urls(here, "c-short") if one["standing"] == Standing.PENDING}
    assert pending
    assert not pending & {f"http://{key}" for key in collection.ended}


def test_stored_pages_that_count_for_nothing_are_told_apart(here) -> None:
    """One of an endless family, one that is its host's answer for what is not there: with them all pages add up."""
    month = key_of("/rili/2026-01.html")
    endless = Cut("calendar", pattern_of(month), link("/rili/2026-02.html"))
    keep(
        here, "c-out", page("/a", 1, cuts=(endless,)), page("/rili/2026-01.html", 2),
        page("/none", 3, absent_like=f"http://{HOST}/made-up"), failure("/late", 4),
    )  # fmt: skip
    with life.store(here) as database:
        sites = survey(RoundReader(database, "c-out"), endless_patterns(database, "c-out"))
    site = sites.by_host[HOST]
    assert (site.stored, site.left_out, site.lost) == (1, 2, 1)


async def test_without_any_list_there_is_no_rate(here, graph, tmp_path) -> None:
    """Sites that answer nothing are not taken for whole."""
    async with web_of(tmp_path) as web:
        plan = plan_of(web, "c-none", delay=0.0, retry_delays=(), breaker_seconds=0.05)
        await collected(here, graph, plan, collect(graph, "unread", 1.0, random.Random(3)))
    found = await covered(here, "c-none", "")  # the web is gone
    assert found.rate is None
    assert found.standings == {}


async def test_an_instance_that_answers_html_is_refused(here, graph, tmp_path) -> None:
    """By name, with what to change; no rate is kept."""
    async with web_of(tmp_path) as web:
        await made(here, graph, web, "c-html", "unread", 1.0)
        portal = web.units[0]["seeds"][0]
        with pytest.raises(BadInstance, match=r"search\.formats"):
            await covered(here, "c-html", portal)
    assert kept(here, "c-html") == (None, [])


async def test_a_killed_run_goes_on(here, graph, tmp_path) -> None:
    """Cancelled among its questions, the next run ends with the same numbers as an undisturbed one."""
    async with web_of(tmp_path) as web:
        await made(here, graph, web, "c-kill", "unread", 0.9)
        task = asyncio.create_task(covered(here, "c-kill", web.search))
        while not (tmp_path / "log.jsonl").exists() or (tmp_path / "log.jsonl").read_bytes().count(b"sitemap") < 3:
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        resumed = await covered(here, "c-kill", web.search)
        again = await covered(here, "c-kill", web.search)
    assert resumed.known == again.known
    assert resumed.standings == again.standings


async def test_a_round_under_way_is_left_alone(here, graph, tmp_path) -> None:
    """Its hosts are being asked by others."""
    async with web_of(tmp_path) as web:
        plan = plan_of(web, "c-busy", delay=0.0)
        await life.create(here, plan, catalogue="1", who="test", now=datetime.now(UTC))
        queue = await RedisFrontier.open(here.redis_url, "c-busy")
        await queue.set_state(State.RUNNING)
        await queue.claim("w", 1, 0)
        await queue.renew("w", {"pid": 1, "machine": "m", "fetched": 0, "rendered": 0, "busy": 1}, [])
        await queue.close()
        with pytest.raises(WrongState, match="正在采集"):
            await covered(here, "c-busy", web.search)


def test_a_host_that_answers_nothing_is_soon_given_up() -> None:
    """One more try half a minute later, and no wait of the breaker's; a plan with less patience keeps its own."""
    plan = RoundPlan(name="R", units=())
    assert brief(plan).retry_delays == (30.0,)
    assert brief(plan).breaker_gives_up < plan.breaker_failures
    short = plan.model_copy(update={"retry_delays": (), "breaker_gives_up": 2})
    assert brief(short) == short
