"""What an answer, or the lack of one, means for its URL.  Pure: the same facts give the same decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from cleaning.page import LinkKind, Media, Reading
from cleaning.posted import asked
from cleaning.urls import canonicalize, normalize
from crawler.errors import FetchError, NotInResolveMap, NoWebPage
from crawler.frontier.contract import GAVE_UP, Lease, Outlink, Via
from crawler.plan import RoundPlan
from crawler.reasons import FailureReason, SkipReason

CHALLENGE: Final = (
    "challenge"  # begins the note of a page that a shield asks a script of; the serial of cookies follows
)
CHALLENGES: Final = frozenset({412, 521})  # statuses such shields answer with
REFUSALS: Final = frozenset({401, 403, 407, 412, 451, 521})  # answers that say no to us, not to the URL
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 523, 524})  # worth a later try
# Beyond the plan's, for a page whose host answers 429: that is no fault of the page, and each such answer halves the pace.
# Four more halvings bring 50 requests a second to less than one.
MORE_PASSES: Final = 4
CHALLENGE_BYTES: Final = (
    200_000  # looked at for a script; such pages are small, but some carry their whole virtual machine
)
RETRIED: Final = frozenset(
    {
        FailureReason.TIMEOUT,
        FailureReason.REFUSED,
        FailureReason.BROKEN,
        FailureReason.BROWSER,
        FailureReason.UNRESOLVED,
    }
)


@dataclass(frozen=True, slots=True)
class Store:
    """The answer is a page (or may be): read it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try later: `wait` seconds; the host itself stays alone for `host_wait` seconds."""

    wait: float
    host_wait: float
    note: str


@dataclass(frozen=True, slots=True)
class Hop:
    """The same page under another spelling, or after a cookie."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """The same page in the browser; `note` says why."""

    note: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A redirect to another page, which is offered to the frontier in its place."""

    target: str
    link: Outlink


@dataclass(frozen=True, slots=True)
class Fail:
    """It could not be had."""

    reason: FailureReason
    detail: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class Skip:
    """It is not stored, on purpose."""

    reason: SkipReason
    detail: str


Decision = Store | Again | Hop | Escalate | Leave | Fail


def on_answer(
    lease: Lease, plan: RoundPlan, status: int, headers: tuple[tuple[str, str], ...], now: datetime
) -> Decision:
    """Decide on an HTTP status."""
    fields = {name.lower(): value for name, value in headers}
    if 200 <= status < 300:
        return Store()
    if 300 <= status < 400:
        return _redirect(lease, plan, status, headers, fields)
    if status in PASSING:
        asked = retry_after(fields.get("retry-after", ""), now, plan.retry_after_cap)
        more = MORE_PASSES if status == 429 else 0
        return _later(lease, plan, asked, f"HTTP {status}", more) or Fail(_reason(status), f"HTTP {status}", status)
    return Fail(_reason(status), f"HTTP {status}", status)


def on_error(lease: Lease, plan: RoundPlan, error: FetchError) -> Again | Fail:
    """Decide on a fetch that gave no answer."""
    detail = str(error) or type(error).__name__
    late = error.reason is FailureReason.TIMEOUT and may_not_wait(lease, plan)
    if lease.via is Via.BROWSER and (late or isinstance(error, NoWebPage)):
        return Fail(error.reason, detail)  # HTTP has had the page: it is taken from there, and no further pass is spent
    # A name that is not in the round's map will not be there later; one that DNS does not know may.
    if error.reason in RETRIED and not isinstance(error, NotInResolveMap):
        again = _later(lease, plan, 0.0, f"{error.reason.value}: {detail}")
        if again is not None:
            return again
    return Fail(error.reason, detail)


def may_not_wait(lease: Lease, plan: RoundPlan) -> bool:
    """Whether a page that the browser did not get in time has had its second chance.

    One is given: a machine under load loses lists that way, and what a page alone is to blame for costs its time but twice.
    """
    return lease.attempts >= min(1, len(plan.retry_delays))


def on_challenge(lease: Lease, status: int, body: bytes, serial: int) -> Escalate | None:
    """Render a page whose shield asks for a script to be run; None where there is no such shield.

    `serial` is that of the cookies the request went with.  The browser runs the script once; a shield that is not content with
    that has refused us.
    """
    by_script = status in CHALLENGES and b"<script" in body[:CHALLENGE_BYTES].lower()
    again = by_script and lease.via is Via.HTTP and may_render(lease)
    return Escalate(f"{CHALLENGE} {serial}: HTTP {status}") if again else None


def may_render(lease: Lease) -> bool:
    """Whether the browser may still be tried; under the name of a form's step it would get another page."""
    return not lease.note.startswith(GAVE_UP) and asked(lease.url) is None


def on_reading(lease: Lease, reading: Reading, serial: int = 0) -> Skip | Fail | Escalate | None:
    """Decide on a page that was read: skipped, to be rendered, refused, or None: it is a page."""
    if reading.media is Media.ASSET:
        return Skip(SkipReason.NOT_A_PAGE, "image, style sheet, script, font or media")
    if reading.shell is None or not may_render(lease):
        return None
    if reading.shell.code == CHALLENGE:
        if not lease.note.startswith(CHALLENGE) or lease.via is Via.HTTP:
            return Escalate(f"{CHALLENGE} {serial}: {reading.shell.detail}")
        return Fail(FailureReason.FORBIDDEN, f"a browser does not pass either: {reading.shell.detail}")
    return Escalate(f"{reading.shell.code}: {reading.shell.detail}") if lease.via is Via.HTTP else None


def too_fast(status: int, headers: tuple[tuple[str, str], ...]) -> bool:
    """Whether a host says that it is asked too much: 429, or 503 with a Retry-After."""
    return status == 429 or (status == 503 and any(name.lower() == "retry-after" for name, _ in headers))


def retry_after(value: str, now: datetime, cap: float) -> float:
    """Seconds a Retry-After header asks for (delta or date), at most `cap`; 0 when it asks for nothing."""
    text = value.strip()
    if not text:
        return 0.0
    if text.isascii() and text.isdigit():
        return min(float(text), cap)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), cap)


def _later(lease: Lease, plan: RoundPlan, asked: float, note: str, more: int = 0) -> Again | None:
    delays = plan.retry_delays
    if not delays or lease.attempts >= len(delays) + more:
        return None
    return Again(max(delays[min(lease.attempts, len(delays) - 1)], asked), asked, note)


def _reason(status: int) -> FailureReason:
    if status in REFUSALS:
        return FailureReason.FORBIDDEN
    if status == 429:
        return FailureReason.THROTTLED
    if 400 <= status < 500:
        return FailureReason.HTTP_4XX
    if status >= 500:
        return FailureReason.HTTP_5XX
    return FailureReason.BROKEN


def _redirect(
    lease: Lease, plan: RoundPlan, status: int, headers: tuple[tuple[str, str], ...], fields: dict[str, str]
) -> Decision:
    location = fields.get("location", "").strip()
    target = normalize(lease.url, location) if location else None  # an empty reference would be the page itself
    key = canonicalize(target) if target else None
    if target is None or key is None:
        return Fail(FailureReason.BROKEN, f"HTTP {status} without a usable Location", status)
    if key == lease.key:
        if lease.hops >= plan.limits.redirects or (target == lease.url and lease.hops > 0 and not _cookies(headers)):
            return Fail(FailureReason.REDIRECT_LOOP, f"redirected to itself {lease.hops + 1} times", status)
        return Hop(target, _merged(lease.cookie, _cookies(headers)))
    return Leave(target, Outlink(key, target, LinkKind.REDIRECT))


def _cookies(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == "set-cookie":
            pair = value.split(";", 1)[0]
            left, equals, right = pair.partition("=")
            if equals:
                found[left.strip()] = right.strip()
    return found


def cookies_of(old: str, more: str) -> str:
    """Two Cookie headers as one; of a name that both give, the later stands."""
    return _merged(old, _pairs(more))


def _pairs(cookie: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in cookie.split("; ") if "=" in part)


def _merged(old: str, new: dict[str, str]) -> str:
    kept = _pairs(old)
    return "; ".join(f"{name}={value}" for name, value in (kept | new).items())
