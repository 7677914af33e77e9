"""One way to fold text, for terms and zones alike, that keeps the way back to the unfolded text.

Full-width forms become half-width, letters lower case, and blanks inside letter-spaced Chinese ("索 引 号") go away.
Blanks between words stay: two neighbouring navigation entries must not join into a third word.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from cleaning.points import PLANE, Points, low_of, points_of, text_of

_CJK: Final = (0x3400, 0x9FFF)  # CJK unified ideographs with extension A
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


def _is_cjk_table() -> npt.NDArray[np.bool_]:
    table = np.zeros(PLANE, dtype=np.bool_)
    table[_CJK[0] : _CJK[1] + 1] = True
    return table


_FOLD: Final = _case_table()
_IS_CJK: Final = _is_cjk_table()


class Folded:
    """Folded text; `origin[i]` is the place of its i-th character in the unfolded text."""

    __slots__ = ("_text", "origin", "points")

    def __init__(self, points: Points, origin: npt.NDArray[np.intp] | None) -> None:
        self.points = points  # code points of the folded text
        self.origin = origin  # None: nothing was removed, places are the same
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The folded text, made when it is first asked for: most pages are judged without."""
        if self._text is None:
            self._text = text_of(self.points)
        return self._text

    def back(self, place: int) -> int:
        """The unfolded place of a folded one."""
        return place if self.origin is None else int(self.origin[place])

    def forth(self, places: list[int]) -> tuple[int, ...]:
        """The folded places of unfolded ones (each of the next character kept)."""
        return tuple(places) if self.origin is None else tuple(np.searchsorted(self.origin, places).tolist())


def fold(text: str) -> Folded:
    """Fold `text`.  Folding twice changes nothing."""
    raw = points_of(text)
    low = low_of(raw)
    units = _FOLD.take(low)
    if int(raw.max(initial=0)) >= PLANE:
        units = np.where(raw < PLANE, units, raw)
    kept = _kept(units, low)
    return Folded(units, None) if kept is None else Folded(units[kept], kept)


def folded(text: str) -> str:
    """Only the folded text: for terms."""
    return fold(text).text


def _kept(units: Points, low: Points) -> npt.NDArray[np.intp] | None:
    """Places that survive, or None when all do: a blank goes when it stands beside a lone ideograph, between two."""
    blanks = np.flatnonzero(units == 0x20)
    blanks = blanks[(blanks > 0) & (blanks < len(units) - 1)]
    if not len(blanks):
        return None
    blanks = blanks[_IS_CJK[low[blanks - 1]] & _IS_CJK[low[blanks + 1]]]
    if not len(blanks):
        return None
    lone_before = ~_IS_CJK[low[np.maximum(blanks - 2, 0)]] | (blanks == 1)
    lone_after = ~_IS_CJK[low[np.minimum(blanks + 2, len(units) - 1)]] | (blanks + 2 >= len(units))
    gone = blanks[lone_before | lone_after]
    if not len(gone):
        return None
    mask = np.ones(len(units), dtype=np.bool_)
    mask[gone] = False
    return np.flatnonzero(mask)
