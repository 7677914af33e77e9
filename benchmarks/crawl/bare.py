"""Bare Scrapy: fetch, LinkExtractor, nothing kept.  Arguments: HOSTS (comma separated, with port)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import scrapy
from scrapy.http import Response
from scrapy.linkextractors import LinkExtractor
from scrapy.resolver import dnscache


class Bare(scrapy.Spider):
    """Follows every link to depth 6."""

    name = "bare"
    start_urls: ClassVar[list[str]] = [f"http://{host}/" for host in sys.argv[1].split(",")]
    extractor = LinkExtractor()

    def parse(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """Links to requests."""
        for link in self.extractor.extract_links(response):  # type: ignore[arg-type]
            yield scrapy.Request(link.url)


SETTINGS: dict[str, Any] = {
    "LOG_LEVEL": "ERROR",
    "CONCURRENT_REQUESTS": 48,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": False,
    "DEPTH_LIMIT": 6,
    "DEPTH_PRIORITY": 1,
    "TELNETCONSOLE_ENABLED": False,
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    "EXTENSIONS": {"crawl.meter.Meter": 1},
    "METER_SKIP": 100,
}


def loopback(hosts: str) -> None:
    """Answer the names of the made-up hosts without a resolver, as `--resolve` does for ours."""
    for host in hosts.split(","):
        dnscache[host.partition(":")[0]] = "127.0.0.1"


def run(spider: type[scrapy.Spider], settings: dict[str, Any]) -> None:
    """Crawl to the end."""
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415  after the reactor is chosen

    process = AsyncCrawlerProcess(settings | {"METER_FILE": sys.argv[2]})
    process.crawl(spider)
    loopback(sys.argv[1])
    process.start()


if __name__ == "__main__":
    run(Bare, SETTINGS)
