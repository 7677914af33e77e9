"""What a text is about, by its characters and pairs of them: a linear model small enough to read (rules/topics.tsv).

Classes are weighed against the government's own texts.  A Han character, or a pair of neighbouring ones, that stands in
the text adds its weight, whatever the number of times it stands there; the sum is divided by the square root of the
number of those the model knows, so that a long text says its topic more loudly than a short one, yet not in proportion to its length.
`benchmarks/cleaning_train.py` makes the file and says from what.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.points import PLANE, low_of, points_of

CLASSES: Final = ("pastime", "marketing", "fraud")
MAX_CHARACTERS: Final = 2_000  # what a text is about stands in its beginning
NAMED: Final = 5  # terms named in a reason
_NUMERALS: Final = frozenset("〇零一二三四五六七八九十百千万亿两")
BIAS: Final = "(bias)"
_MOST_TERMS: Final = 0xFFFE  # a row's number takes two bytes
_HAN_FROM, _HAN_TO, _SHIFT = 0x4E00, 0x9FFF, 16

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """Characters and pairs as sorted codes, with one row of weights each (log-odds against a government's text) and the bias."""

    codes: Codes
    weights: NDArray[np.float64]  # (terms, classes)
    bias: NDArray[np.float64]  # (classes,)
    _places: "_Places" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", _Places(self.codes))

    def rows_of(self, normal_text: str) -> NDArray[np.int64]:
        """The rows, ascending, of the features the text has."""
        return self._places.of(normal_text)


class _Places:
    """Where a character or pair stands among a model's sorted codes, by look-up and not by search.

    `pairs` is a square of the characters that begin a pair by those that end one, laid in one row; place 0 of it, and
    of the columns of characters, stands for all others.  1,500 by 1,500 of them are 5 MB, most of which is never read.
    """

    def __init__(self, codes: Codes) -> None:
        self._terms = len(codes)
        told = [(row, term(int(one))) for row, one in enumerate(codes)]
        told = [(row, name) for row, name in told if all(map(_counts, name))]
        pairs = [(row, ord(name[0]), ord(name[1])) for row, name in told if len(name) == 2]
        begins, ends = sorted({pair[1] for pair in pairs}), sorted({pair[2] for pair in pairs})
        width = len(ends) + 1
        self._alone = np.zeros(PLANE, dtype=np.uint16)
        self._begins = np.zeros(PLANE, dtype=np.int32)
        self._ends = np.zeros(PLANE, dtype=np.int32)
        self._pairs = np.zeros((len(begins) + 1) * width, dtype=np.uint16)
        self._begins[begins] = np.arange(1, len(begins) + 1) * width
        self._ends[ends] = np.arange(1, width)
        for row, name in told:
            if len(name) == 1:
                self._alone[ord(name)] = row + 1
        for row, begin, end in pairs:
            self._pairs[self._begins[begin] + self._ends[end]] = row + 1

    def of(self, normal_text: str) -> NDArray[np.int64]:
        low = low_of(points_of(normal_text[:MAX_CHARACTERS]))
        known = np.zeros(self._terms + 1, dtype=np.bool_)
        known[self._alone.take(low)] = True
        known[self._pairs.take(self._begins.take(low[:-1]) + self._ends.take(low[1:]))] = True
        return known[1:].nonzero()[0]


@dataclass(frozen=True, slots=True)
class Topics:
    """A text's log-odds by class, against a government's text, and the rows of the model it was weighed by."""

    odds: dict[str, float]
    rows: NDArray[np.int64]  # places in the model of the distinct features it knows
    used: Model

    def strongest(self, name: str) -> tuple[tuple[str, float], ...]:
        """The terms that say most for a class, heaviest first, at most NAMED; pairs, where enough of them do."""
        index = CLASSES.index(name)
        two = self.rows[self.used.codes[self.rows] > 0xFFFF]
        rows = two if (self.used.weights[two, index] > 0).sum() >= NAMED else self.rows
        order = rows[np.argsort(-self.used.weights[rows, index], kind="stable")[:NAMED]]
        named = ((term(int(self.used.codes[one])), float(self.used.weights[one, index])) for one in order)
        return tuple(pair for pair in named if pair[1] > 0)

    def detail(self, name: str) -> str:
        """The strongest terms with their weights, as a reason shows them."""
        return "、".join(f"{word} {weight:+.1f}" for word, weight in self.strongest(name))


def features(normal_text: str) -> Codes:
    """The distinct Han characters and pairs of neighbouring ones in a normalised text, as sorted codes.

    Numerals are left out: who sells writes many of them, and so does who counts.
    """
    points = np.frombuffer(normal_text[:MAX_CHARACTERS].encode("utf-32-le", "replace"), np.uint32).astype(np.int64)
    han = (points >= _HAN_FROM) & (points <= _HAN_TO) & ~np.isin(points, [ord(one) for one in _NUMERALS])
    both = han[:-1] & han[1:]
    return np.unique(np.concatenate((points[han], (points[:-1][both] << _SHIFT) | points[1:][both])))


def _counts(letter: str) -> bool:
    """Whether a character can be part of a feature."""
    return _HAN_FROM <= ord(letter) <= _HAN_TO and letter not in _NUMERALS


def code(term: str) -> int:
    """The code of one character or pair."""
    return ord(term) if len(term) == 1 else (ord(term[0]) << _SHIFT) | ord(term[1])


def term(number: int) -> str:
    """The character or pair a code stands for."""
    return chr(number) if number <= 0xFFFF else chr(number >> _SHIFT) + chr(number & 0xFFFF)


def parse(table: str) -> Model:
    """A model from its file: `#` comments, then `term<TAB>weight…` in the order of CLASSES, one line being the bias.

    Raises ValueError for a line that is not such a row, for too many of them, and for a file without its bias.
    """
    bias, rows = None, {}
    for number, line in enumerate(table.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        name, *values = line.split("\t")
        if len(values) != len(CLASSES) or (name != BIAS and len(name) > 2):
            raise ValueError(
                f"topic model, line {number}: expected a term and {len(CLASSES)} weights; train the model again"
            )
        weights = tuple(float(value) for value in values)
        if name == BIAS:
            bias = np.array(weights)
        else:
            rows[code(name)] = weights
    if bias is None or not rows:
        raise ValueError("topic model: no bias or no terms; train the model again")
    if len(rows) > _MOST_TERMS:
        raise ValueError(f"topic model: {len(rows)} terms, {_MOST_TERMS} is the most; train a smaller one")
    codes = np.array(sorted(rows), np.int64)
    return Model(codes, np.array([rows[int(one)] for one in codes]), bias)


@lru_cache(maxsize=1)
def model() -> Model | None:
    """rules/topics.tsv, read once per process; None where the file is absent: then the word lists judge alone."""
    path = files("cleaning").joinpath("rules/topics.tsv")
    return parse(path.read_text("utf-8")) if path.is_file() else None


def weigh(normal_text: str, given: Model | None = None) -> Topics | None:
    """Every class with its log-odds; None where there is no model or the text holds nothing it knows."""
    used = given or model()
    if used is None:
        return None
    rows = used.rows_of(normal_text)
    if not len(rows):
        return None
    odds = used.weights[rows].sum(axis=0) / np.sqrt(len(rows)) + used.bias
    return Topics(dict(zip(CLASSES, odds.tolist(), strict=True)), rows, used)
