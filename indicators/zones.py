"""A reading laid out as one string, so that one pass of the automaton sees every zone.

Items (title, breadcrumb segment, table header, anchor text) stand between ITEM_START and ITEM_END, which lets a term
ask to fill an item, begin it or end it.  Zones are parted by characters no page text contains.
"""

import re
from collections.abc import Collection, Iterable
from itertools import filterfalse
from typing import Final

import numpy as np

from cleaning.page import Reading
from cleaning.points import points_of
from indicators.records import Zone

ITEM_START: Final = "\x02"
ITEM_END: Final = "\x03"
_PART: Final = "\x00"
_MARKS_END: Final = 4  # the code point behind those of the marks
_GLUE: Final = ITEM_END + ITEM_START
_CONTROLS: Final = dict.fromkeys(map(ord, (ITEM_START, ITEM_END, _PART)), " ")
ORDER: Final = tuple(Zone)
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
_KIND_OF_PAGE: Final = re.compile(r"^(?:分类|栏目|频道|专栏)\s?[-:：]\s?(?=.)")  # "栏目:通知公告"
_TABS: Final = 2  # words: a heading of three and more that says its first one twice is a row of tabs
_ASKING: Final = ("form", "interaction", "table", "other")  # their headings may be those of a group of fields
_GUIDE_PARTS: Final = frozenset(
    {
        "办理须知",
        "办理说明",
        "办事须知",
        "办事指南",
        "服务指南",
        "办理指南",
        "办事流程",
        "办理流程",
        "业务说明",
        "申请须知",
        "申办须知",
        "温馨提示",
        "事项详情",
        "事项信息",
        "基本信息",
    }
)
_LONGEST_NAME: Final = 20  # characters of a service's name
_INDEXES: Final = ("home", "list")  # their text begins with whatever block comes first
# Labels that pages letter-space before the main text: their characters are no entries of their own.
_SPACED: Final = ("索 引 号", "主 题 词", "文 号", "发 文 机 关", "发 布 机 构", "成 文 日 期", "发 布 日 期")
# The first line of a text as a heading: words alone, so no label, sentence or date.
_HEADING: Final = re.compile(r"[^\W\d_][\w()（）]{1,11}")
_LITTLE_FRAME: Final = 100  # characters; the saved pages have either nothing or at least a footer of 150
_SHORT_LINE: Final = 20  # characters per line on average: menus 4 to 8, running text 40 and more


class Layout:
    """The laid-out page: zone i of ORDER stands at places `starts[i]` up to `ends[i]` of `raw`.

    A class of its own making: each page makes one, and compiled, a dataclass takes many times as long to be made.
    """

    __slots__ = ("ends", "points", "raw", "starts")

    def __init__(self, raw: str, starts: list[int], ends: list[int]) -> None:
        self.raw = raw
        self.points = points_of(raw)
        self.starts = starts
        self.ends = ends


def lay_out(reading: Reading) -> Layout:
    """Lay out every zone of `reading`, in the order of :class:`Zone`."""
    zones = _zones(reading)
    layout, marks = _joined(zones)
    if np.count_nonzero(layout.points < _MARKS_END) != marks:
        layout, _ = _joined([_clean(zone) if isinstance(zone, str) else list(map(_clean, zone)) for zone in zones])
    return layout


def _joined(zones: list[str | Collection[str]]) -> tuple[Layout, int]:
    """Zones one behind the other, and how many marks part them and their items."""
    parts: list[str] = []
    starts, ends, place, items = [], [], 0, 0
    for zone in zones:
        if isinstance(zone, str):
            part = zone
        else:
            part = f"{ITEM_START}{_GLUE.join(zone)}{ITEM_END}" if zone else ""
            items += len(zone)
        parts.append(part)
        starts.append(place)
        place += len(part)
        ends.append(place)
        place += 1
    return Layout(_PART.join(parts), starts, ends), len(zones) - 1 + 2 * items


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
    parts = [_KIND_OF_PAGE.sub("", part.strip()) for part in _TITLE_PARTS.split(reading.site_title)]
    if len(parts) < _TITLE_AND_SITE:
        return ()
    return tuple(part for part in parts if 1 < len(part) <= _LONGEST_COLUMN and not _SITE_NAME.search(part))


def own_title(reading: Reading) -> str:
    """The page's title; where the heading holds a column's tabs ("局长信箱 局长信箱 我要写信 办理统计"), only its first word."""
    words = reading.title.split()
    if len(words) > _TABS and words[0] in words[1:]:
        return words[0]
    return _KIND_OF_PAGE.sub("", reading.title)


def _headings(reading: Reading) -> list[str]:
    """The title, and beside one that only names the site ("办件跟踪") or a part of every guide the line the text begins with.

    Beside the heading of a form's first part ("申请人信息") the browser's title names the form.
    """
    title = (own_title(reading) or _first_segment(reading.site_title)).strip()
    second = "" if reading.page_type in _INDEXES else _beside(reading, title)
    return [part for part in (title, second) if part]


def _beside(reading: Reading, title: str) -> str:
    """The heading that stands beside such a title; an empty string where there is none."""
    if title in _GUIDE_PARTS:
        lines = (line for line in reading.text.split("\n", 3)[:3] if line != title)
        return next(filter(_HEADING.fullmatch, lines), "")
    if not title or (title == reading.site_title and _SITE_NAME.search(title)):
        first = reading.text.partition("\n")[0].strip()
        return first if _HEADING.fullmatch(first) else ""
    if reading.page_type in _ASKING and title not in reading.site_title:
        first = _first_segment(reading.site_title)
        return first if 1 < len(first) <= _LONGEST_NAME and not _SITE_NAME.search(first) else ""
    return ""


def _frame(reading: Reading) -> str:
    """Everything visible that is not main text: also the lines cut from the article's head and foot (share, index).

    Where the text is of short lines, as menus and forms have them, its lines are entries too (also those that only a
    script opens), save title and sentences; where the page could not be parted, everything visible is searched.
    """
    text, chrome = reading.text, reading.chrome
    if len(text) < _SHORT_LINE * (text.count("\n") + 1):
        if len(chrome) < _LITTLE_FRAME:
            return reading.visible
        said = {reading.title, *[line for line in text.split("\n") if "。" in line]}
        return "\n".join(filterfalse(said.__contains__, reading.visible.split("\n")))
    around = f"\n{chrome}\n"
    cut = _cut(reading, around)
    title = f"\n{reading.title}\n"
    while title in around:
        around = around.replace(title, "\n")
    return f"{cut}{around[:-1]}" if cut else around[1:-1]


def _cut(reading: Reading, around: str) -> str:
    """The visible lines, each once, that stand neither in the main text nor around it: on half of the pages none."""
    inside = _inside(f"\n{reading.visible}\n", around)
    if inside == reading.text:
        return ""
    known = {reading.title, *reading.text.split("\n")}
    left = dict.fromkeys(filterfalse(known.__contains__, inside.split("\n")))
    return "\n".join([line for line in left if f"\n{line}\n" not in around])


def _inside(visible: str, around: str) -> str:
    """What is visible without the lines that it begins and ends with as what stands around the main text does.

    Of most pages that is all that stands around it, so that its lines need not be compared one by one.
    """
    low, high = 0, min(len(visible), len(around))  # how many characters both begin with, found by halves
    while low < high:
        middle = (low + high + 1) // 2
        if visible.startswith(around[low:middle], low):
            low = middle
        else:
            high = middle - 1
    start = around.rfind("\n", 0, low)
    after = around[start:]
    end = len(visible) - len(after) if visible.endswith(after) else len(visible)
    return visible[start:end].strip("\n")


def _entries(frame: str) -> Collection[str]:
    """Entries of menus, each once: they stand in lines of their own, or are parted by blanks and bars."""
    for bar in _BARS:
        if bar in frame:
            frame = frame.replace(bar, " ")
    spaced = [label for label in _SPACED if label in frame]
    if spaced:
        for label in spaced:
            frame = frame.replace(label, label.replace(" ", "\x01"))
        return [entry.replace("\x01", " ") for entry in dict.fromkeys(frame.split())]
    return dict.fromkeys(frame.split())


def _of_links(reading: Reading) -> tuple[Collection[str], list[str]]:
    """What the links say that a visitor sees, and where they lead off the page's host, cut to what names the service.

    Links of the own host say it in words.
    """
    host = "//" + reading.url.partition("//")[2].partition("/")[0]
    own = (f"http:{host}", f"https:{host}") if len(host) < _TARGET_LENGTH - len("https:") else ()
    named: dict[str, None] = {}
    away: dict[str, None] = {}
    for url, _, _, text, hidden in reading.links[:LINKS_LIMIT]:
        if not hidden:
            named[text.strip()] = None
            if not url.startswith(own):
                away[url[:_TARGET_LENGTH]] = None
    named.pop("", None)
    return named, [target for target in away if "//" in target[:8] and host not in target]


def _items(texts: Iterable[str]) -> list[str]:
    """Those that say something; the same twice says nothing new."""
    return list(filter(str.strip, dict.fromkeys(texts)))


def _clean(text: str) -> str:
    return text.translate(_CONTROLS)


def _first_segment(site_title: str) -> str:
    for mark in ("_", "-", "|", "－", "—"):
        site_title = site_title.split(mark, maxsplit=1)[0]
    return site_title.strip()


def _zones(page: Reading) -> list[str | Collection[str]]:
    """Each zone, in the order of :class:`Zone`: a text, or items that say something, each once."""
    meta = page.meta
    named, targets = _of_links(page)
    return [
        _headings(page),
        _items((*columns(page), meta.get("columnname", ""))),
        page.text[:TEXT_LIMIT],
        _items(page.table_headers) if page.table_headers else "",
        named,
        _items([" ".join((form.action, *form.fields)) for form in page.forms]) if page.forms else "",
        page.url,
        _items([meta[name] for name in _META_ASKED if name in meta]) if meta else "",
        page.site_title,
        targets,
        _items(page.marks) if page.marks else "",
        _entries(_frame(page)[:TEXT_LIMIT]),
    ]
