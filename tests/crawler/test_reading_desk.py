"""Pages read side by side: each gets its own answer, and a fault of ours is one page's alone."""

import asyncio
import threading

import pytest

from crawler import reading_desk
from crawler.items import Capture, Via
from crawler.reading import read_both
from crawler.reading_desk import BIG, TOGETHER, ReadingDesk


def capture(number: int, body: str = "") -> Capture:
    url = f"http://www.city.gov.cn/{number}.html"
    text = f"<title>第{number}页</title><h1>事项{number}</h1>{body}"
    return Capture(
        url, 200, (("content-type", "text/html; charset=utf-8"),), b"", text.encode(), None, Via.HTTP, 0.0, 0.1, ""
    )


async def test_each_page_gets_what_it_would_get_alone() -> None:
    """More than go together at once, and one that comes later and waits for nobody."""
    desk = ReadingDesk()
    pages = [capture(number) for number in range(TOGETHER + 3)]
    assert await asyncio.gather(*(desk.read(page, alone=False) for page in pages)) == [
        read_both(page) for page in pages
    ]
    assert await desk.read(capture(99), alone=True) == read_both(capture(99))


async def test_a_fault_is_one_pages_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its neighbours are read."""

    def reads(page: Capture) -> reading_desk.Both:
        if page.url.endswith("/1.html"):
            raise ValueError("broken")
        return read_both(page)

    monkeypatch.setattr(reading_desk, "read_both", reads)
    desk = ReadingDesk()
    answers = await asyncio.gather(*(desk.read(capture(n), alone=False) for n in range(3)), return_exceptions=True)
    assert [type(each) for each in answers] == [tuple, ValueError, tuple]


async def test_a_large_page_leaves_the_event_loop_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read in a thread; a page of the usual size is not."""
    threads: list[bool] = []

    def reads(page: Capture) -> reading_desk.Both:
        threads.append(threading.current_thread() is not threading.main_thread())
        return read_both(page)

    monkeypatch.setattr(reading_desk, "read_both", reads)
    desk = ReadingDesk()
    await desk.read(capture(1, "字" * BIG), alone=False)
    await desk.read(capture(2), alone=True)
    assert threads == [True, False]


async def test_a_page_read_alone_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long others would wait for company."""
    monkeypatch.setattr(reading_desk, "WINDOW", 3600.0)
    assert await asyncio.wait_for(ReadingDesk().read(capture(1), alone=True), 60) == read_both(capture(1))
