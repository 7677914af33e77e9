"""The reading: everything one parse yields, for any bytes, always the same."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.page import LinkKind, Media, PageType, Reading
from cleaning.read import read
from tests.cleaning import saved_pages

URL = "https://www.a.gov.cn/zwgk/tzgg/201907/t20190710_12345.html"
ARTICLE = """<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>关于开展办事服务评价的通知_某市人民政府</title>
<meta name="SiteName" content="某市人民政府"><meta name="ArticleTitle" content="关于开展办事服务评价的通知">
<meta name="PubDate" content="2019-07-10 09:30"><meta name="ContentSource" content="市政府办公室">
<meta name="ColumnName" content="通知公告"></head><body>
<div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a></div>
<h1>关于开展办事服务评价的通知</h1>
<div class="article"><p>{text}</p><p><a href="P0201907.pdf">附件</a></p></div>
<form action="/search.jsp"><input name="q"></form>
<script>createPageHTML(3, 0, "t20190710_12345", "html");</script>
</body></html>"""
TEXT = "各县区人民政府，市政府各部门：为提高办事服务质量，现就开展评价工作的有关事项通知如下，请认真执行。" * 6


def test_one_reading_holds_everything():
    """A GBK article under a wrong header: texts, meta, links, form, pager, fingerprints."""
    reading = read(ARTICLE.format(text=TEXT).encode("gb18030"), URL, content_type="text/html; charset=utf-8")
    assert reading.key == "http://a.gov.cn/zwgk/tzgg/201907/t20190710_12345.html"
    assert (reading.url, reading.media, reading.language) == (URL, Media.HTML, "zh")
    assert (reading.charset, reading.declared_charset) == ("gb18030", "gb2312")
    assert reading.title == "关于开展办事服务评价的通知"
    assert reading.site_title.endswith("某市人民政府")
    assert TEXT[:40] in reading.text
    assert "首页" in reading.visible
    assert reading.published == "2019-07-10"
    assert reading.source == "市政府办公室"
    assert reading.meta["sitename"] == "某市人民政府"
    assert [(link.url.rsplit("/", 1)[-1], link.kind) for link in reading.links] == [
        ("", LinkKind.ANCHOR),
        ("", LinkKind.ANCHOR),
        ("P0201907.pdf", LinkKind.ANCHOR),
        ("t20190710_12345.html", LinkKind.PAGER),
        ("t20190710_12345_1.html", LinkKind.PAGER),
        ("t20190710_12345_2.html", LinkKind.PAGER),
    ]
    assert [form.fields for form in reading.forms] == [("q",)]
    assert reading.shell is None
    assert len(reading.text_hash) == 64
    assert reading.simhash


def test_relative_links_follow_the_base():
    """Links and form targets are resolved against `<base>`, the key stays the page's own."""
    reading = read(b"<base href='http://b.gov.cn/q/'><a href=x.html>x</a>", URL)
    assert [link.url for link in reading.links] == ["http://b.gov.cn/q/x.html"]
    assert reading.key.startswith("http://a.gov.cn/")


def test_links_of_hidden_blocks_are_marked():
    """A farm of foreign links under display:none is reported, and its links are marked; the others are not."""
    farm = "".join(f"<a href='http://www.bc{n}.com/'>澳门赌场{n}</a>" for n in range(8))
    html = f"<meta charset=utf-8><a href=/ok.html>正常</a><div style='display:none'>{farm}</div><p>{TEXT}</p>"
    reading = read(html.encode(), URL)
    assert len(reading.hidden) == 1
    assert {link.hidden for link in reading.links if "bc" in link.url} == {True}
    assert [link.hidden for link in reading.links if "ok.html" in link.url] == [False]


@pytest.mark.parametrize(
    ("body", "content_type", "media", "page_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf", Media.ATTACHMENT, PageType.ATTACHMENT),
        (b"\x89PNG\r\n\x1a\n", "image/png", Media.ASSET, PageType.OTHER),
        (b'{"rows": []}', "application/json", Media.DATA, PageType.OTHER),
    ],
)
def test_what_is_no_html_has_no_text(body, content_type, media, page_type):
    """Its kind, and the hash of its bytes, so that copies are found."""
    reading = read(body, URL, content_type=content_type)
    assert (reading.media, reading.page_type, reading.text, reading.links) == (media, page_type, "", ())
    assert reading.text_hash == hashlib.sha256(body).hexdigest()


def test_nothing_at_all():
    """An empty body is EMPTY, without a hash that would make all empty bodies copies of each other."""
    reading = read(b"", URL)
    assert (reading.media, reading.text_hash, reading.language) == (Media.EMPTY, "", "none")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (TEXT, "zh"),
        ("各縣區政府為民服務網站，歡迎瀏覽本頁面的各種資訊與問題說明，並請來電。" * 3, "zh-hant"),
        ("The municipal government publishes its annual work report in English. " * 5, "en"),
        ("Городская администрация публикует ежегодный отчёт о своей работе. " * 5, "other"),
        ("市の行政サービスについてのお知らせです。くわしくはこちらをごらんください。" * 3, "other"),
        ("", "none"),
    ],
)
def test_languages(text, language):
    """Told by characters: simplified and traditional Chinese, English, others, none."""
    assert read(f"<meta charset=utf-8><p>{text}</p>".encode(), URL).language == language


def test_a_page_without_a_url_is_still_read():
    """A saved file has no address: no key, and only its absolute links."""
    reading = read(b"<a href='/x'>x</a><a href='http://b.cn/y'>y</a>", "")
    assert reading.key == ""
    assert [link.url for link in reading.links] == ["http://b.cn/y"]


MARKUP = st.lists(
    st.sampled_from(
        [
            b"<div>",
            b"</div>",
            b"<p>",
            b"<a href=",
            b"'x'>",
            b"<script>",
            b"</script>",
            b"<table><tr><td>",
            b"<title>",
            b"\x00",
            b"\xff",
            b"<!--",
            b"-->",
            b"<base href=//>",
            b"<meta http-equiv=refresh content='0;url=",
            b"<select><option value=/",
            b"&#x0;",
            b"\xd6\xd0",
            "中文，内容。".encode(),
            b"<iframe src=",
            b"<template>",
            b"<form action=",
            b"<svg>",
            b"<h1>",
            b"style='display:none'",
        ]
    ),
    max_size=40,
).map(b"".join)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=500), MARKUP),
    st.one_of(st.just(URL), st.text(max_size=40)),
    st.sampled_from(["", "text/html", "text/html; charset=gbk"]),
)
def test_any_bytes_are_read_and_always_the_same(body, url, content_type):
    """Never raises, and equal arguments give equal readings."""
    one = read(body, url, content_type=content_type)
    assert isinstance(one, Reading)
    assert one == read(body, url, content_type=content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 100_000 + b"<a href=/deep.html>x</a>",
        b"x" * 20_000_000,
        "".join(f"<a href=/p{n}.html>公告{n}</a>" for n in range(100_000)).encode(),
        b"<p>\0\0\0</p>" * 1000,
        b"\xd6" * 100_001,
    ],
    ids=["deep", "one line", "links", "nul", "half characters"],
)
@pytest.mark.timeout(120)
def test_hostile_bodies_are_read_to_their_end(body):
    """Depth, length and broken bytes cost one page; the text or the links are there all the same."""
    reading = read(body, URL, content_type="text/html")
    assert reading.media is Media.HTML
    assert reading.visible or reading.links or b"\xd6" in body or b"\0" in body


def test_saved_pages_are_read():
    """Every saved page has a title or a text, and an equal second reading (first fifty)."""
    for number, (row, body) in enumerate(saved_pages.bodies()):
        reading = read(body, row["url"] or "http://a.cn/")
        assert reading.title or reading.site_title or reading.text, row["id"]
        if number < 50:
            assert reading == read(body, row["url"] or "http://a.cn/"), row["id"]


def test_two_lists_in_data_stores_are_two_texts():
    """Found in a rehearsal: column pages whose lists stand in a script looked like copies of each other."""
    page = (
        "<html><body><h1>通知公告</h1><p>本栏目发布本机关的通知公告。</p><script type='text/xml'><datastore>"
        "<recordset><record><![CDATA[<li><a href='/art/2019/7/10/art_1_%d.html'>关于第%d号事项的通知</a></li>]]></record>"
        "</recordset></datastore></script></body></html>"
    )
    one, two = (read((page % (n, n)).encode(), f"http://a.gov.cn/col/col{n}/index.html") for n in (1, 2))
    assert "关于第1号事项的通知" in one.text
    assert one.text_hash != two.text_hash
    assert one.number_hash != two.number_hash


def test_a_home_page_is_titled_by_its_head() -> None:
    """The headings on it are those of its parts."""
    parts = "".join(
        f"<div class=title><h2>更多 {name}</h2></div><ul>"
        + "".join(f"<li><a href='/{name}/{n}.html'>{name}第{n}条的标题文字</a></li>" for n in range(8))
        + "</ul>"
        for name in ("新闻中心", "通知公告", "政务公开")
    )
    page = read(f"<title>某某市人民政府门户网站</title>{parts}".encode(), "http://www.moumou.gov.cn/")
    assert page.page_type == "home"
    assert page.title == "某某市人民政府门户网站"
