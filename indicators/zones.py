"""A reading laid out as one string, so that one pass of the automaton sees every zone.

Items (title, breadcrumb segment, table header, anchor text) stand between ITEM_START and ITEM_END, which lets a term
ask to fill an item, begin it or end it.  Zones are parted by characters no page text contains.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import filterfalse
from typing import Final

from cleaning.page import Reading
from indicators.folding import Folded, fold
from indicators.records import Zone

ITEM_START: Final = "\x02"
ITEM_END: Final = "\x03"
_PART: Final = "\x00"
_GLUE: Final = ITEM_END + ITEM_START
_CONTROLS: Final = dict.fromkeys(map(ord, (ITEM_START, ITEM_END, _PART)), " ")
ORDER: Final = tuple(Zone)
_PLACE_OF: Final = {zone: place for place, zone in enumerate(ORDER)}
_META_ASKED: Final = ("columnname", "columntype", "sitename", "articletitle", "contentsource")

# A page beyond this is cut: the longest real page of the development data has 60,000 characters of text.
TEXT_LIMIT: Final = 200_000
LINKS_LIMIT: Final = 2_000
_TARGET_LENGTH: Final = 60  # scheme, host and the first path segments
_BARS: Final = "|｜丨"
_TITLE_PARTS: Final = re.compile(r"[-_|—–>»]+")
_TITLE_AND_SITE: Final = 2  # parts: a title of one part names the page or the site, and no column
# Characters: of the columns in breadcrumbs of the development half 99 in 100 have at most ten, of its dated titles 17.
_LONGEST_COLUMN: Final = 10
_SITE_NAME: Final = re.compile(r"(?:网|网站|门户|平台|局|厅|委员会|委|中心|政府|办公室|大厅)$")
_TABS: Final = 2  # words: a heading of three and more that says its first one twice is a row of tabs
# The one label that pages letter-space before the main text: its characters are no three entries.
_SPACED: Final = "索 引 号"
_BOUND: Final = "索\x01引\x01号"
_LITTLE_FRAME: Final = 100  # characters; the saved pages have either nothing or at least a footer of 150
_SHORT_LINE: Final = 20  # characters per line on average: menus 4 to 8, running text 40 and more


@dataclass(frozen=True, slots=True)
class Layout:
    """The laid-out page: `raw` unfolded, `page` folded, zone i of ORDER at folded places `starts[i]` up to `ends[i]`."""

    raw: str
    page: Folded
    starts: Sequence[int]
    ends: Sequence[int]

    def says(self, term: str, at: int) -> bool:
        """Whether a folded term stands at a folded place; most are written as they are folded."""
        page = self.page
        return (" " not in term and self.raw.startswith(term, page.back(at))) or page.text.startswith(term, at)

    def zone_text(self, zone: Zone) -> tuple[int, str]:
        """Folded start and folded text of a zone."""
        place = _PLACE_OF[zone]
        start = self.starts[place]
        return start, self.page.text[start : self.ends[place]]


def lay_out(reading: Reading) -> Layout:
    """Lay out every zone of `reading`, in the order of :class:`Zone`."""
    parts = _zone_texts(reading)
    starts, place = [], 0
    for part in parts:
        starts.append(place)
        place += len(part) + 1
    raw = _PART.join(parts)
    page = fold(raw)
    begins = page.forth(starts)
    return Layout(raw, page, begins, [*[after - 1 for after in begins[1:]], len(page.low)])


def columns(reading: Reading) -> tuple[str, ...]:
    """The breadcrumb up to its first repetition: what follows is a menu that the template put beside it.

    Without one, the columns that the browser's title names: "防雷检测怎么收费_常见问题_某某市气象局".
    """
    if not reading.column_path and "columnname" not in reading.meta:
        return _in_site_title(reading)
    path: list[str] = []
    for segment in reading.column_path:
        if segment in path:
            break
        path.append(segment)
    return tuple(path)


def _in_site_title(reading: Reading) -> tuple[str, ...]:
    """The parts of the browser's title that are short, and neither the site's name nor an article's."""
    parts = [part.strip() for part in _TITLE_PARTS.split(reading.site_title)]
    if len(parts) < _TITLE_AND_SITE:
        return ()
    return tuple(part for part in parts if 1 < len(part) <= _LONGEST_COLUMN and not _SITE_NAME.search(part))


def own_title(reading: Reading) -> str:
    """The page's title; where the heading holds a column's tabs ("局长信箱 局长信箱 我要写信 办理统计"), only its first word."""
    words = reading.title.split()
    if len(words) > _TABS and words[0] in words[1:]:
        return words[0]
    return reading.title


def _frame(reading: Reading) -> str:
    """Everything visible that is not main text: also the lines cut from the article's head and foot (share, index).

    Where the text is of short lines, as menus and forms have them, its lines are entries too (also those that only a
    script opens), save title and sentences; where the page could not be parted, everything visible is searched.
    """
    text, around = reading.text.split("\n"), reading.chrome.split("\n")
    if len(reading.text) < _SHORT_LINE * len(text):
        if len(reading.chrome) < _LITTLE_FRAME:
            return reading.visible
        said = {reading.title, *[line for line in text if "。" in line]}
        return "\n".join(filterfalse(said.__contains__, reading.visible.split("\n")))
    known = {reading.title, *text, *around}
    cut = dict.fromkeys(filterfalse(known.__contains__, reading.visible.split("\n")))
    if reading.title in around:
        around = [line for line in around if line != reading.title]
    return "\n".join((*cut, *around))


def _entries(frame: str) -> list[str]:
    """Entries of menus: they stand in lines of their own, or are parted by blanks and bars."""
    for bar in _BARS:
        if bar in frame:
            frame = frame.replace(bar, " ")
    if _SPACED in frame:
        return [entry.replace("\x01", " ") for entry in frame.replace(_SPACED, _BOUND).split()]
    return frame.split()


def _targets(reading: Reading) -> list[str]:
    """Where links lead off the page's host, cut to what names the service; links of the own host say it in words."""
    host = "//" + reading.url.partition("//")[2].partition("/")[0]
    own = (f"http:{host}", f"https:{host}") if len(host) < _TARGET_LENGTH - len("https:") else ()
    away = [
        link.url[:_TARGET_LENGTH]
        for link in reading.links[:LINKS_LIMIT]
        if not link.hidden and not link.url.startswith(own)
    ]
    return [target for target in away if "//" in target[:8] and host not in target]


def _items(texts: Collection[str]) -> str:
    """Items between their marks; the same item twice says nothing new."""
    if not texts:
        return ""
    kept = list(filter(str.strip, dict.fromkeys(texts)))
    if not kept:
        return ""
    joined = _GLUE.join(kept)
    if joined.count(ITEM_START) != len(kept) - 1 or joined.count(ITEM_END) != len(kept) - 1 or _PART in joined:
        joined = _GLUE.join(_clean(text) for text in kept)
    return f"{ITEM_START}{joined}{ITEM_END}"


def _clean(text: str) -> str:
    return text.translate(_CONTROLS) if ITEM_START in text or ITEM_END in text or _PART in text else text


def _first_segment(site_title: str) -> str:
    for mark in ("_", "-", "|", "－", "—"):
        site_title = site_title.split(mark, maxsplit=1)[0]
    return site_title.strip()


def _zone_texts(page: Reading) -> list[str]:
    """The text of each zone, in the order of :class:`Zone`."""
    meta = page.meta
    return [
        _items([(own_title(page) or _first_segment(page.site_title)).strip()]),
        _items([*columns(page), meta.get("columnname", "")]),
        _clean(page.text[:TEXT_LIMIT]),
        _items(page.table_headers),
        _items([link.text.strip() for link in page.links[:LINKS_LIMIT] if not link.hidden]),
        _items([" ".join((form.action, *form.fields)) for form in page.forms]),
        _clean(page.url),
        _items([meta[name] for name in _META_ASKED if name in meta] if meta else ()),
        _clean(page.site_title),
        _items(_targets(page)),
        _items(page.marks),
        _items(_entries(_frame(page)[:TEXT_LIMIT])),
    ]
