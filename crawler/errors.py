"""The errors of this room.

CrawlerError
├── SettingsError       services or the round's name are missing: set them, or run `caifeng up`
├── FrontierError
│   ├── UnknownRound    Redis holds no plan under this name
│   └── FrontierAway    Redis cannot be reached: the caller waits and tries again
├── EarlierLost         an earlier round's page does not come back from the archive: it is fetched whole
└── FetchError          one page could not be had; carries its FailureReason
    ├── Unresolved ── NotInResolveMap
    ├── PrivateAddress, Refused, TlsFailed, Broken
    ├── TimedOut ── StillLoading
    ├── TooLarge, BadEncoding
    ├── BrowserFailed
    │   ├── BrowserGone  the page is given back: nobody knows that it was the cause
    │   └── NoBrowser    none can be started: HTTP takes the page
    ├── NoWebPage       a document that a browser would download: HTTP takes it
    ├── ProxyAway       the round's proxy cannot be reached: the page is given back, and claims wait for the proxy
    └── NotAsked        nothing was asked
        ├── ServerBusy   the host shares its server, and its turn comes later
        └── LeaseLapsed  the lease ended while the request waited to begin
"""

from crawler.exits import Exit
from crawler.reasons import FailureReason


class CrawlerError(Exception):
    """Base of this room's errors; `exit` is what a process ends with when nobody handles it."""

    exit = Exit.INTERNAL


class SettingsError(CrawlerError):
    """The worker was not told where its services are, or which round it serves."""

    exit = Exit.SERVICES


class FrontierError(CrawlerError):
    """The frontier refused or could not do what it was asked."""


class UnknownRound(FrontierError):
    """Redis holds no plan under this round's name: create it with `caifeng round new`."""

    exit = Exit.NOT_FOUND


class FrontierAway(FrontierError):
    """Redis could not be reached in time."""

    exit = Exit.SERVICES


class EarlierLost(CrawlerError):
    """A page of an earlier round cannot be read from its archive."""


class FetchError(CrawlerError):
    """A page could not be had; `reason` is its place in the closed set, `alive` whether the server answered at all."""

    reason = FailureReason.BROKEN
    alive = True


class Unresolved(FetchError):
    """No address for the name."""

    reason = FailureReason.UNRESOLVED
    alive = False


class NotInResolveMap(Unresolved):
    """The round was given `--resolve`, and this name is not in it: no other name is looked up."""


class PrivateAddress(FetchError):
    """The name leads to a private or loopback address that the round's own seeds do not name."""

    reason = FailureReason.PRIVATE_ADDRESS
    alive = False


class Refused(FetchError):
    """The connection was refused or reset before an answer."""

    reason = FailureReason.REFUSED
    alive = False


class TimedOut(FetchError):
    """No whole answer within the plan's limit."""

    reason = FailureReason.TIMEOUT
    alive = False


class StillLoading(TimedOut):
    """The page came, and waited for answers of its own until its part of the limit was over."""

    alive = True


class TlsFailed(FetchError):
    """No TLS session could be agreed on."""

    reason = FailureReason.TLS
    alive = False


class Broken(FetchError):
    """The answer broke off, or is not HTTP."""


class TooLarge(FetchError):
    """The body, as received or decoded, passes the plan's limit."""

    reason = FailureReason.TOO_LARGE


class BadEncoding(FetchError):
    """The body does not decode as its Content-Encoding says."""

    reason = FailureReason.BAD_ENCODING


class BrowserFailed(FetchError):
    """The browser could not load the page."""

    reason = FailureReason.BROWSER


class BrowserGone(BrowserFailed):
    """The browser ended while the page was open in it; others were open as well, and the page is to be had again."""


class NoBrowser(BrowserFailed):
    """No browser could be started, and another attempt would end alike: install one (`caifeng doctor` says how)."""


class NoWebPage(FetchError):
    """The browser was sent to a document that is no web page: it is to be had over HTTP."""

    reason = FailureReason.BROWSER


class ProxyAway(FetchError):
    """The round's outbound proxy cannot be reached, or refuses us: no host was asked."""

    exit = Exit.SERVICES
    reason = FailureReason.REFUSED


class NotAsked(FetchError):
    """Nothing was asked, and nothing may be written under this lease any more."""


class ServerBusy(NotAsked):
    """Other hosts of the same server have its places, and the lease was given back."""


class LeaseLapsed(NotAsked):
    """The lease ended while its request waited to begin: the page is somebody else's by now."""


# What says nothing of the page or its host: it is given back untouched.
NOT_ITS_FAULT: tuple[type[FetchError], ...] = (BrowserGone, NotAsked, ProxyAway)
