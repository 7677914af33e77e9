"""`caifeng find` as people read it: how many there are, whose they are, and codes in one piece."""

from __future__ import annotations

import pytest
from pymongo.collection import Collection
from pymongo.errors import ExecutionTimeout

from crawler.exits import Exit
from indicators.evidence import Strength, Tag
from rounds.services import Services
from tests.pipelines.making import page
from tests.rounds.keeping import keep

CODES = ("1.1.1-M01", "1.1.1-M04", "1.1.2-M01", "1.1.3-M06", "1.2.2-M08", "2.3.2-M04", "3.3.2-M02")


@pytest.fixture
def here(services_here, tmp_path) -> Services:
    """A round with four pages, each evidence of many points, at long addresses."""
    made = Services(
        services_here["CAIFENG_REDIS_URL"], services_here["CAIFENG_MONGO_URL"], tmp_path.as_uri(), tmp_path, ""
    )
    tags = tuple(Tag(code, Strength.CONTENT, 0.9, "原文", "text") for code in CODES)
    paths = (f"/zwgk/xxgkml/gwgb/2026/11/t20261130_{number}_very_long_name_of_a_page.html" for number in range(4))
    keep(made, "R", *(page(path, serial, tags=tags) for serial, path in enumerate(paths, 1)))
    return made


def test_units_have_names_and_codes_of_points_are_never_broken(caifeng, here) -> None:
    """However narrow the columns get."""
    shown = caifeng("find", "--round", "R").out
    assert shown.count("甲市") == 4
    assert all(shown.count(code) == 4 for code in CODES)


def test_how_many_there_are_in_all_is_told_where_some_are_left_out(caifeng, here) -> None:
    """On stderr, so that the JSON stays an array; nothing where all are listed."""
    few = caifeng("find", "--round", "R", "--limit", "3", "--json")
    assert (len(few.json), "共 4 页" in few.err) == (3, True)
    assert "前 3 页" in caifeng("find", "--round", "R", "--limit", "3").out
    every = caifeng("find", "--round", "R", "--limit", "4")
    assert ("R：4 页" in every.out, every.err) == (True, "")


def test_a_total_that_takes_too_long_is_given_up(caifeng, here, monkeypatch) -> None:
    """Not every filter has an index: the listing does not wait for the server to count to the end."""

    def slow(*_asked: object, maxTimeMS: int, **_more: object) -> int:  # noqa: N803  # the driver's own name
        raise ExecutionTimeout(f"operation exceeded time limit of {maxTimeMS} ms", 50)

    monkeypatch.setattr(Collection, "count_documents", slow)
    few = caifeng("find", "--round", "R", "--limit", "3")
    assert (few.code, "没有数完" in few.err, "前 3 页" in few.out) == (Exit.OK, True, True)
