"""What was cut can be had after all: on an operator's word, or because its family turned out to be a real one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.reasons import SkipReason
from indicators import catalogue
from pipelines.store.cuts import cut_totals
from rounds import life
from rounds.finish import audit, finish
from rounds.refusals import BadChoice
from rounds.release import Released, Wanted, release
from tests.crawler.sites.crawling import LIMITS, go_on, plan_of, services_of
from tests.crawler.sites.scripted import Asked, Wire, serving
from tests.pipelines.making import page, skipped
from tests.rounds.keeping import keep

HOST = "cut.example"
MONTHS = 120  # more than a page's record keeps
NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def script(asked: Asked, wire: Wire) -> None:
    """A calendar that is a real archive, and two hubs that say the same but lead to different pages."""
    path = asked.target
    if path == "/":
        months = "".join(f'<a href="/rili/{1990 + n // 12}-{n % 12 + 1:02d}.html">{n}</a> ' for n in range(MONTHS))
        await wire.reply(f"<h1>首页</h1>{months}<a href='/hub/1.html'>甲</a><a href='/hub/2.html'>乙</a>")
    elif path.startswith("/hub/"):
        await wire.reply(
            f"<h1>枢纽</h1><a href='/hub/{path[5]}01.html'>往下</a>" if len(path) < 12 else f"<p>独有{path}</p>"
        )
    elif path.startswith("/rili/"):
        await wire.reply(f"<h1>{path}</h1><p>这个月办了这些事</p><a href='/rili/2031-01.html'>以后</a>")
    else:
        await wire.reply("", 404)


@pytest.mark.slow
async def test_cuts_are_released_and_the_round_goes_on(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """All 120 months, of which the record keeps 100, come after a release; only what was cut since is cut still."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    with serving(script) as site:
        limits = LIMITS.model_copy(update={"links": 1000})
        plan = plan_of(round_name, site.port, HOST, host_concurrency=4, limits=limits)
        await life.create(services, plan, catalogue=catalogue.load().version, who="test", now=NOW)
        crawled = await go_on(services, plan)
        # The second hub repeats the first, but two pages are no trap: its link was followed before the end.
        assert crawled.stored == {f"{HOST}{path}" for path in ("/", *(f"/hub/{n}.html" for n in (1, 2, 101, 201)))}
        assert crawled.closed()
        assert await finish(services, round_name, who="test", now=NOW)
        found = await life.status(services, round_name, now=NOW, traps=True)
        assert [(row.rule, row.host, row.number) for row in found.traps if row.rule == "calendar"] == [
            ("calendar", HOST, MONTHS)
        ]
        audited = await audit(services, round_name, sample=None, progress=lambda _done, _all: None, now=NOW)
        assert (audited.differences, dict(audited.cuts)) == ((), {"calendar": 100})
        wanted = Wanted("calendar", (f"{HOST}/rili/",))
        assert await release(services, round_name, wanted, keep=False, who="test", now=NOW) == Released(MONTHS, MONTHS)
        assert await release(services, round_name, wanted, keep=False, who="test", now=NOW) == Released(0, 0)
        again = await go_on(services, plan)
        assert len([name for name in again.stored if "/rili/" in name]) == MONTHS
        assert again.closed()
        assert f"{HOST}/rili/2031-01.html" not in again.records, "what a released page links to is judged as ever"
        assert await release(services, round_name, wanted, keep=True, who="test", now=NOW) == Released(MONTHS, 1)
        last = await go_on(services, plan)
        assert f"{HOST}/rili/2031-01.html" in last.stored
    record = await asyncio.to_thread(life.get, services, round_name)
    assert next(entry.what for entry in record.journal if entry.what.startswith("放行")).startswith("放行：calendar")


def test_what_was_queued_and_then_cut_is_counted_with_the_links(here) -> None:
    """As `status` counts it by rule: links on pages, a trap by the rule of its detail, what a mirror holds under that rule."""
    keep(
        here, "R", page("/a", 1), skipped("/x;jsessionid=1", 2, reason=SkipReason.TRAP, detail="session-mark: a/#", status=0),
        skipped("/b/x", 3, reason=SkipReason.MIRROR, detail="http://a.gov.cn/a/x", status=0), skipped("/c", 4),
    )  # fmt: skip
    with life.store(here) as database:
        assert cut_totals(database, "R") == {"calendar": 1, "mirror": 1, "session-mark": 1}


async def test_a_release_names_what_it_means(
    tmp_path: Path, redis_url: str, mongo_url: str, mongo_database: str, round_name: str
) -> None:
    """Nothing named, or nothing to keep, is refused whole."""
    services = services_of(tmp_path, redis_url, mongo_url, mongo_database)
    plan = plan_of(round_name, 1, HOST)
    await life.create(services, plan, catalogue=catalogue.load().version, who="test", now=NOW)
    for wanted, kept in ((Wanted(), False), (Wanted(rule="calendar"), True)):
        with pytest.raises(BadChoice):
            await release(services, round_name, wanted, keep=kept, who="test", now=NOW)


def test_what_is_wanted() -> None:
    """Rule, beginning of the pattern and host each restrict; session slots have their host in front too."""
    assert Wanted(host="a.cn").takes("calendar", "a.cn/rl/#")
    assert Wanted(host="a.cn").takes("session-mark", "a.cn ?vt")
    assert not Wanted(host="a.cn").takes("calendar", "a.cn.b/rl/#")
    assert not Wanted(rule="deep-path").takes("calendar", "a.cn/rl/#")
    assert Wanted(patterns=("a.cn/rl", "b.cn/")).takes("calendar", "b.cn/x")
