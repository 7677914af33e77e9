"""One walk over the parsed tree, kept as columns: elements in document order, and the runs of text they hold.

Every part that looks at text (main content, title, breadcrumb, tables) reads this outline and not the tree.  The walk
is iterative and linear, so that depth and size of a hostile page cost time in proportion and never the stack.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
_ZERO_WIDTH: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_DAY: Final = re.compile(r"^[\[(（【]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）】]?$")
MAX_NAME: Final = 200


def fold(text: str) -> str:
    """White space folded to single blanks, zero-width marks dropped, ends trimmed.  Idempotent."""
    folded = " ".join(text.split())
    return folded if folded.isascii() else " ".join(folded.translate(_ZERO_WIDTH).split())


@dataclass(slots=True)
class Run:
    """One text node: its folded text, the element that owns it, and where it stands."""

    text: str
    owner: int
    line: int  # runs with the same number stand in one line
    link: int  # element number of the enclosing <a> or <option>, -1 outside of links
    row: int  # element number of the nearest <tr>, -1 outside of tables
    glue: bool  # no white space stood before it


@dataclass(slots=True)
class Outline:
    """Columns over elements (numbered in document order; a subtree is the range `n … last[n]`), and all text runs."""

    tags: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # id and class, lower case
    first_run: list[int] = field(default_factory=list)
    last_run: list[int] = field(default_factory=list)  # one past the last
    last: list[int] = field(default_factory=list)  # last element of the subtree
    hrefs: dict[int, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    layout_tables: set[int] = field(default_factory=set)  # tables that hold tables
    tables: list[int] = field(default_factory=list)
    table_of_row: dict[int, int] = field(default_factory=dict)
    cells_of_row: dict[int, int] = field(default_factory=dict)

    def inside(self, element: int, root: int) -> bool:
        """Whether `element` stands in the subtree of `root`."""
        return root <= element <= self.last[root]

    def text_of(self, element: int) -> str:
        """All text of a subtree in one line."""
        return join_runs(self.runs[self.first_run[element] : self.last_run[element]])


def join_runs(runs: list[Run]) -> str:
    """Runs in one line: a blank where the source had white space, a new line, another cell or another link."""
    parts: list[str] = []
    before: Run | None = None
    for run in runs:
        if before is not None and (not run.glue or before.line != run.line or _apart(before, run)):
            parts.append(" ")
        parts.append(run.text)
        before = run
    return "".join(parts)


def _apart(before: Run, run: Run) -> bool:
    """Whether styling parts two runs of one line: two links, or a link and the date beside it."""
    if run.link == before.link:
        return False
    return (run.link >= 0 and before.link >= 0) or bool(_DAY.match(run.text) or _DAY.match(before.text))


class _Walk:
    """State of the walk: which line, link, row and table the next text belongs to."""

    def __init__(self, excluded: Collection[int]) -> None:
        self.out = Outline()
        self.excluded = excluded
        self.line = 0
        self.link = -1
        self.row = -1
        self.table = -1
        self.glue = True

    def enter(self, node: LexborNode, tag: str, parent: int) -> int:
        out = self.out
        number = len(out.tags)
        attributes = node.attributes
        name = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"[:MAX_NAME].lower() if attributes else ""
        out.tags.append(tag)
        out.parents.append(parent)
        out.names.append(name)
        out.first_run.append(len(out.runs))
        out.last_run.append(len(out.runs))
        out.last.append(number)
        if tag not in INLINE_TAGS:
            self.line += 1
        if tag == "a":
            self.link = number
            out.hrefs[number] = attributes.get("href") or ""
        elif tag == "option":
            self.link = number
        elif tag == "tr":
            self.row = number
            out.table_of_row[number] = self.table
            out.cells_of_row[number] = 0
        elif tag in {"td", "th"} and self.row >= 0:
            out.cells_of_row[self.row] += 1
        elif tag == "table":
            if self.table >= 0:
                out.layout_tables.add(self.table)
            self.table = number
            out.tables.append(number)
        return number

    def leave(self, number: int, saved: tuple[int, int, int]) -> None:
        out = self.out
        out.last_run[number] = len(out.runs)
        out.last[number] = len(out.tags) - 1
        if out.tags[number] not in INLINE_TAGS:
            self.line += 1
        self.link, self.row, self.table = saved

    def text(self, raw: str, owner: int) -> None:
        folded = fold(raw)
        if not folded:
            self.glue = False
            return
        glue = self.glue and not raw[0].isspace()
        self.out.runs.append(Run(folded, owner, self.line, self.link, self.row, glue))
        self.glue = not raw[-1].isspace()


def outline(tree: LexborHTMLParser, excluded: Collection[int] = ()) -> Outline:
    """Walk the body.  `excluded` holds `mem_id`s of elements to leave out with all they contain (hidden link blocks)."""
    walk = _Walk(excluded)
    node = tree.body or tree.root
    if node is None:
        return walk.out
    stack: list[tuple[LexborNode, int, tuple[int, int, int]]] = []
    current: LexborNode | None = node
    while current is not None:
        tag = current.tag or ""
        child: LexborNode | None = None
        if tag == "-text":
            walk.text(current.text_content or "", stack[-1][1] if stack else 0)
        elif tag and tag[0] not in "-!_" and tag not in SILENT_TAGS and not _left_out(current, excluded):
            saved = (walk.link, walk.row, walk.table)
            number = walk.enter(current, tag, stack[-1][1] if stack else -1)
            child = current.first_child
            if child is not None:
                stack.append((current, number, saved))
                current = child
                continue
            walk.leave(number, saved)
        current = _advance(current, stack, walk)
    return walk.out


def _left_out(node: LexborNode, excluded: Collection[int]) -> bool:
    return bool(excluded) and node.mem_id in excluded


def _advance(
    node: LexborNode,
    stack: list[tuple[LexborNode, int, tuple[int, int, int]]],
    walk: _Walk,
) -> LexborNode | None:
    """The next node in document order after the subtree of `node`, leaving finished elements on the way."""
    while stack:
        following = node.next
        if following is not None:
            return following
        node, number, saved = stack.pop()
        walk.leave(number, saved)
    return None
