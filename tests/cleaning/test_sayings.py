"""Pages that say nothing new, and pages that only look alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaning.read import read
from cleaning.sayings import Said, Sayings, sayings
from cleaning.urls import canonicalize

HEAD = '<div class="header"><a href="/">首页</a> <a href="/xwzx/">新闻中心</a></div>'


def said(url: str, body: str, title: str = "某县人民政府") -> tuple[str, Sayings]:
    """Key and sayings of a page."""
    found = sayings(read(f"<html><head><title>{title}</title></head><body>{HEAD}{body}</body></html>".encode(), url))
    assert found is not None
    return canonicalize(url) or "", found


def repeats(*pages: tuple[str, Sayings]) -> list[bool]:
    """Whether each page in turn repeats, to one worker."""
    known = Said()
    return [known.repeats(key, found) for key, found in pages]


def calendar(month: int) -> tuple[str, Sayings]:
    days = "".join(f"<td>{day}</td>" for day in range(1, 31))
    steps = f'<a href="/hd/2026{month - 1:02d}.html">上一月</a> <a href="/hd/2026{month + 1:02d}.html">下一月</a>'
    return said(
        f"http://a.gov.cn/hd/2026{month:02d}.html", f"<h3>2026年{month}月</h3>{steps}<table>{days}</table>没有活动"
    )


def prices(day: int) -> tuple[str, Sayings]:
    rows = "".join(f"<tr><td>{name}</td><td>{day * 7 + place}.{day}</td></tr>" for place, name in enumerate("米面油肉"))
    steps = f'<a href="/jg/{day + 1}.html">次日</a>'
    return said(f"http://a.gov.cn/jg/{day}.html", f"<h3>{day}日价格</h3><table>{rows}</table>{steps}")


def listing(page: int, order: int = 1) -> tuple[str, Sayings]:
    names = [
        f"<li><a href='/art/{n}.html'>{chr(0x4E00 + n * 11)}村公告</a></li>" for n in range(page * 5, page * 5 + 5)
    ]
    pager = "".join(f'<a href="/list.jsp?p={n}">{n}</a>' for n in range(page, page + 4))
    return said(f"http://a.gov.cn/list.jsp?p={page}&o={order}", f"<ul>{''.join(names[::order])}</ul>共 40 条 {pager}")


def test_months_of_an_empty_calendar_repeat() -> None:
    """Their own year and month are no news, nor are the days."""
    assert repeats(*map(calendar, (6, 7, 5, 8, 4)))[2:] == [True] * 3


def test_figures_that_differ_are_news() -> None:
    """A table of prices is another one every day, though its words are the same."""
    assert not any(repeats(*map(prices, range(1, 20))))


def test_pages_of_a_list_are_news_and_another_order_is_not() -> None:
    """New titles, new links; the same ones the other way round are a filter's work."""
    assert not any(repeats(*map(listing, range(6))))
    assert repeats(*map(listing, range(6)), listing(2, -1))[-1]


def test_pages_of_pictures_are_told_apart_by_their_pictures() -> None:
    """Without a word of their own."""
    pages = [said(f"http://a.gov.cn/tp/{n}.html", f'<img src="/img/p{n * 37}.jpg">') for n in range(9)]
    assert not any(repeats(*pages))


def test_empty_columns_with_names_are_news() -> None:
    """Each names itself."""
    pages = [
        said(f"http://a.gov.cn/col/col{n}/", f"<h2>{name}</h2>暂无信息") for n, name in enumerate("甲乙丙丁戊己庚")
    ]
    assert not any(repeats(*pages))


def test_a_page_read_again_does_not_repeat() -> None:
    """A browser that gave up, a lease that was lost: its links are needed still."""
    page = calendar(6)
    assert repeats(page, page, page) == [False] * 3


def test_what_scripts_draw_and_what_is_no_html_says_nothing() -> None:
    """Shells are all alike: they are neither repeats nor evidence."""
    shell = b"<html><head><script src='/app.js'></script></head><body><div id='app'></div></body></html>"
    assert sayings(read(shell, "http://a.gov.cn/x")) is None
    assert sayings(read(b"%PDF-1.4 x", "http://a.gov.cn/x.pdf")) is None


def test_session_pages_have_one_outline() -> None:
    """From visit to visit only tokens and digits change."""
    one, two = (
        said(f"http://a.gov.cn/s/{token}/p.html", f'已有{n}人<a href="/q/{token}x/n.html">下一步</a>')[1]
        for n, token in ((3, "9f86d081884c7d65"), (84, "0b0dc2bae3ae11d2"))
    )
    assert one.outline == two.outline
    assert one.mark != two.mark


@given(st.lists(st.text(alphabet="甲乙丙丁1234567890 ，", min_size=1, max_size=20), min_size=2, max_size=8))
def test_a_page_with_a_word_of_its_own_is_never_a_repeat(bodies: list[str]) -> None:
    """Whatever else the pages share."""
    pages = [said(f"http://a.gov.cn/z/{n}.html", f"<p>{body} {chr(0x6000 + n)}</p>") for n, body in enumerate(bodies)]
    assert not any(repeats(*pages))
