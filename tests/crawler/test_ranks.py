"""Which links of one depth go first."""

import pytest

from cleaning.page import Link, LinkKind
from crawler.frontier.contract import Grant, Lease
from crawler.outlinks import sort_links
from crawler.plan import Limits, RuleKind, ScopeRule, UnitPlan
from crawler.ranks import FIRST, LAST, ORDINARY, rank_of
from crawler.scope import Scope
from tests.crawler.conftest import plan_of

YEAR = 2026


@pytest.mark.parametrize(
    ("path", "text", "kind", "rank"),
    [
        ("art/2026/3/2/art_1_2.html", "市长调研春耕", LinkKind.ANCHOR, ORDINARY),
        ("a/b.html", "不动产登记办事指南", LinkKind.ANCHOR, FIRST),
        ("zwgk/t20260302_1.html", "关于春耕的通知", LinkKind.ANCHOR, FIRST),
        ("col/col1234/index.html", "", LinkKind.ANCHOR, FIRST),
        ("news/index_7.html", "7", LinkKind.ANCHOR, FIRST),
        ("x/9.html", "", LinkKind.PAGER, FIRST),
        ("x/9.html", "", LinkKind.SCRIPT, FIRST),
        ("zwgk/print.jsp?id=3", "关于春耕的通知", LinkKind.ANCHOR, LAST),
        ("a/9.html", "打印本页", LinkKind.ANCHOR, LAST),
        ("tpxw/9.html", "春耕", LinkKind.ANCHOR, LAST),
        ("art/2012/3/2/art_1_2.html", "", LinkKind.ANCHOR, LAST),
        ("zwgk/201203/t20120302_1.html", "公开目录", LinkKind.ANCHOR, LAST),
        ("tzgg/t20120302_1.html", "", LinkKind.ANCHOR, LAST),
        ("view?id=20123456789", "", LinkKind.ANCHOR, ORDINARY),
        ("", "", LinkKind.ANCHOR, ORDINARY),
        ("reprint/9.html", "", LinkKind.ANCHOR, ORDINARY),
        ("blacklist/9.html", "", LinkKind.ANCHOR, ORDINARY),
    ],
)
def test_rank(path: str, text: str, kind: LinkKind, rank: int) -> None:
    """Columns, lists and pagers first; print views, pictures and old years last, whatever they call themselves."""
    assert rank_of(f"http://a.gov.cn/{path}", text, kind, YEAR) == rank


def test_without_a_year_nothing_is_old() -> None:
    """A caller that does not know the date sends nothing to the end for it."""
    assert rank_of("http://a.gov.cn/art/2012/3/2/art_1_2.html", "", LinkKind.ANCHOR, 0) == ORDINARY


def test_offered_links_carry_their_rank() -> None:
    """What the frontier is offered is ranked by the text of its link."""
    unit = UnitPlan(code="u", name="u", seeds=(), scope=(ScopeRule(kind=RuleKind.SUFFIX, host="a.gov.cn"),))
    scope = Scope(plan_of("r", units=(unit,)))
    lease = Lease("e-1", Grant.PAGE, "a.gov.cn", "http://a.gov.cn/", "http://a.gov.cn/")
    links = [
        Link(f"http://a.gov.cn/{number}", f"http://a.gov.cn/{number}", LinkKind.ANCHOR, text)
        for number, text in enumerate(["打印", "春耕", "办事服务"])
    ]
    assert [link.rank for link in sort_links(links, lease, scope, Limits(), year=YEAR).offered] == [
        LAST,
        ORDINARY,
        FIRST,
    ]
