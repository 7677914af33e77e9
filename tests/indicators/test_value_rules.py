"""Value and score rules: every machine point has them, the loader refuses what could never be worked out."""

import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import catalogue
from indicators.errors import CatalogueError
from indicators.scores import score
from indicators.value_rules import FROM_ELSEWHERE, ScoreKind, ScoreRule, Term, ValueKind


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A catalogue to spoil."""
    return Path(shutil.copytree(catalogue.FOLDER, tmp_path / "catalogue"))


def test_every_machine_point_can_be_valued_and_scored() -> None:
    """All 186 have both rules; no manual point has one."""
    for point in catalogue.load().points.values():
        assert (point.value is not None) is point.by_machine, point.code
        assert (point.score is not None) is point.by_machine, point.code


def test_only_what_needs_a_browser_or_another_medium_waits() -> None:
    """Probes and channels are left to points whose method (or channel) says so; the rest is measured from pages."""
    for point in catalogue.load().machine():
        assert point.value is not None
        if point.value.kind in FROM_ELSEWHERE:
            assert point.method in {"interactive-probe", "social-feed", "serp"} or point.channel == "probe", point.code
        if point.method in {"crawl-tag", "crawl-count"}:
            assert point.value.kind not in FROM_ELSEWHERE, point.code


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("1.1.1.toml", '[point.value]\nkind = "exists"', '[point.value]\nkind = "exist"', "none of exists"),
        ("1.1.1.toml", '[point.value]\nkind = "exists"\n', "", "needs [point.value]"),
        ("1.1.1.toml", 'kind = "exists"', 'kind = "exists"\nwindow = 30', "unknown field window"),
        ("1.1.1.toml", 'kind = "exists"', 'kind = "freshness"', "does not measure 有无"),
        ("1.1.1.toml", 'kind = "count"\nper = "rows"', 'kind = "count"\nper = "row"', "none of rows, items"),
        ("1.1.1.toml", 'kind = "volume"\nfull = 2000', 'kind = "volume"\nfull = 0', "must be above 0"),
        ("1.1.1.toml", 'kind = "volume"\nfull = 2000', 'kind = "log"\nfull = 2000', "none of boolean"),
        ("1.1.1.toml", "[365.0, 1.0], [730.0, 0.0]", "[730.0, 1.0], [365.0, 0.0]", "must rise"),
        ("1.1.1.toml", "[365.0, 1.0], [730.0, 0.0]", "[365.0, 1.5], [730.0, 0.0]", "between 0 and 1"),
        ("1.1.3.toml", "window = 365", "window = 36500", "whole number from 1 to 3660"),
        ("1.1.3.toml", "window = 365", "window = 0", "whole number from 1 to 3660"),
        ("1.1.3.toml", "worth = [1.0, 0.6, 0.3, 0.3]", "worth = [1.0, 0.6, 0.7, 0.3]", "must fall"),
        ("1.1.3.toml", "worth = [1.0, 0.6, 0.3, 0.3]", "worth = [1.0, 0.6]", "2 numbers for 4 parts"),
        ("1.1.3.toml", "@form:mailbox,other", "@form:letterbox", "a form is one of"),
        ("1.1.3.toml", "@form:mailbox,other", "@shape:mailbox", "a part asks for"),
        ("1.1.1.toml", "sample = 50", "sample = 50\nleast = 9", "can never be reached"),
        ("2.1.2.toml", 'of = ["2.2.1-M01"]', 'of = ["2.2.1-M09"]', "for which no page is tagged"),
        ("2.2.3.toml", "weight = 0.8", "weight = 0.9", "weights sum to"),
        ("2.2.3.toml", 'since = "2018-12-22"', 'since = "22.12.2018"', "no date"),
        ("1.3.7.toml", "十]{1,3}", "十]{1,99}", "value.reads"),
    ],
)  # fmt: skip
def test_what_can_never_work_is_refused(copy: Path, file: str, old: str, new: str, said: str) -> None:
    """Unknown kinds and fields, impossible windows and shares, missing functions: named with file and point."""
    path = copy / file
    text = path.read_text()
    assert old in text, f"{file} does not contain {old!r}"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CatalogueError, match=r".") as caught:
        catalogue.read(copy)
    assert said in str(caught.value)
    assert caught.value.file in {file, "catalogue"}


def test_a_manual_point_with_a_value_is_refused(copy: Path) -> None:
    """People's points are not worked out from pages."""
    path = copy / "1.1.1.toml"
    text = path.read_text()
    before, mark, after = text.partition('code = "1.1.1-H01"')
    assert mark
    path.write_text(before + mark + after.rstrip() + '\n\n[point.value]\nkind = "exists"\n')
    with pytest.raises(CatalogueError, match="manual point"):
        catalogue.read(copy)


@pytest.mark.parametrize(
    ("code", "value", "wanted"),
    [
        ("1.1.1-M01", 1, 1.0),
        ("1.1.1-M04", 2000, 1.0),
        ("1.1.1-M04", 24, math.log1p(24) / math.log1p(2000)),
        ("1.1.1-M05", 365, 1.0),
        ("1.1.1-M05", 547.5, 0.5),
        ("1.1.1-M05", 731, 0.0),
        ("1.1.1-M05", None, 0.0),
        ("1.2.2-M08", None, 0.3),
        ("1.1.3-M05", 0.6, 0.6),
        ("1.3.7-M02", 3, 1.0),
        ("1.3.7-M02", 4, 0.8),
        ("1.3.7-M02", 5, 0.4),
        ("1.3.7-M02", 7, 0.0),
        ("1.3.7-M03", 8.5, 0.8),
        ("1.3.7-M03", 14.25, 0.4),
        ("2.1.1-M05", 2, 1.0),
        ("2.1.1-M05", 3, 0.6),
        ("2.1.1-M05", 5, 0.0),
        ("2.1.1-M07", 3, 0.5),
        ("2.1.2-M02", 0.4, 0.5),
        ("2.3.1-M03", 0, 1.0),
        ("2.3.1-M03", 1, 0.5),
        ("2.3.1-M03", 2, 0.0),
        ("2.3.2-M04", 300, 0.1),
        ("3.1.1-M09", 0.005, 1.0),
    ],
)
def test_scores_are_the_catalogue_s_own_words(code: str, value: float | None, wanted: float) -> None:
    """What the `scoring` text of a point says, at its corners."""
    rule = catalogue.load().points[code].score
    assert rule is not None
    assert score(rule, value) == pytest.approx(wanted)


def test_a_text_names_the_denominator_that_is_used() -> None:
    """The list of departments is one for all cities, and as long as the scoring says; a number of names is no share."""
    points = catalogue.load().points
    over = [point for point in points.values() if point.value and point.value.parts == points["1.1.1-M02"].value.parts]
    assert {point.code for point in over} == {"1.1.1-M02", "1.1.2-M02", "1.1.3-M07", "2.1.1-M06"}
    for point in over:
        assert f"÷{len(point.value.parts)}(通用部门名录)" in point.scoring, point.code
    assert {point.unit for point in points.values() if point.value and point.value.kind is ValueKind.NAMES} == {"个"}


def test_a_sum_weighs_what_else_was_measured() -> None:
    """2.3.1-M06: half the rate of letters done, half the days; 2.2.3-M04: four fifths the parts, one the lag."""
    report, tax = (catalogue.load().points[code].score for code in ("2.3.1-M06", "2.2.3-M04"))
    assert report is not None
    assert tax is not None
    assert score(report, 10.0, {"rate": 90.0}) == pytest.approx(0.45 + 0.25)
    assert score(report, 10.0) == pytest.approx(0.25)
    assert score(tax, 0.6, {"lag": 60.0}) == pytest.approx(0.48 + 0.1)


@given(st.sampled_from(catalogue.load().machine()), st.floats(0, 1e6) | st.none(), st.floats(0, 1e4))
def test_a_score_stands_between_0_and_1(point, value, more) -> None:
    """Whatever was measured."""
    assert 0 <= score(point.score, value, {"rate": more, "lag": more}) <= 1


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_is_never_worth_less_in_a_volume(less: float, more: float) -> None:
    """Volumes rise; freshness lines fall."""
    low, high = sorted((less, more))
    for point in catalogue.load().machine():
        assert point.value is not None
        assert point.score is not None
        if point.score.kind is ScoreKind.VOLUME:
            assert score(point.score, low) <= score(point.score, high)
        if point.value.kind is ValueKind.FRESHNESS:
            assert score(point.score, low) >= score(point.score, high)


def test_terms_without_their_measure_give_nothing() -> None:
    """A term whose number was not found adds 0."""
    rule = ScoreRule(ScoreKind.SUM, terms=(Term("rate", 1.0),))
    assert score(rule, 3.0) == 0.0
