"""What is told of a point's rules is what the matcher decides."""

import pytest

from cleaning.page import Reading
from indicators import catalogue
from indicators.matcher import Matcher
from indicators.trace import trace
from tests.indicators.test_cases import ALL, page

CATALOGUE = catalogue.load()
MATCHER = Matcher(CATALOGUE)
SOME = ALL[::23]  # over all files: tracing compiles a small matcher each time


@pytest.mark.parametrize("case", SOME, ids=lambda case: f"{case['code']}-{case['title'][:8]}")
def test_a_rule_told_to_hold_gives_a_tag(case: dict[str, str]) -> None:
    """Some rule holds exactly where the page is tagged, and the best strength is the tag's."""
    reading: Reading = page(case)
    traced = trace(CATALOGUE, CATALOGUE.points[case["code"]], reading)
    tags = {tag.code: tag.strength for tag in MATCHER.match(reading)}
    held = {one.rule.strength for one in traced if one.holds}
    assert bool(held) is (case["code"] in tags)
    if held:
        assert tags[case["code"]] == ("content" if "content" in held else "chrome")


def test_every_clause_is_told() -> None:
    """In order, those that refuse after those that are needed."""
    point = CATALOGUE.points["1.1.1-M01"]
    for one in trace(CATALOGUE, point, page(SOME[0])):
        assert [clause.clause for clause in one.clauses] == [*one.rule.need, *one.rule.refuse]
        assert [clause.refuses for clause in one.clauses] == [False] * len(one.rule.need) + [True] * len(
            one.rule.refuse
        )
