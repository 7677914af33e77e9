"""URLs that others name on the sites of a round (site maps, search engines), and where they stand: collection `listed`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, UpdateOne

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION, record_id
from pipelines.store.slices import slices

LISTED: Final = "listed"
_BATCH: Final = 1_000


class Source(StrEnum):
    """Who names a URL."""

    SITEMAP = "sitemap"  # a file of the Sitemaps protocol
    MAP = "map"  # a page 网站地图 that the crawl has not found
    SEARCH = "search"  # a search engine


class Standing(StrEnum):
    """Where a named URL stands with the round."""

    STORED = "stored"
    PENDING = "pending"  # found, and not come to
    LOST = "lost"  # found, and could not be had
    DEEP = "deep"  # linked from a stored page, one click beyond the depth of the round
    CUT = "cut"  # not followed as a trap, a mirror or another spelling
    BARRED = "barred"  # robots.txt forbids it
    GONE = "gone"  # there is no page: 404, an error page, a redirect to elsewhere
    ALIVE = "alive"  # there is a page, and the round has not found it
    UNCHECKED = "unchecked"  # not found by the round; nobody has looked whether there is a page
    UNKNOWN = "unknown"  # looked at, without an answer


FOUND: Final = (Standing.STORED, Standing.PENDING, Standing.LOST)
MISSING: Final = (Standing.ALIVE, Standing.UNCHECKED, Standing.UNKNOWN, Standing.PENDING, Standing.LOST)


@dataclass(frozen=True, slots=True)
class Listed:
    """One URL as somebody names it; `key` is its canonical form."""

    key: str
    url: str
    host: str
    units: tuple[str, ...]
    source: Source
    attachment: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Where a URL stands and why."""

    key: str
    standing: Standing
    reason: str = ""
    doubtful: bool = False  # it may lie deeper than the round goes
    looked: bool = False  # somebody asked for it to know


class ListedBook:
    """The named URLs of one round.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._listed = database[LISTED]
        self._round = round_name
        self._url = url or "the configured address"

    def add(self, rows: Iterable[Listed], *, at: float) -> int:
        """Keep them, each once, with every source that names it; answers how many were new."""
        new = 0
        for part in slices(rows):
            with reaching(self._url):
                new += self._listed.bulk_write([self._upsert(row, at) for row in part], ordered=False).upserted_count
        return new

    def _upsert(self, row: Listed, at: float) -> UpdateOne:
        first = {
            "schema_version": SCHEMA_VERSION,
            "round": self._round,
            "key": row.key,
            "url": row.url,
            "host": row.host,
            "units": list(row.units),
            "standing": str(Standing.UNCHECKED),
            "reason": "",
            "doubtful": False,
            "looked": False,
            "attachment": row.attachment,
            "at": datetime.fromtimestamp(at, UTC),
        }
        change = {"$setOnInsert": first, "$addToSet": {"sources": str(row.source)}}
        return UpdateOne({"_id": record_id(self._round, row.key)}, change, upsert=True)

    def place(self, found: Iterable[Found]) -> None:
        """Say where URLs stand."""
        for part in slices(found):
            with reaching(self._url):
                self._listed.bulk_write(
                    [
                        UpdateOne(
                            {"_id": record_id(self._round, one.key)},
                            {"$set": _place(one)},
                        )
                        for one in part
                    ],
                    ordered=False,
                )

    def all(self, standings: Sequence[Standing] = (), *, host: str = "") -> Iterator[Document]:
        """In key order: `key, url, host, units, sources[], standing, reason, doubtful, looked`."""
        asked: Document = {"_id": {"$gte": f"{self._round} ", "$lt": f"{self._round}!"}}
        if standings:
            asked["standing"] = {"$in": [str(one) for one in standings]}
        if host:
            asked["host"] = host
        with reaching(self._url), self._listed.find(asked, {"_id": 0}).sort("_id", ASCENDING) as cursor:
            yield from cursor

    def table(self) -> list[Mapping[str, Any]]:
        """Numbers by `host, sources[], standing, doubtful, looked, attachment`."""
        pipeline: list[Document] = [
            {"$match": {"round": self._round}},
            {
                "$group": {
                    "_id": {
                        "h": "$host",
                        "s": "$sources",
                        "w": "$standing",
                        "d": "$doubtful",
                        "l": "$looked",
                        "a": "$attachment",
                    },
                    "n": {"$sum": 1},
                }
            },
        ]
        with reaching(self._url), self._listed.aggregate(pipeline, allowDiskUse=True) as cursor:
            return [
                {
                    "host": row["_id"]["h"],
                    "sources": row["_id"]["s"],
                    "standing": row["_id"]["w"],
                    "doubtful": row["_id"]["d"],
                    "looked": row["_id"]["l"],
                    "attachment": row["_id"]["a"],
                    "number": row["n"],
                }
                for row in cursor
            ]

    def prepare(self) -> None:
        """Make sure the index of the numbers stands."""
        with reaching(self._url):
            self._listed.create_indexes([IndexModel([("round", ASCENDING), ("host", ASCENDING)], name="round_host")])

    def forget(self) -> None:
        """Remove what was listed for the round."""
        with reaching(self._url):
            self._listed.delete_many({"round": self._round})


def _place(found: Found) -> Document:
    kept: Document = {"standing": str(found.standing), "reason": found.reason, "doubtful": found.doubtful}
    return kept | ({"looked": True} if found.looked else {})
