"""The archive in an object store: pages wait until the segment that holds them is uploaded, proven and registered.

A segment is built in memory: its pages are held there anyway until they are stored.  What a killed worker had not
uploaded is lost with it and its pages' leases lapse, so that they are fetched again; what it had uploaded and not
registered is an object that no record names, and `caifeng audit` lists it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from crawler.items import ArchiveRef
from crawler.ports import WorkerPort
from crawler.reasons import Halt
from pipelines.archive_objects import ObjectStore
from pipelines.errors import ArchiveAway, RecordMissing
from pipelines.patience import Patience
from pipelines.store.connect import AsyncStore, is_away
from pipelines.store.segments import Segment, register

# A worker at its best archives about 1 MB in a second.  Sealing after two seconds gives objects of up to 2 MB (a page
# has 7 KB), a few hundred of them for 100,000 pages, and delays each page's links and ack by two seconds of the lease's
# sixty.  The bytes bound what attachments may gather, far below what stores take in one part (5 GB).
SEGMENT_BYTES: Final = 8 * 2**20
SEGMENT_SECONDS: Final = 2.0

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Open:
    """A segment that takes records; `delivered` is done when their pages may be stored."""

    name: str
    parts: list[bytes]
    size: int
    delivered: asyncio.Future[None]
    records: int = 0
    timer: asyncio.TimerHandle | None = field(default=None)


class SegmentSink:
    """This process life's segments.  Made inside the worker's event loop."""

    def __init__(
        self, worker: WorkerPort, objects: ObjectStore, database: AsyncStore, stem: str, header: Callable[[str], bytes]
    ) -> None:
        self._worker = worker
        self._objects = objects
        self._database = database
        self._stem = stem
        self._header = header
        self._number = 0
        self._open: _Open | None = None
        self._deliveries: set[asyncio.Task[None]] = set()
        url = objects.url_of(worker.round_name)
        self._uploading = Patience(
            f"the archive's object store ({url})",
            logger,
            lambda error: isinstance(error, ArchiveAway | RecordMissing),
            told=self._told,
        )
        self._registering = Patience("MongoDB (for the archive's segments)", logger, is_away)

    async def append(self, token: str, records: Sequence[bytes]) -> list[ArchiveRef]:
        """Add a page's records to the open segment; returns when that is in the store and registered."""
        segment = self._open or self._begin()
        refs = []
        for data in records:
            refs.append(ArchiveRef(self._objects.url_of(segment.name), segment.size, len(data)))
            segment.parts.append(data)
            segment.size += len(data)
            segment.records += 1
        if segment.size >= SEGMENT_BYTES:
            self._seal()
        self._worker.parked(token)
        try:
            await asyncio.shield(segment.delivered)
        finally:
            self._worker.storing(token)
        return refs

    async def close(self) -> None:
        """Deliver what waits, however long the store is away; then give the connection back."""
        self._seal()
        while self._deliveries:
            await asyncio.wait(self._deliveries)
        await self._database.client.close()

    def _begin(self) -> _Open:
        self._number += 1
        name = f"{self._stem}-{self._number}.warc.gz"
        header = self._header(name)
        loop = asyncio.get_running_loop()
        path = f"{self._worker.round_name}/{name}"
        self._open = _Open(path, [header], len(header), loop.create_future())
        self._open.timer = loop.call_later(SEGMENT_SECONDS, self._seal)
        return self._open

    def _seal(self) -> None:
        segment, self._open = self._open, None
        if segment is None:
            return
        if segment.timer is not None:
            segment.timer.cancel()
        delivery = asyncio.get_running_loop().create_task(self._deliver(segment))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    async def _deliver(self, segment: _Open) -> None:
        try:
            data = b"".join(segment.parts)
            segment.parts.clear()
            await self._uploading.until_done(lambda: asyncio.to_thread(self._objects.put, segment.name, data))
            sealed = Segment(
                round=self._worker.round_name,
                name=segment.name.rpartition("/")[2],
                url=self._objects.url_of(segment.name),
                bytes=len(data),
                records=segment.records,
                sha256=hashlib.sha256(data).hexdigest(),
                sealed_at=time.time(),
                worker=self._worker.worker_id,
            )
            await self._registering.until_done(lambda: register(self._database, sealed))
        except Exception as error:  # noqa: BLE001  it ends each of its pages, which raise it from `append`
            segment.delivered.set_exception(error)
        else:
            segment.delivered.set_result(None)

    def _told(self, trouble: str) -> None:
        if trouble:
            self._worker.halt(Halt.ARCHIVE_AWAY, trouble)
        else:
            self._worker.resume(Halt.ARCHIVE_AWAY)
