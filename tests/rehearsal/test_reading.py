"""What the web serves is what the truth says: seen by a reader of plain HTML, and by a browser."""

import shutil
from urllib.parse import urlsplit

from playwright.async_api import async_playwright

from rehearsal import pages, truth
from rehearsal.addresses import PAGER, PROXY, Ref, canonical, locate, resolve
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
HREFS = "nodes => nodes.map(node => node.href)"
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


async def _turned(tab):
    """The addresses in the document, while somebody turns every page of a list that stays under its address."""
    hrefs = await tab.eval_on_selector_all("a[href], area[href]", HREFS)
    while await tab.locator(".default_pgNext").count():
        shown = await tab.text_content(".default_pgContainer")
        await tab.click(".default_pgNext")
        await tab.wait_for_function(
            "before => document.querySelector('.default_pgContainer').textContent !== before", arg=shown
        )
        hrefs += await tab.eval_on_selector_all("a[href], area[href]", HREFS)
    return hrefs


def _whole(world, host, outline):
    """The links of a page; for a data store also those of the groups behind it, whose own addresses nobody sees."""
    links = pages.links_of(world, host, outline)
    groups = [link for link in links if link.href.startswith(PROXY)]
    behind = [pages.outline(world, host, locate(world, host.origin + link.href).ref) for link in groups]
    return [
        *(link for link in links if link not in groups),
        *(link for page in behind for link in pages.links_of(world, host, page)),
    ]


async def test_a_step_of_a_form_brings_the_page_the_truth_names(small):
    """Every link of an ASP.NET pager, clicked in a browser, leads to the items of the page with that name; spelled as an address it does not."""
    world = build(7, 2, 760)
    found = truth.walk(world, 6)
    key = min(key for key, page in found.items() if "aspnet-postback" in page.features)
    place = found[key].place
    first = locate(world, canonical(place).partition("&__")[0])
    items = {
        number: {
            link.href for link in pages.outline(world, place.host, Ref("column", place.ref.a, number)).blocks[0].links
        }
        for number in range(place.host.columns[place.ref.a].pages)
    }
    plain, secure = small.about["http"], small.about["https"]
    rules = f"--host-resolver-rules=MAP *:80 {plain},MAP *:443 {secure}"
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
        context = await browser.new_context(ignore_https_errors=True)
        tab = await context.new_page()
        for number in range(1, len(items)):
            await tab.goto(canonical(first))
            await tab.click(f"#{PAGER} a:text-is('{number + 1}')")
            await tab.wait_for_selector(f"#{PAGER} span:text-is('{number + 1}')")
            shown = set(
                await tab.eval_on_selector_all("form ul a", "nodes => nodes.map(node => node.getAttribute('href'))")
            )
            assert shown == {href for href in items[number] if PAGER not in href}
        await tab.goto(canonical(place))
        assert await tab.text_content(f"#{PAGER} span") == "1"
        await browser.close()


async def test_a_platforms_list_is_drawn_page_by_page(small):
    """In a browser, "next" shows the items of each answer that the truth names, in its order."""
    world = build(7, 2, 760)
    found = truth.walk(world, 6)
    key = min(key for key, page in found.items() if "json-platform" in page.features)
    place = found[key].place
    column = place.host.columns[place.ref.a]
    plain, secure = small.about["http"], small.about["https"]
    rules = f"--host-resolver-rules=MAP *:80 {plain},MAP *:443 {secure}"
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
        context = await browser.new_context(ignore_https_errors=True)
        tab = await context.new_page()
        await tab.goto(canonical(place))
        for number in range(column.pages):
            await tab.wait_for_selector(f"#sxPage:text-is('{number + 1}/{column.pages}')")
            outline = pages.outline(world, place.host, Ref("column", column.index, number))
            hrefs = [link.href for block in outline.blocks for link in block.links if link.kind is not Kind.PAGER]
            assert (
                await tab.eval_on_selector_all("#sxList a", "all => all.map(one => one.getAttribute('href'))") == hrefs
            )
            if number + 1 < column.pages:
                await tab.click("#sxNext")
        assert not await tab.is_visible("#sxNext")
        await browser.close()
    assert column.pages > 1


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
            hrefs = await _turned(tab)
            shown = {there.key for there in (locate(world, resolve(canonical(place), href)) for href in hrefs) if there}
            outline = pages.outline(world, place.host, place.ref)
            links = [link for link in _whole(world, place.host, outline) if link.kind in IN_DOM]
            wanted = {
                there.key for there in (locate(world, resolve(canonical(place), link.href)) for link in links) if there
            }
            assert shown == wanted, key
        await browser.close()
    assert len(sample) >= len(SCRIPTED)
