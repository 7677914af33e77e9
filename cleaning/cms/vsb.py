"""博达 VSB: the further pages of a list, which its jump box and its pager only hint at.

Static lists: `_simple_list_gotopage_fun(count, …)`, in a handler or in a function of the page, beside anchors to
`<list>/<n>.htm`, numbered from the oldest.  Lists of a servlet: anchors to `list.jsp?a191370t=97&a191370p=2&…` (`t` is
the count of pages, `p` the page) or to `list.jsp?totalpage=97&PAGENUM=2&…`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

MAX_PAGES: Final = 20_000  # of one list; more is no list
GOTO: Final = re.compile(r"_(?:simple_list|listinfo)_gotopage_fun\s{0,5}\(\s{0,5}(\d{1,6})")
NUMBERED: Final = re.compile(r"((?:[^\"'<>\s?#]{0,300}/)?)(\d{1,6})\.htm")
ARTICLES: Final = re.compile(r"/info/\d{1,8}/$")
ASKED: Final = re.compile(r"[?&](?:a(\d{1,12})t=(\d{1,6})&a\1p=(\d{1,6})|totalpage=(\d{1,6})&PAGENUM=(\d{1,6}))(?=&|$)")
SIGN: Final = "_gotopage_fun"
ASKED_SIGN: Final = ".jsp?"


def jump_pages(codes: Iterable[str], hrefs: Sequence[str], url: str) -> list[str]:
    """Pages a jump box on the page at `url` leads to: all numbers below its count, where anchors show how they are named.

    `/zwgk/tzgg.htm` has its further pages in `/zwgk/tzgg/`; articles, in `/info/`, are numbered likewise.
    """
    for code in codes:
        found = GOTO.search(code)
        if not found or not 1 < int(found[1]) <= MAX_PAGES:
            continue
        count = int(found[1])
        numbered = [match for href in hrefs if (match := NUMBERED.fullmatch(href)) and 0 < int(match[2]) < count]
        folders = [match[1] for match in numbered if not ARTICLES.search(match[1])]
        if folders:
            own = NUMBERED.fullmatch(url)
            home = own[1] if own else f"{url.removesuffix('.htm')}/"
            folder = home if home in folders else max(set(folders), key=folders.count)
            return [f"{folder}{number}.htm" for number in range(count - 1, 0, -1)]
    return []


def asked_pages(hrefs: Iterable[str]) -> list[str]:
    """All pages of the lists that a servlet prints, from the anchors to some of them."""
    pages: dict[str, None] = {}
    seen: set[str] = set()
    for href in hrefs:
        found = ASKED.search(href)
        if not found:
            continue
        group = 3 if found[3] else 5
        count = int(found[2] or found[4])
        head, tail = href[: found.start(group)], href[found.end(group) :]
        if head + tail not in seen and 1 < count <= MAX_PAGES:
            seen.add(head + tail)
            pages |= dict.fromkeys(f"{head}{number}{tail}" for number in range(1, count + 1))
    return list(pages)
