"""The provisional mark of near copies: a copy in another frame is marked while crawling, another page is not."""

from __future__ import annotations

import pytest

from cleaning import fingerprints
from cleaning.duplicates import PLACES
from cleaning.page import PageType
from cleaning.reasons import ReasonCode
from crawler.frontier.contract import Met
from crawler.frontier.near import MAX_KEY, NOBODY
from crawler.frontier.redis import RedisFrontier
from crawler.items import PageItem
from pipelines.dedupe import DedupeStep
from pipelines.store.earlier import EarlierPages
from pipelines.store.step import StoreStep
from tests.pipelines.making import ROUND, CheckingFrontier, Worker, crawler_of, key_of, page, reading

PARTS = [
    "窗口受理",
    "材料审查",
    "现场核验",
    "专家评审",
    "公示公告",
    "批准决定",
    "证照制发",
    "归档备查",
    "监督检查",
    "投诉处理",
]
BODY = "".join(f"关于{part}，市人民政府所属部门应当公布依据、条件、程序和期限，由王建国同志负责。\n" for part in PARTS)
COPY = f"{BODY}本站转载仅为传播信息。"


def with_text(path: str, serial: int, text: str = BODY, units: tuple[str, ...] = ("110000",), **told) -> PageItem:
    """A page with a text and its fingerprints."""
    prints = {"simhash": fingerprints.simhash(text), "number_hash": fingerprints.number_hash(text)}
    return page(path, serial, reading=reading(path, text, title="办理规定", **prints, **told), units=units)


@pytest.fixture
async def frontier(fresh_redis_url):
    made = await RedisFrontier.open(fresh_redis_url, ROUND)
    yield made
    await made.close()


@pytest.fixture
async def steps(store_url, database, frontier):
    """Two workers of one round, and a way into the store."""
    crawlers = [crawler_of(Worker(CheckingFrontier(store_url, near=frontier.near)), CAIFENG_MONGO_URL=store_url)] * 2
    made = *map(DedupeStep.from_crawler, crawlers), StoreStep.from_crawler(crawlers[0])
    yield made
    for step in made:
        await step.close_spider()


async def test_a_copy_in_another_frame_is_marked_by_another_worker(steps, frontier, database):
    """It is found through the shared places and read; its record says near copy."""
    one, other, store = steps
    await store.process_item(await one.apply(with_text("/a", 1)))
    marked = await other.apply(with_text("/b", 2, COPY))
    assert (marked.duplicate_of, marked.near_copy) == (key_of("/a"), True)
    await store.process_item(marked)
    assert database["records"].find_one({"key": key_of("/b")})["reasons"][0]["code"] == ReasonCode.NEAR_COPY
    assert key_of("/b") not in {met.key for met in await frontier.near.last(range(PLACES))}, (
        "a copy stands for no others"
    )


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (COPY.replace("王建国", "李建国"), {}),
        (f"{COPY}共12件。", {}),
        (COPY, {"page_type": PageType.LIST}),
        (COPY, {"units": ("110000", "120000")}),
    ],
    ids=["another name", "another number", "a list", "a unit it does not serve"],
)
async def test_other_pages_are_not_marked(steps, text, changes):
    """What the settling pass would not join is not joined here."""
    one, other, store = steps
    await store.process_item(await one.apply(with_text("/a", 1)))
    assert (await other.apply(with_text("/b", 2, text, **changes))).duplicate_of == ""


async def test_a_page_that_is_gone_stands_for_none(steps):
    """A key whose record was never written, or is no longer kept, is none to be a copy of."""
    one, other, _ = steps
    await one.apply(with_text("/a", 1))
    assert (await other.apply(with_text("/b", 2, COPY))).duplicate_of == ""


async def test_the_places_do_not_grow(frontier):
    """A later page takes the place of an earlier one, an endless key takes none."""
    await frontier.near.keep({1: Met(7, "first")})
    await frontier.near.keep({1: Met(2**64 - 1, "second"), 2: Met(7, "x" * (MAX_KEY + 1))})
    assert await frontier.near.last([1, 2, 3]) == [Met(2**64 - 1, "second"), NOBODY, NOBODY]


async def test_chance_meetings_ask_nothing_of_the_store(steps, frontier, monkeypatch):
    """A full table has somebody at every place: only whose print is near is looked up, or each page would cost four texts."""
    one, other, store = steps
    await store.process_item(await one.apply(with_text("/a", 1)))
    held = {place: met for place, met in enumerate(await frontier.near.last(range(PLACES))) if met.key}
    asked: list[set[str]] = []
    real = EarlierPages.with_keys

    async def counted(self, round_name, keys):
        asked.append(set(keys))
        return await real(self, round_name, keys)

    monkeypatch.setattr(EarlierPages, "with_keys", counted)
    await frontier.near.keep({place: Met(met.print ^ 0b1111 << 20, met.key) for place, met in held.items()})
    assert (await other.apply(with_text("/b", 2, COPY))).duplicate_of == ""
    assert asked == []
    await frontier.near.keep(held)
    assert (await other.apply(with_text("/c", 3, COPY))).duplicate_of == key_of("/a")
    assert asked == [{key_of("/a"), key_of("/b")}] or asked == [{key_of("/a")}]
