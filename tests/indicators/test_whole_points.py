"""Every machine point has what it needs to be measured, and pages that show it."""

import tomllib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from indicators import catalogue
from indicators.evidence import Strength
from indicators.matcher import Matcher
from indicators.records import PageRole, Point
from indicators.value_rules import FROM_ELSEWHERE, FROM_SITES, ValueKind
from tests.indicators.test_cases import page

CASES = [
    case
    for file in sorted(Path(__file__).with_name("cases").glob("*.toml"))
    for case in tomllib.loads(file.read_text())["case"]
]
MACHINE = catalogue.load().machine()
# What measures a point that no single page can speak for: a probe or channel, the site as a whole, or the way to pages of
# other points.
WITHOUT_PAGES = FROM_ELSEWHERE | FROM_SITES | {ValueKind.CLICKS}


@pytest.mark.parametrize("point", MACHINE, ids=lambda point: point.code)
def test_a_machine_point_can_be_measured(point: Point) -> None:
    """It has a value rule and a score; rules for pages, or a declared way without them."""
    assert point.value is not None
    assert point.score is not None
    if point.page_role is PageRole.NONE:
        assert point.value.kind in WITHOUT_PAGES, (
            f"nothing measures {point.code}: no rules and value.kind {point.value.kind}"
        )
    else:
        assert point.rules


@pytest.mark.parametrize(
    "point", [point for point in MACHINE if point.page_role is not PageRole.NONE], ids=lambda point: point.code
)
def test_a_point_with_rules_has_a_page_to_find_and_a_tempting_one(point: Point) -> None:
    """At least one mini page it must be found on, and one that must not tempt its rules."""
    wants = {case["wants"] for case in CASES if case["code"] == point.code}
    assert wants & {"content", "chrome"}, f"{point.code} has no page that must be found"
    assert "nothing" in wants, f"{point.code} has no page that must not"


def test_points_for_probes_and_channels_say_so_by_their_method() -> None:
    """What waits for a probe or channel is only what its method says."""
    for point in MACHINE:
        assert point.value is not None
        if point.value.kind in FROM_ELSEWHERE:
            assert point.method in {"interactive-probe", "social-feed", "serp", "structural-detect"}, point.code


def test_cases_are_of_known_points() -> None:
    """No page tests a code the catalogue has not."""
    assert {case["code"] for case in CASES} <= set(catalogue.load().points)


def rules() -> list[Point]:
    """Every rule as a point of its own, named `code#n`."""
    return [
        replace(point, code=f"{point.code}#{number}", rules=(rule,))
        for point in catalogue.load().points.values()
        for number, rule in enumerate(point.rules, 1)
    ]


def test_every_rule_for_content_holds_on_some_page() -> None:
    """A rule that no mini page of its point needs is untested, or made for one site."""
    single = {point.code: point for point in rules()}
    matcher = Matcher(replace(catalogue.load(), points=MappingProxyType(single)))
    held = {
        tag.code for case in CASES if case["wants"] == "content" for tag in matcher.match(page(case))
        if tag.code.startswith(f"{case['code']}#")
    }  # fmt: skip
    content = {code for code, point in single.items() if point.rules[0].strength is Strength.CONTENT}
    assert sorted(content - held) == []
