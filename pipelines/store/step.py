"""The last step: offer the links, write the records, end the leases; in this order, a batch at a time.

`process_item` returns when its item's lease is acked, so that Scrapy's own concurrency holds back what storage cannot
take.  Whatever fails before the ack leaves the lease to lapse: the URL is granted again, never lost.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from scrapy.crawler import Crawler

from crawler.batching import Batcher
from crawler.errors import FrontierAway
from crawler.frontier.contract import End
from crawler.items import FailureReason, FetchFailure, PageItem, Skipped
from crawler.ports import WorkerPort
from pipelines.patience import Patience
from pipelines.step import internal_failure, setting, worker_of
from pipelines.store.connect import AsyncStore, connect_async, patience_with
from pipelines.store.errors import RecordTooLarge
from pipelines.store.faults import Faults, from_environment
from pipelines.store.records import Draft, draft
from pipelines.store.writer import Answer, Written, write

BATCH: Final = 100  # baselines.md §9: a bulk of 100 takes 5.2 of the 5.3 times that bulk writes can save
WINDOW: Final = 0.1  # seconds a lone record waits for company: at 100 pages a second ten share one journaled write

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Offered:
    """A draft whose links are pushed; `depth` is what the frontier said, -1 when it no longer knows the URL."""

    draft: Draft
    depth: int


class StoreStep:
    """Ends every item's URL."""

    def __init__(self, crawler: Crawler, mongo_url: str, faults: Faults) -> None:
        self._crawler = crawler
        self._faults = faults
        self._flushes = 0
        self._database: AsyncStore = connect_async(mongo_url)
        self._batcher: Batcher[Draft, Written] = Batcher(self._flush, size=BATCH, window=WINDOW)
        self._frontier_patience = Patience(
            "the frontier (Redis)", logger, lambda error: isinstance(error, FrontierAway)
        )
        self._store_patience = patience_with(mongo_url, logger)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads `CAIFENG_MONGO_URL` from the settings."""
        return cls(crawler, setting(crawler, "CAIFENG_MONGO_URL"), from_environment(os.environ))

    async def process_item(self, item: object) -> object:
        """Store the item and end its lease; raises what kept it from being stored."""
        if not isinstance(item, PageItem | FetchFailure | Skipped):
            return item
        worker = worker_of(self._crawler)
        token = item.lease.token
        worker.storing(token)
        try:
            suspect = item.lease.deaths > 0  # granted alone, and the next one waits for its ack
            written = await self._batcher.submit(self._draft(worker.round_name, item), alone=suspect)
            if isinstance(item, PageItem) and written is Written.DONE:  # else another worker has counted it
                worker.counted(item)
        finally:
            worker.ended(token)
        return item

    async def close_spider(self) -> None:
        """Write and ack what waits, then give the connection back."""
        await self._batcher.drain()
        await self._database.client.close()

    def _draft(self, round_name: str, item: PageItem | FetchFailure | Skipped) -> Draft:
        try:
            return draft(round_name, item)
        except Exception as error:
            if not isinstance(item, PageItem):
                raise
            logger.exception("the record of %s cannot be made", item.lease.url)
            failure = internal_failure(item, error, now=time.time())
            if isinstance(error, RecordTooLarge):
                failure = replace(failure, reason=FailureReason.TOO_LARGE, detail=str(error))
            return draft(round_name, failure)

    async def _flush(self, batch: Sequence[Draft]) -> list[Written | Exception]:
        """Answers per draft: what became of it, or what kept it from being ended."""
        worker = worker_of(self._crawler)
        offered = await asyncio.gather(*(self._offer(worker, each) for each in batch), return_exceptions=True)
        good = [each for each in offered if isinstance(each, _Offered)]
        self._flushes += 1
        if self._faults.ack_first:
            acked = await self._ack_all(worker, good, [Answer(Written.DONE, each.depth) for each in good])
            self._faults.between(self._flushes)
            await self._write(good)
        else:
            written = await self._write(good)
            self._faults.between(self._flushes)
            acked = await self._ack_all(worker, good, written)
        answers = iter(acked)
        return [next(answers) if isinstance(each, _Offered) else _own(each) for each in offered]

    async def _offer(self, worker: WorkerPort, each: Draft) -> _Offered:
        answer = await self._frontier_patience.until_done(
            lambda: worker.frontier.offer(each.lease, each.outlinks, out_of_scope=each.out_of_scope, cut=each.cut)
        )
        return _Offered(each, answer.depth)

    async def _write(self, batch: Sequence[_Offered]) -> list[Answer]:
        """A URL that the frontier no longer knows (Redis was wiped) is not written: it will be found again."""
        known = [(each.draft, each.depth) for each in batch if each.depth >= 0]
        if not known:
            return [Answer(Written.FENCED, each.depth) for each in batch]
        answers = iter(await self._store_patience.until_done(lambda: write(self._database, known)))
        return [next(answers) if each.depth >= 0 else Answer(Written.FENCED, each.depth) for each in batch]

    async def _ack_all(
        self, worker: WorkerPort, batch: Sequence[_Offered], answers: Sequence[Answer]
    ) -> list[Written | Exception]:
        acks = (self._ack(worker, *pair) for pair in zip(batch, answers, strict=True))
        return [_own(each) for each in await asyncio.gather(*acks, return_exceptions=True)]

    async def _ack(self, worker: WorkerPort, each: _Offered, answer: Answer) -> Written:
        if answer.written is Written.FENCED:
            logger.info("%s was granted to another worker meanwhile: this copy is not counted", each.draft.lease.url)
            return Written.FENCED
        end = End.STORED if answer.written is Written.PAGE_STANDS else each.draft.end
        await self._frontier_patience.until_done(lambda: worker.frontier.ack(each.draft.lease, end, depth=answer.depth))
        return answer.written


def _own(answer: Written | BaseException) -> Written | Exception:
    """An item's own answer or trouble; a cancelled worker is neither."""
    if isinstance(answer, BaseException) and not isinstance(answer, Exception):
        raise answer
    return answer
