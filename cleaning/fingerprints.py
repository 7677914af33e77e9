"""Fingerprints of main text: an exact hash, a 64-bit simhash, and a hash of the numbers in it.

Simhash (Charikar 2002; Manku, Jain, Das Sarma 2007): features are the overlapping 4-grams of the text's characters
after NFKC and with everything but letters and digits removed, each counted as often as it stands.  A gram's 64-bit hash
is splitmix64 of its four code points as one polynomial modulo 2**64; bit b of the result is set when more grams have
bit b set than not.  All of it is integer arithmetic, so every machine computes the same value.
"""

import hashlib
import re
import unicodedata
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.outline import fold

GRAM: Final = 4
MIN_SIMHASH_CHARS: Final = 40  # below, a single changed word moves most bits and chance agreements are common
_CHUNK: Final = 1 << 16
_MAX_CHARS: Final = 2_000_000  # of one text: beyond this the head decides
_NOT_WORD: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"\d+")
# Numbers that change without the text changing: view counters, the reader's day, print and font-size controls.
_VOLATILE: Final = re.compile(
    r"(?:浏览|点击|阅读|访问|查看|下载|人气|围观|点赞|转发|评论)(?:次数|人数|总数|数量|量|数)?\s*[：:]?\s*[(（\[]?\s*\d+\s*[)）\]]?"
    r"|\d+\s*(?:次浏览|次阅读|次点击|人浏览|人阅读|次访问)"
    r"|(?:您是第|今天是|现在是|当前时间|打印时间|打印日期)[^\n]{0,40}",
)


def text_hash(text: str) -> str:
    """Hex sha256 of the folded text; "" when there is none."""
    folded = fold(text)
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest() if folded else ""


def number_hash(text: str) -> str:
    """Hex hash (16 digits) of the digit runs in order, full-width folded, volatile counters left out; never ""."""
    stable = _VOLATILE.sub(" ", unicodedata.normalize("NFKC", text[:_MAX_CHARS]))
    numbers = ",".join(str(int(run)) if len(run) <= 18 else run for run in _DIGITS.findall(stable))
    return hashlib.sha256(numbers.encode()).hexdigest()[:16]


def simhash(text: str) -> int:
    """64-bit simhash; 0 when fewer than 40 letters and digits are left to compare."""
    letters = _NOT_WORD.sub("", unicodedata.normalize("NFKC", text[:_MAX_CHARS])).lower()
    if len(letters) < MIN_SIMHASH_CHARS:
        return 0
    points = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    grams = len(points) - GRAM + 1
    votes = np.zeros(64, dtype=np.int64)
    for start in range(0, grams, _CHUNK):
        stop = min(start + _CHUNK, grams)
        packed = np.zeros(stop - start, dtype=np.uint64)
        for offset in range(GRAM):
            packed = packed * np.uint64(0x100000001B3) + points[start + offset : stop + offset]
        bits = np.unpackbits(_mix(packed).astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        votes += bits.sum(axis=0, dtype=np.int64)
    return sum(1 << bit for bit in range(64) if 2 * int(votes[bit]) > grams)


def distance(one: int, other: int) -> int:
    """Hamming distance of two simhashes."""
    return (one ^ other).bit_count()


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014), on wrapping 64-bit integers."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
