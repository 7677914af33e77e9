"""Trials of the browser's handler under Scrapy's reactor: `python -m tests.crawler.browser_program PORT BROWSER`.

Prints one JSON object, trial → what came of it.  A process of its own: the handler wants the reactor, and tests keep none.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from scrapy.utils.reactor import install_reactor
from scrapy.utils.test import get_crawler

from crawler.errors import BrowserGone, CrawlerError, LeaseLapsed
from crawler.fetch import browser as browsers
from crawler.fetch.browser import BrowserHandler
from crawler.fetch.pool import open_slot
from crawler.fetch.visit import Visit
from tests.crawler.sites.crawling import plan_of

A, B = "a.test", "b.test"
DRAWN = "drawn by the script"
NAVIGATION_MS = 8_000.0
NEVER = (10**12, 10**12, 10**6)  # the bounds of memory, and visits between looks: nothing is too large


async def granted() -> None:
    """Every lease stands."""


async def lapsed() -> None:
    """None does."""
    raise LeaseLapsed("too late")


def of_the_browser(mark: str) -> list[psutil.Process]:
    """Processes below this one with a word in their command line."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if mark in one.cmdline() and not any(word.startswith("--type=") for word in one.cmdline()):
                found.append(one)
    return found


class Trial:
    """A handler of two places over the site."""

    def __init__(self, port: int, executable: str) -> None:
        self.plan = plan_of("browser", port, A, B, browser_pages=2)
        self.handler = BrowserHandler(get_crawler(), self.plan, executable)
        self.last: Visit | None = None

    async def visit(self, url: str, asks: Callable[[], Awaitable[None]] = granted, *, challenged: bool = False) -> str:
        """The page as drawn, or the kind of error it ended with."""
        visit = self.last = Visit(self.plan, url, url, challenged=challenged)
        try:
            await self.handler.visit(url.split("/")[2], visit, asks)
        except CrawlerError as error:
            return type(error).__name__
        return DRAWN if DRAWN in visit.dom else visit.dom

    async def again(self, url: str) -> str:
        """The same, asked for again where the browser ended, as the frontier does."""
        while (came := await self.visit(url)) == BrowserGone.__name__:
            pass
        return came

    def kill(self) -> None:
        """Chromium."""
        for one in of_the_browser("--remote-debugging-pipe"):
            one.kill()


async def ends_while_a_page_is_opened(trial: Trial) -> list[str]:
    """The call is never answered, and the next browser lives before anybody could notice."""
    hangs = asyncio.Event()

    async def unanswered(*given: Any) -> Any:
        if not hangs.is_set():
            hangs.set()
            await asyncio.Event().wait()
        return await open_slot(*given, navigation_ms=NAVIGATION_MS)

    trial.handler._pages._open = unanswered  # type: ignore[assignment]
    opening = asyncio.create_task(trial.visit(f"http://{A}/1"))
    await hangs.wait()
    trial.kill()
    return [await trial.again(f"http://{B}/2"), await opening]


async def ends_while_pages_are_visited(trial: Trial) -> list[str]:
    """Two pages are open, a third waits for a place."""
    await trial.visit(f"http://{A}/0")
    visits = [asyncio.create_task(trial.again(f"http://{host}/{number}")) for number, host in enumerate((A, B, A))]
    while len(trial.handler._pages._busy) < 2:
        await asyncio.sleep(0.01)
    trial.kill()
    return list(await asyncio.gather(*visits))


async def ends_while_it_starts(trial: Trial) -> list[str]:
    """Twice, and the third start is whole; then every time, and that is soon taken for a browser that cannot start."""
    real = trial.handler.config.launch_options["executable_path"]
    with TemporaryDirectory() as folder:
        starts = Path(folder) / "starts"
        launcher = Path(folder) / "launcher"
        launcher.write_text(f'#!/bin/sh\necho >> {starts}\n[ $(wc -l < {starts}) -gt 2 ] || exit 1\nexec {real} "$@"\n')
        launcher.chmod(0o755)
        trial.handler.config.launch_options["executable_path"] = str(launcher)
        came = [await trial.visit(f"http://{A}/{number}") for number in range(3)]
        launcher.write_text("#!/bin/sh\nexit 1\n")
        trial.kill()
        while trial.handler._alive:
            await asyncio.sleep(0.01)
        return came + [await trial.visit(f"http://{A}/{number}") for number in range(3)]


async def ends_with_the_same_page_each_time(trial: Trial) -> list[str]:
    """It is to be had again so often, and then taken for the cause; another page is not."""
    came = []
    for _ in range(browsers.MOST_DEATHS + 1):
        visit = asyncio.create_task(trial.visit(f"http://{A}/deadly"))
        while not trial.handler._pages._busy:
            await asyncio.sleep(0.01)
        trial.kill()
        came.append(await visit)
    return [*came, await trial.again(f"http://{A}/0")]


async def a_page_is_too_large(trial: Trial) -> list[str]:
    """Its bytes are more than the plan allows; the next one is read."""
    return [await trial.visit(f"http://{A}/large"), await trial.visit(f"http://{A}/0")]


async def the_same_page_is_asked_for_under_a_fragment(trial: Trial) -> list[str]:
    """The browser would stay where it is: no answer would come."""
    return [await trial.visit(f"http://{A}/same"), await trial.visit(f"http://{A}/same#second")]


async def challenges_that_want_more_than_they_may(trial: Trial) -> list[Any]:
    """One asks for itself for ever; one for another page, which becomes a link."""
    await trial.visit(f"http://{A}/loops", challenged=True)
    await trial.visit(f"http://{A}/leads-away", challenged=True)
    assert trial.last is not None
    return list(trial.last.found)


async def pages_grow_too_large(trial: Trial) -> list[Any]:
    """Every page is replaced, with visits under way."""
    browsers.MEMORY, browsers.LOOK_EVERY = 1, 1  # type: ignore[misc]  # too large at every look
    came, slots = [], set()
    for number in range(3):
        came += await asyncio.gather(trial.visit(f"http://{A}/{number}"), trial.visit(f"http://{B}/{number}"))
        slots |= set(trial.handler._pages._idle)
    return [came, len(slots) > 2 and all(slot.page.is_closed() for slot in slots - set(trial.handler._pages._idle))]


async def the_browser_grows_too_large(trial: Trial) -> list[Any]:
    """It is started again, once, when no page is open in it; others wait for it meanwhile."""
    browsers.BROWSER_MEMORY, browsers.LOOK_EVERY = 1, 4  # type: ignore[misc]
    came = await asyncio.gather(*(trial.again(f"http://{(A, B)[number % 2]}/{number}") for number in range(6)))
    came.append(await trial.again(f"http://{A}/6"))
    return [came, trial.handler.stats.get_value("playwright/browser_count")]


async def its_driver_ends(trial: Trial) -> list[str]:
    """The program between us and the browser: another is started with the next page."""
    await trial.visit(f"http://{A}/0")
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if one.name().startswith("node"):
                one.kill()
    return [await trial.again(f"http://{A}/1"), await trial.again(f"http://{B}/1")]


async def a_lease_lapses_while_it_waits(trial: Trial) -> list[str]:
    """Asked once there is a place, and nothing is requested."""
    return [await trial.visit(f"http://{A}/late", lapsed), await trial.visit(f"http://{A}/in-time")]


TRIALS = (
    ends_while_a_page_is_opened,
    ends_while_pages_are_visited,
    ends_while_it_starts,
    ends_with_the_same_page_each_time,
    a_page_is_too_large,
    the_same_page_is_asked_for_under_a_fragment,
    challenges_that_want_more_than_they_may,
    pages_grow_too_large,
    the_browser_grows_too_large,
    its_driver_ends,
    a_lease_lapses_while_it_waits,
)


async def main(port: int, executable: str) -> dict[str, Any]:
    """Every trial, each with a handler of its own; what is left behind at the end."""
    came: dict[str, Any] = {}
    for trial in TRIALS:
        subject = Trial(port, executable)
        browsers.MEMORY, browsers.BROWSER_MEMORY, browsers.LOOK_EVERY = NEVER  # type: ignore[misc]
        try:
            async with asyncio.timeout(60):
                came[trial.__name__] = await trial(subject)
        except TimeoutError:
            came[trial.__name__] = "did not end"
        await subject.handler.close()
    await asyncio.sleep(0.5)
    left = [one.name() for one in psutil.Process().children(recursive=True)]
    return came | {"left": left}


if __name__ == "__main__":
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    loop = reactor._asyncioEventloop  # type: ignore[attr-defined]
    sys.stdout.write(json.dumps(loop.run_until_complete(main(int(sys.argv[1]), sys.argv[2]))))
