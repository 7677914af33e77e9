"""Which content management system made a page, told from its address, its scripts and the addresses it links to."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Final

from cleaning.memory import remembered

MAX_LINKS: Final = 80  # links looked at where nothing else tells: menus and the first rows of a list
MAX_CODE: Final = 4_000  # characters of each program
KEPT: Final = 8_192  # links remembered, for menus stand on every page of a site,
KEPT_LENGTH: Final = 300  # of at most so many characters
MARKED: Final = 5  # what a mark in a script counts, in links of that system
LEAST: Final = 3  # links or a mark: one article of another system's shape is a link to another site

# Addresses as these systems write them, host left off: TRS WCM, 大汉 jcms, 博达 VSB, 开普云, ASP.NET.
PATHS: Final = re.compile(
    r"/(?:(?P<trs>t\d{8}_\d+\.s?html?)|(?P<jcms>(?:col/col\d+/|art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html))"
    r"|(?P<vsb>info/\d{4}/\d+\.htm)|(?P<kaipuyun>content/post_\d+\.s?html?)|(?P<aspnet>\w{1,40}\.aspx))(?=[?#]|$|\w)"
)
# One of these stands in whatever PATHS finds.
SIGNS: Final = ("/t20", "/t19", "/col/col", "/art/", "/info/", "/post_", ".aspx")
MARKS: Final = re.compile(
    r"(?P<trs>createPage\w{0,10}HTML|TRS_Editor|trs_web|trsmas)|(?P<jcms>/jpage/|\.jpage\(|dataproxy\.jsp|jcms)"
    r"|(?P<vsb>/system/resource/|_gotopage_fun|vsbscreen|_vsb_)|(?P<kaipuyun>kaipuyun|ucap\b|NewPage\.kpy)|(?P<aspnet>__doPostBack|WebResource\.axd|ScriptResource\.axd)"
)
# And one of these in whatever MARKS finds.
MARK_SIGNS: Final = (
    *("createPage", "TRS_", "trs", "jpage", "dataproxy", "jcms", "/system/resource/", "_gotopage_fun", "vsb"),
    *("kaipuyun", "ucap", "kpy", "__doPostBack", ".axd"),
)


def system_of(url: str, links: Iterable[str], scripts: Sequence[str]) -> str:
    """trs, jcms, vsb, kaipuyun or aspnet; '' where nothing tells.  `scripts`: addresses and codes of the page's programs."""
    counts: Counter[str] = Counter()
    if own := PATHS.search(url):
        counts[own.lastgroup or ""] += MARKED
    for script in scripts:
        for name in _marks(script[:MAX_CODE]):
            counts[name] += MARKED
    if not counts:
        counts.update(chain.from_iterable(map(_written_by, islice(links, MAX_LINKS))))
    best = max(counts, key=lambda name: (counts[name], name), default="")
    return best if counts[best] >= LEAST else ""


@remembered(KEPT, KEPT_LENGTH)
def _written_by(link: str) -> tuple[str, ...]:
    if not any(sign in link for sign in SIGNS):
        return ()
    return tuple(found.lastgroup or "" for found in PATHS.finditer(link))


@remembered(512, MAX_CODE)
def _marks(script: str) -> frozenset[str]:
    if not any(sign in script for sign in MARK_SIGNS):
        return frozenset()
    return frozenset(found.lastgroup or "" for found in MARKS.finditer(script))
