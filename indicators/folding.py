"""One way to fold text, for terms and zones alike, that keeps the way back to the unfolded text.

Full-width forms become half-width, letters lower case, and blanks inside letter-spaced Chinese ("索 引 号") go away.
Blanks between words stay: two neighbouring navigation entries must not join into a third word.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.points import PLANE, Points, points_of, text_of

Marks = NDArray[np.uint16]  # of each character of the basic plane: a byte of one's own, and above it its kind

_BLANKS: Final = (0x09, 0x20, 0xA0, 0x2002, 0x2003, 0x3000)  # what pages put between letter-spaced characters


def _case_table() -> NDArray[np.uint16]:
    """Maps a code point to its folded one."""
    table = np.arange(PLANE, dtype=np.uint16)
    for code in range(0xFF01, 0xFF5F):
        table[code] = ord(chr(code - 0xFEE0).lower())
    for code in range(PLANE):
        if 0xD800 <= code <= 0xDFFF or 0xFF01 <= code < 0xFF5F:
            continue
        lower = chr(code).lower()
        if len(lower) == 1:
            table[code] = ord(lower)
    for code in _BLANKS:
        table[code] = 0x20
    return table


def _kinds() -> Marks:
    """The kind of each unfolded character, in the upper byte."""
    table = np.zeros(PLANE, dtype=np.uint16)
    table[list(_BLANKS)] = _BLANK
    table[0x3400:0xA000] = _IDEOGRAPH  # CJK unified ideographs with extension A
    return table


_BLANK, _IDEOGRAPH = 1 << 8, 2 << 8
# A blank goes when it stands beside a lone ideograph, between two.
_GOING: Final = re.compile(rb"\x01(?<=\x02\x01)(?=\x02)(?:(?<!\x02\x02\x01)|(?!\x02\x02))")
_FOLD: Final = _case_table()
_KINDS: Final = _kinds()
_CHANGED: Final = {place: int(code) for place, code in enumerate(_FOLD) if place != code}
_SHORT: Final = 60  # characters: up to here a look-up for each costs less than arrays


class Folded:
    """Folded text as a byte for each of its characters, and the way back to the unfolded text.

    The text itself is folded where and when it is asked for: most of a page is judged by its bytes alone.
    """

    __slots__ = ("_gone", "_left", "_raw", "coded")

    def __init__(self, raw: str, coded: bytes, gone: list[int]) -> None:
        self._raw = raw
        self._gone = gone  # places in it that are not kept
        self._left: list[int] | None = None
        self.coded = coded

    @property
    def text(self) -> str:
        """All of the folded text."""
        return self.part(0, len(self.coded))

    def part(self, start: int, end: int) -> str:
        """The folded text from one of its places up to another."""
        if start >= end:
            return ""
        first, last = self.back(start), self.back(end - 1) + 1
        gone = self._gone
        kept = self._raw[first:last]
        if end - start < last - first:
            lost = [place - first for place in gone[bisect_left(gone, first) : bisect_left(gone, last)]]
            kept = "".join([kept[start:end] for start, end in _without(lost)])
        return kept.translate(_CHANGED) if len(kept) < _SHORT else _case_folded(kept)

    def back(self, place: int) -> int:
        """The unfolded place of a folded one."""
        if not self._gone:
            return place
        if self._left is None:  # folded places of what follows those that are gone
            self._left = [gone - before for before, gone in enumerate(self._gone)]
        return place + bisect_right(self._left, place)

    def forth(self, places: list[int]) -> list[int]:
        """The folded places of unfolded ones (each of the next character kept)."""
        gone = self._gone
        return [place - bisect_left(gone, place) for place in places] if gone else places


def _case_folded(text: str) -> str:
    """The text with each of its characters folded."""
    points = points_of(text)
    units = _FOLD.take(points, mode="clip").astype(np.uint32)
    if int(points.max()) >= PLANE:
        units = np.where(points < PLANE, units, points)
    return text_of(units)


def _without(gone: list[int]) -> Iterator[tuple[int, int | None]]:
    """Where what stands before, between and behind some places begins and ends."""
    return zip([0, *[at + 1 for at in gone]], [*gone, None], strict=True)


def marks_of(classes: NDArray[np.uint8]) -> Marks:
    """What :func:`fold` looks up, made from a table of a byte for each folded character."""
    return classes.take(_FOLD) | _KINDS


def fold(text: str, marks: Marks = _KINDS, points: Points | None = None) -> Folded:
    """Fold `text`, into the bytes that `marks` has for its characters.  Folding twice changes nothing.

    `points`: its code points, where they are known.
    """
    if points is None:
        points = points_of(text)
    found = marks.take(points, mode="clip")  # what lies beyond the plane is as its last place, no character
    coded = found.astype(np.uint8).tobytes()
    gone = [match.start() for match in _GOING.finditer((found >> 8).astype(np.uint8).tobytes())]
    if gone:
        coded = b"".join([coded[start:end] for start, end in _without(gone)])
    return Folded(text, coded, gone)


def folded(text: str) -> str:
    """Only the folded text."""
    return fold(text).text


@lru_cache(maxsize=1 << 14)  # each of a catalogue's seven thousand terms is asked for a dozen times while it is read
def folded_term(term: str) -> str:
    """The same of a term."""
    return folded(term)
