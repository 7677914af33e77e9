"""The frontier's contract: its records and the calls every implementation must offer.

A URL lives in exactly one place: queued, delayed, leased, or ended (stored, failed, skipped, quarantined).  A lease is
one grant of one URL (or of a host's robots.txt, its probe, or a relink) to one worker; its token fences every later call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from cleaning.page import LinkKind
from crawler.ranks import rank_of

GAVE_UP: Final = "browser gave up"  # begins the note of a page that is not to be escalated again


class Grant(StrEnum):
    """What a lease is for."""

    PAGE = "page"
    ROBOTS = "robots"
    PROBE = "probe"  # a made-up address of the host: how it answers for what is not there
    RELINK = "relink"  # the depth of a stored page fell: offer its stored outlinks again, without a fetch


class Via(StrEnum):
    """How the page is to be fetched."""

    HTTP = "http"
    BROWSER = "browser"


class End(StrEnum):
    """How a URL ends.  Together with queued, delayed and leased these close the ledger."""

    STORED = "stored"
    FAILED = "failed"
    SKIPPED = "skipped"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Lease:
    """One grant.  `key` is the canonical URL, `url` the spelling to fetch."""

    token: str
    grant: Grant
    host: str
    key: str
    url: str
    via: Via = Via.HTTP
    attempts: int = 0  # deferred passes already used
    deaths: int = 0  # workers that died of it, it seems
    hops: int = 0  # hops to its own canonical URL already made
    chain: int = 0  # redirects that led here
    note: str = ""  # why it was escalated or deferred last
    cookie: str = ""  # set by the answer that made it hop
    host_failures: int = 0  # how often in a row its host could not be reached
    depth: int = -1  # at which it was queued: a guess only, for it may have fallen since; -1 unknown
    soft: bool = False  # its host answers 200 for what is not there (see `probes`)

    @property
    def watched(self) -> bool:
        """Whether the frontier is told when a death of the worker may be its doing, and when not (see `Worker.aside`)."""
        return self.deaths > 0 or self.grant is Grant.PROBE


class Outlink(NamedTuple):
    """An in-scope link as it is offered; the page record keeps the first three.  A tuple for the same reason as a `Link`."""

    key: str
    url: str
    kind: LinkKind
    text: str = ""  # of its anchor
    year: int = 0  # this year, 0 where it does not matter

    @property
    def cost(self) -> int:
        """Clicks."""
        return self.kind.cost

    @property
    def rank(self) -> int:
        """Within its depth: 0 first, 1 ordinary, 2 last.  Told when it is asked for: most links of a page are known already."""
        return rank_of(self.key, self.text, self.kind, self.year)


@dataclass(frozen=True, slots=True)
class Cut:
    """One link that is not followed, and why; `pattern` begins with the host."""

    rule: str
    pattern: str
    link: Outlink


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of a page's links: `depth` is the page's own, read when they were pushed.

    It is -1 when the frontier does not know the page any more (Redis lost its last second): then nothing was pushed,
    nothing may be stored, and the lease no longer stands either.
    """

    depth: int
    new: int
    lowered: int
    too_deep: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The ledger's counters of a round (or of one host)."""

    found: int = 0
    queued: int = 0
    delayed: int = 0
    leased: int = 0
    relinks: int = 0
    probes: int = 0  # made-up addresses still to be asked for; no URLs that were found
    stored: int = 0
    failed: int = 0
    skipped: int = 0
    quarantined: int = 0
    too_deep: int = 0
    out_of_scope: int = 0
    cut: int = 0
    spilled: int = 0  # of those queued: entries kept in MongoDB; ones that have become idle are counted too

    @property
    def difference(self) -> int:
        """Zero when the ledger closes (promise F1)."""
        held = self.queued + self.delayed + self.leased
        return self.found - (self.stored + self.failed + self.skipped + self.quarantined + held)

    @property
    def at_rest(self) -> bool:
        """True when nothing is left to do."""
        return self.queued == self.delayed == self.leased == self.relinks == self.probes == 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """URLs that wait for their next try: how many, when the first and the last of them are due, in seconds since the epoch."""

    urls: int
    first: float
    last: float


class Met(NamedTuple):
    """A page that was met at a place: its masked print (64 bits) and its key, 0 and empty for none."""

    print: int
    key: str


class Near(Protocol):
    """Where the fingerprints of kept pages were last met, across workers; see `crawler.frontier.near`."""

    async def last(self, places: Sequence[int]) -> list[Met]:
        """The page last kept at each place."""
        ...

    async def keep(self, pages: Mapping[int, Met]) -> None:
        """Keep pages by place, instead of those that stand there."""
        ...


class Frontier(Protocol):
    """What pipelines need of the frontier; the rest stays between the crawler and its Redis."""

    @property
    def near(self) -> Near:
        """The places of fingerprints."""
        ...

    async def offer(self, lease: Lease, links: Sequence[Outlink], *, out_of_scope: int, cut: int) -> Offered:
        """Push a page's links, in slices, all before its ack.  Idempotent."""
        ...

    async def ack(self, lease: Lease, end: End, *, depth: int) -> bool:
        """End a lease after its record is stored; False when the token no longer stands (another grant owns the URL)."""
        ...
