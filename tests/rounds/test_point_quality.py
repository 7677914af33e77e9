"""Draws for human checks and coverage, over stored pages of a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo.database import Database

from cleaning.reasons import Verdict
from indicators import catalogue
from indicators.evidence import Strength, Tag
from pipelines.store.connect import Document, connect
from pipelines.store.reader import RoundReader
from pipelines.store.step import StoreStep
from rounds.point_quality import coverage, draw, evidenced
from tests.pipelines.making import ROUND, CheckingFrontier, Worker, crawler_of, judgement, key_of, page

LIST = Tag("1.1.1-M01", Strength.CONTENT, 0.9, "责任清单", "title")
ENTRY = Tag("1.1.1-M01", Strength.CHROME, 0.8, "责任清单", "link")
GUIDE = Tag("2.2.1-M02", Strength.CONTENT, 0.8, "申请材料", "text")


@pytest.fixture
def reader(mongo_url: str, mongo_database: str) -> Iterator[RoundReader]:
    """Sixty pages: each has the entry but every fifth, which is the list; ten are guides; one guide is harmful."""
    url = urlunsplit(urlsplit(mongo_url)._replace(path=f"/{mongo_database}"))
    database: Database[Document] = connect(url)

    async def store() -> None:
        worker = Worker(CheckingFrontier(url))
        step = StoreStep.from_crawler(crawler_of(worker, CAIFENG_MONGO_URL=url))
        for number in range(60):
            tags = (LIST if number % 5 == 0 else ENTRY, *((GUIDE,) if number % 6 == 0 else ()))
            await step.process_item(page(f"/p{number}", number, tags=tags))
        await step.process_item(page("/bad", 90, judgement=judgement(Verdict.HARMFUL), tags=(GUIDE,)))
        await step.close_spider()

    asyncio.run(store())
    yield RoundReader(database, ROUND)
    database.client.close()


def test_a_draw_is_the_same_for_a_seed_and_another_for_another(reader: RoundReader) -> None:
    """Twenty pages of the sixty, none twice; the harmful page is never among them."""
    first = draw(reader, ("1.1.1-M01", "2.2.1-M02"), 20, "a")
    assert first == draw(reader, ("1.1.1-M01", "2.2.1-M02"), 20, "a")
    assert {one.key for one in first} != {one.key for one in draw(reader, ("1.1.1-M01", "2.2.1-M02"), 20, "b")}
    lists = [one for one in first if one.code == "1.1.1-M01"]
    guides = [one for one in first if one.code == "2.2.1-M02"]
    assert (len(lists), len({one.key for one in lists})) == (20, 20)
    assert {one.key for one in guides} == {key_of(f"/p{number}") for number in range(0, 60, 6)}
    assert guides[0].snippet == "申请材料"


def test_a_smaller_draw_is_part_of_a_larger_one(reader: RoundReader) -> None:
    """Checking more pages keeps what was checked."""
    few, many = draw(reader, ("1.1.1-M01",), 7, "a"), draw(reader, ("1.1.1-M01",), 25, "a")
    assert few == many[:7]


def test_only_content_is_drawn_where_asked(reader: RoundReader) -> None:
    """Twelve pages are the list itself."""
    drawn = draw(reader, ("1.1.1-M01",), 100, "a", Strength.CONTENT)
    assert {one.key for one in drawn} == {key_of(f"/p{number}") for number in range(0, 60, 5)}


def test_coverage_counts_and_names_what_to_look_at(reader: RoundReader) -> None:
    """Points no page evidences are named, and one that stands as content on a fifth and less is not everywhere."""
    found = coverage(reader, catalogue.load())
    by_code = {one.code: one for one in found.points}
    assert found.pages == 60
    assert (by_code["1.1.1-M01"].content, by_code["1.1.1-M01"].chrome, by_code["1.1.1-M01"].hosts) == (12, 48, 1)
    assert by_code["2.2.1-M02"].content == 10
    assert found.everywhere == ()
    assert set(found.never) == set(by_code) - {"1.1.1-M01", "2.2.1-M02"}
    assert list(evidenced(reader)) == ["1.1.1-M01", "2.2.1-M02"]
