"""Patterns of URLs and marks of bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.patterns import family_of, minted_of, pattern_of
from cleaning.urls import canonicalize


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("http://a.gov.cn/art/2019/7/10/art_1_22.html", "a.gov.cn/art/#/#/#/art_#_#.html"),
        ("http://a.gov.cn/list.jsp?b=2&a=1", "a.gov.cn/list.jsp?a&b"),
        ("http://a.gov.cn/fw/page3.jsp?vt=571363e4b1cf", "a.gov.cn/fw/page#.jsp?vt"),
        ("http://a.gov.cn/s/9f86d081884c7d65/x.html", "a.gov.cn/s/*/x.html"),
        ("http://a.gov.cn/", "a.gov.cn/"),
        ("http://a.gov.cn/xxgk/tzgg/", "a.gov.cn/xxgk/tzgg/"),
    ],
)
def test_pattern(key: str, pattern: str) -> None:
    """Numbers and tokens go, names and order-free parameters stay."""
    assert pattern_of(key) == pattern


@given(st.text(max_size=200))
def test_any_key_has_a_pattern(tail: str) -> None:
    """Never raises; the host stays in front."""
    key = canonicalize("http://a.gov.cn/" + tail)
    if key is not None:
        assert pattern_of(key).startswith("a.gov.cn")


@pytest.mark.parametrize(
    ("key", "slot", "bare"),
    [
        ("http://a.cn/p2.jsp?vt=571363e4b1cf&x=1", "a.cn ?vt", "http://a.cn/p2.jsp?vt=*&x=1"),
        ("http://a.cn/bs/9f86d081884c/s1.html", "a.cn bs/*", "http://a.cn/bs/*/s1.html"),
    ],
)
def test_minted_tokens_have_a_slot(key: str, slot: str, bare: str) -> None:
    """Where a token stands is learned as one thing, whatever the page."""
    found = minted_of(key)
    assert found is not None
    assert (found.slot, found.bare, len(found.tokens)) == (slot, bare, 1)


@pytest.mark.parametrize(
    "tail", ["xxgk/201907/t20190710_5003.html", "art/2019/7/10/art_1_22.html", "index.html?id=123456789012"]
)
def test_dates_and_numbers_are_no_tokens(tail: str) -> None:
    """They choose a page."""
    assert minted_of(f"http://a.gov.cn/{tail}") is None


def test_filters_of_one_page_are_one_family() -> None:
    """Whatever parameters they add."""
    assert family_of("http://a.cn/l.jsp?lx=1&nd=2") == family_of("http://a.cn/l.jsp") == "a.cn/l.jsp"
