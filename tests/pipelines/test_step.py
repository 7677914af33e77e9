"""What all steps share: errors become outcomes, absence is waited for."""

from __future__ import annotations

import asyncio
import logging

import pytest

from cleaning.verdict import judge
from crawler.items import FailureReason, FetchFailure, PageItem
from pipelines.clean import CleanStep
from pipelines.patience import Patience
from pipelines.step import Step
from tests.pipelines.making import CheckingFrontier, Worker, crawler_of, fetched, skipped


class Breaking(Step):
    """Fails on every page."""

    async def apply(self, item):
        """Break."""
        raise KeyError(f"no such thing on {item.lease.url}")


async def test_an_exception_becomes_a_failure_with_its_trace():
    """The URL ends as internal, with status, units and the trace's last lines."""
    step = Breaking.from_crawler(crawler_of(Worker(CheckingFrontier())))
    item = fetched("/1")
    ended = await step.process_item(item)
    assert isinstance(ended, FetchFailure)
    assert (ended.reason, ended.lease, ended.units, ended.status) == (
        FailureReason.INTERNAL,
        item.lease,
        item.units,
        200,
    )
    assert "KeyError" in ended.detail.splitlines()[-1]
    assert len(ended.detail) <= 1_500


async def test_skips_pass_a_step():
    """What is no page is not touched."""
    item = skipped("/1")
    assert await Breaking(crawler_of(Worker(CheckingFrontier()))).process_item(item) is item


async def test_pages_judged_together_fail_alone(monkeypatch: pytest.MonkeyPatch):
    """Pages of one pass of the loop are judged in one go; a fault on one of them ends that one."""
    together = []

    def judged(reading):
        together.append(reading.url)
        if reading.url.endswith("/2"):
            raise ZeroDivisionError("a fault of ours")
        return judge(reading)

    monkeypatch.setattr("pipelines.clean.judge", judged)
    step = CleanStep.from_crawler(crawler_of(Worker(CheckingFrontier()), CAIFENG_SIMHASH="own"))
    items = [fetched(f"/{number}") for number in range(4)]
    ended = await asyncio.gather(*(step.process_item(item) for item in items))
    assert together == [item.reading.url for item in items]
    assert [type(item) for item in ended] == [PageItem, PageItem, FetchFailure, PageItem]
    assert [item.judgement for item in ended if isinstance(item, PageItem)] == [
        judge(item.reading) for item in (items[0], items[1], items[3])
    ]
    await step.close_spider()


async def test_patience_tells_each_change_once(caplog):
    """However many callers wait, the log has one sentence per change; other errors pass at once."""
    away = {"left": 3}
    patience = Patience("the disk", logging.getLogger("t"), lambda error: isinstance(error, OSError))

    async def attempt():
        if away["left"]:
            away["left"] -= 1
            raise OSError("full")
        return "done"

    with caplog.at_level(logging.INFO):
        assert await asyncio.gather(*(patience.until_done(attempt) for _ in range(3))) == ["done"] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "the disk is away (full): waiting; nothing is lost",
        "the disk is back: going on",
    ]

    async def broken():
        raise ValueError("not absence")

    with pytest.raises(ValueError, match="not absence"):
        await patience.until_done(broken)
