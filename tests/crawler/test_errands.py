"""Errands: asked once, politely, again after a failure, and gone on with after a kill."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from crawler.channels.errands import Reply, Runner, errand_plan, errands
from crawler.channels.errors import BadAnswer
from crawler.plan import RoundPlan
from crawler.reasons import FailureReason


@dataclass
class Site:
    """A server that remembers what it was asked, and when."""

    robots: str = ""
    asked: list[tuple[float, str]] = field(default_factory=list)
    flaps: int = 0
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """One request."""
        self.asked.append((time.monotonic(), request.path_qs))
        if request.path == "/robots.txt":
            return web.Response(text=self.robots)
        if request.path == "/flaps" and self.flaps:
            self.flaps -= 1
            return web.Response(status=503)
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        if request.path == "/gone":
            return web.Response(status=404)
        return web.Response(text=f"body of {request.path}")

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for _, path in self.asked]


@pytest.fixture
async def site():
    made = Site()
    app = web.Application()
    app.router.add_get("/{tail:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


def plan_for(site: Site, delay: float = 0.0) -> RoundPlan:
    plain = RoundPlan(name="R1", units=(), delay=delay, retry_delays=(0.05,), lease_seconds=5.0)
    return errand_plan(plain, seeds=[site.url])


@dataclass
class Keeper:
    """Keeps replies; `then` says what follows a path."""

    then: dict[str, list[str]] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)

    async def handle(self, reply: Reply) -> list[str]:
        """Keep one."""
        path = reply.key.partition("//")[2].partition("/")[2]
        self.replies[path] = reply
        return self.then.get(path, [])


async def test_each_is_asked_once_and_leads_on(fresh_redis_url, site) -> None:
    """Seeds, what they lead to, and nothing twice; answers, redirects and failures come as such."""
    keeper = Keeper({"a": [f"{site.url}/b", f"{site.url}/a"]})
    async with errands(fresh_redis_url, "R1:x", plan_for(site)) as queue:
        await queue.seed([f"{site.url}/{path}" for path in ("a", "moved", "gone", "flaps")])
        site.flaps = 1
        progress = await Runner(queue, plan_for(site), keeper.handle).run()
    assert sorted(site.paths) == ["/a", "/b", "/flaps", "/flaps", "/gone", "/moved", "/robots.txt"]
    assert keeper.replies["b"].capture.body == b"body of /b"
    assert keeper.replies["moved"].target == f"{site.url}/elsewhere"
    assert keeper.replies["gone"].reason is FailureReason.HTTP_4XX
    assert keeper.replies["flaps"].status == 200
    assert (progress.asked, progress.failed, progress.left) == (5, 1, 0)


async def test_a_host_is_asked_at_its_pace_and_by_its_rules(fresh_redis_url, site) -> None:
    """One at a time, the delay apart; what robots.txt bars is told and not asked for, unless the host is an interface."""
    site.robots = "User-agent: *\nDisallow: /private"
    keeper = Keeper()
    plan = plan_for(site, delay=0.1)
    async with errands(fresh_redis_url, "R1:x", plan) as queue:
        await queue.seed([f"{site.url}/{path}" for path in ("1", "2", "3", "private/4")])
        await Runner(queue, plan, keeper.handle).run()
    times = [at for at, _ in site.asked]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.1
    assert "/private/4" not in site.paths
    assert keeper.replies["private/4"].barred
    async with errands(fresh_redis_url, "R1:y", plan) as queue:
        await queue.seed([f"{site.url}/private/4"])
        await Runner(queue, plan, keeper.handle, heeded=lambda _host: False).run()
    assert site.paths[-1] == "/private/4"


async def test_a_cancelled_run_is_gone_on_with(fresh_redis_url, site) -> None:
    """What was handled is not asked again; the rest is, in the next run."""
    keeper = Keeper()
    plan = plan_for(site, delay=0.05)
    urls = [f"{site.url}/{n}" for n in range(8)]
    async with errands(fresh_redis_url, "R1:x", plan) as queue:
        await queue.seed(urls)
        first = asyncio.create_task(Runner(queue, plan, keeper.handle).run())
        while len(keeper.replies) < 3:
            await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    before = set(keeper.replies)
    async with errands(fresh_redis_url, "R1:x", plan) as queue:
        await Runner(queue, plan, keeper.handle).run()
    assert set(keeper.replies) == {str(n) for n in range(8)}
    assert all(site.paths.count(f"/{path}") == 1 for path in before)


async def test_an_errand_whose_answer_kills_is_quarantined(fresh_redis_url, site) -> None:
    """The run that handles it dies, three times."""
    plan, reasons = plan_for(site), []
    async with errands(fresh_redis_url, "R1:x", plan) as queue:

        async def handle(reply: Reply) -> list[str]:
            reasons.append(reply.reason)
            for each in await queue.standing() if reply.reason is None else ():
                await queue.release_worker(each.worker)
            return []

        await queue.seed([f"{site.url}/kills"])
        await Runner(queue, plan, handle).run()
    assert reasons == [None, None, None, FailureReason.POISON]


async def test_a_bad_answer_ends_the_run_and_loses_nothing(fresh_redis_url, site) -> None:
    """The caller hears of it at once; the errand is still in the queue."""

    async def refuse(_reply: Reply) -> list[str]:
        raise BadAnswer("not JSON")

    plan = plan_for(site)
    async with errands(fresh_redis_url, "R1:x", plan) as queue:
        await queue.seed([f"{site.url}/a"])
        with pytest.raises(BadAnswer):
            await Runner(queue, plan, refuse).run()
        counts = await queue.counts()
    assert (counts.found, counts.queued, counts.stored, counts.difference) == (1, 1, 0, 0)


async def test_a_run_that_waits_says_for_whom(fresh_redis_url, site, monkeypatch) -> None:
    """While nothing ends it is told again and again: the host, and that something will be tried later."""
    monkeypatch.setattr("crawler.channels.errands.TELL_SECONDS", 0.05)
    plan = plan_for(site).model_copy(update={"retry_delays": (0.6,)})
    told: list[tuple[tuple[str, ...], bool]] = []
    async with errands(fresh_redis_url, "R1:x", plan) as queue:
        await queue.seed([f"{site.url}/flaps"])
        site.flaps = 1
        runner = Runner(queue, plan, Keeper().handle)
        runner.report = lambda one: told.append((one.hosts, one.waiting is not None))
        await runner.run()
    assert ((site.url.removeprefix("http://"),), True) in told
