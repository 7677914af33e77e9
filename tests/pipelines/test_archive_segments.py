"""Segments: archive, then register, then the page goes on; outages stop claims and lose nothing."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from crawler.items import FailureReason, FetchFailure
from crawler.reasons import Halt
from pipelines import archive_segments
from pipelines.archive import ArchiveStep
from pipelines.archive_objects import ObjectStore, read_object
from pipelines.archive_reader import read
from pipelines.errors import ArchiveAway
from pipelines.store.segments import segments_of
from tests.pipelines.making import ROUND, CheckingFrontier, Worker, capture, crawler_of, fetched

HTML = b"<p>page</p>"


@pytest.fixture
def worker():
    return Worker(CheckingFrontier(), worker_id="host a/1")


@pytest.fixture
async def step(worker, store_url, mongo_database, monkeypatch):
    monkeypatch.setattr(archive_segments, "SEGMENT_SECONDS", 0.05)
    url = f"memory://{mongo_database}/archive"
    made = ArchiveStep.from_crawler(crawler_of(worker, CAIFENG_ARCHIVE_URL=url, CAIFENG_MONGO_URL=store_url))
    yield made
    await made.close_spider()


async def test_pages_wait_for_their_segment_and_are_read_back(step, worker, database, mongo_database):
    """Pages of one moment share an object, a DOM lies behind its answer, and the register tells the truth of it."""
    drawn = capture("/d", HTML, dom="<p>画好的</p>".encode())
    pages = [fetched(f"/{n}", n) for n in range(1, 4)] + [fetched("/d", 4, capture=drawn)]
    items = await asyncio.gather(*(step.apply(page) for page in pages))
    assert [read(item.archive).url for item in items] == [item.capture.url for item in items]
    assert read(items[3].dom_archive).body.decode() == "<p>画好的</p>"
    (segment,) = segments_of(database, ROUND)
    assert {item.archive.uri for item in items} == {segment.url} == {items[3].dom_archive.uri}
    assert segment.url.startswith(f"memory://{mongo_database}/archive/{ROUND}/host_a_1-")
    data = read_object(segment.url)
    assert (segment.bytes, segment.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (segment.records, segment.worker) == (5, "host a/1")
    assert worker.waiting == [page.lease.token for page in pages]
    assert sorted(worker.stored) == sorted(worker.waiting)  # each goes on only then


async def test_a_full_segment_is_sealed_at_once(step, database, monkeypatch):
    """Size comes before time."""
    monkeypatch.setattr(archive_segments, "SEGMENT_SECONDS", 3_600)
    monkeypatch.setattr(archive_segments, "SEGMENT_BYTES", 1_000)
    big = [fetched(f"/{n}", n, capture=capture(f"/{n}", bytes(range(256)) * 8)) for n in range(3)]
    items = await asyncio.gather(*(step.apply(page) for page in big))
    assert len({item.archive.uri for item in items}) == 3
    assert len(list(segments_of(database, ROUND))) == 3


async def test_nothing_goes_on_before_the_register_knows(step, database, monkeypatch):
    """While the upload or the register is under way, the page waits; its lease is parked."""
    steps = []
    put, register = ObjectStore.put, archive_segments.register

    def noted_put(self, name, data):
        steps.append("put")
        put(self, name, data)

    async def noted_register(handle, segment):
        assert read_object(segment.url)
        await register(handle, segment)
        steps.append("registered")

    monkeypatch.setattr(ObjectStore, "put", noted_put)
    monkeypatch.setattr(archive_segments, "register", noted_register)
    await step.apply(fetched("/1"))
    steps.append("on")
    assert steps == ["put", "registered", "on"]


async def test_an_outage_stops_claims_and_is_outlasted(step, worker, database, monkeypatch):
    """The store refuses twice: claims halt with its words, the page is parked, and the third attempt delivers it."""
    put, left, seen = ObjectStore.put, [1, 2], []

    def failing(self, name, data):
        seen.append(dict(worker.halts))
        if left:
            left.pop()
            raise ArchiveAway("the store says no")
        put(self, name, data)

    monkeypatch.setattr(ObjectStore, "put", failing)
    item = await step.apply(fetched("/1", 7))
    assert read(item.archive).body == HTML
    assert seen == [{}, {Halt.ARCHIVE_AWAY: "the store says no"}, {Halt.ARCHIVE_AWAY: "the store says no"}]
    assert worker.halts == {}
    assert worker.waiting == ["e1-7"]
    assert len(list(segments_of(database, ROUND))) == 1


async def test_a_fault_of_ours_ends_each_page_of_the_segment(step, monkeypatch):
    """What waiting does not mend becomes a failure with its trace; the next segment is not touched."""
    with monkeypatch.context() as broken:
        broken.setattr(ObjectStore, "put", lambda *_args: 1 / 0)
        ended = await asyncio.gather(*(step.process_item(fetched(f"/{n}", n)) for n in range(2)))
    assert all(isinstance(one, FetchFailure) and one.reason is FailureReason.INTERNAL for one in ended)
    assert "ZeroDivisionError" in ended[0].detail
    assert read((await step.apply(fetched("/3", 3))).archive).body == HTML


async def test_closing_delivers_what_waits(step, database, monkeypatch):
    """A worker that leaves does not wait for the clock."""
    monkeypatch.setattr(archive_segments, "SEGMENT_SECONDS", 3_600)
    waiting = asyncio.ensure_future(step.apply(fetched("/1")))
    await asyncio.sleep(0.01)
    await step.close_spider()
    assert read((await waiting).archive).body == HTML


async def test_a_page_that_is_given_up_costs_the_others_of_its_segment_nothing(step, worker, database):
    """Its lease lapsed while the segment was open: the segment is delivered, and the other goes on."""
    gone, here = (asyncio.ensure_future(step.apply(fetched(f"/{n}", n))) for n in range(2))
    while len(worker.waiting) < 2:
        await asyncio.sleep(0)
    gone.cancel()
    item = await here
    assert read(item.archive).body == HTML
    assert gone.cancelled()
    assert len(list(segments_of(database, ROUND))) == 1
