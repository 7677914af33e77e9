"""Parts of the queue that do not fit Redis: `crawler.ports.SpillStore` on MongoDB."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from crawler.ports import SpillStore
from pipelines.store.connect import AsyncStore, Store, connect_async, patience_with

SPILLED: Final = "spilled"

logger = logging.getLogger(__name__)


def chunk_id(round_name: str, token: str) -> str:
    """The `_id`: a round's name holds no blank, so all its chunks are one range of ids."""
    return f"{round_name} {token}"


class MongoSpill:
    """Chunks as documents `{_id, host, entries}`.  Waits while MongoDB is away."""

    def __init__(self, mongo_url: str) -> None:
        self._database: AsyncStore = connect_async(mongo_url)
        self._patience = patience_with(mongo_url, logger)

    async def keep(self, round_name: str, token: str, host: str, entries: Sequence[str]) -> None:
        """Write a chunk; a majority has it when this returns.  Repeating it changes nothing."""
        document = {"host": host, "entries": list(entries)}
        chunks = self._database[SPILLED]
        await self._patience.until_done(
            lambda: chunks.replace_one({"_id": chunk_id(round_name, token)}, document, upsert=True)
        )

    async def entries(self, round_name: str, token: str) -> Sequence[str] | None:
        """A chunk as kept; None when there is none."""
        chunks = self._database[SPILLED]
        found = await self._patience.until_done(lambda: chunks.find_one({"_id": chunk_id(round_name, token)}))
        return found["entries"] if found else None

    async def forget(self, round_name: str, tokens: Sequence[str]) -> None:
        """Remove chunks; those that are not there do no harm."""
        chunks = self._database[SPILLED]
        ids = [chunk_id(round_name, token) for token in tokens]
        await self._patience.until_done(lambda: chunks.delete_many({"_id": {"$in": ids}}))

    async def close(self) -> None:
        """Give the connection back."""
        await self._database.client.close()


async def open_spill_store(mongo_url: str) -> SpillStore:
    """The store a worker opens by its dotted name.  Raises BadStoreUrl; does not touch the network yet."""
    return MongoSpill(mongo_url)


def forget_round(database: Store, round_name: str) -> int:
    """Remove what a round that is at rest left behind (copies nobody waits for); answers how many."""
    bounds = {"$gte": chunk_id(round_name, ""), "$lt": f"{round_name}!"}
    return database[SPILLED].delete_many({"_id": bounds}).deleted_count
