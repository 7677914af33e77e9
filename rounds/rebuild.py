"""A round's frontier rebuilt from MongoDB alone: from the records of what has ended, their links, and the plan's seeds.

Everything that was found and has not ended is queued again at its least depth.  How: all ended URLs enter with the depth
of their records; the seeds and every record's links are offered as they were while crawling; a page whose depth falls by
that has its links offered again, until nothing falls.  Records stream past, so memory does not grow with the round.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from crawler.frontier.contract import Counts, End, Grant, Lease
from crawler.frontier.ids import split_key
from crawler.frontier.rebuild import EndedUrl, Rebuild, Source
from crawler.frontier.redis import State
from crawler.outlinks import sort_links
from crawler.plan import RoundPlan
from crawler.probes import Answered
from crawler.scope import Scope
from pipelines.store.connect import Document, Store
from pipelines.store.corrections import Correction, correct
from pipelines.store.links import PageLinks
from pipelines.store.probes import probes_of
from pipelines.store.reader import RoundReader
from pipelines.store.records import cuts_of, links_of
from pipelines.store.rounds import ALLOWED, RoundBook, RoundRecord
from pipelines.store.spill import forget_round
from rounds.errors import LedgerOpen
from rounds.recount import FIELDS, Families, kinds_of
from rounds.services import Services

ENDED_AT_ONCE: Final = 1_000
OFFERED_AT_ONCE: Final = 100  # records whose links travel in one pipeline
BLOCK: Final = 2**40  # of serials: more than the epochs of one frontier's life use, 2^32 each
FRONTIER: Final = "frontier"  # the result in the round's document that keeps the block in use
ENDED_FIELDS: Final = ("key", "url", "end", "depth", "serial", "units")
LINK_FIELDS: Final = ("key", "depth", "chain", "outlinks", "out_of_scope", "cut", "cut_links")

Report = Callable[[str, int, int], None]  # step, done, of how many (0: unknown)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it: the new ledger, and how many pages had a greater depth than they should."""

    counts: Counts
    state: State
    relinked: int


def next_block(kept: int, greatest: int) -> int:
    """The serial behind which grants go on, above the greatest written and the block used last."""
    return (max(kept, greatest) // BLOCK + 1) * BLOCK


def state_after(before: str, counts: Counts) -> State:
    """What a rebuilt round is: as it was, save that nobody works on it now, and that finished means nothing is left."""
    was = State(before)
    if was is State.RUNNING or (was is State.FINISHED and not counts.at_rest):
        return State.READY
    return was


async def rebuild(services: Services, database: Store, record: RoundRecord, report: Report) -> Rebuilt:
    """Rebuild and install the frontier of `record`'s plan.  Killed at any moment it may be run again.

    Raises StoreAway, FrontierAway, RebuildLost, LedgerOpen.
    """
    plan, name = record.plan, record.name
    book = RoundBook(database, url=services.mongo_url)
    work = _Work(Rebuild(services.redis_url, plan), RoundReader(database, name, url=services.mongo_url), plan, report)
    try:
        await work.target.begin(record.results.get(ALLOWED, {}).get("patterns", ()))
        greatest = await work.restore(lambda found: correct(database, name, found, url=services.mongo_url))
        probes = list(probes_of(database, name, url=services.mongo_url))
        await work.target.probed((one.host, one.found if one.answered is Answered.SOFT else None) for one in probes)
        await work.target.seed()
        await work.offer(lambda found: correct(database, name, found, url=services.mongo_url))
        relinked = await work.relink(lambda found: correct(database, name, found, url=services.mongo_url))
        counts = await work.target.counts()
        if counts.difference or counts.relinks or counts.found == 0:
            raise LedgerOpen(f"轮次 {name} 重建的账目没有合上（{counts}）：原来的队列没有动，请再运行一次")
        serial = next_block(record.results.get(FRONTIER, {}).get("serial", 0), greatest)
        book.save_result(name, FRONTIER, {"serial": serial})  # before it is used: the next rebuild goes on above it
        state = state_after(record.state, counts)
        forget_round(database, name)  # chunks of the queue that is being replaced: what waits in them is queued anew
        await work.target.install(serial=serial, state=state)
    finally:
        await work.target.close()
    return Rebuilt(counts, state, relinked)


Corrector = Callable[[Sequence[Correction]], None]


class _Work:
    """The steps, each streaming over the records."""

    def __init__(self, target: Rebuild, reader: RoundReader, plan: RoundPlan, report: Report) -> None:
        self.target = target
        self._reader = reader
        self._limits = plan.limits
        self._scope = Scope(plan)
        self._report = report
        self._total = sum(reader.ends().values())

    async def restore(self, put_right: Corrector) -> int:
        """All that has ended; returns the greatest serial written."""
        greatest = done = 0
        for chunk in chunks(self._reader.every(ENDED_FIELDS), ENDED_AT_ONCE):
            await self.target.restore([_ended(one) for one in chunk])
            greatest = max(greatest, *(one["serial"] for one in chunk))
            put_right([found for one in chunk if (found := self._units(one)) is not None])
            done += len(chunk)
            self._report("已结束的网址", done, self._total)
        return greatest

    async def offer(self, put_right: Corrector) -> None:
        """The links of every record, and what it adds to the round's counts."""
        done, families = 0, Families()
        for chunk in chunks(self._reader.every((*LINK_FIELDS, *FIELDS)), OFFERED_AT_ONCE):
            widened = [self._widened(one) for one in chunk]
            put_right([correction for _, correction in widened if correction is not None])
            await asyncio.gather(*(self.target.offer(source) for source, _ in widened if source.speaks))
            kinds: dict[str, Counter[str]] = {}
            for one in chunk:
                kinds.setdefault(one["host"], Counter()).update(kinds_of(one))
                families.cut(one)
            await self.target.count(kinds)
            done += len(chunk)
            self._report("它们的链接", done, self._total)
        if families:
            await self.target.recall(families.counted(one["key"] for one in self._reader.pages(fields=("key",))))

    async def relink(self, put_right: Corrector) -> int:
        """Pages whose depth fell, until none does."""

        async def answer(keys: Sequence[str]) -> Sequence[int]:
            known = self._reader.records(keys, LINK_FIELDS)
            sources = [self._widened(known[key])[0] for key in keys]
            offered = await asyncio.gather(*(self.target.offer(_counted(source)) for source in sources))
            put_right([Correction(key, depth=one.depth) for key, one in zip(keys, offered, strict=True)])
            return [one.depth for one in offered]

        return await self.target.relink(answer)

    def _units(self, document: Document) -> Correction | None:
        units = self._scope.units_of(document["key"])
        return None if list(units) == document["units"] else Correction(document["key"], units=units)

    def _widened(self, document: Document) -> tuple[Source, Correction | None]:
        """A record's links under the plan as it is now: what was out of scope may not be any more."""
        links, key, chain = links_of(document), document["key"], document.get("chain", 0)
        foreign = document.get("out_of_scope", 0)
        correction = None
        if any(self._scope.units_of(link.key) for link in links.foreign):
            found = sort_links(links.foreign, _lease(key, chain), self._scope, self._limits)
            now_inside = {link.key for link in links.foreign if self._scope.units_of(link.key)}
            links = PageLinks(
                (*links.offered, *found.offered), tuple(link for link in links.foreign if link.key not in now_inside)
            )
            foreign = max(0, foreign - len(now_inside))
            correction = Correction(key, links=links)
        source = Source(
            key, document["depth"], chain, links.offered, foreign, document.get("cut", 0), cuts_of(document)
        )
        return source, correction


def chunks(stream: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`."""
    each = iter(stream)
    while chunk := list(islice(each, size)):
        yield chunk


def _ended(document: Document) -> EndedUrl:
    return EndedUrl(document["key"], document["url"], End(document["end"]), document["depth"])


def _counted(source: Source) -> Source:
    """The same, its links out of scope and cut counted already."""
    return Source(source.key, source.depth, source.chain, source.links)


def _lease(key: str, chain: int) -> Lease:
    return Lease(token="", grant=Grant.RELINK, host=split_key(key)[0], key=key, url=key, chain=chain)
