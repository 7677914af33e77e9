"""Counts by kind of record, for people and for programs."""

from collections.abc import Mapping
from typing import Any, Final

from rich.console import RenderableType

from console.cli import render, words
from crawler.tally import RecordKind
from rounds.life import Status

MILLION: Final = 1_000_000
PARTS: Final = frozenset({RecordKind.ARCHIVE_BYTES, RecordKind.ATTACHMENTS, RecordKind.UNREAD})  # of what is counted
COUNTED: Final = tuple(kind for kind in RecordKind if kind not in PARTS)


def kinds_document(found: Status) -> dict[str, Any]:
    """The part of the JSON of `status` that counts by kind: every kind is named."""
    return {
        "kinds": _whole(found.kinds),
        "kinds_by_unit": {code: _whole(kinds) for code, kinds in found.unit_kinds.items()},
        "records": sum(found.kinds.get(kind, 0) for kind in COUNTED),
        "stored_bytes": {
            "mongo": round(found.mongo_bytes),
            "archive": found.kinds.get(RecordKind.ARCHIVE_BYTES, 0),
            "mongo_per_million_pages": per_million(found.mongo_bytes, found),
            "archive_per_million_pages": per_million(found.kinds.get(RecordKind.ARCHIVE_BYTES, 0), found),
        },
    }


def per_million(stored: float, found: Status) -> int | None:
    """What so many bytes of the round's pages are for a million; None while there is no page."""
    pages = found.kinds.get(RecordKind.PAGES, 0)
    return round(stored / pages * MILLION) if pages else None


def kinds_view(found: Status) -> RenderableType:
    """The same as a table."""
    columns = tuple(words.RECORD_KINDS[kind] for kind in RecordKind if kind is not RecordKind.ARCHIVE_BYTES)
    cells = [f"{found.kinds.get(kind, 0):,}" for kind in RecordKind if kind is not RecordKind.ARCHIVE_BYTES]
    archive = found.kinds.get(RecordKind.ARCHIVE_BYTES, 0)
    title = f"采到的（数据库 {_size(found.mongo_bytes)}，存档 {_size(archive)}"
    if found.kinds.get(RecordKind.PAGES):
        whole = _size(per_million(found.mongo_bytes, found) or 0), _size(per_million(archive, found) or 0)
        title += f"；每百万页合 {whole[0]}、{whole[1]}"
    return render.table(f"{title}）", columns, [cells], numbers=columns)


def _whole(kinds: Mapping[str, int]) -> dict[str, int]:
    return {str(kind): kinds.get(kind, 0) for kind in RecordKind}


def _size(number: float) -> str:
    for unit in ("字节", "KB", "MB"):
        if number < 1000:
            return f"{number:,.0f} {unit}"
        number /= 1000
    return f"{number:,.1f} GB"
