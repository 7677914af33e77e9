"""From a page's links to what is offered to the frontier."""

from collections.abc import Iterable

from cleaning.page import Link, LinkKind
from cleaning.traps import TrapRule
from cleaning.urls import canonicalize
from crawler.frontier.contract import Grant, Lease, Outlink
from crawler.outlinks import CHAIN_RULE, COPY_RULE, COUNT_RULE, SESSION_RULE, Repeats, Sorted, sort_links
from crawler.plan import Limits, RoundPlan, RuleKind, ScopeRule, UnitPlan
from crawler.scope import Scope

UNIT = UnitPlan(code="u", name="u", seeds=(), scope=(ScopeRule(kind=RuleKind.SUFFIX, host="a.gov.cn"),))
SCOPE = Scope(RoundPlan(name="R", units=(UNIT,)))


def link(url: str, kind: LinkKind = LinkKind.ANCHOR) -> Link:
    """A link as a reading has it."""
    return Link(url, canonicalize(url) or "", kind)


def sorted_links(links: Iterable[Link | Outlink], *, chain: int = 0, limits: Limits | None = None) -> Sorted:
    """The links of http://a.gov.cn/ sorted."""
    lease = Lease("t", Grant.PAGE, "a.gov.cn", "http://a.gov.cn/", "http://www.a.gov.cn/", chain=chain)
    return sort_links(links, lease, SCOPE, limits or Limits())


def test_links_of_the_scope_are_offered_in_order_each_once() -> None:
    """The spelling met first is the one to fetch."""
    got = sorted_links([link("http://b.a.gov.cn/2"), link("https://www.a.gov.cn/1"), link("http://a.gov.cn/1")])
    assert [each.url for each in got.offered] == ["http://b.a.gov.cn/2", "https://www.a.gov.cn/1"]
    assert (got.out_of_scope, len(got.cuts)) == (0, 0)


def test_the_cheaper_of_two_ways_to_a_page_counts() -> None:
    """An anchor costs a click, a refresh none: whichever stands first, the page is offered without a click."""
    anchor, refresh = link("http://a.gov.cn/1"), link("http://a.gov.cn/1", LinkKind.REFRESH)
    for both in ([anchor, refresh], [refresh, anchor]):
        assert [each.cost for each in sorted_links(both).offered] == [0]


def test_assets_and_the_page_itself_are_dropped_uncounted() -> None:
    """They are no pages of anybody's."""
    got = sorted_links([link("http://a.gov.cn/p.jpg"), link("http://x.com/s.css"), link("http://www.a.gov.cn/#top")])
    assert got == Sorted((), 0, ())


def test_attachments_are_pages() -> None:
    """Power lists are often spreadsheets."""
    assert len(sorted_links([link("http://a.gov.cn/list.xls"), link("http://a.gov.cn/a.pdf")]).offered) == 2


def test_foreign_links_are_counted() -> None:
    """And not judged as traps: they are nobody's concern."""
    got = sorted_links([link("http://b.gov.cn/"), link("http://b.gov.cn/x/x/x/x/x/"), link("http://a.gov.cn/1")])
    assert (len(got.offered), got.out_of_scope, len(got.cuts)) == (1, 2, 0)


def test_traps_are_cut_under_their_rule() -> None:
    """A repeated segment and an endless path are two rules."""
    got = sorted_links([link("http://a.gov.cn/" + "x/" * 9), link("http://a.gov.cn/?q=" + "y" * 3000)])
    assert got.offered == ()
    assert got.rules == {TrapRule.REPEATED_SEGMENT.value: 1, TrapRule.LONG_URL.value: 1}
    assert len(got.cuts) == 2


def test_a_chain_without_clicks_ends_after_the_limit() -> None:
    """Ten redirects or refreshes in a row; links with a click go on as ever."""
    links = [link("http://a.gov.cn/next", LinkKind.REFRESH), link("http://a.gov.cn/other")]
    assert len(sorted_links(links, chain=9).offered) == 2
    got = sorted_links(links, chain=10)
    assert [each.url for each in got.offered] == ["http://a.gov.cn/other"]
    assert got.rules == {CHAIN_RULE: 1}


def test_a_page_gives_at_most_the_plans_number_of_links() -> None:
    """The rest is counted; links known already cost nothing."""
    links = [link(f"http://a.gov.cn/{number}") for number in range(10)]
    got = sorted_links([*links[:4], *links], limits=Limits(links=4))
    assert len(got.offered) == 4
    assert got.rules == {COUNT_RULE: 6}


def test_a_redirects_target_is_sorted_by_the_same_rules() -> None:
    """Stored outlinks and redirects are Outlinks; scope and chain hold for them too."""
    target = Outlink("http://c.cn/", "http://c.cn/", LinkKind.REDIRECT)
    assert sorted_links([target]).out_of_scope == 1


def test_a_repeating_page_gives_up_only_links_of_its_own_family() -> None:
    """With or without parameters; what leads elsewhere is followed, and each cut tells rule, pattern and link."""
    lease = Lease("t", Grant.PAGE, "a.gov.cn", "http://a.gov.cn/s.jsp?p=1", "http://a.gov.cn/s.jsp?p=1")
    links = [link("http://a.gov.cn/s.jsp?p=2&q=3"), link("http://a.gov.cn/other.jsp"), link("http://a.gov.cn/x?sid=k")]
    repeats = Repeats("a.gov.cn/s.jsp", {"http://a.gov.cn/x?sid=k": "a.gov.cn ?sid"})
    got = sort_links(links, lease, SCOPE, Limits(), repeats=repeats)
    assert [each.url for each in got.offered] == ["http://a.gov.cn/other.jsp"]
    assert [(cut.rule, cut.pattern, cut.link.url) for cut in got.cuts] == [
        (COPY_RULE, "a.gov.cn/s.jsp", "http://a.gov.cn/s.jsp?p=2&q=3"),
        (SESSION_RULE, "a.gov.cn ?sid", "http://a.gov.cn/x?sid=k"),
    ]
    allowed = sort_links(links, lease, SCOPE, Limits(), repeats=repeats, allow=("a.gov.cn/s.jsp",))
    assert [cut.rule for cut in allowed.cuts] == [SESSION_RULE]
