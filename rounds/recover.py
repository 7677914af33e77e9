"""`caifeng round recover`: Redis lost a round's queue, or part of it; it is rebuilt from MongoDB."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crawler.frontier.contract import Counts, End
from crawler.frontier.rebuild import Census, census
from pipelines.store.reader import RoundReader
from pipelines.store.rounds import Entry, RoundBook
from rounds.audit import count_differences, ledger_differences
from rounds.life import frontier, get, store
from rounds.progress import ended
from rounds.rebuild import Rebuilt, Report, rebuild
from rounds.refusals import WrongState
from rounds.services import Services


def damage(
    there: Census,
    plan_version: int,
    counts: Counts,
    hosts: Mapping[str, Counts],
    by_host: Mapping[str, Mapping[End, int]],
) -> list[str]:
    """What is wrong with a round's queue, one phrase each; empty where it is whole.  Pure."""
    if there.missing:
        return [f"缺少 {'、'.join(there.missing)}"]
    found = []
    if there.plan_version != plan_version:
        found.append(f"计划是第 {there.plan_version} 版，应是第 {plan_version} 版")
    for word, counted, standing in (
        ("发现", counts.found, there.seen),
        ("排队", there.here, there.standing),
        ("延后", counts.delayed, there.delayed),
    ):
        if counted != standing:
            found.append(f"{word}的记了 {counted} 个，实有 {standing} 个")
    wrong = [*ledger_differences("", counts, hosts), *count_differences(hosts, by_host)]
    if wrong:
        found.append(f"账目有 {len(wrong)} 处不合")
    return found


async def recover(services: Services, name: str, *, who: str, now: datetime, report: Report) -> Rebuilt:
    """Rebuild the queue of a round that Redis lost, and journal it.  Raises NoSuchRound, WrongState where it is whole."""
    record = get(services, name)
    there = await census(services.redis_url, name)
    with store(services) as database:
        reader = RoundReader(database, name, url=services.mongo_url)
        counts, hosts = Counts(), {}
        if not there.missing:
            async with frontier(services, name) as queue:
                counts, hosts = await queue.counts(), dict(await queue.host_counts())
        wrong = damage(there, record.plan.version, counts, hosts, reader.ends_by_host())
        if not wrong:
            raise WrongState(f"轮次 {name} 的队列在 Redis 里完好，不用重建（caifeng audit {name} 可以核账）")
        done = await rebuild(services, database, record, report)
        what = (
            f"重建队列（{'；'.join(wrong)}）：已结束 {ended(done.counts)}，重新排队 {done.counts.queued}，"
            f"深度更正 {done.relinked}"
        )
        RoundBook(database, url=services.mongo_url).set_state(name, done.state, entry=Entry(now, who, what))
    return done
