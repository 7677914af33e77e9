"""When a visited page counts as built."""

from __future__ import annotations

from typing import Any

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
