"""The store step: links offered, records written, leases acked, in this order, once per URL."""

from __future__ import annotations

import asyncio
import logging
import random
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from pymongo.errors import BulkWriteError

from cleaning.reasons import Verdict
from crawler.errors import FrontierAway
from crawler.frontier.contract import End
from crawler.items import FailureReason
from pipelines.store.faults import Faults, from_environment
from pipelines.store.records import draft, links_of
from pipelines.store.step import BATCH, StoreStep
from pipelines.store.writer import write
from tests.pipelines.making import (
    ROUND,
    CheckingFrontier,
    Worker,
    crawler_of,
    failure,
    key_of,
    link,
    page,
    reading,
    skipped,
)


@pytest.fixture
def worker(store_url):
    return Worker(CheckingFrontier(store_url))


@pytest.fixture
async def step(worker, store_url, database) -> AsyncIterator[StoreStep]:
    made = StoreStep.from_crawler(crawler_of(worker, CAIFENG_MONGO_URL=store_url))
    yield made
    await made.close_spider()


def record(database, path):
    return database["records"].find_one({"_id": f"{ROUND} {key_of(path)}"})


async def test_a_page_is_offered_written_and_acked(step, worker, database):
    """The item comes back when its lease is acked; the record carries the depth the frontier gave."""
    item = page("/1", 7)
    assert await step.process_item(item) is item
    assert worker.frontier.offers == [("e1-7", item.outlinks, 3, 1)]
    assert worker.frontier.acks == [("e1-7", End.STORED, 3)]
    assert worker.stored == ["e1-7"]
    assert worker.over == ["e1-7"]
    found = record(database, "/1")
    assert (found["end"], found["depth"], found["verdict"]) == ("stored", 3, "kept")


async def test_each_kind_of_item_ends_its_own_way(step, worker, database):
    """Failures offer no links, a redirect offers its target, a quarantined URL is counted as such."""
    await asyncio.gather(
        step.process_item(failure("/f", 1)),
        step.process_item(skipped("/s", 2)),
        step.process_item(failure("/q", 3, reason=FailureReason.POISON, quarantined=True)),
    )
    assert {token: end for token, end, _ in worker.frontier.acks} == {
        "e1-1": End.FAILED,
        "e1-2": End.SKIPPED,
        "e1-3": End.QUARANTINED,
    }
    assert {token: links for token, links, *_ in worker.frontier.offers} == {
        "e1-1": (),
        "e1-2": skipped("/s").outlinks,
        "e1-3": (),
    }
    assert record(database, "/q")["reason"] == "poison"
    assert links_of(record(database, "/s")).offered == skipped("/s").outlinks


async def test_a_full_batch_goes_out_at_once(step, worker, database):
    """Two batches' worth of pages end as two bulk writes; every page has its record and its ack."""
    await asyncio.gather(*(step.process_item(page(f"/{n}", n)) for n in range(2 * BATCH)))
    assert step._flushes == 2
    assert len(worker.frontier.acks) == 2 * BATCH
    assert database["records"].count_documents({"end": "stored"}) == 2 * BATCH


async def test_a_suspect_does_not_wait_for_company(step, worker, monkeypatch):
    """A page granted alone goes out by itself, however long the window: nobody else can come before its ack."""
    monkeypatch.setattr(step._batcher, "_window", 1000.0)
    suspect = page("/1", 1)
    await step.process_item(replace(suspect, lease=replace(suspect.lease, deaths=1)))
    assert worker.frontier.acks == [("e1-1", End.STORED, 3)]


async def test_other_items_pass(step, worker):
    """What is none of ours goes through untouched."""
    assert await step.process_item({"x": 1}) == {"x": 1}
    assert worker.stored == []


async def test_a_late_failure_does_not_replace_a_page(step, worker, database):
    """A key that has a page ends as stored, even when a second fetch of it failed."""
    await step.process_item(page("/1", 1))
    await step.process_item(failure("/1", 2))
    assert worker.frontier.acks[-1] == ("e1-2", End.STORED, 3)
    found = record(database, "/1")
    assert found["end"] == "stored"
    assert "reason" not in found


async def test_a_standing_page_is_acked_with_the_depth_of_its_links(step, worker, database):
    """Its links were pushed at depth 5 and it lies at 2 now: the ack says 5, so that the frontier pushes them again."""
    worker.frontier.depth = 5
    await step.process_item(page("/1", 1))
    worker.frontier.depth = 2
    await step.process_item(failure("/1", 2))
    assert worker.frontier.acks[-1] == ("e1-2", End.STORED, 5)


async def test_a_page_replaces_an_outcome_whole(step, worker, database):
    """A retried URL that is now had keeps nothing of its failure."""
    await step.process_item(failure("/1", 1))
    await step.process_item(page("/1", 2))
    found = record(database, "/1")
    assert found["end"] == "stored"
    assert not {"reason", "detail", "attempts", "at"} & found.keys()
    assert database["records"].count_documents({}) == 1


async def test_a_fenced_off_worker_changes_nothing(step, worker, database):
    """A write of an earlier grant after a later one's neither replaces the record nor acks."""
    await step.process_item(failure("/1", 9))
    await step.process_item(page("/1", 4))
    assert record(database, "/1")["end"] == "failed"
    assert [token for token, *_ in worker.frontier.acks] == ["e1-9"]
    assert worker.over == ["e1-9", "e1-4"]
    assert worker.counts == [], "whoever has written it counts it"


async def test_a_late_write_from_an_earlier_epoch_is_fenced(step, worker, database):
    """Serials order grants of all epochs: what was granted before Redis lost its memory never writes over what came after."""
    later, earlier = failure("/1", 2**32 + 1), page("/1", 900)
    await step.process_item(replace(later, lease=replace(later.lease, token=f"e2-{2**32 + 1}")))
    await step.process_item(earlier)
    assert record(database, "/1")["end"] == "failed"
    assert [token for token, *_ in worker.frontier.acks] == [f"e2-{2**32 + 1}"]


async def test_two_grants_of_a_key_in_one_batch_leave_the_later(step, worker, database):
    """Whatever the order in the batch, the greater serial decides, and only it is acked beside equals."""
    await asyncio.gather(step.process_item(failure("/1", 5)), step.process_item(failure("/1", 3)))
    assert record(database, "/1")["serial"] == 5
    assert ("e1-5", End.FAILED, 3) in worker.frontier.acks


async def test_depth_never_rises(step, worker, database):
    """A second write of a page whose depth fell meanwhile keeps the smaller depth."""
    worker.frontier.depth = 2
    await step.process_item(page("/1", 1))
    worker.frontier.depth = 5
    await step.process_item(page("/1", 2))
    assert record(database, "/1")["depth"] == 2


async def test_a_url_the_frontier_forgot_is_not_written(step, worker, database):
    """Depth -1 means Redis was wiped: no record without a ledger entry, and no ack."""
    worker.frontier.depth = -1
    await step.process_item(page("/1", 1))
    assert record(database, "/1") is None
    assert worker.frontier.acks == []
    assert worker.over == ["e1-1"]


async def test_redis_away_is_waited_for(step, worker, database, caplog):
    """Offer and ack are repeated; the log says once that it went and once that it came back."""
    worker.frontier.fail_offer = [FrontierAway("refused"), FrontierAway("refused")]
    worker.frontier.fail_ack = [FrontierAway("refused")]
    with caplog.at_level(logging.WARNING):
        await step.process_item(page("/1", 1))
    assert worker.frontier.acks == [("e1-1", End.STORED, 3)]
    messages = [each.getMessage() for each in caplog.records]
    assert [message.split(":")[0] for message in messages] == [
        "the frontier (Redis) is away (refused)",
        "the frontier (Redis) is back",
    ] * 2


class NoMajority:
    """A store that has a record already, and whose majority does not answer for what it was asked to write."""

    def __getitem__(self, _name):
        return self

    async def bulk_write(self, _writes, **_options):
        """Answer so."""
        refused = {"index": 0, "code": 11000}
        raise BulkWriteError({"writeErrors": [refused], "writeConcernErrors": [{"code": 64, "errmsg": "timeout"}]})


async def test_what_no_majority_has_is_not_written():
    """Though all that was refused are records that stand: the batch is written again, before anything is acked."""
    with pytest.raises(BulkWriteError):
        await write(NoMajority(), [(draft(ROUND, page("/1", 1)), 3), (draft(ROUND, page("/2", 2)), 3)])


async def test_pages_are_counted_once_they_have_ended(step, worker, database):
    """Not those that could not be stored, nor what is no page."""
    worker.frontier.fail_offer = [RuntimeError("bad link")]
    await asyncio.gather(step.process_item(page("/1", 1)), return_exceptions=True)
    await asyncio.gather(step.process_item(page("/2", 2)), step.process_item(failure("/3", 3)))
    assert worker.counts == ["e1-2"]


async def test_one_broken_offer_costs_one_item(step, worker, database):
    """An error that is not absence is raised for its own item; the rest of the batch ends."""
    worker.frontier.fail_offer = [RuntimeError("bad link")]
    answers = await asyncio.gather(
        step.process_item(page("/1", 1)), step.process_item(page("/2", 2)), return_exceptions=True
    )
    assert [isinstance(answer, RuntimeError) for answer in answers] == [True, False]
    assert record(database, "/1") is None
    assert record(database, "/2") is not None
    assert sorted(worker.over) == ["e1-1", "e1-2"]


async def test_a_page_that_cannot_be_recorded_ends_as_a_failure(step, worker, database):
    """An unjudged page is our fault: it is in the ledger, with its trace."""
    await step.process_item(page("/1", 1, judgement=None))
    found = record(database, "/1")
    assert (found["end"], found["reason"]) == ("failed", "internal")
    assert "unjudged" in found["detail"]


async def test_a_record_over_mongodbs_limit_ends_as_too_large(step, worker, database):
    """Twenty thousand links of a thousand characters without pattern cost one page, not the batch."""
    noise = random.Random(1)
    paths = (urlsafe_b64encode(noise.randbytes(900)).decode() for _ in range(20_000))
    monstrous = page("/1", 1, outlinks=tuple(link(f"/{path}") for path in paths))
    await asyncio.gather(step.process_item(monstrous), step.process_item(page("/2", 2)))
    assert record(database, "/1")["reason"] == "too-large"
    assert record(database, "/2")["end"] == "stored"


async def test_half_a_surrogate_pair_is_stored(step, worker, database):
    """A title with an impossible character costs that character."""
    await step.process_item(page("/1", 1, reading=reading("/1", title="标\ud800题")))
    assert record(database, "/1")["title"] == "标?题"


async def test_harmful_pages_keep_their_verdict_over_a_copy_mark(step, worker, database):
    """A copy of a harmful page stays harmful; a kept copy becomes a duplicate and remembers what it was judged."""
    original = key_of("/0")
    spam = page("/1", 1)
    spam = replace(spam, judgement=replace(spam.judgement, verdict=Verdict.HARMFUL), duplicate_of=original)
    await asyncio.gather(step.process_item(spam), step.process_item(page("/2", 2, duplicate_of=original)))
    assert (record(database, "/1")["verdict"], record(database, "/1")["duplicate_of"]) == ("harmful", "")
    copied = record(database, "/2")
    assert (copied["verdict"], copied["judged"], copied["duplicate_of"]) == ("duplicate", "kept", original)
    assert copied["reasons"][0]["code"] == "exact-copy"


async def test_the_ack_first_fault_breaks_the_order(store_url, database):
    """The fault the kill test switches on does what it says: an ack meets no record."""
    worker = Worker(CheckingFrontier(store_url))
    step = StoreStep(crawler_of(worker), store_url, from_environment({"CAIFENG_FAULT": "die-between-ack-and-write=99"}))
    with pytest.raises(AssertionError, match="acked before its record was written"):
        await step.process_item(page("/1", 1))
    await step.close_spider()


def test_an_unknown_fault_is_refused():
    """A mistyped fault cannot make a kill test pass."""
    assert from_environment({}) == Faults()
    assert from_environment({"CAIFENG_FAULT": "die-between-write-and-ack=3"}) == Faults(die_at_flush=3)
    with pytest.raises(ValueError, match="not a fault"):
        from_environment({"CAIFENG_FAULT": "die-sometimes"})
