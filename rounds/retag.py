"""A round judged again from its archive: begun or gone on with, the differences told, then accepted or discarded.

Until it is accepted nothing of the round changes.  What is judged again is what a page says, its verdict and its tags;
links and depths are the crawl's and stay.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cleaning.reasons import Verdict
from crawler.errors import UnknownRound
from crawler.frontier.redis import State
from indicators import catalogue
from indicators.judging import judged_by
from pipelines.store import partials
from pipelines.store.connect import Document
from pipelines.store.partials import forget_round
from pipelines.store.reader import EVIDENCE, PageFilter, RoundReader
from pipelines.store.retags import Job, RetagBook
from pipelines.store.rounds import Entry, RoundBook, RoundRecord
from rounds import life
from rounds.probes import settle_probes
from rounds.rebuild import chunks
from rounds.refusals import BadChoice, WrongState
from rounds.retag_pool import Pool, Ran, Report
from rounds.services import Services
from rounds.settle import settle_round
from rounds.values import work_out

PART: Final = 200  # pages a worker claims at once: some seconds of work, so that little is repeated after a kill
READ_AT_ONCE: Final = 500
EXAMPLES: Final = 5  # of each kind of difference
SAID: Final = ("media", "title", "text_hash", "published", "source", "language", "page_type")  # told field by field
_COMPARED: Final = (*SAID, "judged", "tags", "archive")
NOTHING_UNDER_WAY: Final = "轮次 {0} 没有在重判：先用 caifeng retag {0}"


@dataclass(slots=True)
class Differences:
    """What judging again makes of a round.  Pages per kind of difference; verdicts are the pages' own, before settling."""

    pages: int = 0
    same: int = 0
    failed: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)  # by point: pages that evidence it no more
    gained: Counter[str] = field(default_factory=Counter)
    units: dict[str, dict[str, list[int]]] = field(default_factory=dict)  # unit → point → pages before and after
    examples: dict[str, list[str]] = field(default_factory=dict)
    troubles: list[tuple[str, str]] = field(default_factory=list)

    def add(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Compare one page's record with its new judgement."""
        self.pages += 1
        said = [name for name in SAID if before[name] != after[name]]
        old, new = _codes(before), _codes(after)
        self.fields.update(said)
        if before["judged"] != after["judged"]:
            self.verdicts[before["judged"], after["judged"]] += 1
            self._example(f"{before['judged']} → {after['judged']}", before["url"])
        self.lost.update(old - new)
        self.gained.update(new - old)
        for code in sorted(old ^ new):
            self._example(f"{'-' if code in old else '+'}{code}", before["url"])
        if not said and old == new and before["judged"] == after["judged"]:
            self.same += 1
        copied = before["verdict"] == Verdict.DUPLICATE
        for place, (codes, verdict) in enumerate(((old, before["verdict"]), (new, after["judged"]))):
            if verdict not in EVIDENCE or (copied and verdict == Verdict.KEPT):
                continue
            for unit in before["units"]:
                for code in codes:
                    self.units.setdefault(unit, {}).setdefault(code, [0, 0])[place] += 1

    def _example(self, kind: str, url: str) -> None:
        named = self.examples.setdefault(kind, [])
        if len(named) < EXAMPLES:
            named.append(url)

    def document(self) -> dict[str, Any]:
        """As JSON: of units only points that one side has no page for."""
        moved = {
            unit: {
                "appeared": sorted(code for code, (old, new) in points.items() if new and not old),
                "vanished": sorted(code for code, (old, new) in points.items() if old and not new),
            }
            for unit, points in sorted(self.units.items())
        }
        return {
            "pages": self.pages,
            "same": self.same,
            "failed": self.failed,
            "fields": dict(self.fields),
            "verdicts": [{"before": one, "after": two, "pages": n} for (one, two), n in sorted(self.verdicts.items())],
            "points_lost": dict(sorted(self.lost.items())),
            "points_gained": dict(sorted(self.gained.items())),
            "units": {unit: found for unit, found in moved.items() if found["appeared"] or found["vanished"]},
            "examples": self.examples,
            "troubles": [{"key": key, "why": why} for key, why in self.troubles],
        }


def retag(
    services: Services, name: str, *, workers: int, host: str, unit: str, who: str, now: datetime, report: Report
) -> tuple[Job, Ran]:
    """Begin judging again, or go on where it stopped; several machines may do so at once.

    Raises NoSuchRound, WrongState (the round is being crawled; another part, or other rules, are under way), BadChoice
    (no pages there), WorkersFailing.
    """
    with life.store(services) as database:
        book = RetagBook(database, name, url=services.mongo_url)
        job = _under_way(services, name, book, host, unit) or _begun(services, name, book, host, unit, now)
        if job.at == now:
            part = f"（{'，'.join(filter(None, (host, unit)))}）" if host or unit else ""
            RoundBook(database, url=services.mongo_url).append(
                name, Entry(now, who, f"试着重判{part}：{job.pages} 页，还没有采用")
            )
        return job, Pool(services, name, book, workers, report).run(job.pages)


def differences(services: Services, name: str) -> Differences:
    """What came of it so far, against the records as they are.  Raises WrongState where nothing is under way."""
    with life.store(services) as database:
        book = RetagBook(database, name, url=services.mongo_url)
        if book.job() is None:
            raise WrongState(NOTHING_UNDER_WAY.format(name))
        return _compared(book, RoundReader(database, name, url=services.mongo_url))


def _compared(book: RetagBook, reader: RoundReader) -> Differences:
    """Every new judgement against its record; a page fetched again meanwhile will keep its own and is none."""
    found = Differences(failed=book.progress()[1], troubles=book.troubles(EXAMPLES))
    for chunk in chunks(book.retagged(_COMPARED), READ_AT_ONCE):
        keys = [one["_id"].partition(" ")[2] for one in chunk]
        records = reader.records(keys, (*_COMPARED, "url", "units", "verdict"))
        for key, one in zip(keys, chunk, strict=True):
            if key in records and records[key]["archive"] == one["archive"]:
                found.add(records[key], one)
    return found


def accept(services: Services, name: str, *, who: str, now: datetime) -> dict[str, Any]:
    """Make the new judgements the round's, settle it anew and work its values out again.  Killed at any moment it may be run again.

    Raises WrongState where nothing is under way, something is left to be judged, or only a part was.
    """
    _require_at_rest(services, name)
    with life.store(services) as database:
        book = RetagBook(database, name, url=services.mongo_url)
        job = book.job()
        if job is None:
            raise WrongState(NOTHING_UNDER_WAY.format(name))
        if not job.whole:
            raise WrongState(f"轮次 {name} 只重判了一部分，只能用来看差别：用 --discard 放下，再重判全部")
        _, failed, left = book.progress()
        if left:
            raise WrongState(f"轮次 {name} 还有 {left} 批没有重判：先用 caifeng retag {name} 做完")
        forget_round(database, name, url=services.mongo_url)
        found = _compared(book, RoundReader(database, name, url=services.mongo_url))
        changed = found.pages - found.same  # as the trial tells it; marks of copies are written anew besides
        book.accept()
        settle_probes(database, name, url=services.mongo_url)
        settled = settle_round(database, name, url=services.mongo_url)
        rounds = RoundBook(database, url=services.mongo_url)
        kept = partials.kept(database, name, url=services.mongo_url)  # folded from the old judgements
        partials.forget(database, name, list(kept), url=services.mongo_url)
        done = {
            "at": now, "judged_by": job.judged_by, "pages": job.pages, "changed": changed, "failed": failed,
            "duplicates": settled.duplicates,
        }  # fmt: skip
        rounds.save_result(name, "settle", asdict(settled) | {"at": now})
        rounds.save_result(name, "retag", done)
        told = f"采用重判：{changed} 页有变化，{failed} 页读不出来而未动，重新定重 {settled.duplicates} 页是重复，目录 {job.catalogue}"
        rounds.judged_again(name, job.catalogue, Entry(now, who, told))
        record = rounds.get(name)
        worked = work_out(
            database, record.plan, finished=record.state == State.FINISHED, now=now, url=services.mongo_url
        )
        rounds.save_result(name, "values", asdict(worked) | {"at": now})
        book.discard()
    return done


def discard(services: Services, name: str, *, who: str, now: datetime) -> None:
    """Forget what was judged again.  Raises NoSuchRound, WrongState where nothing is, or it is half accepted."""
    life.get(services, name)
    with life.store(services) as database:
        book = RetagBook(database, name, url=services.mongo_url)
        job = book.job()
        if job is None:
            raise WrongState(NOTHING_UNDER_WAY.format(name))
        if job.accepting:
            raise WrongState(f"轮次 {name} 的重判已经开始采用，不能放下：用 caifeng retag {name} --accept 做完")
        book.discard()
        RoundBook(database, url=services.mongo_url).append(name, Entry(now, who, "放下重判"))


def _under_way(services: Services, name: str, book: RetagBook, host: str, unit: str) -> Job | None:
    life.get(services, name)
    job = book.job()
    if job is None:
        return None
    if job.accepting:
        raise WrongState(f"轮次 {name} 的重判正在采用：用 caifeng retag {name} --accept 做完")
    if not job.ready:
        raise WrongState(
            f"轮次 {name} 的重判还在准备：稍等再试；准备它的进程如果中断了，用 caifeng retag {name} --discard 放下再来"
        )
    if job.judged_by != judged_by():
        raise WrongState(f"轮次 {name} 有用别的规则开始的重判：先用 caifeng retag {name} --discard 放下")
    if (job.host, job.unit) != (host, unit):
        raise WrongState(f"轮次 {name} 正在重判的是另一部分：先做完，或用 caifeng retag {name} --discard 放下")
    return job


def _begun(services: Services, name: str, book: RetagBook, host: str, unit: str, now: datetime) -> Job:
    _require_at_rest(services, name)
    with life.store(services) as database:
        reader = RoundReader(database, name, url=services.mongo_url)
        where = PageFilter(host=host, unit=unit)
        pages = sum(1 for _ in reader.pages(where, ("key",)))
        if not pages:
            raise BadChoice(f"轮次 {name} 没有这样的页面可以重判")
        job = Job(name, judged_by(), catalogue.load().version, host, unit, pages, now)
        if not book.begin(job, _parts(reader.pages(where, ("key",)))):
            raise WrongState(f"轮次 {name} 的重判刚由别处开始：再运行一次就一起做")
    return job


def _parts(pages: Iterator[Document]) -> Iterator[tuple[str, str, int]]:
    for chunk in chunks(pages, PART):
        yield chunk[0]["key"], chunk[-1]["key"], len(chunk)


def _require_at_rest(services: Services, name: str) -> None:
    record = life.get(services, name)
    life.require_not_pruned_now(record)
    if asyncio.run(_is_worked_on(services, record)):
        raise WrongState(f"轮次 {name} 还在采集：先用 caifeng round pause {name} 暂停，或等它完成")


async def _is_worked_on(services: Services, record: RoundRecord) -> bool:
    async with life.frontier(services, record.name) as queue:
        try:
            state = await queue.state()
        except UnknownRound:  # Redis lost it, or never had it: nobody crawls it
            return False
        live = life.live_workers(await queue.workers(), record.plan, datetime.now(UTC))
        return state is State.RUNNING and bool(live)


def _codes(page: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(tag["code"] for tag in page["tags"])
