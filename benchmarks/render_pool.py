"""The browser's pool over many pages: memory, processes, zombies, and pages lost when Chromium is killed with them open.

    python benchmarks/render_pool.py [--pages 500] [--kills 20] [--killed-pages 100] [--hosts 4]
    python benchmarks/render_pool.py --pages 5000     # a quarter of an hour on two cores
    python benchmarks/render_pool.py --pages 20000    # an hour
    python benchmarks/render_pool.py --json           # as `tests/promises/test_rendered.py` reads it

Pages of benchmarks/render/site.py on several hosts, as many at once as a worker has places.  First `--pages` of them in peace:
memory is that of all renderers and of Chromium's main process, its median in each tenth of the run; its slope is told of the
tenths after the first (the pool fills), beside the spread of those tenths around it.  Then `--killed-pages`, while Chromium is
killed `--kills` times with pages open in it; a page it takes with it is asked for again, as the frontier does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

import psutil
from scrapy.utils.reactor import install_reactor
from scrapy.utils.test import get_crawler

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from render.site import LAST_LINK  # noqa: E402

from crawler.errors import BrowserGone  # noqa: E402
from crawler.fetch.browser import BrowserHandler  # noqa: E402
from crawler.fetch.visit import Visit  # noqa: E402
from crawler.plan import Resolve, RoundPlan, RuleKind, ScopeRule, UnitPlan  # noqa: E402
from rounds.services import browser  # noqa: E402

# Chromium's launcher is one: killed before its browser is there, it would leave one that belongs to nobody.
SHELLS: Final = frozenset({"sh", "dash", "bash"})
ENDING_SECONDS: Final = 1.0  # milliseconds, unless much else runs


def plan_of(port: int, hosts: int) -> RoundPlan:
    """A round that leads every host to the site."""
    names = [f"city{number}.gov.test" for number in range(hosts)]
    scope = tuple(ScopeRule(kind=RuleKind.HOST, host=name) for name in names)
    unit = UnitPlan(code="1", name="一", seeds=(f"http://{names[0]}/",), scope=scope)
    resolve = tuple(Resolve(host=name, address="127.0.0.1", to_port=port) for name in names)
    return RoundPlan(name="pool", units=(unit,), resolve=resolve)


def of_the_browser() -> dict[str, list[psutil.Process]]:
    """Chromium's processes below this one, by kind; its zombies too."""
    found: dict[str, list[psutil.Process]] = {"main": [], "renderer": [], "zombie": []}
    for one in psutil.Process().children(recursive=True):
        try:
            if one.status() == psutil.STATUS_ZOMBIE:
                found["zombie"].append(one)
                continue
            words, program = " ".join(one.cmdline()), Path(one.exe()).name
        except psutil.Error:
            continue
        if "--type=renderer" in words:
            found["renderer"].append(one)
        elif "--remote-debugging-pipe" in words and "--type=" not in words and program not in SHELLS:
            found["main"].append(one)
    return found


async def granted() -> None:
    """There is no frontier."""


class Run:
    """Many visits, with a look at the processes after each."""

    def __init__(self, plan: RoundPlan, pages: int, kills: int) -> None:
        self._plan = plan
        self._handler = BrowserHandler(get_crawler(), plan, browser.find().path)
        self._pages = pages
        self._kill_at = {int((number + 0.5) * pages / kills) for number in range(kills)} if kills else set()
        self.again = self.lost = self.most = self.killed = 0
        self._chance = random.Random(20)
        self.memory: list[float] = []

    async def all(self) -> None:
        """Visit every page, as many at once as there are places."""
        numbers = iter(range(self._pages))
        await asyncio.gather(*(self._some(numbers) for _ in range(self._plan.browser_pages)))
        await self._handler.close()
        await asyncio.sleep(1.0)

    async def _some(self, numbers: object) -> None:
        for number in numbers:  # type: ignore[attr-defined]
            host = self._plan.units[0].scope[number % len(self._plan.units[0].scope)].host
            url = f"http://{host}/p{number}.html"
            while True:
                visit = Visit(self._plan, url, url)
                task = asyncio.create_task(self._handler.visit(host, visit, granted))
                if number in self._kill_at:
                    self._kill_at.discard(number)
                    await self._kill()
                try:
                    await task
                except BrowserGone:
                    self.again += 1
                    continue
                self.lost += LAST_LINK not in visit.dom
                break
            await self._looked()

    async def _kill(self) -> None:
        """Kill Chromium with pages open in it, at any moment of opening and visiting them."""
        await asyncio.sleep(self._chance.uniform(0.05, 0.6))
        main: list[psutil.Process] = []
        while not main:
            await asyncio.sleep(0.05)
            main = of_the_browser()["main"]
        for one in main:
            with contextlib.suppress(psutil.Error):
                one.kill()
        self.killed += 1

    async def _looked(self) -> None:
        found = of_the_browser()
        rendering = found["renderer"]
        if len(rendering) > self._plan.browser_pages:  # one whose page was closed a moment ago may still be ending
            await asyncio.sleep(ENDING_SECONDS)
            rendering = [one for one in rendering if one.is_running()]
        self.most = max(self.most, len(rendering))
        size = 0
        for one in (*found["main"], *found["renderer"]):
            try:
                size += one.memory_info().rss
            except psutil.Error:
                continue
        self.memory.append(size / 1e6)


def slope_of(memory: list[float], pages: int) -> tuple[list[float], float, float]:
    """Medians of ten parts of a run; MB per 1,000 pages over those after the first; their spread around that line, in MB."""
    part = max(1, len(memory) // 10)
    tenths = [statistics.median(memory[at : at + part]) for at in range(0, part * 10, part) if memory[at : at + part]]
    later = tenths[1:]
    line = statistics.linear_regression(range(len(later)), later)
    left = [value - line.slope * at - line.intercept for at, value in enumerate(later)]
    return tenths, line.slope * 10_000 / pages, statistics.stdev(left)


def main() -> None:
    """Run in peace, then under kills, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--killed-pages", type=int, default=100)
    parser.add_argument("--hosts", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor  # noqa: PLC0415  it is what was just installed

    loop = reactor._asyncioEventloop  # type: ignore[attr-defined]  # noqa: SLF001
    with subprocess.Popen(
        [sys.executable, ROOT / "benchmarks/render/site.py"], stdout=subprocess.PIPE, text=True
    ) as site:
        assert site.stdout is not None
        try:
            plan = plan_of(int(site.stdout.readline()), given.hosts)
            peace, war = Run(plan, given.pages, 0), Run(plan, given.killed_pages, given.kills)
            loop.run_until_complete(peace.all())
            loop.run_until_complete(war.all())
        finally:
            site.kill()
    tenths, slope, spread = slope_of(peace.memory, given.pages)
    left = of_the_browser()
    if given.json:
        told = {"pages": given.pages, "lost": peace.lost, "slope": slope, "places": plan.browser_pages}
        told |= {"kills": war.killed, "lost_by_kills": war.lost, "asked_again": war.again}
        told |= {"renderers": max(peace.most, war.most)} | {f"left_{kind}": len(found) for kind, found in left.items()}
        print(json.dumps(told))
        return
    print(
        f"{given.pages} pages in peace: {peace.lost} lost; memory by tenths {' '.join(f'{one:.0f}' for one in tenths)} MB"
    )
    print(f"  slope after the first tenth {slope:+.0f} MB per 1,000 pages; the tenths' own spread {spread:.0f} MB")
    print(f"{given.killed_pages} pages under {war.killed} kills: {war.lost} lost, {war.again} asked for again")
    print(f"renderers at most {max(peace.most, war.most)}, of {plan.browser_pages} pages at once")
    print(f"left behind: {len(left['main']) + len(left['renderer'])} processes, {len(left['zombie'])} zombies")


if __name__ == "__main__":
    main()
