"""How a canonical URL is named inside the frontier.

A key is split into its host and the rest, so that a queue entry need not repeat the host.  The seen-set stores one
64-bit integer per URL: 56 bits of the key's fingerprint followed by two decimal digits, in a bucket that is chosen by
other bits of the fingerprint.  The digits are the depth until the URL's first grant, and 50 more from then on.  With 65,536 buckets that is 72 bits of identity: 1e-7 expected false "seen"
over 30 million URLs.  The spelling to fetch (scheme, `www.`) belongs to the host and is one letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cleaning.urls import fingerprint

ID_BITS: Final = 56
ORIGINS: Final = {"h": "http://", "H": "http://www.", "s": "https://", "S": "https://www."}


@dataclass(frozen=True, slots=True)
class SeenId:
    """Where a URL stands in the seen-set: bucket number and id, both as decimal strings."""

    bucket: str
    member: str


def seen_id(key: str, buckets: int) -> SeenId:
    """Name `key` for a seen-set of `buckets` (a power of two)."""
    mark = fingerprint(key)
    return SeenId(str(mark & (buckets - 1)), str(((mark >> 64) & ((1 << ID_BITS) - 1)) + 1))


def split_key(key: str) -> tuple[str, str]:
    """`http://host/path?query` to (`host`, `/path?query`)."""
    host, slash, rest = key.removeprefix("http://").partition("/")
    return host, slash + rest if slash else "/"


def join_key(host: str, path: str) -> str:
    """The key of a queue entry."""
    return f"http://{host}{path}"


def origin_of(url: str) -> str:
    """The letter for a URL's own scheme and `www.`."""
    scheme, _, rest = url.partition("://")
    place = rest.partition("/")[0].rpartition("@")[2]
    letter = "s" if scheme.lower() == "https" else "h"
    return letter.upper() if place[:4].lower() == "www." else letter


def spelling(origin: str, host: str, path: str) -> str:
    """The URL to fetch for an entry of a host whose origin was learned as `origin`."""
    return f"{ORIGINS[origin]}{host}{path}"


def buckets_for(units: int) -> int:
    """Seen-set buckets of a round: 1,024 ids each is what keeps them compact, 256 buckets a unit (262,000 URLs).

    A round that outgrows this stays exact; its buckets convert to hash tables and cost more memory.
    """
    wanted = max(1024, min(65536, units * 256))
    return 1 << (wanted - 1).bit_length()
