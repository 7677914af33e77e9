"""What every step of the pipeline has in common.

A step changes pages only; failures and skips pass through.  Whatever goes wrong inside a step ends the URL as
`failed: internal` with its trace, so that no URL ends in silence; storage that is away is waited for, never a failure.
"""

from __future__ import annotations

import logging
import time
import traceback
from typing import Protocol, Self, cast

from scrapy.crawler import Crawler

from crawler.errors import SettingsError
from crawler.items import FailureReason, FetchFailure, PageItem
from crawler.ports import WorkerPort

_TRACE = 1_500  # characters of a trace's end kept with the failure

logger = logging.getLogger(__name__)


class _WorkerSpider(Protocol):
    worker: WorkerPort


class Step:
    """Base of the steps.  `apply` returns a changed copy of the page."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way in."""
        return cls(crawler)

    @property
    def worker(self) -> WorkerPort:
        """The worker this step runs in; set once the spider has started."""
        return worker_of(self._crawler)

    async def process_item(self, item: object) -> object:
        """Scrapy's call."""
        if not isinstance(item, PageItem):
            return item
        try:
            return await self.apply(item)
        except Exception as error:
            logger.exception("%s failed on %s", type(self).__name__, item.lease.url)
            return internal_failure(item, error, now=time.time())

    async def apply(self, item: PageItem) -> PageItem:
        """Do the step's work."""
        raise NotImplementedError


def worker_of(crawler: Crawler) -> WorkerPort:
    """The worker port of the running spider."""
    return cast("_WorkerSpider", crawler.spider).worker


def setting(crawler: Crawler, name: str) -> str:
    """A setting the step cannot do without.

    Raises SettingsError, which ends the worker; Scrapy's NotConfigured would run on without the step.
    """
    value = crawler.settings.get(name)
    if not value:
        raise SettingsError(f"{name} is not set: run `caifeng up`, or set it for this worker")
    return str(value)


def internal_failure(item: PageItem, error: Exception, *, now: float) -> FetchFailure:
    """The failure a page becomes when a step breaks on it, with the last lines of the trace."""
    trace = "".join(traceback.format_exception(error))
    return FetchFailure(
        lease=item.lease,
        reason=FailureReason.INTERNAL,
        detail=trace[-_TRACE:],
        units=item.units,
        at=now,
        status=item.capture.status,
    )
