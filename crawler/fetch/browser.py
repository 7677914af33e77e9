"""The browser: scrapy-playwright, told by the round's plan what it may load and when a page is done.

What a page loads to build itself belongs to its grant; what would be another page does not: frames and further
navigations are stopped (they are links, and get grants of their own), and so is any host outside the plan.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Route
from playwright.async_api import Request as BrowserRequest
from playwright.async_api import Response as BrowserResponse
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.errors import BrowserFailed, TimedOut, TooLarge
from crawler.fetch.addresses import browser_hosts, browser_rules
from crawler.plan import RoundPlan
from crawler.scope import Scope

BLOCKED: Final = frozenset({"image", "media", "font", "texttrack", "eventsource", "websocket", "manifest", "ping"})
BUILDING: Final = 1 / 3  # of the page's limit may go by until it is built; the rest is for getting it and its DOM
CONTENT_SECONDS: Final = 5.0  # for the DOM of a page that stands: milliseconds, unless a script keeps its thread
QUIET_MS: Final = 250  # no change of the DOM for so long, and nothing being loaded: the page is built
HAND_OUT_SECONDS: Final = 10.0  # beyond the page's own limit: answer, headers and DOM handed out, the page closed
NOWHERE: Final = "127.0.0.1:9"  # the discard port: where requests to foreign hosts are sent to fail
CLOSE_SECONDS: Final = 5.0
DOCUMENTS: Final = {"resourceType": "Document", "requestStage": "Response"}
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--mute-audio",
)  # fmt: skip

# Resolves once the document has loaded and its tree was left alone for `quiet` milliseconds.  The document is asked
# itself: the browser's own load event never comes where a script stopped or rewrote the document while it loaded.
DOM_QUIET: Final = """
async (quiet) => {
  if (document.readyState !== 'complete') {
    await new Promise((loaded) => window.addEventListener('load', loaded, {once: true}));
  }
  return new Promise((done) => {
  const end = () => { watcher.disconnect(); done(true); };
  let timer = setTimeout(end, quiet);
  const watcher = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(end, quiet); });
  watcher.observe(document, {subtree: true, childList: true, characterData: true});
  });
}
"""

log = logging.getLogger(__name__)


class Visit:
    """One granted page in the browser: guards its requests, keeps its main response, knows when it is done."""

    def __init__(self, plan: RoundPlan, scope: Scope) -> None:
        self._plan = plan
        self._scope = scope
        self._navigated = False
        self._loading: set[int] = set()
        self.aborted: Counter[str] = Counter()
        self.main: BrowserResponse | None = None
        self.status = 0
        self.body = b""
        self.headers: tuple[tuple[str, str], ...] = ()
        self.address = ""
        self.fetched_at = 0.0
        self._began = 0.0
        self._page: Page | None = None
        self._redirect: tuple[int, str] | None = None  # status and Location

    @property
    def elapsed(self) -> float:
        """Seconds since the visit began."""
        return time.monotonic() - self._began

    def meta(self) -> dict[str, Any]:
        """What scrapy-playwright reads from a request."""
        milliseconds = self._plan.limits.browser_seconds * 1000
        return {
            "playwright": True,
            "playwright_page_init_callback": self._prepare,
            "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": milliseconds},
            "playwright_context": "round",
            "playwright_context_kwargs": {
                "user_agent": self._plan.user_agent,
                "ignore_https_errors": True,
                "locale": "zh-CN",
                "service_workers": "block",
                "accept_downloads": False,
            },
        }

    async def _prepare(self, page: Page, _request: Request) -> None:
        self._began, self.fetched_at = time.monotonic(), time.time()
        self._page = page
        await page.route("**", self._guard)
        await page.context.unroute("**", _stop)
        await page.context.route("**", _stop)
        self._session = await page.context.new_cdp_session(page)
        self._session.on("Fetch.requestPaused", self._document_came)
        await self._session.send("Fetch.enable", {"patterns": [DOCUMENTS]})
        page.on("request", lambda request: self._loading.add(id(request)))
        page.on("requestfinished", lambda request: self._loading.discard(id(request)))
        page.on("requestfailed", lambda request: self._loading.discard(id(request)))
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
        page.on("popup", lambda popup: asyncio.ensure_future(popup.close()))
        page.on("response", self._keep_main)

    async def abandon(self) -> None:
        """Close a page whose script no longer lets anybody in; its place in the context is free again then."""
        if self._page is not None and not self._page.is_closed():
            with contextlib.suppress(TimeoutError, PlaywrightError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._page.close()

    def _refusal(self, request: BrowserRequest) -> str:
        """Why a request is stopped; '' lets it pass."""
        if request.is_navigation_request():
            if self._navigated or request.frame.parent_frame is not None:
                return "navigation"
            self._navigated = True
            return ""
        if request.resource_type in BLOCKED:
            return "media"
        parts = urlsplit(request.url)
        if parts.scheme in {"data", "blob"}:
            return ""
        host = (parts.netloc.rpartition("@")[2]).lower().removeprefix("www.")
        bare = host.removesuffix(":80").removesuffix(":443")
        if self._scope.claims_host(bare) or bare in self._plan.allow_resource_hosts:
            return ""
        return "foreign"

    async def _guard(self, route: Route) -> None:
        why = self._refusal(route.request)
        if why:
            self.aborted[why] += 1
            # Chromium shows its own error page in place of ours for any other code.
            await route.abort("aborted" if why == "navigation" else "failed")
        else:
            await route.fallback()

    async def _document_came(self, event: dict[str, Any]) -> None:
        """Take the Location from a redirect: it is the answer, and its target is another page's grant.

        Routes are not asked about a redirect's next hop, so the browser must not learn of it.
        """
        status = event.get("responseStatusCode", 0)
        headers = event.get("responseHeaders", [])
        location = [each["value"] for each in headers if each["name"].lower() == "location"]
        answer: dict[str, Any] = {"requestId": event["requestId"]}
        with contextlib.suppress(PlaywrightError):  # the page was closed meanwhile
            if 300 <= status < 400 and location:
                self._redirect = (status, location[0])
                kept = [each for each in headers if each["name"].lower() != "location"]
                await self._session.send(  # playwright hands out no body for a redirect's own status
                    "Fetch.fulfillRequest", answer | {"responseCode": 200, "responseHeaders": kept, "body": ""}
                )
            else:
                await self._session.send("Fetch.continueRequest", answer)

    def _keep_main(self, response: BrowserResponse) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.main = response

    async def finish(self, page: Page) -> None:
        """Wait until the page is built, a part of the plan's limit at most, then keep its main response.

        A page that goes on reloading itself never tells that it has loaded: it is taken as it stands.
        """
        limit = self._plan.limits.browser_seconds
        try:
            async with asyncio.timeout(max(1.0, min(limit * BUILDING, limit - self.elapsed))):
                while True:
                    await page.evaluate(DOM_QUIET, QUIET_MS)
                    if not self._loading:
                        break
        except (TimeoutError, PlaywrightError) as error:
            log.info("%s was still changing after %.0f s: taken as it stands (%s)", page.url, self.elapsed, error)
        if self.main is None:
            message = f"the browser got no answer for {page.url}"
            raise BrowserFailed(message)
        try:
            async with asyncio.timeout(CONTENT_SECONDS):
                await page.content()
        except (TimeoutError, PlaywrightError) as error:  # scrapy-playwright asks next, and would wait for ever
            message = f"{page.url} does not give its DOM: {error or 'no answer'}"
            raise TimedOut(message) from error
        try:
            self.body = await self.main.body()
            self.headers = tuple((await self.main.all_headers()).items())
            self.status = self.main.status
            server = await self.main.server_addr()
        except PlaywrightError as error:
            message = f"the browser did not keep the answer of {page.url}: {error}"
            raise BrowserFailed(message) from error
        self.address = server["ipAddress"] if server else ""
        if self._redirect is not None:
            self.status, location = self._redirect
            self.headers = (*self.headers, ("location", location))
        if len(self.body) > self._plan.limits.decoded_bytes:
            message = f"the body is larger than {self._plan.limits.decoded_bytes} bytes"
            raise TooLarge(message)


async def _stop(route: Route) -> None:
    """Only what belongs to no granted page comes here: a popup is another page, and was closed too late otherwise."""
    await route.abort("aborted")


class BrowserHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """scrapy-playwright's handler, configured by the round's plan and started by the first page that needs it."""

    def __init__(self, crawler: Crawler, plan: RoundPlan, executable: str) -> None:
        super().__init__(crawler)
        self.process_request_headers = None  # the browser's own headers, with the plan's user agent
        self.config.max_pages_per_context = plan.browser_pages
        self.config.navigation_timeout_ms = plan.limits.browser_seconds * 1000
        self.config.launch_options = {
            "args": [
                *ARGUMENTS,
                f"--host-resolver-rules={browser_rules(plan)}",
                f"--proxy-server={NOWHERE}",
                f"--proxy-bypass-list={browser_hosts(plan)}",
            ],
            **({"executable_path": executable} if executable else {}),
        }
        self._started: asyncio.Task[None] | None = None
        self._places = asyncio.Semaphore(plan.browser_pages)
        self._seconds = plan.limits.browser_seconds + HAND_OUT_SECONDS

    async def visit(self, request: Request, visit: Visit) -> Any:
        """Load one page; raises FetchError subclasses only."""
        if self._started is None:
            self._started = asyncio.create_task(self._maybe_launch_in_thread())
        try:
            await self._started
            async with self._places:  # before the clock starts: waiting for a free page is not the page's fault
                return await self._within(request, visit)
        except PlaywrightError as error:
            text = str(error).splitlines()[0] if str(error) else type(error).__name__
            if "Timeout" in text:
                raise TimedOut(text) from error
            raise BrowserFailed(text) from error

    async def _within(self, request: Request, visit: Visit) -> Any:
        """A busy script answers no question of ours, not even for the DOM: every wait together has an end."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self.download_request(request)
        except TimeoutError as error:
            await visit.abandon()
            message = f"the browser did not hand out the page within {self._seconds:.0f} s"
            raise TimedOut(message) from error

    async def _apply_page_methods(self, page: Page, request: Request, spider: Spider) -> None:  # noqa: ARG002
        """Wait for the page our own way: the handler's would wait for a load event that some pages never have."""
        await request.meta["visit"].finish(page)

    async def close(self) -> None:
        """Close pages, contexts and the browser."""
        if self._started is not None:
            await super().close()
