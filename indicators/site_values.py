"""Values told by all pages of a unit's sites together.  Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from indicators import partial as folding
from indicators.page_facts import PageFact, is_platform
from indicators.value_rules import ValueKind
from indicators.values import Effort, Outcome, State, Why

Sites = list[tuple[str, int]]
"""Host and bits of each URL, as a partial keeps them."""


def of_sites(kind: ValueKind, sites: Sites, effort: Effort) -> Outcome | None:
    """What the unit's URLs amount to, unscored; None where there are none to tell from."""
    return _SITE_KINDS[kind]([(host, bits) for host, bits in sites if not folding.is_refused(bits)], effort)


def _departments(sites: Sites, effort: Effort) -> dict[str, list[int]]:
    """Stored pages of each site that is neither the portal nor a service platform."""
    found: dict[str, list[int]] = defaultdict(list)
    for host, bits in sites:
        if not folding.is_dead(bits) and host != effort.portal and not is_platform(host):
            found[host].append(bits)
    return found


def _linked_sites(sites: Sites, effort: Effort) -> Outcome | None:
    departments = _departments(sites, effort)
    if not departments:
        return Outcome(State.UNDECIDABLE, Why.NO_BASE)
    linked = sum(any(folding.facts_of(bits) & PageFact.TO_PLATFORM for bits in pages) for pages in departments.values())
    return _share(linked, len(departments))


def _own_domain(sites: Sites, effort: Effort) -> Outcome | None:
    departments = _departments(sites, effort)
    if not departments:
        return Outcome(State.UNDECIDABLE, Why.NO_BASE)
    return _share(sum(host.endswith(f".{effort.portal}") for host in departments), len(departments))


def _entries_alive(sites: Sites, _effort: Effort) -> Outcome | None:
    near = [bits for _, bits in sites if folding.is_near(bits)]
    broken = sum(map(folding.is_dead, near))
    return _share(len(near) - broken, len(near), broken=float(broken)) if near else None


def _dead_share(sites: Sites, _effort: Effort) -> Outcome | None:
    low = [bits for _, bits in sites if folding.is_low(bits)]
    return _share(sum(map(folding.is_dead, low)), len(low)) if low else None


_ASKED_TAGS: Final = (
    ("home", PageFact.SITE_TAGS),
    ("list", PageFact.SITE_TAGS | PageFact.COLUMN_TAGS),
    ("article", PageFact.SITE_TAGS | PageFact.ARTICLE_TAGS),
)


def _marked_pages(sites: Sites, _effort: Effort) -> Outcome | None:
    shares = []
    for name, asked in _ASKED_TAGS:
        pages = [bits for _, bits in sites if folding.class_of(bits) == name and not folding.is_dead(bits)]
        if pages:
            shares.append(sum(folding.facts_of(bits) & asked == asked for bits in pages) / len(pages))
    return Outcome(State.MEASURED, value=sum(shares) / len(shares)) if shares else None


def _readable_files(sites: Sites, _effort: Effort) -> Outcome | None:
    files = [bits for _, bits in sites if folding.is_file(bits)]
    if not files:
        return Outcome(State.UNDECIDABLE, Why.NO_BASE) if sites else None
    return _share(sum(map(folding.is_readable, files)), len(files))


def _share(yes: int, every: int, **more: float) -> Outcome:
    return Outcome(State.MEASURED, value=yes / every, more={**more, "yes": float(yes), "every": float(every)})


_SITE_KINDS: Final[Mapping[ValueKind, Callable[[Sites, Effort], Outcome | None]]] = MappingProxyType(
    {
        ValueKind.LINKED_SITES: _linked_sites,
        ValueKind.OWN_DOMAIN: _own_domain,
        ValueKind.ENTRIES_ALIVE: _entries_alive,
        ValueKind.DEAD_SHARE: _dead_share,
        ValueKind.MARKED_PAGES: _marked_pages,
        ValueKind.READABLE_FILES: _readable_files,
    }
)
