"""Working out a round's values: each host's pages folded once, the partials of a unit merged, every point asked.

Only hosts whose records changed since the last time are folded again, and only units they belong to are asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain

from cleaning.urls import canonicalize
from crawler.frontier.ids import split_key
from crawler.plan import RoundPlan
from indicators.catalogue import bodies, load
from indicators.outcomes import effort_of, outcome
from indicators.partial import Partial, Rules, merged
from indicators.partial_form import from_plain, to_plain
from indicators.records import Catalogue
from indicators.values import Outcome
from pipelines.store import partials
from pipelines.store.connect import Store, connect
from pipelines.store.evidence import evidence_of_host
from pipelines.store.reader import RoundReader
from pipelines.store.rounds import RoundBook, RoundRecord
from pipelines.store.values import ValueBook, freeze
from rounds.heard import channel_outcomes
from rounds.services import Services


@dataclass(frozen=True, slots=True)
class Worked:
    """What one working-out did.  `changed` counts values that are other ones than before."""

    hosts: int
    hosts_folded: int
    units: int
    units_asked: int
    values: int
    changed: int
    samples: int  # drawn observations the round now has


def work_out(
    database: Store,
    plan: RoundPlan,
    *,
    finished: bool,
    now: datetime,
    catalogue: Catalogue | None = None,
    url: str = "",
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Worked:
    """Bring the round's values up to its records.  Idempotent; a second run at once folds and asks nothing.

    `finished` says that nothing is left to fetch: before, nothing is called absent.  `catalogue` is the installed one
    where not given.  Raises StoreAway.
    """
    loaded = catalogue or load()
    if catalogue is None:
        freeze(database, loaded.version, bodies(), at=now, url=url)
    rules, book = Rules(loaded), ValueBook(database, plan.name, url=url)
    folding = _Folding(database, plan.name, rules, url)
    folding.bring_up(progress)
    worked = book.worked(loaded.version, finished=finished)
    heard = channel_outcomes(database, plan.name, [unit.code for unit in plan.units], loaded, url=url)
    worked -= _otherwise_heard(book, heard)
    asked = [unit for unit in plan.units if unit.code in folding.touched or unit.code not in worked]
    changed = 0
    for unit in asked:
        whole = folding.whole(unit.code)
        effort = effort_of(whole, finished=finished, portal=portal_of(unit.seeds))
        found = {code: outcome(point, whole, effort, seed_of(plan)) for code, point in rules.points.items()}
        found |= heard.get(unit.code, {})
        changed += book.put(unit.code, found, effort, catalogue=loaded.version, seed=seed_of(plan), at=now)
    counts = book.counts()
    return Worked(
        hosts=folding.hosts,
        hosts_folded=folding.folded,
        units=len(plan.units),
        units_asked=len(asked),
        values=counts["values"],
        changed=changed,
        samples=counts["samples"],
    )


def _otherwise_heard(book: ValueBook, heard: Mapping[str, Mapping[str, Outcome]]) -> set[str]:
    """Units of which the channels say something else than their stored values."""
    codes = {code for found in heard.values() for code in found}
    kept = {(one["unit"], one["code"]): one for one in book.find(codes=codes)} if codes else {}
    return {
        unit
        for unit, found in heard.items()
        for code, one in found.items()
        if (stored := kept.get((unit, code))) is None
        or (stored["state"], stored["value"], stored["score"]) != (one.state, one.value, one.score)
    }


def bring_up(
    services: Services,
    record: RoundRecord,
    *,
    finished: bool,
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Worked:
    """The same for a stored round; what was done is kept in its document."""
    url = services.mongo_url
    database = connect(url)
    try:
        done = work_out(database, record.plan, finished=finished, now=now, url=url, progress=progress)
        RoundBook(database, url=url).save_result(record.name, "values", asdict(done) | {"at": now})
    finally:
        database.client.close()
    return done


class _Folding:
    """The hosts of a round, folded where what is kept of them is no longer what their records are."""

    def __init__(self, database: Store, round_name: str, rules: Rules, url: str) -> None:
        self._database, self._round, self._rules, self._url = database, round_name, rules, url
        self._too_large: dict[str, list[Partial]] = defaultdict(list)  # by unit: what could not be kept
        self.touched: set[str] = set()  # units with other pages than before
        self.hosts = self.folded = 0

    def bring_up(self, progress: Callable[[int, int], None]) -> None:
        """Fold what changed; forget what is gone."""
        standing = partials.standing(self._database, self._round, self._rules.version, url=self._url)
        before = partials.kept(self._database, self._round, url=self._url)
        stale = sorted(host for host, made in standing.items() if before.get(host) != made)
        vanished = sorted(set(before) - set(standing))
        for host in (*stale, *vanished):
            self.touched |= partials.units_of_host(self._database, self._round, host, url=self._url)
        partials.forget(self._database, self._round, vanished, url=self._url)
        for done, host in enumerate(stale, 1):
            self._fold(host, standing[host])
            progress(done, len(stale))
        self.hosts, self.folded = len(standing), len(stale)

    def whole(self, unit: str) -> Partial:
        """All of a unit's hosts together."""
        kept = partials.bodies_of_unit(self._database, self._round, unit, url=self._url)
        return merged(self._rules, chain((from_plain(self._rules, body) for _, body in kept), self._too_large[unit]))

    def _fold(self, host: str, made: partials.Made) -> None:
        by_unit = fold_host(RoundReader(self._database, self._round, url=self._url), host, self._rules)
        plain = {unit: to_plain(each) for unit, each in by_unit.items()}
        if not partials.keep(self._database, self._round, host, made, plain, url=self._url):
            for unit, each in by_unit.items():
                self._too_large[unit].append(each)
        self.touched |= set(by_unit)


def fold_host(reader: RoundReader, host: str, rules: Rules) -> dict[str, Partial]:
    """A host's pages folded for each unit whose pages they are."""
    by_unit: dict[str, Partial] = {}
    for units, page in evidence_of_host(reader, host):
        for unit in units:
            if unit not in by_unit:
                by_unit[unit] = Partial(rules)
            by_unit[unit].add(page)
    return by_unit


def seed_of(plan: RoundPlan) -> str:
    """What fixes the draws of a round: rounds of one campaign judge the same pages as far as they still have them."""
    return plan.samples or plan.name


def portal_of(seeds: Sequence[str]) -> str:
    """The canonical host of the first seed: a unit's own site."""
    key = canonicalize(seeds[0]) if seeds else None
    return split_key(key)[0] if key else ""
