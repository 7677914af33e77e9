"""Plain pages beside Scrapy's engine: same handler, callbacks, pipeline and signals, but no scheduler, slot and Deferred.

Those cost more CPU per page than fetching it (benchmarks/engine_speed.py), and decide nothing here: the frontier has
decided when a page may be fetched.  The engine keeps the pages for the browser, robots.txt, the start and the end.
Where an operator puts in downloader or spider middlewares, all requests pass through the engine, for they stand there.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final, cast

from scrapy import Request, signals
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.pipelines import ItemPipelineManager
from twisted.python.failure import Failure

STAND_IN_THE_ENGINE: Final = ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES")

log = logging.getLogger(__name__)


class Shortcut:
    """Requests under way beside the engine, each a task of its own; how many there are is the caller's business."""

    def __init__(self, crawler: Crawler, handler: BaseDownloadHandler) -> None:
        self._crawler = crawler
        self._handler = handler
        self._tasks: set[asyncio.Task[None]] = set()
        self.open = not any(crawler.settings.getdict(name) for name in STAND_IN_THE_ENGINE)

    def begin(self, request: Request) -> None:
        """Fetch it, call it back, and bring the items through the pipeline."""
        task = asyncio.create_task(self._run(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Close the connections."""
        await self._handler.close()

    async def _run(self, request: Request) -> None:
        response: Response | None = None
        try:
            try:
                response = await self._handler.download_request(request)
            except Exception as error:  # noqa: BLE001  the errback tells them apart
                output = cast("Any", request.errback)(_failure(error, request))
            else:
                self._send(signals.response_received, response=response, request=request)
                output = cast("Any", request.callback)(response, **request.cb_kwargs)
            async for item in output:
                await self._process(item, response)
        except Exception as error:
            log.exception("%s: the callback failed", request.url)
            self._send(signals.spider_error, failure=_failure(error, request), response=response)

    async def _process(self, item: Any, response: Response | None) -> None:
        pipeline = self._crawler.engine.scraper.itemproc
        told: dict[str, Any]
        try:
            item, signal, told = await pipeline.process_item_async(item), signals.item_scraped, {}
        except DropItem as error:
            signal, told = signals.item_dropped, {"exception": error}
        except Exception as error:
            log.exception("the pipeline failed on %s", getattr(response, "url", "an item"))
            signal, told = signals.item_error, {"failure": _failure(error)}
        await self._crawler.signals.send_catch_log_async(
            signal, item=item, response=response, spider=self._crawler.spider, **told
        )

    def _send(self, signal: object, **told: Any) -> None:
        self._crawler.signals.send_catch_log(signal, spider=self._crawler.spider, **told)


def _failure(error: Exception, request: Request | None = None) -> Failure:
    """As the engine hands it out."""
    failure = Failure(error)  # type: ignore[no-untyped-call]
    if request is not None:
        failure.request = request  # type: ignore[attr-defined]
    return failure


class ItemProcessor(ItemPipelineManager):
    """Scrapy's, which closes its steps only after the pages beside the engine have passed them."""

    async def close_spider_async(self) -> None:
        """Scrapy's call, once the engine has nothing under way."""
        shortcut: Shortcut = self.crawler.spider.shortcut  # type: ignore[union-attr]
        await shortcut.settled()
        await super().close_spider_async()
