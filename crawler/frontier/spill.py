"""Queues beyond a window per host live in MongoDB, in chunks: the frontier's side (the worker's: `crawler.spiller`).

A chunk is a row of entries of one band of one host, cut out of its list in Redis and never changed again.  It goes

1. from the list to a key of its own, within one script (`chores`): still in Redis, and taken back from there if needed;
2. to MongoDB, written with majority, under its random token;
3. out of Redis, which keeps its token and place (`spilled`);
4. back to the list when that runs low (`load`), within one script again;
5. out of MongoDB, `KEEP_SECONDS` later: longer than what a crash of Redis may lose, so that a Redis that forgot the fourth
   step still finds it.

A worker that dies leaves steps 2 and 4 to the next one after `MINE_SECONDS`; both may be done twice, for a chunk leaves
and comes back once only.  Even an entry that came back twice would do no harm: it is a hint, the seen-set says what waits.
MongoDB away only pauses all this.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crawler.frontier.batch import Batch

MINE_SECONDS: Final = 15.0  # a write or read of 40 KB takes milliseconds; an election of MongoDB's about ten seconds
KEEP_SECONDS: Final = 10.0  # appendfsync everysec loses two seconds at most
LARGEST_CHUNK: Final = 1000  # entries: Lua's unpack fails near 8,000 arguments


@dataclass(frozen=True, slots=True)
class Chunk:
    """Entries of one band of one host, oldest first, as they stand in its list."""

    host: str
    token: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chores:
    """What is to be done now: (host, token) to load, at most one chunk to keep, tokens to remove from MongoDB."""

    load: tuple[tuple[str, str], ...]
    keep: Chunk | None
    forget: tuple[str, ...]


class SpillDesk:
    """The frontier's side: the transitions of chunks.  `window` in entries a host, `mine` and `keep` in seconds."""

    def __init__(self, batch: Batch, window: int, *, mine: float = MINE_SECONDS, keep: float = KEEP_SECONDS) -> None:
        self._batch = batch
        self._window = window
        self._mine = int(mine * 1000)
        self._keep = int(keep * 1000)

    async def chores(self) -> Chores:
        """Take work, for `mine` seconds."""
        size = min(max(1, self._window // 2), LARGEST_CHUNK)
        load, keep, forget = await self._batch.call("chores", self._window, size, self._mine, secrets.token_hex(8))
        chunk = Chunk(keep[0], keep[1], tuple(keep[2:])) if keep else None
        return Chores(tuple(zip(load[::2], load[1::2], strict=True)), chunk, tuple(forget))

    async def spilled(self, chunk: Chunk) -> bool:
        """MongoDB has it.  False when it was taken back meanwhile, or another worker was first."""
        return bool(await self._batch.call("spilled", chunk.host, chunk.token, self._keep))

    async def loaded(self, chunk: Chunk) -> bool:
        """Put it back.  False when another worker was first."""
        return bool(await self._batch.call("load", chunk.host, chunk.token, self._keep, *chunk.entries))

    async def forgotten(self, tokens: Sequence[str]) -> None:
        """MongoDB has them no more."""
        await self._batch.command("ZREM", f"{self._batch.prefix}gone", *tokens)
