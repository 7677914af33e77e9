"""What a page is about: its main text, its title, its column path, its tables.

The main content is the element that holds most of the page's running text (an article), else the one that holds most
of its items (a column page).  Elements whose names or tags say "frame" do not compete, unless they hold everything.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from cleaning.blockads import is_ad_block
from cleaning.headings import page_title, trail
from cleaning.hidden import HiddenRoot, hidden_roots
from cleaning.layout import Layout, data_tables
from cleaning.masses import Masses
from cleaning.outline import INLINE_TAGS, Outline, fold, outline
from cleaning.trimming import trimmed
from cleaning.zones import is_body

MAX_VISIBLE: Final = 2_000_000  # characters
MAX_HEADERS: Final = 200
_MAX_ADS: Final = 30
ARTICLE_MIN: Final = 60.0  # running text that makes an article of its own accord
_DOMINANT: Final = 0.72  # share of a parent's text one child must hold for the search to descend into it
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
    table_rows: int
    list_items: int
    removed_ads: tuple[str, ...]


def extract(
    tree: LexborHTMLParser, url: str, meta: Mapping[str, str], hidden: Iterable[HiddenRoot] | None = None
) -> Content:
    """Main content, title and column path of a parsed page.  Reads the tree, never changes it; never raises.

    `hidden`: the blocks that are no part of the page for its visitors, where they are known already.
    """
    roots = hidden_roots(tree, url) if hidden is None else hidden
    page = outline(tree, frozenset(number for root in roots for number in root.elements))
    head = tree.css_first("title")
    site_title = fold(head.text())[:500] if head is not None else ""
    if not page.runs:
        return Content(page_title(page, -1, site_title, meta), site_title, "", "", "", (), (), 0, 0, ())
    masses = Masses(page)
    root, is_list = main_element(page, masses)
    ads = frozenset(_ads(page, root, url))
    layout = Layout(page)
    first, last = layout.whole_lines(root)
    whole = layout.lines()
    if ads:
        runs = page.runs
        lines = list(
            layout.lines_of(n for n in range(first, last) if not any(page.inside(runs[n].owner, ad) for ad in ads))
        )
    else:
        lines = [text for start, text in whole if first <= start < last]
    title = page_title(page, page.first_run[root], site_title, meta)
    kept = lines if is_list else list(trimmed(lines, title))
    headers, rows = _tables(page, root)
    return Content(
        title=title,
        site_title=site_title,
        text="\n".join(kept),
        visible="\n".join(text for _, text in whole)[:MAX_VISIBLE],
        chrome="\n".join(text for start, text in whole if not first <= start < last)[:MAX_VISIBLE],
        column_path=trail(page, meta),
        table_headers=headers,
        table_rows=rows,
        list_items=_items(page, root, masses),
        removed_ads=tuple(page.text_of(number)[:200] for number in sorted(ads)),
    )


def main_element(page: Outline, masses: Masses) -> tuple[int, bool]:
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


def _named_body(page: Outline, masses: Masses) -> int:
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


def _descend(page: Outline, masses: Masses, mass: list[float]) -> int:
    """From the body down, into the child that holds nearly all, as long as that child is more than one paragraph."""
    children: dict[int, list[int]] = {}
    for number, parent in enumerate(page.parents):
        if parent >= 0 and mass[number] > 0:
            children.setdefault(parent, []).append(number)
    tables = data_tables(page)
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
        if mass is masses.running and _has_kin(masses, below, best):
            return current
        if not leads or page.tags[best] == "p" or best in tables or not masses.blocks[best]:
            return current
        current = best


def _has_kin(masses: Masses, children: list[int], best: int) -> bool:
    """Whether a paragraph of the same text stands right before or after the best child: then the parent is the text."""
    at = children.index(best)
    around = children[max(0, at - 1) : at] + children[at + 1 : at + 2]
    return any(
        masses.prose[one] >= 20 and masses.linked[one] < masses.prose[one] and masses.blocks[one] <= 1 for one in around
    )


def _ads(page: Outline, root: int, url: str) -> Iterator[int]:
    """Advertising blocks inside the main content, outermost only."""
    last, found = -1, 0
    for number in range(root + 1, page.last[root] + 1):
        if number > last and page.tags[number] not in INLINE_TAGS and is_ad_block(page, number, url):
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


def _items(page: Outline, root: int, masses: Masses) -> int:
    """Entries of a list: links of some length inside the content that stand in lines of their own, or dates beside them."""
    lines = {
        run.line
        for run in page.runs[page.first_run[root] : page.last_run[root]]
        if run.link >= 0 and len(run.text) >= 5
    }
    return max(len(lines), masses.dated[root] if lines else 0)
