"""A Scrapy process whose spider yields given pages into the real pipeline; run by test_worker.py.

Arguments: MongoDB URL, archive folder, log of acks, first serial, then one path per page.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from crawler.frontier.contract import End, Lease, Offered, Outlink
from crawler.items import PageItem
from crawler.plan import RoundPlan
from crawler.reasons import Halt
from tests.pipelines.making import ROUND, fetched

T = TypeVar("T")
MONGO_URL, ARCHIVE, ACKS, FIRST_SERIAL, *PATHS = sys.argv[1:]

SETTINGS = {
    "ITEM_PIPELINES": {
        "pipelines.archive.ArchiveStep": 100,
        "pipelines.clean.CleanStep": 200,
        "pipelines.tag.TagStep": 300,
        "pipelines.dedupe.DedupeStep": 400,
        "pipelines.store.step.StoreStep": 500,
    },
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "CAIFENG_SIMHASH": "own",
    "CAIFENG_MONGO_URL": MONGO_URL,
    "CAIFENG_ARCHIVE_URL": ARCHIVE,
    "CONCURRENT_ITEMS": 4,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
}


class Frontier:
    """Appends each ack to a file, so that it outlives the process."""

    def __init__(self) -> None:
        self._file = os.open(ACKS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.acked = asyncio.Event()

    async def offer(self, lease: Lease, links: Sequence[Outlink], **_counts: int) -> Offered:
        """Depth 1, whatever the page."""
        assert lease.key
        return Offered(depth=1, new=len(links), lowered=0, too_deep=0)

    async def ack(self, lease: Lease, end: End, *, depth: int) -> bool:
        """Write it down."""
        assert depth == 1
        os.write(self._file, f"{lease.key} {end}\n".encode())
        self.acked.set()
        return True


class Worker:
    """The port the steps use."""

    round_name = ROUND
    worker_id = "child"
    plan = RoundPlan(name=ROUND, units=())

    def __init__(self) -> None:
        self.frontier = Frontier()

    async def aside(self, _lease: Lease, wait: Callable[[], Awaitable[T]]) -> T:
        """Nothing here is watched."""
        return await wait()

    def storing(self, token: str) -> None:
        """Nothing to renew here."""

    def parked(self, token: str) -> None:
        """Nothing to renew here."""

    def counted(self, item: PageItem) -> None:
        """Nobody asks how many."""

    def halt(self, why: Halt, detail: str) -> None:
        """It claims nothing anyway."""

    def resume(self, why: Halt) -> None:
        """It claims nothing anyway."""

    def ended(self, token: str) -> None:
        """Nothing to forget here."""


class PagesSpider(scrapy.Spider):
    """Yields the pages as if it had fetched them."""

    name = "pages"

    async def start(self) -> AsyncIterator[Any]:
        """Without a request."""
        self.worker = Worker()
        for serial, path in enumerate(PATHS, int(FIRST_SERIAL)):
            yield fetched(path, serial)
            if path == PATHS[0]:  # whatever the machine's speed, the store step flushes more than once
                await self.worker.frontier.acked.wait()


if __name__ == "__main__":
    process = AsyncCrawlerProcess(SETTINGS)
    process.crawl(PagesSpider)
    process.start()
