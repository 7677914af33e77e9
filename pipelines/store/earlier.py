"""Earlier pages with the same text, for the provisional duplicate mark."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.asynchronous.database import AsyncDatabase

from cleaning.reasons import Verdict
from pipelines.store.connect import Document
from pipelines.store.writer import RECORDS


async def earlier_pages(database: AsyncDatabase[Document], round_name: str, hashes: Sequence[str]) -> list[Document]:
    """Kept pages of the round with one of these text hashes: `key`, `units` and `text_hash` of each."""
    cursor = database[RECORDS].find(
        {
            "round": round_name,
            "end": "stored",
            "text_hash": {"$in": list(hashes)},
            "verdict": str(Verdict.KEPT),
        },
        {"_id": 0, "key": 1, "units": 1, "text_hash": 1},
    )
    return await cursor.to_list()
