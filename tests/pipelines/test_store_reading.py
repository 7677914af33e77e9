"""The reading side: streams, counts, exports, outlinks, retried outcomes; round and unit documents."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest

from cleaning.page import LinkKind
from cleaning.reasons import Verdict
from crawler.frontier.contract import End
from crawler.items import FailureReason
from crawler.plan import RoundPlan
from indicators.evidence import Strength, Tag
from pipelines.store.errors import NameTaken, UnknownRound, UnknownUnit, WrongState
from pipelines.store.export import COLUMNS, What, csv_row, rows
from pipelines.store.outlinks import open_outlink_store
from pipelines.store.reader import OutcomeFilter, PageFilter, RoundReader
from pipelines.store.reopen import reopen
from pipelines.store.rounds import Entry, RoundBook
from pipelines.store.step import StoreStep
from pipelines.store.units import UnitBook
from tests.pipelines.making import (
    ROUND,
    TAG,
    CheckingFrontier,
    Worker,
    crawler_of,
    failure,
    judgement,
    key_of,
    link,
    page,
    skipped,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
OTHER_TAG = Tag("2.1.1-M01", Strength.CHROME, 0.5, "登录", "link")


@pytest.fixture
async def stored(store_url, database):
    """Four pages, two failures and a redirect of R1, and a page of R10."""
    worker = Worker(CheckingFrontier(store_url))
    step = StoreStep.from_crawler(crawler_of(worker, CAIFENG_MONGO_URL=store_url))
    await asyncio.gather(
        *map(
            step.process_item,
            (
                page("/b", 1, tags=(TAG, TAG, OTHER_TAG)),
                page("/a", 2, units=("110000", "120000")),
                page("/c", 3, duplicate_of=key_of("/a")),
                page("/d", 4, judgement=judgement(Verdict.HARMFUL), tags=()),
                failure("/f", 5),
                failure("/g", 6, reason=FailureReason.POISON, quarantined=True),
                skipped("/s", 7),
            ),
        )
    )
    worker.round_name = "R10"
    worker.frontier.database_url = ""
    await step.process_item(page("/x", 8))
    await step.close_spider()


@pytest.fixture
def reader(stored, database):
    return RoundReader(database, ROUND)


def test_pages_stream_in_key_order_and_by_round(reader):
    """R1's pages only, although R10 begins with the same letters; only the fields asked for."""
    assert [document["key"] for document in reader.pages()] == [key_of(path) for path in ("/a", "/b", "/c", "/d")]
    (first, *_) = reader.pages(fields=("url",))
    assert first == {"_id": f"{ROUND} {key_of('/a')}", "url": "http://www.a.gov.cn/a"}


@pytest.mark.parametrize(
    ("where", "paths"),
    [
        (PageFilter(verdicts=(Verdict.KEPT,)), ["/a", "/b"]),
        (PageFilter(unit="120000"), ["/a"]),
        (PageFilter(code=OTHER_TAG.code), ["/b"]),
        (PageFilter(host="a.gov.cn", verdicts=(Verdict.HARMFUL, Verdict.DUPLICATE)), ["/c", "/d"]),
        (PageFilter(host="b.gov.cn"), []),
    ],
)
def test_pages_are_filtered(reader, where, paths):
    """By verdict, unit, point and host, together."""
    assert [document["key"] for document in reader.pages(where)] == [key_of(path) for path in paths]


def test_outcomes_are_filtered(reader):
    """By end and reason."""
    keys = [document["key"] for document in reader.outcomes()]
    assert keys == [key_of(path) for path in ("/f", "/g", "/s")]
    (poison,) = reader.outcomes(OutcomeFilter(ends=(End.QUARANTINED,)))
    assert poison["reason"] == "poison"
    (slow,) = reader.outcomes(OutcomeFilter(reason="timeout", host="a.gov.cn", unit="110000"))
    assert slow["detail"] == "no answer within 60 s"


def test_counts(reader):
    """Ends, verdicts, reasons, ways, units and points; a page that names a point twice counts once."""
    assert reader.ends() == {End.STORED: 4, End.FAILED: 1, End.SKIPPED: 1, End.QUARANTINED: 1}
    assert reader.ends_by_host() == {"a.gov.cn": reader.ends()}
    assert reader.verdicts() == {
        Verdict.KEPT: 2,
        Verdict.DUPLICATE: 1,
        Verdict.HARMFUL: 1,
        Verdict.AD: 0,
        Verdict.IRRELEVANT: 0,
    }
    assert reader.reasons() == {"timeout": 1, "poison": 1}
    assert reader.reasons_by_host() == {"a.gov.cn": {"timeout": 1, "poison": 1}}
    assert reader.via() == {"http": 4}
    assert reader.units() == {"110000": 4, "120000": 1}
    assert reader.points() == {"110000": {TAG.code: 2, OTHER_TAG.code: 1}, "120000": {TAG.code: 1}}


def test_one_record_by_key(reader):
    """A page, an outcome, or nothing."""
    assert reader.record(key_of("/a"))["end"] == "stored"
    assert reader.record(key_of("/f"))["end"] == "failed"
    assert reader.record(key_of("/x")) is None
    assert reader.records([key_of("/a"), key_of("/x")], ("end",)).keys() == {key_of("/a")}


def test_exported_pages(reader):
    """One row per page with at least what the command promises, ready for JSON and CSV."""
    exported = list(rows(reader, What.PAGES))
    promised = {
        "url", "depth", "status", "verdict", "reasons", "title", "text", "sha256", "simhash", "fetched_at", "via",
        "archive", "units",
    }  # fmt: skip
    assert len(exported) == 4
    assert all(tuple(row) == COLUMNS[What.PAGES] and promised <= row.keys() for row in exported)
    first = json.loads(json.dumps(exported[0]))
    assert first["archive"] == {"uri": "file:///archive/R1/w-1.warc.gz", "offset": 300}
    assert first["simhash"] == "f000000000000001"
    assert datetime.fromisoformat(first["fetched_at"]).tzinfo is not None
    assert exported[1]["points"] == [TAG.code, OTHER_TAG.code]
    assert csv_row(exported[0])["units"] == '["110000","120000"]'


def test_exported_failures_and_evidence(reader):
    """Failures and quarantines, not skips; evidence per unit and tag, without duplicates and harmful pages."""
    assert [(row["url"][-2:], row["end"], row["reason"]) for row in rows(reader, What.FAILURES)] == [
        ("/f", "failed", "timeout"),
        ("/g", "quarantined", "poison"),
    ]
    evidence = list(rows(reader, What.EVIDENCE))
    assert [(row["unit"], row["url"][-2:], row["code"]) for row in evidence] == [
        ("110000", "/a", TAG.code),
        ("120000", "/a", TAG.code),
        ("110000", "/b", TAG.code),
        ("110000", "/b", TAG.code),
        ("110000", "/b", OTHER_TAG.code),
    ]
    assert tuple(evidence[0]) == COLUMNS[What.EVIDENCE]


async def test_outlinks_come_back_as_they_were(stored, store_url, database):
    """Of pages and redirects, kind and spelling included; nothing for a failure or an unknown key."""
    store = await open_outlink_store(store_url)
    assert await store.outlinks(ROUND, key_of("/a")) == (link("/a"), link("/b", LinkKind.REFRESH))
    assert await store.outlinks(ROUND, key_of("/s")) == (link("/target", LinkKind.REDIRECT),)
    assert await store.outlinks(ROUND, key_of("/f")) == ()
    assert await store.outlinks(ROUND, key_of("/unknown")) == ()
    await store.lower_depth(ROUND, key_of("/a"), 1)
    await store.lower_depth(ROUND, key_of("/b"), 5)
    await store.lower_depth(ROUND, key_of("/unknown"), 1)
    await store.close()
    reader = RoundReader(database, ROUND)
    assert [reader.record(key_of(path))["depth"] for path in ("/a", "/b")] == [1, 3]
    assert reader.record(key_of("/unknown")) is None


def test_reopened_outcomes_are_the_very_ones(reader, database):
    """The outcome that was retried goes; one written since, and a page, stay."""
    asked = [(key_of("/f"), "e1-5"), (key_of("/g"), "e1-older"), (key_of("/a"), "e1-2")]
    assert reopen(database, ROUND, asked) == 1
    assert reader.record(key_of("/f")) is None
    assert reader.record(key_of("/g")) is not None
    assert reader.record(key_of("/a")) is not None


def test_indexes_serve_the_counts(reader, database):
    """Counting a round's ends reads index keys, no documents."""
    plan = database.command(
        "explain",
        {
            "aggregate": "records",
            "pipeline": [
                {"$match": {"round": ROUND}},
                {"$group": {"_id": {"h": "$host", "e": "$end"}, "n": {"$sum": 1}}},
            ],
            "cursor": {},
        },
        verbosity="executionStats",
    )
    text = json.dumps(plan, default=str)
    assert '"totalDocsExamined": 0' in text
    assert "round_end_host" in text


def plan(name: str = ROUND) -> RoundPlan:
    return RoundPlan(name=name, units=())


def entry(what: str = "created") -> Entry:
    return Entry(NOW, "operator@host", what)


def test_a_round_is_created_once(database):
    """The plan comes back as it was; a second of the name is refused and changes nothing."""
    book = RoundBook(database)
    made = book.create(plan(), state="ready", catalogue="c1", entry=entry())
    assert (made.plan, made.state, made.catalogue, made.journal) == (plan(), "ready", "c1", (entry(),))
    with pytest.raises(NameTaken, match=r"R1 exists already.*round show R1"):
        book.create(plan(), state="running", catalogue="c2", entry=entry())
    assert book.get(ROUND) == made
    assert [each.name for each in book.all()] == [ROUND]


def test_a_rounds_state_and_journal(database):
    """A state changes with its entry, and only from a state that allows it; results are kept per pass."""
    book = RoundBook(database)
    book.create(plan(), state="ready", catalogue="c1", entry=entry())
    book.set_state(ROUND, "running", entry=entry("launched"), expected=("ready", "paused"))
    with pytest.raises(WrongState, match="is running, not paused or ready"):
        book.set_state(ROUND, "running", entry=entry("again"), expected=("ready", "paused"))
    book.append(ROUND, entry("looked"))
    book.save_result(ROUND, "settle", {"changed": 3})
    book.save_result(ROUND, "settle", {"changed": 0})
    found = book.get(ROUND)
    assert found.state == "running"
    assert [each.what for each in found.journal] == ["created", "launched", "looked"]
    assert found.results == {"settle": {"changed": 0}}


def test_a_forgotten_round_leaves_its_name_free(database):
    """A round that could not be begun can be made again."""
    book = RoundBook(database)
    book.create(plan(), state="ready", catalogue="c1", entry=entry())
    book.forget(ROUND)
    book.forget(ROUND)
    assert book.create(plan(), state="ready", catalogue="c2", entry=entry()).catalogue == "c2"


def test_unknown_rounds_are_named(database):
    """Every call on a round that is not there says so."""
    book = RoundBook(database)
    for call in (
        lambda: book.get("R9"),
        lambda: book.append("R9", entry()),
        lambda: book.save_result("R9", "audit", {}),
        lambda: book.set_state("R9", "running", entry=entry(), expected=("ready",)),
    ):
        with pytest.raises(UnknownRound, match="R9"):
            call()


def test_units_are_replaced_whole_or_added(database):
    """Replacing leaves only the new rows; adding keeps the others and overwrites equal codes."""
    book = UnitBook(database)
    assert book.replace_all([{"code": "120000", "name": "天津"}, {"code": "110000", "name": "北京"}]) == 2
    assert [row["name"] for row in book.all()] == ["北京", "天津"]
    assert book.add([{"code": "120000", "name": "天津市"}, {"code": "130000", "name": "河北"}]) == 3
    assert book.get("120000") == {"code": "120000", "name": "天津市"}
    assert book.replace_all([{"code": "130000", "name": "河北"}]) == 1
    assert [row["code"] for row in book.all()] == ["130000"]
    with pytest.raises(UnknownUnit, match="110000"):
        book.get("110000")
    assert book.replace_all([]) == 0
    assert book.all() == ()
