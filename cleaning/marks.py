"""What a page says without words: names of pictures and scripts, hints of inputs, names of links that are icons."""

from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

SELECTOR: Final = "img, script[src], input, textarea, a[title], a[class]"
MOST: Final = 400  # of a page: beyond are galleries, which say nothing new
LENGTH: Final = 80
SILENT_INPUTS: Final = frozenset({"hidden", "checkbox", "radio"})


def read_marks(tree: LexborHTMLParser) -> tuple[str, ...]:
    """The marks in document order, each once, white space folded."""
    found: dict[str, None] = {}
    for node in tree.css(SELECTOR):
        for part in _parts(node):
            mark = " ".join(part.split())[:LENGTH]
            if mark:
                found[mark] = None
        if len(found) >= MOST:
            break
    return tuple(found)[:MOST]


def _parts(node: LexborNode) -> Iterator[str]:
    given = node.attributes
    if node.tag in {"img", "script"}:
        names = ["alt", "title"]
        yield _file(given.get("src") or "")
    elif node.tag == "a":
        names = [] if node.text().strip() else ["title", "class"]
    elif (given.get("type") or "").lower() in SILENT_INPUTS:
        return
    else:
        names = ["placeholder", "name" if given.get("name") else "id", "value", "title"]
    for name in names:
        yield given.get(name) or ""


def _file(source: str) -> str:
    """The last two segments of an address: `wza/wza.js`."""
    path = source.partition("?")[0].partition("#")[0]
    return "" if path.startswith("data:") else "/".join(path.split("/")[-2:])
