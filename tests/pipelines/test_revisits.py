"""The earlier round as a worker sees it: what can be met again, what is carried, what comes back from the archive."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cleaning.page import LinkKind
from cleaning.read import read
from crawler.errors import EarlierLost
from crawler.frontier.contract import Via
from crawler.items import ArchiveRef
from crawler.revisit import WHOLE, How, conditions, same_bytes
from indicators.catalogue import load
from indicators.tagging import Tagger, day_of_collection
from pipelines.archive import encode
from pipelines.revisits import StoredRound, before_of
from pipelines.store.records import draft, whole
from rounds.judging import Judging
from tests.pipelines.making import ROUND, capture, key_of, page

GUIDE = (
    "<html><head><meta charset='utf-8'><title>社会保障卡申领办事指南-甲市人民政府</title></head><body><h1>社会保障卡申领</h1>"
    "<p>2026年11月1日发布。受理条件：本市参保人员。办理材料：身份证。办理时限：五个工作日。咨询电话：12345。</p>"
    "<a href='/next.html'>下一页</a></body></html>"
).encode()
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("ETag", '"a1"'),
    ("Last-Modified", "Sun, 15 Nov 2026 09:30:00 GMT"),
)


@pytest.fixture
def stored(database, store_url, tmp_path):
    """A judged page with its archived bytes."""
    made = capture("/guide", GUIDE, headers=HEADERS)
    with Judging(os.environ) as judging:
        judged = judging.judge_capture(made)
    file = Path(tmp_path / "one.warc.gz")
    data = encode(made)[0].data
    file.write_bytes(data)
    item = page(
        "/guide", 1, capture=made, reading=judged.reading, judgement=judged.judgement, tags=judged.tagged.tags,
        duplicate_of=key_of("/other"), archive=ArchiveRef(file.as_uri(), 0, len(data)),
    )  # fmt: skip
    database["records"].insert_one(whole(draft(ROUND, item), 2))
    return store_url, judged, file


async def before(store_url):
    opened = StoredRound(store_url)
    try:
        return await opened.before(ROUND, key_of("/guide"))
    finally:
        await opened.close()


async def test_a_page_is_asked_for_by_its_validators(stored) -> None:
    """Both are sent; after the archive failed none is; bytes decide where it comes whole."""
    found = await before(stored[0])
    assert conditions(found, "") == {"If-None-Match": '"a1"', "If-Modified-Since": HEADERS[2][1]}
    assert conditions(found, f"{WHOLE}gone") == {}
    assert conditions(None, "") == {}
    assert conditions(replace(found, etag='"a\r\nX: y"', modified=""), "") == {}
    same = same_bytes(found, capture("/guide", GUIDE))
    assert (same.how, same.round, same.archive) == (How.SAME_BYTES, ROUND, found.archive)
    assert same_bytes(found, capture("/guide", GUIDE + b" ")) is None
    assert same_bytes(found, capture("/guide", GUIDE, dom=b"<p>drawn</p>")) is None


async def test_what_is_carried_is_what_judging_again_would_give(stored) -> None:
    """Verdict, reasons and tags of the page itself, without its copy's mark; ages count from the new visit."""
    store_url, judged, _ = stored
    found = await before(store_url)
    assert found.carried.judgement == judged.judgement
    later = day_of_collection(datetime(2027, 2, 1, tzinfo=UTC))
    reading = read(GUIDE, judged.reading.url, content_type="text/html; charset=utf-8")
    tagger = Tagger(load())
    assert found.carried.tags
    assert tagger.measured(found.carried.tags, reading, later) == tagger.tag(reading, later)
    assert any(link.kind is LinkKind.ANCHOR for link in reading.links)


async def test_pages_of_other_rules_are_not_carried_and_drawn_ones_not_met(stored, database) -> None:
    """Another name of the rules: the page may be the same, its judgement is made anew."""
    record = database["records"].find_one({})
    assert before_of(record | {"judged_by": "another"}).carried is None
    assert before_of({name: value for name, value in record.items() if name != "judged_by"}).carried is None
    assert before_of(record | {"via": str(Via.BROWSER)}) is None
    since = datetime(2026, 1, 1, tzinfo=UTC)
    held = before_of(record | {"unchanged": {"round": "R0", "since": since, "how": "same-bytes"}})
    assert (held.holder, held.since) == ("R0", since.timestamp())


async def test_the_capture_comes_back_or_is_said_to_be_lost(stored) -> None:
    """The bytes and headers as fetched; without its file the page is asked for whole."""
    store_url, _, file = stored
    opened = StoredRound(store_url)
    try:
        found = await opened.before(ROUND, key_of("/guide"))
        assert (await opened.capture(found)).body == GUIDE
        file.unlink()
        with pytest.raises(EarlierLost, match=file.name):
            await opened.capture(found)
        assert await opened.before(ROUND, key_of("/nowhere")) is None
    finally:
        await opened.close()
