"""How a page leads its visitors to foreign sites behind their backs: redirects, frames of no size, scripts put in.

A page may send its readers elsewhere honestly: a site has moved, a login stands on another host.  It is tampering where
only visitors from search engines, or only crawlers, are sent; where the target is hidden by codes; and where a page with
a text of its own throws its readers out to a site that no honest page links to.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final
from urllib.parse import urljoin

from cleaning.hosts import host_of, is_benign, site_of
from cleaning.memory import remembered
from cleaning.outline import Element, Outline, Script
from cleaning.page import Link, LinkKind, Lure
from cleaning.unwrap import MAX_CODE, MAX_SHORT, unwrapped

MAX_LURES: Final = 10
ENOUGH_PROSE: Final = (
    40  # characters of sentences of a page that has something to read, and still sends its readers away
)
_MAX_SCRIPTS: Final = 300
_SHORT_WAIT: Final = 10.0  # seconds of a meta refresh that a reader cannot read the page in
_STRING: Final = r"\s{0,9}[\"'](https?:)?//([^\"'\s<>]{3,300})[\"']"
# Each begins with literal characters: so `re` goes from place to place by look-up.
_GOES: Final = tuple(
    re.compile(f"{goes}{_STRING}")
    for goes in (
        r"location(?<![\w$]location)(?:\.href)?\s{0,9}=(?!=)",
        r"location(?<![\w$]location)\.(?:replace|assign)\s{0,9}\(",
        r"\.navigate\s{0,9}\(",
    )
)
_ASKS: Final = re.compile(
    r"document\s{0,3}\.\s{0,3}referrer|(?:baidu|sogou|sm\.cn|360|google|bing)[^\n]{0,80}(?:userAgent|referrer)|userAgent[^\n]{0,120}(?:[sS]pider|[bB]ot\b)"
)
_SIGNS: Final = ("location", "navigate")
_CODED: Final = ("fromCharCode", "atob(", "unescape(", "eval(", "\\x")
_WRITTEN: Final = re.compile(
    r"<(script|iframe|frame)\b[^>]{0,300}?\bsrc\s{0,3}=\s{0,3}[\"']?(?:https?:)?//([^\"'\s>]{3,300})", re.IGNORECASE
)
_REFRESH: Final = re.compile(
    r"^\s{0,9}(\d{1,6}(?:\.\d{0,6})?)?\s{0,9}[;,]?\s{0,9}(?:url\s{0,9}=\s{0,9})?[\"']?\s{0,9}((?:https?:)?//[^\"'\s]{3,300})",
    re.IGNORECASE,
)
_NOTHING: Final = re.compile(r"^\s*0*(?:px|%)?\s*$")
_NO_SIZE: Final = re.compile(
    r"(?<![\w-])(?:width|height)\s*:\s*0(?:px|%)?\s*(?:;|!|$)|display\s*:\s*none|visibility\s*:\s*hidden"
)


def lures(page: Outline, base_url: str, links: Sequence[Link], prose: int) -> tuple[Lure, ...]:
    """The lures of a page at `base_url` with its links, whose main text has `prose` characters of sentences.

    At most ten, none twice.
    """
    site = site_of(host_of(base_url))
    found = dict.fromkeys(
        (
            *_scripted(page.scripts[:_MAX_SCRIPTS], site),
            *_thrown_out(links, site, prose),
            *_refreshed(page, base_url, site, prose),
            *_framed(page, base_url, site),
        )
    )
    return tuple(found)[:MAX_LURES]


def _thrown_out(links: Sequence[Link], site: str, prose: int) -> Iterator[Lure]:
    """A location that a script sets at once, on a page with a text."""
    if prose >= ENOUGH_PROSE:
        yield from (
            Lure("redirect", link.url)
            for link in links
            if link.kind is LinkKind.LOCATION and is_strange(link.url, site)
        )


def _scripted(scripts: Sequence[Script], site: str) -> Iterator[Lure]:
    for _, _, code in scripts:
        if len(code) > MAX_CODE or not _may_lead(code):
            continue
        plain, deep = unwrapped(code)
        if any(sign in plain for sign in _SIGNS):
            yield from _sent(code, plain, site, deep=deep)
        if deep:
            put = (f"http://{found[2]}" for found in _WRITTEN.finditer(plain))
            yield from (Lure("coded-script", url) for url in put if is_strange(url, site))


@remembered(entries=512, longest=MAX_SHORT)
def _may_lead(code: str) -> bool:
    """Whether a script names a location and an address, or hides what it names."""
    if any(sign in code for sign in _CODED):
        return True
    joined = "'+'" in code or '"+"' in code or "' + '" in code or '" + "' in code
    if "//" not in code and not joined:
        return False
    return "location" in code or "navigate" in code or (joined and "[" in code)


def _sent(code: str, plain: str, site: str, *, deep: bool) -> Iterator[Lure]:
    """Where a script sends the page's visitors, if it does so in a way that no honest page does."""
    for target in chain.from_iterable(goes.finditer(plain) for goes in _GOES):
        url = f"{target[1] or 'http:'}//{target[2]}"
        if not is_strange(url, site):
            continue
        if _ASKS.search(plain):
            yield Lure("cloaked-redirect", url)
        elif deep or target[2] not in code:
            yield Lure("coded-redirect", url)


def _refreshed(page: Outline, base_url: str, site: str, prose: int) -> Iterator[Lure]:
    if prose < ENOUGH_PROSE:
        return
    for _, _, given in page.all_of("meta"):
        if (given.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        found = _REFRESH.match(given.get("content") or "")
        if found and float(found[1] or 0) <= _SHORT_WAIT and is_strange(url := _absolute(base_url, found[2]), site):
            yield Lure("redirect", url)


def _framed(page: Outline, base_url: str, site: str) -> Iterator[Lure]:
    for element in page.all_of("iframe", "frame"):
        url = _absolute(base_url, element[2].get("src") or "")
        if is_strange(url, site) and _has_no_size(element):
            yield Lure("hidden-frame", url)


def _has_no_size(element: Element) -> bool:
    given = element[2]
    sizes = [value for name in ("width", "height") if (value := given.get(name)) is not None]
    return any(map(_NOTHING.match, sizes)) or bool(_NO_SIZE.search((given.get("style") or "").lower()))


def is_strange(url: str, site: str) -> bool:
    """Whether a URL leads to another site, and to none that honest government pages link to."""
    host = host_of(url)
    return bool(host) and "." in host and site_of(host) != site and not is_benign(host)


def _absolute(base_url: str, href: str) -> str:
    try:
        return urljoin(base_url, href.strip())
    except ValueError:
        return ""
