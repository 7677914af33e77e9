"""From a page's links to what is offered to the frontier: in scope, not cut as a trap, not an asset.  Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cleaning.media import asset_url
from cleaning.page import Link
from cleaning.patterns import pattern_of
from cleaning.traps import trap_rule
from crawler.frontier.contract import Lease, Outlink
from crawler.plan import Limits
from crawler.scope import Scope

CHAIN_RULE = "redirect-chain"
COUNT_RULE = "links-per-page"
COPY_RULE = "repeating-pattern"


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is offered, and what was left out."""

    offered: tuple[Outlink, ...]
    out_of_scope: int
    cuts: Mapping[str, int]
    foreign: tuple[Outlink, ...] = ()  # those out of scope, each once, at most `limits.links`

    @property
    def cut(self) -> int:
        """Links cut by any rule."""
        return sum(self.cuts.values())


def sort_links(
    links: Iterable[Link | Outlink], lease: Lease, scope: Scope, limits: Limits, *, repeating: str = ""
) -> Sorted:
    """Sort the links of the page `lease` stands for.

    Links that cost no click are followed at most `limits.redirects` in a row, and at most `limits.links` a page.  Where
    the page is one more copy in a pattern that repeats, `repeating` names it, and its links inside are not followed.
    """
    offered: dict[str, Outlink] = {}
    out_of_scope = 0
    foreign: dict[str, Outlink] = {}
    cuts: Counter[str] = Counter()
    for link in links:
        if link.key == lease.key or asset_url(link.url):
            continue
        if not scope.units_of(link.key):
            out_of_scope += 1
            if len(foreign) < limits.links and link.key not in foreign:
                foreign[link.key] = Outlink(link.key, link.url, link.kind)
        elif (rule := trap_rule(link.url)) is not None:
            cuts[rule.value] += 1
        elif repeating and pattern_of(link.key) == repeating:
            cuts[COPY_RULE] += 1
        elif link.cost == 0 and lease.chain >= limits.redirects:
            cuts[CHAIN_RULE] += 1
        elif len(offered) >= limits.links:
            cuts[COUNT_RULE] += 1
        elif link.key not in offered or link.cost < offered[link.key].cost:
            offered[link.key] = Outlink(link.key, link.url, link.kind)
    return Sorted(tuple(offered.values()), out_of_scope, cuts, tuple(foreign.values()))
