"""The spider: one worker of a round.  `scrapy crawl portal -a round=NAME`."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import sys
import time
import traceback
from collections.abc import AsyncIterator, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure

from cleaning.documents.reading import with_document
from cleaning.page import Link, LinkKind, Media
from cleaning.patterns import pattern_of
from crawler import decide, pump
from crawler.documents.desk import DocumentDesk
from crawler.errors import NOT_ITS_FAULT, CrawlerError, EarlierLost, FetchError, NotAsked, SettingsError
from crawler.exits import Exit
from crawler.fetch.handler import Captured, FetchHandler
from crawler.frontier.contract import Cut, End, Grant, Lease, Outlink, Via
from crawler.frontier.redis import QUARANTINE_DEATHS, RedisFrontier
from crawler.frontier.traps import cut_rows
from crawler.items import Capture, FetchFailure, PageItem, Skipped, Unchanged
from crawler.list_desk import ListDesk, Posted, address_of
from crawler.logs import only_what_is_shown
from crawler.outlinks import MIRROR_RULE, NOTHING, SESSION_RULE, Repeats, Sorted, sort_links
from crawler.ports import EarlierRound, OutlinkStore
from crawler.probe_desk import ProbeDesk
from crawler.reading import file_name
from crawler.reading_desk import ReadingDesk
from crawler.reasons import FailureReason, SkipReason
from crawler.render_desk import Course, RenderDesk
from crawler.revisit import NOT_MODIFIED, WHOLE, Before, How, same_bytes
from crawler.robots_desk import RobotsDesk
from crawler.shortcut import Shortcut
from crawler.spiller import Spiller
from crawler.trap_watch import TrapWatch
from crawler.worker import Worker, spare_the_collector

TRACE_LINES: Final = 12
TRACE_CHARACTERS: Final = 1500
FAULT: Final = "fault: "  # begins the note of a page that a fault of ours kept from being recorded
Item = PageItem | FetchFailure | Skipped

log = logging.getLogger(__name__)


class PortalSpider(Spider):
    """Turns leases into requests and answers into items; every lease ends as an item or as a frontier transition."""

    name = "portal"
    worker: Worker
    shortcut: Shortcut

    def __init__(self, round: str = "", **kwargs: Any) -> None:  # noqa: A002 - the public argument's name
        super().__init__(**kwargs)
        self.round_name = round
        self._tasks: set[asyncio.Task[None]] = set()  # beside Scrapy's own: relinks, and leases put right

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Refuse at once, with a documented exit code, what cannot work."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.shortcut = Shortcut(crawler, FetchHandler.from_crawler(crawler))
        try:
            spider.check_settings()
        except SettingsError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(Exit.SERVICES)
        crawler.signals.connect(spider.close_worker, signal=signals.spider_closed)
        crawler.signals.connect(spider.on_item_error, signal=signals.item_error)
        crawler.signals.connect(spider.on_item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(spider.on_spider_error, signal=signals.spider_error)
        return spider

    def check_settings(self) -> None:
        """Raise SettingsError when the round or a service is not named, or a number is none."""
        if not self.round_name:
            message = "no round: scrapy crawl portal -a round=NAME"
            raise SettingsError(message)
        for setting in ("CAIFENG_REDIS_URL", "CAIFENG_MONGO_URL", "CAIFENG_ARCHIVE_URL"):
            if not self.settings.get(setting):
                message = f"{setting} is not set and no services.json was found: run `caifeng up`, or set it"
                raise SettingsError(message)
        window = self.settings["CAIFENG_QUEUE_WINDOW"]
        if not window.isdecimal() or int(window) < 1:
            message = f"CAIFENG_QUEUE_WINDOW is {window!r}: give a whole number of URLs, 1 or more (unset: 1000)"
            raise SettingsError(message)

    async def start(self) -> AsyncIterator[Any]:
        """The pump: a request per granted page, until the round is at rest, paused or cancelled."""
        only_what_is_shown(self.settings["LOG_LEVEL"])  # not sooner: Scrapy sets the root's level before this
        try:
            await self._open()
        except CrawlerError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(error.exit)  # nothing is open yet, and a supervisor acts on the code
        spare_the_collector()
        async for lease in pump.leases(self.worker):
            if lease.grant is Grant.RELINK:
                self._spawn(self._relink(lease))
            elif lease.grant is Grant.ROBOTS:
                yield self._robots_request(lease)
            elif lease.grant is Grant.PROBE:
                if (request := await self._probe_request(lease)) is not None:
                    yield request
            else:
                begun = await self._page(lease)
                if isinstance(begun, Request) and self.shortcut.open and "visit" not in begun.meta:
                    self.shortcut.begin(begun)
                elif begun is not None:
                    yield begun

    async def _open(self) -> None:
        frontier = await RedisFrontier.open(self.settings["CAIFENG_REDIS_URL"], self.round_name, patience=None)
        plan = await frontier.plan()
        self._documents = DocumentDesk(self.settings.getdict("CAIFENG_CHILD_ENVIRONMENT"))
        places = self.settings.getint("CAIFENG_PLACES")
        self.worker = Worker(frontier, plan, places=places, worker_id=self.settings["CAIFENG_WORKER"])
        self._robots = RobotsDesk(frontier, plan)
        self._traps = TrapWatch(frontier.traps, plan)
        open_store = load_object(self.settings["CAIFENG_OUTLINK_STORE"])
        self._store: OutlinkStore = await open_store(self.settings["CAIFENG_MONGO_URL"])
        self._probes = ProbeDesk(frontier, plan, self._store, self._robots)
        self._rendering = RenderDesk(frontier, plan)
        self._reading = ReadingDesk()
        self._lists = ListDesk(self.round_name, self._store)
        open_earlier = load_object(self.settings["CAIFENG_EARLIER_ROUND"])
        self._earlier: EarlierRound = await open_earlier(self.settings["CAIFENG_MONGO_URL"])
        open_spill = load_object(self.settings["CAIFENG_SPILL_STORE"])
        desk = frontier.spill_desk(self.settings.getint("CAIFENG_QUEUE_WINDOW"))
        self._spiller = Spiller(desk, await open_spill(self.settings["CAIFENG_MONGO_URL"]), self.round_name)
        self.worker.start()
        self._spiller.start()

    async def close_worker(self) -> None:
        """Give back what was not begun, and the connections."""
        if not hasattr(self, "worker"):
            return
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lease in self.worker.held():
            await self.worker.frontier.give_back(lease)
        await self._rendering.close()
        await self.worker.stop()
        await self._documents.close()
        await self._spiller.stop()
        await self.shortcut.close()
        await self._store.close()
        await self._earlier.close()
        await self.worker.frontier.close()

    # -- grants ------------------------------------------------------------------------------------------------------

    async def _page(self, lease: Lease) -> Request | Item | None:
        course: Course | None = Course(lease)
        posted: Posted | None = None
        try:
            refusal = await self._refusal(lease)
            if refusal is None:
                posted = await self._lists.posted(lease.url)
                course = await self._rendering.course(lease)
                if course is not None and posted is None:
                    course = dataclasses.replace(course, before=await self._before(course.lease))
        except Exception:  # the pump itself would end, and the worker with it
            log.exception("%s could not be begun", lease.key)
            refusal = self._failure(lease, FailureReason.INTERNAL, _trace())
        if refusal is not None:
            await self.worker.frontier.fetched(lease, alive=None)
            return refusal
        if course is None:  # it waits for another page to earn its host's cookies
            self.worker.ended(lease.token)
            return None
        self.worker.turned(course.lease)
        await self.worker.at_work(course.lease)
        return Request(
            lease.url,
            callback=self.on_answer,
            errback=self.on_error,
            cb_kwargs={"lease": course.lease, "course": course},
            meta=course.meta(self.worker.plan) | {"verbatim_url": True, "posted": posted},
            dont_filter=True,
        )

    async def _before(self, lease: Lease) -> Before | None:
        """The page as the round before has it, where there is one and the page comes by HTTP."""
        baseline = self.worker.plan.baseline
        return await self._earlier.before(baseline, lease.key) if baseline and lease.via is Via.HTTP else None

    async def _refusal(self, lease: Lease) -> Item | None:
        """What ends a page without a request."""
        plan = self.worker.plan
        if lease.note.startswith(FAULT):
            return self._failure(lease, FailureReason.INTERNAL, lease.note.removeprefix(FAULT))
        if lease.deaths >= QUARANTINE_DEATHS:
            detail = f"{lease.deaths} workers died while it was open"
            return self._failure(lease, FailureReason.POISON, detail, quarantined=True)
        if lease.host_failures >= plan.breaker_gives_up:
            detail = f"{lease.host} could not be reached {lease.host_failures} times in a row"
            return self._failure(lease, FailureReason.DEAD_HOST, detail)
        if not plan.permitted(lease.host):
            rules = await self._robots.rules(lease.host)
            if rules is None:
                return self._failure(lease, FailureReason.ROBOTS_UNREACHABLE, "robots.txt could not be read")
            if not rules.allows(address_of(lease.url)):
                detail = "barred by robots.txt"
                return Skipped(lease, SkipReason.ROBOTS, detail, self.worker.scope.units_of(lease.key), time.time())
        return await self._known_trap(lease)

    async def _known_trap(self, lease: Lease) -> Skipped | None:
        """What was queued before its address was known to be another name of a page that was, or will be, read."""
        slot = await self._traps.refuses(lease)
        if slot:
            return await self._not_asked(lease, SkipReason.TRAP, SESSION_RULE, slot, f"{SESSION_RULE}: {slot}")
        original = await self._traps.mirrored(lease)
        units = self.worker.scope.units_of
        if original and set(units(lease.key)) <= set(units(original)):  # nobody's evidence may be lost
            pattern = pattern_of(lease.key)
            return await self._not_asked(lease, SkipReason.MIRROR, MIRROR_RULE, pattern, original)
        return None

    async def _not_asked(self, lease: Lease, reason: SkipReason, rule: str, pattern: str, detail: str) -> Skipped:
        """A queued URL ends as a cut, with a record that can be released."""
        await self._count_cuts(lease, [Cut(rule, pattern, Outlink(lease.key, lease.url, LinkKind.ANCHOR))])
        return Skipped(lease, reason, detail, self.worker.scope.units_of(lease.key), time.time())

    def _robots_request(self, lease: Lease) -> Request:
        """The first request to a host: before it, the server that the host stands on is asked for a place."""
        meta: dict[str, Any] = {"verbatim_url": True}
        if self.worker.plan.server_concurrency:
            meta["admit"] = partial(self.worker.frontier.servers.join, lease)
        return Request(
            lease.url,
            callback=self.on_robots,
            errback=self.on_robots_error,
            cb_kwargs={"lease": lease},
            meta=meta,
            dont_filter=True,
        )

    async def _probe_request(self, lease: Lease) -> Request | None:
        """For an address that does not exist; None where the host may not be asked for it."""
        try:
            refused = await self._probes.refused(lease)
        except Exception:  # the pump itself would end; the lease returns by its deadline
            log.exception("the probe of %s could not be begun", lease.host)
            refused = True
        if refused:
            self.worker.ended(lease.token)
            return None
        return Request(
            lease.url,
            callback=self.on_probe,
            errback=self.on_probe_error,
            cb_kwargs={"lease": lease},
            meta={"verbatim_url": True},
            dont_filter=True,
        )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relink(self, lease: Lease) -> None:
        """The depth of a stored page fell: offer its outlinks again from the store, then put its record right."""
        try:
            links = await self._store.outlinks(self.round_name, lease.key)
            offered = await self.worker.frontier.offer(lease, links, out_of_scope=0, cut=0)
            if offered.depth >= 0:
                await self._store.lower_depth(self.round_name, lease.key, offered.depth)
            await self.worker.frontier.ack(lease, End.STORED, depth=max(offered.depth, 0))
        except Exception:
            log.exception("relink of %s failed: its lease returns", lease.key)
        finally:
            self.worker.ended(lease.token)

    # -- answers -----------------------------------------------------------------------------------------------------

    async def on_robots(self, response: Response, lease: Lease) -> None:
        """robots.txt came."""
        assert isinstance(response, Captured)
        self.worker.tally.robots(lease)
        await self._robots.answered(lease, response.capture)
        self.worker.ended(lease.token)

    async def on_robots_error(self, failure: Failure) -> None:
        """robots.txt did not come."""
        lease = failure.request.cb_kwargs["lease"]  # type: ignore[attr-defined]
        if not isinstance(failure.value, NotAsked):
            self.worker.tally.robots(lease)
            await self._robots.failed(lease, failure.value or FetchError())
        self.worker.ended(lease.token)

    async def on_probe(self, response: Response, lease: Lease) -> None:
        """The host answered for an address that does not exist."""
        assert isinstance(response, Captured)
        self.worker.tally.robots(lease)
        await self._probes.answered(lease, response.capture)
        self.worker.ended(lease.token)

    async def on_probe_error(self, failure: Failure) -> None:
        """It did not."""
        lease, error = failure.request.cb_kwargs["lease"], failure.value  # type: ignore[attr-defined]
        if not isinstance(error, NotAsked):
            self.worker.tally.robots(lease)
            await self._probes.failed(lease, alive=isinstance(error, FetchError) and error.alive)
        self.worker.ended(lease.token)

    async def on_answer(self, response: Response, lease: Lease, course: Course) -> AsyncIterator[Item]:
        """An answer came: decide, and end the lease as an item or as a transition."""
        assert isinstance(response, Captured)
        self.worker.tally.asked(lease)
        try:
            await self._rendering.visited(course, response)
            item = await self._answered(response.capture, lease, course)
        except Exception:
            log.exception("%s could not be handled", lease.key)
            item = self._failure(lease, FailureReason.INTERNAL, _trace())
        if item is not None:
            yield item

    async def on_error(self, failure: Failure) -> AsyncIterator[Item]:
        """No answer came."""
        lease, error = failure.request.cb_kwargs["lease"], failure.value  # type: ignore[attr-defined]
        if not isinstance(error, NotAsked):
            self.worker.tally.asked(lease)
        if not isinstance(error, FetchError):
            if not isinstance(error, asyncio.CancelledError):
                log.error("%s could not be fetched: %s", lease.key, failure.getTraceback())
            await self.worker.frontier.fetched(lease, alive=True)
            detail = "".join(traceback.format_exception(error)[-TRACE_LINES:])
            yield self._failure(lease, FailureReason.INTERNAL, detail)
            return
        await self._rendering.visited(failure.request.cb_kwargs["course"], None)  # type: ignore[attr-defined]
        if isinstance(error, NOT_ITS_FAULT):
            await self.worker.frontier.give_back(lease)  # fenced off where it was taken back
            self.worker.ended(lease.token)
            return
        await self.worker.frontier.fetched(lease, alive=error.alive)
        decision = decide.on_error(lease, self.worker.plan, error)
        if isinstance(decision, decide.Again):
            await self._put_back(failure.request.cb_kwargs["course"], decision)  # type: ignore[attr-defined]
        elif lease.via is Via.BROWSER:
            await self.worker.frontier.descend(lease, decision.detail)
            self.worker.ended(lease.token)
        else:
            yield self._failure(lease, decision.reason, decision.detail)

    # -- faults of ours between the callback and the store ------------------------------------------------------------

    async def on_item_error(self, item: Any, failure: Failure) -> None:
        """A pipeline step raised."""
        await self._ended_badly(getattr(item, "lease", None), failure.value)

    async def on_item_dropped(self, item: Any, exception: BaseException) -> None:
        """A pipeline step dropped an item: nothing here may end without a record."""
        await self._ended_badly(getattr(item, "lease", None), exception)

    def on_spider_error(self, failure: Failure, response: Any) -> None:
        """A callback, or what stands around it, raised."""
        request = getattr(response, "request", None) or getattr(failure, "request", None)
        lease = request.cb_kwargs.get("lease") if request is not None else None
        self._spawn(self._ended_badly(lease, failure.value))

    async def _ended_badly(self, lease: Lease | None, error: BaseException | None) -> None:
        """Put the URL back at once with the trace: its next grant ends it as `internal`, without a request.

        A lease the store step has let go is not held any more: storage was away, and it returns by its deadline.
        """
        if lease is None or not self.worker.holds(lease.token):
            return
        if lease.grant is Grant.PAGE and not lease.note.startswith(FAULT):
            trace = "".join(traceback.format_exception(error)[-TRACE_LINES:]) if error is not None else "no trace"
            await self.worker.frontier.defer(lease, 0.0, f"{FAULT}{trace[-TRACE_CHARACTERS:]}")
        self.worker.ended(lease.token)

    async def _answered(self, capture: Capture, lease: Lease, course: Course) -> Item | None:
        if course.before is not None and capture.status == NOT_MODIFIED and not lease.note.startswith(WHOLE):
            return await self._not_modified(capture, course)
        worker, now = self.worker, datetime.now(UTC)
        challenge = decide.on_challenge(lease, capture.status, capture.body, course.serial)
        decision = challenge or decide.on_answer(lease, worker.plan, capture.status, capture.headers, now)
        wait = decision.host_wait if isinstance(decision, decide.Again) else 0.0
        slow = decide.too_fast(capture.status, capture.headers)
        await worker.frontier.fetched(lease, alive=True, wait=wait, slow=slow)
        if isinstance(decision, decide.Store):
            return await self._stored(capture, course, same_bytes(course.before, capture))
        if isinstance(decision, decide.Again | decide.Hop | decide.Escalate):
            await self._put_back(course, decision)
            return None
        if isinstance(decision, decide.Leave):
            found = await self._sorted([decision.link], lease, NOTHING)
            units, at, status = worker.scope.units_of(lease.key), time.time(), capture.status
            reason = SkipReason.REDIRECTED
            return Skipped(lease, reason, decision.target, units, at, status, found.offered, found.foreign)
        return self._failure(lease, decision.reason, decision.detail, status=decision.status)

    async def _put_back(self, course: Course, decision: decide.Again | decide.Hop | decide.Escalate) -> None:
        """The same URL once more: later, under another spelling, or in the browser."""
        lease, frontier = course.lease, self.worker.frontier
        if isinstance(decision, decide.Again):
            await frontier.defer(lease, decision.wait, decision.note)
        elif isinstance(decision, decide.Hop):
            await frontier.hop(lease, decision.url, decision.cookie)
        else:
            await self._rendering.answered(course, refused=decision.note.startswith(decide.CHALLENGE))
            await frontier.escalate(lease, decision.note)
        self.worker.ended(lease.token)

    async def _not_modified(self, answer: Capture, course: Course) -> Item | None:
        """Its server says that the page is as it was: read it again from the archive, for its links and its numbers."""
        lease, before = course.lease, course.before
        assert before is not None
        await self.worker.frontier.fetched(lease, alive=True)
        try:
            kept = await self._earlier.capture(before)
        except EarlierLost as error:
            log.warning("%s is asked for whole: %s", lease.key, error)
            await self._put_back(course, decide.Again(0.0, 0.0, f"{WHOLE}{error}"))
            return None
        capture = dataclasses.replace(
            kept, url=lease.url, fetched_at=answer.fetched_at, elapsed=answer.elapsed, address=answer.address
        )
        return await self._stored(capture, course, before.unchanged(How.NOT_MODIFIED))

    async def _stored(self, capture: Capture, course: Course, unchanged: Unchanged | None) -> Item | None:
        worker, lease = self.worker, course.lease
        reading, sent, drawn = await self._reading.read(capture, alone=lease.deaths > 0)
        if reading.media is Media.ATTACHMENT:
            read = partial(self._documents.read, capture.body, file_name(capture))
            reading = with_document(reading, await worker.aside(lease, read))
        reading = await self._lists.read(lease, capture, reading)
        if reading.fault:
            log.error("%s could not be read, its text and links are missing: %s", lease.key, reading.fault)
        decision = decide.on_reading(lease, reading, course.serial)
        await self._rendering.read(lease, reading, sent, drawn)
        if isinstance(decision, decide.Fail):
            return self._failure(lease, decision.reason, decision.detail)
        if isinstance(decision, decide.Escalate):
            await self._put_back(course, decision)
            return None
        await self._rendering.answered(course, refused=False)
        units = worker.scope.units_of(lease.key)
        if decision is not None:
            return Skipped(lease, decision.reason, decision.detail, units, time.time(), capture.status)
        worker.fetched += 1
        worker.rendered += int(capture.via is Via.BROWSER)
        repeats, absent = await self._traps.seen(lease, reading), await self._probes.like(lease, reading)
        if absent is not None:
            repeats = dataclasses.replace(repeats, frame=frozenset(absent.links))
        found = await self._sorted(reading.links, lease, repeats)
        return PageItem(
            lease,
            capture,
            reading,
            found.offered,
            units,
            found.out_of_scope,
            found.cuts,
            found.foreign,
            archive=unchanged.archive if unchanged is not None else None,
            absent_like=absent.url if absent is not None else "",
            unchanged=unchanged,
        )

    async def _sorted(self, links: Sequence[Link | Outlink], lease: Lease, repeats: Repeats) -> Sorted:
        plan = self.worker.plan
        allow = (*plan.allow_patterns, *await self._traps.allowed())
        found = sort_links(
            links, lease, self.worker.scope, plan.limits, repeats=repeats, allow=allow, year=time.gmtime().tm_year
        )
        await self._count_cuts(lease, found.cuts)
        return found

    async def _count_cuts(self, lease: Lease, cuts: Sequence[Cut]) -> None:
        if cuts:
            await self.worker.frontier.traps.count_cuts(lease.key, cut_rows(lease.key, cuts))

    def _failure(
        self, lease: Lease, reason: FailureReason, detail: str, *, status: int = 0, quarantined: bool = False
    ) -> FetchFailure:
        units = self.worker.scope.units_of(lease.key)
        return FetchFailure(lease, reason, detail, units, time.time(), status, quarantined)


def _trace() -> str:
    return "".join(traceback.format_exc().splitlines(keepends=True)[-TRACE_LINES:])
