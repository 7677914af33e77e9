"""The provisional duplicate mark: across workers, within units, best effort."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cleaning.page import Media
from cleaning.reasons import Verdict
from crawler.items import PageItem
from pipelines.dedupe import Copied, DedupeStep
from pipelines.store.step import StoreStep
from tests.pipelines.making import CheckingFrontier, Worker, crawler_of, judgement, key_of, page, reading

LONG = "市人民政府关于印发政务服务事项目录的通知。" * 20


def with_text(path: str, serial: int, text: str = LONG, **changes) -> PageItem:
    return page(path, serial, reading=reading(path, text), **changes)


@pytest.fixture
def crawler(store_url, database):
    return crawler_of(Worker(CheckingFrontier(store_url)), CAIFENG_MONGO_URL=store_url)


@pytest.fixture
async def store(crawler):
    made = StoreStep.from_crawler(crawler)
    yield made
    await made.close_spider()


@pytest.fixture
async def dedupe(crawler):
    made = DedupeStep.from_crawler(crawler)
    yield made
    await made.close_spider()


async def test_a_stored_text_under_another_key_is_marked(store, dedupe):
    """Another worker's page is seen through MongoDB; the smallest key stands for all."""
    await asyncio.gather(store.process_item(with_text("/b", 1)), store.process_item(with_text("/a", 2)))
    marked = await dedupe.apply(with_text("/c", 3))
    assert marked.duplicate_of == key_of("/a")
    assert dedupe.worker.asides == [(marked.lease.token, Copied(key_of("/a")))]  # a kill meanwhile is none of its doing


async def test_a_page_is_no_copy_of_itself(store, dedupe):
    """A page fetched again after a kill is not marked by its own record."""
    await store.process_item(with_text("/a", 1))
    assert (await dedupe.apply(with_text("/a", 2))).duplicate_of == ""


async def test_duplicates_do_not_stand_for_others(store, dedupe):
    """A page that is a copy itself is no representative."""
    await store.process_item(with_text("/a", 1, duplicate_of=key_of("/z")))
    assert (await dedupe.apply(with_text("/b", 2))).duplicate_of == ""


async def test_it_counts_where_all_units_are_served(store, dedupe):
    """A page that another unit needs is not marked."""
    await store.process_item(with_text("/a", 1, units=("110000", "120000")))
    assert (await dedupe.apply(with_text("/b", 2, units=("120000",)))).duplicate_of == key_of("/a")
    assert (await dedupe.apply(with_text("/c", 3, units=("120000", "130000")))).duplicate_of == ""


async def test_only_telling_kept_pages_are_compared(store, dedupe):
    """Harmful pages, empty texts and "见附件" are not marked; a short attachment is, by its bytes."""
    attachment = reading("/a.xls", "", media=Media.ATTACHMENT, text_hash="f" * 64)
    await asyncio.gather(
        store.process_item(with_text("/a", 1)),
        store.process_item(with_text("/s", 2, "见附件")),
        store.process_item(with_text("/e", 3, "")),
        store.process_item(page("/a.xls", 4, reading=attachment)),
    )
    for item in (
        with_text("/b", 5, judgement=judgement(Verdict.HARMFUL)),
        with_text("/t", 6, "见附件"),
        with_text("/f", 7, ""),
    ):
        assert (await dedupe.apply(item)).duplicate_of == ""
    copied = page("/b.xls", 8, reading=replace(attachment, key=key_of("/b.xls")))
    assert (await dedupe.apply(copied)).duplicate_of == key_of("/a.xls")


async def test_other_rounds_do_not_count(store, dedupe, crawler):
    """The same text in another round marks nothing."""
    await store.process_item(with_text("/a", 1))
    crawler.spider.worker.round_name = "R2"
    assert (await dedupe.apply(with_text("/b", 2))).duplicate_of == ""


async def test_mongodb_away_costs_the_mark_only(crawler, monkeypatch):
    """The page goes on unmarked; the store step does the waiting."""
    from pipelines.store import connect

    monkeypatch.setitem(connect._OPTIONS, "serverSelectionTimeoutMS", 50)
    step = DedupeStep(crawler, "mongodb://127.0.0.1:1/x")
    assert (await step.apply(with_text("/b", 2))).duplicate_of == ""
    await step.close_spider()
