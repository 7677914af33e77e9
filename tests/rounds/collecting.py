"""Collections of the rehearsal web made without a crawl: the records that one would have left, whole or in part.

The link graph is the rehearsal's own; which of its pages are collected is decided here, by how a crawl comes to miss
some.  Records are written by the real writer, bodies of lists into real archive files, and the queue is rebuilt from them.
"""

from __future__ import annotations

import random
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cleaning.page import Judgement, LinkKind, Media, PageType, Reading
from cleaning.read import read
from cleaning.reasons import Verdict
from cleaning.urls import canonicalize
from crawler.frontier.contract import Grant, Lease, Outlink, Via
from crawler.frontier.ids import split_key
from crawler.items import ArchiveRef, Capture, FailureReason, FetchFailure, PageItem, Skipped, SkipReason, header
from crawler.plan import RoundPlan
from crawler.scope import Scope
from pipelines import warc
from pipelines.archive_file import ArchiveWriter
from pipelines.store.connect import connect_async
from pipelines.store.records import draft
from pipelines.store.writer import write
from rehearsal.addresses import canonical, locate
from rehearsal.answers import Answers
from rehearsal.links import Kind
from rehearsal.plan import World
from rehearsal.truth import Found, Walk
from rounds import life
from rounds.recover import recover
from rounds.services import Services

DEPTH = 6
ENDS = {"dead": FailureReason.HTTP_4XX, "loop": FailureReason.REDIRECT_LOOP, "flapping-dead": FailureReason.HTTP_5XX}
SKIPS = {"redirect": SkipReason.REDIRECTED, "robots": SkipReason.ROBOTS}
WAYS = ("unread", "random", "short")


class _Walk(Walk):
    """Keeps every link it sees."""

    def __init__(self, world: World) -> None:
        super().__init__(world, DEPTH + 2, frozenset(Kind))
        self.out: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)

    def _links(self, page: Found) -> Iterator:
        for link, url in super()._links(page):
            place = locate(self.world, url)
            if place is not None:
                self.out[page.place.key].append((place.key, link.kind.cost))
            yield link, url


@dataclass
class Graph:
    """The web as a graph, by the rehearsal's own keys."""

    world: World
    pages: Mapping[str, Found] = field(default_factory=dict)
    out: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        walk = _Walk(self.world)
        self.pages = walk.run()
        known = {key for key, page in self.pages.items() if page.kind != "trap"}
        self.out = {key: [one for one in links if one[0] in known] for key, links in walk.out.items()}

    @property
    def seeds(self) -> list[str]:
        """Keys of the units' seeds."""
        return [locate(self.world, seed).key for unit in self.world.units for seed in unit.seeds]

    def truth(self) -> set[str]:
        """The pages that belong in the stored set."""
        return {key for key, page in self.pages.items() if page.stored and page.depth <= DEPTH}

    def crawl(self, blind: frozenset[str] = frozenset(), most: int = 0) -> tuple[dict[str, int], set[str]]:
        """Depth of what a crawl finds that reads no links of the `blind` and stops at `most` pages; and what it came to."""
        depth = dict.fromkeys(self.seeds, 0)
        queue, done, stored = deque(self.seeds), set(), set()
        while queue and not (most and len(stored) >= most):
            key = queue.popleft()
            if key in done:
                continue
            done.add(key)
            if self.pages[key].stored:
                stored.add(key)
            for target, cost in () if key in blind else self.out.get(key, ()):
                there = depth[key] + cost
                if there <= DEPTH and there < depth.get(target, DEPTH + 1):
                    depth[target] = there
                    done.discard(target)
                    (queue.append if cost else queue.appendleft)(target)
        return depth, done


@dataclass(frozen=True)
class Collection:
    """What a round has: ended URLs, their depth, and the pages whose links it does not see."""

    ended: set[str]
    depth: Mapping[str, int]
    blind: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()  # pages to which no record links

    def rate(self, graph: Graph) -> float:
        """The true share of the pages that are stored."""
        truth = graph.truth()
        return len(truth & self.ended) / len(truth)


def collect(graph: Graph, way: str, share: float, chance: random.Random) -> Collection:
    """A collection of about `share` of the pages, missing the others in this way."""
    depth, done = graph.crawl()
    truth = graph.truth()
    if share == 1:
        return Collection(done, depth)
    if way == "short":
        depth, done = graph.crawl(most=round(share * len(truth)))
        return Collection(done, depth)
    if way == "random":
        untold = frozenset(key for key in sorted(truth) if chance.random() > share) - set(graph.seeds)
        return Collection(done - untold, depth, untold=untold)
    hubs = [key for key in sorted(truth) if graph.pages[key].kind in {"list", "home"} and graph.out.get(key)]
    chance.shuffle(hubs)
    blind: frozenset[str] = frozenset()
    for hub in hubs:
        trial, ended = graph.crawl(blind | {hub})
        if len(truth & ended) >= (share - 0.01) * len(truth):
            blind, depth, done = blind | {hub}, trial, ended
        if len(truth & done) <= (share + 0.01) * len(truth):
            break
    return Collection(done, depth, blind)


class Writer:
    """Writes a collection as the records of a round."""

    def __init__(self, graph: Graph, plan: RoundPlan, folder: Path) -> None:
        self.graph, self.plan = graph, plan
        self.scope = Scope(plan)
        self.answers = Answers(graph.world)
        self.archive = ArchiveWriter(folder, plan.name, lambda _name: b"")
        self.serial = 0

    async def write(self, here: Services, collection: Collection) -> None:
        """Records and archive; then the queue, rebuilt from them."""
        now = datetime.now(UTC)
        await life.create(here, self.plan, catalogue="1", who="test", now=now)
        database = connect_async(here.mongo_url)
        batch = [
            (draft(self.plan.name, self.item(key, collection)), collection.depth[key])
            for key in sorted(collection.ended)
            if self.graph.pages[key].kind != "trap" and self.units(key)
        ]
        try:
            for start in range(0, len(batch), 500):
                await write(database, batch[start : start + 500])
        finally:
            await database.client.close()
            self.archive.close()
        async with life.frontier(here, self.plan.name) as queue:
            await queue.drop()
        await recover(here, self.plan.name, who="test", now=now, report=lambda *_: None)

    def item(self, key: str, collection: Collection) -> PageItem | FetchFailure | Skipped:
        """What a worker would have made of this URL."""
        page = self.graph.pages[key]
        url = canonical(page.place)
        name = canonicalize(url)
        self.serial += 1
        host, _ = split_key(name)
        lease = Lease(f"e1-{self.serial}", Grant.PAGE, host, name, url)
        units = self.scope.units_of(name)
        if page.kind in ENDS or page.kind == "stalled":
            return FetchFailure(lease, ENDS.get(page.kind, FailureReason.TIMEOUT), "", units, 1.0)
        every = () if key in collection.blind else tuple(self.links(key, collection))
        links = tuple(link for link in every if self.scope.units_of(link.key))
        foreign = tuple(link for link in every if not self.scope.units_of(link.key))
        if page.kind in SKIPS:
            return Skipped(lease, SKIPS[page.kind], "", units, 1.0, 302, links)
        made = self.page(page, lease, units, links, read_again=bool(foreign) or page.kind == "home")
        if page.kind == "home":  # what it names beyond the web as well
            named = (Outlink(one.key, one.url, one.kind) for one in made.reading.links)
            foreign = tuple(link for link in named if not self.scope.units_of(link.key))
        return replace(made, foreign=foreign)

    def units(self, key: str) -> tuple[str, ...]:
        """Whose it is."""
        return self.scope.units_of(canonicalize(canonical(self.graph.pages[key].place)))

    def links(self, key: str, collection: Collection) -> Iterator[Outlink]:
        """The links of a page that a round would have seen."""
        for target, cost in self.graph.out.get(key, ()):
            url = canonical(self.graph.pages[target].place)
            if target not in collection.untold:
                yield Outlink(canonicalize(url), url, LinkKind.ANCHOR if cost else LinkKind.REDIRECT)

    def page(
        self, page: Found, lease: Lease, units: tuple[str, ...], links: tuple[Outlink, ...], *, read_again: bool
    ) -> PageItem:
        """A stored page; lists have their bytes, and what leads out of the scope: they are read again."""
        body, headers, reading = (
            b"",
            (("Content-Type", "text/html"),),
            Reading(lease.url, lease.key, Media.HTML, "utf-8", "utf-8", "zh", page_type=PageType.OTHER),
        )
        if page.kind == "list" or read_again:
            scheme, _, rest = lease.url.partition("://")
            name, slash, path = rest.partition("/")
            reply = self.answers.reply(scheme, name, slash + path)
            body, headers = reply.body, reply.headers
            reading = read(body, lease.url, content_type=header(headers, "content-type"))
        capture = Capture(lease.url, 200, headers, body, body, None, Via.HTTP, 1.0, 0.1, "127.0.0.1")
        ref = self.archive.append(warc.response(capture).data) if body else ArchiveRef("file:///none", 0, 1)
        return PageItem(lease, capture, reading, links, units, archive=ref, judgement=Judgement(Verdict.KEPT, ()))


async def collected(here: Services, graph: Graph, plan: RoundPlan, collection: Collection) -> Path:
    """Write the collection as the round of this plan; answers where its archive lies."""
    folder = Path(tempfile.mkdtemp(prefix="caifeng-collected-"))
    await Writer(graph, plan, folder).write(here, collection)
    return folder
