"""What is read off one page for the points it evidences: letters, columns, lists, heads."""

from datetime import date

import pytest

from cleaning.read import read
from indicators import catalogue
from indicators.evidence import Strength, Tag
from indicators.evidence_pages import Evidence, EvidencePage
from indicators.measurement import Measurement
from indicators.outcomes import outcome
from indicators.partial import Rules, folded
from indicators.tagging import Tagger
from indicators.values import Effort, State

TAGGER = Tagger(catalogue.load())
ON = date(2026, 11, 30)
FOOT = "<div class=footer><p>主办单位：某某市人民政府办公室 网站标识码：0000000001 地址：人民路1号</p></div>"


def tags(body: str, head: str = "") -> tuple[Tag, ...]:
    """What a page is tagged with."""
    page = read(
        f"<html><head><meta charset=utf-8>{head}</head><body>{body}{FOOT}</body></html>".encode(),
        "http://www.city.gov.cn/a/index.html",
        content_type="text/html",
    )
    return TAGGER.tag(page, ON).tags


def found(body: str, head: str = "") -> dict[str, Measurement]:
    """What a page gives, by point."""
    return {tag.code: tag.measured for tag in tags(body, head)}


def table(title: str, headers: str, *rows: str) -> str:
    """A page of one table; cells stand apart by bars."""
    cells = "".join("<tr><td>" + row.replace("|", "</td><td>") + "</td></tr>" for row in rows)
    return f"<title>{title}</title><h1>{title}</h1><table><tr><th>{headers.replace('|', '</th><th>')}</th></tr>{cells}</table>"


@pytest.mark.parametrize(
    ("headers", "row", "days"),
    [
        ("来信标题|来信时间|答复单位|答复时间", "路灯不亮|2026-11-02|市城管局|2026-11-06", 4),
        ("来信标题|答复时间|答复单位|来信时间", "路灯不亮|2026-11-06|市城管局|2026-11-02", 4),
    ],
)
def test_a_list_of_letters_tells_days_from_question_to_answer(headers: str, row: str, days: int) -> None:
    """The headers say which of a row's two dates is the question's, whichever comes first."""
    assert found(table("信件列表", headers, row, row))["2.3.1-M02"].days == (days, days)


def test_a_row_with_three_dates_or_an_answer_before_its_question_tells_nothing() -> None:
    """Nobody can say which of three is which."""
    headers = "来信标题|来信时间|答复单位|答复时间"
    rows = ("2026年11月1日停电|2026-11-02|市供电公司|2026-11-06", "路灯不亮|2026-11-09|市城管局|2026-11-06")
    assert found(table("信件列表", headers, *rows))["2.3.1-M02"].days == ()


def test_an_empty_column_is_no_element() -> None:
    """Five elements are named; of the accountability column most rows say 无."""
    headers = "责任事项|法律依据|责任主体|追责情形|监督电话"
    full = found(table("市教育局责任清单", headers, *["教师资格认定|教师法|市教育局|渎职|12345"] * 6))
    half = found(table("市教育局责任清单", headers, *["教师资格认定|教师法|市教育局|无|12345"] * 6))
    assert (full["1.1.1-M03"].parts, half["1.1.1-M03"].parts) == (0b11111, 0b10111)


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("申请条件：年满十八周岁，提交材料齐全，无不良记录。", False),
        ("申请条件：年满十八周岁。提交材料：身份证。", True),
        ("三、提交材料 身份证原件", True),
        ("提交材料清单：身份证", True),
        ("需要提交材料 身份证", True),
        ("提交材料：无", False),
        ("三、提交材料</p><p>身份证原件一份", True),
        ("提交材料：</p><p>1.身份证原件一份", True),
        ("三、提交材料</p><p>四、办理结果", False),
        ("提交材料</p><p>联系电话：12345", False),
        ("提交材料</p><p>无", False),
        ("提交材料：</p><p>承办科室：</p><p>城管科", False),
        ("提交材料</p><p>承诺期限", False),
        ("提交材料</p><p>序号 依据名称 服务主题", False),
        ("一、提交材料</p><p>办理时应当带上以下材料：</p><p>1.身份证", True),
        ("提交材料", False),
    ],
)
def test_an_element_is_named_and_not_spoken_of(line: str, there: bool) -> None:  # noqa: FBT001
    """Words of a field's name may stand within another field: there they are no field; nor is a name with nothing below it."""
    others = (
        "设定依据：道路交通安全法",
        "办理流程：受理、审核",
        "办理地点：人民路1号",
        "办理时间：工作日",
        "联系电话：12345",
        "事项名称：换证",
    )
    lines = "".join(f"<p>{each}</p>" for each in (*others, line))
    guide = f"<title>驾驶证期满换证-某某市政务服务网</title><h1>驾驶证期满换证</h1><div id=zoom>{lines}</div>"
    assert bool(found(guide)["2.2.1-M02"].parts >> 3 & 1) is there


@pytest.mark.parametrize(
    ("title", "item"),
    [("企业简易注销登记", 3), ("企业注销登记", 2), ("分公司设立登记", 4), ("公司设立登记", 0)],
)
def test_an_item_named_like_another_is_itself_alone(title: str, item: int) -> None:
    """Winding up by the short way is not the winding up that the sample names beside it."""
    elements = "".join(
        f"<p>{each}：按规定办理</p>" for each in ("办理条件", "申请材料", "办理流程", "办理时限", "办理地点")
    )
    guide = f"<title>{title}-某某市政务服务网</title><h1>{title}</h1><div id=zoom>{elements}</div>"
    assert found(guide)["1.3.7-M04"].parts == 1 << item


def test_lists_without_links_and_of_short_links_are_counted() -> None:
    """Entries that only a script opens, a day behind each; and linked names of four characters."""
    lines = "".join(
        f"<li>{name}一件事 <span>2026-11-0{n}</span></li>" for n, name in enumerate(("新生儿", "开餐馆", "退休"), 1)
    )
    page = f"<title>一件事联办-某某市政务服务网</title><div class=crumb>当前位置：首页 &gt; 一件事联办</div><h1>一件事联办</h1><div id=zoom><ul>{lines}</ul></div>"
    assert found(page)["1.2.1-M05"].count == 3
    names = ("失业登记", "就业登记", "婚姻登记", "工伤保险待遇申领", "企业注销登记")
    links = "".join(f"<p><a href=/g/{n}.html>{name}</a></p>" for n, name in enumerate(names))
    page = f"<title>个人办事-某某市政务服务网</title><div class=crumb>当前位置：首页 &gt; 个人办事</div><h1>个人办事</h1><div id=list>{links}</div>"
    assert found(page)["2.2.1-M04"].count == 5


def test_feeds_and_views_for_telephones_are_named_in_the_head() -> None:
    """What only programs read is an entry all the same; a style sheet for narrow screens is none."""
    body = "<h1>某某市人民政府</h1><p>市政府召开常务会议，研究部署民生工作，听取各部门汇报。</p>"
    feed = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    phone = '<meta name="mobile-agent" content="format=html5;url=http://m.city.gov.cn/">'
    assert {"3.3.2-M01", "3.1.2-M02"} <= found(body, feed + phone).keys()
    style = '<link rel="stylesheet" media="(max-width: 600px)" href="/m.css">'
    assert not {"3.3.2-M01", "3.1.2-M02"} & found(body, style).keys()


def promised(*bodies: str) -> float | None:
    """Days to open a firm (1.3.7-M03), as pages with these titles and lines say together; None where none says it."""
    pages = []
    for number, body in enumerate(bodies):
        title, *lines = body.split("|")
        shown = tags("".join(f"<p>{line}</p>" for line in lines), f"<title>{title}</title>")
        found = tuple(
            Evidence(one.code, one.strength is Strength.CONTENT, one.confidence, one.measured) for one in shown
        )
        pages.append(EvidencePage(f"city.gov.cn/{number}", f"city.gov.cn/{number}", "city.gov.cn", 2, evidence=found))
    rules = Rules(catalogue.load())
    effort = Effort(500, 0, 0, finished=True, portal="city.gov.cn")
    said = outcome(rules.points["1.3.7-M03"], folded(rules, pages), effort, "a")
    return said.value if said.state is State.MEASURED else None


TOTAL = "企业开办一网通办专区|企业开办只保留企业登记、公章刻制、发票申领、社保登记四个环节。|企业开办总承诺时限为2个工作日，公章刻制免费。"
GUIDE = "企业开办办事指南|发布日期：2026-11-20|受理条件：符合规定。|法定办结时限 54个工作日|承诺办结时限 4个工作日"


@pytest.mark.parametrize(
    ("bodies", "days"),
    [
        ((TOTAL,), 2),
        ((GUIDE,), 4),
        ((GUIDE, TOTAL), 2),
        ((TOTAL, GUIDE), 2),
        (("企业开办办事指南|法定时限：54个工作日",), None),
        (("企业开办流程|设立登记承诺时限1个工作日；企业开办总承诺时限为3个工作日。",), 3),
        (("优化企业开办|企业开办时间由20个工作日压缩至3个工作日。",), 3),
        (("优化企业开办|企业开办全流程（法定20个工作日）承诺时限5个工作日。",), 5),
    ],
)
def test_the_promise_is_the_total_and_never_the_legal_limit(bodies: tuple[str, ...], days: float | None) -> None:
    """A guide gives both limits, and perhaps of one step; what is stated of the whole goes before it, however old."""
    assert promised(*bodies) == days
