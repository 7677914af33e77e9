"""Two rounds held against each other: pages, verdicts and points, per unit and over all.

Records stream past side by side, so memory grows only with what the second round has no record of: those keys are kept,
to tell pages that nothing leads to any more from pages behind something that could not be observed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cleaning.urls import canonicalize
from pipelines.store.connect import Document
from pipelines.store.pairs import Pair, pairs
from pipelines.store.reader import EVIDENCE, PageFilter, RoundReader
from pipelines.store.records import links_of
from pipelines.store.rounds import RoundRecord
from rounds import life
from rounds.changes import (
    FIELDS,
    Change,
    Fate,
    Reach,
    Unseen,
    codes_of,
    fate_of,
    stored,
    unobserved,
    verdict_changed,
)
from rounds.refusals import BadChoice, OtherCatalogue
from rounds.services import Services
from rounds.value_changes import ValueChange, value_change

ASKED_AT_ONCE: Final = 500  # records whose links are read together

Row = dict[str, Any]
Progress = Callable[[str, int, int], None]  # step, done, of how many


@dataclass(slots=True)
class PointChange:
    """Pages that evidence one point in one unit: before, after, and of each those that the other round could not observe."""

    before: int = 0
    after: int = 0
    unobserved: int = 0  # of those before
    unmet: int = 0  # of those after


@dataclass(slots=True)
class UnitChanges:
    """One unit's pages, or all: a page of several units counts for each."""

    before: int = 0
    after: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    whys: Counter[tuple[Change, str]] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    points: dict[str, PointChange] = field(default_factory=dict)
    values: dict[str, ValueChange] = field(default_factory=dict)  # of one unit; empty where a round has none worked out

    def add(self, before: Document | None, after: Document | None, fate: Fate) -> None:
        """Count one page."""
        self.before += stored(before)
        self.after += stored(after)
        self.changes[fate.change] += 1
        if fate.why:
            self.whys[fate.change, fate.why] += 1
        if verdict_changed(before, after):
            assert before is not None
            assert after is not None
            self.verdicts[before["verdict"], after["verdict"]] += 1
        lost = fate.change is Change.UNREACHABLE
        for code in _evidence(before):
            point = self.points.setdefault(code, PointChange())
            point.before += 1
            point.unobserved += lost
        unmet = fate.change is Change.NEW and bool(fate.why)
        for code in _evidence(after):
            point = self.points.setdefault(code, PointChange())
            point.after += 1
            point.unmet += unmet


@dataclass(slots=True)
class RoundChanges:
    """What became of everything.  `only_before` and `only_after` are units that one round lacks: no pages are compared of them."""

    before: str
    after: str
    catalogue: str
    total: UnitChanges = field(default_factory=UnitChanges)
    units: dict[str, UnitChanges] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    valued: bool = False  # both rounds have values worked out
    depths: tuple[int, int] = (0, 0)
    unfinished: tuple[str, ...] = ()

    @property
    def reach(self) -> tuple[Reach, Reach]:
        """How far either round looked."""
        before, after = (
            Reach(depth, name not in self.unfinished)
            for depth, name in zip(self.depths, (self.before, self.after), strict=True)
        )
        return before, after


def compare(
    services: Services,
    before: str,
    after: str,
    *,
    sink: Callable[[Row], None] = lambda _row: None,
    progress: Progress = lambda _step, _done, _all: None,
) -> RoundChanges:
    """Compare two rounds; `sink` is given a row per page that is not the same in everything.

    Raises NoSuchRound, BadChoice (one round twice, or none of their units in common), OtherCatalogue, StoreAway.
    """
    first, second = life.get(services, before), life.get(services, after)
    found = begun(first, second)
    shared = frozenset(found.units)
    with life.store(services) as database:
        old, new = (RoundReader(database, name, url=services.mongo_url) for name in (before, after))
        number = sum(sum(reader.ends().values()) for reader in (old, new))
        progress("找出两轮的不同", 0, number)
        found.valued = bool(old.values.counts()["values"] and new.values.counts()["values"])
        if found.valued:
            _count_values(found, old, new)
        missed = unseen(old, new, second)
        for done, pair in enumerate(pairs(old, new, FIELDS)):
            _count(found, pair, shared, missed, sink)
            if done % ASKED_AT_ONCE == 0:
                progress("找出两轮的不同", done, number)
        progress("找出两轮的不同", number, number)
    return found


def begun(first: RoundRecord, second: RoundRecord) -> RoundChanges:
    """What can be said before any page is looked at.  Raises BadChoice, OtherCatalogue."""
    if first.name == second.name:
        raise BadChoice(f"轮次 {first.name} 和它自己没有什么可比：给两个不同的轮次")
    if first.catalogue != second.catalogue:
        raise OtherCatalogue(
            f"轮次 {first.name} 用的是目录 {first.catalogue}，{second.name} 用的是 {second.catalogue}，判定和点位不能相比："
            f"先用 caifeng retag 把旧的一轮按现在的目录重判"
        )
    old, new = ({unit.code: unit.name for unit in one.plan.units} for one in (first, second))
    shared = [code for code in new if code in old]
    if not shared:
        raise BadChoice(f"轮次 {first.name} 和 {second.name} 没有共同的单位，不能相比")
    return RoundChanges(
        first.name,
        second.name,
        second.catalogue,
        units={code: UnitChanges() for code in shared},
        names=old | new,
        only_before=tuple(code for code in old if code not in new),
        only_after=tuple(code for code in new if code not in old),
        depths=(first.plan.depth, second.plan.depth),
        unfinished=tuple(one.name for one in (first, second) if one.state != "finished"),
    )


def unseen(before: RoundReader, after: RoundReader, later: RoundRecord) -> Unseen:
    """Keys of the first round without a record in the second that it could not come to.

    Behind: something unobserved leads to them, at any remove.  The links are those of the first round: what an unobserved
    page links to now nobody knows.  Deep: pages at the last depth of the second round link to them, or what they led to.
    """
    missing: set[str] = set()
    roots: list[str] = []
    for one, other in pairs(before, after, ("end", "reason", "status")):
        if one is not None and other is None:
            missing.add(one["key"])
        elif one is not None and other is not None and unobserved(other):
            roots.append(one["key"])
    seeds = {key for unit in later.plan.units for seed in unit.seeds if (key := canonicalize(seed))}
    behind = missing & seeds  # a seed that was never come to
    behind |= _led_to(before, [*roots, *behind], missing)
    linked: set[str] = set()
    if missing:
        for page in after.pages(PageFilter(), ("key", "depth", "outlinks")):
            if page["depth"] >= later.plan.depth:
                linked |= {link.key for link in links_of(page).offered if link.cost and link.key in missing}
    deep = linked | _led_to(before, sorted(linked), missing - behind)
    return Unseen(frozenset(behind), frozenset(deep))


def _led_to(reader: RoundReader, roots: list[str], among: set[str]) -> set[str]:
    """What the links of these lead to, and theirs, of the keys that count."""
    found: set[str] = set()
    todo = roots
    while todo:
        asked, todo = todo[:ASKED_AT_ONCE], todo[ASKED_AT_ONCE:]
        for record in reader.records(sorted(asked), ("outlinks",)).values():
            new = {link.key for link in links_of(record).offered if link.key in among} - found
            found |= new
            todo += sorted(new)
    return found


def row_of(before: Document | None, after: Document | None, fate: Fate) -> Row:
    """One page's line: pairs are (before, after), None where a round has no page."""
    page = after if stored(after) else before
    assert page is not None
    old, new = codes_of(before), codes_of(after)
    return {
        "change": str(fate.change),
        "why": fate.why,
        "url": page["url"],
        "key": page["key"],
        "host": page["host"],
        "units": page["units"],
        "title": page["title"],
        "verdict": [_of(before, "verdict"), _of(after, "verdict")],
        "depth": [_of(before, "depth"), _of(after, "depth")],
        "points_lost": sorted(old - new) if stored(after) else sorted(old),
        "points_gained": sorted(new - old),
    }


def _count_values(found: RoundChanges, old: RoundReader, new: RoundReader) -> None:
    for code, unit in found.units.items():
        before, after = ({one["code"]: one for one in reader.values.find(units=(code,))} for reader in (old, new))
        unit.values = {point: value_change(before.get(point), after.get(point)) for point in sorted({*before, *after})}


def _count(
    found: RoundChanges, pair: Pair, shared: frozenset[str], missed: Unseen, sink: Callable[[Row], None]
) -> None:
    before, after = pair
    fate = fate_of(before, after, found.reach, missed)
    if fate is None:
        return
    units = {code for one in pair if stored(one) and one is not None for code in one["units"]} & shared
    if not units:
        return
    found.total.add(before, after, fate)
    for code in units:
        found.units[code].add(before, after, fate)
    codes_differ = stored(before) and stored(after) and codes_of(before) != codes_of(after)
    if fate.change is not Change.SAME or verdict_changed(before, after) or codes_differ:
        sink(row_of(before, after, fate))


def _evidence(record: Mapping[str, Any] | None) -> frozenset[str]:
    if record is None or not stored(record) or record["verdict"] not in EVIDENCE:
        return frozenset()
    return codes_of(record)


def _of(record: Mapping[str, Any] | None, name: str) -> Any:
    return record[name] if record is not None and stored(record) else None
