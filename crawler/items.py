"""What leaves the spider: a page, a failure, or a skip.  Frozen; pipeline steps return a changed copy."""

from __future__ import annotations

from dataclasses import dataclass

from cleaning.page import Judgement, ListHead, Reading
from crawler.frontier.contract import Cut, Lease, Outlink, Via
from crawler.reasons import FailureReason, SkipReason
from indicators.evidence import Tag

__all__ = [
    "ArchiveRef",
    "Capture",
    "DataResponse",
    "FailureReason",
    "FetchFailure",
    "Loaded",
    "PageItem",
    "SkipReason",
    "Skipped",
    "header",
]


def header(headers: tuple[tuple[str, str], ...], name: str) -> str:
    """All values of a header, joined as HTTP allows."""
    return ", ".join(value for key, value in headers if key.lower() == name)


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """Where bytes lie: a URI, and the record's place in it (compressed bytes)."""

    uri: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class DataResponse:
    """A script, style sheet or data answer (XHR, fetch) that a browser page was built from; `body` content-decoded.

    `sent` is the body of its request: empty for GET.
    """

    url: str
    method: str
    status: int
    content_type: str
    body: bytes
    sent: bytes = b""


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch as it came: `wire` before content-decoding, `body` after; `dom` and `loaded` only from the browser."""

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
    loaded: tuple[DataResponse, ...] = ()  # in the order they came
    found: tuple[
        tuple[str, str], ...
    ] = ()  # (address, text) of links that only a page's scripts and actions have shown
    list_of: ListHead | None = None  # of an answer that names nothing itself: the list it is a page of


@dataclass(frozen=True, slots=True)
class Loaded:
    """A `DataResponse` in the archive: `archive` is the record that holds its bytes, this page's or an earlier one's.

    `sent` tells requests to one address apart: 16 hex digits of the SHA-256 of the request's body, '' where it had none.
    """

    url: str
    method: str
    status: int
    content_type: str
    sent: str
    archive: ArchiveRef
    again: bool = False  # its bytes stand with an earlier page


@dataclass(frozen=True, slots=True)
class Carried:
    """What an earlier round made of the same bytes by the same rules; the numbers of its tags are measured anew."""

    judgement: Judgement
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A page that is as it was: `round` is the one whose archive holds its bytes, `since` when it fetched them."""

    round: str
    since: float  # seconds since the epoch
    how: str  # a `crawler.revisit.How`
    archive: ArchiveRef
    carried: Carried | None


@dataclass(frozen=True, slots=True)
class PageItem:
    """A page that was fetched.  The spider fills the first five; each pipeline step adds its own field."""

    lease: Lease
    capture: Capture
    reading: Reading
    outlinks: tuple[Outlink, ...]
    units: tuple[str, ...]
    out_of_scope: int = 0
    cuts: tuple[Cut, ...] = ()
    foreign: tuple[Outlink, ...] = ()  # the links out of scope, each once
    archive: ArchiveRef | None = None
    dom_archive: ArchiveRef | None = None
    loaded: tuple[Loaded, ...] = ()
    judgement: Judgement | None = None
    tags: tuple[Tag, ...] = ()
    facts: int = 0  # what the page says of its site: bits of indicators.page_facts.PageFact
    duplicate_of: str = ""
    near_copy: bool = False  # of `duplicate_of`, whose text is the same but for its frame
    absent_like: str = ""  # the made-up address that its host answers with the same
    unchanged: Unchanged | None = None  # since an earlier round: its bytes are not archived again


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
    """A URL not stored on purpose.  `outlinks` (or `foreign`, where it is out of scope) holds a redirect's target."""

    lease: Lease
    reason: SkipReason
    detail: str
    units: tuple[str, ...]
    at: float
    status: int = 0
    outlinks: tuple[Outlink, ...] = ()
    foreign: tuple[Outlink, ...] = ()
