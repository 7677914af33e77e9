"""Third step: evidence for the catalogue's points, on every page that is not harmful."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from scrapy.crawler import Crawler

from cleaning.reasons import Verdict
from crawler.items import PageItem
from indicators.catalogue import load
from indicators.tagging import Tagger, day_of_collection
from pipelines.step import Step


class TagStep(Step):
    """Holds the process's one compiled matcher."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._tagger = Tagger(load())

    async def apply(self, item: PageItem) -> PageItem:
        """Add the tags with their numbers, and the page's facts."""
        if item.judgement is not None and item.judgement.verdict is Verdict.HARMFUL:
            return item
        on = day_of_collection(datetime.fromtimestamp(item.capture.fetched_at, UTC))
        carried = item.unchanged.carried if item.unchanged is not None else None
        if carried is not None:
            tagged = self._tagger.measured(carried.tags, item.reading, on)
        else:
            tagged = self._tagger.tag(item.reading, on)
        return replace(item, tags=tagged.tags, facts=tagged.facts)
