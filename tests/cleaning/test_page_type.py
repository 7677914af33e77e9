"""Page types."""

import pytest

from cleaning.page import PageType
from cleaning.read import read
from tests.cleaning.judged import gov_page

PROSE = "为进一步规范政府信息公开工作，保障公民、法人和其他组织依法获取政府信息，现将有关事项通知如下。"
LINKS = "".join(
    f"<li><a href='/zwgk/t{n}.html'>关于第{n}批行政许可事项的公告</a><span>2024-03-{n:02d}</span></li>"
    for n in range(1, 25)
)
GUIDE = "受理条件：本市户籍。申请材料：身份证。办理流程：窗口受理。法定时限：20个工作日。收费标准：不收费。"
ROWS = "".join(f"<tr><td>{n}</td><td>事项{n}</td><td>民政局</td></tr>" for n in range(30))

PAGES = {
    PageType.ARTICLE: ("http://www.x.gov.cn/zwgk/t20240315_1.html", gov_page("关于某事的通知", PROSE, PROSE)),
    PageType.LIST: ("http://www.x.gov.cn/zwgk/tzgg/", f"<title>通知公告</title><ul>{LINKS}</ul>"),
    PageType.HOME: ("http://www.x.gov.cn/index.html", f"<title>某市人民政府</title><ul>{LINKS}</ul>"),
    PageType.GUIDE: ("http://www.x.gov.cn/bsfw/12.html", gov_page("婚姻登记办事指南", GUIDE, PROSE)),
    PageType.TABLE: (
        "http://www.x.gov.cn/qlqd/1.html",
        f"<title>权力清单</title><table><tr><th>序号</th><th>事项名称</th><th>部门</th></tr>{ROWS}</table>",
    ),
    PageType.ERROR: ("http://www.x.gov.cn/zwgk/9.html", "<title>提示信息</title><p>您访问的页面不存在或已被删除！</p>"),
    PageType.LOGIN: (
        "http://www.x.gov.cn/login",
        "<title>用户登录</title><form action=/login><input name=user><input type=password name=p></form>",
    ),
    PageType.SEARCH: (
        "http://www.x.gov.cn/search?q=a",
        "<title>搜索结果</title><form action=/search><input name=q></form><p>共找到 3 条结果</p>",
    ),
    PageType.INTERACTION: (
        "http://www.x.gov.cn/hd/write.jsp",
        "<title>市长信箱</title><form action=/letter><input name=title><input name=tel><textarea name=body></textarea></form>",
    ),
    PageType.FORM: (
        "http://www.x.gov.cn/apply.jsp",
        "<title>依申请公开</title><form action=/apply><input name=title><textarea name=body></textarea></form>",
    ),
}


@pytest.mark.parametrize("expected", PAGES, ids=str)
def test_type_of_a_usual_page(expected: PageType) -> None:
    """One usual page of each type."""
    url, html = PAGES[expected]
    assert read(html.encode(), url).page_type is expected


def test_article_about_dead_links_is_no_error_page() -> None:
    """Words of an error page inside a long article say nothing about the page itself."""
    html = gov_page("关于网站找错情况的通报", PROSE, "检查发现部分栏目页面不存在、链接已失效。", PROSE * 6)
    assert read(html.encode(), "http://www.x.gov.cn/a/t20240101_1.html").page_type is PageType.ARTICLE
