"""What the web serves is what the truth says: seen by a reader of plain HTML, and by a browser."""

import shutil
from urllib.parse import urlsplit

from playwright.async_api import async_playwright

from rehearsal import pages, truth
from rehearsal.addresses import canonical, locate, resolve
from rehearsal.links import PLAIN, Kind
from rehearsal.plan import build
from tests.rehearsal.independent_reader import Reader

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")  # None: Playwright's own
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCRIPTED = ("trs-pager", "jcms-datastore", "script-list", "document-built-list", "noscript-list", "spa-shell")
IN_DOM = {Kind.ANCHOR, Kind.AREA, Kind.RENDERED, Kind.PAGER, Kind.SCRIPT}


def test_a_plain_reader_finds_the_plain_truth(small):
    """Pages and depths an independent reader finds over HTTP are those of the truth for links it can see."""
    world = build(7, 2, 760)
    about = small.about
    seeds = [seed for unit in about["units"] for seed in unit["seeds"]]
    domains = [urlsplit(unit["seeds"][0]).hostname.removeprefix("www.") for unit in about["units"]]
    seen = Reader(about["http"], about["https"], domains).walk(seeds, 6)
    known = truth.walk(world, 6, PLAIN)
    expected = {key: page.depth for key, page in known.items() if page.stored or page.kind == "trap"}
    assert seen == expected


async def test_a_browser_finds_the_links_of_scripted_pages(small):
    """After its scripts have run, a page's anchors are exactly the links the truth gives it."""
    world = build(7, 2, 760)
    found = truth.walk(world, 6)
    sample = []
    for feature in SCRIPTED:
        named = sorted(
            key for key, page in found.items() if feature in page.features and not page.features.count("slow")
        )
        sample += named[:: max(1, len(named) // 3)][:3]
    plain, secure = small.about["http"], small.about["https"]
    rules = f"--host-resolver-rules=MAP *:80 {plain},MAP *:443 {secure}"
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
        context = await browser.new_context(ignore_https_errors=True)
        tab = await context.new_page()
        for key in sample:
            place = found[key].place
            await tab.goto(canonical(place), wait_until="networkidle")
            hrefs = await tab.eval_on_selector_all("a[href], area[href]", "nodes => nodes.map(node => node.href)")
            shown = {there.key for there in (locate(world, resolve(canonical(place), href)) for href in hrefs) if there}
            outline = pages.outline(world, place.host, place.ref)
            links = [link for link in pages.links_of(world, place.host, outline) if link.kind in IN_DOM]
            wanted = {
                there.key for there in (locate(world, resolve(canonical(place), link.href)) for link in links) if there
            }
            assert shown == wanted, key
        await browser.close()
    assert len(sample) >= len(SCRIPTED)
