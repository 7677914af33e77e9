"""Fourth step: the provisional `duplicate_of` while crawling, across workers.

Best effort: it spares the operator of a running round from seeing copies as finds.  What counts is the deterministic
pass before the round is finished (`rounds.settle`), which sets every mark anew; the rules here are a part of its own
(`cleaning.duplicates`): an exact copy counts where the other page serves all its units, short texts are left to it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from scrapy.crawler import Crawler

from cleaning.duplicates import SHORT_TEXT
from cleaning.page import Media
from cleaning.reasons import Verdict
from crawler.items import PageItem
from pipelines.batching import Batcher
from pipelines.step import Step, setting
from pipelines.store.earlier import EarlierPage, EarlierPages
from pipelines.store.errors import StoreAway

BATCH: Final = 100
WINDOW: Final = 0.03  # seconds: a few pages share a look-up, which costs more than it finds

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is asked of one page: whether an earlier page that serves all its units has the same text."""

    key: str
    text_hash: str
    units: frozenset[str]


class DedupeStep(Step):
    """Marks a kept page whose text stands stored already under another key that serves its units."""

    def __init__(self, crawler: Crawler, mongo_url: str) -> None:
        super().__init__(crawler)
        self._earlier = EarlierPages(mongo_url)
        self._batcher: Batcher[Lookup, str] = Batcher(self._look_up, size=BATCH, window=WINDOW)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads `CAIFENG_MONGO_URL` from the settings."""
        return cls(crawler, setting(crawler, "CAIFENG_MONGO_URL"))

    async def apply(self, item: PageItem) -> PageItem:
        """Add the key of the earlier page, where there is one."""
        reading = item.reading
        kept = item.judgement is not None and item.judgement.verdict is Verdict.KEPT and not item.absent_like
        telling = reading.media is Media.ATTACHMENT or len(reading.text) >= SHORT_TEXT
        if not (kept and telling and reading.text_hash):
            return item
        lookup = Lookup(item.lease.key, reading.text_hash, frozenset(item.units))
        return replace(item, duplicate_of=await self._batcher.submit(lookup))

    async def close_spider(self) -> None:
        """Give the connection back."""
        await self._batcher.drain()
        await self._earlier.close()

    async def _look_up(self, batch: Sequence[Lookup]) -> list[str]:
        hashes = sorted({each.text_hash for each in batch})
        try:
            found = await self._earlier.with_text(self.worker.round_name, hashes)
        except StoreAway as error:
            # The store step waits for MongoDB; here its absence costs a provisional mark only.
            logger.debug("no earlier pages looked up: %s", error)
            return [""] * len(batch)
        by_hash: dict[str, list[EarlierPage]] = defaultdict(list)
        for page in found:
            by_hash[page.text_hash].append(page)
        return [representative(each, by_hash[each.text_hash]) for each in batch]


def representative(page: Lookup, earlier: Sequence[EarlierPage]) -> str:
    """The smallest key among the earlier pages that serve every unit of this one; empty if none does."""
    return min((each.key for each in earlier if each.key != page.key and page.units <= each.units), default="")
