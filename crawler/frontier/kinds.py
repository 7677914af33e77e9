"""Counts by kind of record, as workers hand them over: `kinds` for the round, `k:{host}` for each host (hashes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from crawler.frontier.batch import Batch, pairs

AT_ONCE: Final = 500  # counts per call: three arguments each


class KindBook:
    """The transitions that concern counts by kind."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def add(self, hosts: Mapping[str, Mapping[str, int]]) -> None:
        """Add what a worker counted."""
        words = [
            (host, str(kind), number) for host, counts in hosts.items() for kind, number in counts.items() if number
        ]
        for start in range(0, len(words), AT_ONCE):
            await self._batch.call("tally", *(word for one in words[start : start + AT_ONCE] for word in one))

    async def total(self) -> Mapping[str, int]:
        """The round's counts."""
        return await self._read("kinds")

    async def of_hosts(self, hosts: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
        """The counts of each host."""
        return {host: await self._read(f"k:{host}") for host in hosts}

    async def _read(self, name: str) -> Mapping[str, int]:
        found = pairs(await self._batch.command("HGETALL", f"{self._batch.prefix}{name}"))
        return {kind: int(number) for kind, number in found.items()}
