"""Pages written for the tests, and the short way from HTML to a judgement."""

import sys
from collections.abc import Callable
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from cleaning import content, hidden, meta
from cleaning.content import Content
from cleaning.outline import outline
from cleaning.page import Judgement, Media, Reading
from cleaning.read import read
from cleaning.verdict import judge

GOV = "http://www.linzhou.gov.cn/zwgk/tzgg/202403/t20240315_1234.html"
SHOP = "http://www.haoyun-shop.com/a/1.html"

FRAME = """<html><head><title>{title}_林州市人民政府</title>
<meta name="SiteName" content="林州市人民政府"><meta name="ColumnName" content="通知公告">
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2024-03-15 09:30"></head><body>
<div class="header"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/bsfw/">办事服务</a></div>
<div class="dqwz">当前位置：<a href="/">首页</a> > <a href="/zwgk/">政务公开</a> > <a href="/zwgk/tzgg/">通知公告</a></div>
<h1>{title}</h1><div class="info">发布时间：2024-03-15 来源：市政府办公室 浏览次数：321</div>
<div class="TRS_Editor">{body}</div>
<div>责任编辑：王某 【打印】 【关闭】</div>
<div class="footer">主办单位：林州市人民政府办公室 网站标识码：4105810001 备案号：豫ICP备05000001号</div></body></html>"""


def parsed(html: str, url: str = GOV) -> Content:
    """The content of a page."""
    tree = LexborHTMLParser(html)
    page = outline(tree)
    seen = hidden.without(tree, page, hidden.hidden_roots(page, url))
    return content.extract(seen, url, meta.read_meta(page))


def gov_page(title: str, *paragraphs: str) -> str:
    """A government article in a usual frame."""
    return FRAME.format(title=title, body="".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))


def plain_page(title: str, *paragraphs: str) -> str:
    """A page with nothing around its text."""
    return f"<title>{title}</title><body><h1>{title}</h1>" + "".join(f"<p>{text}</p>" for text in paragraphs)


def judged(html: str, url: str = GOV) -> Judgement:
    """The verdict on a page."""
    return judge(read(html.encode(), url))


def reading(**fields: object) -> Reading:
    """A reading with only these fields said."""
    blank = Reading(url="", key="", media=Media.HTML, charset="utf-8", declared_charset="", language="zh")
    return replace(blank, **fields)


def calls(work: Callable[[], object]) -> int:
    """How many calls a piece of work makes, of Python and of C: a measure of cost that no busy machine disturbs."""
    count = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
