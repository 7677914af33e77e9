"""One process life's archive files: appended, rotated by size, never opened again.

What is guaranteed.  `append` returns after write() has handed the bytes to the kernel: a record whose address is known
survives SIGKILL of the worker.  Against loss of power, files are synced every `SYNC_SECONDS` while records are
written, at rotation and at close: the records of that time may be lost, and `caifeng audit` names them.
A file cut short by a kill ends in part of a record nobody has the address of.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from crawler.items import ArchiveRef
from pipelines.errors import BadArchiveUrl

ROTATE_BYTES: Final = 256 * 1024 * 1024
SYNC_SECONDS: Final = 2.0
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class ArchiveWriter:
    """Appends whole records; not for use by two threads at once.

    `header` makes the first record of a file from its name.  Files are `<stem>-<n>.warc.gz`, n from 1; the stem must
    be this process life's own, for an existing file is never opened.
    """

    def __init__(
        self, folder: Path, stem: str, header: Callable[[str], bytes], *, rotate_bytes: int = ROTATE_BYTES
    ) -> None:
        self._folder = folder
        self._stem = stem
        self._header = header
        self._rotate_bytes = rotate_bytes
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


def folder_of(address: str) -> Path:
    """The directory named by `CAIFENG_ARCHIVE_URL`: an absolute or relative path, or a file:// URL.

    Raises BadArchiveUrl.
    """
    if "://" not in address:
        return Path(address).absolute()
    parts = urlsplit(address)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not parts.path:
        raise BadArchiveUrl(f"{address} is not an archive address: give a path or file:///absolute/path")
    return Path(unquote(parts.path))
