"""What the last estimate of a round's coverage said of each site: collection `site_coverage`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pymongo import ASCENDING

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION, record_id

SITES: Final = "site_coverage"


class SiteCoverageBook:
    """The sites of one round.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._sites = database[SITES]
        self._round = round_name
        self._url = url or "the configured address"

    def replace(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Make these the round's sites; each has its `host`."""
        documents: list[Document] = [
            {
                "_id": record_id(self._round, row["host"]),
                "round": self._round,
                "schema_version": SCHEMA_VERSION,
                **row,
            }
            for row in rows
        ]
        with reaching(self._url):
            self._sites.delete_many(self._mine())
            if documents:
                self._sites.insert_many(documents, ordered=False)

    def all(self) -> Iterator[Document]:
        """By host."""
        hidden = {"_id": 0, "round": 0, "schema_version": 0}
        with reaching(self._url), self._sites.find(self._mine(), hidden).sort("_id", ASCENDING) as cursor:
            yield from cursor

    def _mine(self) -> Document:
        return {"_id": {"$gte": f"{self._round} ", "$lt": f"{self._round}!"}}
