"""The queue of values people are to look at: `flags`, one document per round, unit, point and check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from pymongo import UpdateOne

from indicators.flags import Flag
from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION

FLAGS: Final = "flags"


class FlagState(StrEnum):
    """What became of a flag.  Closed."""

    OPEN = "open"
    CONFIRMED = "confirmed"  # a person says: the value is wrong
    DISMISSED = "dismissed"  # a person says: the value is right
    LAPSED = "lapsed"  # the value was worked out anew and is strange no more; nobody had looked


class FlagBook:
    """The flags of one round.  Every method raises StoreAway where MongoDB cannot be reached."""

    def __init__(self, database: Store, round_name: str, *, url: str = "") -> None:
        self._flags = database[FLAGS]
        self._round = round_name
        self._url = url or "the configured address"

    def put(self, flags: Sequence[Flag], *, at: datetime) -> dict[str, int]:
        """Open new flags, leave those a person decided, let open ones lapse that hold no more; returns counts."""
        ids = {self._id(flag.unit, flag.code, flag.kind): flag for flag in flags}
        writes = [
            UpdateOne(
                {"_id": name},
                {
                    "$setOnInsert": {"round": self._round, "unit": flag.unit, "code": flag.code, "kind": str(flag.kind),
                                     "opened_at": at, "who": "", "note": "", "decided_at": None,
                                     "schema_version": SCHEMA_VERSION, "state": str(FlagState.OPEN)},
                    "$set": {"found": flag.found, "expected": flag.expected, "other": flag.other, "seen_at": at},
                },
                upsert=True,
            )
            for name, flag in ids.items()
        ]  # fmt: skip
        held = {"_id": {"$in": list(ids)}, "state": str(FlagState.LAPSED)}
        gone = {"_id": {**self._range(), "$nin": list(ids)}, "state": str(FlagState.OPEN)}
        with reaching(self._url):
            opened = len(self._flags.bulk_write(writes, ordered=False).upserted_ids or {}) if writes else 0
            again = self._flags.update_many(
                held, {"$set": {"state": str(FlagState.OPEN), "opened_at": at}}
            ).modified_count
            lapsed = self._flags.update_many(
                gone, {"$set": {"state": str(FlagState.LAPSED), "decided_at": at}}
            ).modified_count
        return {"flags": len(ids), "opened": opened + again, "lapsed": lapsed}

    def find(self, *, state: FlagState | None = None, unit: str = "") -> Iterator[Document]:
        """Flags in the order of unit and point."""
        asked: Document = {"_id": self._range()}
        if state is not None:
            asked["state"] = str(state)
        if unit:
            asked["unit"] = unit
        with reaching(self._url), self._flags.find(asked).sort("_id", 1) as cursor:
            yield from cursor

    def decide(self, flag: tuple[str, str, str], state: FlagState, *, who: str, note: str, at: datetime) -> bool:
        """A person's word on one flag (unit, code, kind); False where there is none.  Who decided before is kept."""
        name = self._id(*flag)
        with reaching(self._url):
            before = self._flags.find_one({"_id": name})
            if before is None:
                return False
            entry = {"state": before["state"], "who": before["who"], "note": before["note"], "at": before["decided_at"]}
            change: Document = {"$set": {"state": str(state), "who": who, "note": note, "decided_at": at}}
            if before["who"]:
                change["$push"] = {"earlier": entry}
            self._flags.update_one({"_id": name}, change)
        return True

    def _id(self, unit: str, code: str, kind: str) -> str:
        return f"{self._round} {unit} {code} {kind}"

    def _range(self) -> Document:
        return {"$gte": f"{self._round} ", "$lt": f"{self._round}!"}
