"""The queue of strange values: filled by checks, decided by people, never changing a value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo.database import Database

from cleaning.reasons import Verdict
from pipelines.store.connect import Document, connect
from pipelines.store.flags import FlagBook, FlagState
from rounds.values import work_out
from rounds.verify import check
from tests.pipelines.making import ROUND, judgement, page
from tests.rounds.test_settle import store
from tests.rounds.test_values import PLAN, tag, value

NOW = datetime(2026, 11, 30, tzinfo=UTC)


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


def test_flags_are_opened_decided_and_lapse(store_url, database):
    """What the site states and the classifier are heard; a person's word stays; what is strange no more lapses."""
    store(
        store_url,
        page("/list", 1, tags=(tag("1.1.1-M04", count=20, total=900), tag("1.1.1-M01"))),
        page("/ad", 2, judgement=judgement(Verdict.AD), tags=(tag("1.1.2-M01"),)),
    )
    work_out(database, PLAN, finished=True, now=NOW)
    before = value(database, "1.1.1-M04")
    book = FlagBook(database, ROUND)
    assert check(database, ROUND, now=NOW) == {"values": 186, "flags": 2, "opened": 2, "lapsed": 0}
    assert [(one["code"], one["kind"], one["state"]) for one in book.find()] == [
        ("1.1.1-M04", "own-count", "open"),
        ("1.1.2-M01", "classifier", "open"),
    ]
    flag = ("110000", "1.1.1-M04", "own-count")
    assert book.decide(flag, FlagState.CONFIRMED, who="甲", note="只采到第一页", at=NOW)
    assert not book.decide(("110000", "1.1.1-M04", "outlier"), FlagState.CONFIRMED, who="甲", note="", at=NOW)
    assert book.decide(flag, FlagState.DISMISSED, who="乙", note="自报的数含县区", at=NOW)
    (decided,) = book.find(state=FlagState.DISMISSED)
    assert (decided["who"], decided["earlier"][0]["who"], decided["earlier"][0]["state"]) == ("乙", "甲", "confirmed")
    assert check(database, ROUND, now=NOW)["opened"] == 0
    assert value(database, "1.1.1-M04") == before, "a check changes no value"
    store(store_url, page("/list", 3, tags=(tag("1.1.1-M04", count=880, total=900), tag("1.1.1-M01"))))
    store(store_url, page("/real", 4, tags=(tag("1.1.2-M01"),)))
    work_out(database, PLAN, finished=True, now=NOW)
    assert check(database, ROUND, now=NOW)["lapsed"] == 1
    assert [(one["kind"], one["state"]) for one in book.find()] == [
        ("own-count", "dismissed"),
        ("classifier", "lapsed"),
    ]
