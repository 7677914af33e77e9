"""Main content, title, column path and tables of a page."""

from cleaning.read import read
from tests.cleaning.judged import gov_page, parsed

ONE = "为进一步规范政府信息公开工作，保障公民、法人和其他组织依法获取政府信息，现将有关事项通知如下。"
TWO = "各乡镇人民政府、各街道办事处要高度重视，明确专人负责，于4月10日前报送工作情况。"


def test_article_is_its_paragraphs_and_nothing_of_the_frame() -> None:
    """Title, info line, editor line, breadcrumb and footer stay outside the text; paragraphs keep their lines."""
    page = parsed(gov_page("关于做好政府信息公开工作的通知", ONE, TWO))
    assert page.text == f"{ONE}\n{TWO}"
    assert page.title == "关于做好政府信息公开工作的通知"
    assert page.site_title == "关于做好政府信息公开工作的通知_林州市人民政府"
    assert "网站标识码" in page.chrome
    assert ONE not in page.chrome


def test_breadcrumb_is_the_column_path_without_the_home_page() -> None:
    """The breadcrumb wins over the meta tag; the home page is no column."""
    assert parsed(gov_page("通知", ONE)).column_path == ("政务公开", "通知公告")


def test_meta_column_stands_in_where_there_is_no_breadcrumb() -> None:
    """Without a breadcrumb the meta tag names the column."""
    assert parsed(f'<meta name="ColumnName" content="政策解读"><body><p>{ONE}</p>').column_path == ("政策解读",)


def test_text_is_found_where_nothing_is_named() -> None:
    """Layout tables without ids or classes: the cell with the running text is the content."""
    html = (
        "<body><table><tr><td><a href=a>首页导航</a> <a href=b>新闻中心</a> <a href=c>政务公开信息</a></td></tr></table>"
        f"<table><tr><td><a href=x>相关新闻一则标题</a></td><td><p>{ONE}</p><p>{TWO}</p><p>{ONE}</p></td></tr></table>"
        "<table><tr><td>版权所有 某县人民政府 豫ICP备1号</td></tr></table>"
    )
    assert parsed(html).text == f"{ONE}\n{TWO}\n{ONE}"


def test_title_comes_from_the_heading_when_the_head_names_only_the_site() -> None:
    """Many templates print the site's name into every <title>."""
    html = f"<title>林州市人民政府门户网站</title><body><h1>林州市2024年惠民补贴发放公示</h1><p>{ONE}</p><p>{TWO}</p>"
    assert parsed(html).title == "林州市2024年惠民补贴发放公示"


def test_title_without_heading_is_the_head_title_without_the_site() -> None:
    """The site's part of the head title is left out."""
    assert parsed(f"<title>关于防汛工作的通知-林州市人民政府</title><body><p>{ONE}</p>").title == "关于防汛工作的通知"


def test_the_name_of_the_site_in_the_banner_is_no_title() -> None:
    """On a column whose list a script draws nothing else is as near to the text; a page of the site's own keeps it."""
    banner = "<div class=header><h1>林州市卫生健康委员会</h1><p>为人民服务</p></div>"
    html = f"<title>通知公示-林州市卫生健康委员会</title><body>{banner}<table><tr><td>通知公示</td></tr></table><p>林州市</p>"
    assert parsed(html).title == "通知公示"
    assert parsed(html.replace("通知公示-", "")).title == "林州市卫生健康委员会"


def test_a_banner_that_ends_the_head_title_begins_no_article() -> None:
    """What stands below it are the site's menus; a hall's own name ends like a department's and is none."""
    menu = "<div class=nav><ul><li><a href=/gr>个人办事</a></li><li><a href=/fr>法人办事</a></li></ul></div>"
    entries = "".join(
        f"<li><a href='javascript:void(0)'>{name}</a></li>" for name in ("查找部门", "查找主题", "我的进度")
    )
    html = (
        "<title>网上办事大厅-林州市政务服务网</title><body>"
        f"<div class=header><h1>林州市政务服务网</h1><p>数据多跑路，群众少跑腿。</p></div>{menu}"
        f"<div class=body><div>网上办事大厅</div><ul>{entries}</ul></div><div class=foot>主办单位：林州市</div>"
    )
    page = parsed(html)
    assert page.title == "网上办事大厅"
    assert "法人办事" not in page.text
    assert "查找主题" in page.text


def test_column_page_is_its_list_with_dates() -> None:
    """A list page's text is the list, one line per entry; navigation and footer stay outside."""
    entries = "".join(
        f"<li><a href='t{n}.html'>关于第{n}批行政许可事项的公告</a><span>2024-03-{n:02d}</span></li>"
        for n in range(1, 11)
    )
    html = (
        "<body><div class=nav><a href=/>首页</a><a href=/a>政务公开</a></div>"
        f"<div class=left><a href=q>政策文件</a><a href=w>政策解读</a></div><div class=right><ul>{entries}</ul></div>"
        "<div class=foot>主办单位：某市人民政府 豫ICP备1号</div>"
    )
    page = parsed(html)
    lines = page.text.split("\n")
    assert len(lines) == 10
    assert lines[0] == "关于第1批行政许可事项的公告 2024-03-01"
    assert page.list_items == 10


def test_data_table_keeps_cells_in_order() -> None:
    """A power list: headers apart, a row one line, cells in their order; text above the table belongs to it."""
    rows = "".join(f"<tr><td>{n}</td><td>行政许可事项{n}</td><td>市民政局</td></tr>" for n in range(1, 8))
    html = f"<body><div><p>{ONE}</p><table><tr><th>序号</th><th>事项名称</th><th>实施主体</th></tr>{rows}</table></div>"
    page = parsed(html)
    assert page.table_headers == ("序号", "事项名称", "实施主体")
    assert page.table_rows == 7
    assert page.text.split("\n")[0] == ONE
    assert "3 行政许可事项3 市民政局" in page.text.split("\n")


def test_hidden_farm_is_not_text() -> None:
    """A hidden farm of foreign links enters neither text nor visible text; a hidden tab of the page itself does."""
    farm = "".join(f"<a href='http://www.spam{n}.com/'>澳门新葡京{n}</a>" for n in range(9))
    tab = "<div style='display:none'><p>办理材料：居民身份证原件及复印件，户口簿原件。</p></div>"
    page = parsed(
        gov_page("办事指南", ONE, TWO)
        .replace("<h1>", f"<div style='display:none'>{farm}</div><h1>")
        .replace("</p></div>", f"</p>{tab}</div>", 1)
    )
    assert "新葡京" not in page.visible
    assert "居民身份证原件" in page.text


def test_advertising_block_inside_the_text_is_left_out_and_kept_apart() -> None:
    """A block named as an ad that leads to a foreign shop is no main content, but it is not lost either."""
    ad = "<div class='ad-box'><a href='http://www.maiyao8.com/'>特效药限时抢购</a></div>"
    page = parsed(gov_page("通知", ONE, TWO).replace("</p><p>", f"</p>{ad}<p>", 1))
    assert "抢购" not in page.text
    assert page.removed_ads == ("特效药限时抢购",)


def test_inline_markup_does_not_split_words() -> None:
    """Word processors wrap every few characters in spans: no blanks may appear between them."""
    assert (
        "2020年9月1日起"
        in parsed(
            "<body><p>本办法自<span>2020</span>年<b>9</b>月<span>1</span>日起施行，请各单位认真贯彻执行。</p>"
        ).text
    )


def test_columns_that_say_nothing_are_told() -> None:
    """Of each header the share of rows with something below it; rows with other cells than the header are passed over."""
    rows = "".join(f"<tr><td>许可{n}</td><td>市教育局</td><td>{'无' if n else '问责办法'}</td></tr>" for n in range(4))
    page = parsed(
        f"<h1>责任清单</h1><table><tr><th>责任事项</th><th>责任主体</th><th>追责情形</th></tr>{rows}"
        "<tr><td colspan=3>合计四项</td></tr></table>"
    )
    assert page.table_headers == ("责任事项", "责任主体", "追责情形")
    assert page.table_filled == (1.0, 1.0, 0.25)


def test_head_title_that_stands_on_the_page() -> None:
    """What a template names `title` beside the text gives way to the head title where that stands there as a line."""
    name = "某某市第三中学操场改造工程二标段成交公告"
    cells = "<td class=title>采购单位</td><td>某某市第三中学</td>"
    rows = "<tr><td>公告时间</td><td>2021-06-10 17:35</td></tr><tr><td>成交金额</td><td>29 万元</td></tr>"
    body = f"<h2 class=name>{name}</h2><table><tr>{cells}</tr>{rows}</table>"
    page = read(f"<html><head><title>{name}</title></head><body>{body}</body></html>".encode(), "http://x.gov.cn/a.htm")
    assert page.title == name


def test_a_table_of_fixed_layout_is_no_frame() -> None:
    """`fixed` names bars that hang over a page, and tables whose columns have set widths."""
    rows = "".join(
        f"<tr><td>2017030{n}</td><td><a href=#>某处路灯损坏何时修复的问题</a></td><td>已回复</td></tr>"
        for n in range(6)
    )
    head = "<tr><th>流水号</th><th>标题</th><th>状态</th></tr>"
    body = f"<div class=query><span>流水号</span></div><table class='py-table-fixed'>{head}{rows}</table>"
    page = read(f"<body>{body}</body>".encode(), "http://x.gov.cn/list.html")
    assert page.table_headers == ("流水号", "标题", "状态")
    assert "已回复" in page.text
