"""One granted page in the browser: what it may load, when it is built, what it leaves behind.

What a page loads to build itself belongs to its grant; what would be another page does not: frames and further
navigations are stopped, and their addresses kept as links, which get grants of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as BrowserRequest
from playwright.async_api import Response as BrowserResponse

from cleaning.urls import canonicalize
from crawler.decide import CHALLENGES
from crawler.drawn_lists import are_asked_for
from crawler.errors import BrowserFailed, NoWebPage, StillLoading, TimedOut, TooLarge
from crawler.fetch.loads import Loads
from crawler.items import DataResponse
from crawler.plan import RoundPlan

BUILDING: Final = 1 / 3  # of the page's limit may go by until it is built; as much again for what only actions bring
CONTENT_SECONDS: Final = 5.0  # for the DOM of a page that stands: milliseconds, unless a script keeps its thread
QUIET_MS: Final = 250  # no change of the DOM for so long, and nothing being loaded: the page is built
PATIENCE_MS: Final = 2_000  # longer, where the page itself still says that it loads, or its list is empty
CHALLENGE_SECONDS: Final = 8.0  # for a challenge's script to reckon and to ask for the page again
CHALLENGE_ROUNDS: Final = 3  # times a page under a challenge may ask for itself
STEPS: Final = 60  # scrolls, "more" and "next" of one list
UNWANTED: Final = frozenset({"Image", "Media", "Font", "Ping", "CSPViolationReport"})
READABLE: Final = ("text/html", "application/xhtml", "text/xml", "application/xml", "text/plain")
SCRIPTS: Final = Path(__file__).parent / "js"

log = logging.getLogger(__name__)


@cache
def script(name: str) -> str:
    """One of the programs that run in pages."""
    return (SCRIPTS / f"{name}.js").read_text("utf-8")


class Visit:
    """Guards the requests of one granted page, keeps its main response, knows when it is done."""

    def __init__(
        self, plan: RoundPlan, url: str, key: str, *, challenged: bool = False, cookie: str = "", last: bool = True
    ) -> None:
        self._plan = plan
        self._last = last  # no further pass: what there is then is taken
        self.url = url
        self._key = key
        self._challenged = challenged  # the page was met with a challenge: it may ask for itself again
        self.cookie = cookie  # earned before, for a context that is new
        self._navigations = 0
        self._again = asyncio.Event()
        self._loading: set[int] = set()
        self._stirred = 0.0  # when something last began or ended to be loaded
        self._found: dict[str, str] = {}  # address → text of links that the DOM will not show
        self._began = 0.0
        self._redirect: tuple[int, str] | None = None  # status and Location
        self._no_page = ""  # the content type of a document that is none for a browser
        self.stopped: Counter[str] = Counter()
        self.main: BrowserResponse | None = None
        self.status = 0
        self.body = b""
        self.dom = ""
        self.headers: tuple[tuple[str, str], ...] = ()
        self.address = ""
        self.fetched_at = 0.0
        self.loads = Loads()
        self.loaded: tuple[DataResponse, ...] = ()
        self.cookies: list[Any] = []  # after a challenge, as the browser holds them

    @property
    def elapsed(self) -> float:
        """Seconds since the visit began."""
        return time.monotonic() - self._began

    @property
    def found(self) -> tuple[tuple[str, str], ...]:
        """(address, text) of links that only actions and scripts have shown."""
        return tuple(self._found.items())

    @property
    def at_rest(self) -> bool:
        """Whether nothing is being loaded, and its answer did not tell the browser to ask again by itself."""
        return not self._loading and all(name != "refresh" for name, _ in self.headers)

    # -- what the browser asks ---------------------------------------------------------------------------------------

    async def answer(self, session: CDPSession, event: dict[str, Any], *, main_frame: bool) -> None:
        """Decide on a request that is held back, or on a document's answer."""
        held = {"requestId": event["requestId"]}
        with contextlib.suppress(PlaywrightError):  # the page was closed meanwhile
            if "responseStatusCode" in event:
                await self._document_came(session, event, held)
            elif event.get("resourceType") in UNWANTED:
                self.stopped["media"] += 1
                await session.send("Fetch.failRequest", held | {"errorReason": "Failed"})
            elif event.get("resourceType") != "Document" or (
                main_frame and self._may_navigate(event["request"]["url"])
            ):
                await session.send("Fetch.continueRequest", held)
            else:
                self.stopped["navigation"] += 1
                # Chromium shows its own error page in place of ours for any other reason.
                await session.send("Fetch.failRequest", held | {"errorReason": "Aborted"})

    def _may_navigate(self, url: str) -> bool:
        if self._navigations == 0 or self._comes_back(url):
            self._navigations += 1
            if self._navigations > 1:
                self._again.set()
            return True
        self._found.setdefault(url, "")
        return False

    def _comes_back(self, url: str) -> bool:
        """A challenge's script has set its cookie and asks for the page again."""
        return self._under_challenge and self._navigations <= CHALLENGE_ROUNDS and canonicalize(url) == self._key

    @property
    def _under_challenge(self) -> bool:
        return self._challenged or self.status in CHALLENGES

    async def _document_came(self, session: CDPSession, event: dict[str, Any], held: dict[str, Any]) -> None:
        """Take the Location from a redirect: it is the answer, and its target is another page's grant.

        The browser must not learn of it: nothing asks us about a redirect's next hop.
        """
        headers = tuple((each["name"].lower(), each["value"]) for each in event.get("responseHeaders", []))
        status = event["responseStatusCode"]
        fields = dict(headers)
        if 300 <= status < 400 and fields.get("location"):
            self._redirect = (status, fields["location"])
            kept = [{"name": name, "value": value} for name, value in headers if name != "location"]
            await session.send(  # playwright hands out no body for a redirect's own status
                "Fetch.fulfillRequest", held | {"responseCode": 200, "responseHeaders": kept, "body": ""}
            )
        elif 200 <= status < 300 and _is_no_page(fields):
            self._no_page = fields.get("content-type", "") or "attachment"
            await session.send("Fetch.failRequest", held | {"errorReason": "Aborted"})
        else:
            await session.send("Fetch.continueRequest", held)
        self.status, self.headers = status, headers

    def requested(self, request: BrowserRequest) -> None:
        """Something is being loaded."""
        self._loading.add(id(request))
        self._stirred = time.monotonic()

    def ended(self, request: BrowserRequest) -> None:
        """It has come, or failed."""
        self._loading.discard(id(request))
        self._stirred = time.monotonic()
        self.loads.ended(request)

    def responded(self, response: BrowserResponse) -> None:
        """Keep the main response; under a challenge there are several."""
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.main = response

    # -- its course --------------------------------------------------------------------------------------------------

    async def run(self, page: Page, session: CDPSession) -> None:
        """Load the page, wait until it is built, take what it has.  Raises FetchError and playwright's errors."""
        self._began, self.fetched_at = time.monotonic(), time.time()
        try:
            await page.goto(self.url, wait_until="commit", timeout=self._plan.limits.browser_seconds * 1000)
        except PlaywrightError as error:
            if self._no_page:
                message = f"{self.url} is no page for a browser: {self._no_page}"
                raise NoWebPage(message) from error
            if self.main is None or self._navigations < 2:
                raise
        stands = await self._settle(session)
        if self._under_challenge:
            stands = await self._pass_challenge(page, session) or stands
        if self._redirect is None and stands.get("grow") and await self._further(session, "grow"):
            stands = {}
        stands = stands or await self._as_it_stands(session)
        self.dom = str(stands.get("dom", ""))
        await self._take()
        if self._redirect is None and stands.get("walk") and not are_asked_for(self.loaded, self.dom, self.url):
            self._keep(await self._further(session, "walk"))
            stands = await self._as_it_stands(session)
        self._keep((url, "") for url in _row(stands.get("found")))

    async def _ask(self, session: CDPSession, name: str, **asked: Any) -> Any:
        """Run one of our programs in the page.  What a page answers is its own word: shapes are not to be relied on."""
        code = f"({script(name)})({orjson.dumps(asked).decode()}, {script('further')})"
        told = await session.send(
            "Runtime.evaluate", {"expression": code, "awaitPromise": True, "returnByValue": True, "silent": True}
        )
        if "exceptionDetails" in told:
            message = str(told["exceptionDetails"].get("text", ""))
            raise PlaywrightError(message)
        return told["result"].get("value")

    async def _pass_challenge(self, page: Page, session: CDPSession) -> dict[str, Any]:
        stands: dict[str, Any] = {}
        try:
            async with asyncio.timeout(CHALLENGE_SECONDS):
                await self._again.wait()
        except TimeoutError:
            log.info("%s: the challenge's script did not ask for the page again", self.url)
        else:
            stands = await self._settle(session)
        with contextlib.suppress(PlaywrightError):
            self.cookies = list(await page.context.cookies(self.url))
        return stands

    async def _settle(self, session: CDPSession) -> dict[str, Any]:
        """Wait until the page is built, a part of the plan's limit at most; then as it stands, or nothing.

        A page that goes on reloading itself never tells that it has loaded: it is taken as it stands.  One that still waits
        for an answer would be taken without its list: it is tried again first.  Raises StillLoading.
        """
        limit = self._plan.limits.browser_seconds
        try:
            async with asyncio.timeout(max(1.0, min(limit * BUILDING, limit - self.elapsed))):
                while True:
                    try:
                        stands = _record(await self._ask(session, "settled", quiet=QUIET_MS, patience=PATIENCE_MS))
                    except PlaywrightError:
                        if not self._under_challenge:
                            raise
                        await asyncio.sleep(QUIET_MS / 1000)  # it was left for its own next answer
                        continue
                    if self._is_still():
                        return stands
        except (TimeoutError, PlaywrightError) as error:
            if self._loading and not self._last:
                message = f"{self.url} was still loading after {self.elapsed:.0f} s"
                raise StillLoading(message) from error
            log.info("%s was still changing after %.0f s: taken as it stands (%s)", self.url, self.elapsed, error)
        return {}

    def _is_still(self) -> bool:
        """Whether what the page has loaded was there before it was asked how it stands, and not only on the way since.

        Under load an answer comes in between: the tree was at rest because it waited for it.
        """
        return not self._loading and time.monotonic() - self._stirred >= QUIET_MS / 1000

    async def _further(self, session: CDPSession, what: str) -> list[Any]:
        """Act on the page: the links it showed meanwhile."""
        limit = self._plan.limits.browser_seconds
        seconds = max(0.5, min(limit * BUILDING, limit - self.elapsed))
        try:
            async with asyncio.timeout(seconds + 1.0):
                return _row(
                    await self._ask(session, "further", what=what, steps=STEPS, seconds=seconds, quiet=QUIET_MS)
                )
        except (TimeoutError, PlaywrightError) as error:
            log.info("%s could not be followed further: %s", self.url, error)
            return []

    def _keep(self, links: Iterable[Any]) -> None:
        for each in links:
            url, text = each if isinstance(each, list | tuple) and len(each) == 2 else ("", "")
            if isinstance(url, str) and url.startswith("http") and not self._found.get(url):
                self._found[url] = str(text)

    async def _as_it_stands(self, session: CDPSession) -> dict[str, Any]:
        try:
            async with asyncio.timeout(CONTENT_SECONDS):
                return _record(await self._ask(session, "settled", quiet=0, patience=0))
        except (TimeoutError, PlaywrightError) as error:
            message = f"{self.url} does not give its DOM: {error or 'no answer'}"
            raise TimedOut(message) from error

    async def _take(self) -> None:
        """The main response as it came."""
        if self.main is None:
            message = f"the browser got no answer for {self.url}"
            raise BrowserFailed(message)
        try:
            self.body = await self.main.body()
            server = await self.main.server_addr()
        except PlaywrightError as error:
            message = f"the browser did not keep the answer of {self.url}: {error}"
            raise BrowserFailed(message) from error
        self.address = server["ipAddress"] if server else ""
        if self._redirect is not None:
            self.status = self._redirect[0]
        self.loaded = await self.loads.taken()
        if len(self.body) > self._plan.limits.decoded_bytes:
            message = f"the body is larger than {self._plan.limits.decoded_bytes} bytes"
            raise TooLarge(message)


def _record(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _row(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def _is_no_page(fields: dict[str, str]) -> bool:
    kind = fields.get("content-type", "").lower()
    return fields.get("content-disposition", "").lower().startswith("attachment") or (
        kind != "" and not kind.startswith(READABLE)
    )
