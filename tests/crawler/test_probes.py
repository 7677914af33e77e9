"""Probes: when a host is asked for an address that does not exist, and what its answer may say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from cleaning.read import read
from cleaning.soft404 import print_of
from crawler.frontier.contract import End, Grant, Lease, Via
from crawler.frontier.probes import Print
from crawler.frontier.redis import RedisFrontier
from crawler.items import Capture
from crawler.probe_desk import ProbeDesk
from crawler.probes import MOST_HOPS, Answered, Likes, Probed, is_error
from crawler.robots_desk import RobotsDesk
from tests.crawler.conftest import granted, link, plan_of

URL = "http://a.cn/cf0123456789abcdef.html"
GONE = "您要找的东西搬走了，请从首页重新找起。"


def record(path: str, text: str = GONE, **changes: object) -> dict[str, object]:
    """What is compared of a stored page."""
    made = {"key": f"http://a.cn{path}", "host": "a.cn", "title": "提示", "site_title": "某县", "text": text}
    return made | {"media": "html", "depth": 2, "page_type": "other"} | changes


def found(text: str = GONE, target: str = "") -> Print:
    """The print of such an answer."""
    return Print(URL, print_of(URL, "提示", "某县", text), target)


def likes(*records: dict[str, object]) -> Likes:
    """Compared one after the other."""
    counted = Likes()
    for one in records:
        counted.add(found(), one)
    return counted


REAL = [record(f"/w{n}.html", f"{chr(0x4E00 + n)}乡的水渠修好了") for n in range(3)]


@pytest.mark.parametrize(
    "door",
    [record("/"), record("/index.html", depth=0), record("/sy.html", page_type="home")],
    ids=["root", "seed", "home"],
)
def test_an_answer_like_a_door_of_the_site_says_nothing(door) -> None:
    """Whatever unknown addresses lead to, the home page is no error."""
    assert likes(*REAL, record("/x.html")).telling
    assert not likes(*REAL, door).telling


def test_an_answer_like_most_pages_says_nothing() -> None:
    """Half may be errors, more may not; documents are not asked."""
    alike = [record(f"/x{n}.html") for n in range(4)]
    assert likes(*REAL, *alike[:3]).telling
    assert not likes(*REAL, *alike).telling
    assert likes(*REAL, *alike[:3], record("/a.pdf", media="attachment")).alike == 3


def test_where_a_redirect_leads_may_be_a_page_of_its_own() -> None:
    """A log-in page that all unknown addresses lead to is no error; the same under another address is."""
    led = found(target="http://a.cn/login.html")
    assert not is_error(led, record("/login.html"))
    assert is_error(led, record("/login.html?from=x"))


async def store_pages(frontier, number: int, ending: str = ".jsp") -> None:
    """So many pages of one host are stored; a few of them have no ending or are documents."""
    home = (await granted(frontier, want=1))[0]
    names = [link(f"http://a.example/p{n}{ending if n % 4 else '.pdf' if n % 8 else ''}") for n in range(number - 1)]
    offered = await frontier.offer(home, names, out_of_scope=0, cut=0)
    await frontier.ack(home, End.STORED, depth=offered.depth)
    for _ in range(number - 1):
        (lease,) = (await frontier.claim("w", 1, 0)).leases
        await frontier.ack(lease, End.STORED, depth=lease.depth)


async def test_a_host_is_asked_once_after_fifty_pages(open_round) -> None:
    """Not sooner, though nothing else is left to do; the round is not at rest before; the address ends as its pages do."""
    frontier = await open_round()
    await store_pages(frontier, 49)
    assert (await frontier.counts()).at_rest
    await frontier.seed(["http://a.example/one.jsp"])
    (last,) = (await frontier.claim("w", 1, 0)).leases
    await frontier.ack(last, End.STORED, depth=0)
    assert not (await frontier.counts()).at_rest
    claim = await frontier.claim("w", 9, 0)
    (probe,) = claim.leases
    assert (probe.grant, claim.at_rest) == (Grant.PROBE, False)
    assert probe.url.startswith("http://www.a.example/cf")
    assert probe.url.endswith(".jsp")
    assert (await frontier.claim("w", 9, 0)).leases == ()
    assert await frontier.probes.again(probe, "http://www.a.example/sorry.jsp")
    (led,) = (await frontier.claim("w", 9, 0)).leases
    assert (led.key, led.url, led.attempts) == (probe.key, "http://www.a.example/sorry.jsp", 1)
    assert await frontier.probes.done(led, Print(led.key, 2**55, links=("http://a.example/",)))
    assert not await frontier.probes.done(led, None), "the lease stands no more"
    counts = await frontier.counts()
    assert (counts.at_rest, counts.found, counts.stored, counts.difference) == (True, 50, 50, 0)
    assert await frontier.probes.of("a.example") == Print(probe.key, 2**55, links=("http://a.example/",))
    await frontier.requeue("http://a.example/p3.jsp", End.STORED)
    (page,) = (await frontier.claim("w", 9, 0)).leases
    assert page.soft, "its host has a print"
    await frontier.ack(page, End.STORED, depth=1)
    assert (await frontier.claim("w", 9, 0)).at_rest, "once a round"


class Shelf:
    """What the desk keeps of a round, whose host has no pages yet."""

    def __init__(self) -> None:
        self.kept: list[Probed] = []

    async def keep_probe(self, _round_name: str, probed: Probed) -> None:
        """Keep it."""
        self.kept.append(probed)

    async def first_pages(self, _round_name: str, _host: str) -> list[dict[str, object]]:
        """None."""
        return []


PROBE = Lease("e-1", Grant.PROBE, "a.example", "http://a.example/cf01.html", "http://www.a.example/cf01.html")
SHELL = "<html><head><title>页</title></head><body><div id=app>正在加载数据</div><script>fetch('/api').then(fill)</script></body></html>"


async def probing(open_round: Callable[..., Awaitable[RedisFrontier]], robots: str = "") -> tuple[ProbeDesk, Shelf]:
    """A desk, its host's robots.txt read."""
    frontier, shelf = await open_round(), Shelf()
    (lease,) = (await frontier.claim("w", 1, 0)).leases
    await frontier.robots_done(lease, robots, 0.0, alive=True)
    plan = await frontier.plan()
    return ProbeDesk(frontier, plan, shelf, RobotsDesk(frontier, plan)), shelf  # type: ignore[arg-type]


async def test_an_address_that_must_not_be_asked_for_is_not(open_round) -> None:
    """Barred by robots.txt, or of a host that has been given up: the probe is over."""
    free, kept = await probing(open_round)
    assert not await free.refused(PROBE)
    assert kept.kept == []
    given_up = replace(PROBE, host_failures=plan_of("r").breaker_gives_up)
    assert await free.refused(given_up)
    assert [one.answered for one in kept.kept] == [Answered.FAILED]


async def test_robots_bar_a_made_up_address_too(open_round) -> None:
    """As any other."""
    barred, kept = await probing(open_round, "User-agent: *\nDisallow: /cf")
    assert await barred.refused(PROBE)
    assert [one.answered for one in kept.kept] == [Answered.BARRED]


@pytest.mark.parametrize(
    ("status", "headers", "body", "hops", "answered"),
    [
        (404, {}, "", 0, Answered.HONEST),
        (503, {}, "", 0, Answered.FAILED),
        (302, {"location": "http://b.example/sorry.html"}, "", 0, Answered.FAILED),
        (302, {"location": "/"}, "", 0, Answered.SAME),
        (302, {"location": "/sorry.html"}, "", 0, None),
        (302, {"location": "/sorry.html"}, "", MOST_HOPS, Answered.FAILED),
        (200, {"content-type": "text/html"}, SHELL, 0, Answered.MUTE),
        (200, {"content-type": "text/html"}, f"<title>提示</title><p>{GONE}</p>", 0, Answered.SOFT),
    ],
)
async def test_what_an_answer_to_a_made_up_address_says(open_round, status, headers, body, hops, answered) -> None:
    """Another host is never asked for it; a shell says the same for every address; None: it is asked once more."""
    desk, shelf = await probing(open_round)
    came = body.encode()
    capture = Capture(PROBE.url, status, tuple(headers.items()), came, came, None, Via.HTTP, 0.0, 0.0, "")
    await desk.answered(replace(PROBE, attempts=hops), capture)
    assert [one.answered for one in shelf.kept] == ([answered] if answered else [])


async def test_a_page_that_answers_as_the_made_up_address_is_told(open_round) -> None:
    """But for the page that unknown addresses lead to; documents and hosts without a print are not compared."""
    desk, _ = await probing(open_round)
    frontier = await open_round()
    target, other = "http://a.example/login.html", "http://a.example/x.html"
    html = f"<title>提示</title><p>{GONE}</p>".encode()
    page = read(html, other, content_type="text/html")
    like = Print(PROBE.key, print_of(other, page.title, page.site_title, page.text), target)
    await frontier.probes.restore([("a.example", like)])
    lease = replace(PROBE, grant=Grant.PAGE, key=other, url=other, soft=True)
    assert await desk.like(lease, page) == like
    assert await desk.like(replace(lease, key=target), page) is None
    assert await desk.like(replace(lease, soft=False), page) is None


async def test_a_probe_that_kills_its_workers_is_let_go(open_round) -> None:
    """After three deaths over its answer the host is without a print, and the round ends; one given back between counts for none."""
    frontier = await open_round()
    await store_pages(frontier, 50)
    for death in range(4):
        (probe,) = (await frontier.claim(f"w{death}", 9, 0)).leases
        assert probe.grant is Grant.PROBE
        assert await frontier.stage(probe, safe=False)
        if death == 1:
            assert await frontier.give_back(probe)
        else:
            assert await frontier.release_worker(f"w{death}") == 1
    assert (await frontier.claim("w", 9, 0)).at_rest
    assert (await frontier.counts()).difference == 0
    assert await frontier.probes.of("a.example") is None
