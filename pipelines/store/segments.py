"""The register of the archive's segments in object stores: what was uploaded and proven, before any record names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from pipelines.store.connect import AsyncStore, Document, Store

SEGMENTS: Final = "segments"
SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Segment:
    """One uploaded archive file: `records` are those of pages (its warcinfo is not counted), `sealed_at` epoch seconds."""

    round: str
    name: str
    url: str
    bytes: int
    records: int
    sha256: str
    sealed_at: float
    worker: str


async def register(database: AsyncStore, segment: Segment) -> None:
    """Write it down, acknowledged by a majority; the same again is harmless."""
    await database[SEGMENTS].replace_one({"_id": _id(segment.round, segment.name)}, _fields(segment), upsert=True)


def register_here(database: Store, segment: Segment) -> None:
    """The same for a command, which waits for nobody else."""
    database[SEGMENTS].replace_one({"_id": _id(segment.round, segment.name)}, _fields(segment), upsert=True)


def segments_of(database: Store, round_name: str) -> Iterator[Segment]:
    """All of a round, by name."""
    # A round's name holds no blank: `_id` "round name" makes its segments one range.
    for found in database[SEGMENTS].find({"_id": {"$gt": f"{round_name} ", "$lt": f"{round_name}!"}}).sort("_id"):
        yield _segment(found)


def _fields(segment: Segment) -> Document:
    sealed = datetime.fromtimestamp(segment.sealed_at, UTC)
    return asdict(segment) | {"schema_version": SCHEMA_VERSION, "sealed_at": sealed}


def _segment(found: Document) -> Segment:
    fields = {name: found[name] for name in Segment.__dataclass_fields__}
    return Segment(**fields | {"sealed_at": found["sealed_at"].timestamp()})


def _id(round_name: str, name: str) -> str:
    return f"{round_name} {name}"
