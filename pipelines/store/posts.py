"""What the channels gave: `posts`, the `accounts` they come from, and each `poll` of an account's feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, IndexModel, UpdateOne

from pipelines.store.connect import Document, Store, reaching
from pipelines.store.records import SCHEMA_VERSION
from pipelines.store.slices import slices

POSTS: Final = "posts"
ACCOUNTS: Final = "accounts"
POLLS: Final = "polls"


class PostBook:
    """Posts of accounts outlive a round; results of searches belong to one.  Methods raise StoreAway where MongoDB is."""

    def __init__(self, database: Store, *, url: str = "") -> None:
        self._posts = database[POSTS]
        self._accounts = database[ACCOUNTS]
        self._polls = database[POLLS]
        self._url = url or "the configured address"

    def prepare(self) -> None:
        """Make sure the indexes stand."""
        with reaching(self._url):
            self._posts.create_indexes(
                [
                    IndexModel([("unit", ASCENDING), ("channel", ASCENDING), ("published", ASCENDING)], name="unit"),
                    IndexModel([("round", ASCENDING), ("channel", ASCENDING)], name="round"),
                ]
            )

    def keep(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write posts, each under its `_id`; one that stands is replaced, save when it was first seen.  Answers how many are new."""
        new = 0
        for part in slices(rows):
            changes = []
            for row in part:
                first = {"first_seen": row["seen"]}
                changes.append(
                    UpdateOne(
                        {"_id": row["_id"]},
                        {"$set": {**row, "schema_version": SCHEMA_VERSION}, "$setOnInsert": first},
                        upsert=True,
                    )
                )
            with reaching(self._url):
                new += self._posts.bulk_write(changes, ordered=False).upserted_count
        return new

    def forget_results(self, round_name: str, unit: str, query: str) -> None:
        """Remove what an earlier answer to a question said: its places are no longer true."""
        with reaching(self._url):
            self._posts.delete_many({"round": round_name, "unit": unit, "account": query})

    def posts(
        self, channels: Sequence[str], *, units: Sequence[str], since: datetime, until: datetime
    ) -> Iterator[Document]:
        """Dated posts of accounts in a span of time, by unit, channel and date."""
        asked: Document = {
            "unit": {"$in": list(units)},
            "channel": {"$in": list(channels)},
            "published": {"$gte": since, "$lt": until},
        }
        order = [("unit", ASCENDING), ("channel", ASCENDING), ("published", ASCENDING)]
        with reaching(self._url), self._posts.find(asked).sort(order) as cursor:
            yield from cursor

    def results(self, round_name: str) -> Iterator[Document]:
        """Results of a round's searches."""
        with reaching(self._url), self._posts.find({"round": round_name}).sort("_id", ASCENDING) as cursor:
            yield from cursor

    def mark_copies(self, copies: Mapping[str, str], among: Sequence[str]) -> None:
        """Say which posts are copies of which; the others of `among` are of none."""
        changes = [
            UpdateOne({"_id": one}, [{"$set": {"duplicate_of": copies.get(one, ""), "verdict": _verdict(one, copies)}}])
            for one in among
        ]
        for part in slices(changes):
            with reaching(self._url):
                self._posts.bulk_write(part, ordered=False)

    def accounts(self, units: Sequence[str] = ()) -> list[Document]:
        """Accounts by unit, channel and name."""
        asked: Document = {"unit": {"$in": list(units)}} if units else {}
        with reaching(self._url), self._accounts.find(asked).sort("_id", ASCENDING) as cursor:
            return list(cursor)

    def keep_accounts(self, rows: Iterable[Mapping[str, Any]], *, over: bool) -> int:
        """Write accounts; `over` replaces what stands, else it is left as people made it.  Answers how many are new.

        A feed is not left empty: an account known without one takes the one it is given.
        """
        new = 0
        for row in rows:
            kept = {**row, "schema_version": SCHEMA_VERSION}
            change: Document = {"$set": kept} if over else {"$setOnInsert": kept}
            with reaching(self._url):
                new += self._accounts.update_one({"_id": row["_id"]}, change, upsert=True).upserted_id is not None
                if row["feed"] and not over:
                    self._accounts.update_one({"_id": row["_id"], "feed": ""}, {"$set": {"feed": row["feed"]}})
        return new

    def note_poll(self, account: str, at: datetime, poll: Mapping[str, Any]) -> None:
        """Keep how one poll of an account went; the same again is harmless."""
        kept = {"account": account, "at": at, "schema_version": SCHEMA_VERSION, **poll}
        with reaching(self._url):
            self._polls.replace_one({"_id": f"{account} {at.isoformat()}"}, kept, upsert=True)

    def polls(self, account: str) -> list[Document]:
        """All polls of an account, oldest first."""
        with reaching(self._url), self._polls.find({"account": account}).sort("at", ASCENDING) as cursor:
            return list(cursor)


def _verdict(one: str, copies: Mapping[str, str]) -> Any:
    return "duplicate" if copies.get(one) else "$judged"
