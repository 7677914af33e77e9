"""Fingerprints of main text: an exact hash, a 64-bit simhash, and a hash of the numbers in it.

Simhash (Charikar 2002; Manku, Jain, Das Sarma 2007): features are the overlapping 4-grams of the text's characters
after NFKC and with everything but letters and digits removed, each counted as often as it stands.  A gram's 64-bit hash
is splitmix64 of its four code points as one polynomial modulo 2**64; bit b of the result is set when more grams have
bit b set than not.  All of it is integer arithmetic, so every machine computes the same value.

Sketch (Broder 1997; one permutation, low bits: Li, Owen and Zhang 2012, Li and König 2010): the hash of an 8-gram is made
of those of its two 4-grams; of the smallest in each of 64 ranges the low byte is kept, 1 to 255, and 0 where there is none.
Texts agree in about as many places as they have 8-grams in common.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.compatible import Characters, nfkc
from cleaning.outline import fold
from cleaning.points import PLANE, Literals, characters_in, low_of, lower, points_of, runs
from cleaning.sieves import each

GRAM: Final = 4
MIN_SIMHASH_CHARS: Final = 40  # below, a single changed word moves most bits and chance agreements are common
SKETCH: Final = 64  # bytes, one per range
_RANGE_SHIFT: Final = np.uint64(58)  # the upper 6 bits say which range
_CHUNK: Final = 255 * 257  # grams at a time; 255 is what one byte can count
_MAX_CHARS: Final = 2_000_000  # of one text: beyond this the head decides
_DIGITS: Final = re.compile(r"\d+")
# Numbers that change without the text changing: view counters, the reader's day, print and font-size controls.
_COUNTED: Final = "浏览|点击|阅读|访问|查看|下载|人气|围观|点赞|转发|评论"
_TODAY: Final = "您是第|今天是|现在是|当前时间|打印时间|打印日期"
_TIMES: Final = "次浏览|次阅读|次点击|人浏览|人阅读|次访问"
_COUNT: Final = r"(?:次数|人数|总数|数量|量|数)?\s*[：:]?\s*[(（\[]?\s*\d+\s*[)）\]]?"
_LINE: Final = r"[^\n]{0,40}"
_CHANGING: Final = f"{each(_COUNTED, _COUNT)}|{each(_TODAY, _LINE)}"
_VOLATILE: Final = re.compile(_CHANGING)
# What begins with a digit is looked for only where it can be: it is slow, and no alternative starts where another does.
_VOLATILE_TIMES: Final = re.compile(f"{_CHANGING}|\\d+\\s*(?:{_TIMES})")
# Without one of these there is nothing volatile, and no pattern need run.
_VOLATILE_WORDS: Final = Literals(f"{_COUNTED}|{_TODAY}".split("|"))
_NO_DIGIT, _DIGIT, _UNSURE = range(3)
_SHORT: Final = 18  # digits of a number that is compared by its value
_FACTOR: Final = np.uint64(0x100000001B3)
_FACTOR_SQUARED: Final = np.uint64(0x100000001B3**2 % 2**64)
_NONE: Final = np.full(SKETCH, np.iinfo(np.uint64).max, dtype=np.uint64)
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_LOW_BYTE, _ONE = np.uint64(255), np.uint64(1)
# The finaliser of splitmix64: shifts and factors.
_MIX: Final = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST_SHIFT: Final = np.uint64(31)


def text_hash(text: str) -> str:
    """Hex sha256 of the folded text; "" when there is none."""
    folded = fold(text)
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest() if folded else ""


def number_hash(text: str) -> str:
    """Hex hash (16 digits) of the digit runs in order, full-width folded, volatile counters left out; never ""."""
    numbers = map(_number, _digit_runs(text[:_MAX_CHARS]))
    return hashlib.sha256(",".join(numbers).encode()).hexdigest()[:16]


def _digit_runs(text: str) -> list[str]:
    """The runs of digits that are not volatile, as they stand there."""
    low = low_of(points_of(text))
    kinds = _digit_kinds().take(low)
    most = int(np.maximum.reduce(kinds, initial=0))
    if most == _UNSURE or (most and _VOLATILE_WORDS.within(text, characters_in(low))):
        text = nfkc(text)
        text = (_VOLATILE_TIMES if any(word in text for word in _TIMES.split("|")) else _VOLATILE).sub(" ", text)
        kinds = _digit_kinds().take(low_of(points_of(text)))
        most = int(np.maximum.reduce(kinds, initial=0))
    if most == _NO_DIGIT:
        return []
    if most == _UNSURE:
        return _DIGITS.findall(text)
    first, last = runs(kinds.nonzero()[0])
    return [text[start : end + 1] for start, end in zip(first.tolist(), last.tolist(), strict=True)]


def _number(run: str) -> str:
    """A number as it is compared: its digits plain, and a short one without leading zeros."""
    plain = run if run.isascii() else nfkc(run)
    return str(int(plain)) if len(plain) <= _SHORT else plain


@dataclass(frozen=True, slots=True)
class Prints:
    """The 64-bit simhash of a text and its sketch of SKETCH bytes; 0 and no bytes where the text is too short."""

    simhash: int
    sketch: bytes


def simhash(text: str) -> int:
    """64-bit simhash; 0 when fewer than 40 letters and digits are left to compare."""
    return _simhash(list(_hashes(text)))


def prints(text: str) -> Prints:
    """Simhash and sketch of a text, of one hashing of its grams; the sketch is of its first 65,535 grams."""
    hashes = list(_hashes(text))
    return Prints(_simhash(hashes), sketch_of(hashes[0]) if hashes else b"")


def _simhash(hashes: Sequence[NDArray[np.uint64]]) -> int:
    """The simhash of all the grams' hashes; 0 where there are none."""
    if not hashes:
        return 0
    votes = sum(map(_votes, hashes[1:]), _votes(hashes[0]))
    return int(np.packbits(2 * votes > sum(map(len, hashes)), bitorder="little").view("<u8")[0])


def _hashes(text: str) -> Iterator[NDArray[np.uint64]]:
    """The hashes of a text's grams in their order, so many at a time; none where the text is too short to compare."""
    text = text[:_MAX_CHARS]
    points = _letter_points().of(text)
    if points is None:
        points = points_of(_letters(text))
    if len(points) < MIN_SIMHASH_CHARS:
        return
    wide = points.astype(np.uint64)
    # The polynomial of four points in two steps: that of each pair, then that of two pairs.
    pairs = wide[:-1] * _FACTOR
    pairs += wide[1:]
    packed = pairs[:-2] * _FACTOR_SQUARED
    packed += pairs[2:]
    for start in range(0, len(packed), _CHUNK):
        yield _mix(packed[start : start + _CHUNK])


def sketch_of(hashes: NDArray[np.uint64]) -> bytes:
    """The sketch of a text by the hashes of its 4-grams, in their order."""
    doubled = hashes[:-GRAM] * _ODD
    doubled += hashes[GRAM:]
    # The least of each range by one unordered pass: sorting them costs ten times as much, its branches cannot be foreseen.
    ranges = (doubled >> _RANGE_SHIFT).astype(np.intp)
    least = _NONE.copy()
    np.minimum.at(least, ranges, doubled)
    filled = np.bincount(ranges, minlength=SKETCH) > 0
    return np.where(filled, least % _LOW_BYTE + _ONE, 0).astype(np.uint8).tobytes()


def distance(one: int, other: int) -> int:
    """Hamming distance of two simhashes."""
    return (one ^ other).bit_count()


def letters_of(text: str) -> str:
    """What is fingerprinted of a text: its letters and digits, after NFKC, in lower case; of an endless one its head."""
    return _letters(text[:_MAX_CHARS])


def _letters(text: str) -> str:
    """Only the letters and digits of a text, after NFKC, in lower case."""
    return lower("".join(filter(str.isalnum, nfkc(text))))


@lru_cache(maxsize=1)
def _letter_points() -> Characters:
    return Characters(_letters)


@lru_cache(maxsize=1)
def _digit_kinds() -> NDArray[np.uint8]:
    """Of each character of the basic plane: no digit, a digit, or, where NFKC decides, unsure.

    Unsure is what NFKC makes several characters with digits among them, or a Han character: a volatile word may hide
    there.  So is whatever lies beyond the plane.
    """
    kinds = np.full(PLANE, _NO_DIGIT, dtype=np.uint8)
    for code in range(PLANE):
        letter = chr(code)
        become = letter if 0x3400 <= code < 0xA000 or 0xAC00 <= code < 0xF900 else nfkc(letter)
        if len(become) == 1 and become.isdecimal():
            kinds[code] = _DIGIT
        elif become != letter and any(part.isdecimal() or "\u4e00" <= part <= "\u9fff" for part in become):
            kinds[code] = _UNSURE
    kinds[PLANE - 1] = _UNSURE
    return kinds


def _votes(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many values have each of the 64 bits set.  Every bit is made a byte, which counts 255 of its like."""
    columns = -(-len(values) // 255)
    rows = np.zeros((255, columns), dtype="<u8")
    rows.reshape(-1)[: len(values)] = values
    eight = np.unpackbits(rows.view(np.uint8), bitorder="little").view(np.uint64)
    counted = np.add.reduce(eight.reshape(255, -1), axis=0).view(np.uint8)
    votes: NDArray[np.int64] = np.add.reduce(counted.reshape(columns, 64), axis=0, dtype=np.int64)
    return votes


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014), on wrapping 64-bit integers, in place."""
    values += _ODD
    for shift, factor in _MIX:
        values ^= values >> shift
        values *= factor
    values ^= values >> _LAST_SHIFT
    return values
