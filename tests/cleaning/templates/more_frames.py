"""More article frames: what the first ones have not, written after the rules had been mended on those."""

from typing import Final

from tests.cleaning.templates.frames import FOOT, MENU, NEWS, Frame, Piece


def day_below(piece: Piece) -> str:
    """The info line stands below the text, on the right."""
    return f"""<html><head><title>{piece.title}--湖阳市档案馆</title></head><body><div id="header"><div id="nav"><ul>{MENU}</ul></div></div><div id="wrap"><div id="pos">当前位置 > <a href="/">首页</a> > <a href="/dt">工作动态</a></div>
<div id="main"><h1 id="tit">{piece.title}</h1><div id="txt">{piece.body}</div><div style="text-align:right">发布人：{piece.source}　发布时间：{piece.date}</div><div>点击次数：<script>hits()</script></div></div></div><div id="foot">{FOOT}</div></body></html>"""


def fonts(piece: Piece) -> str:
    """Dreamweaver: numbered styles, the day in brackets."""
    return f"""<html><head><title>湖阳市公安局公众信息网</title><style>.STYLE3{{font-size:18px}}</style></head><body><table width="900" align="center"><tr><td class="STYLE1"><a href="i.html">网站首页</a></td><td class="STYLE1"><a href="j.html">警务公开</a></td><td class="STYLE1"><a href="k.html">网上办事</a></td></tr></table>
<table width="900" align="center"><tr><td><p align="center" class="STYLE3">{piece.title}</p><p align="center">（{piece.date}）</p><p align="center"><font color="#999">{piece.source}</font></p></td></tr><tr><td class="STYLE5">{piece.body}</td></tr></table>
<table width="900" align="center" bgcolor="#ccc"><tr><td align="center">Copyright © 2008 湖阳市公安局 All Rights Reserved</td></tr></table></body></html>"""


def react(piece: Piece) -> str:
    """React with hashed names."""
    return f"""<!DOCTYPE html><html><head><title>一网通办</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"><div class="_3xKd9"><div class="_1aaZ"><ul>{MENU}</ul></div><div class="_9Qp"><div class="_tt7">{piece.title}</div><div class="_sub2"><span class="_d1">发布于 {piece.date.replace("-", "/")}</span><span class="_d2">{piece.source}</span></div><div class="_rich">{piece.body}</div></div><div class="_ft"><p>主办单位：湖阳市人民政府</p></div></div></div></body></html>"""


def hanweb_new(piece: Piece) -> str:
    """Hanweb's newer templates."""
    return f"""<!DOCTYPE html><html><head><title>湖阳市交通运输局 公示公告 {piece.title}</title><meta name="ArticleTitle" content="{piece.title}"><meta name="pubdate" content="{piece.date} 10:00"></head><body><div class="head"><ul>{MENU}</ul></div><div class="main clearfix"><div class="main-dqwz"><span>当前位置：</span><a href="/">首页</a>><a href="/col/col9/">公示公告</a></div>
<div class="main-fl-tit">{piece.title}</div><div class="main-fl-riqi"><span>发布日期：{piece.date}</span><span>浏览次数： <i>11</i></span><span>来源：{piece.source}</span></div><div class="main-txt">{piece.body}</div><div class="main-fj"><b>附件下载</b><ul></ul></div><div class="main-sm"><p>扫一扫在手机打开当前页</p></div></div><div class="bottom">{FOOT}</div></body></html>"""


def jeecms(piece: Piece) -> str:
    """JEECMS with comments below."""
    return f"""<html><head><title>{piece.title}-湖阳市司法局</title></head><body><div class="top"><ul>{MENU}</ul></div><div class="mainbox"><div class="w680"><div class="current">当前位置：<a href="/">首页</a> - <a href="/pf/">普法宣传</a> - 正文</div><h1>{piece.title}</h1><div class="msgbar">发布时间: {piece.date} 10:20:30 &nbsp; 作者: 普法科 &nbsp; 来源: {piece.source} &nbsp; 浏览次数: <span id="views">0</span></div><div class="content">{piece.body}</div>
<div class="pagebar"></div><div class="commentbox"><h2>网友评论</h2><form><textarea></textarea><input type="submit" value="提交"></form><p>评论内容只代表网友观点，与本站立场无关！</p></div></div><div class="w270"><h3>点击排行</h3><ol>{NEWS}</ol></div></div><div class="foot">{FOOT}</div></body></html>"""


def broken_title(piece: Piece) -> str:
    """The title is broken into two lines."""
    cut = len(piece.title) // 2
    return f"""<html><head><title>{piece.title}_部门文件_湖阳市农业农村局</title></head><body><div class="header"><ul>{MENU}</ul></div><div class="cont"><p class="tit" style="text-align:center">{piece.title[:cut]}<br>{piece.title[cut:]}</p><p class="sub" style="text-align:center">{piece.date}　{piece.source}</p><div class="cont_text">{piece.body}</div></div><div class="footer">{FOOT}</div></body></html>"""


def cells(piece: Piece) -> str:
    """Every particular in a cell of its own."""
    return f"""<html><head><title>湖阳市应急管理局</title></head><body><table width="1000"><tr><td><a href="/">首页</a></td><td><a href="/zw">政务</a></td></tr></table><table width="1000"><tr><td colspan="4" align="center"><h2>{piece.title}</h2></td></tr><tr><td>发布时间</td><td>{piece.date}</td><td>信息来源</td><td>{piece.source}</td></tr><tr><td colspan="4">{piece.body}</td></tr></table><table width="1000"><tr><td>{FOOT}</td></tr></table></body></html>"""


def weekday(piece: Piece) -> str:
    """The day with its weekday, letters to change the size."""
    year, month, day = piece.parts
    return f"""<html><head><title>{piece.title}_湖阳市司法局网站</title></head><body><div class="hd"><ul>{MENU}</ul></div><div class="bd"><div class="nav-path"><a href="/">首页</a> / <a href="/x">要闻</a></div><div class="art"><div class="art-hd"><h2>{piece.title}</h2><div class="art-meta"><span>{year}年{month}月{day}日 星期三</span><span>来源：{piece.source}</span><span class="size"><a>A+</a><a>A-</a></span></div></div><div class="art-bd">{piece.body}<p class="edit">（责任编辑：小陈）</p></div></div><div class="rel"><h3>相关阅读</h3><ul>{NEWS}</ul></div></div><div class="ft">{FOOT}</div></body></html>"""


def particulars_below(piece: Piece) -> str:
    """The particulars stand below the text."""
    return f"""<html><head><title>{piece.title}-政府信息公开-湖阳区人民政府</title></head><body><div class="top-wrap"><ul>{MENU}</ul></div><div class="article-wrap"><div class="article-title">{piece.title}</div><div class="article-time">{piece.date} 14:02　{piece.source}</div><div class="article-detail">{piece.body}</div><table class="info-tb"><tr><td>索引号</td><td>41179900/2020-1</td><td>公开方式</td><td>主动公开</td></tr><tr><td>公开范围</td><td>面向社会</td><td>公开时限</td><td>长期</td></tr></table></div><div class="bottom-wrap">{FOOT}</div></body></html>"""


def year_in_path(piece: Piece) -> str:
    """No day but in the address."""
    return f"""<html><head><title>{piece.title} - 湖阳市气象局</title></head><body><div class="menu"><ul>{MENU}</ul></div><div class="page-content"><h1>{piece.title}</h1><div class="entry">{piece.body}</div><p>来源：{piece.source}</p></div><div class="side"><h3>最新</h3><ul>{NEWS}</ul></div><div class="copyright">{FOOT}</div></body></html>"""


def soup(piece: Piece) -> str:
    """Rows and cells of `div`, each line in three of them."""
    return f"""<html><head><title>{piece.title}</title></head><body><div class="row"><div class="cell"><div><a href="/">首页</a></div></div><div class="cell"><div><a href="/1">公开目录</a></div></div></div><div class="row"><div class="cell"><div>{piece.title}</div></div></div><div class="row"><div class="cell"><div>来源：{piece.source}</div></div><div class="cell"><div>发布时间：{piece.date} 08:30</div></div><div class="cell"><div>阅读量：5</div></div></div><div class="row"><div class="cell"><div>{piece.body}</div></div></div><div class="row"><div class="cell"><div>{FOOT}</div></div></div></body></html>"""


def left_menu(piece: Piece) -> str:
    """A long menu of columns at the left, no names that tell anything."""
    columns = "".join(f"<dd><a href='c{n}.html'>{text}</a></dd>" for n, text in enumerate(("机构职能", "领导信息", "政策法规", "规划计划", "行政执法", "财政预算决算", "政府采购", "人事信息", "应急管理", "建议提案办理"), 1))  # fmt: skip
    return f"""<html><head><title>政府信息公开-{piece.title}</title></head><body><div class="t"><ul>{MENU}</ul></div><div class="m"><div class="l"><dl><dt>公开目录</dt>{columns}</dl><div><p>信息公开指南</p><p>依申请公开</p><p>监督保障</p></div></div><div class="r"><div class="r1">{piece.title}</div><div class="r2">{piece.date}　来源：{piece.source}　【打印】【关闭】</div><div class="r3">{piece.body}</div></div></div><div class="b">{FOOT}</div></body></html>"""


MORE_FRAMES: Final[dict[str, tuple[str, Frame]]] = {
    "day below": ("http://daj.huyang.gov.cn/dt/31.html", day_below),
    "fonts": ("http://www.hyga.gov.cn/news/31.html", fonts),
    "react": ("https://ywtb.huyang.gov.cn/#/news/31", react),
    "hanweb new": ("http://jt.huyang.gov.cn/art_9_31.html", hanweb_new),
    "jeecms": ("http://sfj.huyang.gov.cn/pf/31.jhtml", jeecms),
    "broken title": ("http://nyj.huyang.gov.cn/view.php?id=31", broken_title),
    "cells": ("http://yjj.huyang.gov.cn/view.asp?id=31", cells),
    "weekday": ("http://sfj.huyang.gov.cn/x/31.html", weekday),
    "particulars below": ("http://www.hyq.gov.cn/zfxxgk/31", particulars_below),
    "day in address": ("http://qxj.huyang.gov.cn/{year}/{month}/{day}/31.html", year_in_path),
    "soup": ("http://xk.huyang.gov.cn/d.do?id=31", soup),
    "left menu": ("http://xxgk.huyang.gov.cn/v?id=31", left_menu),
}
