"""Opening MongoDB: bad URLs and absence are told apart, and no password is ever shown."""

from __future__ import annotations

import asyncio
import socket

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError, DuplicateKeyError, OperationFailure

from pipelines.store.connect import connect, connect_async, is_away, ping
from pipelines.store.errors import BadStoreUrl, StoreAway
from pipelines.store.step import StoreStep
from rounds.services import mongo
from rounds.services import process as processes
from tests.pipelines.making import CheckingFrontier, Worker, crawler_of, page


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_a_closed_port_is_absence(monkeypatch):
    """The error names the URL without its password and says what to do."""
    monkeypatch.setitem(connect.__globals__["_OPTIONS"], "serverSelectionTimeoutMS", 50)
    url = f"mongodb://operator:secret@127.0.0.1:{closed_port()}/x"
    database = connect(url)
    with pytest.raises(StoreAway, match=r"mongodb://operator:\*\*\*@127.*start it") as caught:
        ping(database, url)
    assert "secret" not in str(caught.value)
    database.client.close()


def test_a_wrong_url_is_refused():
    """Not MongoDB's scheme, or no host."""
    for url in ("http://h/x", "mongodb://", "mongodb://h/a$b"):
        with pytest.raises(BadStoreUrl, match="mongodb://"):
            connect(url)


async def test_the_path_names_the_database(mongo_url):
    """`caifeng` where the URL has no path."""
    for opened, name in (
        (connect_async("mongodb://127.0.0.1:1/other"), "other"),
        (connect_async("mongodb://127.0.0.1:1"), "caifeng"),
    ):
        assert opened.name == name
        await opened.client.close()


def test_what_counts_as_away():
    """Lost connections, elections and full disks are waited for; refusals are not."""
    assert is_away(AutoReconnect("gone"))
    assert is_away(OperationFailure("no room", code=14031))
    assert is_away(BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}))
    assert not is_away(BulkWriteError({"writeErrors": [{"code": 11000}], "writeConcernErrors": []}))
    assert not is_away(OperationFailure("wrong password", code=18))
    assert not is_away(DuplicateKeyError("twice"))


async def test_a_batch_waits_until_mongodb_is_back(tmp_path):
    """A server that is stopped while a page is stored, and started again later, costs time only."""
    server = mongo.start(tmp_path / "mongo")
    url = f"{mongo.url(server)}"
    worker = Worker(CheckingFrontier())
    step = StoreStep.from_crawler(crawler_of(worker, CAIFENG_MONGO_URL=url))
    try:
        await step.process_item(page("/1", 1))
        await asyncio.to_thread(processes.end, server, mongo.KIND.farewell)
        storing = asyncio.ensure_future(step.process_item(page("/2", 2)))
        done, _ = await asyncio.wait([storing], timeout=1)
        assert not done
        assert [token for token, *_ in worker.frontier.acks] == ["e1-1"]
        server = await asyncio.to_thread(mongo.start, tmp_path / "mongo")
        await storing
    finally:
        await step.close_spider()
        await asyncio.to_thread(processes.end, server, mongo.KIND.farewell)
    assert [token for token, *_ in worker.frontier.acks] == ["e1-1", "e1-2"]
