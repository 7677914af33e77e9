"""The browser: scrapy-playwright's handler keeps it and its contexts; pages come from our pool, and a visit loads them.

scrapy-playwright's own way with a page routes every request through Python, asks for all headers of every answer and
closes the page behind it; what that costs, and what this costs: benchmarks/render_cost.py.  Hosts outside the plan
cannot be reached from inside the browser at all: it is sent to a dead proxy for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import psutil
from playwright.async_api import Browser, BrowserContext
from playwright.async_api import Error as PlaywrightError
from scrapy.crawler import Crawler
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.errors import BrowserFailed, BrowserGone, FetchError, NoBrowser, ProxyAway, TimedOut
from crawler.fetch.addresses import browser_arguments, reachable
from crawler.fetch.loads import Libraries
from crawler.fetch.pool import CLOSED, BrowserOver, Pool, Slot
from crawler.fetch.relay import Relay
from crawler.fetch.visit import Visit, script
from crawler.plan import RoundPlan

HAND_OUT_SECONDS: Final = 15.0  # beyond the page's own limit: answer, headers and DOM handed out
MOST_DEATHS: Final = 5  # of the browser while one page is open, before that page is taken for the cause
KNOWN_DEATHS: Final = 1_000  # pages these are remembered for
CLOSE_SECONDS: Final = 20.0  # tenths of a second; a browser that is ending anyway may leave the call without answer
LOOK_SECONDS: Final = 10.0
LOOK_EVERY: Final = 20  # visits between two looks at the browser's memory
MEMORY: Final = 1_500_000_000  # bytes of all renderers: 4 pages of 30 visits stay below 1 GB on small pages
BROWSER_MEMORY: Final = 600_000_000  # bytes of the main process, which begins with 100 MB
HEAP_MEGABYTES: Final = 768  # of a page's scripts; one that wants more has crashed, and costs itself alone
# Of Chromium's features: the first saves the frame, and the view behind it, that each document of a host would get of its own,
# an eighth of a visit (benchmarks/render_cost.py).  The others Playwright 1.65 turns off too: of a switch given twice
# Chromium takes the last.
WITHOUT: Final = (
    "RenderDocument",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch", "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning", "msEdgeUpdateLaunchServicesPreferredVersion", "msForceBrowserSignIn",
)  # fmt: skip
DRIVER_GONE: Final = "Connection closed"  # Playwright's words where its driver has ended, and not the browser
MOST_STARTS: Final = 3  # that end before they are whole, one after another, until no browser is taken to start here
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--mute-audio",
    "--block-new-web-contents", "--disable-remote-fonts", "--blink-settings=imagesEnabled=false",
    f"--disable-features={','.join(WITHOUT)}", f"--js-flags=--max-old-space-size={HEAP_MEGABYTES}",
)  # fmt: skip

log = logging.getLogger(__name__)


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """scrapy-playwright's handler, configured by the round's plan and started by the first page that needs it."""

    browser: Browser

    def __init__(self, crawler: Crawler, plan: RoundPlan, executable: str) -> None:
        super().__init__(crawler)
        self._plan = plan
        self.config.launch_options = {
            "args": [
                *ARGUMENTS,
                *([] if plan.proxy else browser_arguments(plan)),
            ],
            **({"executable_path": executable} if executable else {}),
        }
        self._started: asyncio.Task[None] | None = None
        self._relay: Relay | None = None
        self._seconds = plan.limits.browser_seconds + HAND_OUT_SECONDS
        navigation = plan.limits.browser_seconds * 1000
        self._pages = Pool(
            plan.browser_pages, self._context_of, self._close_context, self._look_for_browser, navigation
        )
        self._opening = asyncio.Lock()
        self._deaths: OrderedDict[str, int] = OrderedDict()
        self._starts_ended = 0  # since one was whole
        self._visits = 0
        self._libraries = Libraries()
        self._renewing = asyncio.Lock()
        self._too_large = False
        self._closing = False

    async def visit(self, host: str, visit: Visit, granted: Callable[[], Awaitable[None]]) -> None:
        """Load one page; raises FetchError subclasses only, `granted`'s among them, which is asked once there is a place."""
        if self._started is None:
            self._started = asyncio.create_task(self._start())
        try:
            await self._started
            visit.loads.libraries = self._libraries
            async with self._renewing:
                await self._renewed()
            async with self._pages.page(host, visit) as slot:
                await granted()
                await self._within(slot, visit)
            await self._look()
        except PlaywrightError as error:
            raise self._told(visit, error) from error
        except FetchError as error:
            if not self._alive and not isinstance(error, NoBrowser):
                raise self._told(visit, error) from error
            raise
        self._deaths.pop(visit.url, None)

    async def _start(self) -> None:
        if self._plan.proxy:
            self._relay = Relay(self._plan.proxy, reachable(self._plan))
            await self._relay.start()
            self.config.launch_options["args"] += browser_arguments(self._plan, self._relay.port)
        await self._maybe_launch_in_thread()

    async def _within(self, slot: Slot, visit: Visit) -> None:
        """A busy script answers no question of ours, not even for the DOM: every wait together has an end."""
        try:
            async with slot.life.limit(self._seconds):
                await visit.run(slot.page, slot.session)
        except TimeoutError as error:
            message = f"the browser did not hand out the page within {self._seconds:.0f} s"
            raise TimedOut(message) from error

    def _told(self, visit: Visit, error: Exception) -> FetchError:
        """Whose fault it was: the page's, or that of a browser that died with it open."""
        text = _first_line(error)
        if isinstance(error, BrowserOver) or not self._alive:
            deaths = self._deaths[visit.url] = self._deaths.pop(visit.url, 0) + 1
            if len(self._deaths) > KNOWN_DEATHS:
                self._deaths.popitem(last=False)
            if deaths <= MOST_DEATHS:
                return BrowserGone(f"the browser ended with this page open: {text}")
            return BrowserFailed(f"the browser ended {deaths} times with this page open")
        if self._relay is not None and self._relay.away:
            return ProxyAway(f"the browser does not get past {self._plan.proxy}: {text}")
        return TimedOut(text) if "Timeout" in text else BrowserFailed(text)

    # -- the browser and its contexts --------------------------------------------------------------------------------

    @property
    def _alive(self) -> bool:
        browser = getattr(self, "browser", None)
        return browser is not None and browser.is_connected()

    async def _context_of(self, host: str, cookie: str) -> BrowserContext:
        """The context of a host; new ones begin with the cookies earned before."""
        async with self._opening:
            kept = self.context_wrappers.get(host)
            if kept is not None:
                return kept.context  # type: ignore[no-any-return]
            if hasattr(self, "browser") and not self._alive:
                await self._browser_disconnected_callback()
            try:
                made = await self._create_browser_context(
                    host,
                    {
                        "user_agent": self._plan.user_agent,
                        "ignore_https_errors": True,
                        "locale": "zh-CN",
                        "service_workers": "block",
                        "accept_downloads": False,
                    },
                )
            except (PlaywrightError, RuntimeError) as error:  # RuntimeError: the driver's pipe is closed
                if not hasattr(self, "browser") and isinstance(error, PlaywrightError):
                    self._not_started(error)
                await self._leave()
                raise BrowserOver(_first_line(error)) from error
            self._starts_ended = 0
            await made.context.add_init_script(script("watch"))
            if cookie:
                await made.context.add_cookies(_cookies(cookie, host))
            return made.context  # type: ignore[no-any-return]

    def _not_started(self, error: PlaywrightError) -> None:
        """Raises NoBrowser for what cannot be started, BrowserOver for what ended while it was (killed, out of memory)."""
        if DRIVER_GONE in str(error):
            return
        self._starts_ended += 1
        if CLOSED in str(error) and self._starts_ended < MOST_STARTS:
            raise BrowserOver(_first_line(error)) from error
        raise NoBrowser(f"no browser could be started: {_first_line(error)}") from error

    async def _close_context(self, host: str) -> None:
        kept = self.context_wrappers.pop(host, None)
        if kept is not None and self._alive:
            with contextlib.suppress(PlaywrightError):
                await kept.context.close()

    async def _look_for_browser(self) -> None:
        """A browser whose driver has ended says of itself that it is connected; it answers nothing."""
        browser = getattr(self, "browser", None)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                if browser is not None:
                    await (await browser.new_browser_cdp_session()).detach()
        except (TimeoutError, PlaywrightError):
            if browser is getattr(self, "browser", None):
                await self._leave()

    async def _leave(self) -> None:
        """Neither browser nor driver is of use any more: the next page starts both."""
        log.warning("the browser or its driver has ended: the next page starts both again")
        self._started = None
        self._forget()
        with contextlib.suppress(TimeoutError, PlaywrightError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.browser_provider.close()

    async def _browser_disconnected_callback(self) -> None:
        """Nothing of a browser that has ended is used again; the next page starts another."""
        if not self._alive and hasattr(self, "browser"):
            if not self._closing:
                log.warning("the browser has ended: the next page starts it again")
            self._forget()

    def _forget(self) -> None:
        self._pages.over()
        self.context_wrappers.clear()
        if hasattr(self, "browser"):
            del self.browser

    async def _look(self) -> None:
        """Let go of pages, or of the browser itself, when they have grown too large."""
        self._visits += 1
        if self._visits % LOOK_EVERY or not self._alive:
            return
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                session = await self.browser.new_browser_cdp_session()
                told = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
                await session.detach()
        except (TimeoutError, PlaywrightError) as error:  # the page has been shown: the browser may end now
            log.info("the browser does not tell of its memory: %s", error or "no answer")
            return
        sizes = {"browser": 0, "renderer": 0}
        for one in told:
            if one["type"] in sizes:
                with contextlib.suppress(psutil.Error):
                    sizes[one["type"]] += psutil.Process(one["id"]).memory_info().rss
        if sizes["renderer"] > MEMORY:
            log.warning("the browser's pages hold %d MB: they are replaced", sizes["renderer"] // 1_000_000)
            self._pages.forget()
        self._too_large = sizes["browser"] > BROWSER_MEMORY

    async def _renewed(self) -> None:
        """A browser that has grown too large is started again, once no page is open in it."""
        if not self._too_large:
            return
        await self._pages.settled()
        self._too_large = False
        if not self._alive:
            return
        log.warning(
            "the browser's main process has grown beyond %d MB: it is started again", BROWSER_MEMORY // 1_000_000
        )
        await self._pages.close()
        with contextlib.suppress(TimeoutError, PlaywrightError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.browser.close()

    async def close(self) -> None:
        """Close pages, contexts and the browser."""
        self._closing = True
        if self._started is not None:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await super().close()
            except (TimeoutError, PlaywrightError) as error:  # it ends with this process
                log.warning("the browser could not be closed: %s", error or "no answer")
        if self._relay is not None:
            self._relay.close()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _cookies(cookie: str, host: str) -> list[Any]:
    domain = host.partition(":")[0]
    pairs = (part.partition("=") for part in cookie.split("; "))
    return [{"name": name, "value": value, "domain": domain, "path": "/"} for name, _, value in pairs]
