"""What every page says of its site, whatever it is tagged with: a few bits, kept with the page."""

import re
from enum import IntFlag
from typing import Final

from cleaning.page import Reading

# How a platform of services names its host (网上政务服务, 办事大厅, 网上办事): 国办函〔2016〕108号 asks for zwfw.
_PLATFORM: Final = re.compile(r"^(?:[\w-]+\.)?(?:zwfw\w*|bsdt|wsbs|banshi)\.|(?:^|\.)zwfw\w*\.")

_PLATFORM_SIGNS: Final = ("zwfw", "bsdt.", "wsbs.", "banshi.")  # one of which stands in each


class PageFact(IntFlag):
    """The standard's meta tags of each class (国办发〔2017〕47号, annex on page labels), and the way to the platform."""

    SITE_TAGS = 1  # SiteName, SiteDomain, SiteIDCode
    COLUMN_TAGS = 2  # ColumnName, ColumnType
    ARTICLE_TAGS = 4  # ArticleTitle, PubDate, ContentSource
    TO_PLATFORM = 8  # links to a service platform on another host


_TAGS: Final = (
    (PageFact.SITE_TAGS, ("sitename", "sitedomain", "siteidcode")),
    (PageFact.COLUMN_TAGS, ("columnname", "columntype")),
    (PageFact.ARTICLE_TAGS, ("articletitle", "pubdate", "contentsource")),
)


def page_facts(reading: Reading) -> int:
    """Bits of :class:`PageFact`."""
    found = PageFact(0)
    for fact, names in _TAGS:
        if all(reading.meta.get(name) for name in names):
            found |= fact
    own = host_of(reading.url)
    urls = [link.url for link in reading.links if not link.hidden]
    together = "\n".join(urls)  # no platform's name stands on most pages: a look-up for all links, not one for each
    if any(sign in together for sign in _PLATFORM_SIGNS) and any(
        is_platform(host_of(url)) and host_of(url) != own for url in urls
    ):
        found |= PageFact.TO_PLATFORM
    return int(found)


def is_platform(host: str) -> bool:
    """Whether a host's name is a service platform's."""
    return _PLATFORM.search(host) is not None


def host_of(url: str) -> str:
    """Host with port, without `www.`."""
    return url.partition("//")[2].partition("/")[0].removeprefix("www.")
