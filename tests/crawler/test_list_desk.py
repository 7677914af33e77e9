"""Lists a browser page was drawn from: learned by one worker, asked for by another."""

from __future__ import annotations

from dataclasses import replace

import orjson

from cleaning.page import Link, LinkKind, PageType, Reading
from cleaning.posted import asked
from cleaning.read import read
from cleaning.urls import key_of
from crawler.drawn_lists import are_asked_for, drawn_lists
from crawler.frontier.contract import Grant, Lease, Via
from crawler.items import Capture, DataResponse
from crawler.list_desk import ListDesk, Posted, address_of
from crawler.plan import RoundPlan, RuleKind, ScopeRule, UnitPlan
from crawler.scope import Scope

PAGE = "http://zwfw.gov.test/sx/list.html?area=350100"
API = "http://zwfw.gov.test/rest/items"


class Shelf:
    """What desks of several workers share."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, str]] = {}
        self.asked = 0

    async def keep_list(self, round_name: str, name: str, fields: dict[str, str]) -> None:
        """Keep it."""
        self.kept[round_name, name] = fields

    async def kept_list(self, round_name: str, name: str) -> dict[str, str] | None:
        """Give it back."""
        self.asked += 1
        return self.kept.get((round_name, name))


def rows(first: int, last: int) -> list[dict[str, str]]:
    """Entries of the list."""
    return [{"rowGuid": f"9f{n:04d}ab", "taskName": f"申请办理第{n}号事项"} for n in range(first, last + 1)]


def answer(first: int, last: int, sent: bytes = b"", *, total: int = 23) -> DataResponse:
    """An answer of the list's service."""
    body = orjson.dumps({"data": {"total": total, "list": rows(first, last)}})
    url = API if sent else f"{API}?areaCode=350100&pageNum={first // 10 + 1}&pageSize=10"
    return DataResponse(url, "POST" if sent else "GET", 200, "application/json", body, sent)


def links(first: int, last: int) -> tuple[Link, ...]:
    """What the page drew."""
    urls = [f"http://zwfw.gov.test/guide/{row['rowGuid']}.html" for row in rows(first, last)]
    return tuple(Link(url, key_of(url), LinkKind.ANCHOR) for url in urls)


def lease(url: str) -> Lease:
    """A grant of a page."""
    return Lease("t-1", Grant.PAGE, "zwfw.gov.test", key_of(url), url)


def captured(url: str, body: bytes, via: Via, *loaded: DataResponse) -> Capture:
    """What came."""
    dom = b"<html></html>" if via is Via.BROWSER else None
    return Capture(url, 200, (), body, body, dom, via, 0.0, 0.0, "", loaded)


async def drawn(desk: ListDesk, *loaded: DataResponse) -> list[str]:
    """Further pages found on a visit."""
    reading = Reading(PAGE, PAGE, read(b"<p>", PAGE).media, "", "", "zh", links=links(1, 10))
    found = await desk.read(lease(PAGE), captured(PAGE, b"<p>", Via.BROWSER, *loaded), reading)
    assert found.links[:10] == reading.links
    return [link.url for link in found.links[10:]]


async def test_what_one_worker_has_seen_another_asks_for() -> None:
    """The pages behind a drawn list, got over HTTP, lead to their entries by what the drawn page has shown."""
    shelf = Shelf()
    pages = await drawn(ListDesk("r", shelf), answer(1, 10))  # type: ignore[arg-type]
    assert pages == [f"{API}?areaCode=350100&pageNum={number}&pageSize=10" for number in (2, 3)]
    other = ListDesk("r", shelf)  # type: ignore[arg-type]
    body = answer(11, 20).body
    reading = read(body, pages[0], content_type="application/json")
    found = await other.read(lease(pages[0]), captured(pages[0], body, Via.HTTP), reading)
    assert [link.url for link in found.links] == [*(link.url for link in links(11, 20)), pages[1]]
    await other.read(lease(pages[1]), captured(pages[1], body, Via.HTTP), read(body, pages[1]))
    assert shelf.asked == 1  # all pages of a list are one question
    stranger = ListDesk("another round", shelf)  # type: ignore[arg-type]
    alone = await stranger.read(lease(pages[1]), captured(pages[1], body, Via.HTTP), read(body, pages[1]))
    assert alone.links == ()


async def test_a_list_asked_for_by_a_body_is_posted() -> None:
    """Its pages are named by what is sent, and that is sent, to the address itself."""
    desk = ListDesk("r", Shelf())  # type: ignore[arg-type]
    pages = await drawn(desk, answer(1, 10, b'{"areaCode":"350100","pageNum":1,"pageSize":10}'))
    assert await desk.posted(pages[0]) == Posted(
        API, "application/json; charset=utf-8", b'{"areaCode":"350100","pageNum":2,"pageSize":10}'
    )
    assert [address_of(url) for url in pages] == [API, API]
    form = await drawn(desk, answer(1, 10, b"areaCode=350100&pageNum=1"))
    sent = await desk.posted(form[1])
    assert sent is not None
    assert (sent.content_type.partition(";")[0], sent.body) == (
        "application/x-www-form-urlencoded", b"areaCode=350100&pageNum=3",
    )  # fmt: skip
    assert await desk.posted(PAGE) is None
    rule = ScopeRule(kind=RuleKind.AREA, host="zwfw.gov.test", value="350100")
    unit = UnitPlan(code="u", name="一号", seeds=(PAGE,), scope=(rule,))
    scope = Scope(RoundPlan(name="r", units=(unit,)))
    assert {scope.units_of(key_of(url)) for url in (PAGE, *pages)} == {("u",)}
    assert scope.units_of(key_of(pages[0].replace("350100", "350200"))) == ()


async def test_lists_that_are_not_the_pages_are_left_alone() -> None:
    """Menus, single answers, failures, and entries whose links the page did not draw."""
    desk, shelf = ListDesk("r", Shelf()), Shelf()  # type: ignore[arg-type]
    failed = DataResponse(f"{API}?pageNum=1", "GET", 500, "application/json", answer(1, 10).body)
    plain = DataResponse(API, "GET", 200, "application/json", answer(1, 10).body)
    assert await drawn(desk, answer(31, 40), failed, plain, answer(1, 10, total=10)) == []
    assert shelf.kept == {}


async def test_an_answer_is_a_page_of_the_list_it_continues() -> None:
    """Its title and its place are the list's own page's, whichever worker read that; another round knows nothing of it."""
    shelf = Shelf()
    page = replace(
        read(b"<p>", PAGE), title="服务事项", site_title="某市", column_path=("首页", "事项"), links=links(1, 10)
    )
    first = ListDesk("r", shelf)  # type: ignore[arg-type]
    await first.read(lease(PAGE), captured(PAGE, b"<p>", Via.BROWSER, answer(1, 10)), page)
    second = f"{API}?areaCode=350100&pageNum=2&pageSize=10"
    body = answer(11, 20).body

    async def heard(round_name: str) -> Reading:
        given = captured(second, body, Via.HTTP)
        return await ListDesk(round_name, shelf).read(lease(second), given, read(body, second))  # type: ignore[arg-type]

    found = await heard("r")
    assert (found.title, found.site_title, found.column_path) == ("服务事项", "某市", ("首页", "事项"))
    assert (await heard("another")).title == ""


async def test_groups_of_records_are_pages_of_the_column_that_leads_to_them() -> None:
    """All groups of one column are one list, whatever range they hold; a home page's lists have names of their own."""
    proxy = "http://a.gov.test/module/web/jpage/dataproxy.jsp"
    groups = [f"{proxy}?startrecord={n}&endrecord={n + 44}&perpage=15&columnid=76" for n in (46, 91)]
    pagers = tuple(Link(url, key_of(url), LinkKind.PAGER) for url in groups)
    rows_of = "".join(
        f"<record><![CDATA[<li><a href='/{n}.html'>关于第{n}号的通知</a></li>]]></record>" for n in range(9)
    )
    body = f"<?xml version='1.0'?><datastore><recordset>{rows_of}</recordset></datastore>".encode()
    column = replace(read(b"<p>", PAGE), title="通知公告", links=pagers)

    async def title_after(page: Reading) -> str:
        shelf = Shelf()
        await ListDesk("r", shelf).read(lease(PAGE), captured(PAGE, b"<p>", Via.HTTP), page)  # type: ignore[arg-type]
        given, answered = captured(groups[1], body, Via.HTTP), read(body, groups[1])
        found = await ListDesk("r", shelf).read(lease(groups[1]), given, answered)  # type: ignore[arg-type]
        return found.title

    assert await title_after(column) == "通知公告"
    assert await title_after(replace(column, page_type=PageType.HOME)) == ""


async def test_a_step_needs_the_form_it_belongs_to() -> None:
    """The hidden fields of the list page are sent again; a step of a form nobody has kept is simply got."""
    shelf = Shelf()
    desk = ListDesk("r", shelf)  # type: ignore[arg-type]
    url = "http://a.gov.test/list.aspx?cid=1"
    html = (
        b'<form method="post" action="list.aspx?cid=1"><input type="hidden" name="__VIEWSTATE" value="/wE+="/>'
        b"<a href=\"javascript:__doPostBack('Pager1','2')\">2</a></form>"
    )
    reading = read(html, url)
    (step,) = [link.url for link in reading.links]
    assert await desk.posted(step) is None
    await desk.read(lease(url), captured(url, html, Via.HTTP), reading)
    other = await ListDesk("r", shelf).posted(step)  # type: ignore[arg-type]
    assert other == Posted(
        url, "application/x-www-form-urlencoded; charset=utf-8",
        b"__VIEWSTATE=%2FwE%2B%3D&__EVENTTARGET=Pager1&__EVENTARGUMENT=2",
    )  # fmt: skip
    later = html.replace(b"/wE+=", b"another")
    await desk.read(lease(step), captured(step, later, Via.HTTP), read(later, step))
    assert await desk.posted(step) == other  # a step's own form is another one, and is not kept
    assert asked(step) is not None


async def test_a_form_that_has_changed_is_sent_as_it_is_now() -> None:
    """A server may refuse the fields of an hour ago: those of the last reading are kept and sent."""
    shelf = Shelf()
    desk = ListDesk("r", shelf)  # type: ignore[arg-type]
    url = "http://a.gov.test/list.aspx?cid=1"
    html = (
        '<form method="post" action="list.aspx?cid=1"><input type="hidden" name="__VIEWSTATE" value="%s"/>'
        "<a href=\"javascript:__doPostBack('Pager1','2')\">2</a></form>"
    )
    for state in ("first", "second"):
        body = (html % state).encode()
        reading = read(body, url)
        await desk.read(lease(url), captured(url, body, Via.HTTP), reading)
        for worker in (desk, ListDesk("r", shelf)):  # type: ignore[arg-type]
            sent = await worker.posted(reading.links[0].url)
            assert sent is not None
            assert sent.body.startswith(f"__VIEWSTATE={state}&".encode())


def test_a_list_that_can_be_asked_for_is_not_turned() -> None:
    """Told by the document and the answers alone."""
    dom = "".join(
        f'<li><a class="x" href="/guide/{row["rowGuid"]}.html?a=1&amp;b=2">事项</a></li>' for row in rows(1, 10)
    )
    assert are_asked_for([answer(1, 10)], dom, PAGE)
    assert not are_asked_for([answer(1, 10, total=10)], dom, PAGE)
    assert not are_asked_for([answer(1, 10)], "<li onclick='go(1)'>事项</li>", PAGE)
    assert not are_asked_for([], dom, PAGE)
    assert drawn_lists([answer(1, 10)], []) == []
