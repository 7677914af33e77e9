"""The registry of units as stored.  Rows are validated by the caller; each is a mapping with its `code`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.errors import UnknownUnit
from pipelines.store.records import SCHEMA_VERSION

UNITS: Final = "units"
_INCOMING: Final = "units_incoming"


class UnitBook:
    """All units.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, *, url: str = "") -> None:
        self._database = database
        self._url = url or "the configured address"

    def replace_all(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Make these the units, all at once: a reader sees the old registry or the new one.  Returns how many."""
        documents = [{"_id": row["code"], "schema_version": SCHEMA_VERSION, **row} for row in rows]
        with reaching(self._url):
            incoming = self._database[_INCOMING]
            incoming.drop()
            if not documents:
                self._database[UNITS].drop()
                return 0
            incoming.insert_many(documents)
            incoming.rename(UNITS, dropTarget=True)
        return len(documents)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Put these rows beside those that are there; a row replaces the one with its code.  Returns how many now."""
        merged = {row["code"]: row for row in (*self.all(), *rows)}
        return self.replace_all(merged[code] for code in sorted(merged))

    def get(self, code: str) -> Document:
        """Raises UnknownUnit."""
        with reaching(self._url):
            found = self._database[UNITS].find_one({"_id": code}, _ROW)
        if found is None:
            raise UnknownUnit(f"no unit has the code {code}: `caifeng units list` shows those there are")
        return found

    def all(self) -> tuple[Document, ...]:
        """Every unit's row, by code."""
        with reaching(self._url), self._database[UNITS].find({}, _ROW).sort("_id", 1) as cursor:
            return tuple(cursor)


_ROW: Final = {"_id": 0, "schema_version": 0}  # the row as it was given
