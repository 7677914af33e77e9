"""How much of a round's sites it has collected, where no truth is known: the collection rate, and what is missing.

The sites' own maps and search engines name URLs that the crawl may not have found.  What of them exists is looked at;
from how the lists overlap the number of pages in none of them is inferred (`rounds.recapture`).  Nothing is crawled:
what is missing is told with its reason where that is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from cleaning.patterns import pattern_of
from cleaning.urls import canonicalize, fingerprint
from crawler.channels.errands import Handler, Progress, Runner, errand_plan, errands
from crawler.channels.errors import BadAnswer
from crawler.frontier.contract import Counts
from crawler.frontier.ids import join_key, spelling
from crawler.frontier.lookup import SeenLookup
from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import RoundPlan
from crawler.scope import Scope
from pipelines.store.connect import Store
from pipelines.store.listed import FOUND, MISSING, Found, ListedBook, Source, Standing
from pipelines.store.reader import RoundReader
from pipelines.store.rounds import Entry, RoundBook
from pipelines.store.site_coverage import SiteCoverageBook
from rounds import coverage_sites, life
from rounds.coverage_lists import MAP_PAGES, Lists, Looks, Search
from rounds.planning import canonical_host
from rounds.recapture import Cells, Estimate, Known, clustering_of, collection_rate, together
from rounds.refusals import BadInstance, WrongState
from rounds.services import Services

LOOKED_AT: Final = 200  # unfound URLs of a host that are asked for: 14 points of a share at worst, at 95 %
LIST_PAGES: Final = 300  # stored list pages of a host that are read for what they say of their size
RESULT: Final = "coverage"  # where the round keeps it
BATCH: Final = 500
LATER: Final = 30.0  # seconds at most until a list, or a page that is looked at, is tried once more


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a round is looked back at."""

    search: Search | None = None
    looked_at: int = LOOKED_AT
    list_pages: int = LIST_PAGES


@dataclass(frozen=True, slots=True)
class SiteCoverage:
    """One host: what is known of it, how often it is named, and the rate with its interval (None: nobody names it)."""

    host: str
    units: tuple[str, ...]
    known: Known
    named: Mapping[str, int]  # by source
    missing: int  # URLs named, and neither stored nor gone
    rate: Estimate | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole estimate.  Rates are shares from 0 to 1."""

    at: datetime
    known: Known
    rate: Estimate | None
    sites: tuple[SiteCoverage, ...]
    units: Mapping[str, Estimate | None]
    standings: Mapping[str, int]  # URLs named, by where they stand
    sources: Mapping[str, int]  # hosts that a source names anything of
    questions: int  # to the search engine, with an answer
    silent: tuple[str, ...]  # engines that did not answer at least once: what they know was not observed
    shortfalls: tuple[coverage_sites.Shortfall, ...] = field(default_factory=tuple)
    left_out: int = 0  # stored pages that count for nothing: see `coverage_sites.Site`

    def document(self) -> dict[str, Any]:
        """Plain values, without the sites."""
        return {
            "at": self.at,
            "rate": _estimate(self.rate),
            "known": asdict(self.known),
            "left_out": self.left_out,
            "units": {code: _estimate(rate) for code, rate in self.units.items()},
            "standings": dict(self.standings),
            "sources": dict(self.sources),
            "hosts": len(self.sites),
            "questions": self.questions,
            "silent_engines": list(self.silent),
            "shortfalls": [asdict(one) | {"missing": one.missing} for one in self.shortfalls],
        }


def site_document(site: SiteCoverage) -> dict[str, Any]:
    """One site as plain values."""
    return {
        "host": site.host,
        "units": list(site.units),
        "rate": _estimate(site.rate),
        "named": dict(site.named),
        "missing": site.missing,
        "known": asdict(site.known),
    }


def _estimate(rate: Estimate | None) -> dict[str, float] | None:
    return None if rate is None else {name: round(value, 4) for name, value in asdict(rate).items()}


async def cover(
    services: Services, name: str, wanted: Wanted, *, report: Callable[[str, Progress], None], who: str, now: datetime
) -> Coverage:
    """Ask, look, infer, and keep the result with the round.  Killed, it goes on where it stood.

    Raises NoSuchRound, WrongState while the round is being crawled, BadInstance where the search instance speaks no JSON.
    """
    record = life.get(services, name)
    async with life.frontier(services, name) as queue:
        if await life.state_of(queue, name) is State.RUNNING and life.live_workers(
            await queue.workers(), record.plan, now
        ):
            raise WrongState(f"轮次 {name} 正在采集：等它完成，或先用 caifeng round pause {name} 暂停")
        ledger = await queue.host_counts()
        robots = {host: await queue.robots_text(host) for host in ledger}
    with life.store(services) as database:
        book = ListedBook(database, name, url=services.mongo_url)
        book.prepare()
        task = _Task(services, record.plan, database, book, ledger, wanted, report)
        lists = await task.ask(robots)
        await task.place()
        await task.look()
        found = task.add_up(lists, now)
        rounds = RoundBook(database, url=services.mongo_url)
        SiteCoverageBook(database, name, url=services.mongo_url).replace(site_document(site) for site in found.sites)
        rounds.save_result(name, RESULT, found.document())
        rounds.append(name, Entry(now, who, _said(found)))
    return found


def _said(found: Coverage) -> str:
    rate = found.rate
    if rate is None:
        return "采集率：没有名单可比"
    return f"采集率：{rate.value:.1%}（95% 区间 {rate.low:.1%} 到 {rate.high:.1%}）"


@dataclass(slots=True)
class _Task:
    """The steps of one run."""

    services: Services
    plan: RoundPlan
    database: Store
    book: ListedBook
    ledger: Mapping[str, Counts]
    wanted: Wanted
    report: Callable[[str, Progress], None]
    sites: coverage_sites.Sites = field(default_factory=coverage_sites.Sites)

    @property
    def reader(self) -> RoundReader:
        return RoundReader(self.database, self.plan.name, url=self.services.mongo_url)

    async def ask(self, robots: dict[str, str]) -> Lists:
        """Site maps and search results, kept in `listed`; a finished earlier run is forgotten first."""
        hosts = sorted({*self.ledger, *(canonical_host(seed) for unit in self.plan.units for seed in unit.seeds)})
        origins = await self._origins(hosts)
        maps = [join_key(host, path) for host in hosts for path in MAP_PAGES]
        known = frozenset(self.reader.records(maps, ("end",)))
        search = self.wanted.search
        lists = Lists(self.book, Scope(self.plan), robots, search, known)
        plan = brief(errand_plan(self.plan, seeds=[search.instance] if search else ()))

        def heeded(host: str) -> bool:
            return search is None or host != search.host

        async with self._queue("coverage", plan) as queue:
            if (await queue.counts()).at_rest:
                self.book.forget()
            await queue.seed(lists.seeds(origins))
            try:
                await self._run(queue, plan, lists.handle, "名单", heeded)
            except BadAnswer as error:
                await queue.drop()
                raise BadInstance(str(error)) from error
        return lists

    async def place(self) -> None:
        """Where each named URL stands with the round, as far as the round itself knows."""
        endless = coverage_sites.endless_patterns(self.database, self.plan.name, url=self.services.mongo_url)
        self.sites = coverage_sites.survey(self.reader, endless)
        unplaced: list[str] = []
        batch: list[str] = []
        lookup = SeenLookup(self.services.redis_url, self.plan.name)
        try:
            for row in self.book.all((Standing.UNCHECKED, *FOUND)):
                batch.append(row["key"])
                if len(batch) == BATCH:
                    unplaced += await self._place(batch, lookup, endless)
                    batch = []
            unplaced += await self._place(batch, lookup, endless)
        finally:
            await lookup.close()
        self.book.place(coverage_sites.too_deep(self.reader, self.plan, self.sites, unplaced))

    async def _place(self, keys: Sequence[str], lookup: SeenLookup, endless: frozenset[str]) -> list[str]:
        """Place these; answers those that the round has not found."""
        records = self.reader.records(keys, coverage_sites.STANDING_FIELDS)
        placed = []
        for key, record in records.items():
            standing, reason = coverage_sites.standing_of(record)
            if standing is Standing.STORED and coverage_sites.is_endless(key, endless):
                standing, reason = Standing.CUT, "endless"
            placed.append(Found(key, standing, reason))
        rest = [key for key in keys if key not in records]
        seen = await lookup.depths(rest)
        self.book.place([*placed, *(Found(key, Standing.PENDING) for key in seen)])
        return [key for key in rest if key not in seen]

    async def look(self) -> None:
        """Ask for what the round has not found: a sample of each host, by the fingerprint of the URL."""
        by_host: defaultdict[str, list[str]] = defaultdict(list)
        for row in self.book.all((Standing.UNCHECKED,)):
            by_host[row["host"]].append(row["url"])
        chosen = [
            url
            for urls in by_host.values()
            for url in sorted(urls, key=lambda one: fingerprint(canonicalize(one) or one))[: self.wanted.looked_at]
        ]
        async with self._queue("looks", errand_plan(self.plan)) as queue:
            await queue.seed(chosen)
            await self._run(queue, brief(self.plan), Looks(self.book).handle, "核实")
        doubtful = [
            Found(row["key"], Standing(row["standing"]), row["reason"], doubtful=True, looked=row["looked"])
            for row in self.book.all((Standing.ALIVE, Standing.UNCHECKED, Standing.UNKNOWN))
            if pattern_of(row["key"]) in self.sites.deep_patterns
        ]
        self.book.place(doubtful)

    def add_up(self, lists: Lists, now: datetime) -> Coverage:
        """From numbers to the estimate."""
        coverage_sites.announced(self.reader, self.sites, most=self.wanted.list_pages)
        table = self.book.table()
        scope = Scope(self.plan)
        alive = _alive_share(table)
        hosts = sorted({*self.ledger, *self.sites.by_host, *(row["host"] for row in table)})
        rows = {host: [row for row in table if row["host"] == host] for host in hosts}
        sites = tuple(self._site(host, rows[host], scope, alive) for host in hosts)
        by_unit: defaultdict[str, list[Known]] = defaultdict(list)
        for site in sites:
            for code in site.units:
                by_unit[code].append(site.known)
        total = together(site.known for site in sites)
        standings: defaultdict[str, int] = defaultdict(int)
        for row in table:
            standings[row["standing"]] += row["number"]
        return Coverage(
            at=now,
            known=total,
            rate=_rate_of([site.known for site in sites]),
            sites=sites,
            units={unit.code: _rate_of(by_unit[unit.code]) for unit in self.plan.units},
            standings=dict(sorted(standings.items())),
            sources={str(one): len({row["host"] for row in table if one in row["sources"]}) for one in Source},
            questions=lists.answered,
            silent=tuple(sorted(lists.silent)),
            shortfalls=tuple(sorted(self.sites.shortfalls, key=lambda one: (-one.missing, one.first))),
            left_out=sum(site.left_out for site in self.sites.by_host.values()),
        )

    def _site(self, host: str, rows: Sequence[Mapping[str, Any]], scope: Scope, alive: float) -> SiteCoverage:
        site = self.sites.by_host.get(host, coverage_sites.Site())
        counts = self.ledger.get(host, Counts())
        pending = counts.queued + counts.delayed + counts.leased
        pages = [row for row in rows if not row["attachment"]]
        cells = _cells(pages, site.stored - site.attachments + pending + site.lost, alive)
        doubtful = _doubtful(pages, alive)
        known = Known(site.stored, pending, site.lost, cells, doubtful, site.announced, site.attachments)
        named = {str(one): sum(row["number"] for row in rows if one in row["sources"]) for one in Source}
        missing = sum(row["number"] for row in rows if row["standing"] in MISSING)
        return SiteCoverage(host, scope.units_of(f"http://{host}/"), known, named, missing, collection_rate(known))

    def _queue(self, what: str, plan: RoundPlan) -> Any:
        return errands(self.services.redis_url, f"{self.plan.name}:{what}", plan)

    async def _run(
        self,
        queue: RedisFrontier,
        plan: RoundPlan,
        handle: Handler,
        what: str,
        heeded: Callable[[str], bool] = lambda _host: True,
    ) -> None:
        await Runner(queue, plan, handle, heeded, lambda progress: self.report(what, progress)).run()
        await queue.drop()  # done: the next run asks anew

    async def _origins(self, hosts: Iterable[str]) -> dict[str, str]:
        """How each host's home page is spelled, as the round has learned it."""
        lookup = SeenLookup(self.services.redis_url, self.plan.name)
        try:
            letters = await lookup.origins(hosts)
        finally:
            await lookup.close()
        return {host: spelling(letter, host, "/") for host, letter in letters.items()}


def brief(plan: RoundPlan) -> RoundPlan:
    """The plan with less patience: one further try after half a minute at most, and a host given up before its breaker waits.

    A list that is not had costs an estimate little; a host that closes every connection would cost it a quarter of an hour.
    """
    patience = {
        "retry_delays": tuple(min(delay, LATER) for delay in plan.retry_delays[:1]),
        "breaker_gives_up": max(1, min(plan.breaker_gives_up, plan.breaker_failures - 1)),
    }
    return plan.model_copy(update=patience)


def _rate_of(parts: Sequence[Known]) -> Estimate | None:
    """Of several sites, with what their differences add to the variance."""
    return collection_rate(together(parts), clustering=clustering_of(parts))


def _alive_share(table: Sequence[Mapping[str, Any]]) -> float:
    """Of the unfound URLs that were looked at, the share behind which there is a page; 1 where none was."""
    alive = sum(int(row["number"]) for row in table if row["standing"] == Standing.ALIVE)
    gone = sum(int(row["number"]) for row in table if row["standing"] == Standing.GONE and row["looked"])
    return alive / (alive + gone) if alive + gone else 1.0


def _weight(standing: str, alive: float) -> float:
    """How many pages a URL of this standing stands for that the crawl has not found."""
    if standing == Standing.ALIVE:
        return 1.0
    return alive if standing in {Standing.UNCHECKED, Standing.UNKNOWN} else 0.0


def _cells(rows: Sequence[Mapping[str, Any]], found: int, alive: float) -> Cells:
    numbers: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        mapped = bool({Source.SITEMAP, Source.MAP} & set(row["sources"]))
        others = ("a" if mapped else "") + ("b" if Source.SEARCH in row["sources"] else "")
        if row["standing"] in FOUND:
            numbers["f" + others] += row["number"]
        else:
            numbers[others] += row["number"] * _weight(row["standing"], alive)
    whole = {name: round(number) for name, number in numbers.items()}
    in_lists = sum(whole.get(name, 0) for name in ("fa", "fb", "fab"))
    return Cells(**{**whole, "f": max(0, found - in_lists)})


def _doubtful(rows: Sequence[Mapping[str, Any]], alive: float) -> int:
    return round(sum(int(row["number"]) * _weight(row["standing"], alive) for row in rows if row["doubtful"]))


def kept(services: Services, name: str) -> tuple[Mapping[str, Any] | None, list[Mapping[str, Any]]]:
    """The last estimate as the round keeps it, and its sites; None where there is none.  Raises NoSuchRound."""
    record = life.get(services, name)
    with life.store(services) as database:
        sites = list(SiteCoverageBook(database, name, url=services.mongo_url).all())
    return record.results.get(RESULT), list(sites)


def missing_urls(services: Services, name: str) -> list[Mapping[str, Any]]:
    """What is named and not stored, in key order: `key, url, host, units, sources, standing, reason, doubtful`."""
    life.get(services, name)
    with life.store(services) as database:
        return list(ListedBook(database, name, url=services.mongo_url).all(MISSING))
