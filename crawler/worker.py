"""One worker's part of a round: the leases it holds, their renewal, and how many more it may claim.

A lease stands in one table from grant to end.  It is renewed while it stands there and within its page's hard time
limit; one that outlives the limit is dropped from the table, so that it returns to the frontier by its deadline.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import platform
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeVar

from crawler.frontier.contract import Lease, Via
from crawler.frontier.redis import RedisFrontier
from crawler.items import PageItem
from crawler.plan import RoundPlan
from crawler.reasons import Halt
from crawler.scope import Scope
from crawler.tally import Tally

# Pages in the store step beside those in hand: one batch on its way and one that gathers.  A page a second and host keeps
# few there; only hosts without a delay, in tests and benchmarks, would leave the worker idle without it.
MOST_STORING: Final = 100
MOST_PARKED: Final = 400  # pages waiting for their segment: about 60 MB of bodies, and 200 pages a second in 2 s
RENEWALS_PER_LEASE: Final = 3  # two heartbeats may be missed before a lease is lost
JUDGING_SECONDS: Final = 120.0  # beyond the fetch: reading, judging and the way to the store step

YOUNG_OBJECTS: Final = 20_000  # made before the collector looks for cycles; a page makes about as many

log = logging.getLogger(__name__)

T = TypeVar("T")


def spare_the_collector() -> None:
    """Take what was built at start (modules, rules, the catalogue) out of garbage collection: it is never garbage.

    Walking it again and again cost 3 to 8 % of the CPU per page in three paired runs of benchmarks/crawl_speed.py.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


class Stage(Enum):
    """How far a page has come that its lease is held for."""

    IN_HAND = auto()  # fetched, read, judged
    PARKED = auto()  # its bytes wait for a segment
    STORING = auto()


@dataclass(slots=True)
class _Held:
    lease: Lease
    confirmed: float  # loop time of the frontier's last word that it stands
    until: float  # loop time after which it is not renewed any more; infinity in the store step
    stage: Stage = Stage.IN_HAND


class Worker:
    """State and heartbeat of one worker; implements `ports.WorkerPort`."""

    def __init__(self, frontier: RedisFrontier, plan: RoundPlan, *, places: int, worker_id: str = "") -> None:
        self.round_name = plan.name
        self.worker_id = worker_id or f"{platform.node()}-{os.getpid()}-{secrets.token_hex(3)}"
        self.frontier = frontier
        self.plan = plan
        self.scope = Scope(plan)
        self.places = places
        self.fetched = 0
        self.rendered = 0
        self.tally = Tally()
        self._held: dict[str, _Held] = {}
        self._staged = Counter[Stage]()
        self._halts: dict[Halt, str] = {}
        self._news = asyncio.Event()  # something the operator should see before the next heartbeat
        self._missed: set[str] = set()
        self._beat: asyncio.Task[None] | None = None
        self.changed = asyncio.Event()  # set whenever a lease ends: the pump may claim again

    @property
    def busy(self) -> int:
        """Leases held."""
        return len(self._held)

    @property
    def free(self) -> int:
        """Further leases it may take.  Pages parked or being stored leave their places to others, up to a bound."""
        if self._halts:
            return 0
        left = min(self._staged[Stage.PARKED], MOST_PARKED) + min(self._staged[Stage.STORING], MOST_STORING)
        return max(0, self.places - len(self._held) + left)

    def held(self) -> list[Lease]:
        """The leases in hand."""
        return [held.lease for held in self._held.values()]

    def holds(self, token: str) -> bool:
        """Whether a lease is in hand."""
        return token in self._held

    def took(self, lease: Lease) -> None:
        """A lease was granted to us."""
        self._staged[Stage.IN_HAND] += 1
        now = asyncio.get_running_loop().time()
        self._held[lease.token] = _Held(lease, now, now + self._seconds_of(lease))

    def turned(self, lease: Lease) -> None:
        """A lease in hand is fetched by other means than it was granted for."""
        held = self._held.get(lease.token)
        if held is not None:
            held.lease = lease
            held.until = asyncio.get_running_loop().time() + self._seconds_of(lease)

    def _seconds_of(self, lease: Lease) -> float:
        limits = self.plan.limits
        return (limits.browser_seconds * 2 if lease.via is Via.BROWSER else limits.page_seconds) + JUDGING_SECONDS

    async def stands(self, token: str) -> bool:
        """Whether a lease whose request has waited may begin it.

        The frontier is asked where its last word is half a lease old: it was away, or renewals did not come through, and
        the page may have been granted to another worker meanwhile.  Waits while the frontier is away.
        """
        held = self._held.get(token)
        if held is None:
            return False
        if asyncio.get_running_loop().time() - held.confirmed < self.plan.lease_seconds / 2:
            return True
        return await self._renewed([token]) == set()

    async def at_work(self, lease: Lease) -> None:
        """A death of this worker from now on may be the doing of what was granted; costs a call only where it is watched."""
        if lease.watched:
            await self.frontier.stage(lease, safe=False)

    async def aside(self, lease: Lease, wait: Callable[[], Awaitable[T]]) -> T:
        """Wait for others on its behalf: a death meanwhile is nobody's."""
        if not lease.watched:
            return await wait()
        await self.frontier.stage(lease, safe=True)
        got = await wait()
        await self.frontier.stage(lease, safe=False)
        return got

    def storing(self, token: str) -> None:
        """It reached the store step: however long the store is away, it is ours; another page may be fetched meanwhile."""
        self._reach(token, Stage.STORING)

    def parked(self, token: str) -> None:
        """Its bytes wait for a segment: as above."""
        self._reach(token, Stage.PARKED)

    def ended(self, token: str) -> None:
        """It was acked, given back or fenced off."""
        held = self._held.pop(token, None)
        if held is not None:
            self._staged[held.stage] -= 1
        self.changed.set()

    def _reach(self, token: str, stage: Stage) -> None:
        held = self._held.get(token)
        if held is not None:
            held.until = float("inf")
            self._staged[held.stage] -= 1
            self._staged[stage] += 1
            held.stage = stage
            self.changed.set()

    def counted(self, item: PageItem) -> None:
        """A page was stored and acked: count what it holds."""
        self.tally.page(item)

    async def _hand_over(self) -> None:
        counted = self.tally.taken()
        try:
            await self.frontier.kinds.add(counted)
        except Exception:
            self.tally.put_back(counted)
            raise

    def halt(self, why: Halt, detail: str) -> None:
        """Claim nothing for the time being, and report why at once."""
        if self._halts.get(why) != detail:
            self._halts[why] = detail
            self._news.set()

    def resume(self, why: Halt) -> None:
        """Claim again, unless there is another reason not to."""
        if self._halts.pop(why, None) is not None:
            self._news.set()
            self.changed.set()

    def start(self) -> None:
        """Begin the heartbeat."""
        self._beat = asyncio.create_task(self._heartbeat())

    async def stop(self) -> None:
        """End the heartbeat.  Leases still held return by their deadline."""
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        await self._hand_over()

    async def _heartbeat(self) -> None:
        pause = self.plan.lease_seconds / RENEWALS_PER_LEASE
        while True:
            self._news.clear()
            try:
                await self.renew()
            except Exception:  # without a heartbeat every lease would lapse: the next one is tried in any case
                log.exception("leases could not be renewed this time")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()

    async def renew(self) -> None:
        """Renew what stands within its limit; forget what does not, and what the frontier took back."""
        now = asyncio.get_running_loop().time()
        for token, held in list(self._held.items()):
            if held.until < now:
                log.error("%s passed its hard time limit: its lease is let go", held.lease.key)
                self.ended(token)
        await self._hand_over()
        lost = await self._renewed(list(self._held))
        gone, self._missed = lost & self._missed, lost  # one that was acked just now is missed once, not twice
        for token in gone:
            if token in self._held:
                log.warning("%s was taken back: another worker may have it", self._held[token].lease.key)
                self.ended(token)

    async def _renewed(self, tokens: list[str]) -> set[str]:
        """Report, and renew these leases; those that do not stand any more."""
        report = {
            "pid": os.getpid(),
            "machine": platform.node(),
            "fetched": self.fetched,
            "rendered": self.rendered,
            "busy": self.busy,
            "halts": {why.value: detail for why, detail in self._halts.items()},
        }
        lost = set(await self.frontier.renew(self.worker_id, report, tokens))
        now = asyncio.get_running_loop().time()
        for token in tokens:
            if token not in lost and token in self._held:
                self._held[token].confirmed = now
        return lost
