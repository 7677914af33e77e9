"""Additive evidence: a word list weighed over title and text, each group's share kept as a reason."""

import math
from dataclasses import dataclass
from typing import Final

from cleaning.reasons import Reason, ReasonCode
from cleaning.terms import Group, Said, Terms, WordList, word_list

MAX_TERMS_SHOWN: Final = 6
_NONE: Final[Terms] = {}


@dataclass(frozen=True, slots=True)
class Scored:
    """The sum, and the groups' shares as reasons, heaviest first."""

    total: float
    reasons: tuple[Reason, ...]

    def of(self, *codes: ReasonCode) -> float:
        """The sum of the shares of some reason codes."""
        return sum(reason.weight for reason in self.reasons if reason.code in codes)

    def share_of(self, group: str) -> float:
        """The share of one group of the list."""
        return sum(reason.weight for reason in self.reasons if reason.detail.startswith(f"{group}:"))


NOTHING_FOUND: Final = Scored(0, ())


def score(name: str, title: Said, text: Said, *, trusted: bool = True) -> Scored:
    """Weigh rules/<name>.toml over normalised title and text.

    A group gives weight x distinct terms, plus `repeat_bonus` per doubling of further occurrences, cut at its `limit`;
    a term that stands in the title counts `title_factor` times (groups that speak against the verdict once).  Where the
    source is not `trusted`, words of a text below `short_below` characters count `short_factor` times.
    """
    in_title, in_text = title.of(name), text.of(name)
    if not in_title and not in_text:
        return NOTHING_FOUND
    words = word_list(name)
    short = not trusted and 0 < len(title.text) + len(text.text) < words.short_below
    factor = words.short_factor if short else 1.0
    reasons = []
    for group in map(words.groups.__getitem__, in_title.keys() | in_text.keys()):  # sorted below
        titled, plain = in_title.get(group.name, _NONE), in_text.get(group.name, _NONE)
        share = _share(group, words, titled, plain)
        if share > 0:
            share = min(share * factor, group.limit)
        shown = dict.fromkeys((*_often_first(titled), *_often_first(plain)))
        detail = f"{group.name}: {'、'.join(list(shown)[:MAX_TERMS_SHOWN])}"
        reasons.append(Reason(group.code, detail, "title" if titled else "text", round(share, 3)))
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.detail))
    return Scored(sum(reason.weight for reason in reasons), tuple(reasons))


def _often_first(terms: Terms) -> list[str]:
    order = sorted(terms)
    order.sort(key=terms.__getitem__, reverse=True)
    return order


def _share(group: Group, words: WordList, in_title: Terms, in_text: Terms) -> float:
    titled = len(in_title)
    plain = len(in_text.keys() - in_title.keys())
    factor = words.title_factor if group.weight > 0 else 1.0
    repeats = sum(in_title.values()) + sum(in_text.values()) - titled - plain
    share = group.weight * (factor * titled + plain)
    bonus = words.repeat_bonus * math.log2(1 + repeats) * (1 if group.weight > 0 else -1)
    share += bonus * min(1.0, abs(group.weight))
    return max(group.limit, share) if group.limit < 0 else min(group.limit, share)
