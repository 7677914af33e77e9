"""Round documents: the frozen plan, the state, the journal, the results of later passes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from crawler.plan import RoundPlan
from pipelines.store import indexes
from pipelines.store.connect import Document, Store, reaching
from pipelines.store.errors import NameTaken, UnknownRound, WrongState
from pipelines.store.records import SCHEMA_VERSION

ROUNDS: Final = "rounds"
ALLOWED: Final = "allowed"  # the result that holds the patterns released for good


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a round's journal."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round as stored.  `results` by pass (settle, audit), each as its pass has saved it."""

    name: str
    plan: RoundPlan
    state: str
    created_at: datetime
    catalogue: str  # version of the catalogue the pages were tagged with
    journal: tuple[Entry, ...]
    results: Mapping[str, Mapping[str, Any]]


class RoundBook:
    """All rounds.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, *, url: str = "") -> None:
        self._database = database
        self._rounds = database[ROUNDS]
        self._url = url or "the configured address"

    def create(self, plan: RoundPlan, *, state: str, catalogue: str, entry: Entry) -> RoundRecord:
        """Store a new round and make sure the indexes stand.  Raises NameTaken."""
        document = {
            "_id": plan.name,
            "schema_version": SCHEMA_VERSION,
            "plan": plan.model_dump(mode="json"),
            "state": state,
            "created_at": entry.at,
            "catalogue": catalogue,
            "journal": [_entry_document(entry)],
            "results": {},
        }
        with reaching(self._url):
            indexes.ensure(self._database)
            try:
                self._rounds.insert_one(document)
            except DuplicateKeyError:
                raise NameTaken(
                    f"a round named {plan.name} exists already: choose another name, or see `caifeng round show {plan.name}`"
                ) from None
        return self.get(plan.name)

    def get(self, name: str) -> RoundRecord:
        """Raises UnknownRound."""
        with reaching(self._url):
            document = self._rounds.find_one({"_id": name})
        if document is None:
            raise UnknownRound(f"no round is named {name}: `caifeng round list` shows those there are")
        return _record(document)

    def all(self) -> tuple[RoundRecord, ...]:
        """Every round, oldest first."""
        with reaching(self._url), self._rounds.find().sort([("created_at", 1), ("_id", 1)]) as cursor:
            return tuple(_record(document) for document in cursor)

    def set_state(self, name: str, state: str, *, entry: Entry, expected: Collection[str] = ()) -> None:
        """Change the state and journal it, in one step.

        Raises UnknownRound, and WrongState where `expected` is given and the round is in none of these states.
        """
        asked: Document = {"_id": name}
        if expected:
            asked["state"] = {"$in": list(expected)}
        change = {"$set": {"state": state}, "$push": {"journal": _entry_document(entry)}}
        with reaching(self._url):
            matched = self._rounds.update_one(asked, change).matched_count
        if not matched:
            present = self.get(name).state
            raise WrongState(f"round {name} is {present}, not {' or '.join(sorted(expected))}: it was left as it is")

    def extend(self, name: str, plan: RoundPlan, *, before: RoundPlan, entry: Entry) -> None:
        """Give the round the next version of its plan, keep the one `before`, and forget the check of its seeds.

        Raises UnknownRound, and WrongState where the plan is no longer `before`.
        """
        change: Document = {
            "$set": {"plan": plan.model_dump(mode="json")},
            "$unset": {"results.check": ""},
            "$push": {"journal": _entry_document(entry), "earlier_plans": before.model_dump(mode="json")},
        }
        with reaching(self._url):
            matched = self._rounds.update_one({"_id": name, "plan.version": before.version}, change).matched_count
        if not matched:
            version = self.get(name).plan.version
            raise WrongState(
                f"the plan of round {name} is version {version} by now, not {before.version}: look at it again"
            )

    def allow(self, name: str, patterns: Collection[str]) -> None:
        """Keep patterns that are never to be cut again, so that they outlive Redis.  Raises UnknownRound."""
        if patterns:
            self._change(name, {"$addToSet": {f"results.{ALLOWED}.patterns": {"$each": list(patterns)}}})

    def append(self, name: str, entry: Entry) -> None:
        """Add a journal entry.  Raises UnknownRound."""
        self._change(name, {"$push": {"journal": _entry_document(entry)}})

    def save_result(self, name: str, pass_name: str, result: Mapping[str, Any]) -> None:
        """Keep what a pass found, replacing what its last run found.  Raises UnknownRound."""
        self._change(name, {"$set": {f"results.{pass_name}": dict(result)}})

    def judged_again(self, name: str, catalogue: str, entry: Entry) -> None:
        """Every page of the round is tagged with this version of the catalogue now.  Raises UnknownRound."""
        self._change(name, {"$set": {"catalogue": catalogue}, "$push": {"journal": _entry_document(entry)}})

    def forget(self, name: str) -> None:
        """Remove a round that was never begun (its frontier could not be made); one that is not there is no error."""
        with reaching(self._url):
            self._rounds.delete_one({"_id": name})

    def _change(self, name: str, change: Document) -> None:
        with reaching(self._url):
            matched = self._rounds.update_one({"_id": name}, change).matched_count
        if not matched:
            raise UnknownRound(f"no round is named {name}: `caifeng round list` shows those there are")


def _entry_document(entry: Entry) -> Document:
    return {"at": entry.at, "who": entry.who, "what": entry.what}


def _record(document: Document) -> RoundRecord:
    return RoundRecord(
        name=document["_id"],
        plan=RoundPlan.model_validate(document["plan"]),
        state=document["state"],
        created_at=document["created_at"],
        catalogue=document["catalogue"],
        journal=tuple(Entry(each["at"], each["who"], each["what"]) for each in document["journal"]),
        results=document["results"],
    )
