"""One process life's archive files: appended, rotated by size and age, never opened again.

What is guaranteed.  `append` returns after write() has handed the bytes to the kernel: a record whose address is known
survives SIGKILL of the worker.  Against loss of power, files are synced every two seconds while records are
written, at rotation and at close: the records of that time may be lost, and `caifeng audit` names them.
A file cut short by a kill ends in part of a record nobody has the address of.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from crawler.items import ArchiveRef

ROTATE_BYTES: Final = 256 * 1024 * 1024
ROTATE_SECONDS: Final = 3_600.0  # a file that is older is not written any more: it may be copied or moved to tape
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class ArchiveWriter:
    """Appends whole records; not for use by two threads at once.

    `header` makes the first record of a file from its name.  Files are `<stem>-<n>.warc.gz`, n from 1; the stem must
    be this process life's own, for an existing file is never opened.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        header: Callable[[str], bytes],
        *,
        rotate_bytes: int = ROTATE_BYTES,
        rotate_seconds: float = ROTATE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._stem = stem
        self._header = header
        self._rotate_bytes = rotate_bytes
        self._rotate_seconds = rotate_seconds
        self._clock = clock
        self._opened_at = 0.0
        self._number = 0
        self._file = -1
        self._path = folder
        self._end = 0  # where the next record begins
        self._unsynced = False

    def append(self, data: bytes) -> ArchiveRef:
        """Write one record through to the kernel.  On OSError (disk full) nothing of it is left: try again later."""
        if self._file < 0:
            self._open_next()
        offset = self._end
        self._write(data)
        ref = ArchiveRef(self._path.as_uri(), offset, len(data))
        if self._end >= self._rotate_bytes:
            self.close()
        return ref

    def duplicate(self) -> int:
        """A second descriptor of the current file, for syncing in another thread; -1 where nothing is unsynced."""
        if self._file < 0 or not self._unsynced:
            return -1
        self._unsynced = False
        return os.dup(self._file)

    def close_if_old(self) -> None:
        """End the current file where it has been open for `rotate_seconds`."""
        if self._file >= 0 and self._clock() - self._opened_at >= self._rotate_seconds:
            self.close()

    def abandon(self) -> None:
        """Never write to the current file again, whatever became of it; a later append begins the next."""
        if self._file >= 0:
            file, self._file = self._file, -1
            with contextlib.suppress(OSError):
                os.close(file)
        else:
            self._number += 1  # it could not be begun: another name

    def close(self) -> None:
        """End the current file; a later append begins the next."""
        if self._file >= 0:
            file, self._file = self._file, -1
            sync_and_close(file)

    def _open_next(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._stem}-{self._number + 1}.warc.gz"
        file = os.open(path, _NEW_FILE, 0o644)
        self._number += 1
        self._file, self._path, self._end = file, path, 0
        self._opened_at = self._clock()
        try:
            self._write(self._header(path.name))
        except OSError:
            os.close(file)
            path.unlink()
            self._file = -1
            self._number -= 1
            raise

    def _write(self, data: bytes) -> None:
        view, at = memoryview(data), self._end
        try:
            while view:
                written = os.pwrite(self._file, view, at)
                view, at = view[written:], at + written
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end = at
        self._unsynced = True


def sync_and_close(file: int) -> None:
    """Bring the file to the disk and give the descriptor back."""
    try:
        os.fdatasync(file)
    finally:
        os.close(file)
