"""A page shown again from the archive: in real Chromium, the site it came from gone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.async_api import Page, Response, async_playwright

from crawler.frontier.contract import Via
from crawler.items import DataResponse
from pipelines.archive import ArchiveStep
from pipelines.store.records import _archive, _loaded
from rounds import replay
from rounds.refusals import BadChoice, NoSuchPage
from tests.crawler.sites.scripted import Asked, Wire, serving
from tests.pipelines.making import CheckingFrontier, Worker, capture, crawler_of, fetched

HTML = """<!DOCTYPE html><html><head><meta charset=utf-8><title>事项清单</title><script src="/js/list.js"></script></head>
<body><h1>事项清单</h1><form id=f method=post action="/search?a=1"><input name=keyword placeholder="事项名称"></form>
<ul id=list></ul><p id=more></p><img src="http://outside.test/p.png">
<script>fetch('http://outside.test/spy').catch(() => 0);
draw('/api/items?areaCode=350100&pageNum=1&_=' + Date.now());</script></body></html>"""
LIBRARY = """function draw(url) {
  fetch(url).then(r => r.json()).then(d => {
    document.getElementById('list').innerHTML = d.list.map(x => '<li><a href="/guide/' + x.id + '.html">' + x.name + '</a></li>').join('');
    return fetch('/api/count', {method: 'POST', body: 'area=350100'});
  }).then(r => r.text()).then(t => { document.getElementById('more').textContent = t; });
}"""
ITEMS = json.dumps({"list": [{"id": f"9f{n}", "name": f"办理事项{n}"} for n in range(5)]}, ensure_ascii=False)
PATH = "/sx/list.html?area=350100"


async def script(asked: Asked, wire: Wire) -> None:
    """The site as it was."""
    if asked.target == PATH:
        await wire.reply(HTML)
    elif asked.target == "/js/list.js":
        await wire.reply(LIBRARY, kind="application/javascript")
    elif asked.target.startswith("/api/items"):
        await wire.reply(ITEMS, kind="application/json")
    elif asked.target == "/api/count" and asked.body == b"area=350100":
        await wire.reply("共5项", kind="text/plain; charset=utf-8")
    else:
        await wire.reply("", 404)


async def drawn(page: Page, address: str) -> dict[str, object]:
    """What the page shows and holds once its list is there."""
    await page.goto(address)
    await page.wait_for_function("document.getElementById('more').textContent !== ''")
    return {
        "list": await page.eval_on_selector_all(
            "#list a", "all => all.map(a => [a.getAttribute('href'), a.textContent])"
        ),
        "more": await page.text_content("#more"),
        "forms": await page.eval_on_selector_all("form", "all => all.map(f => f.outerHTML)"),
        "scripts": await page.eval_on_selector_all(
            "script", "all => all.map(s => [s.getAttribute('src'), s.textContent])"
        ),
        "dom": await page.content(),
    }


async def loads(page: Page, address: str) -> tuple[dict[str, object], list[DataResponse]]:
    """The same, and what the page loaded to get there."""
    came: list[Response] = []
    page.on("response", lambda response: came.append(response))  # noqa: PLW0108 - no built-in is taken
    shown = await drawn(page, address)
    own = [one for one in came if one.request.resource_type in {"script", "fetch"} and "outside" not in one.url]
    loaded = []
    for one in own:
        kind = (await one.all_headers()).get("content-type", "")
        sent = one.request.post_data_buffer or b""
        loaded.append(DataResponse(one.url, one.request.method, one.status, kind, await one.body(), sent))
    return shown, loaded


async def recorded(folder: Path, url: str, shown: dict[str, object], loaded: list[DataResponse]) -> dict[str, object]:
    """The page's record, once it is archived."""
    step = ArchiveStep.from_crawler(crawler_of(Worker(CheckingFrontier()), CAIFENG_ARCHIVE_URL=folder.as_uri()))
    made = capture("/x", HTML.encode(), url=url, via=Via.BROWSER, dom=str(shown["dom"]).encode(), loaded=tuple(loaded))
    item = await step.apply(fetched("/x", capture=made))
    await step.close_spider()
    assert item.archive is not None
    assert item.dom_archive is not None
    return {
        "url": url, "key": url, "end": "stored", "archive": _archive(item.archive),
        "dom_archive": _archive(item.dom_archive), "loaded": [_loaded(one) for one in item.loaded],
    }  # fmt: skip


async def test_a_list_is_drawn_again_from_the_archive(
    tmp_path: Path, browser_path: str, browser_args: tuple[str, ...]
) -> None:
    """Forms and scripts are the same, the list is drawn anew from archived answers, nobody else is asked."""

    async def canary(_asked: Asked, wire: Wire) -> None:
        await wire.reply("seen", 200, "Access-Control-Allow-Origin: *")

    with serving(canary) as outside:
        args = [*browser_args, f"--host-resolver-rules=MAP outside.test 127.0.0.1:{outside.port}"]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path or None, args=args)
            with serving(script) as site:
                live, loaded = await loads(await browser.new_page(), f"http://127.0.0.1:{site.port}{PATH}")
                url = f"http://127.0.0.1:{site.port}{PATH}"
            seen = len(outside.log)
            assert seen >= 1
            record = await recorded(tmp_path, url, live, loaded)
            found = await asyncio.to_thread(replay.replay_of, record)
            with replay.serving(found) as (address, asked):
                again = await drawn(await browser.new_page(), address)
            with replay.serving(found, drawn=True) as (address, _):
                page = await browser.new_page()
                await page.goto(address)
                still = await page.eval_on_selector_all("#list a", "all => all.length")
            await browser.close()
    assert [one.url.rpartition(":")[2].partition("/")[2].partition("?")[0] for one in loaded] == [
        "js/list.js",
        "api/items",
        "api/count",
    ]
    assert {name: again[name] for name in ("list", "more", "forms", "scripts")} == {
        name: live[name] for name in ("list", "more", "forms", "scripts")
    }
    assert len(live["list"]) == still == 5  # type: ignore[arg-type]
    assert all(had for target, had in asked.targets if "favicon" not in target)
    assert len(outside.log) == seen


def make(folder: Path, *loaded: DataResponse) -> replay.Replay:
    """A replay of a small page."""
    record = asyncio.run(recorded(folder, "http://www.a.gov.cn/list.html?a=1", {"dom": "<p>画好</p>"}, list(loaded)))
    return replay.replay_of(record)


def item(target: str, body: bytes, *, sent: bytes = b"") -> DataResponse:
    """An answer of the page's host."""
    return DataResponse(f"http://www.a.gov.cn{target}", "POST" if sent else "GET", 200, "application/json", body, sent)


def test_requests_are_answered_by_address_and_body(tmp_path: Path) -> None:
    """The same request first, then without what differs each time, then the only one of its path; else not found."""
    found = make(
        tmp_path, item("/api?n=1&_=11", b"1"), item("/api?n=2&_=12", b"2"), item("/q", b"A", sent=b"a"), item("/q", b"B", sent=b"b"),
        item("/one?sign=abc", b"only"),
    )  # fmt: skip
    for method, target, sent, body in (
        ("GET", "/api?n=2&_=12", b"", b"2"),
        ("GET", "/api?n=2&_=99", b"", b"2"),
        ("GET", "/api?_=99&n=1", b"", b"1"),
        ("POST", "/q", b"b", b"B"),
        ("GET", "/one?sign=xyz", b"", b"only"),
    ):
        piece = found.answer(method, target, sent)
        assert piece is not None
        assert piece.body() == body
    assert found.answer("GET", "/api?n=3", b"") is None
    assert found.answer("GET", "/other", b"") is None


def test_original_bytes_are_served(tmp_path: Path) -> None:
    """The page at its own path, byte for byte; what the archive lacks is not there."""
    found = make(tmp_path, item("/api", b"{}"))
    with replay.serving(found) as (address, asked):
        with urlopen(address) as answer:
            assert answer.read() == HTML.encode()
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        origin = address.partition("/list.html")[0]
        with urlopen(Request(f"{origin}/api")) as answer:
            assert answer.read() == b"{}"
        with pytest.raises(OSError, match="404"):
            urlopen(f"{origin}/gone")
    assert asked.targets == [("/list.html?a=1", True), ("/api", True), ("/gone", False)]


def test_written_out(tmp_path: Path) -> None:
    """Bytes, rendered DOM and pieces in a new folder, with an index; a folder that holds something is left alone."""
    found = make(tmp_path / "archive", item("/api", b"{}"), item("/js/a.js", b"x()"))
    folder = tmp_path / "out"
    replay.write(found, folder)
    index = json.loads((folder / "index.json").read_text())
    assert (folder / index["file"]).read_bytes() == HTML.encode()
    assert (folder / index["dom"]).read_text() == "<p>画好</p>"
    assert [(folder / one["file"]).read_bytes() for one in index["loaded"]] == [b"{}", b"x()"]
    assert index["loaded"][0]["url"] == "http://www.a.gov.cn/api"
    with pytest.raises(BadChoice, match="不是空文件夹"):
        replay.write(found, folder)


def test_what_was_not_stored_cannot_be_shown() -> None:
    """A failure has no bytes."""
    with pytest.raises(NoSuchPage, match="没有存下"):
        replay.replay_of({"url": "http://a.gov.cn/", "key": "http://a.gov.cn/", "end": "failed"})
