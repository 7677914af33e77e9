"""Second step: the page's one verdict, with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from scrapy.crawler import Crawler

from cleaning.page import Judgement, Reading
from cleaning.verdict import judge
from crawler.items import PageItem
from pipelines.batching import Batcher
from pipelines.step import Step

BATCH: Final = 40  # pages judged in a row: more would save nothing, and keep the event loop for longer


class CleanStep(Step):
    """Judges the reading the spider has made; nothing is parsed again.

    Pages that come in one pass of the event loop are judged one after the other, and tagged one after the other: the
    rules and tables of each of these stay in the processor's caches meanwhile (decision 22).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._batcher: Batcher[Reading, Judgement | Exception] = Batcher(_judge_all, size=BATCH, window=0.0)

    async def apply(self, item: PageItem) -> PageItem:
        """Add the judgement: that of the same bytes by the same rules, where there is one."""
        if item.unchanged is not None and item.unchanged.carried is not None:
            return replace(item, judgement=item.unchanged.carried.judgement)
        judgement = await self._batcher.submit(item.reading)
        if isinstance(judgement, Exception):
            raise judgement
        return replace(item, judgement=judgement)

    async def close_spider(self) -> None:
        """Judge what waits."""
        await self._batcher.drain()


async def _judge_all(readings: Sequence[Reading]) -> list[Judgement | Exception]:
    return [_judged(reading) for reading in readings]


def _judged(reading: Reading) -> Judgement | Exception:
    """The judgement, or what went wrong: a fault of ours is this page's alone."""
    try:
        return judge(reading)
    except Exception as error:  # noqa: BLE001  # raised where the page waits
        return error
