"""What a pattern needs, told from the pattern itself."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.page import Media, Reading
from indicators import catalogue
from indicators.clauses import PatternTest
from indicators.records import Pattern, Zone
from indicators.regexes import needs, searches
from indicators.structure import Facts
from indicators.words import Scanner, TermTable
from indicators.zones import ORDER, lay_out

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


LINES = [
    r"(?:^|\n)a{0,3}b|c[|)d]{1,2}|(?:a|b)c",
    r"ab|(?:^|\n)(?:a|[]|c])b(?:\n|$)",
    r"(?:^|\n)a\||(?<!a)bc",
    r"^a|(?:^|\n)b",
]
BLANK = Reading("http://www.city.gov.cn/a.html", "k", Media.HTML, "utf-8", "utf-8", "zh")
PAGE = Scanner(TermTable(), frozenset())


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([*OURS, *LINES]).flatmap(
        lambda regex: st.tuples(
            st.just(regex),
            st.lists(st.one_of(st.from_regex(regex), st.sampled_from(["a", "b", "c", "|", "]", "\n", " "]))),
        )
    )
)
def test_what_is_searched_for_is_what_the_pattern_finds(case: tuple[str, list[str]]) -> None:
    """In parts and behind a line end: the first match, from its beginning to its end."""
    regex, pieces = case
    reading = replace(BLANK, text="".join(pieces).translate(dict.fromkeys((0, 2, 3), " ")))
    page = PAGE.scan(lay_out(reading), Facts(reading))
    place = ORDER.index(Zone.TEXT)
    found = re.search(regex, page.text_of(place))
    hit = PatternTest(Pattern((Zone.TEXT,), regex)).first(page)
    assert (hit and (hit.start - page.starts[place], hit.end - page.starts[place])) == (found and found.span())


def test_only_a_lines_start_is_searched_for_in_parts() -> None:
    """Where another start of the text is asked for too, the pattern stays as it is."""
    assert searches("ab|c") == (("ab|c", False),)
    assert searches(r"ab|(?:^|\n)[|(]c") == (("ab", False), (r"\n[|(]c", True))
    assert searches(LINES[-1]) == ((LINES[-1], False),)
