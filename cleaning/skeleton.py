"""What a page is built of, for holding two captures of it side by side: its elements, scripts and forms.  Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from cleaning.decode import decode
from cleaning.page import Form, Media
from cleaning.parse import parse
from cleaning.read import read

MOST_ELEMENTS: Final = 20_000  # of a page; what comes after is left out, and said
FIRST: Final = 80  # letters of an inline script that stand for it
_BLANKS: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """One capture's build: elements as `tag#id.class.class` in document order, scripts by address or beginning and hash."""

    elements: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    whole: bool = True  # False where a page has more elements than are looked at


def skeleton(body: bytes, url: str, content_type: str) -> Skeleton:
    """The build of a page; of what is no HTML, nothing."""
    reading = read(body, url, content_type=content_type)
    if reading.media is not Media.HTML:
        return Skeleton()
    tree = parse(decode(body, content_type).text)
    elements = tuple(_elements(tree))
    return Skeleton(
        elements[:MOST_ELEMENTS], tuple(_scripts(tree)), reading.forms, whole=len(elements) <= MOST_ELEMENTS
    )


def _elements(tree: LexborHTMLParser) -> Iterator[str]:
    if tree.root is None:
        return
    for number, node in enumerate(tree.root.traverse()):
        if number > MOST_ELEMENTS:
            return
        yield _signature(node.tag or "", node.attributes)


def _signature(tag: str, attributes: Mapping[str, str | None]) -> str:
    name = f"#{attributes['id']}" if attributes.get("id") else ""
    return tag + name + "".join(f".{one}" for one in (attributes.get("class") or "").split())


def _scripts(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css("script"):
        source = node.attributes.get("src")
        if source:
            yield source
        elif text := _BLANKS.sub(" ", node.text() or "").strip():
            yield f"{text[:FIRST]} ({hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]})"
