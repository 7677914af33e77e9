"""The links of a page as its record keeps them: one compressed piece, for they are read seldom and are many.

One line per link: a letter for its kind, one for its scheme and `www.` (see `crawler.frontier.ids`), then its path, with
the host in front where it is not the page's own; behind a tab the URL itself where these do not spell it.  An empty line
parts the links in scope from the others, which are kept because a wider round may want them (`rounds.extend`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import zstandard

from cleaning.page import LinkKind
from crawler.frontier.contract import Outlink
from crawler.frontier.ids import join_key, origin_of, spelling, split_key

REMEMBERED: Final = 20_000  # lines, some 6 MB: a site's menus stand on every page
LEVEL: Final = 3  # of zstd; 9 takes three times as long for 2 % less on pages of 40 links
LETTERS: Final = {
    LinkKind.ANCHOR: "a", LinkKind.AREA: "m", LinkKind.FRAME: "f", LinkKind.OPTION: "o", LinkKind.ONCLICK: "c",
    LinkKind.SCRIPT: "s", LinkKind.PAGER: "p", LinkKind.REFRESH: "r", LinkKind.LOCATION: "l", LinkKind.REDIRECT: "d",
}  # fmt: skip
KINDS: Final = {letter: kind for kind, letter in LETTERS.items()}


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What a page links to: `offered` in scope, the `foreign` beyond it."""

    offered: tuple[Outlink, ...] = ()
    foreign: tuple[Outlink, ...] = ()


def pack(key: str, links: PageLinks) -> bytes:
    """The links of the page `key` as stored; nothing for no links."""
    if not links.offered and not links.foreign:
        return b""
    host, _ = split_key(key)
    lines = [_line(host, link.key, link.url, link.kind) for link in links.offered]
    if links.foreign:
        lines += ["", *(_line(host, link.key, link.url, link.kind) for link in links.foreign)]
    return zstandard.ZstdCompressor(level=LEVEL).compress("\n".join(lines).encode("utf-8", "replace"))


def unpack(key: str, packed: bytes) -> PageLinks:
    """The links again, in their order."""
    if not packed:
        return PageLinks()
    host, _ = split_key(key)
    lines = iter(zstandard.ZstdDecompressor().decompress(packed).decode("utf-8").split("\n"))
    return PageLinks(tuple(_links(host, lines)), tuple(_links(host, lines)))


@lru_cache(maxsize=REMEMBERED)
def _line(page_host: str, key: str, url: str, kind: LinkKind) -> str:
    host, path = split_key(key)
    origin = origin_of(url)
    line = f"{LETTERS[kind]}{origin}{'' if host == page_host else host}{path}"
    return line if url == spelling(origin, host, path) else f"{line}\t{url}"


def _links(page_host: str, lines: Iterable[str]) -> Iterator[Outlink]:
    for line in lines:
        if not line:
            return
        place, _, url = line[2:].partition("\t")
        host, _, path = place.partition("/")
        host, path = host or page_host, f"/{path}"
        yield Outlink(join_key(host, path), url or spelling(line[1], host, path), KINDS[line[0]])
