"""The pattern of a URL, and the tokens somebody minted: what stays the same in a loop that makes new addresses."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Runs of digits are places in a list; longer runs of letters and digits mixed are names somebody minted.
TOKEN: Final = re.compile(r"(?=[0-9A-Za-z]{0,64}\d)(?=[0-9A-Za-z]{0,64}[A-Za-z])[0-9A-Za-z]{8,256}")
DIGITS: Final = re.compile(r"\d+")
# A token of a session: long, and letters and digits change at least twice (`t20190710` is a date, not a token).
SESSION_TOKEN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Za-z]{0,64}(?:\d[A-Za-z]{1,20}\d|[A-Za-z]\d{1,20}[A-Za-z]))[0-9A-Za-z]{10,256}"
)
KNOWN: Final = 20_000  # addresses whose pattern is remembered: links name the same columns on every page


@dataclass(frozen=True, slots=True)
class Minted:
    """A key with tokens: where they stand (`slot`, host first), and the key without them (`bare`)."""

    slot: str
    bare: str
    tokens: frozenset[str]


@lru_cache(maxsize=KNOWN)
def pattern_of(key: str) -> str:
    """`http://a.gov.cn/art/2019/7/10/art_1_22.html?id=3&p=x` to `a.gov.cn/art/#/#/#/art_#_#.html?id&p`."""
    address, _, query = key.removeprefix("http://").partition("?")
    host, slash, path = address.partition("/")
    path = DIGITS.sub("#", TOKEN.sub("*", path))
    names = sorted({part.partition("=")[0] for part in query.split("&") if part})
    return f"{host}{slash}{path}" + (f"?{'&'.join(names)}" if names else "")


def family_of(key: str) -> str:
    """The pattern without its parameters: filters add and drop them, and every month of a calendar is one family."""
    return pattern_of(key).partition("?")[0]


@lru_cache(maxsize=KNOWN)
def minted_of(key: str) -> Minted | None:
    """The tokens in a key, or None.  `…/fw/page2.jsp?vt=571363e4b1cf` has the slot `….gov.cn ?vt`."""
    bare = SESSION_TOKEN.sub("*", key)
    if bare == key:
        return None
    address, _, query = bare.removeprefix("http://").partition("?")
    host, *segments = address.split("/")
    names = sorted({part.partition("=")[0] for part in query.split("&") if "*" in part})
    places = [f"{before}/*" for before, segment in zip(["", *segments], segments, strict=False) if "*" in segment]
    slot = f"{host} {' '.join(places)}{'?' + '&'.join(names) if names else ''}"
    return Minted(slot, bare, frozenset(SESSION_TOKEN.findall(key)))
