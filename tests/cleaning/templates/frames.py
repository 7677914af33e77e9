"""Article frames of families of content systems, each with the clutter its family prints around a text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Piece:
    """One article: what a frame prints, and by that what must be read out of it.  `date` is ISO."""

    title: str
    date: str
    source: str
    body: str

    @property
    def parts(self) -> tuple[str, str, str]:
        """Year, month and day as the page prints them."""
        year, month, day = self.date.split("-")
        return year, month, day

    @property
    def slashed(self) -> str:
        """The day without leading zeros, as old systems print it."""
        return "-".join(part.lstrip("0") for part in self.parts)

    @property
    def han(self) -> str:
        """The day in Chinese."""
        year, month, day = self.parts
        return f"{year}年{int(month)}月{int(day)}日"


Frame = Callable[[Piece], str]

NEWS: Final = "".join(
    f"<li><a href='../202106/t2021061{n}_88{n}.html' title='{title}'>{title}</a><span>06-1{n}</span></li>"
    for n, title in enumerate(
        (
            "市委常委会召开会议研究部署近期重点工作",
            "全市安全生产电视电话会议召开",
            "我市两个项目获省级科技进步奖",
            "市长到基层调研防汛备汛工作",
            "第三季度经济运行分析会举行",
            "全市创建全国文明城市推进会召开",
        )
    )
)
MENU: Final = "".join(
    f"<li><a href='/{name}/'>{text}</a></li>"
    for name, text in (
        ("", "网站首页"),
        ("zjxx", "走进湖阳"),
        ("zwgk", "政务公开"),
        ("bsfw", "办事服务"),
        ("hdjl", "互动交流"),
        ("sjkf", "数据开放"),
        ("ztzl", "专题专栏"),
    )
)
FOOT: Final = (
    "<p>主办：湖阳市人民政府办公室　承办：湖阳市大数据中心</p><p>地址：湖阳市滨河大道1号　邮编：463000　电话：0398-2222001</p>"
    "<p>网站标识码：4117990001　<a href='https://beian.miit.gov.cn/'>豫ICP备05009999号</a>　豫公网安备 41170002000001号</p>"
)


def trs(piece: Piece) -> str:
    """TRS of the years after 2018: meta tags, named editor, sharing in the info line."""
    return f"""<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{piece.title}_通知公告_湖阳市人民政府</title>
<meta name="SiteName" content="湖阳市人民政府"><meta name="ColumnName" content="通知公告"><meta name="ArticleTitle" content="{piece.title}">
<meta name="PubDate" content="{piece.date} 09:12:44"><meta name="ContentSource" content="{piece.source}"></head><body>
<div class="hd-top"><a href="/wza/">无障碍</a><a href="/mobile/">手机版</a></div><div class="nav"><ul>{MENU}</ul></div>
<div class="bread">您的位置：<a href="/">首页</a>&gt;<a href="/zwgk/">政务公开</a>&gt;<a href="/zwgk/tzgg/">通知公告</a></div>
<div class="xl-box"><div class="xl-tit">{piece.title}</div><div class="xl-info"><span>发布日期：{piece.date}</span><span>来源：{piece.source}</span>
<span>字号：[<a href="javascript:doZoom(16)">大</a> <a href="javascript:doZoom(14)">中</a> <a href="javascript:doZoom(12)">小</a>]</span><div class="bdsharebuttonbox">分享到：<a href="#">微信</a><a href="#">微博</a></div></div>
<div class="view TRS_UEDITOR trs_paper_default">{piece.body}</div><div class="xl-fj"></div>
<div class="xg"><h4>相关信息</h4><ul>{NEWS}</ul></div></div><div class="footer">{FOOT}</div></body></html>"""


def trs_old(piece: Piece) -> str:
    """TRS on layout tables, without meta tags; the head names the site alone."""
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>湖阳市财政局</title></head><body>
<table width="1000" align="center"><tr><td background="images/top.jpg"><img src="images/logo.gif"></td></tr><tr><td><script>document.write("今天是2024年6月1日 星期六")</script>
<a href="/">首页</a> | <a href="/czxw/">财政新闻</a> | <a href="/zcfg/">政策法规</a> | <a href="/xxgk/">信息公开</a></td></tr></table>
<table width="1000" align="center"><tr><td width="220" valign="top"><table><tr><td class="lm">最新信息</td></tr>
{"".join(f"<tr><td>·<a href='t2009_{n}.htm'>关于第{n}批会计资格证书领取的通知事项</a></td></tr>" for n in range(1, 9))}</table></td>
<td valign="top"><table width="100%"><tr><td>当前位置：<a href="/">首页</a> > <a href="./">通知公告</a></td></tr>
<tr><td align="center" class="bt"><strong>{piece.title}</strong></td></tr>
<tr><td align="center">{piece.date}　文章来源：{piece.source}　点击：<script src="/count.asp?id=3"></script>　【字体：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】</td></tr>
<tr><td><div class="TRS_Editor">{piece.body}</div></td></tr><tr><td align="right">【<a href="javascript:window.print()">打印本页</a>】【<a href="javascript:window.close()">关闭窗口</a>】</td></tr></table></td></tr></table>
<table width="1000"><tr><td align="center">版权所有：湖阳市财政局　地址：人民路12号　技术支持：市信息中心</td></tr></table></body></html>"""


def jcms(piece: Piece) -> str:
    """Hanweb jcms: comments as marks, `zoom`, the title in a table."""
    return f"""<html><head><title>湖阳市教育局 通知公告 {piece.title}</title><meta name="keywords" content="{piece.title}"></head><body>
<div id="barrierfree_container"><div class="topnav"><ul>{MENU}</ul></div>
<table width="980"><tr><td><table id="c"><tr><td class="bt_link">您当前的位置：<a href="/index.html" class="bt_link">首页</a> <a href="/col/col1201/index.html" class="bt_link">通知公告</a></td></tr></table>
<table id="article" width="100%"><tr><td class="title"><!--<$[标题名称]>begin-->{piece.title}<!--<$[标题名称]>end--></td></tr>
<tr><td><table width="100%"><tr><td>发布日期：{piece.date}</td><td>浏览次数：<script src="/module/visitcount/articlehits.jsp?colid=1201"></script></td><td>信息来源：{piece.source}</td><td>字号：[ <a>大</a> <a>中</a> <a>小</a> ]</td></tr></table></td></tr>
<tr><td class="bt_content"><div id="zoom"><!--<$[信息内容]>begin-->{piece.body}<!--<$[信息内容]>end--></div></td></tr>
<tr><td><div class="syt">上一篇：<a href="art_1.html">关于公布中小学课程安排的通知</a></div><div>下一篇：<a href="art_2.html">关于开展教学成果评选的通知</a></div></td></tr></table></td></tr></table>
<div class="foot">{FOOT}</div></div></body></html>"""


def jcms_open(piece: Piece) -> str:
    """Information disclosure of jcms: a table of particulars with another date in it."""
    year = int(piece.date[:4])
    return f"""<html><head><title>{piece.title}</title></head><body><div class="xxgk_top"><ul>{MENU}</ul></div><div class="main">
<table class="xxgk_table"><tr><td>索 引 号：</td><td>K11799-{year}-00231</td><td>组配分类：</td><td>部门文件</td></tr>
<tr><td>发布机构：</td><td>{piece.source}</td><td>成文日期：</td><td>{year - 1}-12-20</td></tr>
<tr><td>名　　称：</td><td colspan="3">{piece.title}</td></tr><tr><td>文　　号：</td><td>湖政办〔{year - 1}〕31号</td><td>发布日期：</td><td>{piece.date}</td></tr>
<tr><td>有 效 性：</td><td>有效</td><td>主题词：</td><td></td></tr></table>
<div class="xxgk_title">{piece.title}</div><div class="article_content bt-article" id="zoom">{piece.body}</div>
<div class="xxgk_share"><a>打印</a> <a>收藏</a> <a>关闭</a></div></div><div id="footer">{FOOT}</div></body></html>"""


def vsb(piece: Piece) -> str:
    """Boda VSB: the whole article in a form, previous and next below."""
    return f"""<HTML><HEAD><TITLE>{piece.title}-湖阳市科学技术局</TITLE><META Name="keywords" Content="湖阳市科学技术局"></HEAD><BODY>
<div class="top"><ul>{MENU}</ul></div><div class="win"><div class="winstyle12">当前位置: <a href="../index.htm">首页</a> >> <a href="../tzgg.htm">通知公告</a> >> 正文</div>
<form name="_newscontent_fromname"><div class="content-x"><h2 align="center">{piece.title}</h2>
<p align="center">{piece.han} 10:33&nbsp; 来源：{piece.source}&nbsp; 点击：[<span id="dynclicks_wbnews_1003">97</span>]</p>
<div id="vsb_content_2"><div class="v_news_content">{piece.body}</div></div><p>上一条：<a href="1003.htm">关于申报科技计划项目的通知</a></p><p>下一条：<a href="1001.htm">关于举办创新创业大赛的通知</a></p>
<p>【<a href="javascript:window.opener=null;window.close()">关闭</a>】</p></div></form></div><div class="bottom">{FOOT}</div></BODY></HTML>"""


def kaipuyun(piece: Piece) -> str:
    """Kaipuyun: elements of its own around title and text."""
    return f"""<!DOCTYPE html><html><head><meta charset="UTF-8"><title>{piece.title} - 湖阳县人民政府</title><meta name="ArticleTitle" content="{piece.title}"><meta name="PubDate" content="{piece.date} 17:20"></head><body>
<div class="wrap"><div class="navigation"><ul>{MENU}</ul></div><div class="location"><i></i><a href="/">首页</a><em>&gt;</em><a href="/xw">部门动态</a></div>
<div class="detail"><div class="detail-hd"><ucaptitle>{piece.title}</ucaptitle></div><div class="detail-info"><span>时间：{piece.date} 17:20</span><span>来源：{piece.source}</span><span>浏览量：<b>1204</b></span><span class="fs">【字体：大 中 小】</span></div>
<div class="detail-bd"><ucapcontent>{piece.body}</ucapcontent></div><div class="detail-ft"><a>打印本页</a><a>关闭窗口</a></div><div class="qr"><p>扫一扫在手机打开当前页</p></div></div></div><footer>{FOOT}</footer></body></html>"""


def tables(piece: Piece) -> str:
    """A home-made page of 2004: nested tables, fonts, no names at all."""
    return f"""<HTML><HEAD><TITLE>欢迎访问湖阳市水利局网站</TITLE></HEAD><BODY bgcolor=#ffffff topmargin=0>
<TABLE width=778 border=0 align=center cellpadding=0><TR><TD><TABLE><TR><TD><A href="index.asp">首页</A></TD><TD><A href="jgsz.asp">机构设置</A></TD><TD><A href="news.asp">水利新闻</A></TD><TD><A href="fg.asp">法规</A></TD><TD><A href="bbs.asp">留言板</A></TD></TR></TABLE></TD></TR></TABLE>
<TABLE width=778 border=0 align=center><TR><TD width=160 valign=top bgcolor=#e7f3ff><TABLE><TR><TD><FONT color=red>热点文章</FONT></TD></TR><TR><TD>·<A href="show.asp?id=12">我市农田水利建设掀起新高潮</A></TD></TR><TR><TD>·<A href="show.asp?id=19">水库除险加固工程通过验收</A></TD></TR><TR><TD>·<A href="show.asp?id=22">防汛物资储备工作就绪</A></TD></TR></TABLE></TD>
<TD valign=top><TABLE width="98%" border=0><TR><TD height=40 align=center><FONT size=4><B>{piece.title}</B></FONT></TD></TR>
<TR><TD align=center><FONT color=#666666>作者：{piece.source}　　发布时间：{piece.slashed} 8:05:21　　阅读次数：318</FONT></TD></TR><TR><TD><HR size=1></TD></TR><TR><TD style="line-height:180%">{piece.body}</TD></TR>
<TR><TD align=right><A href="javascript:window.close()">关闭窗口</A></TD></TR></TABLE></TD></TR></TABLE>
<TABLE width=778 align=center><TR><TD align=center>湖阳市水利局 版权所有 Copyright 2004 建议使用800*600分辨率浏览</TD></TR></TABLE></BODY></HTML>"""


def webforms(piece: Piece) -> str:
    """ASP.NET: one form around everything, names made by the framework."""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html><head><title>信息内容</title></head><body><form method="post" action="Show.aspx?id=4410" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="/wEPDwUKLTk2">
<div id="ctl00_Top"><ul>{MENU}</ul></div><div id="ctl00_path">当前位置：<span id="ctl00_SiteMap"><a href="Default.aspx">首页</a> &gt; <a href="List.aspx?c=7">公示公告</a></span></div>
<div class="rightcon"><div style="text-align:center"><span id="ctl00_ContentPlaceHolder1_lblTitle" style="font-size:20px;font-weight:bold">{piece.title}</span></div>
<div style="text-align:center">发布日期：<span id="ctl00_ContentPlaceHolder1_lblDate">{piece.slashed}</span> 发布单位：<span id="ctl00_ContentPlaceHolder1_lblDept">{piece.source}</span> 点击率：<span id="ctl00_ContentPlaceHolder1_lblHits">88</span></div>
<div id="ctl00_ContentPlaceHolder1_divContent">{piece.body}</div></div><div id="ctl00_Bottom">{FOOT}</div></form></body></html>"""


def vue(piece: Piece) -> str:
    """What a Vue application renders: element-ui names, marks of scoped styles."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>湖阳市政务服务网</title></head><body><div id="app" data-v-app><div data-v-7ba5bd90 class="layout"><div data-v-7ba5bd90 class="layout-header"><ul>{MENU}</ul><span>登录</span><span>注册</span></div>
<div data-v-1f2a class="layout-main"><div data-v-1f2a aria-label="Breadcrumb" role="navigation" class="el-breadcrumb"><span class="el-breadcrumb__item"><span role="link" class="el-breadcrumb__inner">首页</span><i class="el-breadcrumb__separator el-icon-arrow-right"></i></span><span class="el-breadcrumb__item"><span class="el-breadcrumb__inner">通知公告</span></span></div>
<div data-v-1f2a class="news-detail"><p data-v-1f2a class="news-detail__title">{piece.title}</p><p data-v-1f2a class="news-detail__meta"><span>发布时间：{piece.date} 15:30:00</span><span>来源：{piece.source}</span></p>
<div data-v-1f2a class="news-detail__content">{piece.body}</div></div></div><div data-v-33 class="layout-footer"><p>主办单位：湖阳市行政审批和政务信息管理局</p><p>豫ICP备05009999号-4</p></div></div></div></body></html>"""


def responsive(piece: Piece) -> str:
    """Bootstrap of 2018: grid, side column with hot news."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{piece.title}-湖阳市市场监督管理局</title></head><body><nav class="navbar navbar-default"><ul class="nav navbar-nav">{MENU}</ul></nav>
<div class="container"><ol class="breadcrumb"><li><a href="/">首页</a></li><li><a href="/gg/">公告公示</a></li><li class="active">正文</li></ol><div class="row"><div class="col-md-9"><div class="panel panel-default"><div class="panel-body">
<h3 class="text-center">{piece.title}</h3><p class="text-center text-muted small"><span>{piece.date}</span> <span>{piece.source}</span> <span><i class="fa fa-eye"></i> 233</span></p><hr>{piece.body}<div class="social-share" data-sites="weibo,wechat"></div></div></div></div>
<div class="col-md-3"><div class="panel"><div class="panel-heading">热点信息</div><ul class="list-group">{NEWS}</ul></div><div class="panel"><div class="panel-heading">通知公告</div><ul>{NEWS}</ul></div></div></div></div><div class="copyright">{FOOT}</div></body></html>"""


def epoint(piece: Piece) -> str:
    """Epoint: trading centres and service halls."""
    return f"""<html><head><title>{piece.title}</title></head><body><div class="ewb-nav"><ul>{MENU}</ul></div><div class="ewb-container"><div class="ewb-location"><span>您现在的位置：</span><a href="/">首页</a><span>></span><a href="/jyxx/">交易信息</a></div>
<div class="ewb-info-main"><h3 class="ewb-article-tt">{piece.title}</h3><div class="ewb-article-sources"><p>【信息时间： {piece.slashed.replace("-", "/")}&nbsp;&nbsp;阅读次数：<span id="infoViewCount">51</span>】</p><p>信息来源：{piece.source}</p><a>【我要打印】</a><a>【关闭】</a></div>
<div class="ewb-article-info">{piece.body}</div></div></div><div class="ewb-footer">{FOOT}</div></body></html>"""


def dedecms(piece: Piece) -> str:
    """DedeCMS as small bureaus use it."""
    return f"""<html><head><title>{piece.title}_湖阳市林业局</title></head><body><div class="header"><ul>{MENU}</ul></div><div class="w960"><div class="pleft"><div class="place"><strong>当前位置:</strong> <a href="/">主页</a> > <a href="/a/dongtai/">工作动态</a> > </div>
<div class="viewbox"><div class="title"><h2>{piece.title}</h2></div><div class="info"><small>时间:</small>{piece.date} 11:27<small>来源:</small>{piece.source}<small>作者:</small>办公室<small>点击:</small><script src="/plus/count.php"></script>次</div>
<div class="content"><table width="100%"><tr><td>{piece.body}</td></tr></table></div><div class="dede_pages"></div><div class="newdigg"><div class="diggbox">顶一下(0) 0%</div><div class="diggbox">踩一下(0) 0%</div></div></div>
<div class="handle"><div class="context"><ul><li>上一篇：<a href="1.html">义务植树活动顺利开展</a></li><li>下一篇：没有了</li></ul></div><div class="actbox">收藏 挑错 推荐 打印</div></div></div><div class="pright"><dl><dt>推荐内容</dt><dd><ul>{NEWS}</ul></dd></dl></div></div><div class="footer">Powered by DedeCMS 湖阳市林业局 版权所有</div></body></html>"""


def phpcms(piece: Piece) -> str:
    """PHPCMS: the info line stands inside the heading."""
    return f"""<html><head><title>{piece.title} - 工作动态 - 湖阳市审计局</title></head><body><div class="header"><ul>{MENU}</ul></div><div class="main"><div class="col-left"><div class="crumbs"><a href="/">首页</a><span> &gt; </span><a href="/dt/">工作动态</a> > 正文</div>
<div id="Article"><h1>{piece.title}<br /><span>{piece.date} 09:41:02&nbsp;&nbsp;&nbsp;来源：{piece.source}&nbsp;&nbsp;评论：<a href="#comment">0</a> 点击：<span id="hits">132</span></span></h1><div class="content">{piece.body}<div id="pages" class="text-c"></div></div><p class="f14"><strong>上一篇：</strong><a href="3.html">审计整改见成效</a><br /><strong>下一篇：</strong><a href="5.html">审计干部下沉社区</a></p></div></div>
<div class="col-auto"><div class="box"><h5 class="title-2">频道总排行</h5><ul class="content digg">{NEWS}</ul></div></div></div><div class="footer">{FOOT}</div></body></html>"""


def styled(piece: Piece) -> str:
    """Nothing named but styles: a page laid out by hand in an editor."""
    return f"""<html><head><title>{piece.title}</title></head><body style="margin:0"><div style="width:1200px;margin:0 auto"><div style="height:160px;background:url(bg.png)"></div><div style="line-height:40px;background:#c00"><a href="/" style="color:#fff">首页</a><a href="/a" style="color:#fff">机构概况</a><a href="/b" style="color:#fff">政务公开</a><a href="/c" style="color:#fff">在线服务</a></div>
<div style="padding:30px"><p style="text-align:center;font-size:26px;font-weight:bold">{piece.title}</p><p style="text-align:center;color:#999">{piece.source}　{piece.han}</p><div style="font-size:16px;line-height:2">{piece.body}</div></div><div style="text-align:center;background:#eee">{FOOT}</div></div></body></html>"""


def semantic(piece: Piece) -> str:
    """HTML5 as it is meant."""
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><title>{piece.title} | 湖阳高新区管委会</title></head><body><header><nav><ul>{MENU}</ul></nav></header><main><article><header><h1>{piece.title}</h1><p><time datetime="{piece.date}">{piece.han}</time> · {piece.source}</p></header><section>{piece.body}</section><footer>阅读 512 · 分享</footer></article><aside><h2>更多新闻</h2><ul>{NEWS}</ul></aside></main><footer>{FOOT}</footer></body></html>"""


def mobile(piece: Piece) -> str:
    """The mobile edition of a portal."""
    return f"""<!DOCTYPE html><html><head><meta name="viewport" content="width=device-width,initial-scale=1"><title>湖阳市人民政府手机版</title></head><body><div class="m-head"><a href="/m/" class="m-back">返回</a><span>资讯详情</span></div><div class="m-con"><div class="m-title">{piece.title}</div><div class="m-from"><span class="fl">{piece.source}</span><span class="fr">{piece.date}</span></div><div class="m-txt" id="content">{piece.body}</div></div><div class="m-more"><h3>推荐阅读</h3><ul>{NEWS}</ul></div><div class="m-foot"><a href="/?pc">电脑版</a> | <a href="/m/">触屏版</a><p>豫ICP备05009999号</p></div></body></html>"""


def gkml(piece: Piece) -> str:
    """A unified disclosure platform with its classification box."""
    year = int(piece.date[:4])
    return f"""<html><head><title>{piece.title}_湖阳市发展和改革局</title></head><body><div class="gk-head"><h1><a href="/gkml/">政府信息公开</a></h1><ul class="gk-nav">{MENU}</ul></div><div class="content-wrap"><div class="classify"><table><tr><td class="first"><span>索引号：</span>007331{year}/{year}-00018</td><td class="last"><span>分类：</span>发展规划、通知</td></tr><tr><td><span>发布机构：</span>{piece.source}</td><td><span>成文日期：</span>{year - 1}-11-03</td></tr><tr><td colspan="2"><span>名称：</span>{piece.title}</td></tr><tr><td><span>文号：</span></td><td><span>发布日期：</span>{piece.date}</td></tr></table></div>
<h1 class="content-title">{piece.title}</h1><div class="date-row"><span class="ly">来源：{piece.source}</span><span class="time">发布日期：{piece.date}</span><span>【字体： <a>大</a> <a>中</a> <a>小</a>】</span></div><div class="article-content">{piece.body}</div><div class="tools-row">分享到：<a>微信</a> <a>打印</a></div></div><div class="gk-footer">{FOOT}</div></body></html>"""


def school(piece: Piece) -> str:
    """A bureau's page on a purchased template: title in a named block, source in a list."""
    return f"""<html><head><title>湖阳市卫生健康委员会-{piece.title}</title></head><body><div id="topbar">欢迎访问！ <a href="#">设为首页</a> <a href="#">加入收藏</a></div><div id="menu"><ul>{MENU}</ul></div><div id="container"><div id="left"><div class="box"><h2>栏目导航</h2><ul><li><a href="a">卫生新闻</a></li><li><a href="b">疾病预防</a></li><li><a href="c">妇幼健康</a></li></ul></div><div class="box"><h2>图片新闻</h2><ul>{NEWS}</ul></div></div>
<div id="right"><div class="weizhi">你的位置：<a href="/">首页</a> » 卫生新闻</div><div class="wenzhang"><div class="wztitle">{piece.title}</div><ul class="wzinfo"><li>{piece.source}</li><li>{piece.date} 08:00</li><li>浏览 77 次</li></ul><div class="wzcon">{piece.body}</div></div></div></div><div id="bottom">{FOOT}</div></body></html>"""


def bare(piece: Piece) -> str:
    """A print edition: nothing but title, day and text."""
    return f"""<html><head><title>打印</title></head><body onload="window.print()"><center><h3>{piece.title}</h3></center><center>{piece.date}</center>{piece.body}</body></html>"""


FRAMES: Final[dict[str, tuple[str, Frame]]] = {
    "trs": ("http://www.huyang.gov.cn/zwgk/tzgg/content.html", trs),
    "trs-old": ("http://czj.huyang.gov.cn/tzgg/show_12.htm", trs_old),
    "jcms": ("http://jyj.huyang.gov.cn/art/art_1201_5512.html", jcms),
    "jcms-open": ("http://www.huyang.gov.cn/art/art_77_9.html", jcms_open),
    "vsb": ("http://kjj.huyang.gov.cn/info/1002/1002.htm", vsb),
    "kaipuyun": ("http://www.huyangxian.gov.cn/xw/content/88123", kaipuyun),
    "tables": ("http://www.hyslj.gov.cn/show.asp?id=301", tables),
    "webforms": ("http://zjj.huyang.gov.cn/Show.aspx?id=4410", webforms),
    "vue": ("https://zwfw.huyang.gov.cn/portal/news/detail?id=9", vue),
    "responsive": ("http://scjg.huyang.gov.cn/gg/9921.html", responsive),
    "epoint": ("http://ggzy.huyang.gov.cn/jyxx/003/abc-99.html", epoint),
    "dedecms": ("http://lyj.huyang.gov.cn/a/dongtai/11.html", dedecms),
    "phpcms": ("http://sjj.huyang.gov.cn/index.php?m=content&c=index&a=show&catid=12&id=40", phpcms),
    "styled": ("http://www.hykfq.gov.cn/c/31.html", styled),
    "semantic": ("http://gxq.huyang.gov.cn/news/31", semantic),
    "mobile": ("http://m.huyang.gov.cn/detail?id=3", mobile),
    "gkml": ("http://fgj.huyang.gov.cn/gkmlpt/content/7/7331/post_7331000.html", gkml),
    "school": ("http://wjw.huyang.gov.cn/show.php?id=71", school),
    "print": ("http://www.huyang.gov.cn/print.jsp?id=71", bare),
}
