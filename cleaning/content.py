"""What a page is about: its main text, its title, its column path, its tables.

The main content is the element that holds most of the page's running text (an article), else the one that holds most
of its items (a column page).  Elements whose names or tags say "frame" do not compete, unless they hold everything.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from cleaning.blockads import is_ad_block
from cleaning.headings import page_title, trail
from cleaning.hidden import hidden_roots
from cleaning.outline import INLINE_TAGS, Outline, Run, fold, join_runs, outline
from cleaning.zones import is_body, is_frame

MAX_VISIBLE: Final = 2_000_000  # characters
MAX_HEADERS: Final = 200
_MAX_ADS: Final = 30
_ROW_MAX: Final = 600  # characters: a longer table row is layout, its cells keep their own lines
ARTICLE_MIN: Final = 60.0  # running text that makes an article of its own accord
_DOMINANT: Final = 0.72  # share of a parent's text one child must hold for the search to descend into it
_LEADING: Final = 0.5  # share for a descent past a frame that the template does not name
_PUNCTUATION: Final = re.compile(r"[，。；：！？、,;!?]")
_STOPPED: Final = re.compile(r"[，。；！？]")
_DAY: Final = re.compile(
    r"^\W{0,3}(?:\d{4}\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\W{0,3}(?:\d{1,2}:\d{2}(?::\d{2})?\W{0,2})?$"
)
_FOOT: Final = re.compile(
    r"版权所有|主办单位|承办单位|网站标识码|ICP备|公网安备|copyright|技术支持|建议使用.{0,12}分辨率|站点地图|网站地图|联系我们|您是第|邮\s*编\s*[:：]|地址\s*[:：]|联系电话\s*[:：]|电子邮箱\s*[:：]|网站设计",
    re.IGNORECASE,
)

_SURE_FOOT: Final = re.compile(
    r"版权所有|主办单位\s*[:：]|网站标识码|[A-Z]?ICP备|公网安备|copyright\s*(?:©|\d)", re.IGNORECASE
)
_FOOT_MAX: Final = 500  # characters a footer has at most
_FOOT_CLIMB: Final = 10


@dataclass(frozen=True, slots=True)
class Content:
    """Main content and its surroundings; texts folded, lines parted by one new line each."""

    title: str
    site_title: str
    text: str
    visible: str
    chrome: str
    column_path: tuple[str, ...]
    table_headers: tuple[str, ...]
    table_rows: int
    list_items: int
    removed_ads: tuple[str, ...]


def extract(tree: LexborHTMLParser, url: str, meta: Mapping[str, str]) -> Content:
    """Main content, title and column path of a parsed page.  Reads the tree, never changes it; never raises."""
    excluded = frozenset(number for root in hidden_roots(tree, url) for number in root.elements)
    page = outline(tree, excluded)
    head = tree.css_first("title")
    site_title = fold(head.text())[:500] if head is not None else ""
    if not page.runs:
        return Content(page_title(page, -1, site_title, meta), site_title, "", "", "", (), (), 0, 0, ())
    masses = _Masses(page)
    root, is_list = main_element(page, masses)
    ads = frozenset(_ads(page, root, url))
    lines = _lines(page, root, ads)
    title = page_title(page, page.first_run[root], site_title, meta)
    kept = lines if is_list else list(trimmed(lines, title))
    headers, rows = _tables(page, root)
    return Content(
        title=title,
        site_title=site_title,
        text="\n".join(kept),
        visible=_text(page, range(len(page.runs)))[:MAX_VISIBLE],
        chrome=_outside(page, root),
        column_path=trail(page, meta),
        table_headers=headers,
        table_rows=rows,
        list_items=_items(page, root, masses),
        removed_ads=tuple(page.text_of(number)[:200] for number in sorted(ads)),
    )


class _Masses:
    """Per element, over its subtree without frame parts: running text, link text, items and dates."""

    def __init__(self, page: Outline) -> None:
        size = len(page.tags)
        self.running = [0.0] * size
        self.linked = [0.0] * size
        self.dated = [0] * size
        self.frame = [False] * size
        self.blocks = [0] * size  # block children
        self.prose = [0] * size  # characters of runs that hold a sentence's stop
        for number in range(size):
            parent = page.parents[number]
            self.frame[number] = (parent >= 0 and self.frame[parent]) or is_frame(page.tags[number], page.names[number])
            if parent >= 0 and page.tags[number] not in INLINE_TAGS:
                self.blocks[parent] += 1
        if size:
            self._mark_foot(page)
        if size and not self._enough(page):
            self.frame = [False] * size
        self._fill(page)

    def _mark_foot(self, page: Outline) -> None:
        """The block around a footer's own words is frame, whatever the template calls it."""
        before = list(accumulate((len(run.text) for run in page.runs), initial=0))
        for run in page.runs[len(page.runs) // 2 :]:
            if self.frame[run.owner] or not _SURE_FOOT.search(run.text):
                continue
            block = run.owner
            for _ in range(_FOOT_CLIMB):
                above = page.parents[block]
                if above <= 0 or before[page.last_run[above]] - before[page.first_run[above]] > _FOOT_MAX:
                    break
                block = above
            if before[page.last_run[block]] - before[page.first_run[block]] <= _FOOT_MAX:
                self.frame[block : page.last[block] + 1] = [True] * (page.last[block] + 1 - block)

    def _enough(self, page: Outline) -> bool:
        """Whether what is left beside the frame is a page at all; where it is not, the names have misled us."""
        outside = sum(len(run.text) for run in page.runs if not self.frame[run.owner] and run.link < 0)
        inside = sum(
            len(run.text) for run in page.runs if self.frame[run.owner] and run.link < 0 and _STOPPED.search(run.text)
        )
        return outside * 3 >= inside

    def _fill(self, page: Outline) -> None:
        line_text: dict[int, int] = {}
        for run in page.runs:
            if run.link < 0:
                line_text[run.line] = line_text.get(run.line, 0) + len(run.text)
        for run in page.runs:
            if self.frame[run.owner]:
                continue
            length = len(run.text)
            if run.link >= 0:
                self.linked[run.owner] += length if length >= 7 else 0
            elif _DAY.match(run.text) and length <= 26:
                self.dated[run.owner] += 1
            elif not (_FOOT.search(run.text) and length < 200):
                full = line_text[run.line] >= 24 or bool(_PUNCTUATION.search(run.text))
                self.running[run.owner] += length if full else 0.35 * length
                self.prose[run.owner] += length if length >= 20 and _STOPPED.search(run.text) else 0
        for number in range(len(page.tags) - 1, 0, -1):
            parent = page.parents[number]
            if parent >= 0:
                self.running[parent] += self.running[number]
                self.prose[parent] += self.prose[number]
                self.linked[parent] += self.linked[number]
                self.dated[parent] += self.dated[number]


def main_element(page: Outline, masses: _Masses) -> tuple[int, bool]:
    """The element that holds the main content, and whether that is a list of links."""
    running, linked = masses.running, masses.linked
    named = _named_body(page, masses)
    if named >= 0:
        return named, running[named] < 0.5 * linked[named]
    as_article = _descend(page, masses, running)
    as_list = _descend(page, masses, linked)
    many = linked[as_list] >= 40 and (masses.dated[as_list] >= 3 or linked[as_list] > running[as_article])
    if (
        running[as_article] >= ARTICLE_MIN
        and running[as_article] >= linked[as_article]
        and not (many and linked[as_list] > 2.5 * running[as_article])
    ):
        return as_article, False
    if many:
        return as_list, True
    return (as_article, False) if running[as_article] >= linked[as_list] else (as_list, True)


def _named_body(page: Outline, masses: _Masses) -> int:
    """The outermost element named as the holder of the text, with a fair share of the running text; -1 without one."""
    total = masses.running[0]
    best = -1
    for number, name in enumerate(page.names):
        if not name or not is_body(name) or (best >= 0 and page.inside(number, best)):
            continue
        if best < 0 or masses.running[number] > masses.running[best]:
            best = number
    if best < 0 or masses.frame[best]:
        return -1
    enough = masses.running[best] >= max(12.0, 0.3 * total)
    return best if enough else -1


def _descend(page: Outline, masses: _Masses, mass: list[float]) -> int:
    """From the body down, into the child that holds nearly all, as long as that child is more than one paragraph."""
    children: dict[int, list[int]] = {}
    for number, parent in enumerate(page.parents):
        if parent >= 0 and mass[number] > 0:
            children.setdefault(parent, []).append(number)
    tables = _data_tables(page)
    current = 0
    while True:
        below = children.get(current, [])
        if not below or mass[current] <= 0:
            return current
        ranked = sorted(below, key=lambda number: -mass[number])
        best = ranked[0]
        second = mass[ranked[1]] if len(ranked) > 1 else 0.0
        share = mass[best] / mass[current]
        leads = share >= _DOMINANT or (share >= _LEADING and second < 0.34 * mass[best] and masses.blocks[best] >= 3)
        if mass is masses.running and _has_kin(page, masses, below, best):
            return current
        if (
            not leads
            or page.tags[best] in {"p", "tr"}
            or best in tables
            or (page.tags[best] not in INLINE_TAGS and not masses.blocks[best])
        ):
            return current
        current = best


def _has_kin(page: Outline, masses: _Masses, children: list[int], best: int) -> bool:
    """Whether a paragraph of the same text stands right before or after the best child: then the parent is the text."""
    at = children.index(best)
    around = children[max(0, at - 1) : at] + children[at + 1 : at + 2]
    return any(
        masses.prose[one] >= 20 and masses.linked[one] < masses.prose[one] and masses.blocks[one] <= 1 for one in around
    )


def _text(page: Outline, numbers: range) -> str:
    return "\n".join(_grouped(page, [page.runs[number] for number in numbers]))


def _grouped(page: Outline, runs: list[Run]) -> Iterator[str]:
    """Lines: a block each, but a short row of a data table is one line with its cells in order."""
    held: list[Run] = []
    key = -1
    row_key = -1
    rows = _data_rows(page)
    for run in runs:
        row = run.row if run.row in rows else -1
        if held and (row != row_key or (row < 0 and run.line != key)):
            yield join_runs(held)
            held = []
        held.append(run)
        key, row_key = run.line, row
    if held:
        yield join_runs(held)


def _data_rows(page: Outline) -> frozenset[int]:
    return frozenset(
        row
        for row, table in page.table_of_row.items()
        if table not in page.layout_tables
        and page.cells_of_row[row] >= 2
        and sum(len(run.text) for run in page.runs[page.first_run[row] : page.last_run[row]]) <= _ROW_MAX
    )


def _data_tables(page: Outline) -> frozenset[int]:
    """Tables of three rows and more with cells beside each other: what stands above and below belongs to them."""
    rows = Counter(page.table_of_row[row] for row in _data_rows(page))
    return frozenset(table for table, count in rows.items() if count >= 3)


def _lines(page: Outline, root: int, ads: frozenset[int]) -> list[str]:
    runs = page.runs[page.first_run[root] : page.last_run[root]]
    if ads:
        runs = [run for run in runs if not any(page.inside(run.owner, ad) for ad in ads)]
    return list(_grouped(page, runs))


def _outside(page: Outline, root: int) -> str:
    runs = [*page.runs[: page.first_run[root]], *page.runs[page.last_run[root] :]]
    return "\n".join(_grouped(page, runs))[:MAX_VISIBLE]


def _ads(page: Outline, root: int, url: str) -> Iterator[int]:
    """Advertising blocks inside the main content, outermost only."""
    last, found = -1, 0
    for number in range(root + 1, page.last[root] + 1):
        if number > last and is_ad_block(page, number, url):
            last = page.last[number]
            found += 1
            yield number
            if found >= _MAX_ADS:
                return


def _tables(page: Outline, root: int) -> tuple[tuple[str, ...], int]:
    """Header cells (th, else the first row's cells) and number of further rows, over the data tables of the content."""
    headers: list[str] = []
    rows = 0
    seen: set[int] = set()
    for row, table in page.table_of_row.items():
        if table in page.layout_tables or page.cells_of_row[row] < 2 or not page.inside(row, root):
            continue
        cells = [number for number in range(row + 1, page.last[row] + 1) if page.tags[number] in {"td", "th"}]
        if table not in seen:
            seen.add(table)
            headers.extend(text for cell in cells if (text := page.text_of(cell)) and len(text) <= 60)
        else:
            rows += 1
    return tuple(headers[:MAX_HEADERS]), rows


def _items(page: Outline, root: int, masses: _Masses) -> int:
    """Entries of a list: links of some length inside the content that stand in lines of their own, or dates beside them."""
    lines = {
        run.line
        for run in page.runs[page.first_run[root] : page.last_run[root]]
        if run.link >= 0 and len(run.text) >= 5
    }
    return max(len(lines), masses.dated[root] if lines else 0)


_INFO_LINE: Final = re.compile(
    r"来源\s*[：:]|发布时间|发布日期|发文日期|信息时间|更新时间|浏览次数|阅读次数|点击次数|点击数|访问次数|访问量|浏览量|阅读量|字体\s*[：:]|字号\s*[：:]|【字体|\[字体"
    r"|分享到|分享至|打印本页|打印此页|我要打印|作者\s*[：:]|编辑\s*[：:]|视力保护|时间\s*[：:]\s*\d{4}|日期\s*[：:]\s*\d{4}|\[?大\s*中\s*小\]?|语音播报|收藏",
)
_TAIL_LINE: Final = re.compile(
    r"^(?:责任编辑|编辑|责编|审核|录入|分享到|分享|打印|关闭|【?打印|【?关闭|上一[篇条]|下一[篇条]|上一页|下一页|扫一扫|相关链接|相关阅读|相关新闻|返回顶部|点击数|浏览次数|\[?打印|\[?关闭|稿件来源|网站编辑|推荐阅读|您访问的)",
)


def trimmed(lines: list[str], title: str) -> Iterator[str]:
    """Without the title, the info line above the text, and the editor and print lines below it."""
    start, stop = 0, len(lines)
    last_head = -1
    for number, line in enumerate(lines[:12]):
        if _is_head(line, title):
            last_head = number
        elif len(line) > 40 and _STOPPED.search(line):
            break
    start = last_head + 1
    while stop > start and len(lines[stop - 1]) <= 120 and _TAIL_LINE.match(lines[stop - 1]):
        stop -= 1
    yield from (lines[start:stop] if stop > start else lines)


def _is_head(line: str, title: str) -> bool:
    if len(line) > 160:
        return False
    if title and (line == title or (len(line) >= 0.6 * len(title) and (line in title or title in line))):
        return True
    return "。" not in line and bool(_INFO_LINE.search(line))
