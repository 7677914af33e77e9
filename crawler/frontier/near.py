"""Where the fingerprints of kept pages were last met, for the provisional mark of near copies: `near`, a hash.

Its fields are places of :func:`cleaning.duplicates.places_of`, its values the masked print of a page (16 hex digits) and
its key: chance meetings, which are many where the table is full, are told by the print and cost no look into the store.  There are PLACES of them and no
more, whatever a round grows to: a later page takes the place of an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from crawler.frontier.batch import Batch
from crawler.frontier.contract import Met

MAX_KEY: Final = 400  # characters of a key that is kept, so that memory has an end
NOBODY: Final = Met(0, "")


class NearBook:
    """Pages by the places of their fingerprints."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._name = f"{batch.prefix}near"

    async def last(self, places: Sequence[int]) -> list[Met]:
        """The page last kept at each place; `NOBODY` where there is none."""
        if not places:
            return []
        return [_met(kept) if kept else NOBODY for kept in await self._batch.command("HMGET", self._name, *places)]

    async def keep(self, pages: Mapping[int, Met]) -> None:
        """Keep pages by place, instead of those that stand there."""
        words = [
            word
            for place, met in pages.items()
            if len(met.key) <= MAX_KEY
            for word in (place, f"{met.print:016x}{met.key}")
        ]
        if words:
            await self._batch.command("HSET", self._name, *words)


def _met(kept: str) -> Met:
    return Met(int(kept[:16], 16), kept[16:])
