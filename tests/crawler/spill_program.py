"""A worker that only moves parts of queues, and dies: `python -m tests.crawler.spill_program REDIS MONGO ROUND FAULT`.

FAULT is `before` or `after`, then `keep` or `entries`: SIGKILL of itself right there, at the second such call; or `none`.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from crawler.frontier.redis import RedisFrontier
from crawler.ports import SpillStore
from crawler.spiller import Spiller
from pipelines.store.spill import open_spill_store

DIES_AT = 2


class Dying:
    """The real store, with a death before or after a call."""

    def __init__(self, store: SpillStore, fault: str) -> None:
        self._store = store
        self._fault = fault
        self._calls = 0

    def _die(self, here: str) -> None:
        if here == self._fault:
            self._calls += 1
            if self._calls == DIES_AT:
                os.kill(os.getpid(), signal.SIGKILL)

    async def keep(self, round_name: str, token: str, host: str, entries: Sequence[str]) -> None:
        """Write a chunk."""
        self._die("before-keep")
        await self._store.keep(round_name, token, host, entries)
        self._die("after-keep")

    async def entries(self, round_name: str, token: str) -> Sequence[str] | None:
        """Read a chunk."""
        self._die("before-entries")
        found = await self._store.entries(round_name, token)
        self._die("after-entries")
        return found

    async def forget(self, round_name: str, tokens: Sequence[str]) -> None:
        """Remove chunks."""
        await self._store.forget(round_name, tokens)

    async def close(self) -> None:
        """Give the connection back."""
        await self._store.close()


async def main(redis_url: str, mongo_url: str, round_name: str, fault: str) -> None:
    """Move for ever; what a dead one left half done is anybody's after a tenth of a second."""
    frontier = await RedisFrontier.open(redis_url, round_name)
    store = Dying(await open_spill_store(mongo_url), fault)
    spiller = Spiller(frontier.spill_desk(8, mine=0.1, keep=0.5), store, round_name)
    while True:
        if not await spiller.step():
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
