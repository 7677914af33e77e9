"""Block-level advertisements inside the main content: by the names ad templates use and by where their links go."""

import re
from functools import lru_cache
from typing import Final

from cleaning.hosts import host_of, is_benign, site_of
from cleaning.outline import Outline

_AD_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|adsbygoogle|ad[_-]?(?:box|block|banner|wrap|slot|area|side|top|bottom|left|right|container)\w*|guanggao|gg[_-]?(?:box|w|ad)|tuiguang|promo(?:tion)?|sponsor(?:ed)?)\d*(?:$|[\s_-])",
)
_AD_MARK: Final = re.compile(r"^[\[【(（]?(?:广告|推广|AD|赞助商链接|商业推广)[\]】)）]?(?:$|\W)", re.IGNORECASE)
_MAX_RUNS: Final = 60
_MAX_TEXT: Final = 600  # an "ad" element with more text than this is somebody's article


def is_ad_block(page: Outline, number: int, url: str) -> bool:
    """Whether the element is an advertisement: named or marked as one, short, and not the site's own."""
    first, last = page.first_run[number], page.last_run[number]
    if not 0 < last - first <= _MAX_RUNS:
        return False
    name = page.names[number]
    named = bool(name) and _named_ad(name)
    runs = page.runs[first:last]
    marked = (
        bool(runs)
        and len(runs) <= 30
        and bool(_AD_MARK.match(runs[0].text))
        and page.tags[number] not in {"body", "a", "span", "p"}
    )
    if not (named or marked) or sum(len(run.text) for run in runs) > _MAX_TEXT:
        return False
    site = site_of(host_of(url))
    outward = [
        host
        for run in runs
        if run.link >= 0
        and (host := host_of(page.hrefs.get(run.link, "")))
        and site_of(host) != site
        and not is_benign(host)
    ]
    return bool(outward) or (marked and any(run.link >= 0 for run in runs))


@lru_cache(maxsize=8192)
def _named_ad(name: str) -> bool:
    return bool(_AD_NAME.search(name))
