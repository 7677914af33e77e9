"""The composite handler: both fetchers are waited for aside, and what they bring is worked on afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request

from crawler.fetch import handler as handlers
from crawler.fetch.handler import FetchHandler
from crawler.fetch.http import Answer
from crawler.fetch.visit import Visit
from crawler.frontier.contract import Grant, Lease
from tests.crawler.conftest import plan_of

URL = "http://a.example/1"
LEASE = Lease("e1-1", Grant.PAGE, "a.example", URL, URL, deaths=1)


class Watching:
    """A worker that notes what it waits for, and what is done meanwhile."""

    plan = plan_of("R1")

    def __init__(self, told: list[str]) -> None:
        self.told = told

    async def stands(self, _token: str) -> bool:
        """Every lease does."""
        return True

    async def aside(self, lease: Lease, wait: Callable[[], Awaitable[Any]]) -> Any:
        """As the worker does it."""
        assert lease is LEASE
        self.told.append("waits")
        got = await wait()
        self.told.append("works")
        return got


class Fetcher:
    """Client and browser in one."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    async def get(self, _url: str, **_more: object) -> Answer:
        """A page."""
        self.told.append("asked")
        return Answer(200, (), b"<p>1", "", 0.0, 0.0)

    async def visit(self, _host: str, _visit: Visit, _granted: object) -> None:
        """It has been shown."""
        self.told.append("asked")


@pytest.mark.parametrize("by_browser", [False, True])
async def test_an_answer_is_waited_for_aside_and_decoded_at_work(
    monkeypatch: pytest.MonkeyPatch, *, by_browser: bool
) -> None:
    """A kill while the host takes its time is not laid to the page; what an answer does to its decoder is."""
    told: list[str] = []
    monkeypatch.setattr(handlers, "decode", lambda wire, *_: told.append("decoded") or wire)
    one = FetchHandler(SimpleNamespace(spider=SimpleNamespace(worker=Watching(told)), settings={}))
    one._http = one._browser = Fetcher(told)
    visit = {"visit": Visit(Watching.plan, URL, URL), "host": "a.example"} if by_browser else {}
    answer = await one.download_request(Request(URL, cb_kwargs={"lease": LEASE}, meta=visit))
    assert answer.capture.url == URL
    assert told == ["waits", "asked", "works"] + ["decoded"] * (not by_browser)
