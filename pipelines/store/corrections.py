"""Putting records right in bulk after the frontier was rebuilt: depth, units and links follow the plan as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import UpdateOne

from crawler.frontier.ids import split_key
from pipelines.store.connect import Store, reaching
from pipelines.store.links import PageLinks, pack
from pipelines.store.partials import forget
from pipelines.store.records import record_id
from pipelines.store.writer import RECORDS


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be changed of one record; None leaves it.  A depth is lowered, never raised."""

    key: str
    depth: int | None = None
    units: tuple[str, ...] | None = None
    links: PageLinks | None = None

    def update(self) -> dict[str, Any]:
        """As MongoDB takes it."""
        fields: dict[str, Any] = {}
        if self.units is not None:
            fields["units"] = list(self.units)
        if self.links is not None:
            fields["outlinks"] = pack(self.key, self.links)
        lowered = {} if self.depth is None else {"$min": {"depth": self.depth}}
        return lowered | ({"$set": fields} if fields else {})


def correct(database: Store, round_name: str, corrections: Sequence[Correction], *, url: str = "") -> None:
    """Write them in one bulk; repeating it changes nothing."""
    updates = [UpdateOne({"_id": record_id(round_name, one.key)}, one.update()) for one in corrections if one.update()]
    if updates:
        forget(database, round_name, {split_key(one.key)[0] for one in corrections}, url=url)
        with reaching(url or "the configured address"):
            database[RECORDS].bulk_write(updates, ordered=False)
