"""Fourth step: the provisional `duplicate_of` while crawling, across workers.

Best effort: it spares the operator of a running round from seeing copies as finds.  What counts is the deterministic
pass before the round is finished (`rounds.settle`), which sets every mark anew; the rules here are a part of its own
(`cleaning.duplicates`): a copy counts where the other page serves all its units, short texts are left to it.

Exact copies are looked up by their hash among the stored pages.  Near ones are looked up by the blocks of their
fingerprints in a table of fixed size that all workers share (`crawler.frontier.near`), and then read; of a page whose place
a later one has taken, copies are left to the pass at the end.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, NamedTuple, Self

from scrapy.crawler import Crawler

from cleaning.duplicates import SHORT_TEXT, Candidate, masked_print, may_copy, near_prints, places_of
from cleaning.page import Media
from cleaning.reasons import Verdict
from cleaning.same_text import same_but_edges
from crawler.batching import Batcher
from crawler.frontier.contract import Met
from crawler.items import PageItem
from pipelines.step import Step, setting
from pipelines.store.earlier import EarlierPage, EarlierPages, EarlierText
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
    page: Candidate
    text: str


class Copied(NamedTuple):
    """The page that this one is a copy of, empty for none, and whether it only is a near one."""

    of: str = ""
    near: bool = False


class DedupeStep(Step):
    """Marks a kept page whose text stands stored already under another key that serves its units."""

    def __init__(self, crawler: Crawler, mongo_url: str) -> None:
        super().__init__(crawler)
        self._earlier = EarlierPages(mongo_url)
        self._batcher: Batcher[Lookup, Copied] = Batcher(self._look_up, size=BATCH, window=WINDOW)

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
        lookup = Lookup(item.lease.key, reading.text_hash, frozenset(item.units), _compared(item), reading.text)
        found = await self.worker.aside(item.lease, partial(self._batcher.submit, lookup))
        return replace(item, duplicate_of=found.of, near_copy=found.near)

    async def close_spider(self) -> None:
        """Give the connection back."""
        await self._batcher.drain()
        await self._earlier.close()

    async def _look_up(self, batch: Sequence[Lookup]) -> list[Copied]:
        try:
            exact = await self._exact(batch)
            near = await self._near([each for each, of in zip(batch, exact, strict=True) if not of])
        except StoreAway as error:
            # The store step waits for MongoDB; here its absence costs a provisional mark only.
            logger.debug("no earlier pages looked up: %s", error)
            return [Copied()] * len(batch)
        return [
            Copied(of) if of else Copied(near.get(each.key, ""), near=each.key in near)
            for each, of in zip(batch, exact, strict=True)
        ]

    async def _exact(self, batch: Sequence[Lookup]) -> list[str]:
        """The page that each is an exact copy of."""
        hashes = sorted({each.text_hash for each in batch})
        by_hash: dict[str, list[EarlierPage]] = defaultdict(list)
        for page in await self._earlier.with_text(self.worker.round_name, hashes):
            by_hash[page.text_hash].append(page)
        return [representative(each, by_hash[each.text_hash]) for each in batch]

    async def _near(self, batch: Sequence[Lookup]) -> dict[str, str]:
        """The page that each is a near copy of, where it is one; the places of the others are now theirs."""
        book = self.worker.frontier.near
        places = {each.key: places_of(each.page) for each in batch}
        prints = {each.key: masked_print(each.page) for each in batch}
        asked = sorted({place for found in places.values() for place in found})
        last = dict(zip(asked, await book.last(asked), strict=True))
        keys = {
            key: {met.key for met in map(last.__getitem__, found) if near_prints(prints[key], met.print)} - {"", key}
            for key, found in places.items()
        }
        wanted = frozenset[str]().union(*keys.values())
        stored = await self._earlier.with_keys(self.worker.round_name, wanted) if wanted else {}
        found = {
            each.key: of
            for each in batch
            if (of := _near_one(each, [stored[key] for key in keys[each.key] & stored.keys()]))
        }
        new = {key: held for key, held in places.items() if key not in found}
        await book.keep({place: Met(prints[key], key) for key, held in new.items() for place in held})
        return found


def _compared(item: PageItem) -> Candidate:
    """What is compared of a page that is not yet stored."""
    reading = item.reading
    return Candidate(
        key=item.lease.key,
        units=item.units,
        host=item.lease.host,
        depth=0,
        text_hash=reading.text_hash,
        simhash=reading.simhash,
        number_hash=reading.number_hash,
        sha256="",
        media=str(reading.media),
        eligible=True,
        title=reading.title,
        length=len(reading.text),
        page_type=str(reading.page_type),
    )


def _near_one(each: Lookup, earlier: Sequence[EarlierText]) -> str:
    """The smallest key among the earlier pages that this one is a near copy of; empty without one."""
    copied = (
        other.page.key for other in earlier if may_copy(each.page, other.page) and same_but_edges(each.text, other.text)
    )
    return min(copied, default="")


def representative(page: Lookup, earlier: Sequence[EarlierPage]) -> str:
    """The smallest key among the earlier pages that serve every unit of this one; empty if none does."""
    return min((each.key for each in earlier if each.key != page.key and page.units <= each.units), default="")
