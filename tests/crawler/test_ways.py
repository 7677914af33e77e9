"""When and through what hosts are asked: the frontier keeps the hours, both fetchers go through the proxy and nowhere else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import NotInResolveMap, ProxyAway
from crawler.fetch.http import HttpClient
from crawler.frontier.redis import prefix_of
from crawler.hours import hours_of, wait
from crawler.plan import HostHours, Rendering, RenderRule
from crawler.reasons import Halt
from rounds.supervise import Supervisor
from tests.crawler.conftest import granted
from tests.crawler.sites import hostile
from tests.crawler.sites.certificate import self_signed
from tests.crawler.sites.crawling import crawl, plan_of, services_of
from tests.crawler.sites.proxy import forwarding
from tests.crawler.sites.scripted import Asked, Wire, serving

NAMES = ("a", "b.c", "d.b.c", "e.f.g")
SPANS = st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1440)), min_size=1, max_size=3).map(tuple)


def spans_near_now(rnd: Random) -> tuple[tuple[int, int], ...]:
    """One or two spans of the day."""
    return tuple((rnd.randrange(1440), rnd.randrange(1441)) for _ in range(rnd.randint(1, 2)))


async def test_the_frontier_keeps_the_hours_as_they_are_told(open_round: Callable[..., Any]) -> None:
    """Of sixty hosts with rules of every kind just those are granted that may be asked now; the others wait as long as they must."""
    rnd = Random(7)
    hosts = [f"h{number}.{'x' if number % 2 else 'y'}.example" for number in range(60)]
    rules = tuple(
        HostHours(host=name, spans=spans_near_now(rnd)) for name in (*hosts[:30], "*.x.example", "*.h40.y.example", "*")
    )
    began = time.time()
    frontier = await open_round(seeds=tuple(f"http://{host}/" for host in hosts), hours=rules)
    given_to = {lease.host for lease in await granted(frontier)}
    waits = {host: wait(hours_of(rules, host), began) for host in hosts}
    assert given_to == {host for host, seconds in waits.items() if not seconds}
    assert 0 < len(given_to) < len(hosts)
    ready = await frontier._batch.command("ZRANGE", prefix_of(frontier.round_name) + "ready", 0, -1, "WITHSCORES")
    due = {host: float(score) / 1000 for host, score in ready}
    for host in hosts:
        if waits[host]:
            assert due[host] == pytest.approx(began + waits[host], abs=5.0), host


@given(SPANS, st.floats(0, 4e9))
def test_a_host_is_waited_for_no_longer_than_it_must(spans: tuple[tuple[int, int], ...], at: float) -> None:
    """After the wait a span is open, before it none was, and it is never a whole day."""
    seconds = wait(spans, at)
    assert 0 <= seconds < 86_400
    if seconds > 1:
        assert wait(spans, at + seconds / 2) == pytest.approx(seconds / 2, abs=0.01)
        assert wait(spans, at + seconds + 0.001) == 0 or any(first == last % 1440 for first, last in spans)


def test_the_nearest_rule_counts() -> None:
    """A host's own, then `*.` of it, of what is above it, then the one for all."""
    rules = [HostHours(host=name, spans=((number, 60),)) for number, name in enumerate(("b.c", "*.b.c", "*.c", "*"))]
    found = {name: hours_of(rules, name)[0][0] for name in ("b.c", "x.b.c", "y.x.b.c", "z.c", "c", "d")}
    assert found == {"b.c": 0, "x.b.c": 1, "y.x.b.c": 1, "z.c": 2, "c": 2, "d": 3}
    assert hours_of(rules[:3], "d") == ()


here: list[int] = []  # the site's own port, which a page's script asks for straight


async def linked(asked: Asked, wire: Wire) -> None:
    """A home page, a page that HTTP has and one that a browser draws; a script that looks around on this machine."""
    if asked.target == "/":
        links = "<a href='/plain.html'>甲</a><a href='http://drawn.test/drawn.html'>乙</a>"
        await wire.reply(hostile.page(links + hostile.TEXT, asked.host))
    elif asked.target == "/drawn.html":
        stolen = "".join(
            f"fetch('{there}/stolen').catch(()=>0);" for there in (f"http://127.0.0.1:{here[0]}", "http://other.test")
        )
        drawn = "fetch('/data.json').then(r=>r.text()).then(t=>{document.body.append(t)})"
        script = f"<script>{stolen}{drawn}</script>"
        await wire.reply(hostile.page(script + hostile.TEXT, asked.host))
    elif asked.target in {"/plain.html", "/data.json"}:
        await wire.reply(hostile.page(f"数据 {hostile.TEXT}", asked.host + asked.target))
    else:
        await wire.reply("", 404)


async def test_both_fetchers_go_through_the_proxy_and_nowhere_else(
    fresh_redis_url: str, mongo_url: str, mongo_database: str, round_name: str, browser_path: str, tmp_path: Path
) -> None:
    """The names lead nowhere without it; a page's script reaches neither this machine nor a host out of scope; away, it costs time."""
    parts = services_of(tmp_path, fresh_redis_url, mongo_url, mongo_database, browser_path)
    with serving(linked) as site:
        here[:] = [site.port]
        with forwarding(site.port) as proxy:
            port = proxy.port
            plan = plan_of(
                round_name, 9, "a.test", "drawn.test", proxy=f"http://127.0.0.1:{port}",
                rendering=(RenderRule(host="drawn.test", how=Rendering.BROWSER),),
            )  # fmt: skip
            crawled = await crawl(parts, plan)
    assert crawled.stored == {"a.test/", "a.test/plain.html", "drawn.test/drawn.html"}, crawled.logs
    drawn = crawled.records["drawn.test/drawn.html"]
    assert (drawn["via"], [one["url"] for one in drawn["loaded"]]) == ("browser", ["http://drawn.test/data.json"]), (
        crawled.logs,
        drawn,
        proxy.log,
    )
    assert "/stolen" not in "".join(site.targets())
    asked = [line for line in proxy.log if "robots" not in line]
    assert {"GET http://a.test/plain.html", "GET http://drawn.test/drawn.html"} <= set(asked)
    assert len(site.targets()) == len(proxy.log)
    assert crawled.closed()


async def test_an_absent_proxy_costs_time_alone(
    fresh_redis_url: str, mongo_url: str, mongo_database: str, round_name: str, tmp_path: Path
) -> None:
    """No host is called dead for it: claims wait, it is told, and when it is there the round ends whole."""
    parts = services_of(tmp_path, fresh_redis_url, mongo_url, mongo_database)
    with serving(linked) as site, forwarding(site.port) as first:
        port = first.port
    told: list[bool] = []

    with serving(linked) as site:
        plan = plan_of(round_name, 9, "a.test", scope=("a.test",), proxy=f"http://127.0.0.1:{port}", breaker_failures=1)

        async def later(supervisor: Supervisor) -> None:
            while not told:
                workers = await _workers(parts.redis_url, round_name)
                if any(Halt.PROXY_AWAY in one.halts for one in workers):
                    told.append(True)
                await asyncio.sleep(0.05)
            with forwarding(site.port, port=port):
                while supervisor.children:
                    await asyncio.sleep(0.1)

        crawled = await crawl(parts, plan, during=later)
    assert told == [True]
    assert crawled.stored == {"a.test/", "a.test/plain.html"}, crawled.logs
    assert crawled.counts.failed == 0


async def _workers(url: str, name: str) -> Any:
    from crawler.frontier.redis import RedisFrontier

    frontier = await RedisFrontier.open(url, name)
    try:
        return await frontier.workers()
    finally:
        await frontier.close()


async def test_https_goes_through_a_tunnel_and_names_outside_the_map_are_not_asked(tmp_path: Path) -> None:
    """The proxy sees the name alone; a round with a map asks it for no other; a private seed is asked straight."""
    with serving(linked) as plain, serving(linked, tls=self_signed(tmp_path, "a.test")) as secure:
        with forwarding(plain.port, secure.port) as proxy:
            straight = f"http://127.0.0.1:{plain.port}/"
            plan = plan_of("R", 9, "a.test", proxy=f"http://127.0.0.1:{proxy.port}")
            seeds = plan.units[0].model_copy(update={"seeds": ("http://a.test/", straight)})
            https = plan.resolve[0].model_copy(update={"port": 443})
            client = HttpClient(plan.model_copy(update={"units": (seeds,), "resolve": (*plan.resolve, https)}))
            try:
                answer = await client.get("https://a.test/plain.html")
                assert (answer.status, answer.address) == (200, "")
                assert proxy.log == ["CONNECT a.test:443"]
                assert (await client.get(straight)).address == "127.0.0.1"
                assert await client.address_of("http://a.test/") == ""
                with pytest.raises(NotInResolveMap):
                    await client.get("http://b.test/")
                assert len(proxy.log) == 1
            finally:
                await client.close()
        client = HttpClient(plan)
        try:
            with pytest.raises(ProxyAway):
                await client.get("http://a.test/")
        finally:
            await client.close()
