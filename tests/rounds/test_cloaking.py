"""Visits as search engines' readers: asked politely, compared with what was collected, kept with their evidence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from cleaning.reasons import Reason, ReasonCode, Verdict
from cleaning.urls import canonicalize
from crawler.frontier.ids import split_key
from crawler.items import PageItem
from crawler.plan import RuleKind, ScopeRule, UnitPlan
from pipelines.store.visits import VisitBook
from rounds import life
from rounds.cloaking import Visited, visit
from rounds.refusals import WrongState
from tests.pipelines.making import judgement, lease, page, reading
from tests.rounds.keeping import keep

CLEAN = "<title>某县人民政府</title><p>某县人民政府关于印发政务服务事项目录的通知，请遵照执行。</p>" * 3
SPAM = "<title>百家乐_澳门赌场_注册送彩金</title><p>真人百家乐在线投注平台，开户注册就送彩金，首存百分百返水。</p>" * 3
TAMPERED = Reason(ReasonCode.HIDDEN_LINKS, "off-screen: 6 links, e.g. http://www.q1bet.example/", "hidden", 5.0)


@dataclass
class Hacked:
    """A site whose intruder shows himself to search engines' readers only."""

    url: str = ""
    robots: str = ""
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """One request."""
        self.asked.append(request.path)
        if request.path == "/robots.txt":
            return web.Response(text=self.robots)
        fooled = "baidu.com" in request.headers.get("Referer", "") and "spider" in request.headers["User-Agent"]
        if fooled and request.path == "/sent":
            return web.Response(status=302, headers={"Location": "http://www.q1bet.example/"})
        return web.Response(text=SPAM if fooled and request.path == "/" else CLEAN, content_type="text/html")


@pytest.fixture
async def site():
    made = Hacked()
    app = web.Application()
    app.router.add_get("/{tail:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


def stored(site: Hacked, here, *, state: str = "finished", tampered: bool = True) -> None:
    """A round of that site: one page with links put into it, three clean ones, as anybody sees them."""
    host = split_key(canonicalize(site.url) or "")[0]
    unit = UnitPlan(code="1", name="某县", seeds=(f"{site.url}/",), scope=(ScopeRule(kind=RuleKind.HOST, host=host),))

    def item(path: str, serial: int, **changes) -> PageItem:
        key = canonicalize(f"{site.url}{path}") or ""
        granted = replace(lease(path, serial), host=host, key=key, url=f"{site.url}{path}")
        read = reading(path, url=granted.url)
        return replace(page(path, serial, lease=granted, reading=replace(read, key=key), units=("1",)), **changes)

    harmful = replace(judgement(Verdict.HARMFUL), findings=(TAMPERED,) if tampered else ())
    clean = [item(path, serial) for serial, path in enumerate(("/", "/sent", "/same"), 2)]
    keep(here, "A", item("/hacked", 1, judgement=harmful), *clean, units=(unit,), state=state, delay=0.0)


def kept(here) -> dict[str, dict]:
    with life.store(here) as database:
        return {row["url"].rpartition("/")[2]: row for row in VisitBook(database, "A").all()}


async def test_what_only_a_search_engines_reader_is_shown_is_kept(site, here):
    """Another page and a redirect are findings with their evidence; the same page is none; the harmful one is not asked."""
    stored(site, here)
    assert await visit(here, "A", report=lambda _progress: None) == Visited(pages=3, found=2)
    assert sorted(site.asked) == ["/", "/robots.txt", "/same", "/sent"]
    rows = kept(here)
    assert set(rows) == {"", "sent"}
    assert rows[""]["findings"][0]["where"] == rows["sent"]["findings"][0]["where"] == "visit"
    assert "百家乐" in rows[""]["text"]
    assert rows[""]["sha256"]
    assert rows["sent"]["target"] == "http://www.q1bet.example/"
    assert "Referer" in rows["sent"]["sent"]


async def test_a_page_put_right_is_no_finding_any_more(site, here):
    """A later visit replaces what an earlier one found."""
    stored(site, here)
    with life.store(here) as database:
        VisitBook(database, "A").keep(canonicalize(f"{site.url}/same") or "", {"url": f"{site.url}/same"})
    await visit(here, "A", report=lambda _progress: None)
    assert set(kept(here)) == {"", "sent"}


async def test_robots_and_unsuspected_hosts_are_left_alone(site, here):
    """What robots.txt bars is not visited; a host on which nothing was found is not asked at all."""
    site.robots = "User-agent: *\nDisallow: /sent"
    stored(site, here)
    assert (await visit(here, "A", report=lambda _progress: None)).found == 1
    assert "/sent" not in site.asked


async def test_a_host_without_a_finding_is_not_asked(site, here):
    """Suspicion begins with something that was found."""
    stored(site, here, tampered=False)
    assert await visit(here, "A", report=lambda _progress: None) == Visited(pages=0, found=0)
    assert site.asked == []


async def test_a_running_round_is_refused(site, here):
    """Two queues would not keep one host's pace."""
    stored(site, here, state="running")
    with pytest.raises(WrongState):
        await visit(here, "A", report=lambda _progress: None)
