"""Two addresses of one content: which beginnings of addresses stand for each other."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from cleaning.page import Media, Reading

TELLING: Final = 80  # characters of main text: less stands on many pages that are no copies of each other
MOST_SEGMENTS: Final = 1  # of a path before the common part: `/old/`, `/wap/`


@dataclass(frozen=True, slots=True)
class Alias:
    """Addresses that begin with `mirror` have their like under `original`; both are host, or host and one segment."""

    mirror: str
    original: str


def text_mark(reading: Reading) -> int:
    """56 bits of a page's title and main text; 0 where that tells too little."""
    if reading.media is not Media.HTML or reading.shell is not None or len(reading.text) < TELLING:
        return 0
    whole = f"{reading.title}\n{reading.text_hash}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(whole, digest_size=7).digest(), "big")


def alias_of(one: str, other: str, seeds: frozenset[str] = frozenset()) -> Alias | None:
    """What two keys with the same content suggest, or None.

    They must end alike by at least two segments, so that what begins differently is a place and not a page; within a
    host one of the two is the host itself, for columns of one site share articles without being mirrors.  The
    original is the one on the host of a seed, else the shorter, else the smaller.
    """
    left, right = (key.removeprefix("http://").split("/") for key in (one, other))
    alike = 0
    while alike < min(len(left), len(right)) - 1 and left[-1 - alike] == right[-1 - alike]:
        alike += 1
    places = ["/".join(parts[: len(parts) - alike]) for parts in (left, right)]
    if alike < 2 or places[0] == places[1] or max(place.count("/") for place in places) > MOST_SEGMENTS:
        return None
    if left[0] == right[0] and all("/" in place for place in places):
        return None
    original, mirror = sorted(places, key=lambda place: (place.partition("/")[0] not in seeds, len(place), place))
    return Alias(mirror, original)


def tail_of(key: str, place: str) -> str:
    """What follows `place` in a key; empty where the key is not under it."""
    rest = key.removeprefix("http://")
    return rest[len(place) + 1 :] if rest.startswith(f"{place}/") else ""
