"""What a page says and where it leads, as a set of parts: the evidence that further addresses bring nothing new.

A page repeats when every part of it has stood on other pages of its family.  Its own links inside the family then bear
words that were met before, in surroundings that were met before; a real list, however alike, names other things.

Nearly every page says something new, and a few of its words show that: only where all of these were met before, pages
are cut into parts at all.
"""

import re
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from cleaning.page import Media, Reading
from cleaning.patterns import DIGITS, KNOWN, TOKEN, family_of, minted_of

LONGEST: Final = 20_000  # characters: a page that says more is no calendar and no filter
MOST_LINKS: Final = 2_000
MOST_FAMILIES: Final = 300  # remembered by one worker
MOST_TEXT: Final = 40_000  # characters of one family; then it is learned anew, which can only make repeats go unnoticed
SAMPLE: Final = 120  # characters from the beginning, the middle and the end of a page whose words are looked up first
SAMPLED: Final = 8  # the longest of these words
# How many a list holds, which page of it this is, how many stand behind a filter: they choose nothing.
_OPENING, _CLOSING = frozenset("(（"), frozenset(")）")
NUMBER: Final = re.compile("[0-9]+")  # half the time of \\d over Chinese text
PARTED: Final = re.compile("([0-9]+)")
MASK: Final = "0"  # a digit itself, so that the words around it stay whole
DATE: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?")
WORD: Final = re.compile(r"\w+")
COUNTED, COUNTS = frozenset("共第约计到"), frozenset("条页项个件篇部")
BLANKS: Final = 4  # between a counter's words and its number


@dataclass(frozen=True, slots=True)
class Sayings:
    """What one page says, its numbers masked, and 56 bits of all of it, whatever the order of its lines."""

    family: str
    mark: int
    body: str
    frame: str
    others: tuple[str, ...]  # links out of the family, names of pictures and scripts
    steps: frozenset[str]  # numbers that are links within the family: days of a month, pages of a list

    @property
    def parts(self) -> set[str]:
        """Words between white space and punctuation, and the others."""
        return {*WORD.findall(self.body), *WORD.findall(self.frame)} - self.steps | set(self.others)

    @property
    def outline(self) -> int:
        """56 bits of the parts without their digits: what stays of a page from visit to visit."""
        return _hash({DIGITS.sub(MASK, part) for part in self.parts})

    def sample(self) -> list[str]:
        """A few words, or ends of words: the page is new where one of them never stood in its family."""
        text, half = self.body, len(self.body) // 2
        pieces = f"{text[:SAMPLE]} {text[half : half + SAMPLE]} {text[-SAMPLE:]}"
        return sorted(set(WORD.findall(pieces)) - self.steps, key=lambda word: (-len(word), word))[:SAMPLED]


def sayings(reading: Reading) -> Sayings | None:
    """What a page says; None where that tells nothing: no HTML, unreadable, drawn by script, or very long.

    Minted tokens of links stand aside.  The page's own numbers and their neighbours (this month, the next page), list
    counters, and all numbers of header and footer (visits, the time of day) stand as 0; other numbers are content.
    """
    if reading.media is not Media.HTML or reading.fault or reading.shell is not None:
        return None
    if len(reading.visible) > LONGEST or len(reading.links) > MOST_LINKS:
        return None
    family = family_of(reading.key)
    others, steps = [f"◇{mark}" for mark in reading.marks], set()
    for link in reading.links:
        place, part = _as_part(link.key)
        if place != family:
            others.append(part)
        elif link.text.isdecimal():
            steps.add(link.text)
    body, frame = _texts(reading)
    mark = _hash((*body.split("\n"), *frame.split("\n"), *others))
    return Sayings(family, mark, body, frame, tuple(others), frozenset(steps))


@lru_cache(maxsize=KNOWN)
def _as_part(key: str) -> tuple[str, str]:
    """The family a link leads to, and the link as a part of a page of another one."""
    minted = minted_of(key)
    return family_of(key), f"→{minted.bare if minted else key}"


def _texts(reading: Reading) -> tuple[str, str]:
    """Body and frame with what chooses nothing masked."""
    title = f"{reading.title} {reading.site_title}"
    parted = bool(reading.text and reading.chrome)
    body, frame = (reading.text, reading.chrome) if parted else (reading.visible, "")
    return _masked(f"{title}\n{body}", _own_numbers(reading.key)), NUMBER.sub(MASK, frame)


@lru_cache(maxsize=KNOWN)
def _own_numbers(key: str) -> frozenset[int]:
    """The numbers a page's address holds, and their neighbours: this month, the next page."""
    return frozenset(number + step for number in _numbers(TOKEN.sub("", key)) for step in (-1, 0, 1))


def _masked(text: str, own: Collection[int]) -> str:
    """The text with 0 for numbers that choose nothing: counters ("共 40 条", "(7)"), and the page's own or next to them.

    The days of a month stand alone and are the same every month; a year or "11月" is the page's own.  A list's dates
    repeat a few numbers: what one is by itself is told once.
    """
    kinds: dict[str, bool] = {}
    pieces = PARTED.split(text)  # what stands between numbers, and each second one a number
    for place in range(1, len(pieces), 2):
        number, left, right = pieces[place], pieces[place - 1], pieces[place + 1]
        mine = kinds.get(number)
        if mine is None:
            mine = kinds[number] = len(number) <= 9 and int(number) in own
        before, after = left[-1:], right[:1]
        if (before in _OPENING and after in _CLOSING) or (
            mine and (len(number) > 2 or before.isalnum() or after.isalnum())
        ):
            masked = True
        else:  # most numbers of a page are of dates
            masked = (after in COUNTS or after.isspace()) and _counts(left, right)
        if masked:
            pieces[place] = MASK
    return "".join(pieces)


def _counts(left: str, right: str) -> bool:
    """Whether the number between these is one of a counter: "共 40 条"."""
    left, right = left[-BLANKS - 1 :].rstrip(), right[: BLANKS + 1].lstrip()
    return left[-1:] in COUNTED and right[:1] in COUNTS


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
    texts: list[str] = field(default_factory=list)
    size: int = 0
    parts: set[str] = field(default_factory=set)
    unread: list[Sayings] = field(default_factory=list)  # whose parts are not among `parts` yet

    def covers(self, found: Sayings) -> bool:
        """Whether all of a page stood on these pages."""
        for word in found.sample():
            for text in self.texts:
                if word in text:
                    break
            else:
                return False
        for page in self.unread:
            self.parts |= page.parts
        self.unread.clear()
        return found.parts <= self.parts

    def learn(self, key: str, found: Sayings) -> None:
        """Remember a page."""
        self.pages.add(key)
        self.texts.append(f"{found.body}\n{found.frame}")
        self.size += len(self.texts[-1])
        self.unread.append(found)


class Said:
    """What one worker has read of each family lately."""

    def __init__(self) -> None:
        self._families: OrderedDict[str, _Family] = OrderedDict()

    def repeats(self, key: str, found: Sayings) -> bool:
        """True where nothing of the page is new to its family; the page is remembered.

        A page read again (its worker was told to, or lost its lease) is no repeat of itself.
        """
        family = self._families.get(found.family)
        if family is None or family.size > MOST_TEXT:
            family = self._families[found.family] = _Family()
            if len(self._families) > MOST_FAMILIES:
                self._families.popitem(last=False)
        self._families.move_to_end(found.family)
        if key not in family.pages and family.pages and family.covers(found):
            return True
        family.learn(key, found)
        return False
