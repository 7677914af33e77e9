"""Third step: evidence for the catalogue's points, on every page that is not harmful."""

from __future__ import annotations

from dataclasses import replace

from scrapy.crawler import Crawler

from cleaning.reasons import Verdict
from crawler.items import PageItem
from indicators.catalogue import load
from indicators.matcher import Matcher
from pipelines.step import Step


class TagStep(Step):
    """Holds the process's one compiled matcher."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._matcher = Matcher(load())

    async def apply(self, item: PageItem) -> PageItem:
        """Add the tags."""
        if item.judgement is not None and item.judgement.verdict is Verdict.HARMFUL:
            return item
        return replace(item, tags=self._matcher.match(item.reading))
