"""Site maps: what a body at a site map's address names.  Pure.

Read: `urlset` and `sitemapindex` documents of the Sitemaps protocol (sitemaps.org, 0.9) in XML, also gzipped, with any
namespace or none and torn at the end; and plain text with one URL a line.  A page that answers in their place is none.
"""

import re
import zlib
from dataclasses import dataclass
from html import unescape
from typing import Final

MOST_URLS: Final = 50_000  # of one file, by the protocol
MOST_BYTES: Final = 52_428_800  # of one file, by the protocol
LOC: Final = re.compile(
    rb"<(?:\w+:)?loc[^>]{0,100}>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]{8,2048})\s*(?:\]\]>)?\s*</(?:\w+:)?loc>", re.IGNORECASE
)
INDEX: Final = re.compile(rb"<(?:\w+:)?sitemapindex[\s>]", re.IGNORECASE)
SET: Final = re.compile(rb"<(?:\w+:)?urlset[\s>]", re.IGNORECASE)
LINE: Final = re.compile(r"https?://\S{4,2040}")
HEAD: Final = 2_000  # bytes in which the document's kind must show


@dataclass(frozen=True, slots=True)
class SiteMap:
    """What one file names: pages, and further files; `cut` where it names more than the protocol allows."""

    pages: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    cut: bool = False


def read_sitemap(body: bytes) -> SiteMap | None:
    """The URLs of a site map as spelled there; None where the body is none."""
    if body[:2] == b"\x1f\x8b":
        body = _inflated(body)
    head = body[:HEAD]
    if INDEX.search(head):
        found, cut = _located(body)
        return SiteMap(maps=found, cut=cut)
    if SET.search(head):
        found, cut = _located(body)
        return SiteMap(pages=found, cut=cut)
    return _listed(body)


def robots_sitemaps(text: str) -> tuple[str, ...]:
    """The site maps that a robots.txt names (sitemaps.org: `Sitemap: URL`, anywhere in the file)."""
    found = (line.partition(":") for line in text.splitlines())
    named = (value.strip() for field, _, value in found if field.strip().lower() == "sitemap")
    return tuple(dict.fromkeys(url for url in named if LINE.fullmatch(url)))


def _located(body: bytes) -> tuple[tuple[str, ...], bool]:
    found = [unescape(one.decode("utf-8", "replace")) for one in LOC.findall(body[:MOST_BYTES])]
    return tuple(dict.fromkeys(found[:MOST_URLS])), len(found) > MOST_URLS or len(body) > MOST_BYTES


def _listed(body: bytes) -> SiteMap | None:
    lines = [line.strip() for line in body[:MOST_BYTES].decode("utf-8-sig", "replace").splitlines() if line.strip()]
    if not lines or not all(LINE.fullmatch(line) for line in lines):
        return None
    return SiteMap(pages=tuple(dict.fromkeys(lines[:MOST_URLS])), cut=len(lines) > MOST_URLS)


def _inflated(body: bytes) -> bytes:
    """As much as can be had of a gzipped file."""
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        return reader.decompress(body, MOST_BYTES)
    except zlib.error:
        return b""
