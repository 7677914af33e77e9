"""Schedules: what is to be run when, and what became of each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.errors import NameTaken, UnknownRound
from pipelines.store.records import SCHEMA_VERSION

SCHEDULES: Final = "schedules"
KEPT: Final = 200  # times of a schedule that are remembered: fifty years of quarters


class ScheduleBook:
    """All schedules.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, *, url: str = "") -> None:
        self._schedules = database[SCHEDULES]
        self._url = url or "the configured address"

    def create(self, name: str, spec: Mapping[str, Any], *, at: datetime) -> None:
        """Store a new one; times before `at` are none of its.  Raises NameTaken."""
        document = {
            "_id": name, "schema_version": SCHEMA_VERSION, "spec": dict(spec), "created_at": at, "last": at, "runs": [],
        }  # fmt: skip
        with reaching(self._url):
            try:
                self._schedules.insert_one(document)
            except DuplicateKeyError:
                raise NameTaken(f"a schedule named {name} exists already: choose another name") from None

    def get(self, name: str) -> Document:
        """Its document: `spec`, `last` (the time dealt with last), `runs`.  Raises UnknownRound."""
        with reaching(self._url):
            found = self._schedules.find_one({"_id": name})
        if found is None:
            raise UnknownRound(f"no schedule is named {name}: `caifeng schedule list` shows those there are")
        return found

    def all(self) -> tuple[Document, ...]:
        """Every schedule, by name."""
        with reaching(self._url), self._schedules.find().sort("_id", 1) as cursor:
            return tuple(cursor)

    def remove(self, name: str) -> bool:
        """Forget it; its rounds stay.  False where there is none."""
        with reaching(self._url):
            return self._schedules.delete_one({"_id": name}).deleted_count > 0

    def begin(self, name: str, run: Mapping[str, Any]) -> None:
        """A time was dealt with: a run begins, or it was skipped.  `run` has `due`, `state` and what else is known of it."""
        push = {"$push": {"runs": {"$each": [dict(run)], "$slice": -KEPT}}, "$set": {"last": run["due"]}}
        with reaching(self._url):
            self._schedules.update_one({"_id": name, "runs.due": {"$ne": run["due"]}}, push)

    def change(
        self, name: str, due: datetime, fields: Mapping[str, Any], step: Mapping[str, Any] | None = None
    ) -> None:
        """Change what is kept of a run, and add a step to its journal."""
        change: Document = {"$set": {f"runs.$.{field}": value for field, value in fields.items()}} if fields else {}
        if step is not None:
            change["$push"] = {"runs.$.steps": dict(step)}
        with reaching(self._url):
            self._schedules.update_one({"_id": name, "runs.due": due}, change)
