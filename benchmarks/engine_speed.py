"""What Scrapy's engine costs per request, against the way beside it (crawler/shortcut.py): nothing is fetched or kept.

    .venv/bin/python benchmarks/engine_speed.py [--requests 4000] [--rounds 3]

Both run the worker's own Scrapy settings, a handler that answers at once and five steps that do nothing, each time in a
process of its own.  CPU of the process from the first request to the end; the ratio is the median of the rounds' own.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

sys.path.insert(0, str(Path(__file__).parents[1]))

from crawler import settings
from crawler.shortcut import Shortcut

AT_ONCE = 48


class AtOnce(BaseDownloadHandler):
    """Answers without a network."""

    lazy = False

    async def download_request(self, request: scrapy.Request) -> Response:
        """Scrapy's call."""
        await asyncio.sleep(0)
        return Response(url=request.url, request=request)


class Step:
    """Does nothing."""

    async def process_item(self, item: Any) -> Any:
        """Scrapy's call."""
        return item


STEPS = [type(f"Step{number}", (Step,), {}) for number in range(5)]


class Requests(scrapy.Spider):
    """So many requests through the engine, or beside it."""

    name = "requests"
    way = ""
    requests = 0

    async def start(self) -> AsyncIterator[Any]:
        """At most `AT_ONCE` under way."""
        self.shortcut = Shortcut(self.crawler, AtOnce(self.crawler))
        self.places = asyncio.Semaphore(AT_ONCE)
        self.began = time.process_time()
        for number in range(self.requests):
            await self.places.acquire()
            request = scrapy.Request(
                f"http://a.example/{number}", self.answered, meta={"verbatim_url": True}, dont_filter=True
            )
            if self.way == "beside":
                self.shortcut.begin(request)
            else:
                yield request
        await self.shortcut.settled()

    async def answered(self, response: Response) -> AsyncIterator[Any]:
        """One item."""
        self.places.release()
        yield {"url": response.url}

    def closed(self, reason: str) -> None:
        """Print microseconds per request."""
        assert reason == "finished"
        print(1e6 * (time.process_time() - self.began) / self.requests)


def child(way: str, requests: int) -> None:
    ours = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    steps = {step: number for number, step in enumerate(STEPS)}
    changes = {"DOWNLOAD_HANDLERS": {"http": AtOnce}, "ITEM_PIPELINES": steps, "LOG_LEVEL": "ERROR"}
    process = AsyncCrawlerProcess(ours | changes)
    process.crawl(type("Chosen", (Requests,), {"way": way, "requests": requests}))
    process.start()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--requests", type=int, default=4000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--way", default="")
    asked = options.parse_args()
    if asked.way:
        child(asked.way, asked.requests)
        return
    spent: dict[str, list[float]] = {"engine": [], "beside": []}
    for _ in range(asked.rounds):
        for way, times in spent.items():
            command = [sys.executable, __file__, "--way", way, "--requests", str(asked.requests)]
            times.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    ratio = statistics.median(mine / peer for mine, peer in zip(spent["beside"], spent["engine"], strict=True))
    print("| way | CPU us per request |\n|---|---|")
    for way, times in spent.items():
        print(f"| {way} | {statistics.median(times):.0f} |")
    print(f"\nbeside the engine: {ratio:.2f} of the CPU")


if __name__ == "__main__":
    main()
