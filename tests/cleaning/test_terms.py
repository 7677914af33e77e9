"""The word lists: one pass finds what searching for each term finds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.normalise import normalise
from cleaning.terms import LISTS, Finder, Said, rule_table, said, said_each
from cleaning.verdict import judge
from tests.cleaning.judged import GOV, SHOP, reading

TERMS = {name: {group: entry["terms"] for group, entry in rule_table(name)["groups"].items()} for name in LISTS}
SOME = sorted({term for groups in TERMS.values() for terms in groups.values() for term in terms})[::7]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*SOME, "公", "开", "、", "x", " ", "\U0001f600"]), max_size=40).map("".join))
def test_one_pass_finds_every_term_of_every_list(text: str) -> None:
    """Overlapping and nested terms are each counted as often as they stand there."""
    plain = normalise(text)
    for name, groups in TERMS.items():
        wanted = {
            group: {
                normalise(term): count
                for term in terms
                if (count := len(re.findall(f"(?={re.escape(normalise(term))})", plain)))
            }
            for group, terms in groups.items()
        }
        assert said(plain).of(name) == {group: found for group, found in wanted.items() if found}


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from([*SOME, "公", "x", " ", "\U0001f600", "\x00"])).map("".join), max_size=5))
def test_texts_scanned_together_are_told_apart(texts: list[str]) -> None:
    """What is found in one pass over several texts is what is found in each."""
    plain = [normalise(text) for text in texts]
    assert said_each(plain) == tuple(map(said, plain))


def test_two_texts_beside_each_other_are_one_text() -> None:
    """What was found in a title and in the site's name adds up to what stands in both together."""
    one, other = normalise("开户送彩金 澳门金沙"), normalise("彩金 投注平台")
    assert said(one).beside(said(other), "harmful") == Said(
        f"{one} {other}", {"harmful": said(f"{one} {other}").of("harmful")}
    )


def test_a_term_with_a_blank_is_refused() -> None:
    """It would be found across the end of one text and the beginning of the next."""
    with pytest.raises(ValueError, match="blank"):
        Finder({"one": {"groups": {"some": {"terms": ["a b"]}}}})


@pytest.mark.parametrize("url", ["", GOV, SHOP])
def test_half_characters_do_no_harm(url: str) -> None:
    """A script's text may hold one half of a surrogate pair: it is judged like any other unknown character."""
    page = reading(
        url=url, title="\ud800通知", site_title="\udfff", text="\ud800公告" * 200, visible="\ud800", chrome="\udc00"
    )
    assert judge(page).verdict == judge(reading(**{**whole(page), "url": url})).verdict


def whole(page: object) -> dict[str, str]:
    """The texts of a page with another unknown character for each half one."""
    names = ("title", "site_title", "text", "visible", "chrome")
    return {name: re.sub("[\ud800-\udfff]", "\ue000", getattr(page, name)) for name in names}
