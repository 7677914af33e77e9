"""What one worker makes of what is known of traps: which pages it need not ask for, and which it must all the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cleaning.mirrors import Alias
from cleaning.patterns import minted_of
from cleaning.read import read
from crawler.frontier.contract import Grant, Lease
from crawler.frontier.redis import RedisFrontier
from crawler.trap_watch import TrapWatch, short
from tests.crawler.conftest import plan_of

Opened = Callable[..., Awaitable[RedisFrontier]]
SEED = "http://jiu.a.example/sy.html"
FIRST, COPY = (f"http://a.example/fw/page2.jsp?vt={token}" for token in ("571363e4b1cf", "9c0d41e7aa25"))
TEXT = "<p>市人民政府办公室关于印发办事指南的通知，请各单位遵照执行。</p>" * 8


def lease(key: str) -> Lease:
    """A grant of a page."""
    return Lease("e-1", Grant.PAGE, key.removeprefix("http://").partition("/")[0], key, key)


def watch_of(frontier: RedisFrontier) -> TrapWatch:
    """A worker that has just begun, in a round whose second seed lies under the mirror."""
    return TrapWatch(frontier.traps, plan_of(frontier.round_name, seeds=("http://www.a.example/", SEED)))


async def told(frontier: RedisFrontier, places: Alias, pages: int) -> None:
    """So many pages under both places agree."""
    for number in range(pages):
        for mirrored in (False, True):
            await frontier.traps.alike(places, str(number), mirrored=mirrored, text=number)


async def test_pages_under_a_mirror_are_not_asked_for(open_round: Opened) -> None:
    """But for seeds, pages that were released, and places that too little speaks of as yet."""
    frontier = await open_round()
    await told(frontier, Alias("jiu.a.example", "a.example"), 6)
    await told(frontier, Alias("wap.a.example", "a.example"), 5)
    page = lease("http://jiu.a.example/x/1.html")
    assert await watch_of(frontier).mirrored(page) == "http://a.example/x/1.html"
    assert await watch_of(frontier).mirrored(lease(SEED)) == ""
    assert await watch_of(frontier).mirrored(lease("http://wap.a.example/x/1.html")) == ""
    assert await watch_of(frontier).mirrored(lease("http://a.example/x/1.html")) == ""
    await frontier.traps.unlike([short(page.key)])
    assert await watch_of(frontier).mirrored(page) == ""


async def session_mark(frontier: RedisFrontier) -> str:
    """`vt` is known to be one: the page was read first at `FIRST`, then under two other marks."""
    minted = minted_of(FIRST)
    assert minted is not None
    for number, page in enumerate((short(FIRST), "2", "3")):
        await frontier.traps.minted(minted.slot, [short(minted.bare), "70", page, f"10{number}"], [f"20{number}"])
    return minted.slot


async def test_a_page_read_under_another_mark_is_not_asked_for(open_round: Opened) -> None:
    """The one that was read first may be asked for again, and a page that was released too."""
    frontier = await open_round()
    assert await watch_of(frontier).refuses(lease(COPY)) == ""
    slot = await session_mark(frontier)
    assert await watch_of(frontier).refuses(lease(COPY)) == slot
    assert await watch_of(frontier).refuses(lease(FIRST)) == ""
    assert await watch_of(frontier).refuses(lease(COPY.replace("page2", "page3"))) == "", "not read yet"
    await frontier.traps.unlike([short(COPY)])
    assert await watch_of(frontier).refuses(lease(COPY)) == ""


async def test_links_to_what_was_read_under_another_mark_are_cut(open_round: Opened) -> None:
    """Not the link to the page as it was read: where that is wanted again, it has to be found."""
    frontier = await open_round()
    slot = await session_mark(frontier)
    other = COPY.replace("page2", "page3")
    links = "".join(f"<a href='{url}'>办事</a>" for url in (FIRST, COPY, other))
    page = lease("http://a.example/index.html")
    reading = read(f"<html><title>首页</title><body>{TEXT}{links}</body></html>".encode(), page.url)
    assert (await watch_of(frontier).seen(page, reading)).sessions == {COPY: slot}
