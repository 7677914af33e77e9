"""A round judged again, kept beside its records until it is accepted: the job, its parts, and what came of each page.

`retag_jobs` has one document per round under way, `retag_parts` its ranges of keys, `retagged` the new judgements under
the `_id` of the records they are of.  A part is claimed for a time; whoever claims one again after that knows that its
last claimant died over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, ReplaceOne, UpdateOne
from pymongo.errors import DuplicateKeyError

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION, record_id
from pipelines.store.slices import SLICE, slices
from pipelines.store.writer import RECORDS

JOBS: Final = "retag_jobs"
PARTS: Final = "retag_parts"
RETAGGED: Final = "retagged"
NAMED: Final = 20  # pages of a part that could not be judged, kept by name


@dataclass(frozen=True, slots=True)
class Job:
    """`judged_by` and `catalogue` name what judges; `host` and `unit` the part of the round, empty for all of it."""

    round: str
    judged_by: str
    catalogue: str
    host: str
    unit: str
    pages: int
    at: datetime
    ready: bool = True  # its parts stand; False where whoever began it is at it, or was killed
    accepting: bool = False

    @property
    def whole(self) -> bool:
        """Whether every page of the round is judged."""
        return not self.host and not self.unit


@dataclass(frozen=True, slots=True)
class Part:
    """A claimed range of keys.  `deaths` of earlier claimants; `at` is the page the last one had begun, when it was suspected."""

    number: int
    first: str
    last: str
    deaths: int
    at: str


class RetagBook:
    """One round's job.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._database = database
        self._round = round_name
        self._url = url or "the configured address"
        self._of_round = {"_id": {"$gte": f"{round_name} ", "$lt": f"{round_name}!"}}

    def job(self) -> Job | None:
        """The job under way; None where there is none."""
        with reaching(self._url):
            found = self._database[JOBS].find_one({"_id": self._round})
        if found is None:
            return None
        fields = {name: found[name] for name in Job.__dataclass_fields__ if name in found}
        return Job(**fields)

    def begin(self, job: Job, parts: Iterator[tuple[str, str, int]]) -> bool:
        """Store the job and its parts (first key, last key, pages); False where somebody else began one meanwhile."""
        document = {name: getattr(job, name) for name in Job.__dataclass_fields__} | {"ready": False}
        with reaching(self._url):
            try:
                self._database[JOBS].insert_one({"_id": self._round, "schema_version": SCHEMA_VERSION, **document})
            except DuplicateKeyError:
                return False
            self._forget()
            self._database[PARTS].create_index([("state", ASCENDING), ("_id", ASCENDING)], name="state_id")
            for start, chunk in enumerate(slices(parts)):
                self._database[PARTS].insert_many(
                    [self._part(start * SLICE + number, *part) for number, part in enumerate(chunk)]
                )
            self._database[JOBS].update_one({"_id": self._round}, {"$set": {"ready": True}})
        return True

    def claim(self, worker: str, now: datetime, seconds: float) -> Part | None:
        """The next part to be done, this worker's for so many seconds; None where none is free now."""
        lapsed: Document = {"state": "claimed", "until": {"$lt": now}}
        found = self._taken({"state": "todo"}, worker, now, seconds, died=0)
        found = found or self._taken(lapsed, worker, now, seconds, died=1)
        if found is None:
            return None
        return Part(found["number"], found["first"], found["last"], found["deaths"], found["at"])

    def _taken(self, free: Document, worker: str, now: datetime, seconds: float, *, died: int) -> Document | None:
        claim = {"state": "claimed", "worker": worker, "until": now + timedelta(seconds=seconds)}
        with reaching(self._url):
            return self._database[PARTS].find_one_and_update(
                {**self._of_round, **free},
                {"$set": claim, "$inc": {"deaths": died}},
                sort=[
                    ("state", ASCENDING),
                    ("_id", ASCENDING),
                ],  # as the index has them: done parts are not walked over
                return_document=True,
            )

    def note(self, part: Part, worker: str, key: str, until: datetime) -> None:
        """This page of the part is begun; the claim stands until then."""
        self._change(part, worker, {"at": key, "until": until})

    def done(self, part: Part, worker: str, troubles: Sequence[tuple[str, str]]) -> None:
        """The part's pages are kept, save those that could not be judged: their keys, and why."""
        named = [{"key": key, "why": why} for key, why in troubles[:NAMED]]
        self._change(part, worker, {"state": "done", "failed": len(troubles), "troubles": named, "at": ""})

    def put_back(self, part: Part, worker: str) -> None:
        """Somebody else may do the rest of it."""
        self._change(part, worker, {"state": "todo"})

    def troubles(self, most: int) -> list[tuple[str, str]]:
        """The first pages that could not be judged, and why."""
        asked = {**self._of_round, "failed": {"$gt": 0}}
        with (
            reaching(self._url),
            self._database[PARTS].find(asked, {"troubles": 1}).sort("_id", 1).limit(most) as cursor,
        ):
            found = [(one["key"], one["why"]) for row in cursor for one in row["troubles"]]
        return found[:most]

    def release(self, worker: str) -> None:
        """A worker died: what it held is free at once, and its death counts."""
        with reaching(self._url):
            self._database[PARTS].update_many(
                {**self._of_round, "state": "claimed", "worker": worker},
                {"$set": {"state": "todo"}, "$inc": {"deaths": 1}},
            )

    def progress(self) -> tuple[int, int, int]:
        """Pages in parts that are done, those of them that failed, and parts not done."""
        pipeline: list[Document] = [
            {"$match": self._of_round},
            {"$group": {"_id": "$state", "n": {"$sum": 1}, "pages": {"$sum": "$pages"}, "failed": {"$sum": "$failed"}}},
        ]
        with reaching(self._url), self._database[PARTS].aggregate(pipeline) as cursor:
            found = {row["_id"]: row for row in cursor}
        done = found.pop("done", {"pages": 0, "failed": 0})
        return done["pages"], done["failed"], sum(row["n"] for row in found.values())

    def pages(self, part: Part, query: Document, fields: Sequence[str]) -> Iterator[Document]:
        """The records of a part, in key order."""
        bounds = {"$gte": record_id(self._round, part.first), "$lte": record_id(self._round, part.last)}
        asked = {"_id": bounds, "end": "stored", **query}
        with (
            reaching(self._url),
            self._database[RECORDS].find(asked, dict.fromkeys(fields, 1)).sort("_id", 1) as cursor,
        ):
            yield from cursor

    def keep(self, judged: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Put new judgements by key beside the records; repeating it changes nothing."""
        writes = [
            ReplaceOne(
                {"_id": record_id(self._round, key)}, {"_id": record_id(self._round, key), **fields}, upsert=True
            )
            for key, fields in judged
        ]
        if writes:
            with reaching(self._url):
                self._database[RETAGGED].bulk_write(writes, ordered=False)

    def retagged(self, fields: Sequence[str]) -> Iterator[Document]:
        """What was kept, in key order: `_id` and the fields named; all without any."""
        projection = dict.fromkeys(fields, 1) if fields else None
        with reaching(self._url), self._database[RETAGGED].find(self._of_round, projection).sort("_id", 1) as cursor:
            yield from cursor

    def accept(self) -> None:
        """Write what was kept into the records; a page fetched again meanwhile keeps what it has."""
        with reaching(self._url):
            self._database[JOBS].update_one({"_id": self._round}, {"$set": {"accepting": True}})
            for chunk in slices(self.retagged(())):
                writes = [
                    UpdateOne({"_id": one["_id"], "archive": one["archive"]}, {"$set": _new(one)}) for one in chunk
                ]
                self._database[RECORDS].bulk_write(writes, ordered=False)

    def discard(self) -> None:
        """Forget the job and all that was kept for it."""
        with reaching(self._url):
            self._database[JOBS].delete_one({"_id": self._round})
            self._forget()

    def _part(self, number: int, first: str, last: str, pages: int) -> Document:
        return {
            "_id": f"{self._round} {number:08d}", "number": number, "first": first, "last": last, "pages": pages,
            "state": "todo", "deaths": 0, "at": "", "worker": "", "failed": 0, "schema_version": SCHEMA_VERSION,
        }  # fmt: skip

    def _forget(self) -> None:
        self._database[RETAGGED].delete_many(self._of_round)
        self._database[PARTS].delete_many(self._of_round)

    def _change(self, part: Part, worker: str, fields: Document) -> None:
        with reaching(self._url):
            self._database[PARTS].update_one(
                {"_id": f"{self._round} {part.number:08d}", "worker": worker}, {"$set": fields}
            )


def _new(kept: Document) -> Document:
    return {name: value for name, value in kept.items() if name not in {"_id", "archive"}}
