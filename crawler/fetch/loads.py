"""What a visited page loads to build itself: its scripts, style sheets and data answers, taken as they come.

A site's libraries are the same on all its pages: an answer whose head says that it is the one seen before is not handed
out by the browser again, which costs a millisecond for a hundred kilobytes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request, Response

from crawler.items import DataResponse

TAKEN: Final = frozenset({"script", "stylesheet", "xhr", "fetch"})
MAX_BODY: Final = 3_000_000  # bytes of one answer; a platform's whole bundle has half of that
MAX_BODIES: Final = 12_000_000  # bytes of all of a page
MAX_ANSWERS: Final = 150
KEPT_BYTES: Final = 32_000_000  # of libraries, per worker
SECONDS: Final = 3.0  # for what is still on its way when the page stands
VALIDATORS: Final = ("etag", "last-modified", "content-length")

_Name = tuple[str, ...]


class Libraries:
    """Scripts and style sheets of a worker's sites, by their address and what their head says of them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Name, DataResponse] = OrderedDict()
        self._bytes = 0

    def get(self, name: _Name) -> DataResponse | None:
        """The one seen before."""
        return self._kept.get(name)

    def keep(self, name: _Name, answer: DataResponse) -> None:
        """For the next page."""
        if name not in self._kept:
            self._kept[name] = answer
            self._bytes += len(answer.body)
        while self._bytes > KEPT_BYTES:
            self._bytes -= len(self._kept.popitem(last=False)[1].body)


class Loads:
    """Of one visit.  `ended` is told of each request that has come, until `taken` is called."""

    def __init__(self) -> None:
        self.libraries = Libraries()
        self._tasks: list[asyncio.Task[DataResponse | None]] = []
        self._open = True

    def ended(self, request: Request) -> None:
        """A request has come, or failed."""
        if self._open and request.resource_type in TAKEN and len(self._tasks) < MAX_ANSWERS:
            self._tasks.append(asyncio.ensure_future(self._take(request)))

    async def taken(self) -> tuple[DataResponse, ...]:
        """All that came so far, in its order; what the browser does not hand out in time is left out."""
        self._open = False
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SECONDS)
        found: list[DataResponse] = []
        room = MAX_BODIES
        for task in self._tasks:
            if not task.done():
                task.cancel()
            elif not task.cancelled() and (answer := task.result()) is not None and len(answer.body) <= room:
                room -= len(answer.body)
                found.append(answer)
        return tuple(found)

    async def _take(self, request: Request) -> DataResponse | None:
        with contextlib.suppress(PlaywrightError):  # failed, redirected, or left behind with its page
            response = await request.response()
            if response is not None and not 300 <= response.status < 400:
                return await self._answer(request, response)
        return None

    async def _answer(self, request: Request, response: Response) -> DataResponse | None:
        headers = response.headers
        name = _name(request, response, headers)
        known = self.libraries.get(name) if name else None
        if known is not None:
            return known
        body = await response.body()
        if len(body) > MAX_BODY:
            return None
        sent = request.post_data_buffer or b""
        answer = DataResponse(request.url, request.method, response.status, headers.get("content-type", ""), body, sent)
        if name:
            self.libraries.keep(name, answer)
        return answer


def _name(request: Request, response: Response, headers: Mapping[str, str]) -> _Name:
    """By what a library is known; empty for data, and for what has no validator."""
    said = tuple(headers.get(each, "") for each in VALIDATORS)
    library = request.resource_type in {"script", "stylesheet"} and request.method == "GET" and response.status == 200
    return (request.url, *said) if library and (said[0] or said[1]) else ()
