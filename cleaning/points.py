"""Text as an array of code points: what a table says of each character is then one look-up for the whole text."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.uint32]
Places = NDArray[np.intp]

PLANE: Final = 0x10000  # code points of the basic plane, in which nearly all text stands
# The last code point of each plane is no character: in a table it stands for all that lie beyond its end.
BEYOND: Final = PLANE - 1
# Python's own, asked for by name: what mypyc has for `.lower()` leaves the Greek sigma at a word's end as inside of it.
lower: Final[Callable[[str], str]] = str.lower


def points_of(text: str) -> Points:
    """The code points of a text, lone surrogates as they are.  Read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def text_of(points: Points) -> str:
    """The text of code points."""
    return points.tobytes().decode("utf-32-le", "surrogatepass")


def low_of(points: Points) -> Places:
    """The same, with BEYOND for whatever lies outside the basic plane: places in a table of PLANE entries.

    As wide as numpy's own places are: narrower ones are made so again at each look-up.
    """
    return np.minimum(points, BEYOND).astype(np.intp)


def runs(places: Places) -> tuple[Places, Places]:
    """First and last place of each unbroken run in ascending `places`, of which there is at least one."""
    gaps = (places[1:] - places[:-1] > 1).nonzero()[0]
    first, last = np.empty(len(gaps) + 1, np.intp), np.empty(len(gaps) + 1, np.intp)
    first[0], last[-1] = places[0], places[-1]
    first[1:], last[:-1] = places[gaps + 1], places[gaps]
    return first, last


def characters_in(low: Places) -> NDArray[np.bool_]:
    """Which characters of the basic plane stand in a text."""
    present = np.zeros(PLANE, dtype=np.bool_)
    present[low] = True
    return present


class Literals:
    """A few literal strings: which of them may stand in a text, told from the characters it is made of.

    A text of Han characters has nearly never all those of a given word; asking the characters first is one look-up for
    all words, where searching is one pass for each.
    """

    def __init__(self, literals: Iterable[str]) -> None:
        self._literals = tuple(literals)
        widest = max(map(len, self._literals))
        padded = [[ord(letter) for letter in one.ljust(widest, one[0])] for one in self._literals]
        self._keys = np.array(padded, dtype=np.uint32)

    def within(self, text: str, present: NDArray[np.bool_]) -> tuple[int, ...]:
        """The numbers of those that stand in `text`, whose characters are `present`."""
        possible = np.logical_and.reduce(present[self._keys], axis=1).nonzero()[0].tolist()
        return tuple(number for number in possible if self._literals[number] in text)
