"""Each mini page of `cases/` gives its point the evidence it should, or none."""

import tomllib
from pathlib import Path

import pytest

from cleaning.page import Reading
from cleaning.read import read
from indicators import catalogue
from indicators.matcher import Matcher

CASES = Path(__file__).with_name("cases")
ALL = [case for file in sorted(CASES.glob("*.toml")) for case in tomllib.loads(file.read_text())["case"]]
# Page frames as portals build them: a block layout, a table layout of the years before, and a service platform.
FRAMES = {
    "blocks": """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{head}</title></head><body>
<div class="header"><ul>{nav}</ul></div>
<div class="crumb">{path}</div>
<div class="main"><h1>{title}</h1><div class="content">{body}</div></div>
<div class="footer"><p>主办单位：某某市人民政府办公室 网站标识码：0000000001 ICP备00000001号 联系我们 站点地图</p>
<p>地址：某某市人民路1号 邮编：000000 建议使用1024×768以上分辨率浏览本站 未经授权禁止转载 公安备案号 00000000000001 您是第 1234567 位访客</p></div>
</body></html>""",
    "old": """<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{head}</title></head>
<body bgcolor="#ffffff"><table width="1000" align="center"><tr><td><img src="/images/banner.jpg"></td></tr></table>
<table width="1000" align="center"><tr>{cells}</tr></table>
<table width="1000" align="center"><tr><td class="wz">{path}</td></tr></table>
<table width="1000" align="center"><tr><td align="center" class="bt"><font size="5"><b>{title}</b></font></td></tr>
<tr><td class="nr" id="zoom">{body}</td></tr></table>
<table width="1000" align="center"><tr><td align="center">版权所有：某某市人民政府 承办：市信息中心 ICP备00000001号<br>
地址：某某市人民路1号 邮编：000000 建议使用1024×768以上分辨率浏览本站 未经授权禁止转载 公安备案号 00000000000001 您是第 1234567 位访客</td></tr></table>
</body></html>""",
    "platform": """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{head}</title></head><body>
<header class="top"><span>{head}</span><nav><ul>{nav}</ul></nav></header>
<section class="location">{path}</section>
<section class="wrap"><aside class="side"><a href="/help/">使用帮助</a></aside>
<article class="detail"><h2 class="title">{title}</h2>{body}</article></section>
<footer><p>主办：某某市人民政府 技术支持：市大数据中心 ICP备00000001号</p>
<p>地址：某某市人民路1号 邮编：000000 建议使用1024×768以上分辨率浏览本站 未经授权禁止转载 公安备案号 00000000000001 您是第 1234567 位访客</p></footer></body></html>""",
}


def page(case: dict[str, str]) -> Reading:
    """The case's page, framed as portals frame theirs, and read as the crawler would read it."""
    title, site = case["title"], case.get("site", "某某市网站")
    nav = "".join(
        f"<li>{entry}</li>" if "<" in entry else f'<li><a href="/nav{number}/">{entry}</a></li>'
        for number, entry in enumerate(case.get("nav", "").split("|"))
        if entry
    )
    path = f"当前位置：{case['path']}" if case.get("path") else ""
    head = title if title == site else f"{title}-{site}"
    html = FRAMES[case.get("frame", "blocks")].format(
        head=head,
        nav=nav,
        cells=nav.replace("<li>", "<td>").replace("</li>", "</td>"),
        path=path.replace(">", "&gt;"),
        title=title,
        body=case.get("body", ""),
    )
    url = case.get("url", "http://www.city.gov.cn/xxgk/2019/0501/t20190501_1234.html")
    return read(html.encode(), url, content_type="text/html; charset=utf-8")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(catalogue.load())


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case['code']}-{case['wants']}-{case['title'][:12]}")
def test_case(matcher: Matcher, case: dict[str, str]) -> None:
    """The case's point is found with the strength the case names, or not at all."""
    found = {tag.code: tag for tag in matcher.match(page(case))}
    strength = found[case["code"]].strength.value if case["code"] in found else "nothing"
    assert strength == case["wants"], f"{case['why']}: {found.get(case['code'])}"
