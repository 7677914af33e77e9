"""Reading one archived record by its address, from any machine that sees the file or reaches the object store."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from crawler.errors import CrawlerError
from crawler.fetch.decoding import decode
from crawler.items import ArchiveRef
from pipelines.archive_objects import read_object
from pipelines.archive_place import Folder, place_of
from pipelines.errors import RecordBroken, RecordMissing
from pipelines.warc import header_pairs

# The crawler bounded each body before it was archived; this only keeps a damaged file from filling the memory.
MOST_DECODED: Final = 1 << 30
_HEADERS: Final = 1 << 20  # bytes granted for the record's and the answer's headers


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """One record.  `wire` as received, `body` content-decoded; for a rendered DOM both are the DOM's UTF-8 bytes."""

    kind: str  # response | conversion | revisit | warcinfo
    record_id: str
    refers_to: str
    url: str
    date: datetime
    status: int  # 0 where the record holds no HTTP answer
    headers: tuple[tuple[str, str], ...]
    wire: bytes
    body: bytes


def read(ref: ArchiveRef, *, limit: int = MOST_DECODED) -> ArchivedRecord:
    """The record at this address, its body decoded to at most `limit` bytes.

    Raises RecordMissing (no such file, or it ends before the record does), RecordBroken, and ArchiveAway where an object
    store cannot be asked.
    """
    member = _member(ref)
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(_inflated(member, limit)), parse_http=True)))
        return _archived(record, limit)
    except (CrawlerError, StopIteration, OSError, ValueError, zlib.error) as error:
        raise RecordBroken(f"{_place(ref)} is not a whole archive record ({error}): restore the file") from error


def _member(ref: ArchiveRef) -> bytes:
    place = place_of(ref.uri)
    member = _of_file(place.path, ref) if isinstance(place, Folder) else _of_object(ref)
    if len(member) != ref.length:
        raise RecordMissing(f"{_place(ref)}: the file ends {ref.length - len(member)} bytes too early")
    return member


def _of_file(path: Path, ref: ArchiveRef) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(ref.offset)
            return file.read(ref.length)
    except OSError as error:
        raise RecordMissing(
            f"{_place(ref)} cannot be read ({error.strerror}): restore the file, or mount it"
        ) from error


def _of_object(ref: ArchiveRef) -> bytes:
    return read_object(ref.uri, ref.offset, ref.offset + ref.length)


def _inflated(member: bytes, limit: int) -> bytes:
    engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    plain = engine.decompress(member, limit + _HEADERS)
    if not engine.eof:
        raise ValueError("the gzip member does not end")
    return plain


def _archived(record: WarcRecord, limit: int) -> ArchivedRecord:
    http = record.http_headers if record.is_http_parsed else None
    pairs = http.items_bytes() if http is not None else ()
    wire = record.reader.read()
    encoding = ",".join(value.decode("latin-1") for name, value in pairs if name.lower() == b"content-encoding")
    return ArchivedRecord(
        kind=_KINDS.get(int(record.record_type), "other"),
        record_id=record.headers.get("WARC-Record-ID") or "",
        refers_to=record.headers.get("WARC-Refers-To") or "",
        url=record.headers.get("WARC-Target-URI") or "",
        date=record.record_date,
        status=(http.status_code or 0) if http is not None else 0,
        headers=header_pairs(pairs),
        wire=wire,
        body=decode(wire, encoding, limit),
    )


_KINDS: Final = {
    int(WarcRecordType.response): "response",
    int(WarcRecordType.conversion): "conversion",
    int(WarcRecordType.revisit): "revisit",
    int(WarcRecordType.warcinfo): "warcinfo",
}


def _place(ref: ArchiveRef) -> str:
    return f"{ref.uri} at {ref.offset}"
