"""Which places mirror each other."""

import pytest

from cleaning.mirrors import Alias, alias_of, tail_of


@pytest.mark.parametrize(
    ("one", "other", "alias"),
    [
        ("http://jiu.a.cn/x/1.html", "http://a.cn/x/1.html", Alias("jiu.a.cn", "a.cn")),
        ("http://a.cn/old/x/1.html", "http://a.cn/x/1.html", Alias("a.cn/old", "a.cn")),
        ("http://b.cn/zj/x/1.html", "http://zj.b.cn/x/1.html", Alias("zj.b.cn", "b.cn/zj")),
        ("http://a.cn/zwgk/1.html", "http://a.cn/xwzx/1.html", None),  # columns of one site share articles
        ("http://a.cn/zwgk/2/1.html", "http://a.cn/xwzx/2/1.html", None),
        ("http://a.cn/1.html", "http://b.cn/1.html", None),  # one segment says nothing
        ("http://a.cn/x/1.html?print=1", "http://a.cn/x/1.html", None),
        ("http://a.cn/p/q/x/1.html", "http://b.cn/x/1.html", None),
        ("http://a.cn/x/1.html", "http://a.cn/x/1.html", None),
    ],
)
def test_addresses_that_end_alike_suggest_their_places(one: str, other: str, alias: Alias | None) -> None:
    """Either way round."""
    assert alias_of(one, other) == alias_of(other, one) == alias


def test_the_seeds_host_is_the_original() -> None:
    """However long its name."""
    one, other = "http://www2.long.cn/x/1.html", "http://a.cn/x/1.html"
    assert alias_of(one, other, frozenset({"www2.long.cn"})) == Alias("a.cn", "www2.long.cn")


def test_a_tail_is_what_follows_a_place() -> None:
    """Whole segments only."""
    assert tail_of("http://a.cn/old/x", "a.cn/old") == "x"
    assert tail_of("http://a.cn/older/x", "a.cn/old") == ""
    assert tail_of("http://a.cn.b/x", "a.cn") == ""
