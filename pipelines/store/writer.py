"""Writing ended URLs: one bulk per batch, fenced, so that a key has one record whoever writes late.

Nearly every URL ends once: its record is inserted, and only what MongoDB refuses as a second record of its `_id` goes by
a fenced update, which costs the server more.

The argument, for one key.  Grants of a key are serial: a later grant has a greater serial.  A write carries the serial
of its lease.  MongoDB inserts it where nothing stands, and else applies it only over a record with no greater serial;
an outcome, moreover, only where no page stands.  Both rules are one atomic update of one document, so there is never a
second record.  The worker whose lease still stands has the greatest serial, hence its write decides; a worker that lost
its lease either finds a greater serial (refused) or wrote before its successor did (overwritten, save a page by an
outcome: then the successor is told `PAGE_STANDS` and acks as stored).  Between a holder's write and its successful ack
nobody has a greater serial, so the record at the time of the ack is of the end that the ledger counts; after it only a
later grant can change it.

Serials compare across epochs: with every new epoch, and with every frontier rebuilt after a loss, they go on higher than
any grant before (`epoch.lua`, `rounds.recover`).  A worker that outlived its Redis is fenced off like any other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from crawler.frontier.contract import End
from pipelines.store.connect import AsyncStore, is_away
from pipelines.store.records import OUTCOME_ONLY, PAGE_ONLY, Draft, fence_of, whole

RECORDS: Final = "records"
_DUPLICATE_KEY: Final = 11000

# What an update leaves of the record it replaces: nothing of the other kind.
_STALE: Final[Mapping[bool, Mapping[str, str]]] = {
    True: dict.fromkeys(OUTCOME_ONLY, ""),
    False: dict.fromkeys(PAGE_ONLY, ""),
}


class Written(Enum):
    """What became of one write."""

    DONE = "done"
    PAGE_STANDS = "page-stands"  # an outcome was not written, for the key has a page: the URL ended as stored
    FENCED = "fenced"  # a later grant of this URL has written: nothing of ours counts


@dataclass(frozen=True, slots=True)
class Answer:
    """`depth` is what the lease is to be acked with: the depth with which the standing record's links were pushed.

    For a page that stands already this is its own, not the depth just heard: if it is the greater one, the ack makes
    the frontier push its links again.
    """

    written: Written
    depth: int


async def write(database: AsyncStore, batch: Sequence[tuple[Draft, int]]) -> list[Answer]:
    """Write each draft with the depth given beside it; answers in order.  Acknowledged by a majority, journaled.

    Raises pymongo's errors; repeating the whole call is always right.
    """
    answers = [Answer(Written.DONE, depth) for _, depth in batch]
    todo = await _bulk(database, [InsertOne(whole(draft, depth)) for draft, depth in batch])
    while todo:
        refused = await _bulk(database, [_update(*batch[at]) for at in todo])
        todo = await _settle_refused(database, batch, [todo[at] for at in refused], answers)
    return answers


async def _bulk(database: AsyncStore, writes: Sequence[Any]) -> list[int]:
    """The positions MongoDB refused because a record with the same `_id` stands (and, updated, passed no filter)."""
    try:
        await database[RECORDS].bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        refused = error.details.get("writeErrors", [])
        if is_away(error) or any(each["code"] != _DUPLICATE_KEY for each in refused):
            raise
        return [each["index"] for each in refused]
    return []


async def _settle_refused(
    database: AsyncStore,
    batch: Sequence[tuple[Draft, int]],
    refused: Sequence[int],
    answers: list[Answer],
) -> list[int]:
    """Fill in the answers of refused writes; the positions left are to be tried again (two first writes met)."""
    if not refused:
        return []
    ids = [batch[at][0].id for at in refused]
    cursor = database[RECORDS].find({"_id": {"$in": ids}}, {"end": 1, "depth": 1, "serial": 1})
    standing = {document["_id"]: document async for document in cursor}
    again = []
    for at in refused:
        draft = batch[at][0]
        answer = _answer(draft, standing.get(draft.id))
        if answer is None:
            again.append(at)
        else:
            answers[at] = answer
    return again


def _answer(draft: Draft, standing: Mapping[str, Any] | None) -> Answer | None:
    if standing is None:
        return None
    mine = fence_of(draft.lease.token)
    if standing["serial"] > mine.serial:
        return Answer(Written.FENCED, standing["depth"])
    if draft.end is not End.STORED and standing["end"] == End.STORED:
        return Answer(Written.PAGE_STANDS, standing["depth"])
    return None


def _update(draft: Draft, depth: int) -> UpdateOne:
    page = draft.end is End.STORED
    fence = fence_of(draft.lease.token)
    standing: dict[str, Any] = {"_id": draft.id, "serial": {"$lte": fence.serial}}
    if not page:
        standing["end"] = {"$ne": str(End.STORED)}
    change = {"$set": draft.fields, "$min": {"depth": depth}, "$unset": _STALE[page]}
    return UpdateOne(standing, change, upsert=True)
