"""`caifeng status --rendering` as people and programs read it."""

from __future__ import annotations

import asyncio

from crawler.fetch.verdict import Sign
from crawler.frontier.redis import RedisFrontier

TEMPLATE = "a.test/app/#.html"


def test_http_that_is_only_tried_is_shown_as_undecided(caifeng, services_here, round_name) -> None:
    """Two pages, both shells that the browser drew: undecided, and why; programs get codes, no sentences."""

    async def seen() -> None:
        queue = await RedisFrontier.open(services_here["CAIFENG_REDIS_URL"], round_name)
        await queue.rendering.learn("a.test", [(TEMPLATE, sign) for sign in (Sign.DRAWN, Sign.SHELL) * 2])
        await queue.close()

    caifeng("round", "new", round_name, "--site", "http://127.0.0.1:9/")
    asyncio.run(seen())
    (row,) = caifeng("status", round_name, "--rendering", "--json").json["rendering"]["templates"]
    assert (row["way"], row["decided"], row["why"], row["confidence"]) == ("http", False, "tried", 0.25)
    shown = caifeng("status", round_name, "--rendering").out.replace("\n", "")
    assert "未定" in shown
    assert "空壳由浏览器画全 2" in shown
