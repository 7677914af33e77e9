"""First step: the bytes, before anything is judged.

The main answer as received, then, for browser pages, the rendered DOM as a second record.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import re
import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from scrapy.crawler import Crawler

from crawler.items import ArchiveRef, Capture, PageItem
from pipelines import warc
from pipelines.archive_file import SYNC_SECONDS, ArchiveWriter, folder_of, sync_and_close
from pipelines.patience import Patience
from pipelines.step import Step, setting

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_BIG: Final = 200_000  # bytes: compressing more takes over a millisecond and goes to a thread

logger = logging.getLogger(__name__)


class ArchiveStep(Step):
    """Owns this process life's archive files."""

    def __init__(self, crawler: Crawler, folder: Path) -> None:
        super().__init__(crawler)
        self._folder = folder
        self._patience = Patience(f"the archive disk ({folder})", logger, disk_full)
        self._open: ArchiveWriter | None = None
        self._syncer: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads `CAIFENG_ARCHIVE_URL` from the settings."""
        return cls(crawler, folder_of(setting(crawler, "CAIFENG_ARCHIVE_URL")))

    async def apply(self, item: PageItem) -> PageItem:
        """Add the addresses of the records."""
        records = await self._encode(item.capture)
        refs = [await self._append(item.lease.token, record.data) for record in records]
        return replace(item, archive=refs[0], dom_archive=refs[1] if len(refs) > 1 else None)

    async def close_spider(self) -> None:
        """Sync and close the last file."""
        if self._syncer is not None:
            self._syncer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._syncer
        if self._open is not None:
            self._open.close()

    async def _encode(self, capture: Capture) -> list[warc.Encoded]:
        if len(capture.wire) + len(capture.dom or b"") > _BIG:
            return await asyncio.to_thread(encode, capture)
        return encode(capture)

    async def _append(self, token: str, data: bytes) -> ArchiveRef:
        async def attempt() -> ArchiveRef:
            try:
                return self._writer().append(data)
            except OSError as error:
                if disk_full(error):
                    self.worker.storing(token)  # however long the disk stays full, the lease is renewed
                raise

        return await self._patience.until_done(attempt)

    def _writer(self) -> ArchiveWriter:
        if self._open is None:
            worker = self.worker
            round_name = worker.round_name
            agent = worker.plan.user_agent
            stem = f"{_UNSAFE.sub('_', worker.worker_id)}-{secrets.token_hex(4)}"
            self._open = ArchiveWriter(
                self._folder / round_name,
                stem,
                lambda name: (
                    warc.warcinfo(file_name=name, round_name=round_name, user_agent=agent, now=time.time()).data
                ),
            )
            self._syncer = asyncio.get_running_loop().create_task(self._sync_regularly(self._open))
        return self._open

    async def _sync_regularly(self, writer: ArchiveWriter) -> None:
        while True:
            await asyncio.sleep(SYNC_SECONDS)
            try:
                file = writer.duplicate()
                if file >= 0:
                    await asyncio.to_thread(sync_and_close, file)
            except OSError as error:
                logger.warning("the archive could not be synced to disk: %s", os.strerror(error.errno or 0))


def encode(capture: Capture) -> list[warc.Encoded]:
    """The one or two records of a fetch, in order."""
    main = warc.response(capture)
    if capture.dom is None:
        return [main]
    return [main, warc.rendered(capture, capture.dom, main.record_id)]


def disk_full(error: Exception) -> bool:
    """True where waiting for space is the answer."""
    return isinstance(error, OSError) and error.errno in _FULL
