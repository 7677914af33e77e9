"""What leaves the spider: a page, a failure, or a skip.  Frozen; pipeline steps return a changed copy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cleaning.page import Judgement, Reading
from crawler.frontier.contract import Lease, Outlink, Via
from indicators.evidence import Tag


class FailureReason(StrEnum):
    """Why a URL could not be had: closed, in reports by host and cause."""

    UNRESOLVED = "unresolved"  # no address for the name
    REFUSED = "refused"  # connection refused or reset
    TIMEOUT = "timeout"
    TLS = "tls"
    HTTP_4XX = "http-4xx"
    HTTP_5XX = "http-5xx"
    FORBIDDEN = "forbidden"  # 401, 403, 412, 521 after honest identification
    THROTTLED = "throttled"  # 429 to the end
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"  # a content-encoding that does not decode, a bomb
    BROKEN = "broken"  # the answer broke off or is not HTTP
    PRIVATE_ADDRESS = "private-address"
    DEAD_HOST = "dead-host"  # its host could not be reached so often in a row that it was not asked again
    BROWSER = "browser"  # the browser could not load it
    REDIRECT_LOOP = "redirect-loop"
    ROBOTS_UNREACHABLE = "robots-unreachable"
    INTERNAL = "internal"  # a fault of ours, with its trace
    POISON = "poison"  # quarantined after killing its worker


class SkipReason(StrEnum):
    """Why a URL was not stored although nothing went wrong."""

    REDIRECTED = "redirected"
    ROBOTS = "robots"
    NOT_A_PAGE = "not-a-page"  # image, style sheet, script, font, media


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """Where bytes lie: a URI, and the record's place in it (compressed bytes)."""

    uri: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch as it came: `wire` before content-decoding, `body` after; `dom` only from the browser."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    wire: bytes
    body: bytes
    dom: bytes | None
    via: Via
    fetched_at: float  # seconds since the epoch
    elapsed: float  # seconds
    address: str


@dataclass(frozen=True, slots=True)
class PageItem:
    """A page that was fetched.  The spider fills the first five; each pipeline step adds its own field."""

    lease: Lease
    capture: Capture
    reading: Reading
    outlinks: tuple[Outlink, ...]
    units: tuple[str, ...]
    out_of_scope: int = 0
    cut: int = 0
    archive: ArchiveRef | None = None
    dom_archive: ArchiveRef | None = None
    judgement: Judgement | None = None
    tags: tuple[Tag, ...] = ()
    duplicate_of: str = ""


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """A URL that could not be had."""

    lease: Lease
    reason: FailureReason
    detail: str
    units: tuple[str, ...]
    at: float
    status: int = 0
    quarantined: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A URL not stored on purpose.  `outlinks` holds a redirect's target."""

    lease: Lease
    reason: SkipReason
    detail: str
    units: tuple[str, ...]
    at: float
    status: int = 0
    outlinks: tuple[Outlink, ...] = ()
