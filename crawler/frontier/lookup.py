"""Asking what a round's frontier has found, without changing anything: for what looks back at a round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crawler.errors import UnknownRound
from crawler.frontier.batch import Batch
from crawler.frontier.ids import seen_id
from crawler.frontier.redis import prefix_of

TAKEN = 50  # what the digits of a member are raised by with its first grant (see `ids`)


class SeenLookup:
    """The seen-set of one round, read only."""

    def __init__(self, redis_url: str, round_name: str, *, patience: float | None = 10.0) -> None:
        self._batch = Batch(redis_url, prefix_of(round_name), patience=patience)

    async def close(self) -> None:
        """Give the connection back."""
        await self._batch.close()

    async def depths(self, keys: Iterable[str]) -> Mapping[str, int]:
        """The depth of every key that was found.  Raises UnknownRound where Redis does not hold the round, FrontierAway."""
        buckets, limit = await self._batch.command("HMGET", f"{self._batch.prefix}settings", "buckets", "depth")
        if buckets is None or limit is None:
            raise UnknownRound(f"Redis holds no round under the keys {self._batch.prefix}")
        digits = [f"{base + depth:02d}" for base in (0, TAKEN) for depth in range(int(limit) + 1)]
        found = {}
        for key in keys:
            place = seen_id(key, int(buckets))
            members = [place.member + one for one in digits]
            held = await self._batch.command("SMISMEMBER", f"{self._batch.prefix}seen:{place.bucket}", *members)
            if 1 in held:
                found[key] = list(held).index(1) % (int(limit) + 1)
        return found

    async def origins(self, hosts: Iterable[str]) -> Mapping[str, str]:
        """The letter for scheme and `www.` of every host that was found (see `ids.origin_of`)."""
        found = {}
        for host in hosts:
            letter = await self._batch.command("HGET", f"{self._batch.prefix}h:{host}", "origin")
            if letter:
                found[host] = str(letter)
        return found
