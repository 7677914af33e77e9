"""One walk over the parsed tree, kept as columns: elements in document order, and the runs of text they hold.

Every part of reading (main content, title, links, forms, scripts) takes its elements from this outline; nobody else
walks or searches the whole tree.  The walk is iterative and linear, so that depth and size of a hostile page cost time
in proportion and never the stack.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaning.zones import MAX_NAME, Sort, sort_of

SILENT_TAGS: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "audio",
        "video",
        "applet",
        "textarea",
        "datalist",
        "noframes",
        "math",
    ],
)
INLINE_TAGS: Final = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "o:p",
        "st1:chsdate",
        "input",
        "stl:a",
        "nobr",
    ],
)
_ZERO_WIDTH_MARKS: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_ZERO_WIDTH: Final = re.compile(f"[{_ZERO_WIDTH_MARKS}]")
# What a tag does to lines and text.  Kinds above the block have something of their own to do, see `Outline.enter`.
_SILENT, _TEXT, _INLINE, _BLOCK, _LINK, _OPTION, _ROW, _CELL, _TABLE = range(9)
_KINDS: Final[dict[str, int]] = (
    dict.fromkeys(
        ("div", "p", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "br", "tbody", "form", "body"), _BLOCK
    )
    | dict.fromkeys(INLINE_TAGS, _INLINE)
    | dict.fromkeys(SILENT_TAGS, _SILENT)
    | {"-text": _TEXT, "a": _LINK, "option": _OPTION, "tr": _ROW, "td": _CELL, "th": _CELL, "table": _TABLE}
)
_DAY: Final = re.compile(r"^[\[(（【]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）】]?$")
_DAY_MAX: Final = 13  # characters of the longest day
_IN_LINE: Final = frozenset({_INLINE, _LINK})
# Elements that some part of reading asks for, and attributes that make any element one of them.
RARE: Final = frozenset({"meta", "link", "base", "title", "style", "noscript", "form", "textarea", "iframe", "frame"})
WANTED: Final = RARE | {
    *("a", "area", "option", "script", "template", "xmp", "body", "img", "input"),
}
_UNSEEN: Final = frozenset({"", "-comment"})
HANDLERS: Final = frozenset({"onclick", "ondblclick", "data-href"})

Place = tuple[int, int, int]  # the link (or option), row and table that text stands in, -1 for none
NOWHERE: Final = (-1, -1, -1)
Attributes = dict[str, str | None]
# Of a tag: its name, kind, whether it is wanted, its sort without attributes, whether it parts lines.
_Told = tuple[str, int, bool, Sort, bool]
_Opened = tuple[Sort, int, int]  # of an element: its sort, parent and first run
_End = tuple[int, int]  # one past its last run, and the last element of its subtree
_Run = tuple[str, int, int, Place, bool]  # text, owner, line, place, glue
_OWN_NUMBERS: Final = (
    1024  # Lexbor numbers the tags it knows from 1 on; others have the address of their name in a document
)
_TEXT_NUMBER: Final = 2  # and of text nodes
_KNOWN: Final[dict[int, _Told]] = {}
Element = tuple[str, LexborNode, Attributes]  # tag, node, attributes by their names in lower case


class Script(NamedTuple):
    """A script with its attributes and its text."""

    node: LexborNode
    given: Attributes
    code: str


def fold(text: str) -> str:
    """White space folded to single blanks, zero-width marks dropped, ends trimmed.  Idempotent."""
    folded = " ".join(text.split())
    if folded.isascii() or not any(mark in folded for mark in _ZERO_WIDTH_MARKS):
        return folded
    return " ".join(_ZERO_WIDTH.sub("", folded).split())


def words_of(node: LexborNode) -> str:
    """The text of an element as `node.text()` gives it; most hold one text and nothing else, which costs a fifth to ask."""
    child = node.first_child
    if child is None:
        return ""
    if child.tag_id == _TEXT_NUMBER and child.next is None:
        return child.text_content or ""
    return node.text()


@dataclass(slots=True)
class Outline:
    """Columns over elements (numbered in document order; a subtree is the range `n … last[n]`) and over text runs.

    A run is one text node.  Elements outside the body, and such as are never shown, are only in `wanted` and `scripts`.
    """

    sorts: list[Sort] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    first_run: list[int] = field(default_factory=list)
    last_run: list[int] = field(default_factory=list)  # one past the last
    last: list[int] = field(default_factory=list)  # last element of the subtree
    named: list[int] = field(default_factory=list)  # elements whose sort says anything but the tag
    hrefs: dict[int, str] = field(default_factory=dict)
    layout_tables: set[int] = field(default_factory=set)  # tables that hold tables
    table_of_row: dict[int, int] = field(default_factory=dict)
    cells_of_row: dict[int, int] = field(default_factory=dict)
    texts: tuple[str, ...] = ()  # of each run, folded
    owners: tuple[int, ...] = ()  # the element that holds the run
    lines: tuple[int, ...] = ()  # runs with the same number stand in one line
    links: tuple[int, ...] = ()  # element number of the enclosing <a> or <option>, -1 outside of links
    rows: tuple[int, ...] = ()  # element number of the nearest <tr>, -1 outside of tables
    glues: tuple[bool, ...] = ()  # no white space stood before it
    whole: str = ""  # all runs, a line each
    starts: list[int] = field(default_factory=lambda: [0])  # of each run in `whole`, and one past its end
    before: list[int] = field(default_factory=lambda: [0])  # characters of the runs before each run, and of all
    wanted: list[Element] = field(default_factory=list)  # of the whole document, in its order
    words: dict[int, str] = field(default_factory=dict)  # by their place there, of such as hold one text and no more
    rare: list[Element] = field(default_factory=list)  # those of them that are neither links nor pictures
    scripts: list[Script] = field(default_factory=list)

    def inside(self, element: int, root: int) -> bool:
        """Whether `element` stands in the subtree of `root`."""
        return root <= element <= self.last[root]

    def text_of(self, element: int) -> str:
        """All text of a subtree in one line."""
        return self.joined(range(self.first_run[element], self.last_run[element]))

    def length_of(self, element: int) -> int:
        """Characters of the runs of a subtree."""
        return self.before[self.last_run[element]] - self.before[self.first_run[element]]

    def children(self, element: int) -> list[int]:
        """The elements right below an element."""
        found, child, last = [], element + 1, self.last
        end = last[element]
        while child <= end:
            found.append(child)
            child = last[child] + 1
        return found

    def all_of(self, *tags: str) -> list[Element]:
        """The wanted elements of some tags of `RARE`."""
        return [element for element in self.rare if element[0] in tags]

    def joined(self, numbers: range | list[int]) -> str:
        """Runs in one line: a blank where the source had white space, a new line, another cell or another link."""
        if len(numbers) == 1:
            return self.texts[numbers[0]]
        texts, lines, glues = self.texts, self.lines, self.glues
        parts: list[str] = []
        before = -1
        for number in numbers:
            if before >= 0 and (not glues[number] or lines[before] != lines[number] or self._apart(before, number)):
                parts.append(" ")
            parts.append(texts[number])
            before = number
        return "".join(parts)

    def _apart(self, before: int, number: int) -> bool:
        """Whether styling parts two runs of one line: two links, or a link and the date beside it."""
        one, other = self.links[before], self.links[number]
        if one == other:
            return False
        return (one >= 0 and other >= 0) or _is_day(self.texts[number]) or _is_day(self.texts[before])

    def enter(self, kind: int, number: int, place: Place) -> Place:
        """Where text stands inside an option or a part of a table, and what such an element counts for."""
        link, row, table = place
        if kind == _OPTION:
            return number, row, table
        if kind == _ROW:
            self.table_of_row[number] = table
            self.cells_of_row[number] = 0
            return link, number, table
        if kind == _TABLE:
            if table >= 0:
                self.layout_tables.add(table)
            return link, row, number
        if row >= 0:  # a cell
            self.cells_of_row[row] += 1
        return place

    def turn(self, opened: list[_Opened], ends: list[_End], runs: list[_Run]) -> "Outline":
        """This outline with elements and runs as columns."""
        if opened:
            self.sorts, self.parents, self.first_run = map(list, zip(*opened, strict=True))
            self.last_run, self.last = map(list, zip(*ends, strict=True))
        self.named = [number for number, sort in enumerate(self.sorts) if sort.named]
        self.rare = [element for element in self.wanted if element[0] in RARE]
        if runs:
            self.texts, self.owners, self.lines, places, self.glues = zip(*runs, strict=True)
            self.links, self.rows, _ = zip(*places, strict=True)
            self.before = list(accumulate(map(len, self.texts), initial=0))
            self.whole = "\n".join(self.texts)
            self.starts = [before + run for run, before in enumerate(self.before)]
        return self

    def meet_below(self, node: LexborNode) -> None:
        """Keep what some part of reading asks for of a subtree that shows no text."""
        if (node.tag or "") in _UNSEEN:
            return
        child = node.first_child
        alone = child is None or (child.tag_id == _TEXT_NUMBER and child.next is None)  # as a script is
        for inner in (node,) if alone else node.traverse():
            tag, given = inner.tag or "", inner.attributes
            if tag in WANTED or not HANDLERS.isdisjoint(given):
                self.wanted.append((tag, inner, given))
                if tag == "script":
                    self.scripts.append(Script(inner, given, words_of(inner)))


def _is_day(text: str) -> bool:
    return len(text) <= _DAY_MAX and _DAY.match(text) is not None


def outline(tree: LexborHTMLParser, excluded: Collection[int] = ()) -> Outline:
    """Walk the document.  `excluded`: `mem_id`s of elements whose text is left out with all they contain."""
    page = _walk(tree, excluded, marked=False)
    # Few pages hold zero-width marks, and a look at each run would cost all of them.
    return _walk(tree, excluded, marked=True) if any(mark in page.whole for mark in _ZERO_WIDTH_MARKS) else page


def _begun(tree: LexborHTMLParser) -> Outline:
    out = Outline()
    if tree.body is not None and tree.head is not None:
        out.meet_below(tree.head)
    return out


def _told(node: LexborNode) -> _Told:
    """What a node's tag says, remembered for the tags that Lexbor has numbers of its own for."""
    tag = node.tag or ""
    kind = _KINDS.get(tag)
    if kind is None:
        kind = _SILENT if not tag or tag[0] in "-!_" else _BLOCK
    told = tag, kind, tag in WANTED, sort_of(tag, "", ""), kind not in _IN_LINE
    if node.tag_id < _OWN_NUMBERS:
        _KNOWN[node.tag_id] = told
    return told


def _walk(tree: LexborHTMLParser, excluded: Collection[int], *, marked: bool) -> Outline:  # noqa: C901, PLR0912, PLR0915 - the hot loop of reading: a call per node would double its cost
    out, handlers, known, sorted_as = _begun(tree), HANDLERS, _KNOWN.get, sort_of
    opened: list[_Opened] = []
    runs: list[_Run] = []
    ends: list[_End] = []
    node, text, line, place, owner, glue = tree.body or tree.root, None, 0, NOWHERE, -1, True
    stack: list[tuple[LexborNode, int, int, Place, bool]] = []
    while node is not None:
        tag, kind, asked, sort, parts = known(node.tag_id) or _told(node)
        text, number, inside = None, owner, place
        if kind == _TEXT:
            text = node
        elif kind == _SILENT:
            out.meet_below(node)
        elif not excluded or node.mem_id not in excluded:
            number = len(opened)
            if given := node.attributes:
                ident, classes = given.get("id"), given.get("class")
                if ident or classes:
                    sort = sorted_as(tag, (ident or "")[:MAX_NAME], (classes or "")[:MAX_NAME])
            if asked or (given and not handlers.isdisjoint(given)):
                out.wanted.append((tag, node, given))
            opened.append((sort, owner, len(runs)))
            line += parts
            if kind == _LINK:
                out.hrefs[number], inside = given.get("href") or "", (number, place[1], place[2])
            elif kind > _BLOCK:
                inside = out.enter(kind, number, place)
            text = node.first_child
            if text is not None and text.is_empty_text_node:
                glue, text = False, text.next
            if text is not None and (text.tag_id != _TEXT_NUMBER or text.next is not None):
                ends.append((0, 0))
                stack.append((node, number, owner, place, parts))
                node, owner, place = text, number, inside
                continue
        # Half of all elements hold one text and nothing else, and are closed at once; blanks are passed with a look.
        if text is not None:
            raw = text.text_content or ""
            if asked and number != owner:
                out.words[len(out.wanted) - 1] = raw
            folded = fold(raw) if marked else " ".join(raw.split())
            same = folded == raw
            if folded:
                runs.append((folded, number, line, inside, glue and (same or not raw[0].isspace())))
            glue = folded != "" and (same or not raw[-1].isspace())
        if number != owner:
            ends.append((len(runs), number))
            line += parts
        node = node.next if stack else None
        while True:
            if node is not None and node.is_empty_text_node:
                glue, node = False, node.next
            if node is not None or not stack:
                break
            node, number, owner, place, parts = stack.pop()
            ends[number], line = (len(runs), len(opened) - 1), line + parts
            node = node.next if stack else None
    return out.turn(opened, ends, runs)
