"""An archive file written again without the records nobody needs: in a directory, or in an object store.

The new file stands beside the old one, under a name made from it, before the old one goes.  It has the old one's first
record (warcinfo) and the records that stay, byte for byte, in their order; only their offsets change.
"""

from __future__ import annotations

import hashlib
import re
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crawler.items import ArchiveRef
from pipelines.archive_objects import ObjectStore, read_object
from pipelines.archive_place import Folder, Prefix, place_of
from pipelines.errors import RecordBroken, RecordMissing
from pipelines.store.segments import Segment
from pipelines.whole_file import whole_file

_AGAIN: Final = re.compile(r"(?:-kept(\d+))?\.warc\.gz$")
_HEADER: Final = 1 << 20  # bytes looked at for the first record, which has some 300


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What became of a file.  `new` is empty where nothing of it stays, `moved` in the order of the records given."""

    new: str
    before: int  # bytes
    after: int
    moved: tuple[ArchiveRef, ...]
    segment: Segment | None = None  # as the register is to have it; None in a directory


def new_name(uri: str) -> str:
    """The URI of a file's next form: `w-1.warc.gz`, `w-1-kept1.warc.gz`, and so on."""
    found = _AGAIN.search(uri)
    if found is None:
        raise RecordBroken(f"{uri} is no archive file of ours: it is left as it is")
    return f"{uri[: found.start()]}-kept{int(found[1] or 0) + 1}.warc.gz"


def is_there(uri: str) -> bool:
    """Whether the file stands.  Raises ArchiveAway."""
    place = place_of(uri)
    if isinstance(place, Folder):
        return place.path.is_file()
    store, name = _store_of(uri)
    return uri in store.sizes(name.rpartition("/")[0])


def rewrite(uri: str, stay: Sequence[ArchiveRef], *, round_name: str) -> Rewritten:
    """Write the file's next form, to the disk or proven in its store; the same again is harmless.

    `stay` are its records, in the order of their offsets, each once.  Raises RecordMissing, RecordBroken, ArchiveAway,
    OSError (a full disk: nothing is left of the new file).
    """
    place = place_of(uri)
    if isinstance(place, Folder):
        size = place.path.stat().st_size
        if not stay:
            return Rewritten("", size, 0, ())
        new = Path(place_of(new_name(uri)).path)  # type: ignore[union-attr]  # beside a file stands a file
        head = _first(_bytes_of_file(place.path, 0, _HEADER), uri)
        _write_file(new, _pieces(place.path, head, stay))
        moved = _placed(new.as_uri(), head, stay)
        return Rewritten(new.as_uri(), size, moved[-1].offset + moved[-1].length, moved)
    return _rewrite_object(uri, stay, round_name)


def remove(uri: str) -> None:
    """Remove a file; one that is not there is no error."""
    place = place_of(uri)
    if isinstance(place, Folder):
        place.path.unlink(missing_ok=True)
        return
    store, name = _store_of(uri)
    store.remove(name)


def _rewrite_object(uri: str, stay: Sequence[ArchiveRef], round_name: str) -> Rewritten:
    data = read_object(uri)
    if not stay:
        return Rewritten("", len(data), 0, ())
    head = _first(data[:_HEADER], uri)
    kept = b"".join((data[:head], *(_whole(data[one.offset : one.offset + one.length], one) for one in stay)))
    new = new_name(uri)
    store, name = _store_of(new)
    store.put(name, kept)
    moved = _placed(new, head, stay)
    segment = Segment(
        round=round_name, name=name.rpartition("/")[2], url=new, bytes=len(kept), records=len(stay),
        sha256=hashlib.sha256(kept).hexdigest(), sealed_at=time.time(), worker="prune",
    )  # fmt: skip
    return Rewritten(new, len(data), len(kept), moved, segment)


def _store_of(uri: str) -> tuple[ObjectStore, str]:
    """The store of an object and its name there: the round's folder and the file."""
    base, folder, name = uri.rsplit("/", 2)
    return ObjectStore(Prefix(base)), f"{folder}/{name}"


def _placed(uri: str, head: int, stay: Sequence[ArchiveRef]) -> tuple[ArchiveRef, ...]:
    at, moved = head, []
    for one in stay:
        moved.append(ArchiveRef(uri, at, one.length))
        at += one.length
    return tuple(moved)


def _pieces(path: Path, head: int, stay: Sequence[ArchiveRef]) -> Iterator[bytes]:
    yield _bytes_of_file(path, 0, head)
    with path.open("rb") as file:
        for one in stay:
            file.seek(one.offset)
            yield _whole(file.read(one.length), one)


def _bytes_of_file(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


def _whole(data: bytes, ref: ArchiveRef) -> bytes:
    if len(data) != ref.length:
        raise RecordMissing(f"{ref.uri} at {ref.offset}: the file ends too early, it is left as it is")
    return data


def _write_file(path: Path, pieces: Iterable[bytes]) -> None:
    with whole_file(path) as file:
        file.writelines(pieces)


def _first(data: bytes, uri: str) -> int:
    """Bytes of the first gzip member."""
    engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        engine.decompress(data)
    except zlib.error as error:
        raise RecordBroken(f"{uri} does not begin with an archive record ({error}): it is left as it is") from error
    if not engine.eof:
        raise RecordBroken(f"{uri} does not begin with a whole archive record: it is left as it is")
    return len(data) - len(engine.unused_data)
