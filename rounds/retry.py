"""`caifeng retry`: URLs that failed, or were quarantined, are queued again and their outcomes taken back."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from crawler.frontier.contract import End
from crawler.frontier.redis import State
from crawler.reasons import FailureReason
from pipelines.store.connect import Document
from pipelines.store.reader import OutcomeFilter, RoundReader
from pipelines.store.reopen import reopen
from pipelines.store.rounds import Entry
from rounds.life import frontier, get, journal_state, state_of, store, working_state
from rounds.refusals import BadChoice, WrongState
from rounds.services import Services

RETRY_SLICE: Final = 500  # outcomes put back before their records are removed: little to repeat after a kill


async def retry(
    services: Services,
    name: str,
    *,
    reason: str,
    host: str,
    quarantined: bool,
    who: str,
    now: datetime,
    report: Callable[[int], None],
) -> int:
    """Queue failed (or quarantined) URLs again and take their outcomes back; returns how many.

    Interrupted halfway, what is queued again is queued, and repeating the command does the rest.  Raises NoSuchRound,
    WrongState for a cancelled round, BadChoice for an unknown reason.
    """
    if reason and reason not in set(FailureReason):
        raise BadChoice(f"没有 {reason!r} 这种失败原因；可用的有：{'、'.join(FailureReason)}")
    record = get(services, name)
    where = OutcomeFilter(
        ends=(End.QUARANTINED,) if quarantined else (End.FAILED,),
        reason=reason,
        host=host.strip().lower().removeprefix("www."),
    )
    done = 0
    async with frontier(services, name) as queue:
        if await state_of(queue, name) is State.CANCELLED:
            raise WrongState(f"轮次 {name} 已取消，不能重试")
        with store(services) as database:
            reader = RoundReader(database, name, url=services.mongo_url)
            for outcomes in _slices(reader.outcomes(where, ("key", "token", "end"))):
                taken = await asyncio.gather(*(queue.requeue(one["key"], End(one["end"])) for one in outcomes))
                pairs = [(one["key"], one["token"]) for one, yes in zip(outcomes, taken, strict=True) if yes]
                reopen(database, name, pairs, url=services.mongo_url)
                done += len(pairs)
                report(done)
        if done:
            state = await working_state(queue, record.plan, now)
            journal_state(services, name, state, Entry(now, who, f"重试：{done} 个网址重新排队"))
            await queue.set_state(state)
    return done


def _slices(stream: Iterator[Document]) -> Iterator[list[Document]]:
    pending: list[Document] = []
    for document in stream:
        pending.append(document)
        if len(pending) == RETRY_SLICE:
            yield pending
            pending = []
    if pending:
        yield pending
