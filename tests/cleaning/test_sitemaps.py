"""Site maps and the sizes that lists give themselves: what is read of them, and what is none."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.sitemaps import read_sitemap, robots_sitemaps
from cleaning.totals import Total, total_of

URLSET = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://a.gov.cn/</loc></url>
<url><loc> http://a.gov.cn/x?a=1&amp;b=2 </loc></url><url><loc><![CDATA[http://a.gov.cn/y]]></loc></url>
<url><loc>http://a.gov.cn/</loc></url></urlset>"""


def test_the_pages_of_a_map_are_read_each_once() -> None:
    """Entities are resolved, CDATA and blanks taken off, repetitions left out."""
    assert read_sitemap(URLSET).pages == ("http://a.gov.cn/", "http://a.gov.cn/x?a=1&b=2", "http://a.gov.cn/y")


def test_gzipped_and_torn_maps_give_what_they_hold() -> None:
    """A file that ends in the middle names what came before."""
    assert read_sitemap(gzip.compress(URLSET)) == read_sitemap(URLSET)
    assert read_sitemap(URLSET[:170]).pages == ("http://a.gov.cn/",)
    assert read_sitemap(gzip.compress(URLSET)[:40]) is None


def test_an_index_names_maps_and_prefixes_do_not_matter() -> None:
    """`sitemapindex`, with a namespace's prefix as well."""
    index = b'<x:sitemapindex xmlns:x="y"><x:sitemap><x:loc>http://a.gov.cn/s1.xml</x:loc></x:sitemap></x:sitemapindex>'
    found = read_sitemap(index)
    assert (found.maps, found.pages) == (("http://a.gov.cn/s1.xml",), ())


def test_plain_text_is_a_map_and_a_page_is_none() -> None:
    """One URL a line (sitemaps.org); what a site answers in its place names nothing."""
    assert read_sitemap("\ufeffhttp://a.gov.cn/1\r\n\r\nhttp://a.gov.cn/2\n".encode()).pages[1] == "http://a.gov.cn/2"
    assert read_sitemap("<html><body>您访问的页面不存在 http://a.gov.cn/</body></html>".encode()) is None
    assert read_sitemap(b"") is None


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(body) -> None:
    """Whatever a server sends."""
    read_sitemap(body)
    read_sitemap(b"\x1f\x8b" + body)


def test_robots_name_maps_anywhere() -> None:
    """`Sitemap:` belongs to no group, and its case is free."""
    text = "User-agent: *\nDisallow: /x\nsitemap: http://a.gov.cn/s.xml\nSitemap: /relative.xml\n"
    assert robots_sitemaps(text) == ("http://a.gov.cn/s.xml",)


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("共15条记录 第1/2页 分页", Total(15, 2)),
        ("共 35 条 每页20条 共2页", Total(35, 2)),
        ("总记录数：120，总页数：6", Total(120, 6)),
        ("1/8页", Total(0, 8)),
        ("共有3篇", Total(3, 0)),
        ("全市共有人口300万", None),
        ("共99999999条", None),
        ("", None),
    ],
)
def test_lists_say_how_long_they_are(text, total) -> None:
    """Entries and pages; a sum of other things is none."""
    assert total_of(text) == total
