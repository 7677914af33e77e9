"""One way to fold text, for terms and zones alike, that keeps the way back to the unfolded text.

Full-width forms become half-width, letters lower case, and blanks inside letter-spaced Chinese ("索 引 号") go away.
Blanks between words stay: two neighbouring navigation entries must not join into a third word.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from cleaning.points import PLANE, Points, low_of, points_of, text_of

_BLANKS: Final = (0x09, 0x20, 0xA0, 0x2002, 0x2003, 0x3000)  # what pages put between letter-spaced characters


def _case_table() -> Points:
    """Maps a code unit to its folded one."""
    table = np.arange(PLANE, dtype=np.uint32)
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


def _flags(places: slice | list[int]) -> npt.NDArray[np.bool_]:
    table = np.zeros(PLANE, dtype=np.bool_)
    table[places] = True
    return table


_FOLD: Final = _case_table()
_IS_IDEOGRAPH: Final = _flags(slice(0x3400, 0xA000))  # CJK unified ideographs with extension A
_IS_BLANK: Final = _flags(list(_BLANKS))


class Folded:
    """Folded text, and the way back to the unfolded one."""

    __slots__ = ("_after", "_gone", "_raw", "_text", "low")

    def __init__(self, raw: Points, low: Points, gone: npt.NDArray[np.intp] | None) -> None:
        self._raw = raw  # code points of the unfolded text
        self._gone = gone  # places in it that are not kept; None: all are
        self._after = None if gone is None else gone - np.arange(len(gone))  # folded places of what follows them
        self.low = low  # what is kept, not folded yet, as places in a table of PLANE entries
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The folded text, made when it is first asked for: many pages are judged without."""
        if self._text is None:
            units = _FOLD.take(self.low)
            if int(self._raw.max(initial=0)) >= PLANE:
                raw = self._raw if self._gone is None else np.delete(self._raw, self._gone)
                units = np.where(raw < PLANE, units, raw)
            self._text = text_of(units)
        return self._text

    def back(self, place: int) -> int:
        """The unfolded place of a folded one."""
        return place if self._after is None else place + int(self._after.searchsorted(place, "right"))

    def forth(self, places: list[int]) -> list[int]:
        """The folded places of unfolded ones (each of the next character kept)."""
        if self._gone is None:
            return places
        before = self._gone.searchsorted(places).tolist()
        return [place - gone for place, gone in zip(places, before, strict=True)]


def fold(text: str) -> Folded:
    """Fold `text`.  Folding twice changes nothing."""
    raw = points_of(text)
    low = low_of(raw)
    gone = _gone(low)
    if gone is None:
        return Folded(raw, low, None)
    kept = np.ones(len(low), dtype=np.bool_)
    kept[gone] = False
    return Folded(raw, low[kept], gone)


def folded(text: str) -> str:
    """Only the folded text: for terms."""
    return fold(text).text


def through_folding(table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A table by folded characters as one by unfolded ones, so that one look-up does for both."""
    return table.take(_FOLD)


def _gone(low: Points) -> npt.NDArray[np.intp] | None:
    """Places that go, or None when none does: a blank goes when it stands beside a lone ideograph, between two."""
    at = _IS_BLANK.take(low[1:-1]).nonzero()[0] + 1
    if len(at):
        at = at[_IS_IDEOGRAPH.take(low[at - 1]) & _IS_IDEOGRAPH.take(low[at + 1])]
    if len(at):
        before = (at > 1) & _IS_IDEOGRAPH.take(low[at - 2])
        after = (at + 2 < len(low)) & _IS_IDEOGRAPH.take(low.take(at + 2, mode="clip"))
        at = at[~(before & after)]
    return at if len(at) else None
