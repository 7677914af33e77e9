"""Earlier pages with the same text, for the provisional duplicate mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleaning.reasons import Verdict
from crawler.frontier.contract import End
from pipelines.store.connect import connect_async, reaching
from pipelines.store.writer import RECORDS


@dataclass(frozen=True, slots=True)
class EarlierPage:
    """A kept page stored before."""

    key: str
    text_hash: str
    units: frozenset[str]


class EarlierPages:
    """A worker's look at what all workers have stored."""

    def __init__(self, mongo_url: str) -> None:
        self._url = mongo_url
        self._database = connect_async(mongo_url)

    async def with_text(self, round_name: str, hashes: Sequence[str]) -> list[EarlierPage]:
        """Kept pages of the round with one of these text hashes.  Raises StoreAway."""
        asked = {
            "round": round_name,
            "end": str(End.STORED),
            "text_hash": {"$in": list(hashes)},
            "verdict": str(Verdict.KEPT),
        }
        with reaching(self._url):
            cursor = self._database[RECORDS].find(asked, {"_id": 0, "key": 1, "units": 1, "text_hash": 1})
            return [EarlierPage(found["key"], found["text_hash"], frozenset(found["units"])) async for found in cursor]

    async def close(self) -> None:
        """Give the connection back."""
        await self._database.client.close()
