"""All links of a page, each once, with what it costs to follow."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.links import base_url, read_links
from cleaning.outline import Outline, outline
from cleaning.page import LinkKind
from cleaning.parse import parse
from tests.cleaning import saved_pages

URL = "http://www.a.gov.cn/x/y.html"


def page_of(html: str) -> Outline:
    """The outline of a page."""
    return outline(parse(html))


def found(html: str, url: str = URL) -> list[tuple[str, str]]:
    """(path, kind) of the links of a page, on its own host."""
    page = page_of(html)
    links = read_links(page, base_url(page, url)).links
    return [(link.url.removeprefix("http://www.a.gov.cn"), link.kind.value) for link in links]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='z.html'>Z</a>", [("/x/z.html", "anchor")]),
        ("<a href=' /z&amp;1 '>Z</a>", [("/z&1", "anchor")]),
        ("<map><area href=/m></map>", [("/m", "area")]),
        ("<iframe src=f.html></iframe>", [("/x/f.html", "frame")]),
        ("<frameset><frame src=/t.html><frame src=/m.html></frameset>", [("/t.html", "frame"), ("/m.html", "frame")]),
        ("<meta http-equiv=Refresh content=\"0; URL='/n.html'\">", [("/n.html", "refresh")]),
        ("<meta http-equiv=refresh content='5;url=n.html'>", [("/x/n.html", "refresh")]),
        ("<meta http-equiv=refresh content='300'>", []),
        ("<a href=/a.html>1</a><a href='http://a.gov.cn/a.html#x'>2</a>", [("/a.html", "anchor")]),
        ("<a href=/a><meta http-equiv=refresh content='0;url=/a'>", [("/a", "refresh")]),
        ("<noscript><a href=/n>n</a></noscript>", [("/n", "anchor")]),
        ("<!-- <a href=/c>c</a> --><!--[if IE]><a href=/ie>x</a><![endif]-->", []),
        ("<a href='#'>x</a><a href=''>x</a><a>x</a><a href='javascript:;'>x</a><a href='mailto:a@b'>x</a>", []),
        ("<a href=/i.jpg><img></a><a href=/s.css>s</a><a href=/d.pdf>d</a>", [("/d.pdf", "anchor")]),
        ("<base href='/b/'><a href=z>Z</a>", [("/b/z", "anchor")]),
        ("<a href=/\0z>Z</a>", [("/%EF%BF%BDz", "anchor")]),
    ],
)
def test_plain_html(html, expected):
    """Anchors, areas, frames, refreshes; comments, fragments, other schemes and assets are no links."""
    assert found(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<select><option value='http://b.cn/'>B<option value='/z/'>Z<option value=1>1</select>",
            ["http://b.cn/", "/z/"],
        ),
        ("<select><option value='list_2.html'>2</select>", ["/x/list_2.html"]),
        (
            "<select onchange='location.href=this.value'><option value=zwgk/tzgg>T<option value=''>-</select>",
            ["/x/zwgk/tzgg"],
        ),
        (
            "<select onchange='window.open(this.options[this.selectedIndex].value)'><optgroup><option value=q>Q</select>",
            [],
        ),
        ("<select name=year><option value=2019>2019<option value=news>N</select>", []),
        ("<select onchange='show(this.value)'><option value=tab1>N</select>", []),
    ],
)
def test_options_that_navigate(html, expected):
    """Values that are URLs count; words count only where the select goes to its value."""
    assert [path for path, kind in found(html) if kind == "option"] == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("window.open('/w.html','_blank')", ["/w.html"]),
        ("location.href=&quot;/l.html&quot;", ["/l.html"]),
        ("window.location='l'", ["/x/l"]),
        ("parent.location.replace('/r')", ["/r"]),
        ("goUrl('../g.html')", ["/g.html"]),
        ("go(1,'list_2.jsp?id=3')", ["/x/list_2.jsp?id=3"]),
        ("if(confirm('去吗?')){location.href='/c.html'}", ["/c.html"]),
        ("location.href='/c.jsp?id='+id", []),
        ("show('tab1')", []),
        ("$.get('/ajax.html')", []),
        ("this.src='/i.html'", []),
        ("alert('/a.html')", []),
        ("window.open('about:blank')", []),
    ],
)
@pytest.mark.parametrize(
    "carrier", ['<p onclick="{}">x</p>', '<a href="javascript:{}">x</a>', '<a href=# onclick="{};return false">x']
)
def test_handlers(carrier, code, expected):
    """Constant targets of event attributes and javascript: links, one click each; joined strings name no page."""
    assert found(carrier.format(code)) == [(path, "onclick") for path in expected]


def test_escapes_of_a_javascript_link_are_undone():
    """Browsers percent-decode a javascript: link before they run it."""
    assert found('<a href="javascript:window.open(%27/w.html%27)">x</a>') == [("/w.html", "onclick")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("location.href='/n.html';", [("/n.html", "location")]),
        ('var u = "/n.html";\nwindow.location = u;', [("/n.html", "location")]),
        ("top.location.replace('n.html')", [("/x/n.html", "location")]),
        ("setTimeout(\"location.href='/n.html'\", 3000)", [("/n.html", "location")]),
        ('document.write(\'<meta http-equiv="refresh" content="0;url=/n.html">\')', [("/n.html", "refresh")]),
        ("function go(){ location.href='/n.html' }", [("/n.html", "onclick")]),
        ("if (top==self) location.href='/n.html'", [("/n.html", "onclick")]),
        ("a && (location.href='/n.html')", [("/n.html", "onclick")]),
        ("window.open('/pop.html')", [("/pop.html", "onclick")]),
        ("if (/Android|iPhone/.test(navigator.userAgent)) { location.href='/m/' }", []),
        ("// location.href='/n.html'", []),
        ("/* location.href='/n.html'; */ var a = \"location='/q'\";", []),
        ("var l = location.href; if (location.href == '/n.html') {}", []),
        ("location.href='/n.jsp?id='+id", []),
        ("xhr.open('GET', '/api.html')", []),
    ],
)
def test_navigations_of_scripts(code, expected):
    """At once and unconditional costs no click; in a function or under a condition one; by device none is followed."""
    assert found(f"<script>{code}</script>") == expected


def test_body_onload_moves_the_reader():
    """What runs on load by itself costs no click."""
    assert found("<body onload=\"location.href='/n.html'\">") == [("/n.html", "location")]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            (
                '<script type="text/xml"><datastore><nextgroup><![CDATA[<a href="/dataproxy.jsp?page=2"></a>]]></nextgroup>'
                "<recordset><record><![CDATA[<li><a href='/art/2019/7/10/art_1_2.html'>通知</a></li>]]></record>"
                '<record><![CDATA[<a href="/art/2019/7/10/art_1_3.html">公告</a>]]></record></recordset></datastore></script>'
            ),
            ["/art/2019/7/10/art_1_2.html", "/art/2019/7/10/art_1_3.html", "/dataproxy.jsp?page=2"],
        ),
        ("<textarea style='display:none'>&lt;a href=/t.html>T&lt;/a></textarea>", ["/t.html"]),
        ("<xmp><a href=/t.html>T</a></xmp>", ["/t.html"]),
        ("<template><li><a href=/t.html>T</a></li></template>", ["/t.html"]),
        ("<script>var x='<record><![CDATA[<a href=\"/t.html\">T</a>]]></record>'</script>", ["/t.html"]),
        (
            "<script type='text/template'><a href='{{url}}'>x</a><a href=/t.html>T</a><a href='<%=u%>'>y</a></script>",
            ["/t.html"],
        ),
        ("<script>document.write(\"<a href='/w.html'>W</a>\");</script>", ["/w.html"]),
        ('<script>document.write("<a href=\'"+u+"\'>W</a>");</script>', []),
        (
            '<script>var l=[{"title":"办事指南","url":"\\/g\\/1.html"},{"title":"图","url":"/i.png"}];</script>',
            ["/g/1.html"],
        ),
        ("<script>var l=[['政策文件','a/2.htm'],['无','#']];</script>", ["/x/a/2.htm"]),
        ('<script type=\'application/json\'>[{"name":"\\u529e\\u4e8b","link":"/g/3.shtml"}]</script>', ["/g/3.shtml"]),
        ("<script>$.ajax({url:'/api/list.jsp', dataType:'json', title:'列表'})</script>", []),
        ("<script>var c={path:'/a.html', n:1}</script>", []),
        ("<script>/* document.write(\"<a href='/w.html'>W</a>\"); */</script>", []),
    ],
)
def test_lists_carried_by_scripts(html, expected):
    """Data stores, templates, written anchors and lists with titles give links; placeholders and requests do not."""
    page = read_links(page_of(html), URL)
    assert [link.url.removeprefix("http://www.a.gov.cn") for link in page.links] == expected
    assert {link.kind for link in page.links} <= {LinkKind.SCRIPT, LinkKind.PAGER}


def test_order_texts_and_hidden_marks():
    """Document order; text of the anchor, its title or its picture; links of hidden blocks are marked."""
    html = (
        "<a href=/1>  甲 \n乙 </a><a href=/2 title=丙></a><a href=/3><img alt=丁></a><a href=http://s.cn/>" + "x" * 999
    )
    links = read_links(page_of(html), URL, hidden=["http://www.s.cn/"]).links
    assert [(link.text[:3], link.hidden) for link in links] == [
        ("甲 乙", False),
        ("丙", False),
        ("丁", False),
        ("xxx", True),
    ]
    assert len(links[3].text) == 200


def test_base_of_a_page():
    """The first base counts, resolved against the page; a broken one is ignored."""
    assert base_url(page_of("<base href=/b/><base href=/c/>"), URL) == "http://www.a.gov.cn/b/"
    assert base_url(page_of("<base href='javascript:x'>"), URL) == URL


@pytest.mark.parametrize(
    "html",
    [
        "<a href=/" + "a" * 3_000_000,
        "".join(f"<a href=/p{n}.html>{n}</a>" for n in range(100_000)),
        "<div>" * 100_000 + "<a href=/deep.html>x</a>",
        "".join(f"<b id={n}><p>" for n in range(20_000)) + "<a href=/b.html>",
        "<div onclick=\"location='/o.html'\">" * 20_000,
        "<a " + " ".join(f"a{n}=1" for n in range(200_000)) + " href=/x>",
        "<script>" + "{" * 500_000 + "'" * 500_000 + "</script>",
        "<script>" + "\"a':[{" * 100_000 + "</script>",
        "<script>location.href=" * 30_000,
        "<script>createPageHTML(" + "1," * 200_000 + "</script>",
        "\0<a href='\0'>" * 1000,
    ],
    ids=[
        "line",
        "links",
        "deep",
        "formatting",
        "handlers",
        "attributes",
        "braces",
        "quotes",
        "open",
        "arguments",
        "nul",
    ],
)
@pytest.mark.timeout(60)
def test_hostile_pages_cost_one_page(html):
    """Huge, deep and unclosed markup is read to its end in linear time and without an error."""
    assert read_links(page_of(html), URL).cut == 0


def test_a_flattened_page_keeps_its_links():
    """Where nesting is cut, only tags are lost."""
    links = read_links(page_of("<div>" * 100_000 + "<a href=/deep.html>x</a>"), URL).links
    assert [link.text for link in links] == ["x"]


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/='\" ahrefscipt(){};location.+:-!&#\\\n"), max_size=300))
def test_any_markup_is_read(html):
    """Never raises, and every link is fetchable."""
    for link in read_links(page_of(html), URL).links:
        assert link.url.startswith(("http://", "https://"))


def test_saved_pages_give_their_links():
    """All saved pages: no error, keys distinct, and every plain anchor to a page is there."""
    total = 0
    for row, body in saved_pages.bodies():
        page = page_of(body.decode("utf-8", "replace"))
        links = read_links(page, row["url"] or "http://a.cn/").links
        assert len({link.key for link in links}) == len(links)
        total += len(links)
    assert total > 20_000
