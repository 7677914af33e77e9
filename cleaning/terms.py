"""Our word lists, compiled: each list is a group of terms with one weight, found in normalised text in one pass."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import ahocorasick_rs

from cleaning.normalise import normalise

MAX_SCAN: Final = 200_000  # characters of one zone that are scanned: what a page is about stands before that


@dataclass(frozen=True, slots=True)
class Hit:
    """A group's finding in one zone: distinct terms and how often they stand there."""

    group: str
    terms: tuple[str, ...]
    count: int


class WordList:
    """Groups of terms over one automaton (leftmost-longest per position, overlaps kept)."""

    def __init__(self, table: Mapping[str, Mapping[str, Any]]) -> None:
        self.table = table
        self._groups: list[str] = []
        self._terms: list[str] = []
        for group, entry in table.items():
            for term in entry["terms"]:
                self._groups.append(group)
                self._terms.append(normalise(term))
        self._automaton = ahocorasick_rs.AhoCorasick(self._terms)

    def find(self, normal_text: str) -> dict[str, Hit]:
        """Hits by group.  The text must have gone through :func:`cleaning.normalise.normalise`."""
        counts: dict[str, dict[str, int]] = {}
        for index, _, _ in self._automaton.find_matches_as_indexes(normal_text[:MAX_SCAN], overlapping=True):
            held = counts.setdefault(self._groups[index], {})
            held[self._terms[index]] = held.get(self._terms[index], 0) + 1
        return {
            group: Hit(group, tuple(sorted(held, key=lambda term: (-held[term], term))), sum(held.values()))
            for group, held in counts.items()
        }

    def weight(self, group: str) -> float:
        """What one distinct term of the group adds."""
        return float(self.table[group]["weight"])


@lru_cache(maxsize=8)
def word_list(name: str) -> WordList:
    """The list in rules/<name>.toml, compiled once per process."""
    return WordList(rule_table(name)["groups"])


@lru_cache(maxsize=8)
def rule_table(name: str) -> dict[str, Any]:
    """rules/<name>.toml as it stands."""
    return tomllib.loads(files("cleaning").joinpath(f"rules/{name}.toml").read_text("utf-8"))


def spam_weight(text: str) -> float:
    """How much harmful wording stands in a few link texts: the sum of the distinct terms' weights."""
    words = word_list("harmful")
    return sum(
        words.weight(hit.group) * len(hit.terms)
        for hit in words.find(normalise(text[:20_000])).values()
        if words.weight(hit.group) > 0
    )
