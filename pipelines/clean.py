"""Second step: the page's one verdict, with its reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Final, Self

from scrapy.crawler import Crawler

from cleaning.page import Judgement, Reading
from cleaning.verdict import judge
from crawler.batching import Batcher, each_alone
from crawler.errors import SettingsError
from crawler.items import PageItem
from pipelines.step import Step, setting

BATCH: Final = 40  # pages judged in a row: more would save nothing, and keep the event loop for longer
OWN, PACKAGE = "own", "package"  # values of CAIFENG_SIMHASH
Fingerprint = Callable[[str], int]


class CleanStep(Step):
    """Judges the reading the spider has made; nothing is parsed again.

    Pages that come in one pass of the event loop are judged one after the other, and tagged one after the other: the
    rules and tables of each of these stay in the processor's caches meanwhile (decision 22).
    """

    def __init__(self, crawler: Crawler, fingerprint: Fingerprint | None = None) -> None:
        super().__init__(crawler)
        self._fingerprint = fingerprint
        self._batcher: Batcher[Reading, Judgement] = Batcher(each_alone(judge), size=BATCH, window=0.0)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads `CAIFENG_SIMHASH`: whether simhashes stay as they were read, or are computed by the package."""
        return cls(crawler, _chosen(setting(crawler, "CAIFENG_SIMHASH")))

    async def apply(self, item: PageItem) -> PageItem:
        """Add the judgement: that of the same bytes by the same rules, where there is one."""
        if self._fingerprint is not None and item.reading.simhash:
            item = replace(item, reading=replace(item.reading, simhash=self._fingerprint(item.reading.text)))
        if item.unchanged is not None and item.unchanged.carried is not None:
            return replace(item, judgement=item.unchanged.carried.judgement)
        return replace(item, judgement=await self._batcher.submit(item.reading))

    async def close_spider(self) -> None:
        """Judge what waits."""
        await self._batcher.drain()


def _chosen(name: str) -> Fingerprint | None:
    """What computes simhashes anew; None for our own.  Raises SettingsError."""
    if name == OWN:
        return None
    if name != PACKAGE:
        raise SettingsError(f"CAIFENG_SIMHASH is {name!r}: give {OWN} or {PACKAGE} (unset: {OWN})")
    try:
        found: Fingerprint = import_module("cleaning.reference").simhash
    except ImportError as error:
        raise SettingsError(
            "CAIFENG_SIMHASH is package, and simhash is not installed: install it, or unset it"
        ) from error
    return found
