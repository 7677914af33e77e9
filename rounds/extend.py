"""`caifeng round extend`: more units, or more clicks, for a round that was begun with less.

The plan gets a new version and the frontier is rebuilt for it from what is stored (`rounds.rebuild`): links that were too
deep, or led to hosts that nobody claimed, are kept with every page and offered anew.  Nothing is fetched twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from crawler.frontier.redis import RedisFrontier, State
from crawler.plan import MAX_DEPTH, Resolve, RoundPlan, UnitPlan
from pipelines.store.rounds import Entry, RoundBook
from rounds.life import frontier, get, live_workers, require_same_plan, state_of, store
from rounds.planning import LOOPBACK_ONLY, leaves_loopback, parse_resolve, site_plans, unit_plan
from rounds.rebuild import Rebuilt, Report, rebuild
from rounds.refusals import BadPlan, WrongState
from rounds.registry import UnitRow
from rounds.services import Services


@dataclass(frozen=True, slots=True)
class Wider:
    """What `round extend` was given; `depth` None leaves it."""

    units: tuple[UnitRow, ...] = ()
    sites: tuple[str, ...] = ()
    depth: int | None = None
    resolve: tuple[str, ...] = ()


def widen(plan: RoundPlan, wider: Wider) -> RoundPlan:
    """The plan's next version.  Units it has already get the sites approved since; BadPlan when nothing is left, or it cannot be."""
    depth = plan.depth if wider.depth is None else wider.depth
    if not plan.depth <= depth <= MAX_DEPTH:
        raise BadPlan(f"深度 --depth 只能加深：现在是 {plan.depth}，最多 {MAX_DEPTH}，实为 {depth}")
    known = {unit.code for unit in plan.units}
    named = (*(unit_plan(row) for row in wider.units), *site_plans(wider.sites))
    new = tuple(unit for unit in named if unit.code not in known)
    by_code = {unit.code: unit for unit in named if unit.code in {row.code for row in wider.units}}
    grown = tuple(_grown(unit, by_code.get(unit.code, unit)) for unit in plan.units)
    if depth == plan.depth and not new and grown == plan.units:
        have = "给出的单位这一轮都有了" if named else "请给出 --units、--site 或更深的 --depth"
        raise BadPlan(f"没有可扩展的：{have}")
    resolve = _resolve(plan, wider)
    seeds = [seed for unit in (*grown, *new) for seed in unit.seeds]
    if plan.user_agent.endswith(LOOPBACK_ONLY) and leaves_loopback(seeds, resolve):
        raise BadPlan(
            "这一轮建的时候没有说明是谁在采集，不能扩展到本机以外：另建一轮，带上 --organisation 和 --contact"
        )
    changes = {"units": (*grown, *new), "depth": depth, "resolve": resolve, "version": plan.version + 1}
    return plan.model_copy(update=changes)


def _grown(unit: UnitPlan, now: UnitPlan) -> UnitPlan:
    """The unit with the seeds and rules it has got since; none is taken away."""
    seeds, scope = dict.fromkeys((*unit.seeds, *now.seeds)), dict.fromkeys((*unit.scope, *now.scope))
    if len(seeds) == len(unit.seeds) and len(scope) == len(unit.scope):
        return unit
    return unit.model_copy(update={"seeds": tuple(seeds), "scope": tuple(scope)})


def _resolve(plan: RoundPlan, wider: Wider) -> tuple[Resolve, ...]:
    found = {(each.host, each.port): each for each in plan.resolve}
    for each in parse_resolve(wider.resolve):
        if found.setdefault((each.host, each.port), each) != each:
            raise BadPlan(f"--resolve 对 {each.host}:{each.port} 给的地址和这一轮原来的不同")
    return tuple(found.values())


async def extend(services: Services, name: str, wider: Wider, *, who: str, now: datetime, report: Report) -> Rebuilt:
    """Widen a round that nobody works on.  Raises NoSuchRound, BadPlan, and WrongState saying what to do first.

    Killed halfway, `round recover` does the rest: a crawl is refused until then.
    """
    record = get(services, name)
    async with frontier(services, name) as queue:
        await _require_idle(queue, name, record.plan, now)
        await require_same_plan(queue, record)
    plan = widen(record.plan, wider)
    what = f"扩展到计划第 {plan.version} 版：{_difference(record.plan, plan)}"
    with store(services) as database:
        book = RoundBook(database, url=services.mongo_url)
        book.extend(name, plan, before=record.plan, entry=Entry(now, who, what))
        record = book.get(name)
        if record.state == State.FINISHED:
            record = replace(record, state=State.READY)
        done = await rebuild(services, database, record, report)
        added = f"扩展做完：新排队 {done.counts.queued}，深度更正 {done.relinked}"
        book.set_state(name, done.state, entry=Entry(now, who, added))
    return done


async def _require_idle(queue: RedisFrontier, name: str, plan: RoundPlan, now: datetime) -> None:
    state = await state_of(queue, name)
    if state is State.CANCELLED:
        raise WrongState(f"轮次 {name} 已取消，不能扩展：另建一轮")
    if state is State.RUNNING:
        raise WrongState(f"轮次 {name} 正在采集，不能扩展：先用 caifeng round pause {name} 暂停，等进程退出")
    if busy := live_workers(await queue.workers(), plan, now):
        raise WrongState(f"轮次 {name} 还有 {len(busy)} 个进程没有退出：等它们做完手里的页面再扩展")


def _difference(before: RoundPlan, after: RoundPlan) -> str:
    new: tuple[UnitPlan, ...] = after.units[len(before.units) :]
    parts = [f"新增 {len(new)} 个单位"] if new else []
    grown = sum(one != other for one, other in zip(before.units, after.units, strict=False))
    if grown:
        parts.append(f"{grown} 个单位加入批准的站点")
    if after.depth != before.depth:
        parts.append(f"深度 {before.depth} 到 {after.depth}")
    return "，".join(parts)
