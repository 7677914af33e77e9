"""What a visit as a search engine's reader is made for, and what it says."""

from hypothesis import given
from hypothesis import strategies as st

from cleaning.cloaking import PAGES, WHERE, Shown, sent_away, shown_harm, suspects, visitor
from cleaning.page import Judgement
from cleaning.reasons import Reason, ReasonCode, Verdict

HOME = Shown("http://x.gov.cn/", "http://www.x.gov.cn/", "x.gov.cn", 0, "kept")
SPAM = Reason(ReasonCode.GAMBLING, "gambling-offer: 百家乐", "text", 6.0)


def page(number: int, host: str, depth: int, verdict: str) -> Shown:
    return Shown(f"http://{host}/{number}", f"http://www.{host}/{number}", host, depth, verdict)


PAGE = st.builds(page, st.integers(0, 99), st.sampled_from(["a.gov.cn", "b.gov.cn"]), st.integers(0, 5), st.sampled_from(["kept", "harmful", "ad"]))  # fmt: skip


@given(st.lists(PAGE, unique_by=lambda one: one.key))
def test_the_pages_nearest_to_the_home_page_are_visited(pages: list[Shown]) -> None:
    """In any order of the records, so many of each host and none that showed harm already."""
    chosen = suspects(pages)
    assert chosen == suspects(pages[::-1])
    for host in {one.host for one in pages}:
        clean = [one for one in pages if one.host == host and one.verdict != "harmful"]
        mine = [one for one in chosen if one.host == host]
        assert len(mine) == min(PAGES, len(clean))
        assert not mine or max(one.depth for one in mine) <= sorted(one.depth for one in clean)[len(mine) - 1]


def test_being_sent_to_a_strange_site_is_a_finding() -> None:
    """A move within the site, or to one that honest pages link to, is none."""
    found = sent_away(HOME, "http://www.q1bet.example/?from=baidu")
    assert found is not None
    assert (found.code, found.where) == (ReasonCode.FOREIGN_REDIRECT, WHERE)
    assert "www.q1bet.example" in found.detail
    for honest in ("http://www.x.gov.cn/index.html", "http://rsj.x.gov.cn/", "http://www.gov.cn/", ""):
        assert sent_away(HOME, honest) is None


def test_being_shown_harm_is_a_finding() -> None:
    """Told by the heaviest thing that was found in it; any other page is none, whatever its verdict."""
    hidden = Reason(ReasonCode.HIDDEN_LINKS, "off-screen: 6 links", "hidden", 5.0)
    told = shown_harm(Judgement(Verdict.HARMFUL, (SPAM, hidden), ()))
    assert told == Reason(SPAM.code, SPAM.detail, WHERE, SPAM.weight)
    assert shown_harm(Judgement(Verdict.HARMFUL, (SPAM,), (hidden,))) == Reason(hidden.code, hidden.detail, WHERE, 5.0)
    for verdict in (Verdict.KEPT, Verdict.AD, Verdict.IRRELEVANT):
        assert shown_harm(Judgement(verdict, (SPAM,))) is None


def test_the_visitor_says_who_it_is() -> None:
    """The collector's name stays at the beginning; what looks for the crawler's name finds it."""
    headers = visitor("caifeng (https://example.org)")
    assert headers["User-Agent"].startswith("caifeng (https://example.org)")
    assert "Baiduspider" in headers["User-Agent"]
    assert "baidu.com" in headers["Referer"]
