"""The static readers against real Chromium: the same list, read without its scripts and turned page by page in a browser."""

from __future__ import annotations

import asyncio
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.async_api import Page, async_playwright

from cleaning.page import LinkKind
from cleaning.read import read
from crawler.frontier.contract import Grant, Lease, Via
from crawler.items import Capture
from crawler.list_desk import ListDesk, Posted
from tests.crawler.sites.scripted import Asked, Wire, serving
from tests.crawler.sites.systems import LISTS, Lists

LIST = Lists(8)
STATIC = ("trs", "jcms", "vsb", "vsb-servlet", "aspnet")


class Shelf:
    """What the crawler keeps of forms, in memory: `ListDesk` asks for nothing else here."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str]] = {}

    async def keep_list(self, _round: str, name: str, fields: dict[str, str]) -> None:
        """Keep it."""
        self.kept[name] = fields

    async def kept_list(self, _round: str, name: str) -> dict[str, str] | None:
        """Give it back."""
        return self.kept.get(name)


async def script(question: Asked, wire: Wire) -> None:
    """All lists on one site."""
    await LIST.answer(question, wire, STATIC)


def get(url: str, posted: Posted | None) -> Capture:
    """What the server answers."""
    request = Request(posted.address if posted else url, data=posted.body if posted else None)
    try:
        with urlopen(request, timeout=10) as answer:
            body, kind = answer.read(), answer.headers["Content-Type"]
    except HTTPError as error:
        pytest.fail(f"{url}: {error}")
    return Capture(url, 200, (("Content-Type", kind),), body, body, None, Via.HTTP, 0.0, 0.0, "")


async def read_statically(origin: str, system: str) -> set[str]:
    """Articles of the list that the static readers reach: its first page, and each page its pager names, once."""
    desk = ListDesk("r", Shelf())  # type: ignore[arg-type]
    waiting: list[str] = [origin + LISTS[system]]
    seen: set[str] = set()
    found: set[str] = set()
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        capture = await asyncio.to_thread(get, url, await desk.posted(url))
        reading = read(capture.body, url, content_type=capture.headers[0][1])
        reading = await desk.read(Lease("t-1", Grant.PAGE, "h", url, url), capture, reading)
        for link in reading.links:
            if link.kind is LinkKind.PAGER or urlsplit(link.url).path.startswith(("/vsb/", "/list.jsp")):
                waiting.append(link.url)
            else:
                found.add(link.url.removeprefix(origin))
    assert len(seen) <= LIST.pages + 1  # a servlet names its first page otherwise on the others
    return found & LIST.all


async def turned_in_a_browser(page: Page, origin: str, system: str) -> set[str]:
    """Articles that stand in the document while somebody turns every page."""
    await page.goto(origin + LISTS[system])
    found: set[str] = set()
    for number in range(LIST.pages):
        hrefs = await page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
        found |= {href.removeprefix(origin) for href in hrefs}
        if number + 1 == LIST.pages:
            break
        if await page.locator("#next").count():
            await page.click("#next")
            await page.wait_for_selector(f"body[data-page='{number + 1}']")
        else:
            await page.click(f"a.turn:text-is('{number + 2}')")
    return found & LIST.all


@pytest.mark.parametrize("system", STATIC)
async def test_static_reader_equals_the_browser(system: str, browser_path: str, browser_args: tuple[str, ...]) -> None:
    """Each finds every article of a list of eight pages, and nothing else."""
    with serving(script) as site:
        origin = f"http://127.0.0.1:{site.port}"
        static = await read_statically(origin, system)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path or None, args=list(browser_args))
            page = await browser.new_page()
            drawn = await turned_in_a_browser(page, origin, system)
            await browser.close()
    assert static == drawn == LIST.articles(system)
