"""Where the fingerprints of kept pages were last met, for the provisional mark of near copies: `near`, a hash.

Its fields are places of :func:`cleaning.duplicates.places_of`, its values keys of pages.  There are PLACES of them and no
more, whatever a round grows to: a later page takes the place of an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from crawler.frontier.batch import Batch

MAX_KEY: Final = 400  # characters of a key that is kept, so that memory has an end


class NearBook:
    """Pages by the places of their fingerprints."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._name = f"{batch.prefix}near"

    async def last(self, places: Sequence[int]) -> list[str]:
        """The key of the page last kept at each place; empty where there is none."""
        if not places:
            return []
        return [str(key or "") for key in await self._batch.command("HMGET", self._name, *places)]

    async def keep(self, pages: Mapping[int, str]) -> None:
        """Keep keys of pages by place, instead of those that stand there."""
        words = [word for place, key in pages.items() if len(key) <= MAX_KEY for word in (place, key)]
        if words:
            await self._batch.command("HSET", self._name, *words)
