"""Additive evidence: a word list weighed over title and text, each group's share kept as a reason."""

import math
from dataclasses import dataclass

from cleaning.reasons import Reason, ReasonCode
from cleaning.terms import Hit, rule_table, word_list

MAX_TERMS_SHOWN = 6


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


def score(name: str, title: str, text: str, *, trusted: bool = True) -> Scored:
    """Weigh rules/<name>.toml over normalised title and text.

    A group gives weight x distinct terms, plus `repeat_bonus` per doubling of further occurrences, cut at its `limit`;
    a term that stands in the title counts `title_factor` times (groups that speak against the verdict once).  Where the
    source is not `trusted`, words of a text below `short_below` characters count `short_factor` times.
    """
    table = rule_table(name)
    words = word_list(name)
    short = not trusted and 0 < len(title) + len(text) < float(table.get("short_below", 0))
    factor = float(table["short_factor"]) if short else 1.0
    in_title, in_text = words.find(title), words.find(text)
    reasons = []
    for group, entry in table["groups"].items():
        title_hit, text_hit = in_title.get(group), in_text.get(group)
        if title_hit is None and text_hit is None:
            continue
        share = _share(entry, table, title_hit, text_hit)
        if share > 0:
            share = min(share * factor, float(entry["limit"]))
        terms = dict.fromkeys((*(title_hit.terms if title_hit else ()), *(text_hit.terms if text_hit else ())))
        detail = "、".join(list(terms)[:MAX_TERMS_SHOWN])
        where = "title" if title_hit is not None else "text"
        reasons.append(Reason(ReasonCode(entry["code"]), f"{group}: {detail}", where, round(share, 3)))
    reasons.sort(key=lambda reason: (-abs(reason.weight), reason.detail))
    return Scored(sum(reason.weight for reason in reasons), tuple(reasons))


def _share(entry: dict[str, object], table: dict[str, object], title_hit: Hit | None, text_hit: Hit | None) -> float:
    weight, limit = float(str(entry["weight"])), float(str(entry["limit"]))
    titled = set(title_hit.terms) if title_hit else set()
    plain = set(text_hit.terms) - titled if text_hit else set()
    factor = float(str(table["title_factor"])) if weight > 0 else 1.0
    repeats = (title_hit.count if title_hit else 0) + (text_hit.count if text_hit else 0) - len(titled) - len(plain)
    share = weight * (factor * len(titled) + len(plain))
    bonus = float(str(table["repeat_bonus"])) * math.log2(1 + repeats) * (1 if weight > 0 else -1)
    share += bonus * min(1.0, abs(weight))
    return max(limit, share) if limit < 0 else min(limit, share)
