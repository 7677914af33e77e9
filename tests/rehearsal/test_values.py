"""The truth about values: consistent with the page truth, sure of most points, and the same on every call."""

import datetime as dt
from collections import Counter

import pytest

from indicators import catalogue
from rehearsal import truth
from rehearsal.addresses import date_of
from rehearsal.plan import build
from rehearsal.points import truth as points

ON = dt.date(2026, 11, 30)
WORLD = build(3, 3, 900)


@pytest.fixture(scope="module")
def lines():
    return list(points.rows(WORLD, 6, ON))


def test_most_points_of_every_unit_have_a_line(lines):
    """Each unit has one line per point, of machine points, at least 150 of the 186."""
    per_unit = Counter(line["unit"] for line in lines)
    assert set(per_unit) == {unit.code for unit in WORLD.units}
    assert min(per_unit.values()) >= 150
    assert len({(line["unit"], line["point"]) for line in lines}) == len(lines)
    machine = {point.code for point in catalogue.load().machine()}
    assert {line["point"] for line in lines} <= machine


def test_what_pages_show_is_there_and_what_none_shows_is_absent(lines):
    """A point that a stored page of the unit shows is never said to be absent."""
    shown = {
        (row["unit"], code)
        for row in truth.rows(WORLD)
        if row["stored"] and row["verdict"] != "harmful"
        for code in row["points"]
    }
    absent = {(line["unit"], line["point"]) for line in lines if line["state"] == "absent"}
    assert shown & absent == set()
    assert len({code for _, code in absent}) >= 6, "units lack things"


def test_ages_follow_the_day_of_the_visit(lines):
    """A week later everything dated is a week older."""
    later = {(line["unit"], line["point"]): line for line in points.rows(WORLD, 6, ON + dt.timedelta(days=7))}
    for line in lines:
        if line["point"] in {"1.1.1-M05", "1.1.3-M09", "2.1.2-M05", "2.3.3-M02"}:
            assert later[line["unit"], line["point"]]["value"] == line["value"] + 7


def test_a_column_is_as_fresh_as_the_days_it_prints():
    """Columns that print no day say nothing, whatever their articles say; where no column prints one there is no day."""
    unit = WORLD.units[0]
    columns = [(host, each) for host in unit.hosts for each in host.columns if each.slug in {"tzgg", "tzgs"}]
    styles = {each.style for _, each in columns}
    assert styles & {"built", "noscript"}, "some columns print none"
    shown = [date_of(WORLD.seed, host.site, each.index, 0) for host, each in columns if each.dated]
    assert points._newest(WORLD, unit, ("tzgg", "tzgs")) == max(shown)
    assert points._newest(WORLD, unit, ("grbs", "frbs")) is None


def test_shares_and_observations_stand_between_0_and_1(lines):
    """Shares of named services, and what each guide shows."""
    for line in lines:
        if line["compare"] == "seen" and not line["pairs"]:
            assert all(0 <= each <= 1 for noted in line["pages"].values() for each in noted), line["point"]
        if line["point"].startswith("1.3.") and line["compare"] == "value" and line["point"].endswith("M02"):
            assert 0 < line["value"] <= 4 or line["point"] == "1.3.7-M02"


def test_the_same_world_has_the_same_truth(lines):
    """Nothing depends on the run."""
    assert list(points.rows(build(3, 3, 900), 6, ON)) == lines
