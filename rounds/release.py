"""Cut links offered again: on an operator's word, or because a family turned out to repeat only now and then.

What was cut stands with the page it was cut on (`cut_links` of its record, at most `MAX_CUTS`; the rest is read anew from
the archived bytes).  Links are offered first and moved to the page's outlinks after, so that a kill in between costs a
repetition; offering is idempotent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from cleaning.patterns import family_of, minted_of, pattern_of
from crawler.frontier.contract import Cut, End, Grant, Lease
from crawler.frontier.ids import split_key
from crawler.frontier.redis import RedisFrontier, State
from crawler.outlinks import COPY_RULE, MIRROR_RULE, NOTHING, SESSION_RULE, SOFT_RULE, Repeats, sort_links
from crawler.plan import RoundPlan
from crawler.reasons import SkipReason
from crawler.scope import Scope
from crawler.trap_watch import short
from pipelines.archive_reader import read as read_archived
from pipelines.store.cuts import cut_pages, move_to_outlinks
from pipelines.store.reader import OutcomeFilter, RoundReader
from pipelines.store.records import archive_of, cuts_of, links_of
from pipelines.store.reopen import reopen
from pipelines.store.rounds import Entry, RoundBook
from rounds.life import frontier, get, journal_state, state_of, store, working_state
from rounds.probes import withdrawn
from rounds.refusals import BadChoice, WrongState
from rounds.services import Services

CHUNK: Final = 500  # outcomes looked at together


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cuts; an empty field does not restrict.  `patterns` are beginnings, host first."""

    rule: str = ""
    patterns: tuple[str, ...] = ()
    host: str = ""

    def takes(self, rule: str, pattern: str) -> bool:
        """Whether a cut of this rule and pattern is meant."""
        if self.rule and rule != self.rule:
            return False
        if self.patterns and not pattern.startswith(self.patterns):
            return False
        return (
            not self.host
            or pattern.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0].split("?", maxsplit=1)[0] == self.host
        )


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: links offered again, and how many URLs that put in the queue."""

    links: int
    queued: int


async def release(
    services: Services,
    name: str,
    wanted: Wanted,
    *,
    keep: bool,
    who: str,
    now: datetime,
    report: Callable[[int], None] = lambda _links: None,
) -> Released:
    """Offer cut links again; with `keep` their patterns are never cut again.

    Works on rounds that run and on finished ones, which then go on.  Raises NoSuchRound, WrongState for a cancelled
    round, BadChoice where nothing is named, or `keep` without a pattern or host.
    """
    record = get(services, name)
    if not (wanted.rule or wanted.patterns or wanted.host):
        raise BadChoice(f"放行哪些？用 --rule、--pattern 或 --host 说明（caifeng status {name} --traps 可以查看）")
    if keep and not (wanted.patterns or wanted.host):
        raise BadChoice("--keep 要和 --pattern 或 --host 一起用：以后不再剪的是哪些网址")
    allowed = (wanted.patterns or (wanted.host,)) if keep else ()
    async with frontier(services, name) as queue:
        if await state_of(queue, name) is State.CANCELLED:
            raise WrongState(f"轮次 {name} 已取消，不能放行")
        with store(services) as database:
            RoundBook(database, url=services.mongo_url).allow(name, allowed)
        for pattern in allowed:
            await queue.traps.allow(pattern)
        done = await _offer_again(services, record.plan, queue, wanted, report)
        if done.queued or keep:
            state = await working_state(queue, record.plan, now)
            what = (
                f"放行：{_words(wanted)}，{done.links} 个链接，{done.queued} 个网址排队{'，以后不再剪' if keep else ''}"
            )
            journal_state(services, name, state, Entry(now, who, what))
            await queue.set_state(state)
    return done


async def release_undecided(services: Services, name: str) -> int:
    """At rest: offer what was cut in families of which only few pages repeat.  Returns how many URLs that queued."""
    async with frontier(services, name) as queue:
        lonely = await _lonely_mirrored(services, name, queue) + await _wrongly_absent(services, name, queue)
        families = [family for family, stands in (await queue.traps.families_to_decide()).items() if not stands]
        if not families:
            return lonely
        wanted = Wanted(COPY_RULE, tuple(families))
        done = await _offer_again(services, await queue.plan(), queue, wanted, lambda _links: None)
        await queue.traps.decided(families)
    return done.queued + lonely


async def _wrongly_absent(services: Services, name: str, queue: RedisFrontier) -> int:
    """Offer what was cut on hosts whose answer to a made-up address turned out to be like most of their pages."""
    queued = 0
    with store(services) as database:
        for host in await withdrawn(database, name, queue, url=services.mongo_url):
            wanted = Wanted(SOFT_RULE, host=host)
            queued += (await _offer_again(services, await queue.plan(), queue, wanted, lambda _links: None)).queued
            await queue.probes.forget(host)
    return queued


async def _lonely_mirrored(services: Services, name: str, queue: RedisFrontier) -> int:
    """Queue what was left out under a mirror and has no like among the stored pages of its original."""
    queued = 0
    with store(services) as database:
        reader = RoundReader(database, name, url=services.mongo_url)
        where = OutcomeFilter(ends=(End.SKIPPED,), reason=SkipReason.MIRROR)
        left = reader.outcomes(where, ("key", "token", "detail"))
        while chunk := list(islice(left, CHUNK)):
            stored = reader.records([one["detail"] for one in chunk], ("end",))
            alone = [
                one
                for one in chunk
                if stored.get(one["detail"], {}).get("end") != End.STORED
                and not await _read_under_another_mark(queue, one["detail"])
            ]
            await queue.traps.unlike([short(one["key"]) for one in alone])
            for one in alone:
                if await queue.requeue(one["key"], End.SKIPPED):
                    reopen(database, name, [(one["key"], one["token"])], url=services.mongo_url)
                    queued += 1
    return queued


async def _read_under_another_mark(queue: RedisFrontier, key: str) -> bool:
    """Whether a key holds a session mark and its page was read under another one: a mirror mints marks of its own."""
    minted = minted_of(key)
    if minted is None or minted.slot not in await queue.traps.session_slots():
        return False
    return (await queue.traps.minted_pages(minted.slot, [short(minted.bare)]))[0] != ""


async def _offer_again(
    services: Services, plan: RoundPlan, queue: RedisFrontier, wanted: Wanted, report: Callable[[int], None]
) -> Released:
    links, queued = 0, 0
    with store(services) as database:
        for page in cut_pages(database, plan.name, wanted.rule, url=services.mongo_url):
            cuts = [cut for cut in _cuts(page, plan) if wanted.takes(cut.rule, cut.pattern)]
            if not cuts:
                continue
            lease = _lease(page)
            offered = await queue.offer(lease, [cut.link for cut in cuts], out_of_scope=0, cut=0)
            await asyncio.to_thread(move_to_outlinks, database, plan.name, page, cuts, url=services.mongo_url)
            links, queued = links + len(cuts), queued + offered.new
            report(links)
        reader = RoundReader(database, plan.name, url=services.mongo_url)
        for outcome in _skipped(reader, wanted):
            await queue.traps.unlike([short(outcome["key"])])
            if await queue.requeue(outcome["key"], End.SKIPPED):
                reopen(database, plan.name, [(outcome["key"], outcome["token"])], url=services.mongo_url)
                links, queued = links + 1, queued + 1
                report(links)
    return Released(links, queued)


def _lease(page: Mapping[str, Any]) -> Lease:
    """A stand-in for the page's grant: its links are offered at the depth the frontier knows."""
    return Lease("", Grant.RELINK, split_key(page["key"])[0], page["key"], page["url"])


def _cuts(page: Mapping[str, Any], plan: RoundPlan) -> tuple[Cut, ...]:
    """All that was cut on a page: as kept, or where that is not all, from its archived bytes."""
    kept = cuts_of(page)
    ref = archive_of(page, "dom_archive") or archive_of(page)
    if page["cut"] <= len(kept) or ref is None:
        return kept
    from cleaning.read import read  # noqa: PLC0415 -- parsers take long to load, and `status`, which shows cuts, reads no page

    reading = read(read_archived(ref).body, page["url"], content_type=page["content_type"])
    copies = any(cut.rule == COPY_RULE for cut in kept)
    sessions = {cut.link.key: cut.pattern for cut in kept if cut.rule == SESSION_RULE}
    repeats = Repeats(family_of(page["key"]), sessions) if copies or sessions else NOTHING
    if any(cut.rule == SOFT_RULE for cut in kept):
        repeats = replace(repeats, frame=frozenset())
    offered = {link.key for link in links_of(page).offered}
    again = sort_links(reading.links, _lease(page), Scope(plan), plan.limits, repeats=repeats).cuts
    return (*kept, *(cut for cut in again if cut.link.key not in offered | {each.link.key for each in kept}))


def _skipped(reader: RoundReader, wanted: Wanted) -> Iterator[Mapping[str, Any]]:
    """URLs that were queued before their trap, or their mirror, was known."""
    for reason in (SkipReason.TRAP, SkipReason.MIRROR):
        where = OutcomeFilter(ends=(End.SKIPPED,), reason=reason)
        for outcome in reader.outcomes(where, ("key", "token", "detail")):
            if reason is SkipReason.TRAP:
                rule, _, pattern = outcome["detail"].partition(": ")
            else:
                rule, pattern = MIRROR_RULE, pattern_of(outcome["key"])
            if wanted.takes(rule, pattern):
                yield outcome


def _words(wanted: Wanted) -> str:
    return "，".join(part for part in (wanted.rule, " ".join(wanted.patterns), wanted.host) if part)
