"""Setting duplicate marks on stored pages, in bulk.  What the marks are is decided elsewhere (`rounds.settle`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pymongo import UpdateOne

from crawler.frontier.ids import split_key
from pipelines.store.connect import Store, reaching
from pipelines.store.partials import forget
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
    """Write them, a slice at a time; returns how many pages changed.  What was folded of their hosts is forgotten first."""
    changed = 0
    pending: list[UpdateOne] = []
    hosts: set[str] = set()
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
            hosts.add(split_key(mark.key)[0])
            if len(pending) == _SLICE:
                changed += _write(database, round_name, pending, hosts, url)
                pending, hosts = [], set()
        if pending:
            changed += _write(database, round_name, pending, hosts, url)
    return changed


def _write(database: Store, round_name: str, updates: list[UpdateOne], hosts: set[str], url: str) -> int:
    forget(database, round_name, hosts, url=url)
    return database[RECORDS].bulk_write(updates, ordered=False).modified_count
