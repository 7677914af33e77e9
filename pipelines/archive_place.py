"""Where an archive is: a directory (a mounted one as well), or a prefix in an object store reached through fsspec.

Addresses hold no credentials: each page's record names its archive file by URI, and what may be shown to everybody who
reads records must not open the store.  The store's client finds them where its makers look: for `s3://` in
`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, a profile or the machine's role; the server in `AWS_ENDPOINT_URL`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import unquote, urlsplit

from pipelines.errors import BadArchiveUrl

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.DOTALL)
_READ_ONLY: Final = frozenset({"http", "https", "data"})


@dataclass(frozen=True, slots=True)
class Folder:
    """A directory this machine sees."""

    path: Path

    @property
    def url(self) -> str:
        """As settings and records name it."""
        return self.path.as_uri()


@dataclass(frozen=True, slots=True)
class Prefix:
    """A prefix in an object store; `url` ends without a slash."""

    url: str

    @property
    def scheme(self) -> str:
        """Which of fsspec's file systems."""
        return self.url.partition("://")[0]


Place: TypeAlias = Folder | Prefix


def place_of(address: str) -> Place:
    """What `CAIFENG_ARCHIVE_URL` names: a path, a `file://` URL, or `<scheme>://bucket/prefix`.

    Raises BadArchiveUrl, whose message shows no credentials.
    """
    if "://" not in address:
        return Folder(Path(address).absolute())
    if address.startswith("file:"):
        parts = urlsplit(address)
        if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or not parts.path:
            raise BadArchiveUrl(f"{address} is not an archive address: give a path or file:///absolute/path")
        return Folder(Path(unquote(parts.path)))
    return _prefix(address)


def _prefix(address: str) -> Prefix:
    found = _SCHEME.fullmatch(address)
    if found is None or found[1] in _READ_ONLY:
        scheme = address.partition("://")[0]
        raise BadArchiveUrl(f"{scheme}:// is no place to write an archive to: give a directory or s3://bucket/prefix")
    scheme, rest = found[1], found[2].rstrip("/")
    if "@" in rest or "?" in rest or "#" in rest:
        raise BadArchiveUrl(
            f"the {scheme}:// archive address holds credentials or options, and would show them in every record: "
            "give the bucket and prefix alone, and credentials in the store's own variables (AWS_ACCESS_KEY_ID …)"
        )
    if not rest.partition("/")[0]:
        raise BadArchiveUrl(f"{scheme}:// names no bucket: give {scheme}://bucket/prefix")
    return Prefix(f"{scheme}://{rest}")
