"""First step: the bytes, before anything is judged.

The main answer as received, then, for browser pages, the rendered DOM as a second record and the scripts and data they
were built from.  `apply` returns when the records are where audit and replay will read them: written through to a file, or uploaded and registered.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final, Protocol, Self

from scrapy.crawler import Crawler

from crawler.items import ArchiveRef, Capture, PageItem
from pipelines import warc
from pipelines.archive_folder import FolderSink
from pipelines.archive_loaded import Built, Shelf
from pipelines.archive_objects import ObjectStore
from pipelines.archive_place import Folder, place_of
from pipelines.archive_room import Marks, marks_of
from pipelines.archive_segments import SegmentSink
from pipelines.step import Step, setting
from pipelines.store.connect import connect_async

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_BIG: Final = 200_000  # bytes: compressing more takes over a millisecond and goes to a thread


class Sink(Protocol):
    """Where records go."""

    async def append(self, token: str, records: Sequence[bytes]) -> list[ArchiveRef]:
        """Keep the records of one page (of one lease); returns when they are kept."""
        ...

    async def close(self) -> None:
        """Finish what is under way."""
        ...


class ArchiveStep(Step):
    """Owns this process life's archive files."""

    def __init__(self, crawler: Crawler, place: Folder | ObjectStore, marks: Marks) -> None:
        super().__init__(crawler)
        self._marks = marks
        self._place = place
        self._sink: Sink | None = None
        self._shelf = Shelf()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads `CAIFENG_ARCHIVE_URL`, `CAIFENG_DISK_PAUSE` and `CAIFENG_DISK_RESUME` from the settings."""
        place = place_of(setting(crawler, "CAIFENG_ARCHIVE_URL"))
        marks = marks_of(*(crawler.settings.get(f"CAIFENG_DISK_{name}", "") for name in ("PAUSE", "RESUME")))
        return cls(crawler, place if isinstance(place, Folder) else ObjectStore(place), marks)

    async def apply(self, item: PageItem) -> PageItem:
        """Add the addresses of the records; a page that is as it was keeps those it has."""
        if item.unchanged is not None:
            return item
        records, built = await self._encode(item.capture)
        if self._sink is None:
            self._sink = self._opened()
        encoded = [*records, *(one.record for one in built)]
        keep = partial(self._sink.append, item.lease.token, [record.data for record in encoded])
        refs = await self.worker.aside(item.lease, keep)
        loaded = self._shelf.placed(built, refs[len(records) :], item.capture.fetched_at)
        return replace(item, archive=refs[0], dom_archive=refs[1] if len(records) > 1 else None, loaded=loaded)

    async def close_spider(self) -> None:
        """Bring the last records to where they belong."""
        if self._sink is not None:
            await self._sink.close()

    async def _encode(self, capture: Capture) -> tuple[list[warc.Encoded], list[Built]]:
        size = len(capture.wire) + len(capture.dom or b"") + sum(len(one.body) for one in capture.loaded)
        return await asyncio.to_thread(self._encoded, capture) if size > _BIG else self._encoded(capture)

    def _encoded(self, capture: Capture) -> tuple[list[warc.Encoded], list[Built]]:
        records = encode(capture)
        return records, self._shelf.encoded(capture, records[0].record_id)

    def _opened(self) -> Sink:
        """The sink of this process life: no other will write under its stem."""
        worker = self.worker
        stem = f"{_UNSAFE.sub('_', worker.worker_id)}-{secrets.token_hex(4)}"
        if isinstance(self._place, Folder):
            return FolderSink(worker, self._place.path / worker.round_name, stem, self._header, self._marks)
        database = connect_async(setting(self._crawler, "CAIFENG_MONGO_URL"))
        return SegmentSink(worker, self._place, database, stem, self._header)

    def _header(self, name: str) -> bytes:
        worker = self.worker
        agent = worker.plan.user_agent
        return warc.warcinfo(file_name=name, round_name=worker.round_name, user_agent=agent, now=time.time()).data


def encode(capture: Capture) -> list[warc.Encoded]:
    """The one or two records of a fetch, in order."""
    main = warc.response(capture)
    if capture.dom is None:
        return [main]
    return [main, warc.rendered(capture, capture.dom, main.record_id)]
