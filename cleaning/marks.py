"""What a page says without words: names of pictures and scripts, hints of inputs, names of links that are icons.

And what only programs read: a feed (`rss`) and a view for telephones (`mobile-view`) that its head names.
"""

from typing import Final

from cleaning.memory import remembered
from cleaning.outline import Attributes, Outline, words_of

MOST: Final = 400  # of a page: beyond are galleries, which say nothing new
LENGTH: Final = 80
KEPT: Final = 4_096  # addresses remembered, of at most so many characters
KEPT_LENGTH: Final = 200
Parts = tuple[str | None, ...]
FEEDS: Final = frozenset({"application/rss+xml", "application/atom+xml"})
SILENT_INPUTS: Final = frozenset({"hidden", "checkbox", "radio"})


def read_marks(page: Outline) -> tuple[str, ...]:
    """The marks in document order, each once, white space folded."""
    found: dict[str, None] = {}
    for place, (tag, node, given) in enumerate(page.wanted):
        parts: Parts
        if tag == "a":  # most have words, and no name but them
            if not ("title" in given or "class" in given) or (page.words.get(place) or words_of(node)).strip():
                continue
            parts = given.get("title"), given.get("class")
        elif tag == "img" or (tag == "script" and "src" in given):
            parts = (_file(given.get("src") or ""), given.get("alt"), given.get("title"))
        elif tag in {"input", "textarea"}:
            parts = _input(given)
        elif tag in {"link", "meta"}:
            parts = _named_by(tag, given)
        else:
            continue
        for part in parts:
            if part and (mark := " ".join(part.split())[:LENGTH]):
                found[mark] = None
        if len(found) >= MOST:
            break
    return tuple(found)[:MOST]


def _named_by(tag: str, given: Attributes) -> Parts:
    """Of a head: a feed, or the same page for telephones (`mobile-agent` is the search engines' own tag for it)."""
    if tag == "meta":
        return ("mobile-view",) if (given.get("name") or "").lower() == "mobile-agent" and given.get("content") else ()
    if (given.get("rel") or "").lower() != "alternate" or not given.get("href"):
        return ()
    if (given.get("type") or "").lower() in FEEDS:
        return ("rss",)
    media = (given.get("media") or "").lower()
    return ("mobile-view",) if "handheld" in media or "max-width" in media else ()


def _input(given: Attributes) -> Parts:
    if (given.get("type") or "").lower() in SILENT_INPUTS:
        return ()
    return given.get("placeholder"), given.get("name") or given.get("id"), given.get("value"), given.get("title")


@remembered(KEPT, KEPT_LENGTH)
def _file(source: str) -> str:
    """The last two segments of an address: `wza/wza.js`."""
    path = source.partition("?")[0].partition("#")[0]
    return "" if path.startswith("data:") else "/".join(path.split("/")[-2:])
