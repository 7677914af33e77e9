"""Our word lists, compiled: all of them in one automaton, found in normalised text in one pass."""

import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from operator import itemgetter
from typing import Any, Final

import ahocorasick_rs
import numpy as np

from cleaning.normalise import normalise
from cleaning.points import PLANE, low_of, points_of, text_of
from cleaning.reasons import ReasonCode

LISTS: Final = ("harmful", "ads", "relevance")
MAX_SCAN: Final = 200_000  # characters of one zone that are scanned: what a page is about stands before that

_PARTING: Final = "\x00"  # between texts that are scanned together; no term holds it
_ONE_BYTE, _TWO_BYTES = 0x80, 0x800  # numbers of characters from which UTF-8 takes two bytes, and three

Terms = dict[str, int]  # distinct terms of a group, and how often each stands there
Groups = dict[str, Terms]  # by group, those that were found
NOTHING: Final[Groups] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """A normalised text, and the words of our lists in it: list, group, term, occurrences."""

    text: str
    found: Mapping[str, Groups] = field(default_factory=dict)

    def of(self, name: str) -> Groups:
        """What was found of the list rules/<name>.toml."""
        return self.found.get(name, NOTHING)

    def beside(self, other: "Said", name: str) -> "Said":
        """This text and the other one, a blank between them, and the words of one list; no term of ours has a blank."""
        found = {group: dict(terms) for group, terms in self.of(name).items()}
        for group, terms in other.of(name).items():
            held = found.setdefault(group, {})
            for term, count in terms.items():
                held[term] = held.get(term, 0) + count
        return Said(f"{self.text} {other.text}", {name: found})


@dataclass(frozen=True, slots=True)
class Group:
    """A group of terms: the reason it speaks for, what each distinct term adds, and the most they add together."""

    name: str
    code: ReasonCode
    weight: float
    limit: float


@dataclass(frozen=True, slots=True)
class WordList:
    """The numbers of rules/<name>.toml; its terms stand in the automaton."""

    groups: Mapping[str, Group]  # by name
    title_factor: float
    repeat_bonus: float
    short_below: float
    short_factor: float


class Finder:
    """All terms of all lists over one automaton, overlaps kept.

    The automaton runs over an alphabet of its own: the terms' characters numbered, the commonest first, so that most
    take one byte of UTF-8 and all others one zero.  That is less than half the bytes, in a table that fits the cache.
    """

    def __init__(self, lists: Mapping[str, Mapping[str, Any]]) -> None:
        self._owners = [
            (name, group, normalise(term))
            for name, table in lists.items()
            for group, entry in table["groups"].items()
            for term in entry["terms"]
        ]
        terms = [term for _, _, term in self._owners]
        used = Counter(letter for term in terms for letter in term)
        if " " in used:
            raise ValueError("word lists: a term holds a blank, and zones are joined by blanks; write it without")
        if len(used) >= _TWO_BYTES:
            raise ValueError("word lists: too many different characters for two bytes each; find another coding")
        self._alphabet = np.zeros(PLANE, dtype=np.uint32)
        for number, (letter, _) in enumerate(sorted(used.items(), key=lambda pair: (-pair[1], pair[0])), 1):
            self._alphabet[ord(letter)] = number
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            [text_of(self._alphabet.take(points_of(term))).encode() for term in terms],
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def find(self, normal_texts: Sequence[str]) -> tuple[Said, ...]:
        """Each text with what stands in it, in one pass over all of them.

        They must have gone through :func:`cleaning.normalise.normalise`.
        """
        scanned = [text[:MAX_SCAN] for text in normal_texts]
        numbers = self._alphabet.take(low_of(points_of(_PARTING.join(scanned))))
        matches = self._automaton.find_matches_as_indexes(text_of(numbers).encode(), overlapping=True)
        told, begun, last = [], 0, 0  # matches come in the order of their ends, and none holds what parts two texts
        for text, part in zip(normal_texts, scanned, strict=True):
            first, last = last, len(matches)
            begun += len(part) + len(_PARTING)
            if first < last and begun <= len(numbers):
                end = begun + int(np.count_nonzero(numbers[:begun] >= _ONE_BYTE))
                last = bisect_left(matches, end, first, key=itemgetter(2))
            told.append(self._told(text, matches[first:last]))
        return tuple(told)

    def _told(self, normal_text: str, matches: Sequence[tuple[int, int, int]]) -> Said:
        """A text with its words, by what the automaton found of them."""
        if not matches:
            return Said(normal_text)
        found: dict[str, Groups] = {}
        for index, count in Counter(map(itemgetter(0), matches)).items():
            name, group, term = self._owners[index]
            held = found.setdefault(name, {}).setdefault(group, {})
            held[term] = held.get(term, 0) + count
        return Said(normal_text, found)


@lru_cache(maxsize=1)
def finder() -> Finder:
    """The automaton over LISTS, compiled once per process."""
    return Finder({name: rule_table(name) for name in LISTS})


def said(normal_text: str) -> Said:
    """A normalised text with the words of our lists in it."""
    return finder().find((normal_text,))[0]


def said_each(normal_texts: Sequence[str]) -> tuple[Said, ...]:
    """Each of some normalised texts with the words of our lists in it, in one go."""
    return finder().find(normal_texts)


@lru_cache(maxsize=8)
def word_list(name: str) -> WordList:
    """The list in rules/<name>.toml, read once per process."""
    table = rule_table(name)
    groups = {
        group: Group(group, ReasonCode(entry["code"]), float(entry["weight"]), float(entry["limit"]))
        for group, entry in table["groups"].items()
    }
    return WordList(
        groups,
        float(table["title_factor"]),
        float(table["repeat_bonus"]),
        float(table.get("short_below", 0)),
        float(table.get("short_factor", 1.0)),
    )


@lru_cache(maxsize=8)
def rule_table(name: str) -> dict[str, Any]:
    """rules/<name>.toml as it stands."""
    return tomllib.loads(files("cleaning").joinpath(f"rules/{name}.toml").read_text("utf-8"))


def spam_weight(text: str) -> float:
    """How much harmful wording stands in a few link texts: the sum of the distinct terms' weights."""
    weights = _spam_weights()
    found = said(normalise(text[:20_000])).of("harmful")
    return sum(weights[group] * len(terms) for group, terms in found.items() if group in weights)


@lru_cache(maxsize=1)
def _spam_weights() -> dict[str, float]:
    """The groups of the list of harmful words that speak for harm, and what a term of each adds."""
    return {group.name: group.weight for group in word_list("harmful").groups.values() if group.weight > 0}
