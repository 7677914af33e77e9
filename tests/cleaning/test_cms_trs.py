"""Pagers printed by script, computed."""

import pytest

from cleaning.links import read_links
from cleaning.outline import outline
from cleaning.page import LinkKind
from cleaning.parse import parse

URL = "http://a.gov.cn/zwgk/tzgg/index.html"


def pages(html: str, url: str = URL) -> list[str]:
    """File names of the pager's pages."""
    links = read_links(outline(parse(html)), url).links
    assert {link.kind for link in links} <= {LinkKind.PAGER, LinkKind.ANCHOR}
    return [link.url.rsplit("/tzgg/", 1)[-1] for link in links if link.kind is LinkKind.PAGER]


FOUR = ["index.html", "index_1.html", "index_2.html", "index_3.html"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('createPageHTML(4, 0, "index", "html");', FOUR),
        ("createPageHTML(4,2,'index','html',79)", FOUR),
        ('var a=1; createPageHTML( 3 , 0 , "list", "shtml" );', ["list.shtml", "list_1.shtml", "list_2.shtml"]),
        ("createPageHTML('page_div',3, 1,'index','shtml',60);", ["index.shtml", "index_2.shtml", "index_3.shtml"]),
        ("var n = 4, cur = 0; var p='index'; createPageHTML(n, cur, p, 'html');", FOUR),
        ("wcmUtil.createPageHTML5(4, 1, 'index', 'html')", FOUR),
        ('createPageHTML(1, 0, "t20190710_1", "html");', []),
        ('createPageHTML(0, 0, "index", "html");', []),
        ('createPageHTML(99999999, 0, "index", "html");', []),
        ("function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){ return; }", []),
        ('// createPageHTML(4, 0, "index", "html");', []),
        ('createPageHTML(4, 0, "index", "png");', []),
        ("showPage(3)", []),
        (
            (
                "var currentPage = 0; var countPage = 4; var nextPage = currentPage+1;"
                'document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\">下一页</a>");'
            ),
            FOUR,
        ),
    ],
)
def test_trs_pagers(code, expected):
    """All list pages by the template's own arithmetic, page 0 under its plain name; nothing from definitions."""
    assert pages(f"<script>{code}</script>") == expected


def test_names_set_in_an_earlier_script_count():
    """Numbers and names may be set in one script and used in the next."""
    html = "<script>var total=4;var cur=0;</script><script>createPageHTML(total,cur,'index','html')</script>"
    assert pages(html) == FOUR


def test_a_pager_is_counted_as_a_list_read_statically():
    """So the page needs no browser for it."""
    assert read_links(outline(parse('<script>createPageHTML(4, 0, "index", "html")</script>')), URL).listed == 4
