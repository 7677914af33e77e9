"""What the crawler needs of storage, implemented by `pipelines.store`; named in settings as a dotted string."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from crawler.frontier.contract import Frontier, Lease, Outlink
from crawler.items import Capture, PageItem
from crawler.plan import RoundPlan
from crawler.probes import Probed
from crawler.reasons import Halt
from crawler.revisit import Before

T = TypeVar("T")


class OutlinkStore(Protocol):
    """For relinks (what a stored record links to, and its depth put right), for probes and for lists."""

    async def outlinks(self, round_name: str, key: str) -> Sequence[Outlink]:
        """The stored in-scope outlinks of a page or of a redirect; empty when the URL ended without any."""
        ...

    async def lower_depth(self, round_name: str, key: str, depth: int) -> None:
        """Set the record's depth to `depth` where it is greater."""
        ...

    async def first_pages(self, round_name: str, host: str) -> Sequence[Mapping[str, Any]]:
        """The first 200 stored pages of a host by depth, each with `probes.FIELDS` of its record."""
        ...

    async def keep_probe(self, round_name: str, probed: Probed) -> None:
        """Keep how a host answered; repeating it replaces it."""
        ...

    async def keep_list(self, round_name: str, name: str, fields: Mapping[str, str]) -> None:
        """Keep what asking for a list's pages needs; a majority has it when this returns.  Repeating it replaces it."""
        ...

    async def kept_list(self, round_name: str, name: str) -> Mapping[str, str] | None:
        """What was kept under this name; None when nothing was."""
        ...

    async def close(self) -> None:
        """Give the connection back."""
        ...


class SpillStore(Protocol):
    """For queues beyond their window: chunks of entries, under tokens that are never used twice.  Waits while away."""

    async def keep(self, round_name: str, token: str, host: str, entries: Sequence[str]) -> None:
        """Write a chunk; a majority has it when this returns.  Repeating it changes nothing."""
        ...

    async def entries(self, round_name: str, token: str) -> Sequence[str] | None:
        """A chunk as kept; None when there is none."""
        ...

    async def forget(self, round_name: str, tokens: Sequence[str]) -> None:
        """Remove chunks; those that are not there do no harm."""
        ...

    async def close(self) -> None:
        """Give the connection back."""
        ...


class EarlierRound(Protocol):
    """The round before, for pages that may not have changed since.  Waits while away."""

    async def before(self, round_name: str, key: str) -> Before | None:
        """The page as that round has it; None where it has none that could be told unchanged."""
        ...

    async def capture(self, before: Before) -> Capture:
        """The page as it was fetched then.  Raises EarlierLost where the archive does not give it."""
        ...

    async def close(self) -> None:
        """Give the connection back."""
        ...


class WorkerPort(Protocol):
    """What a pipeline step may ask of the worker it runs in: found as `crawler.spider.worker`."""

    round_name: str
    worker_id: str
    plan: RoundPlan
    frontier: Frontier

    async def aside(self, lease: Lease, wait: Callable[[], Awaitable[T]]) -> T:
        """Wait for others on a page's behalf: a death of the worker meanwhile is not laid to it."""
        ...

    def storing(self, token: str) -> None:
        """The lease has reached the store step: its renewal no longer counts against the page's hard time limit."""
        ...

    def parked(self, token: str) -> None:
        """Its bytes wait for a whole segment, until `storing`: renewed likewise, its place free for another page."""
        ...

    def counted(self, item: PageItem) -> None:
        """A page was stored and its lease acked: it counts in the round's figures."""
        ...

    def ended(self, token: str) -> None:
        """The lease is acked (or fenced off): forget it."""
        ...

    def halt(self, why: Halt, detail: str) -> None:
        """Claim nothing until `resume`; what is held goes on.  `detail` says what and where, without credentials."""
        ...

    def resume(self, why: Halt) -> None:
        """That reason is gone."""
        ...
