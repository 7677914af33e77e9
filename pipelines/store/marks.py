"""Setting duplicate marks on stored pages, in bulk.  What the marks are is decided elsewhere (`rounds.settle`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pymongo import UpdateOne

from pipelines.store.connect import Store, reaching
from pipelines.store.records import record_id
from pipelines.store.writer import RECORDS

_SLICE: Final = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """The fields of one page that settling owns, as they are to be."""

    key: str
    verdict: str
    duplicate_of: str
    same_as: tuple[str, ...]
    family: str
    reasons: tuple[Mapping[str, Any], ...]


def set_marks(database: Store, round_name: str, marks: Iterable[Mark], *, url: str = "") -> int:
    """Write them, a slice at a time; returns how many pages changed."""
    changed = 0
    pending: list[UpdateOne] = []
    with reaching(url or "the configured address"):
        for mark in marks:
            fields = {
                "verdict": mark.verdict,
                "duplicate_of": mark.duplicate_of,
                "same_as": list(mark.same_as),
                "family": mark.family,
                "reasons": [dict(reason) for reason in mark.reasons],
            }
            pending.append(UpdateOne({"_id": record_id(round_name, mark.key)}, {"$set": fields}))
            if len(pending) == _SLICE:
                changed += database[RECORDS].bulk_write(pending, ordered=False).modified_count
                pending = []
        if pending:
            changed += database[RECORDS].bulk_write(pending, ordered=False).modified_count
    return changed
