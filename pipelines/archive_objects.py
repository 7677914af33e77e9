"""An object store as the archive uses it: whole objects written once and proven, ranges read back.

Synchronous, called in threads.  Every fault of the store or of the way there is ArchiveAway, save an object that is not
there (RecordMissing) and a client that is not installed (BadArchiveUrl).
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pipelines.archive_place import Prefix
from pipelines.errors import ArchiveAway, BadArchiveUrl, RecordMissing

# A call that hangs is given up, so that the next attempt begins while the lease still stands: 5 + 30 s of a lease's 60.
# No listing is remembered: other machines write.
_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "s3": {
            "config_kwargs": {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 1}},
            "use_listings_cache": False,
        }
    }
)


class ObjectStore:
    """Objects below one prefix."""

    def __init__(self, prefix: Prefix) -> None:
        self._prefix = prefix
        self._files = _file_system(prefix.scheme)

    def url_of(self, name: str) -> str:
        """The URI of an object, as records keep it."""
        return f"{self._prefix.url}/{name}"

    def put(self, name: str, data: bytes) -> None:
        """Write an object and make sure that it is what was sent; the same again is harmless."""
        url = self.url_of(name)
        with _reaching(url):
            self._files.pipe_file(url, data)
            proven = self._holds(url, data)
        if not proven:
            raise ArchiveAway(f"{url} is not what was written to it: it is written again")

    def _holds(self, url: str, data: bytes) -> bool:
        """By size and ETag where that is the MD5 of the content, as S3 gives it for one part; else by reading it back."""
        found = self._files.info(url)
        if found["size"] != len(data):
            return False
        if str(found.get("ETag", "")).strip('"') == hashlib.md5(data, usedforsecurity=False).hexdigest():
            return True
        return hashlib.sha256(self._files.cat_file(url)).digest() == hashlib.sha256(data).digest()

    def sizes(self, folder: str) -> dict[str, int]:
        """URI and size of every object right below `folder`; empty where there is none."""
        url = self.url_of(folder)
        try:
            with _reaching(url):
                found = self._files.ls(url, detail=True)
        except RecordMissing:
            return {}
        return {
            self.url_of(f"{folder}/{one['name'].rpartition('/')[2]}"): one["size"]
            for one in found
            if one["type"] == "file"
        }

    def remove(self, name: str) -> None:
        """Delete an object; one that is not there is no error."""
        url = self.url_of(name)
        with suppress(RecordMissing), _reaching(url):
            self._files.rm_file(url)

    def probe(self) -> None:
        """Write, read back and delete an object of our own.  Raises ArchiveAway saying which of them failed."""
        name = f".probe-{secrets.token_hex(6)}"
        data = name.encode()
        self.put(name, data)
        if read_object(self.url_of(name)) != data:
            raise ArchiveAway(f"{self._prefix.url}: a probe object was written but reads differently")
        with _reaching(self.url_of(name)):
            self._files.rm_file(self.url_of(name))


def read_object(url: str, start: int = 0, end: int | None = None) -> bytes:
    """Bytes `start` to `end` (exclusive; None: all) of an object; fewer where it is shorter."""
    files = _file_system(url.partition("://")[0])
    with _reaching(url):
        try:
            found: bytes = files.cat_file(url, start=start, end=end)
        except OSError as error:
            if error.errno != errno.EINVAL:  # "range not satisfiable": it ends before `start`
                raise
            return b""
    return found


@cache
def _file_system(scheme: str) -> Any:
    """The one client of this process.  Raises BadArchiveUrl."""
    fsspec = importlib.import_module("fsspec")  # 50 ms, which commands on a directory are spared
    try:
        return fsspec.filesystem(scheme, **_OPTIONS.get(scheme, {}))
    except ImportError as error:
        raise BadArchiveUrl(
            f"{scheme}:// needs a client that is not installed ({error}): see docs/deployment.md"
        ) from error
    except ValueError as error:
        raise BadArchiveUrl(f"{scheme}:// is not known ({error}): give a directory or s3://bucket/prefix") from error


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise RecordMissing(f"{url}: there is no such object or bucket") from error
    except Exception as error:  # each client has errors of its own, without a common base
        said = str(error).partition("\n")[0][:200] or type(error).__name__
        raise ArchiveAway(f"{url} cannot be used now ({said}): is the store up, and are credentials right?") from error
