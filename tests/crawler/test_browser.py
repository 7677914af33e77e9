"""The browser under the handler: its end costs no page, growing too large costs no visit, and nothing is begun too late."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.async_api import async_playwright

from crawler.fetch.browser import ARGUMENTS, MOST_DEATHS
from crawler.fetch.visit import CHALLENGE_ROUNDS
from tests.crawler.browser_program import DRAWN, A
from tests.crawler.sites.crawling import LIMITS
from tests.crawler.sites.scripted import Asked, Site, Wire, serving

ROOT = Path(__file__).parents[2]
PAGE = f"<!DOCTYPE html><title>t</title><p id=p></p><script>setTimeout(() => p.textContent = '{DRAWN}', 150)</script>"


LARGE = PAGE + f"<!-- {'x' * LIMITS.decoded_bytes} -->"
LOOPS = "<!DOCTYPE html><title></title><script>setTimeout(() => location.reload(), 50)</script>"
LEADS_AWAY = "<!DOCTYPE html><title></title><script>setTimeout(() => { location.href = '/elsewhere' }, 50)</script>"
BODIES = {"/large": (LARGE, 200), "/loops": (LOOPS, 412), "/leads-away": (LEADS_AWAY, 412)}


async def script(asked: Asked, wire: Wire) -> None:
    """A page that its script draws a little later, and some that go too far."""
    await wire.reply(*BODIES.get(asked.target, (PAGE, 200)))


@pytest.fixture(scope="module")
def played(browser_path: str) -> Iterator[tuple[dict[str, Any], Site]]:
    """What came of every trial of the program, and the site they were played on."""
    with serving(script) as site:
        command = [sys.executable, "-m", "tests.crawler.browser_program", str(site.port), browser_path]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
        assert ran.returncode == 0, ran.stderr[-3000:]
        yield json.loads(ran.stdout), site


def test_the_browsers_end_costs_no_page(played: tuple[dict[str, Any], Site]) -> None:
    """Neither one being opened, which is to be had again, nor those being visited, nor those that wait for a place."""
    came, _ = played
    assert came["ends_while_a_page_is_opened"] == [DRAWN, "BrowserGone"]
    assert came["ends_while_pages_are_visited"] == [DRAWN] * 3


def test_a_browser_killed_in_its_start_costs_no_page(played: tuple[dict[str, Any], Site]) -> None:
    """It is started again; one that never comes up is given up, for its pages to be taken over HTTP."""
    gone = "BrowserGone"
    assert played[0]["ends_while_it_starts"] == [gone, gone, DRAWN, gone, gone, "NoBrowser"]


def test_a_page_that_ends_the_browser_each_time_is_given_up(played: tuple[dict[str, Any], Site]) -> None:
    """A few times others may have been the cause."""
    came = played[0]["ends_with_the_same_page_each_time"]
    assert came == ["BrowserGone"] * MOST_DEATHS + ["BrowserFailed", DRAWN]


def test_a_page_has_its_limit_in_the_browser_too(played: tuple[dict[str, Any], Site]) -> None:
    """It costs itself alone."""
    assert played[0]["a_page_is_too_large"] == ["TooLarge", DRAWN]


def test_a_fragment_is_no_reason_to_stay(played: tuple[dict[str, Any], Site]) -> None:
    """Each visit asks its host once."""
    came, site = played
    assert came["the_same_page_is_asked_for_under_a_fragment"] == [DRAWN, DRAWN]
    assert site.targets().count("/same") == 2


def test_a_challenge_may_ask_for_itself_a_few_times_and_for_nothing_else(
    played: tuple[dict[str, Any], Site],
) -> None:
    """Else a shield would have pages from inside the browser that nobody granted."""
    came, site = played
    assert 1 < site.targets().count("/loops") <= 1 + CHALLENGE_ROUNDS
    assert "/elsewhere" not in site.targets()
    assert came["challenges_that_want_more_than_they_may"] == [[f"http://{A}/elsewhere", ""]]


def test_another_driver_is_started_where_it_has_ended(played: tuple[dict[str, Any], Site]) -> None:
    """Without it no browser can be."""
    assert played[0]["its_driver_ends"] == [DRAWN] * 2


def test_what_grows_too_large_is_replaced_with_leases_held(played: tuple[dict[str, Any], Site]) -> None:
    """Pages after their visit, the browser between visits: once, and none of them fails."""
    came, _ = played
    assert came["pages_grow_too_large"] == [[DRAWN] * 6, True]
    visits, browsers = came["the_browser_grows_too_large"]
    assert (visits, browsers) == ([DRAWN] * 7, 2)


def test_a_lease_that_lapsed_while_it_waited_for_a_place_asks_for_nothing(played: tuple[dict[str, Any], Site]) -> None:
    """Its page may be on its way to another worker."""
    came, site = played
    assert came["a_lease_lapses_while_it_waits"] == ["LeaseLapsed", DRAWN]
    assert "/late" not in site.targets()
    assert "/in-time" in site.targets()


def test_nothing_is_left_behind(played: tuple[dict[str, Any], Site]) -> None:
    """No process of a browser or its driver, no zombie."""
    assert played[0]["left"] == []


async def test_what_playwright_turns_off_stays_off(browser_path: str) -> None:
    """Our list of Chromium's features takes the place of its own, which a later version may have added to."""
    switch = "--disable-features="
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=list(ARGUMENTS))
        commands = [one.cmdline() for one in psutil.Process().children(recursive=True)]
        await browser.close()
    main = next(words for words in commands if "--remote-debugging-pipe" in words)
    theirs, ours = (set(word.removeprefix(switch).split(",")) for word in main if word.startswith(switch))
    assert theirs <= ours


def test_a_worker_that_is_killed_leaves_no_browser(browser_path: str) -> None:
    """Driver, Chromium and its renderers end by themselves."""
    with serving(script) as site:
        command = [sys.executable, "-m", "tests.crawler.browser_program", str(site.port), browser_path]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
            while not site.log and worker.poll() is None:
                time.sleep(0.05)
            below = psutil.Process(worker.pid).children(recursive=True)
            worker.kill()
    assert len(below) > 2
    _, left = psutil.wait_procs(below, timeout=30)
    assert [one.name() for one in left if one.status() != psutil.STATUS_ZOMBIE] == []
