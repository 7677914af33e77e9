"""What a page is about: its main text, its title, its column path, its tables.

The main content is the element that holds most of the page's running text (an article), else the one that holds most
of its items (a column page).  Elements whose names or tags say "frame" do not compete, unless they hold everything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cleaning.blockads import ad_blocks
from cleaning.headings import page_title, trail
from cleaning.layout import Layout, data_tables
from cleaning.masses import Masses
from cleaning.masthead import Masthead, masthead
from cleaning.outline import Outline, fold
from cleaning.trimming import ABOVE, HEAD, trimmed

MAX_VISIBLE: Final = 2_000_000  # characters
MAX_HEADERS: Final = 200
ARTICLE_MIN: Final = 60.0  # running text that makes an article of its own accord
_DOMINANT: Final = 0.72  # share of a parent's text one child must hold for the search to descend into it
SENTENCES: Final = 40  # characters of sentences that make a text of links with words around them
WHOLE_TEXT: Final = 120  # characters of sentences beside which a script's entries are frame
DAYS: Final = 3  # dates from which links are a list of entries
_OUTWEIGHS: Final = 3.0  # times the running text below a masthead, from which another element is the main content
# Characters of links around a text whose title nothing confirms, above which it is one part of a portal: the side lists
# of the made-up templates hold up to 330.
_SIDE_LISTS: Final = 600
_LOOKED_AT: Final = 50  # rows of a table
_TAG: Final = re.compile(r"</?[A-Za-z!][^<>]{0,200}>")  # markup that a template put into the head title
_VOID: Final = frozenset({"", "无", "暂无", "/", "-", "—", "——", "空"})  # what stands in a cell that says nothing
_FIELDS: Final = frozenset({"input", "select", "textarea"})
_SOME: Final = 4  # characters that make an editor's body more than an empty one
_LEADING: Final = 0.5  # share for a descent past a frame that the template does not name


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
    table_filled: tuple[float, ...]
    table_rows: int
    list_items: int
    is_list: bool  # the main content is mostly links
    head: tuple[str, ...]  # the lines around its beginning, uncut
    prose: int  # characters of the main content's sentences outside of links
    days: int  # dates that stand by themselves in the main content
    removed_ads: tuple[str, ...]
    entries: int = 0  # lines with a day of publishing, where there are too many for one article
    is_titled: bool = False  # a heading or the head title confirm the title above the text
    info: str = ""  # the line that says when the article was published, below its title
    forms: tuple[bool, ...] = ()  # of each form of the body, whether it stands in the main content and not around it
    asks: bool = False  # whether a text field stands there


def extract(page: Outline, url: str, meta: Mapping[str, str]) -> Content:
    """Main content, title and column path of a page by its outline; never raises."""
    head = next(iter(page.all_of("title")), None)
    site_title = fold(_TAG.sub("", head[1].text()))[:500] if head is not None else ""
    if not page.texts:
        return _empty(page_title(page, -1, site_title, meta), site_title)
    masses = Masses(page)
    layout = Layout(page)
    top, entries = masthead(page, layout, masses, site_title, meta)
    root, is_list = _below(page, masses, top, *main_element(page, masses))
    ads = frozenset(ad_blocks(page, root, url))
    first, last = layout.whole_lines(root)
    if first < masses.foot < last and not is_list:
        last = masses.foot
    inside = layout.between(first, last)
    if ads:
        owners = page.owners
        lines = list(
            layout.lines_of(n for n in range(first, last) if not any(page.inside(owners[n], ad) for ad in ads))
        )
    else:
        lines = layout.texts[inside]
    above_info, sure = (top.title, top.sure) if top is not None else ("", False)
    title = page_title(page, page.first_run[root], site_title, meta, above_info, sure=sure)
    above = layout.texts[max(0, inside.start - ABOVE) : inside.start]
    kept = lines if is_list else list(trimmed(lines, title, above))
    headers, filled, rows = _tables(page, root)
    return Content(
        title=title,
        site_title=site_title,
        text="\n".join(kept),
        visible="\n".join(layout.texts)[:MAX_VISIBLE],
        chrome="\n".join(layout.texts[: inside.start] + layout.texts[inside.stop :])[:MAX_VISIBLE],
        column_path=trail(page, meta),
        table_headers=headers,
        table_filled=filled,
        table_rows=rows,
        list_items=_items(page, root, masses),
        is_list=is_list,
        head=(*above[-HEAD:], *lines[:HEAD]),
        prose=masses.prose(root),
        days=masses.dated(root),
        entries=entries,
        removed_ads=tuple(page.text_of(number)[:200] for number in sorted(ads)),
        info=top.info if top is not None else "",
        forms=_forms(page, root) if first > 0 else (),
        asks=first > 0 and _asks(page, root),
        is_titled=top is not None and top.sure,
    )


def _empty(title: str, site_title: str) -> Content:
    """The content of a page that shows no text."""
    return Content(
        title, site_title, "", "", "", (), (), (), 0, 0, is_list=False, head=(), prose=0, days=0, removed_ads=()
    )


def _below(page: Outline, masses: Masses, head: Masthead | None, root: int, is_list: bool) -> tuple[int, bool]:  # noqa: FBT001 - as main_element gives them
    """The main element, where a masthead says that another holds the article, or that it is no list."""
    if head is None or head.root < 0:
        return root, is_list and not (head is not None and head.info and head.sure)
    return (root, is_list) if _stays(page, masses, head, root, is_list) else (_body_in(page, head.root), False)


def _stays(page: Outline, masses: Masses, head: Masthead, root: int, is_list: bool) -> bool:  # noqa: FBT001
    """Whether the element that masses found is the main one beside what stands below the masthead."""
    inside, around = page.inside(root, head.root), page.inside(head.root, root)
    if not head.info and (inside or around):
        return True
    if is_list:
        beside = masses.linked(root) - masses.linked(head.root)
        return around and not head.sure and beside > _SIDE_LISTS  # a portal that shows one text among its lists
    if around:
        return masses.running(root) - masses.running(head.root) >= masses.linked(root) - masses.linked(head.root)
    return inside or masses.running(root) >= _OUTWEIGHS * masses.running(head.root) + WHOLE_TEXT


def _body_in(page: Outline, root: int) -> int:
    """The editor's body inside of an element, if there is just one; else the element itself."""
    bodies: list[int] = []
    for number in page.named:
        named = page.sorts[number].body and root < number <= page.last[root] and page.length_of(number) >= _SOME
        if named and not (bodies and page.inside(number, bodies[-1])):
            bodies.append(number)
    return bodies[0] if len(bodies) == 1 else root


def main_element(page: Outline, masses: Masses) -> tuple[int, bool]:
    """The element that holds the main content, and whether that is a list of links."""
    named = _named_body(page, masses)
    if named >= 0:
        return named, masses.running(named) < 0.5 * masses.linked(named)
    tables = data_tables(page)
    as_article = _descend(page, masses, masses.running, tables)
    as_list = _descend(page, masses, masses.linked, tables)
    text, listed = masses.running(as_article), masses.linked(as_list)
    many = listed >= 40 and (masses.dated(as_list) >= 3 or listed > text)
    if as_article == as_list and masses.dated(as_list) < DAYS and masses.prose(as_article) >= SENTENCES:
        return as_article, False  # a text with a long list of attachments
    if text >= ARTICLE_MIN and text >= masses.linked(as_article) and not (many and listed > 2.5 * text):
        return as_article, False
    if many:
        return as_list, True
    return (as_article, False) if text >= listed else (as_list, True)


def _named_body(page: Outline, masses: Masses) -> int:
    """The outermost element named as the holder of the text, with a fair share of the running text; -1 without one."""
    best, most = -1, 0.0
    for number in page.named:
        if not page.sorts[number].body or (best >= 0 and page.inside(number, best)):
            continue
        running = masses.running(number)
        if best < 0 or running > most:
            best, most = number, running
    if best < 0 or masses.in_frame(best):
        return -1
    return best if most >= max(12.0, 0.3 * masses.running(0)) else -1


def _descend(page: Outline, masses: Masses, mass: Callable[[int], float], tables: frozenset[int]) -> int:
    """From the body down, into the child that holds nearly all, as long as that child is more than one paragraph."""
    current = 0
    while True:
        masses_below = [(mass(child), child) for child in page.children(current)]
        below = [child for amount, child in masses_below if amount > 0]
        if not below:
            return current
        (most, best), *others = sorted(masses_below, key=lambda pair: -pair[0])[:2]
        second = others[0][0] if others else 0.0
        share = most / mass(current)
        leads = share >= _DOMINANT or (share >= _LEADING and second < 0.34 * most and masses.blocks(best) >= 3)
        if mass == masses.running and _has_kin(masses, below, best):
            return current
        if not leads or page.sorts[best].tag == "p" or best in tables or not masses.blocks(best):
            return current
        current = best


def _has_kin(masses: Masses, children: list[int], best: int) -> bool:
    """Whether a paragraph of the same text stands right before or after the best child: then the parent is the text."""
    at = children.index(best)
    around = children[max(0, at - 1) : at] + children[at + 1 : at + 2]
    return any(
        (prose := masses.prose(one)) >= 20 and masses.linked(one) < prose and masses.blocks(one) <= 1 for one in around
    )


def _tables(page: Outline, root: int) -> tuple[tuple[str, ...], tuple[float, ...], int]:
    """Header cells (th, else the first row's cells) of the content's data tables, how far they are filled, further rows."""
    headers: list[str] = []
    filled: list[float] = []
    rows = 0
    columns: dict[int, list[int]] = {}  # of each table: cells of its first row, then per column rows that say something
    looked: dict[int, int] = {}  # rows that have as many cells
    named: dict[int, list[tuple[str, int]]] = {}  # its headers, and their columns
    for row, table in page.table_of_row.items():
        if table in page.layout_tables or page.cells_of_row[row] < 2 or not page.inside(row, root):
            continue
        rows += table in columns
        if looked.get(table, 0) >= _LOOKED_AT:
            continue
        cells = [number for number in range(row + 1, page.last[row] + 1) if page.sorts[number].tag in {"td", "th"}]
        texts = [page.text_of(cell) for cell in cells]
        if table not in columns:
            columns[table], looked[table] = [0] * len(cells), 0
            named[table] = [(text, place) for place, text in enumerate(texts) if text and len(text) <= 60]
        elif len(cells) == len(columns[table]):
            looked[table] += 1
            columns[table] = [said + (text not in _VOID) for said, text in zip(columns[table], texts, strict=True)]
    for table, found in named.items():
        headers.extend(text for text, _ in found)
        filled.extend(columns[table][place] / looked[table] if looked[table] else 1.0 for _, place in found)
    return tuple(headers[:MAX_HEADERS]), tuple(filled[:MAX_HEADERS]), rows


def _forms(page: Outline, root: int) -> tuple[bool, ...]:
    """A form that holds the whole content, as templates have them, is the content's where its fields stand there."""
    if not page.all_of("form"):
        return ()
    sorts = page.sorts
    asks = any(sorts[number].tag in _FIELDS for number in range(root, page.last[root] + 1))
    return tuple(
        page.inside(number, root) or (asks and page.inside(root, number))
        for number, sort in enumerate(sorts)
        if sort.tag == "form"
    )


def _asks(page: Outline, root: int) -> bool:
    """Whether a field for a text stands in the content."""
    sorts = page.sorts
    return bool(page.all_of("textarea")) and any(
        sorts[number].tag == "textarea" for number in range(root, page.last[root] + 1)
    )


def _items(page: Outline, root: int, masses: Masses) -> int:
    """Entries of a list: links of some length inside the content that stand in lines of their own, or dates beside them."""
    texts, lines, links = page.texts, page.lines, page.links
    first, last = page.first_run[root], page.last_run[root]
    listed = {lines[run] for run in range(first, last) if links[run] >= 0 and len(texts[run]) >= 5}
    return max(len(listed), masses.dated(root) if listed else 0)
