"""The one HTML parse of a page, guarded against markup that makes any HTML5 parser quadratic.

The tree builder walks its stack of open elements for every tag and rebuilds unclosed formatting elements in every
block: 100,000 nested `<div>` take 8 s, 3,000 `<b id=…><p>` 1.5 s (selectolax 1.0.2, Lexbor).  Pages with fewer tags
than `SUSPECT` are not looked at; real home pages of provinces have about 3,000.
"""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

SUSPECT: Final = 6_000  # "<" in a page, below which nothing here is worth a look
SHORTEST_TAG: Final = 3  # characters
MAX_DEPTH: Final = 400  # open elements; Blink cuts at 512
MAX_FORMATTING: Final = 24  # open formatting elements
LONG_TAG: Final = 16_000  # characters of one tag
MAX_ATTRIBUTES: Final = 400
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9\-]{0,40})[^<>]*>")
LONG: Final = re.compile(r"<[a-zA-Z][^<>]{16000}[^<>]*")
FORMATTING: Final = frozenset(
    {"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
# Never nest by themselves: void, closed by their next sibling, or holding raw text.
FLAT: Final = frozenset(
    {
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ),
        *("p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "a", "frame"),
        *("script", "style", "title", "textarea", "iframe", "noscript", "html", "head", "body"),
    }
)


def parse(text: str, utf8: bytes | None = None) -> LexborHTMLParser:
    """Tree of an HTML text.  Tags nested deeper than any reader can follow are left out; their contents stay.

    `utf8`: the same text as bytes in UTF-8, where they are at hand, so that they need not be made again.
    """
    if _may_hold_long_tag(text) and LONG.search(text):
        text, utf8 = LONG.sub(_fewer_attributes, text), None
    if len(text) > SUSPECT * SHORTEST_TAG and text.count("<") > SUSPECT and _is_too_deep(text):
        text, utf8 = _flattened(text), None
    return LexborHTMLParser(text if utf8 is None else utf8)


def _may_hold_long_tag(text: str) -> bool:
    """A long tag covers one of these pieces whole, and no other tag begins in it: a look-up for each, no search."""
    half = LONG_TAG // 2
    return any(text.find("<", start, start + half) < 0 for start in range(0, len(text) - half, half))


def _fewer_attributes(found: re.Match[str]) -> str:
    parts = found[0].split(None, MAX_ATTRIBUTES)
    return " ".join(parts[:MAX_ATTRIBUTES]) if len(parts) > MAX_ATTRIBUTES else found[0]


class _Depth:
    """Counts open elements as tags go by; True says the tag is beyond the limits."""

    def __init__(self) -> None:
        self.blocks = 0
        self.formatting = 0

    def passes(self, closing: bool, name: str) -> bool:  # noqa: FBT001  # straight from the pattern's groups
        if name in FLAT:
            return True
        if name in FORMATTING:
            self.formatting = max(0, self.formatting - 1) if closing else self.formatting + 1
            return closing or self.formatting <= MAX_FORMATTING
        self.blocks = max(0, self.blocks - 1) if closing else self.blocks + 1
        return closing or self.blocks <= MAX_DEPTH


def _is_too_deep(text: str) -> bool:
    depth = _Depth()
    return not all(depth.passes(bool(tag[1]), tag[2].lower()) for tag in TAG.finditer(text))


def _flattened(text: str) -> str:
    depth = _Depth()
    return TAG.sub(lambda tag: tag[0] if depth.passes(bool(tag[1]), tag[2].lower()) else " ", text)
