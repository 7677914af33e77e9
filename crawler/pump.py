"""From the frontier's grants to leases in hand, as fast as the worker has places and hosts are ready."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final

from crawler.errors import UnknownRound
from crawler.frontier.contract import Lease
from crawler.frontier.redis import State
from crawler.worker import Worker

MOST_AT_ONCE: Final = 16  # per claim: a burst that one pass of the engine can begin
SHORTEST: Final = 0.02  # seconds between claims: places come free in bursts, and one claim serves them all
LONGEST: Final = 0.1  # seconds between claims of an idle worker: other workers find work for it meanwhile

log = logging.getLogger(__name__)


async def leases(worker: Worker) -> AsyncIterator[Lease]:
    """Yield leases until the round is at rest or no longer running; ends only when this worker holds none itself."""
    while True:
        worker.changed.clear()
        try:
            claim = await worker.frontier.claim(worker.worker_id, min(worker.free, MOST_AT_ONCE), worker.busy)
        except UnknownRound as error:
            log.error("leaving: %s", error)  # noqa: TRY400 -- no fault of ours; what is in hand is fenced off at its end
            return
        for lease in claim.leases:
            worker.took(lease)
        for lease in claim.leases:
            yield lease
        if claim.state is not State.RUNNING and not worker.busy:
            log.info("round %s is %s: leaving", worker.round_name, claim.state.value)
            return
        if claim.at_rest and not worker.busy:
            log.info("round %s is at rest: leaving", worker.round_name)
            return
        if not claim.leases:
            soon = claim.wait_ms / 1000 if claim.wait_ms >= 0 else LONGEST
            await _until_changed(worker, min(max(soon, SHORTEST), LONGEST))


async def _until_changed(worker: Worker, seconds: float) -> None:
    await asyncio.sleep(SHORTEST)
    try:
        async with asyncio.timeout(seconds):
            await worker.changed.wait()
    except TimeoutError:
        return
