"""A round's life from the operator's side: made, listed, shown, paused, resumed, cancelled, launched.

The frontier's state is the one workers obey; the stored document keeps a copy and the journal of who changed what.
Functions are synchronous towards MongoDB and asynchronous towards Redis: commands run them with `asyncio.run`.
"""

from __future__ import annotations

import asyncio
import getpass
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from pymongo.database import Database

from crawler import hours
from crawler.errors import FrontierAway, UnknownRound
from crawler.frontier.contract import Counts
from crawler.frontier.redis import RedisFrontier, State, WorkerInfo
from crawler.frontier.servers import Server
from crawler.frontier.traps import CutRow
from crawler.plan import RoundPlan
from crawler.scope import Scope
from crawler.tally import system_of_host
from pipelines.store.connect import Document, connect
from pipelines.store.errors import NameTaken
from pipelines.store.errors import UnknownRound as NotStored
from pipelines.store.proposals import ProposalBook
from pipelines.store.rounds import ROUNDS, Entry, RoundBook, RoundRecord
from pipelines.store.size import bytes_per_record
from pipelines.store.units import UnitBook
from rounds.progress import TOP_HOSTS, Pace, Sample, add_up, ended, fullest_hosts, pace_of
from rounds.refusals import NoSuchRound, OtherCatalogue, RoundExists, Unresolved, WrongState
from rounds.registry import UnitRow
from rounds.services import Services, archive
from rounds.services.archive import Space

if TYPE_CHECKING:  # the check brings an HTTP client along, which `status` has no time to load
    from rounds.check import Check

LIVE_LEASES: Final = 2.0  # a worker not heard of for so many lease times is gone
PRUNE: Final = "prune"  # the result of `caifeng prune` in the round's document
NAMED_FAILURES: Final = 5  # of a check that stops a launch; the rest are counted


class Action(StrEnum):
    """What an operator may do to a round's state."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


WORDS: Final[Mapping[Action, str]] = {Action.PAUSE: "暂停", Action.RESUME: "恢复", Action.CANCEL: "取消"}
ALLOWED: Final[Mapping[Action, frozenset[State]]] = {
    Action.PAUSE: frozenset({State.READY, State.RUNNING}),
    Action.RESUME: frozenset({State.PAUSED}),
    Action.CANCEL: frozenset({State.READY, State.RUNNING, State.PAUSED}),
}
STATE_WORDS: Final[Mapping[State, str]] = {
    State.READY: "就绪",
    State.RUNNING: "进行中",
    State.PAUSED: "已暂停",
    State.CANCELLED: "已取消",
    State.FINISHED: "已完成",
}


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """The ledger of the hosts one unit claims; a host of several units counts for each."""

    code: str
    name: str
    hosts: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Status:
    """One look at a round, from counters only.  `pace` is the average since the last launch."""

    record: RoundRecord
    state: State
    sample: Sample
    cuts: Mapping[str, int]
    traps: tuple[CutRow, ...]  # most links first; empty where not asked for
    workers: tuple[WorkerInfo, ...]  # those heard of lately
    units: tuple[UnitCounts, ...]
    pace: Pace
    kinds: Mapping[str, int]  # by `crawler.tally.RecordKind`; those a worker has not handed over yet are missing
    unit_kinds: Mapping[str, Mapping[str, int]]  # by unit code; empty where not asked for
    mongo_bytes: float  # an estimate: the round's share of all records, by number
    servers: tuple[Server, ...]  # addresses with several hosts
    closed: int  # hosts that have something queued and may not be asked at this time of the day
    disk: Space | None  # of the archive's volume; None for an object store
    systems: Mapping[str, str]  # content management system by host, of all hosts or of those that are shown first


def operator() -> str:
    """Who the journal names: the operating system's user and machine."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


@contextmanager
def store(services: Services) -> Iterator[Database[Document]]:
    """A handle on MongoDB for one command."""
    database = connect(services.mongo_url)
    try:
        yield database
    finally:
        database.client.close()


@asynccontextmanager
async def frontier(services: Services, name: str) -> AsyncIterator[RedisFrontier]:
    """The round's frontier for one command."""
    opened = await RedisFrontier.open(services.redis_url, name)
    try:
        yield opened
    finally:
        await opened.close()


def read_registry(services: Services) -> tuple[UnitRow, ...]:
    """All units of the registry, by code."""
    with store(services) as database:
        return tuple(UnitRow.model_validate(row) for row in UnitBook(database, url=services.mongo_url).all())


def registry_version(services: Services) -> int:
    """How often approvals have changed the registry."""
    with store(services) as database:
        return ProposalBook(database, url=services.mongo_url).version()


def save_registry(services: Services, rows: Sequence[UnitRow], *, replace: bool) -> int:
    """Add rows to the registry (a row replaces the one with its code), or make them all of it; returns how many now."""
    documents = [row.model_dump(mode="json") for row in rows]
    with store(services) as database:
        book = UnitBook(database, url=services.mongo_url)
        return book.replace_all(documents) if replace else book.add(documents)


def get(services: Services, name: str) -> RoundRecord:
    """The stored round; raises NoSuchRound."""
    with store(services) as database:
        try:
            return RoundBook(database, url=services.mongo_url).get(name)
        except NotStored as error:
            raise NoSuchRound(f"没有叫 {name} 的轮次（caifeng round list 可以查看）") from error


def all_rounds(services: Services) -> tuple[RoundRecord, ...]:
    """Every round, oldest first."""
    with store(services) as database:
        return RoundBook(database, url=services.mongo_url).all()


async def create(
    services: Services, plan: RoundPlan, *, catalogue: str, who: str, now: datetime, about: str = ""
) -> RoundRecord:
    """Store the plan and queue its seeds; both or neither.  `catalogue` is its version, `about` ends the journal's first line.

    Raises RoundExists.
    """
    entry = Entry(now, who, f"新建：{len(plan.units)} 个单位，深度 {plan.depth}，间隔 {plan.delay:g} 秒{about}")
    with store(services) as database:
        book = RoundBook(database, url=services.mongo_url)
        async with frontier(services, plan.name) as queue:
            await _reachable(queue)
            try:
                record = book.create(plan, state=State.READY, catalogue=catalogue, entry=entry)
            except NameTaken as error:
                raise RoundExists(
                    f"轮次 {plan.name} 已经有了：换一个名字，或用 caifeng round show {plan.name} 查看"
                ) from error
            try:
                await queue.drop()  # what a round of this name left behind whose document is gone
                await queue.create(plan)
            except BaseException:
                database[ROUNDS].delete_one({"_id": plan.name})
                raise
    return record


async def _reachable(queue: RedisFrontier) -> None:
    """Raise FrontierAway before anything is written."""
    try:
        await queue.state()
    except UnknownRound:
        return


async def change(services: Services, name: str, action: Action, *, who: str, now: datetime) -> State:
    """Pause, resume or cancel, with a journal entry; returns the new state.  Raises NoSuchRound, WrongState."""
    record = get(services, name)
    async with frontier(services, name) as queue:
        state = await state_of(queue, name)
        if state not in ALLOWED[action]:
            allowed = "、".join(STATE_WORDS[one] for one in State if one in ALLOWED[action])
            raise WrongState(f"轮次 {name} 现在是“{STATE_WORDS[state]}”，不能{WORDS[action]}（只有“{allowed}”的可以）")
        after = {Action.PAUSE: State.PAUSED, Action.CANCEL: State.CANCELLED}.get(action)
        if after is None:
            await require_same_plan(queue, record)
            after = await working_state(queue, record.plan, now)
        journal_state(services, name, after, Entry(now, who, WORDS[action]))
        await queue.set_state(after)
    return after


async def state_of(queue: RedisFrontier, name: str) -> State:
    """The state workers obey.  Raises WrongState where Redis does not hold the round."""
    try:
        return await queue.state()
    except UnknownRound as error:
        raise WrongState(
            f"轮次 {name} 的队列不在 Redis 里：换了 Redis 就更正 CAIFENG_REDIS_URL，丢了就用 caifeng round recover {name} 重建"
        ) from error


async def require_same_plan(queue: RedisFrontier, record: RoundRecord) -> None:
    """Raise WrongState where an extension was stored and its queue never put in place."""
    if (await queue.plan()).version != record.plan.version:
        raise WrongState(f"轮次 {record.name} 的扩展只做了一半：用 caifeng round recover {record.name} 做完")


def require_not_pruned_now(record: RoundRecord) -> None:
    """Raise WrongState while the round's archive is being pruned: nothing may be built upon it, or read from it."""
    if record.results.get(PRUNE, {}).get("under_way"):
        raise WrongState(f"轮次 {record.name} 的存档正在清理：先用 caifeng prune {record.name} --yes 做完")


async def working_state(queue: RedisFrontier, plan: RoundPlan, now: datetime) -> State:
    """Running when workers are waiting for work, ready when a crawl has to be started."""
    return State.RUNNING if live_workers(await queue.workers(), plan, now) else State.READY


async def state_now(services: Services, record: RoundRecord, *, now: datetime) -> State:
    """Where a round stands: being crawled only while workers report, whatever its document says of the last change.

    Its queue knows; where there is none, or Redis is away, the document's word stands.
    """
    kept = State(record.state)
    if kept not in {State.READY, State.RUNNING}:
        return kept
    try:
        async with frontier(services, record.name) as queue:
            state = await queue.state()
            return await working_state(queue, record.plan, now) if state is State.RUNNING else state
    except (UnknownRound, FrontierAway):
        return kept


def live_workers(workers: Sequence[WorkerInfo], plan: RoundPlan, now: datetime) -> tuple[WorkerInfo, ...]:
    """Those heard of lately."""
    oldest = now.timestamp() - LIVE_LEASES * plan.lease_seconds
    return tuple(worker for worker in workers if worker.seen >= oldest)


def journal_state(services: Services, name: str, state: State, entry: Entry) -> None:
    """Keep the new state and who made it so."""
    with store(services) as database:
        RoundBook(database, url=services.mongo_url).set_state(name, state, entry=entry)


def save_check(services: Services, name: str, check: Check, *, who: str) -> None:
    """Keep what `round check` found in the round's document."""
    with store(services) as database:
        book = RoundBook(database, url=services.mongo_url)
        book.save_result(name, "check", check.document())
        book.append(name, Entry(check.at, who, f"检查：{len(check.failures)} 个入口不通，{len(check.warned)} 个有提醒"))


def require_checked(record: RoundRecord, *, accept: bool) -> None:
    """Raise Unresolved when the last check found failures nobody accepted."""
    failed = [seed for seed in record.results.get("check", {}).get("seeds", ()) if seed["problem"]]
    if failed and not accept:
        named = "；".join(f"{seed['url']}（{seed['detail'] or seed['problem']}）" for seed in failed[:NAMED_FAILURES])
        more = f"；另有 {len(failed) - NAMED_FAILURES} 个" if len(failed) > NAMED_FAILURES else ""
        raise Unresolved(
            f"轮次 {record.name} 有 {len(failed)} 个入口不通：{named}{more}。"
            f"处理后用 caifeng round check {record.name} 重查，或加 --accept 照样开始"
        )


async def launched(services: Services, name: str, *, workers: int, who: str, now: datetime) -> None:
    """Note the start of a crawl and where the counters stood, so that `status` can tell the average pace."""
    async with frontier(services, name) as queue:
        before = await queue.counts()
    with store(services) as database:
        book = RoundBook(database, url=services.mongo_url)
        book.save_result(name, "launch", {"at": now, "ended": ended(before), "workers": workers})
        book.append(name, Entry(now, who, f"开始采集：{workers} 个进程"))


async def require_startable(services: Services, name: str) -> State:
    """Return the round's state: ready, running or finished.

    Raises NoSuchRound, and WrongState where a crawl may not go on.
    """
    record = get(services, name)
    require_not_pruned_now(record)
    async with frontier(services, name) as queue:
        state = await state_of(queue, name)
        await require_same_plan(queue, record)
    if state is State.PAUSED:
        raise WrongState(f"轮次 {name} 已暂停：先用 caifeng round resume {name} 恢复")
    if state is State.CANCELLED:
        raise WrongState(f"轮次 {name} 已取消，不能再采：另建一轮")
    return state


def require_same_catalogue(services: Services, name: str, installed: str) -> None:
    """Raise OtherCatalogue where workers from here would tag by another catalogue than the round's pages have been.

    One round is tagged by one catalogue, on however many machines: `installed` is the version of this one's.
    """
    record = get(services, name)
    if record.catalogue != installed:
        raise OtherCatalogue(
            f"轮次 {name} 用目录 {record.catalogue} 打标，这里装的是 {installed}：换成同一版本再采，"
            f"或先全部重判（caifeng retag {name}），再接着采"
        )


async def status(services: Services, name: str, *, now: datetime, traps: bool = False, by_unit: bool = False) -> Status:
    """Look at a round: counters only, whatever its size.

    With `traps` the table of cuts, with `by_unit` the kinds of record of each unit (one call per host; else only of the
    hosts that are shown first).  Raises NoSuchRound, WrongState.
    """
    record = get(services, name)
    async with frontier(services, name) as queue:
        state = await state_of(queue, name)
        counts, waiting, hosts, cuts, workers, servers = await asyncio.gather(
            queue.counts(),
            queue.waiting(),
            queue.host_counts(),
            queue.traps.cut_counts(),
            queue.workers(),
            queue.servers.shared(),
        )
        rows = await queue.traps.cut_rows() if traps else []
        looked_at = hosts if by_unit else [host for host, _ in fullest_hosts(hosts, TOP_HOSTS)]
        kinds, host_kinds = await queue.kinds.total(), await queue.kinds.of_hosts(looked_at)
    sample = Sample(now.timestamp(), counts, hosts, waiting)
    plan = record.plan
    average = _average(record.results.get("launch"), sample) if state is State.RUNNING else 0.0
    pace = pace_of(sample, average, delay=plan.delay, host_concurrency=plan.host_concurrency)
    with store(services) as database:
        mongo_bytes = bytes_per_record(database, url=services.mongo_url) * ended(counts)
    return Status(
        record,
        state,
        sample,
        cuts,
        tuple(rows),
        live_workers(workers, plan, now),
        unit_counts(plan, hosts),
        pace,
        kinds,
        unit_kinds(plan, host_kinds) if by_unit else {},
        mongo_bytes,
        tuple(servers),
        sum(
            bool(one.queued) and hours.wait(hours.hours_of(plan.hours, host), sample.at) > 0
            for host, one in hosts.items()
        ),
        archive.space(services.archive_url),
        {host: system for host, one in host_kinds.items() if (system := system_of_host(one))},
    )


def _average(launch: Mapping[str, Any] | None, sample: Sample) -> float:
    if launch is None:
        return 0.0
    seconds = sample.at - launch["at"].timestamp()
    return max(0.0, (ended(sample.counts) - launch["ended"]) / seconds) if seconds > 0 else 0.0


def unit_counts(plan: RoundPlan, hosts: Mapping[str, Counts]) -> tuple[UnitCounts, ...]:
    """Add up the hosts each unit claims as a whole, in the plan's order."""
    scope = Scope(plan)
    claimed: dict[str, list[Counts]] = {unit.code: [] for unit in plan.units}
    for host, counts in hosts.items():
        for code in scope.units_of(f"http://{host}/"):
            claimed[code].append(counts)
    return tuple(
        UnitCounts(unit.code, unit.name, len(claimed[unit.code]), add_up(claimed[unit.code])) for unit in plan.units
    )


def unit_kinds(plan: RoundPlan, hosts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Add up the kinds of record of the hosts each unit claims as a whole; a host of several units counts for each."""
    scope = Scope(plan)
    totals: dict[str, Counter[str]] = {}
    for host, counts in hosts.items():
        for code in scope.units_of(f"http://{host}/"):
            totals.setdefault(code, Counter()).update(counts)
    return {code: dict(total) for code, total in totals.items()}
