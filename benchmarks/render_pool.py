"""The browser's pool over many pages: memory, processes, zombies, and pages lost when Chromium is killed with them open.

    python benchmarks/render_pool.py [--pages 500] [--kills 20] [--hosts 4]

Pages of benchmarks/render/site.py on several hosts, as many at once as a worker has places.  Chromium is killed `--kills`
times, spread over the run, while pages are open in it; a page it takes with it is asked for again, as the frontier does.
Memory is that of all renderers and of Chromium's main process, in tenths of the run without kills.
"""

from __future__ import annotations

import argparse
import asyncio
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
            words = " ".join(one.cmdline())
        except psutil.Error:
            continue
        if "--type=renderer" in words:
            found["renderer"].append(one)
        elif "--remote-debugging-pipe" in words and "--type=" not in words:
            found["main"].append(one)
    return found


class Run:
    """Many visits, with a look at the processes after each."""

    def __init__(self, plan: RoundPlan, pages: int, kills: int) -> None:
        self._plan = plan
        self._handler = BrowserHandler(get_crawler(), plan, browser.find().path)
        self._pages = pages
        self._kill_at = {round((number + 0.5) * pages / kills) for number in range(kills)} if kills else set()
        self._begun = 0
        self.again = self.lost = self.most = 0
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
                task = asyncio.create_task(self._handler.visit(host, visit))
                if number in self._kill_at:
                    self._kill_at.discard(number)
                    await asyncio.sleep(0.15)
                    for one in of_the_browser()["main"]:
                        one.kill()
                try:
                    await task
                except BrowserGone:
                    self.again += 1
                    continue
                self.lost += LAST_LINK not in visit.dom
                break
            self._look()

    def _look(self) -> None:
        found = of_the_browser()
        self.most = max(self.most, len(found["renderer"]))
        size = 0
        for one in (*found["main"], *found["renderer"]):
            try:
                size += one.memory_info().rss
            except psutil.Error:
                continue
        self.memory.append(size / 1e6)


def main() -> None:
    """Run once and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--hosts", type=int, default=4)
    given = parser.parse_args()
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor  # noqa: PLC0415  it is what was just installed

    with subprocess.Popen(
        [sys.executable, ROOT / "benchmarks/render/site.py"], stdout=subprocess.PIPE, text=True
    ) as site:
        assert site.stdout is not None
        run = Run(plan_of(int(site.stdout.readline()), given.hosts), given.pages, given.kills)
        loop = reactor._asyncioEventloop  # type: ignore[attr-defined]  # noqa: SLF001
        loop.run_until_complete(run.all())
        site.terminate()
    tenth = max(1, len(run.memory) // 10)
    tenths = [statistics.median(run.memory[at : at + tenth]) for at in range(0, len(run.memory), tenth)]
    left = of_the_browser()
    print(f"{given.pages} pages, {given.kills} kills: {run.lost} lost, {run.again} asked for again")
    print(f"renderers at most {run.most}, of {RoundPlan.model_fields['browser_pages'].default} pages at once")
    print(f"memory by tenths of the run (MB): {' '.join(f'{one:.0f}' for one in tenths)}")
    print(f"left behind: {len(left['main']) + len(left['renderer'])} processes, {len(left['zombie'])} zombies")


if __name__ == "__main__":
    main()
