"""Lists of jcms, VSB and ASP.NET, read without running their scripts; and which system made a page."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.cms import aspnet, jcms
from cleaning.page import LinkKind, Media, PageType, Reading
from cleaning.posted import Query, Step, asked, query_url, step_url
from cleaning.read import read
from cleaning.traps import trap_rule
from cleaning.urls import canonicalize

PROXY = "/module/web/jpage/dataproxy.jsp"


def read_page(html: str, url: str) -> Reading:
    """A page of HTML."""
    return read(html.encode(), url, content_type="text/html; charset=utf-8")


def pager(reading: Reading) -> list[str]:
    """Where its pager leads."""
    return [link.url for link in reading.links if link.kind is LinkKind.PAGER]


def records(first: int, last: int) -> str:
    """Records of a store, numbered."""
    return "".join(
        f'<record><![CDATA[<li><a href="/art/2026/9/1/art_76_{n}.html" title="通知{n}">通知{n}</a></li>]]></record>'
        for n in range(first, last + 1)
    )


def column(total: int, *, stored: int, per_page: int = 15, ajax: str = "param_4501", following: str = "") -> str:
    """A jcms list page that holds its first `stored` records."""
    after = f'<nextgroup><![CDATA[<a href="{following}"></a>]]></nextgroup>' if following else "<nextgroup></nextgroup>"
    store = (
        f'<script type="text/xml"><datastore>{after}<recordset>{records(1, stored)}</recordset></datastore></script>'
    )
    return (
        f"<h1>通知公告</h1><div id='4501'>{store}</div>"
        "<script>var param_4501 = {col:1,webid:'1',path:'/',columnid:'76',unitid:'4501',webname:'某市'};"
        f"$('#4501').jpage({{totalRecord:{total},perPage:{per_page},proxyUrl:'{PROXY}',ajaxParam:{ajax}}});</script>"
    )


def test_jcms_groups_behind_the_store():
    """Three pages at a time from the first record the page does not hold, the last group cut to the total."""
    reading = read_page(column(130, stored=45), "http://a.gov.cn/col/col76/index.html")
    assert [link.kind for link in reading.links].count(LinkKind.SCRIPT) == 45
    tail = "&perpage=15&col=1&webid=1&path=%2F&columnid=76&unitid=4501&webname=%E6%9F%90%E5%B8%82"
    asked_for = [f"http://a.gov.cn{PROXY}?startrecord={a}&endrecord={b}{tail}" for a, b in ((46, 90), (91, 130))]
    assert pager(reading) == asked_for
    assert reading.shell is None
    assert not any(map(trap_rule, asked_for))


def test_jcms_entries_keep_the_day_beside_them():
    """A visitor sees it in each record; one that names a day itself, and has none beside it, gets no second one."""
    dated = (
        '<record><![CDATA[<li><a href="/1.html">关于2025-01-02停水的通知</a><span>2026-09-01</span></li>]]></record>'
    )
    plain = '<record><![CDATA[<li><a href="/2.html">关于2025年3月4日停水的通知</a></li>]]></record>'
    html = column(2, stored=0).replace("<recordset>", f"<recordset>{dated}{plain}")
    text = read_page(html, "http://a.gov.cn/col/col76/index.html").text.split("\n")
    assert text[-2:] == ["关于2025-01-02停水的通知 2026-09-01", "关于2025年3月4日停水的通知"]


def test_jcms_groups_begin_where_the_plug_in_begins_them():
    """A page that holds a part of a group besides: the group is asked for under the name that every page gives it."""
    code = "x.jpage({totalRecord:130,perPage:15,proxyUrl:'/d.jsp',ajaxParam:{columnid:1}})"
    found = jcms.group_pages([jcms.Store(50, 0, "")], [code])
    assert [url.partition("?")[2].split("&")[0] for url in found] == ["startrecord=46", "startrecord=91"]


@given(total=st.integers(0, 2_000), per_page=st.integers(1, 60), pages=st.integers(0, 8))
def test_jcms_groups_cover_every_record_once(total, per_page, pages):
    """Whatever the numbers: the records of the page and those of the groups are all there are, none asked for twice."""
    stored = min(total, per_page * 3 * pages)
    store = jcms.Store(stored, 0, "")
    code = f"x.jpage({{totalRecord:{total},perPage:{per_page},proxyUrl:'/d.jsp',ajaxParam:{{columnid:1}}}})"
    found = jcms.group_pages([store], [code])
    ranges = [[int(part.partition("=")[2]) for part in url.partition("?")[2].split("&")[:2]] for url in found]
    covered = [number for first, last in ranges for number in range(first, last + 1)]
    assert covered == list(range(stored + 1, total + 1))


def test_jcms_list_without_a_store_is_read_from_its_program():
    """Records that are all fetched are all asked for; the page needs no browser for it."""
    html = "<div id='4501'></div>" + column(40, stored=0).partition("</div>")[2]
    reading = read_page(html, "http://a.gov.cn/col/col76/index.html")
    assert [url.partition("?")[2].split("&")[:2] for url in pager(reading)] == [["startrecord=1", "endrecord=40"]]
    assert reading.shell is None


def test_jcms_parameters_of_the_next_group_serve_where_the_program_names_none():
    """The store spells its next group; without totals that is followed as it is spelled."""
    spelled = f"{PROXY}?page=1&amp;webid=1&amp;columnid=76"
    reading = read_page(column(60, stored=45, ajax="{}", following=spelled), "http://a.gov.cn/col/col76/index.html")
    assert pager(reading) == [f"http://a.gov.cn{PROXY}?startrecord=46&endrecord=60&perpage=15&webid=1&columnid=76"]
    alone = column(60, stored=45, following=spelled).partition("<script>var")[0]
    assert pager(read_page(alone, "http://a.gov.cn/")) == [f"http://a.gov.cn{PROXY}?page=1&webid=1&columnid=76"]


def test_jcms_answer_is_a_page_of_links():
    """XML with HTML in it: a list with its links and text; its next group only where it was asked for as one."""
    more = '<nextgroup><![CDATA[<a href="dataproxy.jsp?page=2&amp;columnid=76"></a>]]></nextgroup>'
    body = (
        f"<?xml version='1.0' encoding='UTF-8'?><datastore>{more}<totalrecord>130</totalrecord>"
        f"<recordset>{records(46, 48)}</recordset></datastore>"
    ).encode()
    reading = read(body, f"http://a.gov.cn{PROXY}?startrecord=46&endrecord=90&perpage=15", content_type="text/xml")
    assert (reading.media, reading.page_type) == (Media.DATA, PageType.LIST)
    assert [link.url for link in reading.links] == [
        f"http://a.gov.cn/art/2026/9/1/art_76_{n}.html" for n in (46, 47, 48)
    ]
    assert reading.text.split() == ["通知46", "通知47", "通知48"]
    chained = read(body, f"http://a.gov.cn{PROXY}?page=1&columnid=76", content_type="text/xml")
    assert chained.links[-1].url == "http://a.gov.cn/module/web/jpage/dataproxy.jsp?page=2&columnid=76"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            (
                "<a href='tzgg/47.htm'>2</a><a href='tzgg/1.htm'>尾页</a>"
                "<a href='javascript:void(0);' onclick=\"_simple_list_gotopage_fun(48,'u8_goto',2)\">转到</a>"
            ),
            [f"tzgg/{number}.htm" for number in range(46, 1, -1)],
        ),
        (
            (
                "<script>function a19_gopage_fun(){_simple_list_gotopage_fun(4,'a19GOPAGE',2)}</script>"
                "<a href='tzgg/3.htm'>下页</a>"
            ),
            ["tzgg/2.htm", "tzgg/1.htm"],
        ),
        (
            "<a href='list.jsp?a19t=4&a19p=2&a19c=15&wbtreeid=1001'>下页</a>",
            [f"list.jsp?a19t=4&a19p={number}&a19c=15&wbtreeid=1001" for number in (1, 3, 4)],
        ),
        (
            "<a href='list.jsp?totalpage=3&PAGENUM=2&wbtreeid=1001'>下页</a>",
            [f"list.jsp?totalpage=3&PAGENUM={number}&wbtreeid=1001" for number in (1, 3)],
        ),
        (
            "<script>_simple_list_gotopage_fun(9,'x',2)</script><a href='/info/1001/2.htm'>文</a><a href='/info/1001/3.htm'>文</a>",
            [],
        ),
        (
            (
                "<script>_simple_list_gotopage_fun(4,'x',2)</script><a href='/a/b/1.htm'>别的</a><a href='/a/b/2.htm'>别的</a>"
                "<a href='tzgg/3.htm'>下页</a>"
            ),
            ["tzgg/2.htm", "tzgg/1.htm"],
        ),
    ],
)
def test_vsb_pages(html, expected):
    """The count of the jump box and the anchors to some pages give them all, named as the anchors are."""
    found = pager(read_page(html, "http://a.gov.cn/zwgk/tzgg.htm"))
    assert found == [f"http://a.gov.cn/zwgk/{name}" for name in expected]


POSTBACK = (
    '<form method="post" action="./list.aspx?cid=1"><input type="hidden" name="__VIEWSTATE" value="dDwx"/>'
    '<input type="hidden" name="__EVENTVALIDATION" value="/wE"/><input name="key" value="x"/>'
    '<ul><li><a href="show.aspx?id=1">关于某事项的通知</a></li></ul>{pager}</form>'
)


def test_aspnet_pager_is_a_list_of_steps():
    """Every number up to the last one that is linked; the form's hidden fields go with the page."""
    html = POSTBACK.format(
        pager="<a href=\"javascript:__doPostBack('ctl00$AspNetPager1','2')\">2</a>"
        "<a href=\"javascript:__doPostBack('ctl00$AspNetPager1','5')\">末页</a>"
        "<a href=\"javascript:__doPostBack('ctl00$lbDelete','')\">删除</a>"
        "<a href=\"javascript:__doPostBack('ctl00$lbVote','9')\">投票</a>"
    )
    reading = read_page(html, "http://a.gov.cn/list.aspx?cid=1")
    address = "http://a.gov.cn/list.aspx?cid=1"
    assert pager(reading) == [step_url(address, "ctl00$AspNetPager1", str(number)) for number in (2, 3, 4, 5)]
    assert dict(reading.state) == {"__VIEWSTATE": "dDwx", "__EVENTVALIDATION": "/wE"}
    third = read_page(html, step_url(address, "ctl00$AspNetPager1", "3"))
    assert pager(third) == pager(reading)  # the same names, not names of names


def test_aspnet_form_without_an_address_of_its_own_goes_to_the_list():
    """Also from a page that a step led to: names of names would never end."""
    address = "http://a.gov.cn/list.aspx?cid=1"
    html = (
        '<form method="post"><input type="hidden" name="__VIEWSTATE" value="dDwx"/>'
        "<a href=\"javascript:__doPostBack('Pager1','3')\">3</a></form>"
    )
    names = [step_url(address, "Pager1", str(number)) for number in (2, 3)]
    assert pager(read_page(html, address)) == names
    assert pager(read_page(html, names[0])) == names


def test_aspnet_state_that_is_too_large_is_not_kept():
    """In parts it would be refused; a list that needs so much is left at its first page."""
    field = '<input type="hidden" name="{}" value="{}"/>'
    form = "<form method=\"post\"><a href=\"javascript:__doPostBack('Pager1','3')\">3</a>{}</form>"
    small, large = field.format("__VIEWSTATE", "a" * 1_000), field.format("__MORE", "b" * aspnet.MAX_STATE)
    assert set(read_page(form.format(small), "http://a.gov.cn/list.aspx").state) == {"__VIEWSTATE"}
    assert dict(read_page(form.format(small + large), "http://a.gov.cn/list.aspx").state) == {}


def test_aspnet_grid_only_offers_what_it_shows():
    """A grid checks that a page was offered: no number is made up."""
    links = "".join(f"<a href=\"javascript:__doPostBack('gv','Page${n}')\">{n}</a>" for n in (1, 2, 3))
    reading = read_page(POSTBACK.format(pager=links), "http://a.gov.cn/list.aspx?cid=1")
    assert [asked(url) for url in pager(reading)] == [
        Step("http://a.gov.cn/list.aspx?cid=1", "gv", f"Page${n}") for n in (2, 3)
    ]


def test_a_page_without_steps_has_no_state():
    """What nobody asks for is not carried about."""
    assert not read_page(POSTBACK.format(pager=""), "http://a.gov.cn/list.aspx?cid=1").state


@given(
    st.text(min_size=1, max_size=60),
    st.text(max_size=30),
    st.sampled_from(["http://a.gov.cn/l.aspx", "http://a.cn/?x=1"]),
)
def test_steps_keep_their_meaning_in_a_url(target, argument, address):
    """Named, made canonical and read again it is the same step."""
    url = step_url(address, target, argument)
    assert asked(url) == Step(address, target, argument)
    assert asked(canonicalize(url) or "") == Step(address, target, argument)


@given(st.dictionaries(st.text(max_size=12), st.one_of(st.integers(), st.text(max_size=20)), max_size=6))
def test_queries_keep_their_bytes_in_a_url(fields):
    """So does a body of JSON."""
    try:
        body = orjson.dumps(fields)
    except TypeError:
        return  # an integer or a surrogate that JSON of this library does not hold
    url = query_url("http://a.gov.cn/api/list?v=1", "json", body)
    for name in (url, canonicalize(url) or ""):
        assert not name or asked(name) == Query("http://a.gov.cn/api/list?v=1", "json", body)


@pytest.mark.parametrize(
    ("url", "html", "system"),
    [
        ("http://a.gov.cn/zwgk/t20190710_12345.html", "<p>文</p>", "trs"),
        ("http://a.gov.cn/x/", "<script>createPageHTML(4,0,'index','html')</script>", "trs"),
        ("http://a.gov.cn/col/col12/index.html", "<p>文</p>", "jcms"),
        ("http://a.gov.cn/", "".join(f"<a href=/art/2019/7/{n}/art_1_{n}.html>文</a>" for n in (1, 2, 3)), "jcms"),
        ("http://a.gov.cn/x.htm", "<script src='/system/resource/js/counter.js'></script>", "vsb"),
        ("http://a.gov.cn/zwgk/content/post_123.html", "<p>文</p>", "kaipuyun"),
        ("http://a.gov.cn/x/", "<script src='/WebResource.axd?d=1'></script>", "aspnet"),
        ("http://a.gov.cn/x/", "<a href=http://b.gov.cn/art/2019/7/1/art_1_2.html>别处</a>", ""),
        ("http://a.gov.cn/x/", "<p>文</p>", ""),
    ],
)
def test_system_of_a_page(url, html, system):
    """By its own address, a mark in its scripts, or three links; one link of another shape is a link to elsewhere."""
    assert read_page(html, url).system == system
