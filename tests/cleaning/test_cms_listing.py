"""Lists in JSON: entries, where they lead, further pages."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning.cms import listing
from cleaning.cms.listing import Asked
from cleaning.data import how_asked, with_entries
from cleaning.page import Media, PageType
from cleaning.posted import asked
from cleaning.read import read

AREA = "350100"


def rows(first: int, last: int) -> list[dict[str, object]]:
    """Items of a service platform, as they name them."""
    return [
        {"rowGuid": f"9f{n:04d}ab", "taskName": f"办理事项第{n}号", "areaCode": AREA, "sort": n, "deptName": "某局"}
        for n in range(first, last + 1)
    ]


def answer(first: int, last: int, total: int) -> bytes:
    """An answer of such a platform."""
    menus = [{"id": "m1", "note": "x"}]
    return orjson.dumps({"code": 200, "menus": menus, "data": {"total": total, "rows": rows(first, last)}})


def found(body: bytes) -> listing.Listing:
    """The list of an answer that has one."""
    listed = listing.read_listing(body)
    assert listed is not None
    return listed


def drawn(first: int, last: int) -> list[str]:
    """The links a page draws from the rows, and some of its own."""
    links = [f"http://zwfw.a.gov.cn/guide/{row['rowGuid']}.html?area={AREA}" for row in rows(first, last)]
    return [*links, "http://zwfw.a.gov.cn/", *(f"http://zwfw.a.gov.cn/list?page={n}" for n in range(1, 11))]


def test_entries_and_their_template():
    """The longest array of named objects; what the drawn links repeat of an entry is a field, what all share is not."""
    listed = found(answer(1, 10, 23))
    assert (len(listed.entries), listed.total) == (10, 23)
    template = listing.template_of(listed, drawn(1, 10))
    assert template == f"http://zwfw.a.gov.cn/guide/{{rowGuid}}.html?area={AREA}"
    assert listing.addresses(found(answer(11, 12, 23)), template) == [
        (f"http://zwfw.a.gov.cn/guide/9f00{n}ab.html?area={AREA}", f"办理事项第{n}号") for n in (11, 12)
    ]


def test_counters_make_no_template():
    """Page numbers repeat the entries' order by chance."""
    assert listing.template_of(found(answer(1, 10, 23)), drawn(1, 10)[10:]) == ""


def test_several_fields_make_one_template():
    """Besides the field that tells entries apart, others that differ may stand in the link."""
    body = orjson.dumps(
        {"list": [{"id": f"a{n:05d}", "kind": f"lx{n % 2}", "title": f"公示公告{n}"} for n in range(6)]}
    )
    links = [f"http://a.cn/{'lx0' if n % 2 == 0 else 'lx1'}/a{n:05d}.html" for n in range(6)]
    assert listing.template_of(found(body), links) == "http://a.cn/{kind}/{id}.html"


@pytest.mark.parametrize(
    ("asked_for", "expected"),
    [
        (Asked("http://a.cn/api?pageNum=1&pageSize=10&areaCode=1"), ["pageNum=2&pageSize=10", "pageNum=3&pageSize=10"]),
        (Asked("http://a.cn/api?page=0&size=10"), ["page=1&size=10", "page=2&size=10"]),
        (Asked("http://a.cn/api?pageNo=2"), ["pageNo=1", "pageNo=3"]),
        (Asked("http://a.cn/api?start=0&limit=10"), ["start=10&limit=10", "start=20&limit=10"]),
        (Asked("http://a.cn/api?start=11&limit=10"), ["start=1&limit=10", "start=21&limit=10"]),
        (Asked("http://a.cn/api?type=1"), []),
        (Asked("http://a.cn/api?page=first"), []),
    ],
)
def test_further_pages_by_address(asked_for, expected):
    """All pages but the one that was seen, area code and all other parameters kept."""
    pages = listing.further(asked_for, found(answer(1, 10, 23)))
    assert len(pages) == len(expected)
    assert all(part in page for part, page in zip(expected, pages, strict=True))
    assert all(("areaCode=1" in page) == ("areaCode" in asked_for.url) for page in pages)


def test_further_pages_by_body():
    """A question asked by a body is named by it; the number keeps its type."""
    query = {"areaCode": AREA, "pageNum": 1, "pageSize": "10"}
    pages = listing.further(Asked("http://a.cn/api", "json", orjson.dumps(query)), found(answer(1, 10, 23)))
    assert [orjson.loads(asked(page).body) for page in pages] == [query | {"pageNum": n} for n in (2, 3)]
    assert how_asked(pages[0]).kind == "json"
    form = listing.further(Asked("http://a.cn/api", "form", b"pageNum=1&x=%E5%B8%82"), found(answer(1, 10, 23)))
    assert [asked(page).body for page in form] == [b"pageNum=2&x=%E5%B8%82", b"pageNum=3&x=%E5%B8%82"]


def test_without_a_total_a_full_page_has_a_next_one():
    """And a page that is not full is the last."""
    body = orjson.dumps(rows(1, 10))
    assert listing.further(Asked("http://a.cn/api?page=1&size=10"), found(body)) == ["http://a.cn/api?page=2&size=10"]
    assert listing.further(Asked("http://a.cn/api?page=1&size=20"), found(body)) == []


def test_an_answer_read_as_a_page():
    """Text and links of an answer fetched by itself; the template a page has shown gives the links its entries lack."""
    url = f"http://zwfw.a.gov.cn/api/items?areaCode={AREA}&pageNum=2&pageSize=10"
    body = answer(11, 20, 23)
    reading = read(body, url, content_type="application/json;charset=utf-8")
    assert (reading.media, reading.page_type, reading.list_items) == (Media.DATA, PageType.LIST, 10)
    assert reading.text.split("\n")[0] == "办理事项第11号"
    assert reading.links == ()
    whole = with_entries(reading, body, "/guide/{rowGuid}.html")
    assert [link.url for link in whole.links[:2]] == [f"http://zwfw.a.gov.cn/guide/9f00{n}ab.html" for n in (11, 12)]
    assert [link.url.partition("pageNum=")[2][:1] for link in whole.links[10:]] == ["3"]


def test_addresses_in_entries_need_no_template():
    """Addresses under a key that says so, or that look like a page."""
    body = b'callback({"list":[{"title":"\xe9\x80\x9a\xe7\x9f\xa5","linkUrl":"/zwgk/1"},{"title":"\xe5\x85\xac\xe5\x91\x8a","p":"/a/2.html"}]});'
    reading = read(body, "http://a.gov.cn/api/list", content_type="application/json")
    assert [link.url for link in reading.links] == ["http://a.gov.cn/zwgk/1", "http://a.gov.cn/a/2.html"]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=8), inner, max_size=5)),
    max_leaves=30,
)


@given(JSON, st.text(max_size=60))
def test_whatever_the_answer_nothing_breaks(data, query):
    """Any JSON under any address is read, with a list or without."""
    body = orjson.dumps(data)
    reading = read(body, f"http://a.gov.cn/api?page=1&{query}", content_type="application/json")
    assert not reading.fault
    assert with_entries(reading, body, "/x/{id}").media is reading.media


@pytest.mark.parametrize("body", [b"{", b"[1,2]", b'{"a":1}', b"[" * 5_000 + b"]" * 5_000])
def test_what_is_no_list_stays_data(body):
    """No text, no links, and its bytes tell it apart."""
    reading = read(body, "http://a.gov.cn/api", content_type="application/json")
    assert (reading.media, reading.links, reading.text) == (Media.DATA, (), "")
    assert reading.text_hash
