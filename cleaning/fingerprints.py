"""Fingerprints of main text: an exact hash, a 64-bit simhash, and a hash of the numbers in it.

Simhash (Charikar 2002; Manku, Jain, Das Sarma 2007): features are the overlapping 4-grams of the text's characters
after NFKC and with everything but letters and digits removed, each counted as often as it stands.  A gram's 64-bit hash
is splitmix64 of its four code points as one polynomial modulo 2**64; bit b of the result is set when more grams have
bit b set than not.  All of it is integer arithmetic, so every machine computes the same value.
"""

import hashlib
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.compatible import nfkc
from cleaning.outline import fold

GRAM: Final = 4
MIN_SIMHASH_CHARS: Final = 40  # below, a single changed word moves most bits and chance agreements are common
_CHUNK: Final = 255 * 257  # grams at a time; 255 is what one byte can count
_MAX_CHARS: Final = 2_000_000  # of one text: beyond this the head decides
_DIGITS: Final = re.compile(r"\d+")
# Numbers that change without the text changing: view counters, the reader's day, print and font-size controls.
_VOLATILE: Final = re.compile(
    r"(?:浏览|点击|阅读|访问|查看|下载|人气|围观|点赞|转发|评论)(?:次数|人数|总数|数量|量|数)?\s*[：:]?\s*[(（\[]?\s*\d+\s*[)）\]]?"
    r"|\d+\s*(?:次浏览|次阅读|次点击|人浏览|人阅读|次访问)"
    r"|(?:您是第|今天是|现在是|当前时间|打印时间|打印日期)[^\n]{0,40}",
)

# Without one of these there is nothing volatile, and the pattern need not run.
_VOLATILE_WORDS: Final = (
    *("浏览", "点击", "阅读", "访问", "查看", "下载", "人气", "围观", "点赞", "转发", "评论"),
    *("您是第", "今天是", "现在是", "当前时间", "打印时间", "打印日期"),
)
_BIT: Final = np.arange(8, dtype=np.uint64)[:, None]
_LOWEST: Final = np.uint64(0x0101010101010101)  # the lowest bit of each byte


def _word_table() -> NDArray[np.bool_]:
    """Which characters of the basic plane are letters or digits."""
    return np.fromiter((chr(code).isalnum() for code in range(0x10000)), dtype=np.bool_, count=0x10000)


_IS_WORD: Final = _word_table()


def text_hash(text: str) -> str:
    """Hex sha256 of the folded text; "" when there is none."""
    folded = fold(text)
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest() if folded else ""


def number_hash(text: str) -> str:
    """Hex hash (16 digits) of the digit runs in order, full-width folded, volatile counters left out; never ""."""
    stable = nfkc(text[:_MAX_CHARS])
    if any(word in stable for word in _VOLATILE_WORDS):
        stable = _VOLATILE.sub(" ", stable)
    numbers = ",".join(str(int(run)) if len(run) <= 18 else run for run in _DIGITS.findall(stable))
    return hashlib.sha256(numbers.encode()).hexdigest()[:16]


def simhash(text: str) -> int:
    """64-bit simhash; 0 when fewer than 40 letters and digits are left to compare."""
    letters = _letters(nfkc(text[:_MAX_CHARS])).lower()
    if len(letters) < MIN_SIMHASH_CHARS:
        return 0
    points = _points(letters).astype(np.uint64)
    grams = len(points) - GRAM + 1
    votes = np.zeros(64, dtype=np.int64)
    for start in range(0, grams, _CHUNK):
        stop = min(start + _CHUNK, grams)
        packed = np.zeros(stop - start, dtype=np.uint64)
        for offset in range(GRAM):
            packed = packed * np.uint64(0x100000001B3) + points[start + offset : stop + offset]
        votes += _votes(_mix(packed))
    return sum(1 << bit for bit in range(64) if 2 * int(votes[bit]) > grams)


def distance(one: int, other: int) -> int:
    """Hamming distance of two simhashes."""
    return (one ^ other).bit_count()


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _letters(text: str) -> str:
    """Only the letters and digits of a text."""
    points = _points(text)
    kept = _IS_WORD[np.minimum(points, 0xFFFF)]
    beyond = np.flatnonzero(points > 0xFFFF)
    if len(beyond):
        kept[beyond] = [chr(point).isalnum() for point in points[beyond].tolist()]
    return points[kept].tobytes().decode("utf-32-le", "surrogatepass")


def _votes(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many values have each of the 64 bits set.  Bytes count their own bit, 255 values at a time."""
    rows = np.zeros(-(-len(values) // 255) * 255, dtype=np.uint64)
    rows[: len(values)] = values
    counted = ((rows[None, :] >> _BIT) & _LOWEST).reshape(8, -1, 255).sum(axis=2).astype("<u8")
    votes: NDArray[np.int64] = counted.view(np.uint8).reshape(8, -1, 8).sum(axis=1, dtype=np.int64)
    return votes.T.reshape(64)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014), on wrapping 64-bit integers."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
