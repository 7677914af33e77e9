"""Processor time of a rendered page: a bare loop over one page, ours, and scrapy-playwright as it comes, in one run.

    python benchmarks/render_cost.py [--pages 60] [--rounds 2]

Each way runs in a process of its own, in turn, over the same small pages (benchmarks/render/site.py); counted is the
processor time of that process, the driver and the browser, without the first ten pages.  All wait for the same content.
The bare loop uses one page for all, blocks images, fonts and media in the browser as ours does, and nothing else of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import psutil
from playwright.async_api import async_playwright
from scrapy import Request
from scrapy.utils.reactor import install_reactor
from scrapy.utils.test import get_crawler

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from render.site import LAST_LINK  # noqa: E402
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler  # noqa: E402

from crawler.fetch.browser import ARGUMENTS, BrowserHandler  # noqa: E402
from crawler.fetch.pool import HELD  # noqa: E402
from crawler.fetch.visit import QUIET_MS, Visit  # noqa: E402
from crawler.plan import Resolve, RoundPlan, RuleKind, ScopeRule, UnitPlan  # noqa: E402
from rounds.services import browser  # noqa: E402

HOST: Final = "city.gov.test"
SKIP: Final = 10
WAYS: Final = ("bare", "ours", "scrapy-playwright")
BUILT: Final = """(quiet) => new Promise((done) => {
  const end = () => { watcher.disconnect(); done(true); };
  let timer = 0;
  const again = () => { if (document.links.length) { clearTimeout(timer); timer = setTimeout(end, quiet); } };
  const watcher = new MutationObserver(again);
  watcher.observe(document, {subtree: true, childList: true});
  again();
})"""
Load = Callable[[str], Awaitable[str]]


def spent() -> float:
    """Seconds of processor time of this process and everything below it, what has ended included."""
    total = 0.0
    me = psutil.Process()
    for one in [me, *me.children(recursive=True)]:
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def plan_of(port: int) -> RoundPlan:
    """A round that leads the host to the site."""
    rule = ScopeRule(kind=RuleKind.HOST, host=HOST)
    unit = UnitPlan(code="1", name="一", seeds=(f"http://{HOST}/",), scope=(rule,))
    resolve = (Resolve(host=HOST, address="127.0.0.1", to_port=port),)
    return RoundPlan(name="render", units=(unit,), resolve=resolve)


async def measured(load: Load, pages: int) -> float:
    """Milliseconds of processor time a page."""
    began = 0.0
    for number in range(pages + SKIP):
        if number == SKIP:
            began = spent()
        if LAST_LINK not in await load(f"http://{HOST}/p{number}.html"):
            message = f"page {number} was taken before it was built"
            raise RuntimeError(message)
    return 1000 * (spent() - began) / pages


async def bare(port: int, pages: int) -> float:
    """Playwright alone."""
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(
            executable_path=browser.find().path,
            args=[*ARGUMENTS, f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{port}"],
        )
        page = await chromium.new_page()
        session = await page.context.new_cdp_session(page)

        async def held(event: dict[str, Any]) -> None:
            wanted = event["resourceType"] == "Document"
            answer = {"requestId": event["requestId"]} | ({} if wanted else {"errorReason": "Failed"})
            await session.send("Fetch.continueRequest" if wanted else "Fetch.failRequest", answer)

        session.on("Fetch.requestPaused", held)
        await session.send("Fetch.enable", {"patterns": HELD})

        async def load(url: str) -> str:
            await page.goto(url, wait_until="commit")
            await page.evaluate(BUILT, QUIET_MS)
            return await page.content()

        found = await measured(load, pages)
        await chromium.close()
    return found


async def granted() -> None:
    """There is no frontier."""


async def ours(port: int, pages: int) -> float:
    """The worker's handler."""
    plan = plan_of(port)
    handler = BrowserHandler(get_crawler(), plan, browser.find().path)

    async def load(url: str) -> str:
        visit = Visit(plan, url, url)
        await handler.visit(HOST, visit, granted)
        return visit.dom

    found = await measured(load, pages)
    await handler.close()
    return found


async def usual(port: int, pages: int) -> float:
    """scrapy-playwright's own settings, with a wait for the links."""
    arguments = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{port}"]
    launch = {"executable_path": browser.find().path, "args": arguments}
    handler = ScrapyPlaywrightDownloadHandler(get_crawler(settings_dict={"PLAYWRIGHT_LAUNCH_OPTIONS": launch}))
    await handler._maybe_launch_in_thread()  # noqa: SLF001  what the engine's start signal does

    async def waits(page: Any, _request: Request, _spider: Any) -> None:
        await page.evaluate(BUILT, QUIET_MS)

    handler._apply_page_methods = waits  # noqa: SLF001

    async def load(url: str) -> str:
        response = await handler.download_request(Request(url, meta={"playwright": True}))
        return str(response.text)

    found = await measured(load, pages)
    await handler.close()
    return found


def child(way: str, port: int, pages: int) -> None:
    """One way, in a process of its own; prints its figure."""
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor  # noqa: PLC0415  it is what was just installed

    run = {"bare": bare, "ours": ours, "scrapy-playwright": usual}[way]
    loop = reactor._asyncioEventloop  # type: ignore[attr-defined]  # noqa: SLF001
    print(json.dumps(loop.run_until_complete(run(port, pages))))


def main() -> None:
    """Run every way in turn and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    if given.way:
        child(given.way, given.port, given.pages)
        return
    with subprocess.Popen(
        [sys.executable, ROOT / "benchmarks/render/site.py"], stdout=subprocess.PIPE, text=True
    ) as site:
        assert site.stdout is not None
        port = site.stdout.readline().strip()
        found: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(given.rounds):
            for way in WAYS:
                command = [sys.executable, __file__, "--way", way, "--port", port, "--pages", str(given.pages)]
                told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
                found[way].append(json.loads(told.splitlines()[-1]))
        site.terminate()
    middle = {way: statistics.median(each) for way, each in found.items()}
    for way, each in found.items():
        print(f"{way:20} {middle[way]:6.0f} ms of processor time a page   ({', '.join(f'{one:.0f}' for one in each)})")
    print(f"ours to the bare loop: {middle['ours'] / middle['bare']:.2f}")
    print(f"ours to scrapy-playwright as it comes: {middle['ours'] / middle['scrapy-playwright']:.2f}")


if __name__ == "__main__":
    main()
