"""A stored round's values: worked out from its records, again only where these changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import pytest
from pymongo.database import Database

from cleaning.page import PageType
from cleaning.reasons import Verdict
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from crawler.reasons import FailureReason
from indicators import catalogue
from indicators.evidence import Strength, Tag
from indicators.measurement import Measurement
from pipelines.store.connect import Document, connect
from pipelines.store.marks import Mark, set_marks
from pipelines.store.reader import RoundReader
from pipelines.store.values import ValueBook, frozen
from rounds import life
from rounds.audit import Kind
from rounds.audit_values import value_differences
from rounds.explain import explain
from rounds.refusals import OtherCatalogue
from rounds.values import work_out
from tests.pipelines.making import HOST, ROUND, failure, judgement, key_of, page, reading
from tests.rounds.test_settle import store

NOW = datetime(2026, 11, 30, tzinfo=UTC)
PLAN = RoundPlan(
    name=ROUND,
    units=(
        UnitPlan(
            code="110000",
            name="甲市",
            seeds=(f"http://www.{HOST}/",),
            scope=(ScopeRule(kind=RuleKind.SUFFIX, host=HOST),),
        ),
    ),
)


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


def tag(code: str, **numbers) -> Tag:
    return Tag(code, Strength.CONTENT, 0.9, "原文", "text", Measurement(**numbers))


def worked(database, **changes):
    return work_out(database, PLAN, **({"finished": True, "now": NOW} | changes))


def value(database, code: str) -> Document:
    found = ValueBook(database, ROUND).value("110000", code)
    assert found is not None
    return found


def test_values_samples_and_the_frozen_catalogue(store_url, database):
    """All 186 points of the unit, with the pages that show them, the sample drawn, and the catalogue's own files."""
    guides = [
        page(f"/g{number}", number + 1, tags=(tag("2.2.1-M01"), tag("2.2.1-M02", parts=0b1111))) for number in range(60)
    ]
    store(store_url, *guides, page("/list", 90, tags=(tag("1.1.1-M04", count=24),)))
    done = worked(database)
    assert (done.units_asked, done.values, done.changed, done.samples) == (1, 186, 186, 550)
    count = value(database, "1.1.1-M04")
    assert (count["value"], count["state"], count["best"]) == (24.0, "measured", [key_of("/list")])
    assert value(database, "1.1.1-M01")["state"] == "absent"
    assert value(database, "3.2.1-M01")["why"] == "needs-probe"
    sample = list(ValueBook(database, ROUND).samples("110000", "2.2.1-M02"))
    assert len(sample) == 50
    assert {each["seed"] for each in sample} == {ROUND}
    assert sample[0]["weight"] == 1.2
    files = frozen(database, count["catalogue"])
    assert files is not None
    assert catalogue.of_files(files).version == catalogue.load().version == count["catalogue"]


def test_only_what_changed_is_worked_out_again(store_url, database):
    """A second run folds nothing; a new page folds its host; a mark set later forgets it."""
    store(store_url, page("/a", 1, tags=(tag("1.1.1-M04", count=24),)))
    assert worked(database).hosts_folded == 1
    again = worked(database)
    assert (again.hosts_folded, again.units_asked, again.changed) == (0, 0, 0)
    store(store_url, page("/b", 2, tags=(tag("1.1.1-M04", count=6),)))
    more = worked(database)
    assert more.hosts_folded == 1
    assert value(database, "1.1.1-M04")["value"] == 30
    set_marks(database, ROUND, [Mark(key_of("/b"), "duplicate", key_of("/a"), (), "", ())])
    assert worked(database).hosts_folded == 1
    assert value(database, "1.1.1-M04")["value"] == 24, "a copy counts once"


def test_harmful_pages_give_nothing_and_refusals_are_no_absence(store_url, database):
    """What was refused to us is not absent, what is dead is dead, what is harmful does not exist."""
    store(
        store_url,
        page("/bad", 1, judgement=judgement(Verdict.HARMFUL), tags=(tag("1.1.1-M04", count=24),)),
        *(page(f"/p{number}", 10 + number, tags=()) for number in range(40)),
        *(failure(f"/x{number}", 60 + number, reason=FailureReason.FORBIDDEN) for number in range(20)),
    )
    worked(database)
    count = value(database, "1.1.1-M04")
    assert (count["state"], count["why"], count["searched"]["refused"]) == ("unobserved", "refused", 20)
    worked(database, finished=False)
    assert value(database, "1.1.1-M04")["why"] == "unfinished"


def test_the_audit_walks_every_value_back(store_url, database):
    """Nothing differs at first; a page gone, a lost observation and a catalogue nobody kept are each named."""
    store(
        store_url, *(page(f"/g{number}", number + 1, tags=(tag("2.2.1-M01"), tag("2.2.1-M02"))) for number in range(3))
    )
    worked(database)
    reader = RoundReader(database, ROUND)
    assert list(value_differences(database, reader)) == []
    database["records"].update_one({"key": key_of("/g0")}, {"$set": {"tags": []}})
    database["samples"].delete_one({"code": "2.2.1-M02"})
    database["catalogue"].update_one({}, {"$set": {"files.0.text": "indicator = 1"}})
    kinds = {difference.kind for difference in value_differences(database, reader)}
    assert kinds == {Kind.VALUE, Kind.SAMPLE, Kind.CATALOGUE}


def test_a_value_is_explained_by_its_pages_or_by_the_search(store_url, database):
    """What is there: snippet, address and hash of its pages; what is not: how many pages were searched, and where."""
    store(
        store_url,
        page("/list", 1, tags=(tag("1.1.1-M04", count=24),)),
        *(page(f"/p{number}", 10 + number, tags=()) for number in range(40)),
        failure("/gone", 90),
    )
    worked(database)
    points = catalogue.load().points
    there = explain(database, PLAN, PLAN.units[0], points["1.1.1-M04"])
    assert there is not None
    (evidence,) = there.evidence
    assert evidence["url"] == f"http://www.{HOST}/list"
    assert (evidence["tags"][0]["snippet"], evidence["tags"][0]["measured"]) == ("原文", {"count": 24})
    assert evidence["archive"]["uri"]
    assert len(evidence["sha256"]) == 64
    nothing = explain(database, PLAN, PLAN.units[0], points["1.1.2-M01"])
    assert nothing is not None
    assert (nothing.value["state"], nothing.evidence) == ("absent", ())
    assert nothing.searched["pages"] == {HOST: 41}
    assert nothing.searched["dead"] == {"timeout": 1}
    assert nothing.searched["tried"] == [{"url": f"http://www.{HOST}/gone", "reason": "timeout"}]


def test_a_value_and_its_explanation_count_the_search_alike(store_url, database):
    """Error pages are dead though they are stored, harmful ones are told apart, what was refused is not dead."""
    store(
        store_url,
        *(page(f"/p{number}", 10 + number, tags=()) for number in range(5)),
        page("/bad", 1, judgement=judgement(Verdict.HARMFUL)),
        page("/404", 2, reading=reading("/404", page_type=PageType.ERROR)),
        failure("/late", 90),
        failure("/barred", 91, reason=FailureReason.FORBIDDEN),
    )
    worked(database)
    told = explain(database, PLAN, PLAN.units[0], catalogue.load().points["1.1.2-M01"])
    assert told is not None
    counted = {name: sum(told.searched[name].values()) for name in ("pages", "dead", "refused")}
    assert counted == {"pages": 5, "dead": 2, "refused": 1}
    assert counted == {name: told.value["searched"][name] for name in counted}
    assert told.searched["dead"] == {"timeout": 1, "error-page": 1}
    assert told.searched["harmful"] == 1


def test_workers_of_another_catalogue_are_refused(here):
    """A round goes on being tagged by the catalogue it began with."""
    asyncio.run(life.create(here, PLAN, catalogue="0123456789abcdef", who="t", now=NOW))
    life.require_same_catalogue(here, ROUND, "0123456789abcdef")
    with pytest.raises(OtherCatalogue, match="0123456789abcdef"):
        life.require_same_catalogue(here, ROUND, catalogue.load().version)
