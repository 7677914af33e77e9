"""A Scrapy extension, the same for every crawler compared: CPU and wall per page from page `METER_SKIP` to the end.

What comes before (imports, compiled rules, connections) is paid once a process and is told apart.
"""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler


def cpu() -> float:
    """Seconds of CPU, user and system, of this process and of its children that have ended."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


class Meter:
    """Writes `METER_FILE` when the spider has closed, all of its pages stored."""

    def __init__(self, file: Path, skip: int) -> None:
        self._file = file
        self._skip = skip
        self._pages = 0
        self._began = (0.0, 0.0)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's constructor."""
        meter = cls(Path(crawler.settings["METER_FILE"]), crawler.settings.getint("METER_SKIP"))
        crawler.signals.connect(meter.page, signal=signals.response_received)
        crawler.signals.connect(meter.closed, signal=signals.spider_closed)
        return meter

    def page(self, response: Any) -> None:
        """A page came."""
        if response.status == 200:
            self._pages += 1
            if self._pages == self._skip:
                self._began = (cpu(), time.monotonic())

    def closed(self) -> None:
        """The end."""
        pages = self._pages - self._skip
        spent, wall = cpu() - self._began[0], time.monotonic() - self._began[1]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        told = {
            "pages": self._pages,
            "cpu_ms": 1000 * spent / pages,
            "wall_ms": 1000 * wall / pages,
            "start_s": self._began[0],
            "rss_mb": memory,
        }
        self._file.write_text(json.dumps(told), "utf-8")
