"""What a page says and where it leads, as a set of parts: the evidence that further addresses bring nothing new.

A page repeats when every part of it has stood on other pages of its family.  Its own links inside the family then bear
words that were met before, in surroundings that were met before; a real list, however alike, names other things.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from cleaning.page import Media, Reading
from cleaning.patterns import DIGITS, TOKEN, family_of, minted_of

LONGEST: Final = 20_000  # characters: a page that says more is no calendar and no filter
MOST_LINKS: Final = 2_000
MOST_FAMILIES: Final = 300  # remembered by one worker
MOST_PARTS: Final = 4_000  # of one family; then it is learned anew, which can only make repeats go unnoticed
# How many a list holds, which page of it this is, how many stand behind a filter: they choose nothing.
MASK: Final = "0"  # a digit itself, so that the words around it stay whole
DATE: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?")
WORD: Final = re.compile(r"\w+")
COUNTER: Final = re.compile(r"(?<=[共第约计到])\s{0,4}\d+(?=\s{0,4}[条页项个件篇部])|(?<=[(（])\d+(?=[)）])")


@dataclass(frozen=True, slots=True)
class Sayings:
    """The parts of one page, and 56 bits of all of them."""

    family: str
    parts: frozenset[str]
    mark: int

    @property
    def outline(self) -> int:
        """The same of the parts without their digits: what stays of a page from visit to visit."""
        return _hash({DIGITS.sub(MASK, part) for part in self.parts})


def sayings(reading: Reading) -> Sayings | None:
    """What a page says; None where that tells nothing: no HTML, unreadable, drawn by script, or very long.

    Parts are words between white space and punctuation, names of pictures and scripts, and the keys of links that leave the family,
    minted tokens aside.  The page's own numbers and their neighbours (this month, the next page), list counters, and
    all numbers of header and footer (visits, the time of day) stand as 0; other numbers are content.
    """
    if reading.media is not Media.HTML or reading.fault or reading.shell is not None:
        return None
    if len(reading.visible) > LONGEST or len(reading.links) > MOST_LINKS:
        return None
    family = family_of(reading.key)
    parts = _words(reading)
    for link in reading.links:
        if family_of(link.key) != family:
            minted = minted_of(link.key)
            parts.add(f"→{minted.bare if minted else link.key}")
        elif link.text.isdecimal():
            parts.discard(link.text)  # days of a month, pages of a list
    parts.update(f"◇{mark}" for mark in reading.marks)
    return Sayings(family, frozenset(parts), _hash(parts))


def _words(reading: Reading) -> set[str]:
    title = f"{reading.title} {reading.site_title}"
    if reading.text and reading.chrome:
        body, frame = f"{title} {reading.text}", reading.chrome
    else:
        body, frame = f"{title} {reading.visible}", ""
    own = {number + step for number in _numbers(TOKEN.sub("", reading.key)) for step in (-1, 0, 1)}
    words = set(WORD.findall(COUNTER.sub(MASK, body)))
    for word in [word for word in words if not word.isalpha() and DIGITS.search(word)]:
        # The days of a month stand alone and are the same every month; a year or "11月" is this page's own.
        if not word.isdecimal() or len(word) > 2:
            words.remove(word)
            words.add(DIGITS.sub(lambda run: MASK if len(run[0]) <= 9 and int(run[0]) in own else run[0], word))
    return words.union(WORD.findall(DIGITS.sub(MASK, frame)))


def _numbers(key: str) -> set[int]:
    """The numbers a key holds; `202611` and `20261103` are a year, a month and a day besides."""
    found: set[int] = set()
    for run in DIGITS.findall(key):
        if len(run) > 9:
            continue
        found.add(int(run))
        if DATE.fullmatch(run):
            found |= {int(run[:4]), int(run[4:6]), int(run[6:] or "0")}
    return found


def _hash(parts: Iterable[str]) -> int:
    whole = "\n".join(sorted(parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(whole, digest_size=7).digest(), "big")


@dataclass(slots=True)
class _Family:
    pages: set[str] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)


class Said:
    """What one worker has read of each family lately."""

    def __init__(self) -> None:
        self._families: OrderedDict[str, _Family] = OrderedDict()

    def repeats(self, key: str, found: Sayings) -> bool:
        """True where nothing of the page is new to its family; the page is remembered.

        A page read again (its worker was told to, or lost its lease) is no repeat of itself.
        """
        family = self._families.get(found.family)
        if family is None:
            family = self._families[found.family] = _Family()
            if len(self._families) > MOST_FAMILIES:
                self._families.popitem(last=False)
        else:
            self._families.move_to_end(found.family)
        parts = {hash(part) for part in found.parts}
        repeated = key not in family.pages and bool(family.pages) and parts <= family.parts
        if not repeated:
            if len(family.parts) > MOST_PARTS:
                family.pages, family.parts = set(), set()
            family.parts |= parts
            family.pages.add(key)
        return repeated
