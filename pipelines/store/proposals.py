"""Hosts that are proposed for units, and what was decided: `proposals`; what changed in the registry: `registry_log`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, UpdateOne
from pymongo.errors import DuplicateKeyError

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION

PROPOSALS: Final = "proposals"
LOG: Final = "registry_log"


class ProposalBook:
    """All proposals, by unit and host.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, *, url: str = "") -> None:
        self._proposals = database[PROPOSALS]
        self._log = database[LOG]
        self._url = url or "the configured address"

    def propose(self, rows: Iterable[Mapping[str, Any]], *, round_name: str, at: datetime) -> None:
        """Keep proposals with their newest evidence; what was decided about them stays."""
        changes = [
            UpdateOne(
                {"_id": _id(row["unit"], row["host"])},
                {
                    "$set": {**row, "round": round_name, "at": at, "schema_version": SCHEMA_VERSION},
                    "$setOnInsert": {"decision": "", "history": []},
                },
                upsert=True,
            )
            for row in rows
        ]
        if changes:
            with reaching(self._url):
                self._proposals.bulk_write(changes, ordered=False)

    def decide(self, chosen: Mapping[tuple[str, str], str], *, who: str, at: datetime) -> None:
        """Note `approved` or `rejected` for each (unit, host), beside what was decided before."""
        changes = [
            UpdateOne(
                {"_id": _id(unit, host)},
                {
                    "$set": {"decision": decision},
                    "$push": {"history": {"at": at, "who": who, "decision": decision}},
                },
            )
            for (unit, host), decision in chosen.items()
        ]
        if changes:
            with reaching(self._url):
                self._proposals.bulk_write(changes, ordered=False)

    def all(self, *, units: Sequence[str] = (), round_name: str = "") -> Iterator[Document]:
        """By unit and host."""
        asked: Document = {"unit": {"$in": list(units)}} if units else {}
        if round_name:
            asked["round"] = round_name
        with reaching(self._url), self._proposals.find(asked, {"_id": 0}).sort("_id", ASCENDING) as cursor:
            yield from cursor

    def version(self) -> int:
        """The registry's version by approvals; 0 before the first."""
        with reaching(self._url):
            last = self._log.find_one({}, sort=[("_id", -1)])
        return int(last["_id"]) if last else 0

    def log_change(self, what: str, codes: Sequence[str], *, who: str, at: datetime) -> int:
        """Give the registry its next version and say what changed; answers the version, from 1."""
        while True:
            version = self.version() + 1
            with reaching(self._url):
                entry = {"_id": version, "at": at, "who": who, "what": what, "units": list(codes)}
                try:
                    self._log.insert_one(entry | {"schema_version": SCHEMA_VERSION})
                except DuplicateKeyError:
                    continue
            return version


def _id(unit: str, host: str) -> str:
    return f"{unit} {host}"
