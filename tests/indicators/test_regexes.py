"""What a pattern needs, told from the pattern itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import catalogue
from indicators.records import Pattern
from indicators.regexes import needs

OURS = sorted(
    {
        clause.regex
        for point in catalogue.load().points.values()
        for rule in point.rules
        for clause in (*rule.need, *rule.refuse)
        if isinstance(clause, Pattern)
    }
)
OTHERS = ["ab?c", "(a|bc)d{0,3}", "a?", "[ab]c?", "x(ab){2,3}", "(?<!a)bc|cb(?=d)", "(a|b?)c?", r"\d{2}年|(?:第\d)期"]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([*OURS, *OTHERS]).flatmap(lambda regex: st.tuples(st.just(regex), st.from_regex(regex))))
def test_what_matches_holds_what_the_pattern_needs(case: tuple[str, str]) -> None:
    """A text without any of the literals cannot match: not looking there loses nothing."""
    regex, text = case
    literals = needs(regex)
    assert not literals or any(literal in text for literal in literals)


@pytest.mark.parametrize("regex", OURS)
def test_every_pattern_of_the_catalogue_names_what_it_needs(regex: str) -> None:
    """None of them has to be run over every page."""
    assert needs(regex)


def test_a_pattern_that_needs_nothing_says_so() -> None:
    """Where one alternative names no literal, or all is optional, every text must be looked at."""
    assert needs(r"a|\d") == needs("a?") == needs("(a|b?)c?") == ()
    assert needs("x(ab|cd)y?") == ("ab", "cd")
