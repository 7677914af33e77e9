"""The archive as the audit sees it: files and segments that records name, and what killed workers left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from crawler.items import ArchiveRef
from pipelines.archive_objects import ObjectStore, read_object
from pipelines.archive_place import Folder, Prefix, place_of
from pipelines.archive_tail import whole_until
from pipelines.errors import RecordMissing
from pipelines.store.segments import Segment


class Left(StrEnum):
    """What a killed worker may leave behind; no record points there, and it is no difference: closed."""

    TORN = "torn"  # the file ends in part of a record
    UNREGISTERED = "unregistered"  # an object that was uploaded but not registered: its pages were fetched again


@dataclass(frozen=True, slots=True)
class Leftover:
    """Bytes that nothing names: `bytes` from `offset` on."""

    kind: Left
    uri: str
    offset: int
    bytes: int


@dataclass(slots=True)
class Holdings:
    """What there is of a round's archive, and how far records reach into each file."""

    round_name: str
    segments: Mapping[str, Segment]  # by URL, as registered
    _sizes: dict[str, int] = field(default_factory=dict)
    _named: dict[str, int] = field(default_factory=dict)

    def lend(self, segments: Iterator[Segment]) -> None:
        """Take in the register of an earlier round, whose archive this round's pages name as well."""
        self._sizes.update((segment.url, segment.bytes) for segment in segments)

    def problem(self, ref: ArchiveRef, *, lent: bool = False) -> str:
        """Why no whole record can stand at this address; empty where one may.  Reads no records.

        A file that is `lent` is an earlier round's: what killed workers left in it is that round's to tell.
        """
        size = self._size(ref.uri)
        end = ref.offset + ref.length
        if size < 0:
            return f"{ref.uri}: no such file, or no registered segment"
        if end > size:
            return f"{ref.uri} at {ref.offset}: the file ends {end - size} bytes too early"
        if not lent:
            self._named[ref.uri] = max(end, self._named.get(ref.uri, 0))
        return ""

    def _size(self, uri: str) -> int:
        """Bytes of a file, or of a segment as registered; -1 where there is none."""
        if uri not in self._sizes:
            place = place_of(uri)
            if isinstance(place, Folder):
                self._sizes[uri] = place.path.stat().st_size if place.path.is_file() else -1
            else:
                self._sizes[uri] = self.segments[uri].bytes if uri in self.segments else -1
        return self._sizes[uri]

    def broken_segments(self, *, whole: bool) -> Iterator[tuple[Segment, str]]:
        """Registered segments that are not as they were sealed, and how; `whole` reads every byte back."""
        for folder in sorted({url.rpartition("/")[0] for url in self.segments}):
            there = _objects_in(folder)
            for url, segment in self.segments.items():
                if url.rpartition("/")[0] == folder:
                    found = _problem_of(segment, there.get(url, -1), whole=whole)
                    if found:
                        yield segment, found

    def leftovers(self, archive_url: str) -> Iterator[Leftover]:
        """Torn tails of every file that is named or lies in the round's folder, and objects nobody registered."""
        place = place_of(archive_url)
        named = {uri for uri in self._named if uri.startswith("file:")}
        if isinstance(place, Folder):
            named |= {path.as_uri() for path in (place.path / self.round_name).glob("*.warc.gz")}
        else:
            for url, size in sorted(_objects_in(f"{place.url}/{self.round_name}").items()):
                if url not in self.segments:
                    yield Leftover(Left.UNREGISTERED, url, 0, size)
        for uri in sorted(named):
            path, size = _path_of(uri), self._size(uri)
            whole = whole_until(path, self._named.get(uri, 0)) if size >= 0 else size
            if whole < size:
                yield Leftover(Left.TORN, uri, whole, size - whole)


def holdings(round_name: str, segments: Iterator[Segment]) -> Holdings:
    """Take the register in."""
    return Holdings(round_name, {segment.url: segment for segment in segments})


def _objects_in(folder: str) -> Mapping[str, int]:
    parent, _, name = folder.rpartition("/")
    return ObjectStore(Prefix(parent)).sizes(name)


def _problem_of(segment: Segment, size: int, *, whole: bool) -> str:
    if size != segment.bytes:
        return "no object" if size < 0 else f"{size} bytes"
    if not whole:
        return ""
    try:
        digest = hashlib.sha256(read_object(segment.url)).hexdigest()
    except RecordMissing:
        return "no object"
    return "" if digest == segment.sha256 else f"sha256 {digest}"


def _path_of(uri: str) -> Path:
    place = place_of(uri)
    assert isinstance(place, Folder)
    return place.path
