"""Traps told by a URL's shape: cut what is endless, never a real page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.links import read_links
from cleaning.outline import outline
from cleaning.parse import parse
from cleaning.urls import TrapRule, trap_rule
from tests.cleaning import saved_pages


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://a.cn/x?" + "a" * 2000, TrapRule.LONG_URL),
        ("http://a.cn" + "".join(f"/{n}a" for n in range(21)), TrapRule.DEEP_PATH),
        ("http://a.cn/zwgk/a/zwgk/b/zwgk/x.html", TrapRule.REPEATED_SEGMENT),
        ("http://a.cn/a/a/a/", TrapRule.REPEATED_SEGMENT),
        ("http://a.cn/zwgk/tzgg/zwgk/tzgg/x.html", TrapRule.REPEATED_CYCLE),
        ("http://a.cn/x/www.b.gov.cn/index.html", TrapRule.HOST_IN_PATH),
        ("http://a.cn/x/http://www.b.cn/", TrapRule.HOST_IN_PATH),
        ("http://a.cn/x/zwfw.b.gov.cn/", TrapRule.HOST_IN_PATH),
        ("http://a.cn/calendar/2031/05/", TrapRule.CALENDAR),
        ("http://a.cn/calendar/2031-05.html", TrapRule.CALENDAR),
        ("http://a.cn/rili/2031/5/17", TrapRule.CALENDAR),
        ("http://a.cn/calendar.jsp?year=2031&month=5", TrapRule.CALENDAR),
        ("http://a.cn/hd/rili?date=2031-05-01", TrapRule.CALENDAR),
        ("http://a.cn/events?ym=203105", TrapRule.CALENDAR),
        ("http://a.cn/huodong?y=2031&m=5&d=1", TrapRule.CALENDAR),
        ("http://a.cn/huodong?year=2031&month=12", TrapRule.CALENDAR),
        ("http://a.cn/x;jsessionid=1/y;jsessionid=2", TrapRule.MINTED_TOKENS),
        ("http://a.cn/x?sid=9f86d081884c7d65&sid=60303ae22b998861", TrapRule.MINTED_TOKENS),
        ("http://a.cn/session/9f86d081884c7d65/x.html", TrapRule.MINTED_TOKENS),
        ("http://a.cn/sid-9f86d081884c7d65/x.html", TrapRule.MINTED_TOKENS),
        ("http://a.cn/hd/calendar-2031-05.html", TrapRule.CALENDAR),
        ("http://a.cn/" + "/".join(f"{n}" * 32 for n in range(3)), TrapRule.MINTED_TOKENS),
    ],
)
def test_endless_shapes_are_cut_by_their_rule(url, rule):
    """Each rule cuts its shape."""
    assert trap_rule(url) is rule


@pytest.mark.parametrize(
    "url",
    [
        "http://a.gov.cn/",
        "http://a.gov.cn",
        "http://a.gov.cn/zwgk/201907/t20190710_12345.html",
        "http://a.gov.cn/2019/07/t20190710_1.html",
        "http://a.gov.cn/art/2019/7/10/art_1234_5678.html",
        "http://a.gov.cn/art/2019/7/7/art_7_7.html",
        "http://a.gov.cn/html/2011/11/11/11/11.html",
        "http://a.gov.cn/info/1001/2345.htm",
        "http://a.gov.cn/xwzx/list.jsp?year=2019",
        "http://a.gov.cn/zwgk/2019/",
        "http://a.gov.cn/zfgb/gongbao.jsp?year=2019&month=7",
        "http://a.gov.cn/tjsj/index.jsp?year=2019&month=07",
        "http://a.gov.cn/zfgb/2019/07/",
        "http://a.gov.cn/calendar/2019/7/10/art_12_34.html",
        "http://a.gov.cn/calendar/",
        "http://a.gov.cn/local/2019/07/content_123456.html",
        "http://a.gov.cn/uploadfile/d6ec39df-7a9e-4963-b613-771054037710/4acb3c6f-eb20-4762-b487-f6588ea7fd41.pdf",
        "http://a.gov.cn/zwgk/a/zwgk/x.html",
        "http://a.gov.cn/sqpt/cgzx/tspt/index.html",
        "http://a.gov.cn/x?url=http://www.b.gov.cn/",
        "http://a.gov.cn/v1.2/com.html",
        "http://a.gov.cn/login;jsessionid=AB12?x=1",
    ],
)
def test_articles_archives_and_stored_files_are_no_traps(url):
    """Dates in article paths, archives by year or month, and files named by tokens are real pages."""
    assert trap_rule(url) is None


@settings(deadline=None)
@given(st.text())
def test_any_text_has_an_answer(text):
    """Never raises."""
    assert trap_rule(text) in {None, *TrapRule}
    assert trap_rule("http://a.cn/" + text) in {None, *TrapRule}


def test_no_real_url_is_cut():
    """No saved page's own URL, and no link of a government page, has a trap's shape."""
    for row, body in saved_pages.bodies():
        if not row["url"]:
            continue
        assert trap_rule(row["url"]) is None, row["url"]
        if row["kind"] != "gov-html":
            continue
        for link in read_links(outline(parse(body.decode("utf-8", "replace"))), row["url"]).links:
            assert trap_rule(link.url) is None, link.url
