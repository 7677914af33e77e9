"""The audit: each kind of difference is found, and a sound round has none."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import pytest
from pymongo.database import Database

from crawler.frontier.contract import Counts
from pipelines.archive import ArchiveStep
from pipelines.store.connect import Document, connect
from pipelines.store.reader import RoundReader
from pipelines.store.step import StoreStep
from rounds.audit import Kind, audit, count_differences, ledger_differences
from rounds.audit_archive import Left
from tests.pipelines.making import (
    HOST,
    ROUND,
    TAG,
    CheckingFrontier,
    Worker,
    capture,
    crawler_of,
    failure,
    key_of,
    page,
    skipped,
)

COUNTS = Counts(found=6, stored=4, failed=1, skipped=1)
CODES = frozenset({TAG.code})


@pytest.fixture
def store_url(mongo_url: str, mongo_database: str) -> str:
    """An empty database of this test's own."""
    return urlunsplit(urlsplit(mongo_url)._replace(path=f"/{mongo_database}"))


@pytest.fixture
def database(store_url: str) -> Iterator[Database[Document]]:
    """The same, opened."""
    opened = connect(store_url)
    yield opened
    opened.client.close()


@pytest.fixture
def reader(store_url, database, tmp_path):
    """A round of four archived pages (one drawn by the browser, one a duplicate), a failure and a redirect."""
    asyncio.run(_store(store_url, tmp_path))
    return RoundReader(database, ROUND)


async def _store(store_url: str, folder: Path) -> None:
    crawler = crawler_of(
        Worker(CheckingFrontier(store_url)), CAIFENG_MONGO_URL=store_url, CAIFENG_ARCHIVE_URL=str(folder)
    )
    archive, store = ArchiveStep.from_crawler(crawler), StoreStep.from_crawler(crawler)
    drawn = capture("/d", b"<p>shell</p>", dom=b"<p>drawn</p>")
    for item in (
        page("/a", 1),
        page("/b", 2),
        page("/c", 3, duplicate_of=key_of("/a")),
        page("/d", 4, capture=drawn),
        failure("/f", 5),
        skipped("/s", 6),
    ):
        archived = await archive.apply(item) if hasattr(item, "capture") else item
        await store.process_item(archived)
    await archive.close_spider()
    await store.close_spider()


def run(reader, counts=COUNTS, hosts=None, archive_url="file:///no-such-archive", **options):
    return audit(
        counts, {HOST: counts} if hosts is None else hosts, reader, archive_url=archive_url, codes=CODES, **options
    )


def change(database, path, **fields):
    database["records"].update_one({"_id": f"{ROUND} {key_of(path)}"}, {"$set": fields})


def kinds(report):
    return [(difference.kind, difference.key) for difference in report.differences]


def test_a_sound_round_has_no_differences(reader):
    """Everything is checked, every page's bytes are read back, and progress reaches the end."""
    told = []
    report = run(reader, progress=lambda done, everything: told.append((done, everything)))
    assert report.differences == ()
    assert report.clean
    assert (report.pages, report.archived, report.outcomes) == (4, 4, 2)
    assert told[-1] == (4, 4)


def test_what_is_left_to_do_is_told(reader):
    """A round under way differs in nothing and is not finished: queued, waiting and leased URLs are left."""
    report = run(reader, replace(COUNTS, found=11, queued=2, delayed=2, leased=1))
    assert (report.differences, report.remaining) == ((), 5)
    assert run(reader).remaining == 0


@pytest.mark.parametrize(("sample", "archived"), [(0, 0), (1, 1), (2, 2), (100, 4)])
def test_a_sample_bounds_the_bytes_read(reader, sample, archived):
    """So many pages' bytes are read at most; marks and tags of all pages are still checked."""
    report = run(reader, sample=sample)
    assert (report.archived, report.pages) == (archived, 4)


def test_an_open_ledger_is_found():
    """F1 for the round and per host; hosts that do not add up are told."""
    open_counts = replace(COUNTS, found=7)
    (whole, host) = ledger_differences(ROUND, open_counts, {HOST: open_counts})
    assert (whole.kind, whole.key, whole.expected, whole.found) == (Kind.LEDGER, ROUND, "7 found", "6 accounted for")
    assert host.key == HOST
    (missing, *_) = ledger_differences(ROUND, COUNTS, {})
    assert missing.found == "0 over all hosts"
    assert list(ledger_differences(ROUND, COUNTS, {HOST: COUNTS})) == []


def test_counters_are_held_against_records(reader, database):
    """A record the ledger does not know, and an end without its record, are differences of that host."""
    database["records"].delete_one({"_id": f"{ROUND} {key_of('/f')}"})
    change(database, "/s", host="b.gov.cn")
    report = run(reader)
    assert {(each.kind, each.key, each.expected, each.found) for each in report.differences} == {
        (Kind.COUNT, HOST, "1 failed", "0 records"),
        (Kind.COUNT, HOST, "1 skipped", "0 records"),
        (Kind.COUNT, "b.gov.cn", "0 skipped", "1 records"),
    }


def test_records_under_way_are_no_difference():
    """While a lease is out its record may stand before the ack; one more than that is a difference."""
    hosts = {HOST: Counts(found=3, stored=1, leased=1, queued=1)}
    assert list(count_differences(hosts, {HOST: {"stored": 2}})) == []
    assert len(list(count_differences(hosts, {HOST: {"stored": 3}}))) == 1
    assert len(list(count_differences(hosts, {HOST: {"stored": 2, "failed": 1}}))) == 1
    assert len(list(count_differences(hosts, {HOST: {"stored": 0}}))) == 1


def test_a_missing_file_is_found(reader, database):
    """An address whose file is gone, or that ends too early."""
    change(database, "/a", **{"archive.uri": "file:///gone.warc.gz"})
    change(database, "/b", **{"archive.length": 10_000_000})
    assert kinds(run(reader)) == [(Kind.ARCHIVE_MISSING, key_of("/a")), (Kind.ARCHIVE_MISSING, key_of("/b"))]


def test_places_are_looked_at_even_where_bytes_are_not_read(reader, database):
    """With no sample at all, an address outside its file is found, of a page and of a rendered DOM."""
    change(database, "/b", **{"archive.length": 10_000_000})
    change(database, "/d", **{"dom_archive.uri": "s3://bucket/never-registered.warc.gz"})
    report = run(reader, sample=0)
    assert kinds(report) == [(Kind.ARCHIVE_MISSING, key_of("/b")), (Kind.DOM, key_of("/d"))]
    assert "no registered segment" in report.differences[1].found


def test_a_torn_tail_is_named_and_is_no_difference(reader, tmp_path):
    """What a killed writer left of a record is listed with its place, in files with records and in one without."""
    (file,) = (tmp_path / ROUND).glob("*.warc.gz")
    whole = file.stat().st_size
    torn = gzip.compress(b"x" * 5_000)[:-9]
    with file.open("ab") as end:
        end.write(torn)
    (file.parent / "another-life-1.warc.gz").write_bytes(gzip.compress(b"whole, but of nobody") + torn)
    report = run(reader, archive_url=tmp_path.as_uri())
    assert report.clean
    assert (report.pages, report.archived) == (4, 4)
    found = {Path(urlsplit(one.uri).path).name: one for one in report.leftovers}
    assert {one.kind for one in report.leftovers} == {Left.TORN}
    assert found[file.name].offset == whole
    assert {one.bytes for one in report.leftovers} == {len(torn)}
    assert found["another-life-1.warc.gz"].offset == len(gzip.compress(b"whole, but of nobody"))


def test_whole_records_nobody_names_are_no_leftover(reader, tmp_path):
    """A page archived and fetched again after a kill leaves a whole record: a sound file ends with it."""
    (file,) = (tmp_path / ROUND).glob("*.warc.gz")
    with file.open("ab") as end:
        end.write(gzip.compress(b"a record " * 300_000))
    assert run(reader, archive_url=tmp_path.as_uri()).leftovers == ()


def test_another_pages_record_is_found(reader, database):
    """A page that points at another's record: the URL differs, and with it the bytes."""
    other = reader.record(key_of("/d"))["archive"]
    change(database, "/a", archive=other)
    assert kinds(run(reader)) == [(Kind.ARCHIVE_URL, key_of("/a")), (Kind.BYTES, key_of("/a"))]


def test_a_dom_is_no_answer(reader, database):
    """A page whose main record is the rendered DOM: the DOM must never be the first."""
    found = reader.record(key_of("/d"))
    change(database, "/d", archive=found["dom_archive"])
    report = kinds(run(reader))
    assert (Kind.ARCHIVE_KIND, key_of("/d")) in report
    assert (Kind.BYTES, key_of("/d")) in report


def test_a_foreign_dom_is_found(reader, database):
    """The second record must be the rendering of this page's answer."""
    change(database, "/d", dom_archive=reader.record(key_of("/a"))["archive"])
    assert kinds(run(reader)) == [(Kind.DOM, key_of("/d"))]


@pytest.mark.parametrize("again", [False, True])
def test_what_a_page_was_built_from_is_looked_at(reader, database, again):
    """Another URL's record, and a place beyond its file; bytes of an earlier page's record are read with that one."""
    other = reader.record(key_of("/a"))["archive"]
    script = {"url": f"http://www.{HOST}/a.js", "method": "GET", "status": 200, "content_type": "", "sent": ""}
    change(database, "/d", loaded=[script | {"archive": other, "again": again}])
    assert kinds(run(reader)) == ([] if again else [(Kind.LOADED, key_of("/d"))])
    change(
        database, "/d", loaded=[script | {"archive": other | {"offset": other["offset"] + 1_000_000}, "again": again}]
    )
    assert kinds(run(reader, sample=0)) == [(Kind.LOADED, key_of("/d"))]


def test_changed_bytes_are_found(reader, tmp_path):
    """One flipped byte of the archive file costs exactly its record."""
    place = reader.record(key_of("/b"))["archive"]
    file = Path(unquote(urlsplit(place["uri"]).path))
    data = bytearray(file.read_bytes())
    data[place["offset"] + place["length"] - 30] ^= 0xFF
    file.write_bytes(data)
    (difference,) = run(reader).differences
    assert difference.key == key_of("/b")
    assert difference.kind in {Kind.ARCHIVE_MISSING, Kind.BYTES, Kind.ARCHIVE_URL}


def test_another_body_is_found(reader, database):
    """The stored hash is of the archived body, decoded."""
    change(database, "/a", sha256="0" * 64)
    (difference,) = run(reader).differences
    assert (difference.kind, difference.expected) == (Kind.BYTES, "0" * 64)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"duplicate_of": key_of("/nowhere")}, "no stored page"),
        ({"duplicate_of": key_of("/f")}, "no stored page"),
        ({"duplicate_of": key_of("/c")}, "a duplicate itself"),
        ({"units": ["990000"]}, "a page of other units"),
        ({"duplicate_of": ""}, "no stored page"),
    ],
)
def test_wrong_representatives_are_found(reader, database, fields, found):
    """A duplicate points at a stored page that is none itself and serves a unit of its."""
    change(database, "/c", **fields)
    (difference,) = run(reader).differences
    assert (difference.kind, difference.key, difference.found) == (Kind.DUPLICATE, key_of("/c"), found)


def test_tags_stand_in_the_catalogue(reader, database):
    """An unknown point and an overlong quotation are found."""
    change(database, "/a", tags=[{"code": "9.9.9-M99", "snippet": "x"}])
    change(database, "/b", tags=[{"code": TAG.code, "snippet": "字" * 121}])
    assert [(each.kind, each.found) for each in run(reader).differences] == [
        (Kind.TAG, "9.9.9-M99"),
        (Kind.TAG, "121"),
    ]


def test_the_installed_catalogue_is_the_measure(reader, database):
    """Without codes given, the catalogue's own points count as known, and no other."""
    assert audit(COUNTS, {HOST: COUNTS}, reader, archive_url="file:///no-such-archive", sample=0).clean
    change(database, "/b", tags=[{"code": "9.9.9-M99", "snippet": "x"}])
    (difference,) = audit(COUNTS, {HOST: COUNTS}, reader, archive_url="file:///no-such-archive", sample=0).differences
    assert (difference.kind, difference.key) == (Kind.TAG, key_of("/b"))
