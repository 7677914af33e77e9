"""The end of a round: error pages told, duplicates settled, the ledger closed, values worked out, everything audited."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from crawler.frontier.redis import State
from pipelines.store.cuts import cut_totals
from pipelines.store.reader import RoundReader
from pipelines.store.rounds import Entry, RoundBook
from pipelines.store.spill import forget_round
from rounds.audit import AuditReport
from rounds.audit import audit as run_audit
from rounds.audit_values import value_differences
from rounds.life import frontier, get, state_of, store
from rounds.probes import settle_probes
from rounds.services import Services
from rounds.settle import settle_round
from rounds.values import work_out


async def finish(services: Services, name: str, *, who: str, now: datetime) -> bool:
    """Settle duplicates, end a round that is at rest and whose ledger closes, and work out its values.

    False (left as it is) where it is not at rest or does not close.
    """
    with store(services) as database:
        book = RoundBook(database, url=services.mongo_url)
        async with frontier(services, name) as queue:
            settle_probes(database, name, url=services.mongo_url)
            settled = settle_round(database, name, url=services.mongo_url)
            book.save_result(name, "settle", asdict(settled) | {"at": now})
            counts = await queue.counts()
            if not counts.at_rest or counts.difference:
                return False
            done = f"完成：已存 {counts.stored}，失败 {counts.failed}，跳过 {counts.skipped}，隔离 {counts.quarantined}"
            book.set_state(name, State.FINISHED, entry=Entry(now, who, done))
            await queue.set_state(State.FINISHED)
        forget_round(database, name)
        worked = work_out(database, book.get(name).plan, finished=True, now=now, url=services.mongo_url)
        book.save_result(name, "values", asdict(worked) | {"at": now})
    return True


async def audit(
    services: Services, name: str, *, sample: int | None, progress: Callable[[int, int], None], now: datetime
) -> AuditReport:
    """Audit a round and keep the result in its document.  Raises NoSuchRound, WrongState."""
    get(services, name)
    async with frontier(services, name) as queue:
        await state_of(queue, name)
        counts, hosts = await queue.counts(), await queue.host_counts()
    with store(services) as database:
        reader = RoundReader(database, name, url=services.mongo_url)
        report = run_audit(counts, hosts, reader, archive_url=services.archive_url, sample=sample, progress=progress)
        values = tuple(value_differences(database, reader, url=services.mongo_url))
        cuts = cut_totals(database, name, url=services.mongo_url)
        report = replace(report, differences=(*report.differences, *values), cuts=cuts)
        result = {
            "at": now,
            "pages": report.pages,
            "archived": report.archived,
            "outcomes": report.outcomes,
            "differences": len(report.differences),
            "leftovers": len(report.leftovers),
            "pruned": report.pruned,
            "cuts": dict(report.cuts),
        }
        RoundBook(database, url=services.mongo_url).save_result(name, "audit", result)
    return report
