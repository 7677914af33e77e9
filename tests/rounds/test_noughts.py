"""Why a value is nought, from the archived bytes of the pages that were searched in vain."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from cleaning.page import PageType
from cleaning.reasons import Verdict
from crawler.items import ArchiveRef
from indicators import catalogue
from indicators.evidence import Strength, Tag
from indicators.measurement import Measurement
from indicators.values import Effort, Outcome, Sampled, State, Why
from pipelines.archive import encode
from pipelines.store.values import ValueBook
from rounds import life
from rounds.explain import explain
from rounds.noughts import Nought, why_nought
from tests.pipelines.making import capture, judgement, key_of, page, reading
from tests.rounds.keeping import NOW, UNIT, keep

VERSION = catalogue.load().version
# By its first rule alone: a list of services by its title, links to guides, no news of either.
POINT = replace(catalogue.load().points["1.1.4-M05"], rules=catalogue.load().points["1.1.4-M05"].rules[:1])
PARTS = catalogue.load().points["1.1.3-M06"]
EFFORT = Effort(40, 0, 0, finished=True, portal="a.gov.cn")
ABSENT = Outcome(State.ABSENT, Why.SEARCHED, 0.0, 0.0)
LIST = "<html><head><title>公共服务清单</title></head><body><h1>公共服务清单</h1><p>目录如下。</p></body></html>"
GUIDE = "<html><head><title>户口</title></head><body><h1>户口</h1><p><a href='/x'>办事指南</a></p></body></html>"


def archived(here, path: str, body: str, *, gone: bool = False, **changes):
    """A page whose bytes stand in an archive file of its own."""
    item = page(path, capture=capture(path, body.encode()), **{"tags": (), **changes})
    data = encode(item.capture)[0].data
    file = Path(here.home) / f"{path.strip('/')}.warc.gz"
    if not gone:
        file.write_bytes(data)
    return replace(item, archive=ArchiveRef(file.as_uri(), 0, len(data)))


def why(here, point, found: Outcome, *, version: str = VERSION, most: int = 100) -> Nought | None:
    with life.store(here) as database:
        ValueBook(database, "R").put("110000", {point.code: found}, EFFORT, catalogue=version, seed="R", at=NOW)
        told = explain(database, life.get(here, "R").plan, UNIT, point)
    return why_nought(here, told, os.environ, most=most, progress=lambda _done, _of: None)


@pytest.fixture
def searched(here):
    """A list without links and two guides; beside them what cannot show anything, and one page that is not there any more."""
    keep(
        here, "R", archived(here, "/list", LIST), archived(here, "/a", GUIDE), archived(here, "/b", GUIDE),
        archived(here, "/bad", LIST, judgement=judgement(Verdict.HARMFUL)),
        archived(here, "/404", LIST, reading=reading("/404", page_type=PageType.ERROR)),
        archived(here, "/gone", GUIDE, gone=True),
    )  # fmt: skip
    return here


def test_an_absent_point_is_told_clause_by_clause(searched) -> None:
    """How many pages have each clause, and which page lacks what; harmful and error pages are not asked."""
    found = why(searched, POINT, ABSENT)
    assert (found.pages, found.traced, found.unread, found.untold) == (4, 3, 1, "")
    (rule,) = found.rules
    assert (rule.pages, [one.pages for one in rule.clauses]) == (0, [1, 2, 0])
    assert [(miss.lacks, miss.pages) for miss in rule.nearest] == [((1,), 1), ((0,), 2)]
    assert rule.nearest[0].example.endswith("/list")


def test_no_more_pages_are_read_than_asked(searched) -> None:
    """A drawn part of them, the same each time; none where none is wanted."""
    first, again = (why(searched, POINT, ABSENT, most=2) for _ in range(2))
    assert first == again
    assert (first.pages, first.traced + first.unread) == (4, 2)
    assert why(searched, POINT, ABSENT, most=0).untold == "not-asked"


def test_rules_that_have_changed_since_are_not_held_against_pages(searched) -> None:
    """The value was made by other rules than those there are now."""
    assert why(searched, POINT, ABSENT, version="old").untold == "other-catalogue"


def test_what_is_not_nought_has_no_such_reason(searched) -> None:
    """Neither a value, nor 0 days that score in full, nor what was not observed."""
    for found in (
        Outcome(State.MEASURED, value=0.4, score=0.4), Outcome(State.MEASURED, value=0.0, score=1.0),
        Outcome(State.UNOBSERVED, Why.NO_PAGES),
    ):  # fmt: skip
        assert why(searched, POINT, found) is None


def test_a_sample_is_asked_and_nothing_else(searched) -> None:
    """Where the value rests on drawn pages these are the ones that lack something."""
    drawn = (Sampled(key_of("/a"), (0,), 1.0),)
    found = why(searched, POINT, Outcome(State.MEASURED, value=0.0, score=0.0, population=1, sample=drawn))
    assert (found.pages, found.traced) == (1, 1)
    assert [one.pages for one in found.rules[0].clauses] == [0, 1, 0]


def test_parts_nobody_saw_are_named_with_what_lay_outside_the_window(here) -> None:
    """The rules hold on pages: these are too old, undated, or show none of the parts; their parts are counted."""

    def tagged(path: str, strength: Strength, **numbers):
        return page(path, tags=(Tag(PARTS.code, strength, 0.8, "预算", "title", Measurement(**numbers)),))

    keep(
        here, "R", tagged("/new", Strength.CONTENT, age=10), tagged("/old", Strength.CONTENT, age=900),
        tagged("/undated", Strength.CONTENT), tagged("/entry", Strength.CHROME, parts=1),
    )  # fmt: skip
    found = why(here, PARTS, Outcome(State.MEASURED, value=0.0, score=0.0))
    assert (found.untold, found.window, found.rules) == ("rules-hold", 365, ())
    assert (found.tagged.content, found.tagged.entry) == (3, 1)
    assert (found.tagged.outside, found.tagged.undated) == (1, 1)
    assert dict(found.tagged.parts) == {PARTS.value.parts[0].name: 1}


def test_what_all_pages_make_together_has_no_rule(here) -> None:
    """Told by links between sites: there is nothing to hold against a page."""
    keep(here, "R", page("/a"))
    point = catalogue.load().points["1.2.1-M02"]
    assert why(here, point, Outcome(State.MEASURED, value=0.0, score=0.0)).untold == "from-sites"
