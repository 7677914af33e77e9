"""What a page showed a visitor of search engines, where it was something else than it showed the collector: `visits`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pymongo import ASCENDING

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION, record_id

VISITS: Final = "visits"


class VisitBook:
    """The visits of one round.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._visits = database[VISITS]
        self._round = round_name
        self._url = url or "the configured address"

    def keep(self, key: str, row: Mapping[str, Any]) -> None:
        """Keep a visit instead of an earlier one of the same page."""
        document = {**row, "round": self._round, "key": key, "schema_version": SCHEMA_VERSION}
        with reaching(self._url):
            self._visits.replace_one({"_id": record_id(self._round, key)}, document, upsert=True)

    def forget(self, key: str) -> None:
        """The page showed nothing else this time."""
        with reaching(self._url):
            self._visits.delete_one({"_id": record_id(self._round, key)})

    def all(self) -> Iterator[Document]:
        """By key."""
        first, last = record_id(self._round, ""), record_id(self._round, "\U0010ffff")
        asked = {"_id": {"$gte": first, "$lt": last}}
        with reaching(self._url), self._visits.find(asked, {"_id": 0}).sort("_id", ASCENDING) as cursor:
            yield from cursor
