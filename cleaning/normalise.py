"""Text as the word lists see it: full-width, split, disguised and traditional forms brought back to plain ones."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.compatible import Characters, nfkc
from cleaning.points import PLANE, Literals, Places, Points, characters_in, low_of, lower, points_of, runs, text_of

# Marks put between the characters of a forbidden word.  Only between two Han characters: 2019-12-03 and A+B stay.
_MARKS: Final = r"\s*·•.\-_~|/\\^#@+=￥$%&°′`'\"丶丨﹡★☆※◆●■▲→←↑↓〃"
_MOST_MARKS: Final = 3
# The look behind comes after the first mark: so `re` goes by look-up from mark to mark.
_SPLIT: Final = re.compile(
    rf"[{_MARKS}](?<=[\u4e00-\u9fff][{_MARKS}])[{_MARKS}]{{0,{_MOST_MARKS - 1}}}(?=[\u4e00-\u9fff])"
)
_HAN_STROKES: Final = (ord("丶"), ord("丨"))  # marks that are Han characters too
_INVISIBLE: Final = re.compile(r"[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")

_PARTING: Final = "\x00"  # between texts normalised in one go; no step touches it, and no page has it


@dataclass(frozen=True, slots=True)
class _Spelling:
    """A word's other spellings, and the literal beginnings one of which must stand where there is one."""

    pattern: re.Pattern[str]
    word: str


@dataclass(frozen=True, slots=True)
class _Tables:
    """rules/disguises.toml made ready."""

    characters: dict[int, str]
    plain: Characters
    spellings: tuple[_Spelling, ...]
    beginnings: Literals  # of all alternatives of all spellings …
    owners: tuple[int, ...]  # … and the number of the spelling each belongs to
    is_mark: NDArray[np.bool_]
    is_han: NDArray[np.bool_]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    table = tomllib.loads(files("cleaning").joinpath("rules/disguises.toml").read_text("utf-8"))
    characters = {ord(one): plain for plain, many in table["characters"].items() for one in many}
    traditional, simplified = table["traditional"]["from"], table["traditional"]["to"]
    characters.update({ord(one): plain for one, plain in zip(traditional, simplified, strict=True)})
    spellings = tuple(
        _Spelling(re.compile("|".join(alternatives)), word) for word, alternatives in table["words"].items()
    )
    begun = [
        (_beginning(alternative), number)
        for number, alternatives in enumerate(table["words"].values())
        for alternative in alternatives
    ]
    mark = re.compile(f"[{_MARKS}]")
    is_mark = np.fromiter((bool(mark.match(chr(code))) for code in range(PLANE)), dtype=np.bool_, count=PLANE)
    is_han = np.zeros(PLANE, dtype=np.bool_)
    is_han[0x4E00:0xA000] = True
    return _Tables(
        characters,
        Characters(lambda text: _told_whole(text, characters)),
        spellings,
        Literals(beginning for beginning, _ in begun),
        tuple(number for _, number in begun),
        is_mark,
        is_han,
    )


def _beginning(alternative: str) -> str:
    """The literal characters a pattern begins with.  Raises ValueError when it begins with none."""
    found = re.match(r"(?:\\[^\w\s]|[^\\\[\](){}.?*+^$|])+(?![?*{])", alternative)
    if found is None:
        raise ValueError(f"disguises.toml: {alternative!r} must begin with a literal character")
    return found.group(0).replace("\\", "")


def _told_whole(text: str, characters: dict[int, str]) -> str:
    """The first steps, by the standard library: NFKC, what is invisible dropped, lower case, disguises undone."""
    return lower(_INVISIBLE.sub("", nfkc(text))).translate(characters)


def normalise(text: str) -> str:
    """Lower case, NFKC, disguises undone (rules/disguises.toml), split characters joined, white space folded."""
    tables = _tables()
    points = tables.plain.of(text)
    if points is None:
        plain = _SPLIT.sub("", _told_whole(text, tables.characters))
        present = characters_in(low_of(points_of(plain)))
    else:
        low = low_of(points)
        present = characters_in(low)
        plain = _joined(points, low, present, tables)
    return " ".join(_respelled(plain, present, tables).split())


def normalise_each(texts: Sequence[str]) -> tuple[str, ...]:
    """Each of the texts normalised, in one go."""
    together = _PARTING.join(texts)
    if together.count(_PARTING) >= len(texts):
        return tuple(normalise(text) for text in texts)
    return tuple(part.strip() for part in normalise(together).split(_PARTING))


def _joined(plain: Points, low: Places, present: NDArray[np.bool_], tables: _Tables) -> str:
    """The text without the marks that part two Han characters: what _SPLIT finds, found by look-up."""
    if present[_HAN_STROKES[0]] or present[_HAN_STROKES[1]]:
        return _SPLIT.sub("", text_of(plain))
    marks = tables.is_mark.take(low).nonzero()[0]
    if len(marks):
        first, last = runs(marks)
        whole = (first > 0) & (last < len(low) - 1) & (last - first < _MOST_MARKS)
        first, last = first[whole], last[whole]
        between = tables.is_han[low[first - 1]] & tables.is_han[low[last + 1]]
        if between.any():
            first, last = first[between], last[between]
            kept = np.ones(len(plain), dtype=np.bool_)
            for more in range(_MOST_MARKS):
                kept[np.minimum(first + more, last)] = False
            plain = plain[kept]
    return text_of(plain)


def _respelled(plain: str, present: NDArray[np.bool_], tables: _Tables) -> str:
    """The text with other spellings of our words made plain.  Only those whose beginnings stand there are looked for."""
    begun = tables.beginnings.within(plain, present)
    if not begun:
        return plain
    wanted = {tables.owners[number] for number in begun}
    changed = False
    for number, spelling in enumerate(tables.spellings):
        # a word put in may, with its neighbours, spell another one: then every later one is looked for
        if changed or number in wanted:
            respelled = spelling.pattern.sub(spelling.word, plain)
            changed = changed or respelled != plain
            plain = respelled
    return plain
