"""Block-level advertisements inside the main content: by the names ad templates use and by where their links go."""

import re
from collections.abc import Iterator
from typing import Final

from cleaning.hosts import host_of, is_benign, site_of
from cleaning.outline import INLINE_TAGS, Outline

_AD_MARK: Final = re.compile(r"^[\[【(（]?(?:广告|推广|AD|赞助商链接|商业推广)[\]】)）]?(?:$|\W)", re.IGNORECASE)
_MARK_STARTS: Final = frozenset("[【(（广推赞商aA")
_MAX_ADS: Final = 30
_MAX_RUNS: Final = 60
_MAX_MARKED_RUNS: Final = 30
_MAX_TEXT: Final = 600  # an "ad" element with more text than this is somebody's article


def ad_blocks(page: Outline, root: int, url: str) -> Iterator[int]:
    """Advertising blocks inside an element, outermost only: named or marked as such, short, and not the site's own."""
    named = {number for number in page.named if root < number <= page.last[root] and page.sorts[number].ad}
    marks = {run for run in range(page.first_run[root], page.last_run[root]) if _is_marked(page.texts[run])}
    if not named and not marks:
        return
    site = site_of(host_of(url))
    last, found = -1, 0
    for number in range(root + 1, page.last[root] + 1):
        if number <= last or page.sorts[number].tag in INLINE_TAGS:
            continue
        marked = page.first_run[number] in marks
        if (marked or number in named) and _is_ad(page, number, site, marked=marked):
            last = page.last[number]
            found += 1
            yield number
            if found >= _MAX_ADS:
                return


def _is_marked(text: str) -> bool:
    return text[0] in _MARK_STARTS and _AD_MARK.match(text) is not None


def _is_ad(page: Outline, number: int, site: str, *, marked: bool) -> bool:
    count = page.last_run[number] - page.first_run[number]
    marked = marked and count <= _MAX_MARKED_RUNS and page.sorts[number].tag not in {"body", "p"}
    if not 0 < count <= _MAX_RUNS or not (marked or page.sorts[number].ad) or page.length_of(number) > _MAX_TEXT:
        return False
    links = [link for link in page.links[page.first_run[number] : page.last_run[number]] if link >= 0]
    hosts = (host_of(page.hrefs.get(link, "")) for link in links)
    return any(host and site_of(host) != site and not is_benign(host) for host in hosts) or (marked and bool(links))
