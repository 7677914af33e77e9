"""A worker that only moves parts of queues, to be killed: `python -m tests.crawler.spill_program REDIS MONGO ROUND`."""

import asyncio
import sys

from crawler.frontier.redis import RedisFrontier
from crawler.spiller import Spiller
from pipelines.store.spill import open_spill_store


async def main(redis_url: str, mongo_url: str, round_name: str) -> None:
    """Move for ever; what a killed one left half done is anybody's after a tenth of a second."""
    frontier = await RedisFrontier.open(redis_url, round_name)
    spiller = Spiller(frontier.spill_desk(8, mine=0.1, keep=0.5), await open_spill_store(mongo_url), round_name)
    while True:
        if not await spiller.step():
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
