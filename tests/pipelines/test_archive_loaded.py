"""Scripts and answers that built a browser page: archived with it, once per process life, and found again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.frontier.contract import Via
from crawler.items import ArchiveRef, DataResponse
from crawler.tally import RecordKind, page_kinds
from pipelines.archive import ArchiveStep
from pipelines.archive_reader import read
from pipelines.store.records import _loaded, loaded_of
from tests.pipelines.making import CheckingFrontier, Worker, capture, crawler_of, fetched

HTML, DOM = b"<html><div id=app></div></html>", "<html><div id=app>画好的页面</div></html>".encode()
LIBRARY = DataResponse("http://www.a.gov.cn/js/jquery.js", "GET", 200, "application/javascript", os.urandom(90_000))


def data(number: int, sent: bytes = b"") -> DataResponse:
    """An answer of a list API."""
    method = "POST" if sent else "GET"
    return DataResponse("http://www.a.gov.cn/api", method, 200, "application/json", b'{"n":%d}' % number, sent)


@pytest.fixture
async def step(tmp_path: Path):
    worker = Worker(CheckingFrontier(), worker_id="w")
    made = ArchiveStep.from_crawler(crawler_of(worker, CAIFENG_ARCHIVE_URL=tmp_path.as_uri()))
    yield made
    await made.close_spider()


async def archived(step: ArchiveStep, path: str, *loaded: DataResponse):
    """The page after the archive step."""
    made = capture(path, HTML, via=Via.BROWSER, dom=DOM, loaded=loaded)
    return await step.apply(fetched(path, capture=made))


async def test_each_response_is_read_back_by_its_address(step):
    """Status, type and bytes, told apart by what was sent; the record belongs to the page's own."""
    item = await archived(step, "/1", LIBRARY, data(1), data(2, b"page=2"), data(3, b"page=3"), data(1))
    assert [(one.method, one.url) for one in item.loaded] == [
        ("GET", LIBRARY.url), ("GET", "http://www.a.gov.cn/api"), *[("POST", "http://www.a.gov.cn/api")] * 2,
    ]  # fmt: skip
    assert len({one.sent for one in item.loaded}) == 3
    for one, sent in zip(item.loaded, (LIBRARY, data(1), data(2), data(3)), strict=True):
        found = read(one.archive)
        assert (found.kind, found.url, found.status, found.body) == ("response", one.url, 200, sent.body)
        assert found.headers == (("Content-Type", sent.content_type),)


async def test_two_questions_with_one_answer_are_both_kept(step):
    """An empty list for two areas: whoever replays the page asks for both."""
    item = await archived(step, "/1", data(0, b"area=1"), data(0, b"area=2"), data(0, b"area=1"))
    assert len({one.sent for one in item.loaded}) == len(item.loaded) == 2
    assert [read(one.archive).body for one in item.loaded] == [data(0).body] * 2


async def test_a_library_on_ten_pages_is_stored_once(step, tmp_path):
    """The others refer to it: in the file as revisits any reader understands, in the page's record by its address."""
    items = [await archived(step, f"/{number}", LIBRARY, data(number)) for number in range(10)]
    assert {one.loaded[0].archive for one in items} == {items[0].loaded[0].archive}
    assert [one.loaded[0].again for one in items] == [False, *[True] * 9]
    assert not any(one.loaded[1].again for one in items)
    (file,) = tmp_path.glob("*/*.warc.gz")
    assert file.stat().st_size < 2 * len(LIBRARY.body)
    with file.open("rb") as stream:
        records = [(one.rec_type, one.rec_headers, one.http_headers) for one in ArchiveIterator(stream)]
    revisits = [headers for kind, headers, _ in records if kind == "revisit"]
    original = next(headers for _, headers, _ in records if headers["WARC-Target-URI"] == LIBRARY.url)
    assert len(revisits) == 9
    assert {one["WARC-Refers-To"] for one in revisits} == {original["WARC-Record-ID"]}
    assert {one["WARC-Refers-To-Date"] for one in revisits} == {original["WARC-Date"]}
    assert {one["WARC-Payload-Digest"] for one in revisits} == {original["WARC-Payload-Digest"]}
    mains = [headers["WARC-Record-ID"] for _, headers, _ in records if (headers["WARC-Target-URI"] or "")[-2:-1] == "/"]
    assert {one["WARC-Concurrent-To"] for one in revisits} <= set(mains)


async def test_other_bytes_under_the_same_address_are_another_record(step):
    """A library that changed between two pages is stored again, and each page keeps its own."""
    first = await archived(step, "/1", LIBRARY)
    other = DataResponse(LIBRARY.url, "GET", 200, LIBRARY.content_type, b"changed")
    second = await archived(step, "/2", other)
    assert read(second.loaded[0].archive).body == b"changed"
    assert read(first.loaded[0].archive).body == LIBRARY.body


async def test_bytes_that_were_not_kept_are_not_referred_to(tmp_path, monkeypatch):
    """What a sink refused is stored with the next page that has it."""
    step = ArchiveStep.from_crawler(crawler_of(Worker(CheckingFrontier()), CAIFENG_ARCHIVE_URL=tmp_path.as_uri()))
    await archived(step, "/0")

    async def refuse(_token, _records):
        raise RuntimeError("lost")

    with monkeypatch.context() as patched:
        patched.setattr(step._sink, "append", refuse)
        with pytest.raises(RuntimeError):
            await archived(step, "/1", LIBRARY)
    assert not (await archived(step, "/2", LIBRARY)).loaded[0].again
    await step.close_spider()


async def test_the_record_of_the_page_names_them(step):
    """Written and read again they are the same; bytes of an earlier page are not counted twice."""
    first, second = await archived(step, "/1", LIBRARY, data(1, b"x")), await archived(step, "/2", LIBRARY)
    for item in (first, second):
        assert loaded_of({"loaded": [_loaded(one) for one in item.loaded]}) == item.loaded
    counts = [page_kinds(item)[RecordKind.ARCHIVE_BYTES] for item in (first, second)]
    assert counts[0] > len(LIBRARY.body)
    assert counts[1] == second.archive.length + second.dom_archive.length
    assert loaded_of({}) == ()
    assert isinstance(second.loaded[0].archive, ArchiveRef)
