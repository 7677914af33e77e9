"""NFKC, fast on Chinese text, and rules that begin with it as look-ups in a table of characters."""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

import numpy as np

from cleaning.points import PLANE, Points, points_of

# What NFKC makes of the characters that stand in almost every Chinese page; replacing them first leaves a text that
# the standard library's quick check mostly passes (measured: 15 times as fast as normalising).
COMMON: Final = tuple(
    (mark, unicodedata.normalize("NFKC", mark))
    for mark in "，：；（）！？\u3000％－～．／“”…＋＝０１２３４５６７８９\xa0"
)
_LITTLE: Final = 8  # characters up to which normalising costs less than replacing
_PLANES: Final = 2 * PLANE  # code points of the first two planes
_BLOCK: Final = 256  # characters looked at together when a table is made
# What a character becomes, where it is not simply another one.
_LONG, _GONE, _HARD = 0x110000, 0x110001, 0x110002  # several characters; none; to be told from its neighbours only
_SIGMA: Final = ord("Σ")  # its lower case depends on what follows


def nfkc(text: str) -> str:
    """`unicodedata.normalize("NFKC", text)`, character by character the same."""
    if len(text) > _LITTLE:
        for mark, plain in COMMON:
            text = text.replace(mark, plain)
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


class Characters:
    """A rule for texts as a table of characters: NFKC first, then steps that look at one character at a time.

    Lower case counts among those steps.  The table holds the first two planes; texts with a character beyond them, or
    with one whose normal form depends on its neighbours, are for the rule itself (one page in two hundred).
    """

    def __init__(self, rule: Callable[[str], str]) -> None:
        table = np.arange(_PLANES, dtype=np.uint32)
        table[0xD800:0xE000] = _HARD  # halves of a pair: their place in a text says what they are
        longer: dict[str, str] = {}
        for code, become in _changed(rule):
            if not combining().isdisjoint(map(ord, nfkc(chr(code)))):
                table[code] = _HARD  # a voiced mark of half width: it joins what stands before it
            elif len(become) > 1:
                table[code] = _LONG
                longer[chr(code)] = become
            else:
                table[code] = ord(become) if become else _GONE
        table[[*combining(), _SIGMA]] = _HARD
        table[_PLANES - 1] = _HARD  # no character: stands for all that lie beyond
        for letter, become in longer.items():
            if any(table[ord(part)] != ord(part) for part in become):
                table[ord(letter)] = _HARD
        self._table: Points = table
        self._longer = longer

    def of(self, text: str) -> Points | None:
        """What the rule makes of the text; None where only the rule itself can tell."""
        points = points_of(text)
        plain = self._table.take(points, mode="clip")
        most = int(np.maximum.reduce(plain, initial=0))
        if most < _LONG:
            return plain
        if most == _HARD:
            return None
        long = plain == _LONG
        if long.any():
            for letter in map(chr, set(points[long].tolist())):
                text = text.replace(letter, self._longer[letter])
            plain = self._table.take(points_of(text), mode="clip")
        kept: Points = plain[plain != _GONE]
        return kept


def _changed(rule: Callable[[str], str]) -> Iterator[tuple[int, str]]:
    """The characters of the first two planes that a rule changes, and what becomes of each by itself."""
    for start in (*range(0, 0xD800, _BLOCK), *range(0xE000, _PLANES, _BLOCK)):
        block = "".join(map(chr, range(start, start + _BLOCK)))
        become = rule(block)
        if become != block:
            yield from ((ord(letter), rule(letter) if become else "") for letter in block)


@lru_cache(maxsize=1)
def combining() -> frozenset[int]:
    """Code points of the first two planes whose normal form depends on what stands before or behind them.

    Those with a combining class, those that a canonical composition takes as its second part, and the vowels and tails
    of Hangul.  NFKC of a text without any of them is that of its characters, one by one (Unicode Annex 15, section 9).
    """
    found = {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}
    for code in range(_PLANES):
        letter = chr(code)
        if unicodedata.combining(letter):
            found.add(code)
        parts = unicodedata.decomposition(letter)
        if parts and not parts.startswith("<"):
            found.update(int(part, 16) for part in parts.split()[1:])
    return frozenset(found)
