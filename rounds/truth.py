"""A finished rehearsal round held against the rehearsal web's own truth and request log.  Pure.

Truth and log are read as the documents the rehearsal's process prints (see docs/rehearsal.md); nothing of it is
imported.  URLs are matched over the truth's aliases: every spelling that is the same page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cleaning.reasons import Verdict
from indicators.values import State

TRAP: Final = "trap"
GIVEN_UP: Final = frozenset({"hangs", "swells"})  # tried twice in the browser, then taken as HTTP brings it
ASKED: Final = frozenset({"document", "robots"})  # what a lease is needed for; the rest belongs to a browser's page


@dataclass(frozen=True, slots=True)
class TruePage:
    """One line of the truth."""

    url: str
    aliases: tuple[str, ...]
    unit: str
    depth: int
    kind: str
    stored: bool
    needs_browser: bool
    verdict: str
    points: frozenset[str]
    features: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredPage:
    """What the comparison needs of a stored record."""

    key: str
    url: str
    depth: int
    verdict: str
    via: str
    units: tuple[str, ...]
    points: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the rehearsal's request log; `at` in seconds."""

    at: float
    site: str
    kind: str
    status: int
    browser: bool
    key: str  # the truth's URL of the page asked for; empty when it is none


@dataclass(frozen=True, slots=True)
class PointsOfUnit:
    """Points of one unit: what the truth of its pages has, what was found, and what both have; codes of what only one has.

    A page of the truth names the points it was printed for; it may well show others.  What was found beyond them is
    `confirmed` where the truth of the unit's values says that it is there, `denied` where that says it is absent, and
    `unsaid` where this web says nothing of it.
    """

    true: int
    found: int
    both: int
    missed: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole comparison.  Lists hold URLs, sorted; all empty in a perfect round."""

    stored: int
    truth: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    stored_twice: tuple[str, ...]
    fetched_twice: tuple[str, ...]
    trap_stored: int
    wrong_depth: tuple[str, ...]
    politeness_violations: int
    confusion: Mapping[str, Mapping[str, int]]  # true verdict → given verdict → pages
    needs_browser: int
    rendered: int
    points: Mapping[str, PointsOfUnit]

    @property
    def verdict_accuracy(self) -> float:
        """Share of the pages both sides have whose verdict is the true one; 1 when there are none."""
        pages = sum(sum(given.values()) for given in self.confusion.values())
        right = sum(given.get(verdict, 0) for verdict, given in self.confusion.items())
        return right / pages if pages else 1.0

    @property
    def verdict_recall(self) -> Mapping[str, float]:
        """Per true verdict, the share that was given it."""
        return {
            verdict: given.get(verdict, 0) / sum(given.values()) for verdict, given in sorted(self.confusion.items())
        }


def true_page(document: Mapping[str, Any]) -> TruePage:
    """A truth line as a record."""
    return TruePage(
        url=document["url"],
        aliases=tuple(document["aliases"]),
        unit=document["unit"],
        depth=document["depth"],
        kind=document["kind"],
        stored=document["stored"],
        needs_browser=document["needs_browser"],
        verdict=document["verdict"] or "",
        points=frozenset(document["points"]),
        features=frozenset(document["features"]),
    )


def asked(document: Mapping[str, Any]) -> Asked:
    """A log line as a record."""
    return Asked(
        at=document["t"],
        site=document["site"],
        kind=document["kind"],
        status=document["status"],
        browser=document["browser"],
        key=document["key"] or "",
    )


def states_of(documents: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """Unit and point → state, of the truth's lines about values."""
    return {(line["unit"], line["point"]): line["state"] for line in documents}


def compare(
    truth: Iterable[TruePage],
    stored: Iterable[StoredPage],
    log: Iterable[Asked],
    *,
    depth: int,
    delay: float,
    states: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Comparison:
    """Hold what was stored against the truth up to `depth`, and the log against the rules of `delay` seconds.

    `states` is what the truth says of the units' values (`states_of`): it tells what points beyond those of the pages are.
    """
    pages = list(truth)
    by_alias = {alias: page for page in pages for alias in (page.url, *page.aliases)}
    wanted = {page.url: page for page in pages if page.stored and page.kind != TRAP and page.depth <= depth}
    found: dict[str, list[StoredPage]] = defaultdict(list)
    extra: list[str] = []
    traps = 0
    for record in stored:
        page = by_alias.get(record.url) or by_alias.get(record.key)
        if page is not None and page.kind == TRAP:
            traps += 1
        elif page is None or page.url not in wanted:
            extra.append(record.url)
        else:
            found[page.url].append(record)
    requests = list(log)
    both = [(wanted[url], records[0]) for url, records in sorted(found.items())]
    return Comparison(
        stored=sum(len(records) for records in found.values()) + len(extra),
        truth=len(wanted),
        missing=tuple(sorted(set(wanted) - set(found))),
        extra=tuple(sorted(extra)),
        stored_twice=tuple(url for url, records in sorted(found.items()) if len(records) > 1),
        fetched_twice=tuple(
            url for url in fetched_twice(requests) if url in wanted and not wanted[url].features & GIVEN_UP
        ),  # stalled ones are asked again too
        trap_stored=traps,
        wrong_depth=tuple(page.url for page, record in both if page.depth != record.depth),
        politeness_violations=politeness_violations(requests, delay),
        confusion=_confusion(both),
        needs_browser=sum(1 for page in wanted.values() if page.needs_browser),
        rendered=sum(1 for _, record in both if record.via == "browser"),
        points=_points(both, states),
    )


def fetched_twice(log: Iterable[Asked]) -> tuple[str, ...]:
    """Pages answered 200 more than once the same way; HTTP and browser count apart, for escalation asks both."""
    answered = Counter(
        (line.key, line.browser) for line in log if line.kind == "document" and line.status == 200 and line.key
    )
    return tuple(sorted({key for (key, _), times in answered.items() if times > 1}))


def politeness_violations(log: Iterable[Asked], delay: float) -> int:
    """Pairs of document or robots.txt requests of one host that began less than `delay` seconds apart."""
    begun: dict[str, list[float]] = defaultdict(list)
    for line in log:
        if line.kind in ASKED:
            begun[line.site].append(line.at)
    return sum(
        1
        for times in begun.values()
        for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)
        if later - earlier < delay
    )


def _confusion(both: Sequence[tuple[TruePage, StoredPage]]) -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for page, record in both:
        row = table.setdefault(page.verdict, {})
        row[record.verdict] = row.get(record.verdict, 0) + 1
    return table


def _points(
    both: Sequence[tuple[TruePage, StoredPage]], states: Mapping[tuple[str, str], str]
) -> dict[str, PointsOfUnit]:
    true: dict[str, set[str]] = defaultdict(set)
    found: dict[str, set[str]] = defaultdict(set)
    for page, record in both:
        if page.verdict != Verdict.HARMFUL:
            true[page.unit] |= page.points
        for unit in record.units:
            found[unit] |= record.points
    return {unit: _points_of(unit, true[unit], found[unit], states) for unit in sorted(true.keys() | found.keys())}


def _points_of(unit: str, true: set[str], found: set[str], states: Mapping[tuple[str, str], str]) -> PointsOfUnit:
    parted: dict[str, list[str]] = defaultdict(list)
    for code in sorted(found - true):
        parted[_SAID.get(states.get((unit, code), ""), "unsaid")].append(code)
    return PointsOfUnit(
        len(true),
        len(found),
        len(true & found),
        tuple(sorted(true - found)),
        **{name: tuple(parted[name]) for name in ("confirmed", "unsaid", "denied")},
    )


# What cannot be decided is there: only what it amounts to cannot be told.
_SAID: Final[Mapping[str, str]] = {State.MEASURED: "confirmed", State.UNDECIDABLE: "confirmed", State.ABSENT: "denied"}
