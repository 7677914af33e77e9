"""What a rendered page says: its DOM, unless its scripts left less than the server sent."""

from crawler.items import Capture, Via
from crawler.reading import read_capture

URL = "http://zwfw.city.gov.cn/sx/list.html"
OFFICES = "".join(
    f"<div><span>市{name}局办公室</span></div>"
    for name in "教科公民司财人自生住交水农商文卫应审统医体林信税档气侨粮邮盐"
)
FRAME = f"<title>事项</title><div class=nav><a href=/>首页</a></div><h1>部门事项</h1><div id=list>{{}}</div><div>{OFFICES}</div>"
LIST = "".join(f"<p><a href=/g/{n}.html>{name}资格认定办理</a></p>" for n, name in enumerate(("教师", "律师", "护士")))


def capture(body: str, dom: str) -> Capture:
    return Capture(
        URL, 200, (("content-type", "text/html; charset=utf-8"),), b"", body.encode(), dom.encode(), Via.BROWSER, 0.0, 0.1, ""
    )  # fmt: skip


def test_a_short_list_that_is_drawn_is_read_though_the_bytes_text_is_longer() -> None:
    """Of bytes without their list the main text is the frame around it, which is longer than the list."""
    page = read_capture(capture(FRAME.format(""), FRAME.format(LIST)))
    assert "教师资格认定办理" in page.visible
    assert page.list_items >= 3


def test_scripts_that_fail_half_way_leave_the_bytes_text() -> None:
    """A DOM that shows hardly anything is not what the page says."""
    page = read_capture(capture(FRAME.format(LIST), "<title>事项</title><div>加载失败</div>"))
    assert "教师资格认定办理" in page.visible
