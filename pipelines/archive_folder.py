"""The archive in a directory: records go through to the file at once; a disk that is full or away is waited for."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from crawler.items import ArchiveRef
from crawler.ports import WorkerPort
from crawler.reasons import Halt
from pipelines.archive_file import ArchiveWriter, sync_and_close
from pipelines.archive_room import Marks, Room, free_and_total
from pipelines.patience import Patience

SYNC_SECONDS: Final = 2.0
LOOK_SECONDS: Final = 1.0  # between looks at the volume's room
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

logger = logging.getLogger(__name__)


class FolderSink:
    """This process life's files in one directory.  Made inside the worker's event loop."""

    def __init__(
        self, worker: WorkerPort, folder: Path, stem: str, header: Callable[[str], bytes], marks: Marks
    ) -> None:
        self._worker = worker
        self._folder = folder
        self._writer = ArchiveWriter(folder, stem, header)
        self._room = Room(folder, worker, marks)
        self._patience = Patience(
            f"the archive disk ({folder})", logger, lambda error: isinstance(error, OSError), told=self._told
        )
        loop = asyncio.get_running_loop()
        self._beside = [loop.create_task(self._sync_regularly()), loop.create_task(self._look_regularly())]

    async def append(self, token: str, records: Sequence[bytes]) -> list[ArchiveRef]:
        """Write a page's records; returns when the kernel has them."""
        return [await self._append(token, data) for data in records]

    async def close(self) -> None:
        """Sync and close the last file."""
        for task in self._beside:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._writer.close()

    async def _append(self, token: str, data: bytes) -> ArchiveRef:
        async def attempt() -> ArchiveRef:
            try:
                return self._writer.append(data)
            except OSError as error:
                self._worker.storing(token)  # however long it lasts, the lease is renewed
                if disk_full(error):
                    self._room.told(failing=True)
                else:  # a volume that went away or read-only: what comes back needs a new file
                    self._writer.abandon()
                    self._worker.halt(Halt.ARCHIVE_AWAY, f"{self._folder}: {error.strerror}")
                raise

        return await self._patience.until_done(attempt)

    def _told(self, trouble: str) -> None:
        if not trouble:
            self._room.told(failing=False)
            self._worker.resume(Halt.ARCHIVE_AWAY)

    async def _look_regularly(self) -> None:
        while True:
            with contextlib.suppress(OSError):  # a directory that is away shows itself when it is written to
                self._room.looked(*await asyncio.to_thread(free_and_total, self._folder))
            await asyncio.sleep(LOOK_SECONDS)

    async def _sync_regularly(self) -> None:
        while True:
            await asyncio.sleep(SYNC_SECONDS)
            try:
                file = self._writer.duplicate()
                if file >= 0:
                    await asyncio.to_thread(sync_and_close, file)
                self._writer.close_if_old()
            except OSError as error:
                logger.warning("the archive could not be synced to disk: %s", os.strerror(error.errno or 0))


def disk_full(error: Exception) -> bool:
    """True where waiting for space is the answer."""
    return isinstance(error, OSError) and error.errno in _FULL
