"""The pattern of a URL, and the mark of a body: what stays the same in a loop that mints new addresses."""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from cleaning.page import Link

# Runs of digits are places in a list; longer runs of letters and digits mixed are names somebody minted.
TOKEN: Final = re.compile(r"(?=[0-9A-Za-z]{0,64}\d)(?=[0-9A-Za-z]{0,64}[A-Za-z])[0-9A-Za-z]{8,256}")
DIGITS: Final = re.compile(r"\d+")


def pattern_of(key: str) -> str:
    """`http://a.gov.cn/art/2019/7/10/art_1_22.html?id=3&p=x` to `a.gov.cn/art/#/#/#/art_#_#.html?id&p`."""
    address, _, query = key.removeprefix("http://").partition("?")
    host, slash, path = address.partition("/")
    path = DIGITS.sub("#", TOKEN.sub("*", path))
    names = sorted({part.partition("=")[0] for part in query.split("&") if part})
    return f"{host}{slash}{path}" + (f"?{'&'.join(names)}" if names else "")


def body_mark(text_hash: str, links: Iterable[Link]) -> int:
    """56 bits of what a page says and where it leads, minted tokens aside.

    Two pages with one mark lead to the same pages but for the tokens in their addresses, so that not following the
    second one's links loses nothing but further copies.  An empty column with links of its own has a mark of its own.
    """
    targets = "\n".join(sorted({TOKEN.sub("*", link.key) for link in links}))
    return int.from_bytes(blake2b(f"{text_hash}\n{targets}".encode(), digest_size=7).digest(), "big")
