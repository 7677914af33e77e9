"""What a point rests on: citations by document number, each of a document the catalogue lists.

A source is citations apart by `;`: a document's number, then perhaps a blank and the place in it, then perhaps a note in
parentheses: `国办发〔2018〕32号(8.5个工作日)`, `中国地方政府互联网服务能力发展报告(2019) 第二章(一)1`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from indicators.errors import CatalogueError

DOCUMENTS: Final = "_documents.toml"
_KEYS: Final = frozenset({"number", "title", "issuer", "read"})
# What may follow a number: a blank and the place, or a note to the end.
_REST: Final = re.compile(r"(?: (?P<place>\S.*?))?(?P<note>\(.+\))?")


class Read(StrEnum):
    """How much of a document was read before it was cited."""

    WHOLE = "whole"  # the passage cited
    PART = "part"  # some of the text, a mirror or a second-hand notice
    UNREAD = "unread"  # known to exist; to be checked before it is quoted


@dataclass(frozen=True, slots=True)
class Document:
    """One document; `number` is what citations begin with."""

    number: str
    title: str
    issuer: str
    read: Read


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation; `place` and `note` may be empty."""

    document: Document
    place: str
    note: str


def documents(table: Mapping[str, Any]) -> dict[str, Document]:
    """The documents of `_documents.toml` by number.  Raises CatalogueError."""
    found: dict[str, Document] = {}
    for row in table.get("document", ()):
        where = str(row.get("number", "a document without number"))
        if set(row) != _KEYS or not all(isinstance(text, str) and text.strip() for text in row.values()):
            raise CatalogueError(DOCUMENTS, where, f"needs {', '.join(sorted(_KEYS))} and nothing else, each a text")
        if row["read"] not in set(Read):
            raise CatalogueError(DOCUMENTS, where, f"read = {row['read']!r} is none of {', '.join(Read)}")
        if where in found:
            raise CatalogueError(DOCUMENTS, where, "stands there twice")
        found[where] = Document(where, row["title"], row["issuer"], Read(row["read"]))
    return found


def citations(source: str, known: Mapping[str, Document]) -> tuple[Citation, ...]:
    """The citations of a point's `source`.  Raises ValueError where one is of no known document."""
    return tuple(_citation(part.strip(), known) for part in source.split(";"))


def _citation(text: str, known: Mapping[str, Document]) -> Citation:
    number = max((number for number in known if text.startswith(number)), key=len, default="")
    rest = _REST.fullmatch(text[len(number) :]) if number else None
    if rest is None:
        raise ValueError(f"{text!r} begins with the number of no document of {DOCUMENTS}")
    place, note = rest["place"] or "", (rest["note"] or "")[1:-1]
    return Citation(known[number], place, note)
