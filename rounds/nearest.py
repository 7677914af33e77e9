"""Where to look when a round has no record of a URL: whether it is in the scope at all, what stands beside it, which host was meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from crawler.frontier.ids import split_key
from crawler.plan import RoundPlan
from crawler.scope import Scope
from pipelines.store.reader import RoundReader
from rounds.planning import canonical_host

LIKE: Final = 0.6  # of difflib's ratio: www.aa.gov.cn and www.ab.gov.cn are alike, two cities' hosts are hardly
MOST: Final = 3  # hosts named


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a round has near a URL that it has no record of."""

    in_scope: bool
    urls: tuple[str, ...]  # on the same host, those that begin most alike first
    hosts: tuple[str, ...]  # of the plan, where the URL's own host has nothing


def nearest(reader: RoundReader, plan: RoundPlan, key: str) -> Nearest:
    """Look beside a canonical URL.  Raises StoreAway."""
    beside = sorted(reader.beside(key), key=lambda found: -_alike(found, key))
    in_scope = bool(Scope(plan).units_of(key))
    return Nearest(in_scope, tuple(beside), () if beside else tuple(like(split_key(key)[0], _hosts(plan))))


def like(asked: str, known: Iterable[str]) -> list[str]:
    """Of what is known what was probably meant, the likest first."""
    return get_close_matches(asked, sorted(set(known)), n=MOST, cutoff=LIKE)


def _alike(one: str, other: str) -> int:
    """How many letters two URLs begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


def _hosts(plan: RoundPlan) -> Iterable[str]:
    for unit in plan.units:
        yield from (canonical_host(seed) for seed in unit.seeds)
        yield from (rule.host for rule in unit.scope if rule.host)
