"""Items as the spider makes them, and the two fakes of this room: a frontier that checks the order, and its worker."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, TypeVar

from scrapy.settings import Settings

from cleaning.page import Judgement, LinkKind, Media, PageType, Reading
from cleaning.reasons import Reason, ReasonCode, Verdict
from crawler.frontier.contract import Cut, End, Grant, Lease, Met, Near, Offered, Outlink, Via
from crawler.frontier.near import NOBODY
from crawler.items import (
    ArchiveRef,
    Capture,
    FailureReason,
    FetchFailure,
    PageItem,
    Skipped,
    SkipReason,
)
from crawler.plan import RoundPlan
from crawler.reasons import Halt
from indicators.evidence import Strength, Tag
from pipelines.store.connect import connect

T = TypeVar("T")
ROUND = "R1"
HOST = "a.gov.cn"  # canonical; pages are fetched from www.a.gov.cn
FETCHED_AT = 1_795_000_000.25


def key_of(path: str) -> str:
    """The canonical URL of a page of the one host."""
    return f"http://{HOST}{path}"


def lease(path: str, serial: int = 1, *, epoch: str = "e1", via: Via = Via.HTTP) -> Lease:
    """A grant of http://www.a.gov.cn<path>."""
    return Lease(
        token=f"{epoch}-{serial}",
        grant=Grant.PAGE,
        host=HOST,
        key=key_of(path),
        url=f"http://www.{HOST}{path}",
        via=via,
    )


def link(path: str, kind: LinkKind = LinkKind.ANCHOR) -> Outlink:
    """An in-scope link to <path>."""
    return Outlink(key=key_of(path), url=f"http://www.{HOST}{path}", kind=kind)


def capture(path: str, body: bytes = b"<p>page</p>", **changes: Any) -> Capture:
    """A plain HTTP answer."""
    made = Capture(
        url=f"http://www.{HOST}{path}",
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        wire=body,
        body=body,
        dom=None,
        via=Via.HTTP,
        fetched_at=FETCHED_AT,
        elapsed=0.125,
        address="127.0.0.1",
    )
    return replace(made, **changes)


def reading(path: str, text: str = "办事指南", **changes: Any) -> Reading:
    """What cleaning.read would say of a small page."""
    made = Reading(
        url=f"http://www.{HOST}{path}",
        key=key_of(path),
        media=Media.HTML,
        charset="utf-8",
        declared_charset="utf-8",
        language="zh",
        title="标题",
        text=text,
        text_hash=hashlib.sha256(text.encode()).hexdigest() if text else "",
        simhash=0xF000_0000_0000_0001,
        number_hash="",
        page_type=PageType.ARTICLE,
    )
    return replace(made, **changes)


def judgement(verdict: Verdict = Verdict.KEPT) -> Judgement:
    """A verdict with one reason."""
    return Judgement(verdict, (Reason(ReasonCode.SERVICE_CONTENT, "办事", "text", 1.0),))


TAG = Tag("1.1.2-M01", Strength.CONTENT, 0.9, "办事指南", "text")


def fetched(path: str, serial: int = 1, **changes: Any) -> PageItem:
    """A page as it leaves the spider."""
    made = PageItem(
        lease=lease(path, serial),
        capture=capture(path),
        reading=reading(path),
        outlinks=(link("/a"), link("/b", LinkKind.REFRESH)),
        units=("110000",),
        out_of_scope=3,
        cuts=(Cut("calendar", "a/#", link("/2026/11/")),),
    )
    return replace(made, **changes)


def page(path: str, serial: int = 1, **changes: Any) -> PageItem:
    """A page as it reaches the store step."""
    made = replace(
        fetched(path, serial),
        archive=ArchiveRef("file:///archive/R1/w-1.warc.gz", 300, 200),
        judgement=judgement(),
        tags=(TAG,),
    )
    return replace(made, **changes)


def failure(path: str, serial: int = 1, **changes: Any) -> FetchFailure:
    """A URL that timed out."""
    made = FetchFailure(lease(path, serial), FailureReason.TIMEOUT, "no answer within 60 s", ("110000",), FETCHED_AT)
    return replace(made, **changes)


def skipped(path: str, serial: int = 1, **changes: Any) -> Skipped:
    """A redirect to /target."""
    made = Skipped(
        lease(path, serial),
        SkipReason.REDIRECTED,
        "302",
        ("110000",),
        FETCHED_AT,
        302,
        (link("/target", LinkKind.REDIRECT),),
    )
    return replace(made, **changes)


@dataclass
class Places:
    """Places of fingerprints, of one worker."""

    pages: dict[int, Met] = field(default_factory=dict)

    async def last(self, places: Sequence[int]) -> list[Met]:
        """Who is at each."""
        return [self.pages.get(place, NOBODY) for place in places]

    async def keep(self, pages: Mapping[int, Met]) -> None:
        """Keep them."""
        self.pages.update(pages)


@dataclass
class CheckingFrontier:
    """Records every call; an ack without its record in MongoDB, or without its offer, fails the test."""

    database_url: str = ""
    depth: int = 3
    near: Near = field(default_factory=Places)
    offers: list[tuple[str, tuple[Outlink, ...], int, int]] = field(default_factory=list)
    acks: list[tuple[str, End, int]] = field(default_factory=list)
    fenced: set[str] = field(default_factory=set)  # tokens that no longer stand
    fail_offer: list[Exception] = field(default_factory=list)  # raised by the next offers, in turn
    fail_ack: list[Exception] = field(default_factory=list)

    async def offer(self, lease: Lease, links: Sequence[Outlink], *, out_of_scope: int, cut: int) -> Offered:
        """Push links."""
        if self.fail_offer:
            raise self.fail_offer.pop(0)
        self.offers.append((lease.token, tuple(links), out_of_scope, cut))
        return Offered(depth=self.depth, new=len(links), lowered=0, too_deep=0)

    async def ack(self, lease: Lease, end: End, *, depth: int) -> bool:
        """End a lease."""
        if self.fail_ack:
            raise self.fail_ack.pop(0)
        assert lease.token in {token for token, *_ in self.offers}, "acked before its links were offered"
        if self.database_url:
            database = connect(self.database_url)
            try:
                found = database["records"].find_one({"_id": f"{ROUND} {lease.key}"})
            finally:
                database.client.close()
            assert found is not None, "acked before its record was written"
            assert found["end"] == end, "acked with another end than the record has"
        self.acks.append((lease.token, end, depth))
        return lease.token not in self.fenced


PLAN = RoundPlan(name=ROUND, units=(), user_agent="caifeng (https://example.org)")


@dataclass
class Worker:
    """What a step asks of its worker."""

    frontier: CheckingFrontier
    round_name: str = ROUND
    worker_id: str = "w1"
    plan: RoundPlan = PLAN
    stored: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    asides: list[tuple[str, Any]] = field(default_factory=list)
    halts: dict[str, str] = field(default_factory=dict)
    counts: list[str] = field(default_factory=list)

    def counted(self, item: PageItem) -> None:
        """Note it."""
        self.counts.append(item.lease.token)

    def halt(self, why: Halt, detail: str) -> None:
        """Note it."""
        self.halts[why] = detail

    def resume(self, why: Halt) -> None:
        """Forget it."""
        self.halts.pop(why, None)

    def parked(self, token: str) -> None:
        """Note it."""
        self.waiting.append(token)

    async def aside(self, lease: Lease, wait: Callable[[], Awaitable[T]]) -> T:
        """Note what is over, and what came of it."""
        got = await wait()
        self.asides.append((lease.token, got))
        return got

    def storing(self, token: str) -> None:
        """Note it."""
        self.stored.append(token)

    def ended(self, token: str) -> None:
        """Note it."""
        self.over.append(token)


def crawler_of(worker: Worker, **settings: str) -> Any:
    """As much of Scrapy's Crawler as the steps use."""
    return SimpleNamespace(spider=SimpleNamespace(worker=worker), settings=Settings(settings))
