"""`caifeng findings --visit`: pages of hosts that were tampered with, visited once more as search engines' readers do.

Each visit is an errand (docs/decisions/0048-errands.md): robots.txt, one request of a host at a time, the round's delay.
What it shows is kept with its evidence beside the page's record and never changes that record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from cleaning.cloaking import Shown, by_record, sent_away, shown_harm, suspects, visitor
from cleaning.page import Reading
from cleaning.read import read
from cleaning.reasons import Reason
from cleaning.verdict import judge
from crawler.channels.errands import Progress, Reply, Runner, errand_plan, errands
from crawler.frontier.redis import State
from crawler.items import header
from pipelines.store.reader import PageFilter, RoundReader
from pipelines.store.records import reason_document
from pipelines.store.visits import VisitBook
from rounds import life
from rounds.refusals import WrongState
from rounds.services import Services

FIELDS: Final = ("key", "url", "host", "units", "depth", "judged")
QUOTED: Final = 1_000  # characters of what a visitor read that are kept as evidence


@dataclass(frozen=True, slots=True)
class Visited:
    """How many pages were visited, and how many of them had something else to show."""

    pages: int
    found: int


async def visit(services: Services, name: str, *, report: Callable[[Progress], None]) -> Visited:
    """Visit, compare and keep.  Raises NoSuchRound, and WrongState while the round is being crawled."""
    record = life.get(services, name)
    if await life.state_now(services, record, now=datetime.now(UTC)) is State.RUNNING:
        raise WrongState(f"轮次 {record.name} 正在采集：等它完成，或先用 caifeng round pause {record.name} 暂停")
    with life.store(services) as database:
        reader = RoundReader(database, record.name, url=services.mongo_url)
        hosts = sorted({page["host"] for page in reader.pages(PageFilter(tampered=True), ("host",))})
        pages = [page for host in hosts for page in reader.pages(PageFilter(host=host), FIELDS)]
        units = {page["key"]: page["units"] for page in pages}
        chosen = suspects(map(by_record, pages))
        book = VisitBook(database, record.name, url=services.mongo_url)
        headers = visitor(record.plan.user_agent)
        visits = _Visits(book, {page.key: page for page in chosen}, units, headers)
        own = [seed for unit in record.plan.units for seed in unit.seeds]
        wanted = errand_plan(record.plan, seeds=own)
        async with errands(services.redis_url, f"{record.name}:visits", wanted) as queue:
            await queue.drop()
        async with errands(services.redis_url, f"{record.name}:visits", wanted) as queue:
            await queue.seed([page.url for page in chosen])
            await Runner(queue, wanted, visits.handle, report=report, headers=headers).run()
            await queue.drop()
    return Visited(len(chosen), visits.found)


@dataclass(slots=True)
class _Visits:
    """Compares replies as they come in with what the pages had shown."""

    book: VisitBook
    pages: Mapping[str, Shown]
    units: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    found: int = field(default=0)

    async def handle(self, reply: Reply) -> Sequence[str]:
        page = self.pages.get(reply.key)
        if page is None or reply.reason is not None or reply.barred:
            return ()
        reading = _read(reply)
        finding = sent_away(page, reply.target) if reading is None else shown_harm(judge(reading))
        if finding is None:
            self.book.forget(page.key)
        else:
            self.found += 1
            self.book.keep(page.key, self._row(page, reply, reading, finding))
        return ()

    def _row(self, page: Shown, reply: Reply, reading: Reading | None, finding: Reason) -> dict[str, Any]:
        return {
            "url": page.url,
            "host": page.host,
            "units": list(self.units[page.key]),
            "depth": page.depth,
            "fetched_at": datetime.fromtimestamp(reply.at, UTC),
            "sent": dict(self.headers),
            "status": reply.status,
            "target": reply.target,
            "title": reading.title if reading is not None else "",
            "text": reading.text[:QUOTED] if reading is not None else "",
            "sha256": sha256(reply.capture.body).hexdigest() if reply.capture is not None else "",
            "findings": [reason_document(finding)],
        }


def _read(reply: Reply) -> Reading | None:
    if reply.capture is None:
        return None
    return read(reply.capture.body, reply.url, content_type=header(reply.capture.headers, "content-type"))
