"""The deterministic duplicate pass over a stored round."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from random import Random
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo.database import Database

from cleaning.page import PageType, Reading
from cleaning.reasons import Verdict
from pipelines.store.connect import Document, connect
from pipelines.store.reader import RoundReader
from pipelines.store.step import StoreStep
from rounds.settle import settle_round
from tests.pipelines.making import ROUND, CheckingFrontier, Worker, crawler_of, judgement, key_of, page, reading

TEXT = "市人民政府关于印发政务服务事项目录的通知。" * 10
NEAR = TEXT + "另见附件。"


@pytest.fixture
def store_url(mongo_url: str, mongo_database: str) -> str:
    """An empty database of this test's own."""
    return urlunsplit(urlsplit(mongo_url)._replace(path=f"/{mongo_database}"))


@pytest.fixture
def database(store_url: str) -> Iterator[Database[Document]]:
    """The same, opened."""
    opened = connect(store_url)
    yield opened
    opened.client.close()


def store(store_url, *items, depths=()):
    """Store pages as workers do, in the order given."""

    async def run():
        worker = Worker(CheckingFrontier(store_url))
        step = StoreStep.from_crawler(crawler_of(worker, CAIFENG_MONGO_URL=store_url))
        for number, item in enumerate(items):
            worker.frontier.depth = depths[number] if depths else 3
            await step.process_item(item)
        await step.close_spider()

    asyncio.run(run())


def said(path: str, text: str = TEXT, simhash: int = 0xABCD, **changes) -> Reading:
    return reading(path, text, simhash=simhash, **changes)


def marks(database):
    return {
        document["key"]: (document["verdict"], document["duplicate_of"], tuple(document["same_as"]))
        for document in RoundReader(database, ROUND).pages()
    }


def test_copies_get_the_shallowest_representative(store_url, database):
    """Exact and near copies point at one page; the provisional mark that named another is replaced."""
    store(
        store_url,
        page("/deep", 1, reading=said("/deep")),
        page("/top", 2, reading=said("/top"), duplicate_of=key_of("/deep")),
        page("/near", 3, reading=said("/near", NEAR, 0xABCF)),
        page("/other", 4, reading=said("/other", "另一件事" * 60, 0x1234_5678_9ABC_DEF0)),
        depths=(5, 1, 2, 1),
    )
    counts = settle_round(database, ROUND)
    assert (counts.compared, counts.duplicates, counts.changed) == (4, 2, 3)
    assert marks(database) == {
        key_of("/deep"): ("duplicate", key_of("/top"), ()),
        key_of("/near"): ("duplicate", key_of("/top"), ()),
        key_of("/other"): ("kept", "", ()),
        key_of("/top"): ("kept", "", ()),
    }
    found = {document["key"]: document for document in RoundReader(database, ROUND).pages()}
    assert [reason["code"] for reason in found[key_of("/deep")]["reasons"]] == ["exact-copy", "service-content"]
    assert found[key_of("/near")]["reasons"][0]["code"] == "near-copy"
    assert key_of("/top") in found[key_of("/near")]["reasons"][0]["detail"]
    assert [reason["code"] for reason in found[key_of("/top")]["reasons"]] == ["service-content"]


def test_a_second_run_changes_nothing(store_url, database):
    """Settling is idempotent, reasons included."""
    store(store_url, *(page(f"/{n}", n, reading=said(f"/{n}")) for n in range(4)))
    assert settle_round(database, ROUND).changed == 3
    before = list(RoundReader(database, ROUND).pages())
    assert settle_round(database, ROUND).changed == 0
    assert list(RoundReader(database, ROUND).pages()) == before


def test_the_order_of_storing_does_not_matter(store_url, database):
    """The same pages in any order, with whatever provisional marks, settle alike."""
    items = [
        page(f"/{n}", n, reading=said(f"/{n}", TEXT if n % 3 else "别的内容" * 50, 0xABCD if n % 3 else 0xFFFF_0000))
        for n in range(9)
    ]
    outcomes = []
    for seed in range(3):
        database["records"].drop()
        Random(seed).shuffle(items)
        store(store_url, *items)
        settle_round(database, ROUND)
        outcomes.append(marks(database))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert sum(1 for verdict, *_ in outcomes[0].values() if verdict == "duplicate") == 7


def test_a_page_whose_original_is_gone_is_kept_again(store_url, database):
    """A mark that no longer holds is taken back to the verdict before it, with its reasons."""
    store(store_url, page("/a", 1, reading=said("/a"), duplicate_of=key_of("/vanished")))
    assert marks(database)[key_of("/a")][0] == "duplicate"
    assert settle_round(database, ROUND).changed == 1
    assert marks(database) == {key_of("/a"): ("kept", "", ())}
    (found,) = RoundReader(database, ROUND).pages()
    assert [reason["code"] for reason in found["reasons"]] == ["service-content"]


def test_other_verdicts_are_left_alone(store_url, database):
    """A harmful copy stays harmful, and stands for nothing."""
    store(
        store_url,
        page("/a", 1, reading=said("/a"), judgement=judgement(Verdict.HARMFUL)),
        page("/b", 2, reading=said("/b")),
    )
    settle_round(database, ROUND)
    assert marks(database) == {key_of("/a"): ("harmful", "", ()), key_of("/b"): ("kept", "", ())}


def test_across_units_a_copy_is_only_recorded(store_url, database):
    """No unit loses its evidence: both stay kept and name each other."""
    store(
        store_url,
        page("/a", 1, reading=said("/a"), units=("110000",)),
        page("/b", 2, reading=said("/b"), units=("120000",)),
    )
    assert settle_round(database, ROUND).elsewhere == 2
    assert marks(database) == {
        key_of("/a"): ("kept", "", (key_of("/b"),)),
        key_of("/b"): ("kept", "", (key_of("/a"),)),
    }


def test_fingerprints_survive_the_store(store_url, database):
    """A simhash with its highest bit set and the text's hash come back as they were: two far pages are no copies."""
    store(
        store_url,
        page("/a", 1, reading=said("/a", TEXT, 0x8000_0000_0000_0001)),
        page("/b", 2, reading=said("/b", NEAR, 0x7FFF_FFFF_FFFF_FFFE)),
    )
    assert settle_round(database, ROUND).duplicates == 0
    (first, _) = RoundReader(database, ROUND).pages()
    assert first["simhash"] == "8000000000000001"
    assert first["text_hash"] == hashlib.sha256(TEXT.encode()).hexdigest()


def test_near_fingerprints_with_another_name_inside_are_two_pages(store_url, database):
    """The stored texts are read before one page counts as the other's copy: a name moves few bits of a fingerprint."""
    named = TEXT[:100] + "任命周文为局长。" + TEXT[100:]
    store(
        store_url,
        page("/a", 1, reading=said("/a", named, 0xABCD)),
        page("/b", 2, reading=said("/b", named.replace("周文", "吴东"), 0xABCF)),
    )
    assert settle_round(database, ROUND).duplicates == 0
    assert {verdict for verdict, _, _ in marks(database).values()} == {"kept"}


def test_pages_of_one_template_are_a_family_and_no_copies(store_url, database):
    """The family is recorded on kept pages, in any order of storing; lists, short texts and copies have none; it is idempotent."""
    sketch, other = bytes(range(1, 65)), bytes(range(64, 128))
    items = [
        page("/a", 1, reading=said("/a", "甲" * 400, 1, sketch=sketch)),
        page("/b", 2, reading=said("/b", "乙" * 400, 1 << 40, sketch=sketch[:50] + other[50:])),
        page("/copy", 3, reading=said("/copy", "甲" * 400, 1, sketch=sketch)),
        page("/list", 4, reading=said("/list", "丙" * 400, 0xFFFF, sketch=sketch, page_type=PageType.LIST)),
        page("/short", 5, reading=said("/short", "丁" * 90, 0xFF_0000, sketch=sketch)),
        page("/far", 6, reading=said("/far", "戊" * 400, 0xFF00_0000, sketch=other)),
        page("/bad", 7, reading=said("/bad", "己" * 400, 0x77, sketch=sketch), judgement=judgement(Verdict.AD)),
        page("/elsewhere", 8, reading=said("/elsewhere", "庚" * 400, 0x7700, sketch=sketch), units=("990000",)),
    ]
    outcomes = []
    for seed in range(2):
        database["records"].drop()
        Random(seed).shuffle(items)
        store(store_url, *items)
        assert settle_round(database, ROUND).families == 1
        assert settle_round(database, ROUND).changed == 0
        outcomes.append({one["key"]: (one["verdict"], one["family"]) for one in RoundReader(database, ROUND).pages()})
    assert outcomes[0] == outcomes[1]
    together = {key: verdict for key, (verdict, family) in outcomes[0].items() if family == key_of("/a")}
    assert together == {key_of("/a"): "kept", key_of("/b"): "kept"}
    assert not any(family for key, (_, family) in outcomes[0].items() if key not in together)
