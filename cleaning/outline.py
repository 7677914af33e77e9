"""One walk over the parsed tree, kept as columns: elements in document order, and the runs of text they hold.

Every part that looks at text (main content, title, breadcrumb, tables) reads this outline and not the tree.  The walk
is iterative and linear, so that depth and size of a hostile page cost time in proportion and never the stack.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import accumulate
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
_ZERO_WIDTH: Final = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_KINDS: Final[dict[str, str]] = (
    dict.fromkeys(
        ("div", "p", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "br", "tbody", "form"), "block"
    )
    | dict.fromkeys(INLINE_TAGS, "inline")
    | dict.fromkeys(SILENT_TAGS, "silent")
    | {"-text": "text", "a": "a", "option": "option", "tr": "tr", "td": "cell", "th": "cell", "table": "table"}
)
_IN_LINE: Final = frozenset({"inline", "a"})
_DAY: Final = re.compile(r"^[\[(（【]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）】]?$")
MAX_NAME: Final = 200


def fold(text: str) -> str:
    """White space folded to single blanks, zero-width marks dropped, ends trimmed.  Idempotent."""
    folded = " ".join(text.split())
    if folded.isascii() or not _ZERO_WIDTH.search(folded):
        return folded
    return " ".join(_ZERO_WIDTH.sub("", folded).split())


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
    before: list[int] = field(default_factory=lambda: [0])  # characters of the runs before each run, and of all

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


def outline(tree: LexborHTMLParser, excluded: Collection[int] = ()) -> Outline:  # noqa: C901, PLR0912, PLR0915 - the hot loop of reading: a call per node would double its cost
    """Walk the body.  `excluded` holds `mem_id`s of elements to leave out with all they contain (hidden link blocks)."""
    out = Outline()
    tags, runs, last_run, last = out.tags, out.runs, out.last_run, out.last
    node: LexborNode | None = tree.body or tree.root
    line, link, row, table = 0, -1, -1, -1  # which line, link, row and table the next text belongs to
    owner, glue = -1, True
    stack: list[tuple[LexborNode, int, int, int, int, int, str]] = []
    while node is not None:
        tag = node.tag or ""
        kind = _KINDS.get(tag) or ("silent" if not tag or tag[0] in "-!_" else "block")
        if kind == "text":
            raw = node.text_content or ""
            if folded := fold(raw):
                runs.append(Run(folded, max(owner, 0), line, link, row, glue and not raw[0].isspace()))
                glue = not raw[-1].isspace()
            else:
                glue = False
        elif kind != "silent" and not (excluded and node.mem_id in excluded):
            number, given, entered = len(tags), node.attributes, (link, row, table)
            _enter(out, tag, owner, given)
            if kind == "a":
                link = number
                out.hrefs[number] = given.get("href") or ""
            elif kind != "inline":
                line += 1
                if kind == "option":
                    link = number
                elif kind == "tr":
                    row = number
                    out.table_of_row[number] = table
                    out.cells_of_row[number] = 0
                elif kind == "cell" and row >= 0:
                    out.cells_of_row[row] += 1
                elif kind == "table":
                    if table >= 0:
                        out.layout_tables.add(table)
                    table = number
                    out.tables.append(number)
            child = node.first_child
            if child is not None:
                stack.append((node, owner, number, *entered, kind))
                owner, node = number, child
                continue
            link, row, table = entered
            line += kind not in _IN_LINE
        following = node.next if stack else None
        while following is None and stack:
            node, owner, number, link, row, table, kind = stack.pop()
            last_run[number] = len(runs)
            last[number] = len(tags) - 1
            line += kind not in _IN_LINE
            following = node.next if stack else None
        node = following
    out.before = list(accumulate((len(run.text) for run in runs), initial=0))
    return out


def _enter(out: Outline, tag: str, owner: int, given: dict[str, str | None]) -> None:
    """A new element, empty as yet."""
    name = f"{given.get('id') or ''} {given.get('class') or ''}"[:MAX_NAME].lower() if given else ""
    out.last.append(len(out.tags))
    out.tags.append(tag)
    out.parents.append(owner)
    out.names.append(name)
    out.first_run.append(len(out.runs))
    out.last_run.append(len(out.runs))
