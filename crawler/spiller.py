"""A worker's background task that keeps long queues in MongoDB: the steps of `crawler.frontier.spill`, one after the other."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from crawler.frontier.spill import Chunk, SpillDesk
from crawler.ports import SpillStore

PAUSE_SECONDS: Final = 0.2  # between looks when there was nothing to do

log = logging.getLogger(__name__)


class Spiller:
    """A worker's background task.  `store` waits by itself while MongoDB is away."""

    def __init__(self, desk: SpillDesk, store: SpillStore, round_name: str) -> None:
        self._desk = desk
        self._store = store
        self._round = round_name
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what is half done is another worker's after its time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._store.close()

    async def _run(self) -> None:
        while True:
            try:
                did = await self.step()
            except Exception:
                log.exception("a part of the queue could not be moved: it stays where it is, and is tried again")
                did = False
            if not did:
                await asyncio.sleep(PAUSE_SECONDS)

    async def step(self) -> bool:
        """Do what is to be done now; False when there was nothing."""
        chores = await self._desk.chores()
        await asyncio.gather(*(self._load(host, token) for host, token in chores.load))
        if chores.keep is not None:
            await self._store.keep(self._round, chores.keep.token, chores.keep.host, chores.keep.entries)
            await self._desk.spilled(chores.keep)
        if chores.forget:
            await self._store.forget(self._round, chores.forget)
            await self._desk.forgotten(chores.forget)
        return bool(chores.load or chores.keep)

    async def _load(self, host: str, token: str) -> None:
        entries = await self._store.entries(self._round, token)
        if entries is None:
            log.error("part %s of the queue of %s is missing in MongoDB: its URLs cannot be granted", token, host)
            return
        await self._desk.loaded(Chunk(host, token, tuple(entries)))
