"""`caifeng channels`: what search engines, weibo and wechat show of a round's units.

Accounts' feeds are polled, the questions of the catalogue's search points are asked, all through one queue of errands.
Posts and results go through the same reading, verdict, tags and rules for copies as pages.  What could not be asked is
told as not observed: a gap, a question without an answer, an account without a feed; never as absent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cleaning.urls import canonicalize
from crawler.channels import searx
from crawler.channels.errands import Progress, Reply, Runner, errand_plan, errands
from crawler.channels.errors import BadAnswer
from crawler.channels.feeds import read_feed
from crawler.channels.record import FEEDS, Channel, Post
from crawler.frontier.ids import split_key
from crawler.plan import RoundPlan
from crawler.reasons import FailureReason, SkipReason
from crawler.scope import Scope
from indicators import catalogue
from indicators.tagging import Tagger
from pipelines.store.posts import PostBook
from pipelines.store.reader import RoundReader
from pipelines.store.rounds import Entry, RoundBook
from rounds import accounts, life, posts
from rounds.coverage_lists import Search
from rounds.errors import LedgerOpen
from rounds.heard import RESULT, words_of
from rounds.posts import Gap
from rounds.refusals import BadInstance
from rounds.services import Services
from rounds.tables import read_table

FIRST: Final = 3  # places that count whole, and
DEEPEST: Final = 10  # places that count for `BELOW`: the scoring of the catalogue's search points (1.3.1-M05)
BELOW: Final = 0.7


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked, and of which span of time the posts are counted."""

    since: datetime
    search: Search | None = None
    rsshub: str = ""
    poll: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a search point for one unit."""

    unit: str
    code: str
    query: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to.  `search_points`: unit → point → `{questions, answered, score}`; score null until all are answered."""

    at: datetime
    since: datetime
    counts: Mapping[str, Mapping[str, Any]]  # by channel: posts, new, verdicts
    ledger: Mapping[str, int]  # of the errands
    accounts: int
    without_feed: tuple[str, ...]
    gaps: tuple[Gap, ...]
    errors: Mapping[str, str]  # account or query → why it was not observed
    search_points: Mapping[str, Mapping[str, Mapping[str, Any]]]
    silent: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"without_feed": list(self.without_feed), "silent": list(self.silent)}


def questions(plan: RoundPlan) -> Iterator[Asked]:
    """Every question of every search point for every unit."""
    points = [point for point in catalogue.load().points.values() if point.channel == "search-engine"]
    for unit in plan.units:
        for point in points:
            for word in words_of(point.measured):
                yield Asked(unit.code, point.code, f"{unit.name}{word}")


async def channels(
    services: Services, name: str, wanted: Wanted, *, report: Callable[[Progress], None], who: str, now: datetime
) -> Report:
    """Ask, judge, keep, count.  Killed, it goes on where it stood.  Raises NoSuchRound, BadInstance, LedgerOpen."""
    record = life.get(services, name)
    with life.store(services) as database:
        book = PostBook(database, url=services.mongo_url)
        book.prepare()
        reader = RoundReader(database, name, url=services.mongo_url)
        book.keep_accounts(accounts.read_accounts(reader, record.plan, rsshub=wanted.rsshub), over=False)
        task = _Task(record.plan, book, wanted, now)
        ledger = await task.ask(services, report)
        task.settle()
        found = task.add_up(ledger)
        if wanted.search is None:  # a poll between rounds: what the engines answered last stands
            found = replace(found, **_answers(record.results.get(RESULT, {})))
        rounds = RoundBook(database, url=services.mongo_url)
        rounds.save_result(name, RESULT, found.document())
        told = "，".join(f"{channel} {counts['posts']}" for channel, counts in found.counts.items())
        rounds.append(name, Entry(now, who, f"其他渠道：{told}，空档 {len(found.gaps)}"))
    return found


def _answers(report: Mapping[str, Any]) -> dict[str, Any]:
    return {"search_points": report.get("search_points", {}), "silent": tuple(report.get("silent", ()))}


def import_posts(services: Services, name: str, file: Path, *, now: datetime) -> tuple[int, int]:
    """Take over exported posts; answers how many, and how many of them are new.  Raises BadTable: then none is taken."""
    plan = life.get(services, name).plan
    rows = read_table(file, required=posts.COLUMNS)
    taken = posts.from_table(rows, str(file), {unit.code for unit in plan.units})
    names = {unit.code: unit.name for unit in plan.units}
    tagger = Tagger(catalogue.load())
    with life.store(services) as database:
        book = PostBook(database, url=services.mongo_url)
        book.prepare()
        new = book.keep(posts.judged(post, unit, name, tagger, seen=now, owner=names[unit]) for unit, post in taken)
    return len(taken), new


def import_accounts(services: Services, name: str, file: Path) -> tuple[int, int]:
    """Take over a table of accounts; answers how many, and how many of them are new.  Raises BadTable."""
    plan = life.get(services, name).plan
    rows = read_table(file, required=accounts.COLUMNS, optional=accounts.MORE)
    taken = accounts.from_table(rows, str(file), [unit.code for unit in plan.units])
    with life.store(services) as database:
        new = PostBook(database, url=services.mongo_url).keep_accounts(taken, over=True)
    return len(taken), new


@dataclass(slots=True)
class _Task:
    """One run."""

    plan: RoundPlan
    book: PostBook
    wanted: Wanted
    now: datetime
    tagger: Tagger = field(default_factory=lambda: Tagger(catalogue.load()))
    feeds: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    answered: set[str] = field(default_factory=set)  # queries
    errors: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    new: Counter[str] = field(default_factory=Counter)

    @property
    def units(self) -> list[str]:
        return [unit.code for unit in self.plan.units]

    @property
    def names(self) -> dict[str, str]:
        return {unit.code: unit.name for unit in self.plan.units}

    def seeds(self) -> Iterator[str]:
        """Feeds and questions, each under the key its reply will have."""
        for account in self.book.accounts(self.units) if self.wanted.poll else ():
            if account["feed"]:
                self.feeds[canonicalize(account["feed"]) or account["feed"]].append(account)
                yield account["feed"]
        search = self.wanted.search
        for one in questions(self.plan) if search is not None else ():
            assert search is not None
            url = searx.question(search.instance, one.query, engines=search.engines)
            self.asked[canonicalize(url) or url].append(one)
            yield url

    async def ask(self, services: Services, report: Callable[[Progress], None]) -> dict[str, int]:
        search = self.wanted.search
        named = [search.instance] if search else []
        seeds = list(self.seeds())
        plan = errand_plan(self.plan, seeds=[*named, *(one["feed"] for rows in self.feeds.values() for one in rows)])
        async with errands(services.redis_url, f"{self.plan.name}:channels", plan) as queue:
            await queue.seed(seeds)
            try:
                await Runner(queue, plan, self.handle, lambda host: search is None or host != search.host, report).run()
            except BadAnswer as error:
                await queue.drop()
                raise BadInstance(str(error)) from error
            counts = await queue.counts()
            if counts.difference or not counts.at_rest:
                raise LedgerOpen(f"渠道的账目没有合上（{counts}）：请再运行一次")
            await queue.drop()
        return {one: getattr(counts, one) for one in ("found", "stored", "failed", "skipped", "quarantined")}

    async def handle(self, reply: Reply) -> Sequence[str]:
        """Keep what a feed or a search engine answers."""
        if reply.key in self.asked:
            self._searched(reply)
        for account in self.feeds.get(reply.key, ()):
            self._polled(account, reply)
        if reply.target and (reply.key in self.feeds):
            for account in self.feeds[reply.key]:
                self.errors[account["_id"]] = f"订阅源搬到了 {reply.target}：请更正帐号表"
        return ()

    def _searched(self, reply: Reply) -> None:
        query = self.asked[reply.key][0].query
        if reply.reason in {FailureReason.FORBIDDEN, FailureReason.HTTP_4XX} or reply.target:
            raise BadAnswer(
                f"搜索实例 {split_key(reply.key)[0]} 不给 JSON（{reply.detail or reply.target}）：{searx.MEND}"
            )
        if reply.capture is None:
            self.errors[query] = _trouble(reply)
            return
        found = searx.read_answer(reply.url, reply.capture.body)
        self.silent |= set(found.silent)
        seen = datetime.fromtimestamp(reply.at, UTC)
        units = sorted({one.unit for one in self.asked[reply.key]})
        for unit in units:
            self.book.forget_results(self.plan.name, unit, query)
        rows = [
            posts.judged(_post(query, hit), unit, self.plan.name, self.tagger, seen=seen)
            for unit in units
            for hit in found.hits
        ]
        self.new[Channel.SEARCH] += self.book.keep(rows)
        if found.hits or not found.silent:
            self.answered.add(query)
        else:
            self.errors[query] = f"没有结果，而 {'、'.join(found.silent)} 没有答复"

    def _polled(self, account: Mapping[str, Any], reply: Reply) -> None:
        at = datetime.fromtimestamp(reply.at, UTC)
        error = _trouble(reply) if reply.capture is None else ""
        poll: dict[str, Any] = {"error": error, "posts": 0, "new": 0, "oldest": None, "newest": None}
        if reply.capture is not None:
            try:
                feed = read_feed(reply.url, reply.capture.body, Channel(account["channel"]), account["name"])
            except BadAnswer as bad:
                poll["error"] = str(bad)
            else:
                unit = account["unit"]
                rows = [
                    posts.judged(one, unit, self.plan.name, self.tagger, seen=at, owner=self.names[unit])
                    for one in feed.posts
                ]
                new = self.book.keep(rows)
                self.new[account["channel"]] += new
                oldest, newest = feed.span or (None, None)
                poll = {
                    "error": "",
                    "posts": len(rows),
                    "new": new,
                    "oldest": oldest,
                    "newest": newest,
                    "undated": feed.undated,
                }
        if poll["error"]:
            self.errors[account["_id"]] = poll["error"]
        self.book.note_poll(account["_id"], at, poll)

    def settle(self) -> None:
        """Copies, unit by unit and channel by channel: a channel is measured by what it carries itself."""
        groups: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for row in self.book.posts(FEEDS, units=self.units, since=self.wanted.since, until=self.now):
            groups[row["unit"], row["channel"]].append(row)
        for rows in groups.values():
            self.book.mark_copies(posts.copies(rows), [row["_id"] for row in rows])

    def add_up(self, ledger: Mapping[str, int]) -> Report:
        known = self.book.accounts(self.units)
        span = self.wanted.since, self.now
        gaps = [
            gap for one in known if one["feed"] for gap in posts.gaps(one["_id"], self.book.polls(one["_id"]), *span)
        ]
        results = list(self.book.results(self.plan.name))
        rows = [*self.book.posts(FEEDS, units=self.units, since=span[0], until=span[1]), *results]
        counts = {}
        for channel in Channel:
            mine = [row for row in rows if row["channel"] == channel]
            verdicts = dict(sorted(Counter(row["verdict"] for row in mine).items()))
            counts[str(channel)] = {"posts": len(mine), "new": self.new[channel], "verdicts": verdicts}
        return Report(
            at=self.now,
            since=self.wanted.since,
            counts=counts,
            ledger=ledger,
            accounts=len(known),
            without_feed=tuple(one["_id"] for one in known if not one["feed"]),
            gaps=tuple(gaps),
            errors=dict(sorted(self.errors.items())),
            search_points=self._search_points(results),
            silent=tuple(sorted(self.silent)),
        )

    def _search_points(self, results: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
        """How well a unit's own sites are found; no score where a question had no answer: that was not observed."""
        scope = Scope(self.plan)
        best: dict[tuple[str, str], int] = {}
        for row in results:
            if row["unit"] in scope.units_of(row["key"]):
                at = (row["unit"], row["account"])
                best[at] = min(best.get(at, row["place"]), row["place"])
        table: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        by_point: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for rows in self.asked.values():
            for one in rows:
                by_point[one.unit, one.code].append(one.query)
        told = self.answered | {
            row["account"] for row in results
        }  # those a killed run has had are told by their results
        for (unit, code), queries in sorted(by_point.items()):
            answered = sum(query in told for query in queries)
            score = sum(_worth(best.get((unit, query))) for query in queries) / len(queries)
            whole = answered == len(queries)
            table[unit][code] = {
                "questions": len(queries),
                "answered": answered,
                "score": round(score, 4) if whole else None,
            }
        return dict(table)


def _trouble(reply: Reply) -> str:
    """Why an errand brought nothing: a code of ours, and what else is known of it."""
    if reply.target:
        return f"{SkipReason.REDIRECTED}: {reply.target}"
    if reply.barred:
        return str(SkipReason.ROBOTS)
    return ": ".join(filter(None, (str(reply.reason or ""), reply.detail)))


def _post(query: str, hit: searx.Hit) -> Post:
    return Post(Channel.SEARCH, query, hit.url, hit.title, hit.content, None, hit.place, hit.engines)


def _worth(place: int | None) -> float:
    if place is None or place > DEEPEST:
        return 0.0
    return 1.0 if place <= FIRST else BELOW
