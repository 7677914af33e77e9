"""When a visited page counts as built."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crawler.errors import StillLoading
from crawler.fetch.visit import Visit
from tests.crawler.conftest import plan_of

URL = "http://www.a.gov.cn/list.html"


class Slow:
    """A browser's side of a session that answers late: what was asked for came after the tree was described."""

    def __init__(self, visit: Visit, late: int) -> None:
        self.visit, self.late, self.asked = visit, late, 0

    async def send(self, _method: str, _asked: dict[str, Any]) -> dict[str, Any]:
        """The tree as it stood before the answer; from the next question on with its list."""
        self.asked += 1
        if self.asked <= self.late:
            self.visit.requested(self)
            self.visit._loading.clear()
            return {"result": {"value": {"dom": "<ul></ul>"}}}
        self.visit._stirred = 0.0
        return {"result": {"value": {"dom": "<ul><li>entry</li></ul>"}}}


async def test_a_tree_described_before_its_answer_came_is_not_taken() -> None:
    """Under load the list's data may arrive while the description of the tree without them is on its way to us."""
    visit = Visit(plan_of("visits"), URL, URL)
    session = Slow(visit, late=2)
    stands = await visit._settle(session)
    assert (stands["dom"], session.asked) == ("<ul><li>entry</li></ul>", 3)


async def test_a_page_at_rest_is_asked_once() -> None:
    """Nothing came meanwhile."""
    visit = Visit(plan_of("visits"), URL, URL)
    session = Slow(visit, late=0)
    await visit._settle(session)
    assert session.asked == 1


class Waiting:
    """A page that never comes to rest, for one of its answers is not there."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    async def send(self, _method: str, _asked: dict[str, Any]) -> dict[str, Any]:
        """The tree without its list, whenever it is asked."""
        await asyncio.sleep(0.05)
        self.visit.requested(self)
        return {"result": {"value": {"dom": "<ul></ul>"}}}


async def test_a_page_that_still_loads_is_tried_again_before_it_is_taken() -> None:
    """A loaded machine must not cost a list; with the last pass what is there is taken."""
    visit = Visit(plan_of("visits"), URL, URL, last=False)
    with pytest.raises(StillLoading):
        await visit._settle(Waiting(visit))
    visit = Visit(plan_of("visits"), URL, URL, last=True)
    assert await visit._settle(Waiting(visit)) == {}
