"""The browser's pages: few, kept between visits, one host at a time, and never for long.

A page that is used again costs half of a new one, but the renderer keeps 2 to 3 MB of every document
(benchmarks/render_cost.py): it is closed after `USES` visits, or when the renderers together grow beyond `MEMORY`.  A
host has a context of its own, so that what one host stores is never shown to another; the page that was idle longest
makes room.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from playwright.async_api import BrowserContext, CDPSession, Page, Request, Response
from playwright.async_api import Error as PlaywrightError

from crawler.errors import FetchError
from crawler.fetch.visit import UNWANTED, Visit

USES: Final = 30  # visits of one page: 80 ms for a new one against 70 MB by then
LEAVE_SECONDS: Final = 2.0  # to leave a document for an empty one: milliseconds, unless a script keeps its thread
OPEN_SECONDS: Final = 30.0  # tenths of a second, but for the browser's own start
CLOSE_SECONDS: Final = 5.0
CLOSED: Final = "closed"  # in what playwright says of a page, context, browser or driver that is gone
HELD: Final = [
    *({"resourceType": kind, "requestStage": "Request"} for kind in ("Document", *sorted(UNWANTED))),
    {"resourceType": "Document", "requestStage": "Response"},
]

log = logging.getLogger(__name__)


class BrowserOver(PlaywrightError):
    """The browser ended while a page of it was being opened or visited: no fault of that page."""


class Life:
    """One browser's, from before its start to its end.

    A call that is under way when the browser ends may never be answered: what waits for one waits within a limit of the
    browser's life, and the end of that life is the end of all its limits.
    """

    def __init__(self) -> None:
        self.over = False
        self._limits: set[asyncio.Timeout] = set()

    @contextlib.asynccontextmanager
    async def limit(self, seconds: float) -> AsyncIterator[None]:
        """So long at most, and no longer than the browser lives.  Raises TimeoutError."""
        async with asyncio.timeout(0 if self.over else seconds) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    def end(self) -> None:
        """Let go of all that waits."""
        self.over = True
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(0)


@dataclass(eq=False)  # playwright notes on it which of its methods listen
class Slot:
    """A page of the browser and its context; `visit` while one is under way."""

    host: str
    page: Page
    session: CDPSession
    frame: str  # id of its main frame
    life: Life
    generation: int
    visit: Visit | None = None
    uses: int = 0
    crashed: bool = False
    mute: bool = False  # no script of the document it shows is run
    restless: bool = False  # it asked for something between two visits
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def wire(self) -> None:
        """Hand what the page tells to the visit under way."""
        self.session.on("Fetch.requestPaused", lambda event: self._later(self._paused(event)))
        self.page.on("request", self._requested)
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._ended)
        self.page.on("response", self._responded)
        self.page.on("dialog", lambda dialog: self._later(_quietly(dialog.dismiss())))
        self.page.on("popup", lambda popup: self._later(_quietly(popup.close())))
        self.page.on("crash", self._crashed)

    def _requested(self, request: Request) -> None:
        if self.visit is not None:
            self.visit.requested(request)
        else:  # not at rest, for all that was done to bring it there
            self.restless = True
            self._later(self.close())

    def _ended(self, request: Request) -> None:
        if self.visit is not None:
            self.visit.ended(request)

    def _responded(self, response: Response) -> None:
        if self.visit is not None:
            self.visit.responded(response)

    def _crashed(self, _page: Page) -> None:
        self.crashed = True

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _paused(self, event: dict[str, Any]) -> None:
        if self.visit is not None:
            main_frame = event.get("frameId") == self.frame
            if main_frame and "responseStatusCode" in event:
                try:
                    await self._hush(mute=False)
                except PlaywrightError:  # gone under it: the visit learns that from the page
                    self.crashed = True
                    return
            await self.visit.answer(self.session, event, main_frame=main_frame)
        else:  # no grant stands behind it
            await _quietly(
                self.session.send("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "Aborted"})
            )

    async def _hush(self, *, mute: bool) -> None:
        if self.mute != mute:
            self.mute = mute
            await self.session.send("Emulation.setScriptExecutionDisabled", {"value": mute})

    async def leave(self) -> bool:
        """Stop whatever the document still does; False where it cannot be left."""
        return await _in_time(self._end(), LEAVE_SECONDS)

    async def clear(self, url: str) -> bool:
        """Make way for `url`: no navigation leads from a document to a place in itself.  False where it cannot be left."""
        shown = self.page.url.partition("#")[0]
        return shown != url.partition("#")[0] or await _in_time(self._empty(), LEAVE_SECONDS)

    async def _end(self) -> None:
        if not await self._rest():
            await self._empty()

    async def _empty(self) -> None:
        await self.page.goto("about:blank", wait_until="commit")

    async def _rest(self) -> bool:
        """End the document where it is, and run no script until the next one is about to take its place.

        Another one between any two visits, were it empty, is a quarter of their cost (benchmarks/render_cost.py).
        """
        await self._hush(mute=True)
        told = await self.session.send(
            "Runtime.evaluate", {"expression": "__caifeng.rest()", "returnByValue": True, "silent": True}
        )
        return told["result"].get("value") is True and self.visit is not None and self.visit.at_rest

    async def close(self) -> None:
        """Close the page; one whose script never lets go is crashed first, which its main thread need not agree to."""
        if self.page.is_closed() or self.life.over:
            return
        if not await _in_time(self.page.close()):
            await _in_time(self.session.send("Page.crash"), LEAVE_SECONDS)
            await _in_time(self.page.close())


async def _quietly(work: Awaitable[Any]) -> None:
    with contextlib.suppress(PlaywrightError):
        await work


async def _in_time(work: Awaitable[Any], seconds: float = CLOSE_SECONDS) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await work
    except (TimeoutError, PlaywrightError):
        return False
    return True


async def open_slot(context: BrowserContext, host: str, life: Life, generation: int, navigation_ms: float) -> Slot:
    """A new page, with everything held back that a visit has to decide on."""
    page = await context.new_page()
    page.set_default_navigation_timeout(navigation_ms)
    session = await context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    slot = Slot(host, page, session, tree["frameTree"]["frame"]["id"], life, generation)
    slot.wire()
    await session.send("Fetch.enable", {"patterns": HELD})
    return slot


class Pool:
    """At most `places` pages; `context_of` gives a host's context, `close_context` closes it.

    `look_for_browser` is asked where a page is said to be closed that nobody closed: it calls `over` if the browser is gone.
    """

    def __init__(
        self,
        places: int,
        context_of: Callable[[str, str], Awaitable[BrowserContext]],
        close_context: Callable[[str], Awaitable[None]],
        look_for_browser: Callable[[], Awaitable[None]],
        navigation_ms: float,
    ) -> None:
        self._free = asyncio.Semaphore(places)
        self._places = places
        self._open = partial(open_slot, navigation_ms=navigation_ms)
        self._context_of = context_of
        self._close_context = close_context
        self._look_for_browser = look_for_browser
        self._idle: list[Slot] = []  # longest idle first
        self._busy: set[Slot] = set()
        self._of_host = Counter[str]()  # pages open, or being opened
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.generation = 0  # pages of an earlier one are not used again
        self._life = Life()

    async def settled(self) -> None:
        """Wait until no visit is under way."""
        await self._quiet.wait()

    @contextlib.asynccontextmanager
    async def page(self, host: str, visit: Visit) -> AsyncIterator[Slot]:
        """A page for one visit; waits for a free one.  Raises BrowserOver where the browser ends meanwhile."""
        async with self._free:
            life = self._life
            try:
                async with self._lent(host, visit, life) as slot:
                    yield slot
            except (TimeoutError, PlaywrightError, FetchError) as error:
                if not life.over and CLOSED in str(error):
                    await self._look_for_browser()
                if life.over:  # looked at last: another visit may have started the next browser by now
                    message = str(error) or "no answer came any more"
                    raise BrowserOver(message) from error
                raise

    @contextlib.asynccontextmanager
    async def _lent(self, host: str, visit: Visit, life: Life) -> AsyncIterator[Slot]:
        try:
            async with life.limit(OPEN_SECONDS):
                slot = await self._take(host, visit, life)
        except TimeoutError as error:
            message = f"no page could be opened within {OPEN_SECONDS:.0f} s"
            raise PlaywrightError(message) from error
        slot.visit, slot.uses = visit, slot.uses + 1
        self._busy.add(slot)
        self._quiet.clear()
        fine = False
        try:
            yield slot
            fine = True
        finally:
            try:
                fine = fine and not slot.crashed and await slot.leave()
                slot.visit = None
                if fine and slot.uses < USES and slot.generation == self.generation:
                    self._idle.append(slot)
                else:
                    await self._drop(slot)
            finally:
                self._busy.discard(slot)
                if not self._busy:
                    self._quiet.set()

    async def _take(self, host: str, visit: Visit, life: Life) -> Slot:
        while (old := next(filter(self._is_old, self._idle), None)) is not None:  # others take from it meanwhile
            self._idle.remove(old)
            await self._drop(old)
        kept = await self._kept(host, visit.url)
        if kept is not None:
            return kept
        while self._idle and self._of_host.total() >= self._places:
            await self._drop(self._idle.pop(0))
        self._of_host[host] += 1
        try:
            return await self._open(await self._context_of(host, visit.cookie), host, life, self.generation)
        except BaseException:
            await self._let_go(host)
            raise

    async def _kept(self, host: str, url: str) -> Slot | None:
        slot = next((one for one in self._idle if one.host == host), None)
        if slot is None:
            return None
        self._idle.remove(slot)
        cleared = False
        try:
            cleared = await slot.clear(url)
        finally:
            if not cleared:
                await self._drop(slot)
        return slot if cleared else None

    def _is_old(self, slot: Slot) -> bool:
        return slot.generation != self.generation or slot.crashed or slot.restless or slot.page.is_closed()

    async def _drop(self, slot: Slot) -> None:
        try:
            await slot.close()
        finally:
            await self._let_go(slot.host)

    async def _let_go(self, host: str) -> None:
        self._of_host[host] -= 1
        if not self._of_host[host]:
            del self._of_host[host]
            await _in_time(self._close_context(host))

    def forget(self) -> None:
        """No page is used again: they have grown too large."""
        self.generation += 1

    def over(self) -> None:
        """The browser has ended: nothing waits for it any more, and pages to come are another's."""
        self._life.end()
        self._life = Life()
        self.forget()

    async def close(self) -> None:
        """Close every page that is idle."""
        while self._idle:
            await self._drop(self._idle.pop())
