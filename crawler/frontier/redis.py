"""The frontier in Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from crawler.frontier.contract import Counts, End, Lease, Offered, Outlink
from crawler.plan import RoundPlan


class State(StrEnum):
    """Where a round stands; workers obey it within a second."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """A worker as it last reported: `seen` in seconds since the epoch, by Redis's clock."""

    worker: str
    pid: int
    machine: str
    seen: float
    fetched: int
    rendered: int
    busy: int  # leases it holds


class RedisFrontier:
    """All transitions of one round.  Interface fixed here; the engine is being written."""

    @classmethod
    async def open(cls, redis_url: str, round_name: str) -> Self: ...
    async def close(self) -> None: ...
    # the round's life, called by rounds/
    async def create(self, plan: RoundPlan) -> None: ...
    async def plan(self) -> RoundPlan: ...  # UnknownRound
    async def drop(self) -> None: ...
    async def state(self) -> State: ...
    async def set_state(self, state: State) -> None: ...
    async def counts(self) -> Counts: ...
    async def host_counts(self) -> Mapping[str, Counts]: ...
    async def cut_counts(self) -> Mapping[str, int]: ...
    async def workers(self) -> Sequence[WorkerInfo]: ...
    async def release_worker(self, worker: str) -> int: ...  # a supervisor saw it die: its leases return at once
    async def requeue(self, key: str, end: End) -> bool: ...  # `caifeng retry`: an ended URL becomes queued again
    # what pipelines call: crawler.frontier.contract.Frontier
    async def offer(self, lease: Lease, links: Sequence[Outlink], *, out_of_scope: int, cut: int) -> Offered: ...
    async def ack(self, lease: Lease, end: End, *, depth: int) -> bool: ...
