"""A worker's reading: pages that come within a moment are read one after the other, large ones beside the event loop.

The tables of reading pass through the processor's caches once for several pages instead of once for each, and what these
pages ask of Redis and MongoDB afterwards goes out together.
"""

from __future__ import annotations

import asyncio
from typing import Final

from cleaning.page import Reading
from crawler.batching import Batcher, each_alone
from crawler.items import Capture
from crawler.reading import read_both

# Sixteen pages hold the event loop for 25 ms.  In five rounds of benchmarks/crawl_speed.py in turns they took 0.97 of the CPU of
# pages read as they came, with a window of 4 ms as with 20; 32, and windows of 0.05 and 0.1 s, saved no more and left the worker
# waiting.  Two workers on two cores gain nothing by it: each has fewer pages at a time (benchmarks/crawl_workers.py).
TOGETHER: Final = 16
WINDOW: Final = 0.004  # seconds a lone page waits for company
# Bytes of a page whose reading goes to a thread: 100,000 links take over a second, in which no lease would be renewed.  Most
# pages are a tenth of it.
BIG: Final = 200_000
Both = tuple[Reading, Reading, Reading | None]  # as `read_both` gives them


class ReadingDesk:
    """One worker's."""

    def __init__(self) -> None:
        self._together: Batcher[Capture, Both] = Batcher(each_alone(read_both), size=TOGETHER, window=WINDOW)

    async def read(self, capture: Capture, *, alone: bool) -> Both:
        """What a capture says, its bytes alone and its DOM alone; `alone` for a page that no other must suffer with."""
        if len(capture.dom or capture.body) > BIG:
            return await asyncio.to_thread(read_both, capture)
        return await self._together.submit(capture, alone=alone)
