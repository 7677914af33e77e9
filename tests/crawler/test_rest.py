"""Between two visits a page is at rest: what it showed is ended in place where that can be, and left for an empty one else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, async_playwright

from crawler.fetch.pool import Pool, Slot
from crawler.fetch.visit import Visit, script
from tests.crawler.conftest import plan_of
from tests.crawler.sites.scripted import Asked, Site, Wire, serving

EVERY = 400  # ms between two requests of a page that goes on asking: longer than it is waited for a page to be quiet
LONGER = 3 * EVERY / 1000
EMPTY = "about:blank"
BUSY = f"""<!DOCTYPE html><p id=p></p><iframe id=f></iframe><script>
  const ask = (why) => fetch('/later?' + why);
  setInterval(ask, {EVERY}, 'interval');
  f.contentWindow.setInterval(ask, {EVERY}, 'frame');
  (async () => {{ for (;;) {{ await new Promise((soon) => setTimeout(soon, {EVERY})); ask('promise'); }} }})();
  let frames = 0;
  (function frame() {{ requestAnimationFrame(frame); if (++frames % 25 === 0) ask('frame'); }})();
  onmessage = () => setTimeout(() => {{ ask('message'); postMessage(0); }}, {EVERY});
  postMessage(0);
  new MutationObserver(() => ask('emptied')).observe(document, {{childList: true}});
  for (const kind of ['pagehide', 'unload', 'beforeunload', 'visibilitychange']) {{
    addEventListener(kind, () => fetch('/later?' + kind, {{keepalive: true}}));
  }}
</script>"""
DRAWN = "drawn by the script"
DRAWS = f"<!DOCTYPE html><p id=p></p><script>p.textContent = '{DRAWN}'; p.title = location.hash</script>"
BESIDE = {
    "worker": "<script>new Worker(URL.createObjectURL(new Blob(['0'])))</script>",
    "socket": "<script>new WebSocket('ws://' + location.host + '/drawn').onerror = () => {}</script>",
    "channel": "<script>new BroadcastChannel('c')</script>",
    "refresh": "<meta http-equiv=Refresh content='30; url=/other'>",
    "refreshed-by-its-head": "",
    "asks": "<script>fetch('/never')</script>",
}


async def answers(asked: Asked, wire: Wire) -> None:
    """Pages by their names."""
    name = asked.target.strip("/")
    if name == "never":
        await asyncio.sleep(60)
    elif name.startswith("slow"):
        await asyncio.sleep(LONGER)
    heads = ("Refresh: 30",) if name == "refreshed-by-its-head" else ()
    await wire.reply(
        "<!DOCTYPE html>" + BESIDE[name] if name in BESIDE else BUSY if name == "busy" else DRAWS, 200, *heads
    )


class Trial:
    """A pool of one page over a site."""

    def __init__(self, pool: Pool, site: Site) -> None:
        self.pool, self.site = pool, site

    async def visit(self, target: str, *, until_later: bool = False) -> tuple[Slot, Visit]:
        """The page that was given, at rest, and what the visit found; stays there until it has asked for more, if told."""
        host = f"127.0.0.1:{self.site.port}"
        url = f"http://{host}{target}"
        visit = Visit(plan_of("rest", limits={"browser_seconds": 6.0}), url, url)
        async with self.pool.page(host, visit) as slot:
            await visit.run(slot.page, slot.session)
            while until_later and not (self.later() and visit.at_rest):
                await asyncio.sleep(0.01)
        return slot, visit

    def later(self) -> int:
        """Requests of a page that goes on asking."""
        return sum(target.startswith("/later") for target in self.site.targets())


@pytest.fixture
async def trial(browser_path: str, browser_args: tuple[str, ...]) -> AsyncIterator[Trial]:
    """In a browser of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path or None, args=list(browser_args))
        context = await browser.new_context()
        await context.add_init_script(script("watch"))

        async def context_of(_host: str, _cookie: str) -> BrowserContext:
            return context

        async def nothing(*_: object) -> None:
            """Neither is the context closed nor the browser looked for."""

        pool = Pool(1, context_of, nothing, nothing, 10_000.0)
        with serving(answers) as site:
            yield Trial(pool, site)
            await pool.close()
        await browser.close()


async def test_what_goes_on_asking_is_ended_with_its_visit(trial: Trial) -> None:
    """Neither at rest nor while the next page is waited for is anything asked; and that one's scripts run again."""
    slot, _ = await trial.visit("/busy", until_later=True)
    asked = trial.later()
    await asyncio.sleep(LONGER)
    again, visit = await trial.visit("/slow")
    assert again is slot
    assert trial.later() == asked
    assert DRAWN in visit.dom
    assert [answer.url for answer in visit.loaded] == []


@pytest.mark.parametrize("name", BESIDE)
async def test_what_lives_beside_its_document_is_left_for_an_empty_one(trial: Trial, name: str) -> None:
    """Such a document cannot be ended in place: with it goes all that it has begun."""
    slot, _ = await trial.visit(f"/{name}")
    assert slot.page.url == EMPTY
    again, visit = await trial.visit("/drawn")
    assert again is slot
    assert DRAWN in visit.dom
    assert not slot.page.url.startswith(EMPTY)


async def test_two_places_of_one_document_are_two_pages(trial: Trial) -> None:
    """No answer would come for the second, if the first were still shown."""
    slot, first = await trial.visit("/app#/one")
    assert slot.page.url != EMPTY
    again, second = await trial.visit("/app#/two")
    assert again is slot
    assert ['title="#/one"' in first.dom, 'title="#/two"' in second.dom] == [True, True]
    assert trial.site.targets().count("/app") == 2


async def test_a_page_that_asks_at_rest_is_not_used_again(trial: Trial) -> None:
    """Whatever it was that woke it."""
    slot, _ = await trial.visit("/drawn")
    await slot.session.send("Runtime.evaluate", {"expression": "fetch('/later')"})
    while not slot.page.is_closed():
        await asyncio.sleep(0.02)
    again, visit = await trial.visit("/slow")
    assert again is not slot
    assert DRAWN in visit.dom
