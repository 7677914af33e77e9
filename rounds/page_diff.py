"""Two captures of one page, told apart from their archived bytes: bytes, build, scripts and forms, and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from cleaning.page import Form
from cleaning.skeleton import skeleton
from cleaning.text_diff import Step, text_diff
from pipelines.archive_reader import read
from pipelines.errors import RecordMissing
from pipelines.recapture import why_missing
from pipelines.store.connect import Document
from pipelines.store.records import archive_of

DRAWN = "text/html; charset=utf-8"  # a rendered DOM as it is archived


@dataclass(frozen=True, slots=True)
class Listed:
    """What one list has and the other has not, in order."""

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bytes:
    """The content-decoded bodies.  `first` is the first byte that differs, -1 where none does."""

    sizes: tuple[int, int]
    hashes: tuple[str, str]
    first: int
    span: tuple[int, int]  # bytes between what both begin and end with


@dataclass(frozen=True, slots=True)
class PageDiff:
    """`elements` are of the rendered DOM where both captures have one, else of the bytes."""

    key: str
    rounds: tuple[str, str]
    bytes: Bytes
    drawn: bool
    elements: Listed
    scripts: Listed
    forms: Listed
    text: tuple[Step, ...]
    whole: bool  # False where a text was stored shortened, or a page has more elements than are looked at


def page_diff(before: Document, after: Document) -> PageDiff:
    """Compare the captures behind two page records.  Raises RecordMissing, RecordBroken, ArchiveAway."""
    old, new = _body(before, "archive"), _body(after, "archive")
    drawn = bool(before.get("dom_archive") and after.get("dom_archive"))
    built = tuple(
        skeleton(_body(one, "dom_archive"), one["url"], DRAWN)
        if drawn
        else skeleton(body, one["url"], one["content_type"])
        for one, body in ((before, old), (after, new))
    )
    return PageDiff(
        key=after["key"],
        rounds=(before["round"], after["round"]),
        bytes=bytes_diff(old, new, (before["sha256"], after["sha256"])),
        drawn=drawn,
        elements=listed(built[0].elements, built[1].elements),
        scripts=listed(built[0].scripts, built[1].scripts),
        forms=listed(*(tuple(map(form_line, one.forms)) for one in built)),
        text=text_diff(before["text"], after["text"]),
        whole=not (before["text_cut"] or after["text_cut"]) and all(one.whole for one in built),
    )


def bytes_diff(old: bytes, new: bytes, hashes: tuple[str, str]) -> Bytes:
    """Where two bodies part."""
    if old == new:
        return Bytes((len(old), len(new)), hashes, -1, (0, 0))
    first = _common(old, new)
    end = _common(old[first:][::-1], new[first:][::-1])
    return Bytes((len(old), len(new)), hashes, first, (len(old) - first - end, len(new) - first - end))


def listed(old: Sequence[str], new: Sequence[str]) -> Listed:
    """What is in one and not in the other, by the shortest way between them."""
    removed: list[str] = []
    added: list[str] = []
    for op, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if op != "equal":
            removed += old[i:j]
            added += new[k:m]
    return Listed(tuple(removed), tuple(added))


def form_line(form: Form) -> str:
    """A form in one line: what it is for, how and where it sends which fields."""
    return f"{form.role} {form.method} {form.action} ({', '.join(form.fields)})"


def document(diff: PageDiff) -> Mapping[str, Any]:
    """As JSON."""
    return {
        "key": diff.key,
        "rounds": list(diff.rounds),
        "whole": diff.whole,
        "bytes": {
            "equal": diff.bytes.first < 0,
            "sizes": list(diff.bytes.sizes),
            "sha256": list(diff.bytes.hashes),
            "first": diff.bytes.first,
            "span": list(diff.bytes.span),
        },
        "drawn": diff.drawn,
        **{
            name: {"removed": list(part.removed), "added": list(part.added)}
            for name, part in (("elements", diff.elements), ("scripts", diff.scripts), ("forms", diff.forms))
        },
        "text": [[{"op": str(piece.op), "text": piece.text} for piece in step.pieces] for step in diff.text],
    }


def _body(record: Document, field: str) -> bytes:
    ref = archive_of(record, field)
    if ref is None:
        raise RecordMissing(why_missing(record))
    return read(ref).body


def _common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with: halved, for a loop over bytes takes seconds on a large page."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
