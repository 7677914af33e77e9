"""The round's outbound proxy when it cannot be reached: claims wait until it takes a connection again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from crawler.ports import WorkerPort
from crawler.reasons import Halt

LOOK_SECONDS: Final = 2.0


class ProxyWatch:
    """Of one worker."""

    def __init__(self, worker: Callable[[], WorkerPort]) -> None:
        self._worker = worker
        self._looking: asyncio.Task[None] | None = None

    def away(self) -> None:
        """A request did not get past the proxy."""
        if self._looking is None or self._looking.done():
            worker = self._worker()
            worker.halt(Halt.PROXY_AWAY, worker.plan.proxy)
            self._looking = asyncio.create_task(self._until_back(worker))

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def _until_back(self, worker: WorkerPort) -> None:
        parts = urlsplit(worker.plan.proxy)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
            except (OSError, TimeoutError):
                continue
            writer.close()
            worker.resume(Halt.PROXY_AWAY)
            return
