"""The closed sets of why a URL could not be had, was not stored on purpose, or why a worker asks for none."""

from enum import StrEnum


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
    MIRROR = "mirror"  # its like stands under the place it mirrors
    TRAP = "trap"  # queued before its pattern was known to be a trap


class Halt(StrEnum):
    """Why a worker claims nothing for the time being; it goes on by itself."""

    DISK_FULL = "disk-full"  # the archive's volume has no room, or hardly any
    PROXY_AWAY = "proxy-away"  # the round's outbound proxy cannot be reached
    ARCHIVE_AWAY = "archive-away"  # the archive's object store takes nothing
