"""Earlier pages with the same text, or with some keys, for the provisional duplicate mark."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cleaning.duplicates import Candidate
from cleaning.reasons import Verdict
from crawler.frontier.contract import End
from pipelines.store.connect import connect_async, reaching
from pipelines.store.writer import RECORDS

_COMPARED: Final = (
    "key",
    "units",
    "host",
    "depth",
    "simhash",
    "number_hash",
    "media",
    "title",
    "text_length",
    "page_type",
    "text",
)


@dataclass(frozen=True, slots=True)
class EarlierPage:
    """A kept page stored before."""

    key: str
    text_hash: str
    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A kept page stored before: what is compared of it, and its text."""

    page: Candidate
    text: str


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

    async def with_keys(self, round_name: str, keys: Collection[str]) -> dict[str, EarlierText]:
        """The kept pages of the round among these keys.  Raises StoreAway."""
        asked = {"_id": {"$in": [f"{round_name} {key}" for key in sorted(keys)]}, "verdict": str(Verdict.KEPT)}
        with reaching(self._url):
            cursor = self._database[RECORDS].find(asked, dict.fromkeys(_COMPARED, 1) | {"_id": 0})
            return {found["key"]: _told(found) async for found in cursor}

    async def close(self) -> None:
        """Give the connection back."""
        await self._database.client.close()


def _told(found: Mapping[str, Any]) -> EarlierText:
    page = Candidate(
        key=found["key"],
        units=tuple(found["units"]),
        host=found["host"],
        depth=found["depth"],
        text_hash="",
        simhash=int(found["simhash"], 16),
        number_hash=found["number_hash"],
        sha256="",
        media=found["media"],
        eligible=True,
        title=found["title"],
        length=found["text_length"],
        page_type=found["page_type"],
    )
    return EarlierText(page, found["text"])
