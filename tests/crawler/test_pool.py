"""The browser's pages: used again so many times, never after a crash, never for another host."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, async_playwright

from crawler.fetch import pool as pools
from crawler.fetch.pool import Pool, Slot
from crawler.fetch.visit import Visit
from tests.crawler.conftest import plan_of

USES = 3


@pytest.fixture
async def pool(browser_path: str, browser_args: tuple[str, ...], monkeypatch) -> AsyncIterator[Pool]:
    """Two places in a browser of its own; a page serves three visits."""
    monkeypatch.setattr(pools, "USES", USES)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path or None, args=list(browser_args))
        contexts: dict[str, BrowserContext] = {}

        async def context_of(host: str, _cookie: str) -> BrowserContext:
            if host not in contexts:
                contexts[host] = await browser.new_context()
            return contexts[host]

        async def unasked() -> None:
            """The browser is there."""

        async def close_context(host: str) -> None:
            await contexts.pop(host).close()

        made = Pool(2, context_of, close_context, unasked, 10_000.0)
        yield made
        await made.close()
        assert contexts == {}
        await browser.close()


async def visited(pool: Pool, host: str = "a.example", *, crash: bool = False) -> Slot:
    """The page that a visit was given."""
    url = f"http://{host}/"
    async with pool.page(host, Visit(plan_of("r"), url, url)) as slot:
        if crash:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await slot.session.send("Page.crash")
            for _ in range(100):
                if slot.crashed:
                    break
                await asyncio.sleep(0.05)
    return slot


async def test_a_page_is_used_so_many_times_and_closed(pool) -> None:
    """Every visit but the last of a page leaves it for the next; then it is closed, and another is opened."""
    slots = [await visited(pool) for _ in range(USES + 1)]
    assert all(slot is slots[0] for slot in slots[:USES])
    assert slots[USES] is not slots[0]
    assert slots[0].page.is_closed()
    assert (slots[0].uses, slots[USES].uses) == (USES, 1)


async def test_a_page_that_crashed_is_not_used_again(pool) -> None:
    """Nor one whose visit raised; the next gets a page that works."""
    broken = await visited(pool, crash=True)
    assert broken.crashed
    after = await visited(pool)
    assert after is not broken
    url = "http://a.example/"
    with pytest.raises(ValueError, match="boom"):
        async with pool.page("a.example", Visit(plan_of("r"), url, url)):
            raise ValueError("boom")
    assert after.page.is_closed()
    assert await (await visited(pool)).page.evaluate("1 + 1") == 2


async def test_forgotten_pages_and_those_of_other_hosts_are_not_used(pool) -> None:
    """Where they grew too large all are replaced; a third host makes the one that was idle longest go."""
    one, other = await visited(pool), await visited(pool, "b.example")
    assert one is not other
    third = await visited(pool, "c.example")
    assert (one.page.is_closed(), other.page.is_closed()) == (True, False)
    pool.forget()
    assert await visited(pool, "c.example") is not third
    assert third.page.is_closed()
