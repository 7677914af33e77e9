"""The composite download handler: what the browser must load goes to scrapy-playwright, the rest to our HTTP client."""

from __future__ import annotations

from functools import partial
from typing import Self

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.errors import LeaseLapsed, ProxyAway, ServerBusy
from crawler.fetch.browser import BrowserHandler
from crawler.fetch.decoding import decode
from crawler.fetch.http import Answer, HttpClient
from crawler.fetch.proxy_watch import ProxyWatch
from crawler.fetch.visit import Visit
from crawler.frontier.contract import Via
from crawler.items import Capture, header
from crawler.plan import RoundPlan
from crawler.ports import WorkerPort


class Captured(Response):
    """A Scrapy response that carries the fetch as it came."""

    capture: Capture


class FetchHandler(BaseDownloadHandler):
    """One per worker, for http and https alike; made before the plan is read, so clients are opened by first use."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._http: HttpClient | None = None
        self._browser: BrowserHandler | None = None
        self._proxy = ProxyWatch(lambda: self._worker)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Captured:
        """Fetch; raises FetchError subclasses, LeaseLapsed among them."""
        visit = request.meta.get("visit")
        try:
            capture = await (self._render(request, visit) if isinstance(visit, Visit) else self._get(request))
        except ProxyAway:
            self._proxy.away()
            raise
        response = Captured(url=request.url, status=capture.status, body=b"", request=request)
        response.capture = capture
        return response

    async def close(self) -> None:
        """Close both clients."""
        await self._proxy.close()
        if self._http is not None:
            await self._http.close()
        if self._browser is not None:
            await self._browser.close()

    async def _get(self, request: Request) -> Capture:
        if self._http is None:
            self._http = HttpClient(self._plan)
        await self._granted(request)
        admit = request.meta.get("admit")
        if admit is not None:
            address = await self._http.address_of(request.url)
            if address and not await admit(address):
                message = f"the server at {address} is busy with others of its hosts"
                raise ServerBusy(message)
        posted = request.meta.get("posted")
        asking = partial(
            self._http.get,
            posted.address if posted else request.url,
            cookie=request.meta.get("cookie", ""),
            seconds=request.meta.get("seconds"),
            conditions=request.meta.get("conditions"),
            sent=(posted.content_type, posted.body) if posted else None,
        )
        answer = await self._worker.aside(request.cb_kwargs["lease"], asking)
        return _captured(request.url, answer, self._plan.limits.decoded_bytes)

    async def _render(self, request: Request, visit: Visit) -> Capture:
        if self._browser is None:
            executable = self.crawler.settings.get("CAIFENG_BROWSER") or ""
            self._browser = BrowserHandler(self.crawler, self._plan, executable)
        showing = partial(self._browser.visit, request.meta["host"], visit, partial(self._granted, request))
        await self._worker.aside(request.cb_kwargs["lease"], showing)
        # The browser hands out the body decoded only; its content-encoding would no longer be true of it.
        headers = tuple((name, value) for name, value in visit.headers if name != "content-encoding")
        return Capture(
            url=request.url,
            status=visit.status,
            headers=headers,
            wire=visit.body,
            body=visit.body,
            dom=visit.dom.encode("utf-8", "replace"),
            via=Via.BROWSER,
            fetched_at=visit.fetched_at,
            elapsed=visit.elapsed,
            address=visit.address,
            loaded=visit.loaded,
            found=visit.found,
        )

    async def _granted(self, request: Request) -> None:
        """The last look before a host is asked: whatever the request waited for, its lease must still stand."""
        lease = request.cb_kwargs["lease"]
        if not await self.crawler.spider.worker.stands(lease.token):  # type: ignore[union-attr]
            message = f"the lease of {lease.key} ended while its request waited"
            raise LeaseLapsed(message)

    @property
    def _worker(self) -> WorkerPort:
        worker: WorkerPort = self.crawler.spider.worker  # type: ignore[union-attr]
        return worker

    @property
    def _plan(self) -> RoundPlan:
        return self._worker.plan


def _captured(url: str, answer: Answer, limit: int) -> Capture:
    return Capture(
        url=url,
        status=answer.status,
        headers=answer.headers,
        wire=answer.wire,
        body=decode(answer.wire, header(answer.headers, "content-encoding"), limit),
        dom=None,
        via=Via.HTTP,
        fetched_at=answer.fetched_at,
        elapsed=answer.elapsed,
        address=answer.address,
    )
