"""Values, their samples, and the frozen catalogues they were worked out by: `values`, `samples`, `catalogue`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ReplaceOne

from indicators.values import Effort, Outcome
from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION

VALUES: Final = "values"
SAMPLES: Final = "samples"
CATALOGUE: Final = "catalogue"
_SLICE: Final = 500


def freeze(database: Store, version: str, files: Mapping[str, bytes], *, at: datetime, url: str = "") -> None:
    """Keep a catalogue under its version, once; its files are what the version is the hash of."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "at": at,
        "files": [{"name": name, "text": body.decode()} for name, body in sorted(files.items())],
    }
    with reaching(url or "the configured address"):
        database[CATALOGUE].update_one({"_id": version}, {"$setOnInsert": document}, upsert=True)


def frozen(database: Store, version: str, *, url: str = "") -> dict[str, bytes] | None:
    """The files of a kept catalogue, by name; None where it was never kept."""
    with reaching(url or "the configured address"):
        document = database[CATALOGUE].find_one({"_id": version})
    return None if document is None else {each["name"]: each["text"].encode() for each in document["files"]}


class ValueBook:
    """The values of one round.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._values = database[VALUES]
        self._samples = database[SAMPLES]
        self._round = round_name
        self._url = url or "the configured address"

    def put(
        self, unit: str, outcomes: Mapping[str, Outcome], effort: Effort, *, catalogue: str, seed: str, at: datetime
    ) -> int:
        """Put a unit's values and samples in the place of its former ones; returns how many values are other ones."""
        shared = {
            "schema_version": SCHEMA_VERSION,
            "round": self._round,
            "unit": unit,
            "catalogue": catalogue,
            "at": at,
        }
        before = {row["code"]: row for row in self.find(units=(unit,))}
        documents = {code: value_document(found, effort) for code, found in outcomes.items()}
        changed = [
            code
            for code, document in documents.items()
            if code not in before or any(before[code].get(name) != value for name, value in document.items())
        ]
        writes = [
            ReplaceOne({"_id": f"{self._round} {unit} {code}"}, {**shared, "code": code, **document}, upsert=True)
            for code, document in documents.items()
        ]
        samples = [
            {"_id": f"{self._round} {unit} {code} {each.key}", **shared, "code": code, "seed": seed, "key": each.key,
             "observation": list(each.numbers), "weight": each.weight}
            for code, found in outcomes.items()
            for each in found.sample
        ]  # fmt: skip
        gone = {"_id": _under(f"{self._round} {unit}"), "code": {"$nin": list(documents)}}
        with reaching(self._url):
            self._values.bulk_write(writes, ordered=False)
            self._values.delete_many(gone)
            self._samples.delete_many({"_id": _under(f"{self._round} {unit}")})
            for start in range(0, len(samples), _SLICE):
                self._samples.insert_many(samples[start : start + _SLICE], ordered=False)
        return len(changed)

    def find(self, *, units: Collection[str] = (), codes: Collection[str] = ()) -> Iterator[Document]:
        """Stored values in the order of unit and code; an empty field does not restrict."""
        asked: Document = {"_id": _under(self._round)}
        if units:
            asked["unit"] = {"$in": list(units)}
        if codes:
            asked["code"] = {"$in": list(codes)}
        with reaching(self._url), self._values.find(asked).sort("_id", 1) as cursor:
            yield from cursor

    def value(self, unit: str, code: str) -> Document | None:
        """One value."""
        with reaching(self._url):
            return self._values.find_one({"_id": f"{self._round} {unit} {code}"})

    def samples(self, unit: str = "", code: str = "") -> Iterator[Document]:
        """Drawn observations, of one unit and point where named."""
        asked: Document = {"_id": _under(" ".join(part for part in (self._round, unit, unit and code) if part))}
        with reaching(self._url), self._samples.find(asked).sort("_id", 1) as cursor:
            yield from cursor

    def worked(self, catalogue: str, *, finished: bool) -> set[str]:
        """The units whose values were worked out by this catalogue, at the same state of the crawl."""
        asked = {"_id": _under(self._round), "catalogue": catalogue, "searched.finished": finished}
        with reaching(self._url):
            return set(self._values.distinct("unit", asked))

    def catalogues(self) -> set[str]:
        """The catalogues its values were worked out by."""
        with reaching(self._url):
            return set(self._values.distinct("catalogue", {"_id": _under(self._round)}))

    def drop(self, units: Sequence[str]) -> None:
        """Forget units the round no longer has."""
        with reaching(self._url):
            for unit in units:
                asked = {"_id": _under(f"{self._round} {unit}")}
                self._values.delete_many(asked)
                self._samples.delete_many(asked)

    def counts(self) -> dict[str, int]:
        """How many units, values and samples the round has, and values by state."""
        with reaching(self._url):
            states = list(
                self._values.aggregate(
                    [{"$match": {"_id": _under(self._round)}}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}]
                )
            )
            return {
                "units": len(self._values.distinct("unit", {"_id": _under(self._round)})),
                "values": sum(row["n"] for row in states),
                "samples": self._samples.count_documents({"_id": _under(self._round)}),
            } | {row["_id"]: row["n"] for row in sorted(states, key=lambda row: str(row["_id"]))}


def value_document(found: Outcome, effort: Effort) -> dict[str, Any]:
    """A value as stored, without the round, unit and point it is of."""
    return {
        "state": str(found.state),
        "why": str(found.why) if found.why else "",
        "value": found.value,
        "score": found.score,
        "more": dict(found.more),
        "content": found.content,
        "parts": list(found.parts),
        "sites": found.sites,
        "concentration": found.concentration,
        "population": found.population,
        "sampled": len(found.sample),
        "best": list(found.best),
        "searched": {
            "pages": effort.pages,
            "refused": effort.refused,
            "dead": effort.dead,
            "finished": effort.finished,
        },
    }


def _under(prefix: str) -> Document:
    """The ids that begin so: no name, code or key among them holds a blank or what sorts between it and `!`."""
    return {"$gte": f"{prefix} ", "$lt": f"{prefix}!"}
