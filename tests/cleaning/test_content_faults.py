"""Extraction where pages mislead: labels deep in texts, titles printed twice, footers' words, grids, menus by the path."""

import pytest

from cleaning.page import PageType
from cleaning.read import read
from tests.cleaning.judged import parsed

ONE = "为进一步规范政府信息公开工作，保障公民、法人和其他组织依法获取政府信息，现将有关事项通知如下。"
TWO = "各乡镇人民政府、各街道办事处要高度重视，明确专人负责，于4月10日前报送工作情况。"
TITLE = "关于召开全县林业工作会议的通知"
INFO = "发布时间：2024-03-15 来源：县林业局 浏览次数：12"
MENU = "".join(f"<li><a href='/l{n}/'>栏目{n}</a></li>" for n in range(12))
COLUMN = "".join(
    f"<li><a href='/zw/t{n}.html'>关于第{n}批行政许可事项的公告</a><span>2024-03-{n:02d}</span></li>"
    for n in range(1, 8)
)
GRID = "".join(
    f"<div><span onclick='go({n})'>{name}</span></div>" for n, name in enumerate(["某某区分站", "某某县分站"] * 60)
)


def article(*lines: str, title: str = TITLE) -> str:
    """A page whose content element holds title, info line and text."""
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<title>{title}</title><div class=top><ul>{MENU}</ul></div><div class=main><h1>{title}</h1>{body}</div>"


def test_a_label_deep_in_the_text_takes_nothing_with_it() -> None:
    """Where and when of a meeting, the origin of money: labels like those of an info line, in the middle of a text."""
    lines = ["各乡镇林业站：", "经研究，定于近日召开会议。", "会议时间：2024年3月20日", "资金来源：财政拨款", TWO]
    assert parsed(article(INFO, *lines)).text.split("\n") == lines


def test_an_info_line_at_the_end_is_no_head() -> None:
    """A caption and its origin: the origin is below the text, not above it."""
    page = parsed(article("图为栽植现场", "护林员在新造林地浇水", "志愿者分发树苗", "来源：县林业局"))
    assert page.text.startswith("图为栽植现场")


def test_a_title_printed_again_in_the_text_belongs_to_it() -> None:
    """A document's own heading below the info line is part of the document."""
    assert parsed(article(INFO, TITLE, "各乡镇林业站：", ONE, TWO)).text.split("\n")[0] == TITLE


def test_a_title_above_the_content_is_not_looked_for_inside() -> None:
    """The editor's body begins with the document's heading while the template prints the title above it."""
    html = f"<h1>{TITLE}</h1><div>{INFO}</div><div class=TRS_Editor><p>某县林业局</p><p>{TITLE}</p><p>{ONE}</p></div>"
    assert parsed(html).text.split("\n") == ["某县林业局", TITLE, ONE]


def test_particulars_above_the_title_are_no_text() -> None:
    """The table of index number, body and date that stands over documents is cut with the title below it."""
    cells = {"索引号": "MB01/2024-0003", "主题分类": "林业", "发文机关": "某县林业局", "成文日期": "2024年3月15日"}
    table = "".join(f"<div><b>{label}：</b></div><div>{value}</div>" for label, value in cells.items())
    page = parsed(f"<title>{TITLE}</title><div class=main>{table}<h1>{TITLE}</h1><p>{ONE}</p><p>{TWO}</p></div>")
    assert page.text.split("\n") == [ONE, TWO]


def test_particulars_name_the_title_and_it_is_cut_all_the_same() -> None:
    """名称 among the particulars is no title printed already; the same label at the head of a notice is its text."""
    table = f"<p>索引号：MB01/2024-0003</p><p>名称：{TITLE}</p><p>文号：某林〔2024〕3号</p>"
    page = parsed(f"<title>{TITLE}</title><div class=main>{table}<h1>{TITLE}</h1><p>{ONE}</p><p>{TWO}</p></div>")
    assert page.text.split("\n") == [ONE, TWO]
    assert parsed(article(INFO, "名称：某某林业公司", ONE)).text.split("\n") == ["名称：某某林业公司", ONE]


def test_further_reading_below_the_text_is_cut_and_a_link_of_the_text_is_not() -> None:
    """Titles under a heading of their own are other articles; a link named in a line is the text's own."""
    others = [f"全县第{n}次植树活动在城郊举行" for n in range(6)]
    assert parsed(article(INFO, ONE, TWO, "相关阅读：", *others)).text.split("\n") == [ONE, TWO]
    link = "相关链接：某县林业局关于印发工作办法的通知"
    assert parsed(article(INFO, ONE, TWO, link)).text.split("\n") == [ONE, TWO, link]


def test_a_long_path_of_menus_above_the_title_is_no_text() -> None:
    """A page of one element: entries of the menu, title, info line, text."""
    menu = "".join(
        f"<div>{name}</div>" for name in ("首页", "概况", "机构", "动态", "公开", "服务", "互动", "专题", "数据")
    )
    page = parsed(f"<title>{TITLE}</title>{menu}<h2>{TITLE}</h2><div>{INFO}</div><p>{ONE}</p><p>{TWO}</p>")
    assert page.text.split("\n") == [ONE, TWO]


def test_a_path_above_the_text_is_no_text() -> None:
    """The content element holds the path as well; it names the column twice."""
    html = "<div class=main><div>办理统计</div><div>当前位置：首页 &gt; 互动交流 &gt; 办理统计</div>"
    page = parsed(f"<title>办理统计</title>{html}<p>{ONE}</p><p>{TWO}</p></div>")
    assert page.text.split("\n") == [ONE, TWO]


def test_a_short_article_with_address_and_telephone_is_no_footer() -> None:
    """One paragraph that ends in 地址 and 电话 is the text, whatever else the page holds."""
    text = f"{ONE}请到县政务服务中心办理。地址：某县人民路1号，联系电话：0000-1234567。"
    side = "".join(f"<li>{word}</li>" for word in ("图片新闻一组请看", "公告栏今日更新", "便民信息查询")) * 4
    page = parsed(f"<div><ul>{side}</ul></div><div><div>{text}</div></div><div>版权所有 某县人民政府</div>")
    assert page.text == text


def test_a_footer_takes_no_article_with_it() -> None:
    """Article and footer in one small element: only the footer is frame."""
    side = "".join(f"<div>天气预报某日晴间多云{n}</div>" for n in range(5))
    html = f"<div>{side}</div><div><div><div><p>{ONE}</p><p>{TWO}</p></div></div><div>版权所有：某县人民政府 豫ICP备1号</div></div>"
    assert parsed(html).text.split("\n")[:2] == [ONE, TWO]


@pytest.mark.parametrize(
    "content", [f"<ul>{COLUMN}</ul>", "<p>本栏目内容正在整理，敬请期待。</p>"], ids=["column", "notice"]
)
def test_a_grid_of_labels_is_no_text(content: str) -> None:
    """A hundred names of sister sites, clickable by script, weigh less than a column's entries or one sentence."""
    page = parsed(f"<title>通知公告</title><div><div>{GRID}</div><div>{content}</div></div>")
    assert "某某区分站" not in page.text
    assert page.text


def test_the_sister_sites_of_one_city_are_no_text_beside_a_short_list() -> None:
    """Some thirty departments of a city below two short entries, none of them a link."""
    offices = "".join(
        f"<div><span class=o>市{name}局</span></div>" for name in "教科公民司财人自生住交水农商文卫应审统医体林信税档气"
    )
    page = parsed(
        f"<title>热线分析</title><div><div><ul><li>十月热线受理情况分析 <i>2026-11-02</i></li></ul></div><div>{offices}</div></div>"
    )
    assert "市教局" not in page.text


def test_a_list_of_names_alone_is_the_text() -> None:
    """Short lines are a text where there is no other."""
    names = "".join(f"<p>张某{n}</p>" for n in range(20))
    assert parsed(f"<h1>{TITLE}</h1><div>{names}</div>").text.split("\n")[-1] == "张某19"


@pytest.mark.parametrize(
    "path",
    [
        f"<div><span>当前位置：</span><a>首页</a> &gt; <a>政务公开</a> &gt; <a>通知公告</a></div><ul>{MENU}</ul>",
        f"<div><b>当前位置：</b></div><a>首页</a> &gt; <a>政务公开</a> &gt; <a>通知公告</a><ul>{MENU}</ul>",
        "<div>当前位置：<a>首页</a>&gt;<a>政务公开</a>&gt;<a>通知公告</a><br><a>要闻动态</a> <a>互动交流</a></div>",
    ],
    ids=["next element", "label apart", "same element"],
)
def test_a_menu_beside_the_path_is_none_of_its_columns(path: str) -> None:
    """The path goes as far as its signs go."""
    assert parsed(f"<div>{path}</div><p>{ONE}</p>").column_path == ("政务公开", "通知公告")


@pytest.mark.parametrize(
    "path",
    ["<span>{}</span><a>首页</a> &gt; <a>[政务公开]</a> &gt; <a>通知公告</a>", "{}首页 > 政务公开 > 通知公告"],
    ids=["linked", "plain"],
)
@pytest.mark.parametrize(
    "label",
    [
        *("您当前所在的位置：", "你的当前位置：", "当前的位置：", "您现在所在的位置:", "您正在浏览的位置是："),
        *("您现在所处的位置：", "你当前位置是：", "当前位置："),
    ],
)
def test_a_path_is_known_by_whatever_stands_before_it(label: str, path: str) -> None:
    """Where you are, in other words."""
    html = f"<div>{path.format(label)}</div><p>{ONE}</p>"
    assert parsed(html).column_path == ("政务公开", "通知公告")


def test_a_path_without_a_label_begins_at_the_home_page() -> None:
    """Signs that lead down part it; its item's own title is no column.  Bars part a menu."""
    item = f"<div><a>首页</a><i>&gt;</i><a>政务公开</a><i>&gt;</i><a>通知公告</a><i>&gt;</i><a>{TITLE}</a></div><p>{ONE}</p>"
    assert parsed(item).column_path == ("政务公开", "通知公告")
    assert parsed(f"<div>网站首页 &gt;&gt; 通知公告</div><p>{ONE}</p>").column_path == ("通知公告",)
    assert parsed(f"<div><a>首页</a> | <a>政务公开</a> | <a>办事服务</a></div><p>{ONE}</p>").column_path == ()


def test_the_head_of_a_list_or_of_a_form_is_no_title() -> None:
    """Names of columns and of a form's parts look like headings; the head title says what the page is."""
    for heading in ("索引号 名称 发布单位 生成日期", "申报人信息", "查询密码", "领导之窗 更多&gt;&gt;"):
        html = f"<title>储备粮轮换安排</title><h2>{heading}</h2><div><p>{ONE}</p></div>"
        assert parsed(html).title == "储备粮轮换安排"


def test_the_head_of_an_article_belongs_to_it() -> None:
    """A holder named …detail_header stands around the title and the info line, and is not the page's header."""
    rows = (
        "<tr><td class=title>采购单位</td><td>某某县林业局</td></tr><tr><td>公告时间</td><td>2021年06月10日</td></tr>"
    )
    head = f"<div class=vF_detail_header><h2>{TITLE}</h2><p><span>2021年06月10日 17:35</span> 来源：</p></div>"
    assert parsed(f"<title>{TITLE}</title>{head}<table>{rows}</table><p>{ONE}</p>").title == TITLE


def test_markup_in_the_head_title_is_left_out() -> None:
    """A template's tag that nothing filled in."""
    page = parsed(f"<title><CMS_CHANNEL FIELD='name'>信息公开</CMS_CHANNEL> - 某某网站</title><p>{ONE}</p>")
    assert page.site_title == "信息公开 - 某某网站"


def kind(html: str, url: str = "http://www.x.gov.cn/zw/") -> PageType:
    """The type of a page."""
    return read(html.encode(), url).page_type


def test_a_young_column_is_a_list() -> None:
    """Two entries with their days, and one of them called a guide."""
    entries = "".join(
        f"<li><a href='/zw/{n}.html'>农药登记办理须知第{n}号</a><span>2024-03-0{n}</span></li>" for n in (1, 2)
    )
    assert kind(f"<title>办事指南</title><ul>{entries}</ul>") is PageType.LIST


def test_a_table_of_entries_is_a_list() -> None:
    """Rows of number, linked title and day are a column, rows of matters and bodies are a table."""
    rows = "".join(
        f"<tr><td>{n}</td><td><a href='/zw/{n}.html'>关于第{n}批许可事项的公告</a></td><td>2024-03-{n:02d}</td></tr>"
        for n in range(1, 12)
    )
    html = f"<title>公示</title><table><tr><td>序号</td><td>标题</td><td>发布时间</td></tr>{rows}</table>"
    assert kind(html) is PageType.LIST
    assert kind(html.replace("标题", "事项").replace("发布时间", "实施主体")) is PageType.TABLE


def test_a_letter_with_many_attachments_is_an_article() -> None:
    """More links than words, but sentences around them and no days beside them."""
    links = "".join(
        f"<p><a href='javascript:;'>{n}.农药登记环境影响试验生物试材培养第{n}部分</a></p>" for n in range(1, 30)
    )
    page = read(article(INFO, ONE, links, "某县林业局").encode(), "http://www.x.gov.cn/zw/12")
    assert page.page_type is PageType.ARTICLE
    assert page.text.startswith(ONE)


def test_an_article_that_is_one_attachment_is_no_list() -> None:
    """A title, an info line and a file to load."""
    page = f"<h1>{TITLE}</h1><p>{INFO}</p><p><a href='/f/1.doc'>新品种登记试验申请表</a></p>"
    assert kind(f"<title>{TITLE}</title><div>{page}</div>") is PageType.ARTICLE


def test_entries_in_scripts_are_no_part_of_an_article() -> None:
    """A template's header and footer kept as text in a script stay out of a text that stands on the page."""
    foot = "".join(f"<a href='/d{n}/1.html'>地方政府网站第{n}家</a>" for n in range(9))
    html = (
        article(INFO, ONE, TWO, ONE)
        + f"<script>var footer = \"{foot}\"; document.getElementById('f').innerHTML = footer</script>"
    )
    assert read(html.encode(), "http://www.x.gov.cn/zw/t20240315_1.html").text.split("\n") == [ONE, TWO, ONE]


def test_the_header_of_an_article_holds_its_title() -> None:
    """A page's own short title in `<article><header>` comes before the site's name, which agrees with every head title."""
    html = (
        "<title>订阅推送-某县人民政府</title><meta name=SiteName content=某县人民政府><header><h1>某县人民政府</h1></header>"
        f"<ul>{MENU}</ul><article><header><h1>订阅推送</h1></header><p>{ONE}</p></article>"
    )
    assert parsed(html).title == "订阅推送"


def test_the_day_of_a_meeting_is_no_info_line() -> None:
    """The line 一、时间 stands in the notice itself: the text begins there and not behind it."""
    lines = [
        "一、时间：2024年3月27日（周三）上午8:30",
        "二、地点：县林业局二楼会议室",
        "三、参加人员：各乡镇林业站站长",
    ]
    page = parsed(article("2024-03-15", *lines))
    assert page.text.split("\n") == lines


def test_the_info_line_inside_of_a_heading_is_no_title() -> None:
    """Some templates close the heading after the tools below it."""
    tools = "<div>发布时间： 字体：<a>小</a> <a>中</a> <a>大</a> 点击量：12次</div>"
    page = parsed(f"<title>{TITLE}</title><ul>{MENU}</ul><div class=title><h2>{TITLE}</h2>{tools}</div><p>{ONE}</p>")
    assert page.title == TITLE
