"""Two stored rounds held against each other, and the gate that rests on it."""

from __future__ import annotations

from collections import Counter

import pytest

from cleaning.reasons import Verdict
from crawler.frontier.contract import Via
from crawler.reasons import FailureReason, SkipReason
from indicators.evidence import Strength, Tag
from rounds import life
from rounds.changes import Change, Why
from rounds.compare import PointChange, Row, UnitChanges, compare
from rounds.gate import What, falls, mendable
from rounds.publishing import GATE, gate, held
from rounds.refusals import BadChoice, NoSuchRound, OtherCatalogue
from tests.pipelines.making import capture, failure, judgement, page, reading, skipped
from tests.rounds.keeping import NOW, UNIT, keep, links

OTHER = Tag("2.1.1-M05", Strength.CONTENT, 0.9, "x", "text")


def told(here, **changes) -> tuple[dict[str, Row], object]:
    rows: list[Row] = []
    found = compare(here, "A", "B", sink=rows.append, **changes)
    return {row["key"].removeprefix("http://a.gov.cn"): row for row in rows}, found


def test_every_fate_is_told_with_what_it_rests_on(here) -> None:
    """New, edited in text or markup only, gone, moved, unlinked, unreachable, behind what is unreachable; same is no row."""
    same = reading("/same")
    keep(
        here, "A",
        page("/same", 1, reading=same), page("/edited", 2), page("/markup", 3), page("/gone", 4), page("/moved", 5),
        page("/unlinked", 6), page("/down", 7, outlinks=links("/behind", "/same")),
        page("/behind", 8, outlinks=links("/far")), page("/far", 9), failure("/late", 10), page("/barred", 11),
        skipped("/hop", 12, outlinks=links("/beyond")), page("/beyond", 13),
    )  # fmt: skip
    keep(
        here, "B",
        page("/same", 1, reading=same),
        page("/edited", 2, reading=reading("/edited", "别的"), capture=capture("/edited", b"<p>2</p>")),
        page("/markup", 3, capture=capture("/markup", b"<b>page</b>")),
        failure("/gone", 4, reason=FailureReason.HTTP_4XX, status=404), skipped("/moved", 5), failure("/down", 7),
        page("/late", 10), page("/fresh", 14), skipped("/barred", 11, reason=SkipReason.ROBOTS), failure("/hop", 12),
    )  # fmt: skip
    rows, found = told(here)
    assert {path: (row["change"], row["why"]) for path, row in rows.items()} == {
        "/edited": (Change.CHANGED, Why.TEXT), "/markup": (Change.CHANGED, Why.MARKUP),
        "/gone": (Change.REMOVED, Why.GONE), "/moved": (Change.REMOVED, SkipReason.REDIRECTED),
        "/unlinked": (Change.REMOVED, Why.UNLINKED), "/down": (Change.UNREACHABLE, FailureReason.TIMEOUT),
        "/behind": (Change.UNREACHABLE, Why.BEHIND), "/far": (Change.UNREACHABLE, Why.BEHIND),
        "/beyond": (Change.UNREACHABLE, Why.BEHIND), "/late": (Change.NEW, FailureReason.TIMEOUT),
        "/fresh": (Change.NEW, ""), "/barred": (Change.UNREACHABLE, SkipReason.ROBOTS),
    }  # fmt: skip
    total = found.total
    assert (total.before, total.after) == (11, 5)
    assert total.changes == Counter(
        {Change.SAME: 1, Change.NEW: 2, Change.CHANGED: 2, Change.REMOVED: 3, Change.UNREACHABLE: 5}
    )
    assert found.units["110000"].changes == total.changes
    point = total.points["1.1.2-M01"]
    assert (point.before, point.after, point.unobserved) == (11, 5, 5)


def test_a_page_deeper_than_the_later_round_goes_is_not_called_removed(here) -> None:
    """By its depth, by a link of B's last depth, by what such a page led to; B's own depth explains what is new to A."""
    deep = {"/deep": 4, "/last": 2}
    keep(
        here, "A", page("/a", 1), page("/deep", 2), page("/sunk", 3, outlinks=links("/under")), page("/under", 4),
        page("/unlinked", 5), clicks=deep, depth=6,
    )  # fmt: skip
    keep(here, "B", page("/a", 1), page("/last", 6, outlinks=links("/sunk")), clicks=deep, depth=2)
    rows, found = told(here)
    assert {path: (row["change"], row["why"]) for path, row in rows.items()} == {
        "/deep": (Change.UNREACHABLE, Why.TOO_DEEP), "/sunk": (Change.UNREACHABLE, Why.TOO_DEEP),
        "/under": (Change.UNREACHABLE, Why.TOO_DEEP), "/unlinked": (Change.REMOVED, Why.UNLINKED),
        "/last": (Change.NEW, ""),
    }  # fmt: skip
    assert not mendable(found)
    back = compare(here, "B", "A")
    assert back.total.whys == Counter({(Change.NEW, Why.TOO_DEEP): 1, (Change.REMOVED, Why.UNLINKED): 1})


def test_what_an_unfinished_round_has_not_come_to_is_not_called_removed(here) -> None:
    """It may still come to it; the other way round, what is new may have been there."""
    keep(here, "A", page("/a", 1), page("/late", 2))
    keep(here, "B", page("/a", 1), state="running")
    assert compare(here, "A", "B").total.whys == Counter({(Change.UNREACHABLE, Why.UNFINISHED): 1})
    assert compare(here, "B", "A").total.whys == Counter({(Change.NEW, Why.UNFINISHED): 1})


def test_verdicts_and_points_of_pages_that_did_not_change(here) -> None:
    """A page with the same bytes is a row where its verdict or its points are others; drawn pages are told by their text."""
    keep(here, "A", page("/v", 1), page("/p", 2), page("/d", 3, capture=capture("/d", via=Via.BROWSER)))
    keep(
        here, "B",
        page("/v", 1, judgement=judgement(Verdict.AD)), page("/p", 2, tags=(OTHER,)),
        page("/d", 3, capture=capture("/d", via=Via.BROWSER), reading=reading("/d", "画出来的另一段话")),
    )  # fmt: skip
    rows, found = told(here)
    assert {path: row["change"] for path, row in rows.items()} == {
        "/v": Change.SAME, "/p": Change.SAME, "/d": Change.CHANGED,
    }  # fmt: skip
    assert rows["/v"]["verdict"] == ["kept", "ad"]
    assert (rows["/p"]["points_lost"], rows["/p"]["points_gained"]) == (["1.1.2-M01"], ["2.1.1-M05"])
    assert found.total.verdicts == Counter({("kept", "ad"): 1})


def test_what_cannot_be_compared_is_refused_by_name(here) -> None:
    """Unknown rounds, one round twice, other catalogues, no unit in common."""
    other = UNIT.model_copy(update={"code": "120000"})
    keep(here, "A")
    keep(here, "C", catalogue="c2")
    keep(here, "D", units=(other,))
    with pytest.raises(NoSuchRound, match="Nowhere"):
        compare(here, "A", "Nowhere")
    with pytest.raises(BadChoice, match="A 和它自己"):
        compare(here, "A", "A")
    with pytest.raises(OtherCatalogue, match=r"c1.*c2.*retag"):
        compare(here, "A", "C")
    with pytest.raises(BadChoice, match="没有共同的单位"):
        compare(here, "A", "D")


def test_units_of_one_round_only_are_named_and_not_compared(here) -> None:
    """A unit that left the plan is no fall of its pages, but it is named; the gate holds for it."""
    other = UNIT.model_copy(update={"code": "120000"})
    keep(here, "A", page("/a", 1), page("/b", 2, units=("120000",)), units=(UNIT, other))
    keep(here, "B", page("/a", 1))
    rows, found = told(here)
    assert (rows, found.only_before, found.total.before) == ({}, ("120000",), 1)
    assert [(one.what, one.unit) for one in falls(found)] == [(What.UNIT, "120000")]


def found_with(here, unit: UnitChanges):
    keep(here, "A")
    keep(here, "B")
    found = compare(here, "A", "B")
    found.units["110000"], found.total = unit, UnitChanges(before=100_000, after=100_000)
    return falls(found)


def test_explained_removals_pass_and_unexplained_ones_are_held(here) -> None:
    """Ten of a hundred answer 404: passes.  Ten behind a silent host, or unlinked: held, with the number and the limit."""
    gone = UnitChanges(before=100, after=90)
    gone.changes[Change.REMOVED] = gone.whys[Change.REMOVED, Why.GONE] = 10
    assert found_with(here, gone) == ()


@pytest.mark.parametrize(
    ("change", "why"), [(Change.UNREACHABLE, FailureReason.TIMEOUT), (Change.REMOVED, Why.UNLINKED)]
)
def test_unexplained_falls_are_named(here, change, why) -> None:
    """The unit, how many, of how many, and how many are let pass."""
    lost = UnitChanges(before=100, after=94)
    lost.changes[change] = lost.whys[change, why] = 6
    (fall,) = found_with(here, lost)
    assert (fall.what, fall.unit, fall.before, fall.fell, fall.limit) == (What.PAGES, "110000", 100, 6, 5)
    assert fall.whys == ((str(why), 6),)


def test_a_whole_unit_a_great_fall_and_lost_points_are_held(here) -> None:
    """A unit without any page, one that lost half although each removal was seen, points whose evidence was not observed."""
    (fall,) = found_with(here, UnitChanges(before=7, after=0))
    assert (fall.what, fall.fell) == (What.UNIT, 7)
    fallen = UnitChanges(before=100, after=60)
    fallen.whys[Change.REMOVED, Why.GONE] = fallen.changes[Change.REMOVED] = 40
    points = {f"1.1.1-M{n:02d}": PointChange(before=1, after=0, unobserved=int(n < 3)) for n in range(9)}
    fallen.points = points | {"2.1.1-M01": PointChange(before=1, after=1, unobserved=1)}
    found = compare(here, "A", "B")
    found.units["110000"] = fallen
    assert [(one.what, one.fell, one.named) for one in falls(found)] == [
        (What.FALL, 40, ()), (What.POINTS, 3, ("1.1.1-M00", "1.1.1-M01", "1.1.1-M02")),
    ]  # fmt: skip


def test_the_gate_is_kept_with_the_round_and_can_be_opened_with_a_reason(here) -> None:
    """Held, journalled, opened: each stands in the round's document; without a baseline it is refused."""
    keep(here, "A", *(page(f"/{n}", n) for n in range(20)))
    keep(here, "B", page("/0", 0), *(failure(f"/{n}", n) for n in range(1, 20)))
    with pytest.raises(BadChoice, match="--against"):
        gate(here, "B", "", accept="", who="me", now=NOW)
    passed = gate(here, "B", "A", accept="", who="me", now=NOW)
    assert passed.held
    assert {one.what for one in passed.falls} >= {What.PAGES, What.FALL}
    assert held(life.get(here, "B").results)
    again = gate(here, "B", "", accept="机房停电，已知", who="me", now=NOW)
    assert (again.held, again.against, again.accepted) == (False, "A", "me：机房停电，已知")
    record = life.get(here, "B")
    assert not held(record.results)
    assert record.results[GATE]["falls"]
    assert "机房停电" in record.journal[-1].what
