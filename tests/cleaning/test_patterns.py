"""Patterns of URLs and marks of bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.page import Link, LinkKind
from cleaning.patterns import body_mark, pattern_of
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


def links(*urls: str) -> list[Link]:
    return [Link(url, url, LinkKind.ANCHOR) for url in urls]


def test_minted_tokens_do_not_change_a_mark_but_targets_do() -> None:
    """A session loop's pages are one body; two empty columns with other neighbours are two."""
    one = body_mark("h", links("http://a.cn/p1.jsp?vt=571363e4b1cf", "http://a.cn/x"))
    assert one == body_mark("h", links("http://a.cn/x", "http://a.cn/p1.jsp?vt=0b0dc2bae3ae"))
    assert one != body_mark("h", links("http://a.cn/p2.jsp?vt=571363e4b1cf", "http://a.cn/x"))
    assert one != body_mark("g", links("http://a.cn/p1.jsp?vt=571363e4b1cf", "http://a.cn/x"))
    assert body_mark("", links("http://a.cn/col/col1/")) != body_mark("", links("http://a.cn/col/col2/"))
    assert 0 <= one < 1 << 56
