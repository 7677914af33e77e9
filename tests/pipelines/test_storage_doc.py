"""docs/storage.md is held against the code: fields, indexes, faults."""

from __future__ import annotations

import re
from pathlib import Path

import bson
import pytest

from pipelines.store import faults, indexes
from pipelines.store.records import OUTCOME_ONLY, PAGE_ONLY, draft
from tests.pipelines.making import ROUND, failure, page

TEXT = (Path(__file__).parents[2] / "docs" / "storage.md").read_text()


def documented(of: str) -> set[str]:
    """The first cells of the records table's rows for this kind: bare field names."""
    table = TEXT.partition("### `records`")[2].partition("###")[0]
    rows = re.findall(rf"^\| (.+?) \| {of} \|", table, re.MULTILINE)
    cells = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    return {re.match(r"\w+", name)[0] for name in cells}


def fields_of(item) -> set[str]:
    return {*bson.decode(draft(ROUND, item).fields.raw), "depth"}


def test_every_field_is_described():
    """A record has exactly the fields the table names for its kind."""
    assert fields_of(page("/1")) == documented("all") | documented("page")
    assert fields_of(failure("/1")) == documented("all") | documented("other")


def test_fields_of_one_kind_are_removed_by_the_other():
    """What a write of the other kind takes away is just what only this kind has."""
    of_pages, of_others = fields_of(page("/1")), fields_of(failure("/1"))
    assert set(PAGE_ONLY) == of_pages - of_others
    assert set(OUTCOME_ONLY) == of_others - of_pages


def test_indexes_are_described(database):
    """The table of indexes names those that are there, and no other."""
    indexes.ensure(database)
    there = {tuple(name for name, _ in each["key"]) for each in database["records"].index_information().values()}
    table = TEXT.partition("### Indexes")[2].partition("##")[0]
    named = {tuple(cell.split(", ")) for cell in re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)}
    assert named == there


def test_faults_are_described():
    """Every fault in the table is known."""
    named = re.findall(r"^\| `([a-z-]+(?:=N)?)` \|", TEXT.partition("## Faults")[2], re.MULTILINE)
    assert len(named) == 2
    for name in named:
        assert faults.from_environment({faults.VARIABLE: name.replace("=N", "=1")}) != faults.Faults()
    with pytest.raises(ValueError, match="not a fault"):
        faults.from_environment({faults.VARIABLE: "another"})
