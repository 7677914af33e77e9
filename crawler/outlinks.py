"""From a page's links to what is offered to the frontier: in scope, not cut as a trap, not an asset.  Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cleaning.media import asset_url
from cleaning.page import Link
from cleaning.patterns import family_of, pattern_of
from cleaning.traps import trap_rule
from crawler.frontier.contract import Cut, Lease, Outlink
from crawler.frontier.traps import REPEATING_RULE
from crawler.plan import Limits
from crawler.scope import Scope

REMEMBERED: Final = 20_000  # URLs whose shape is known, some 6 MB: a site's menus stand on every page
CHAIN_RULE: Final = "redirect-chain"
COUNT_RULE: Final = "links-per-page"
COPY_RULE: Final = REPEATING_RULE
SESSION_RULE: Final = "session-mark"
MIRROR_RULE: Final = "mirror"
SOFT_RULE: Final = "soft-404"


@dataclass(frozen=True, slots=True)
class Repeats:
    """What of a page's links is known to lead nowhere new: those of its own `family`, and those with these keys.

    Where the page itself is not there (`frame` is given) all but the keys in `frame`, which its host's error pages have in common.
    """

    family: str
    sessions: Mapping[str, str]  # key of the link → slot of its minted token
    frame: frozenset[str] | None = None


NOTHING: Final = Repeats("", {})


@dataclass(frozen=True, slots=True)
class Sorted:
    """What is offered, and what was left out."""

    offered: tuple[Outlink, ...]
    out_of_scope: int
    cuts: tuple[Cut, ...]
    foreign: tuple[Outlink, ...] = ()  # those out of scope, each once, at most `limits.links`

    @property
    def rules(self) -> Mapping[str, int]:
        """Links cut, by rule."""
        return Counter(cut.rule for cut in self.cuts)


def sort_links(
    links: Iterable[Link | Outlink],
    lease: Lease,
    scope: Scope,
    limits: Limits,
    *,
    repeats: Repeats = NOTHING,
    allow: tuple[str, ...] = (),
    year: int = 0,
) -> Sorted:
    """Sort the links of the page `lease` stands for.

    Links that cost no click are followed at most `limits.redirects` in a row, and at most `limits.links` a page.  A link
    whose pattern begins with an entry of `allow` is never cut as a trap.  `year` is this year, for the ranks; 0: unknown.
    """
    offered: dict[str, Outlink] = {}
    out_of_scope = 0
    foreign: dict[str, Outlink] = {}
    cuts: dict[str, Cut] = {}
    repeats = _allowed(repeats, lease.key, allow)
    for link in links:
        if link.key == lease.key or _is_asset(link.url):
            continue
        if not scope.units_of(link.key):
            out_of_scope += 1
            known = foreign.get(link.key)
            if len(foreign) < limits.links if known is None else link.cost < known.cost:
                foreign[link.key] = _outlink(link)
        elif (rule := _trap(link, repeats)) and not (allow and pattern_of(link.key).startswith(allow)):
            cuts.setdefault(link.key, Cut(rule, _pattern(rule, lease.key, link.key, repeats), _outlink(link)))
        elif link.key in offered:
            if link.cost < offered[link.key].cost:
                offered[link.key] = Outlink(link.key, link.url, link.kind, link.text, year)
        elif link.cost == 0 and lease.chain >= limits.redirects:
            cuts.setdefault(link.key, Cut(CHAIN_RULE, pattern_of(link.key), _outlink(link)))
        elif len(offered) >= limits.links:
            cuts.setdefault(link.key, Cut(COUNT_RULE, pattern_of(link.key), _outlink(link)))
        else:
            offered[link.key] = Outlink(link.key, link.url, link.kind, link.text, year)
    return Sorted(tuple(offered.values()), out_of_scope, tuple(cuts.values()), tuple(foreign.values()))


def _allowed(repeats: Repeats, page: str, allow: tuple[str, ...]) -> Repeats:
    """A page that is not there, of a pattern that was released for good, is followed."""
    if repeats.frame is not None and allow and pattern_of(page).startswith(allow):
        return Repeats(repeats.family, repeats.sessions)
    return repeats


@lru_cache(maxsize=REMEMBERED)
def _is_asset(url: str) -> bool:
    return asset_url(url)


@lru_cache(maxsize=REMEMBERED)
def _shape_rule(url: str) -> str:
    rule = trap_rule(url)
    return "" if rule is None else rule.value


def _trap(link: Link | Outlink, repeats: Repeats) -> str:
    rule = _shape_rule(link.url)
    if rule:
        return rule
    if repeats.frame is not None and link.key not in repeats.frame:
        return SOFT_RULE
    if link.key in repeats.sessions:
        return SESSION_RULE
    return COPY_RULE if repeats.family and family_of(link.key) == repeats.family else ""


def _pattern(rule: str, page: str, key: str, repeats: Repeats) -> str:
    if rule == SOFT_RULE:
        return pattern_of(page)
    if rule == SESSION_RULE:
        return repeats.sessions[key]
    return repeats.family if rule == COPY_RULE else pattern_of(key)


def _outlink(link: Link | Outlink) -> Outlink:
    return Outlink(link.key, link.url, link.kind)
