"""Taking back outcomes whose URLs were queued again (`caifeng retry`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pymongo import DeleteOne

from crawler.frontier.contract import End
from pipelines.store.connect import Store, reaching
from pipelines.store.records import record_id
from pipelines.store.writer import RECORDS

_SLICE: Final = 1_000


def reopen(database: Store, round_name: str, outcomes: Iterable[tuple[str, str]], *, url: str = "") -> int:
    """Remove the outcomes of these (key, token) pairs after the frontier took their URLs back; returns how many.

    The token names the very outcome that was retried: one written since by the new grant stays.
    """
    removed = 0
    pending: list[DeleteOne] = []
    with reaching(url or "the configured address"):
        for key, token in outcomes:
            pending.append(
                DeleteOne({"_id": record_id(round_name, key), "token": token, "end": {"$ne": str(End.STORED)}})
            )
            if len(pending) == _SLICE:
                removed += database[RECORDS].bulk_write(pending, ordered=False).deleted_count
                pending = []
        if pending:
            removed += database[RECORDS].bulk_write(pending, ordered=False).deleted_count
    return removed
