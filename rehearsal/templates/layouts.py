"""Page frames in the manner of six site builders: the same content, other markup around it."""

from collections.abc import Callable
from html import escape
from typing import Final

from rehearsal.links import Link, a
from rehearsal.outline import Outline
from rehearsal.plan import Host

STYLE: Final = """body{margin:0;font:14px/1.8 "Microsoft YaHei",SimSun,sans-serif;color:#333;background:#f5f7fa}
a{color:#1a4f9c;text-decoration:none}a:hover{text-decoration:underline}.wrap{width:1200px;margin:0 auto;background:#fff}
.header{height:150px;background:url(/images/banner.png) no-repeat center}.header h1{margin:0;padding:46px 30px;color:#fff;font-size:34px}
.nav{background:#0a5aa8;height:46px}.nav li{float:left;list-style:none;padding:0 22px;line-height:46px;position:relative}.nav a{color:#fff}
.nav li .sub{display:none;position:absolute;top:46px;left:0;background:#0a5aa8;width:160px}.nav li:hover .sub{display:block}
.list li{border-bottom:1px dashed #ddd;padding:8px 0;list-style:none}.list span,.new span{float:right;color:#999}.info{color:#888;text-align:center}
.TRS_Editor p,#zoom p,.v_news_content p{text-indent:2em;margin:12px 0}.fuwu li{display:inline-block;width:23%;padding:10px 0}
table{border-collapse:collapse;width:96%;margin:10px auto}td,th{border:1px solid #ccc;padding:6px 10px;text-align:left}.footer{clear:both;border-top:3px solid #0a5aa8;
padding:20px 0;text-align:center;color:#666;background:#eef3f9}.search{float:right;padding:10px}.crumb{padding:12px 30px;color:#666}.btns li{display:inline-block;margin:10px}
.bszn th{width:160px;background:#f3f8fd}.xgxx{border-top:1px solid #ddd;margin-top:20px;padding:10px 30px}.pager a{padding:2px 10px;border:1px solid #ccc}
@media (max-width:768px){.wrap{width:100%}.nav li{padding:0 8px}.fuwu li{width:48%}}"""

GRID: Final = "".join(
    f".col-{size}-{n}{{float:left;box-sizing:border-box;padding:0 15px;width:{n * 100 / 12:.4f}%}}\n"
    for size in ("xs", "sm", "md", "lg")
    for n in range(1, 13)
)
"""A grid style sheet, printed in every page as many site builders do."""

OFFICES: Final = [
    "市政府办公室",
    "市发展改革委",
    "市教育局",
    "市科技局",
    "市工信局",
    "市民宗局",
    "市公安局",
    "市民政局",
    "市司法局",
    "市财政局",
    "市人社局",
    "市自然资源局",
    "市生态环境局",
    "市住建局",
    "市交通局",
    "市水利局",
    "市农业农村局",
    "市商务局",
    "市文旅局",
    "市卫健委",
    "市应急局",
    "市审计局",
    "市国资委",
    "市市场监管局",
    "市统计局",
    "市医保局",
    "市城管局",
    "市林业局",
]
GROUP: Final = (
    '<div class="group wrap"><h4>站群导航</h4><div class="row">'
    + "".join(
        f'<div class="col-md-2 col-sm-3 col-xs-6"><span class="office" title="{name}">{name}</span></div>'
        for name in OFFICES
    )
    + "</div></div>"
)
"""The offices of a city by name only: their sites are linked where they exist."""

BANNER_WORDS: Final = (
    "深入学习贯彻党的二十大精神", "全心全意为人民服务", "优化营商环境 建设服务型政府", "让数据多跑路 让群众少跑腿",
)  # fmt: skip


def menu(links: tuple[Link, ...]) -> str:
    """The navigation, with drop-down menus that are hidden until the pointer is on them."""
    rows = "".join(
        f'<li>{a(link)}<div class="sub" style="display:none">{a(link, " class=more")}</div></li>' for link in links[:-1]
    )
    return f'<div class="nav"><ul>{rows}</ul></div>'


def site_code(host: Host) -> str:
    """Ten digits: the area of the unit, and a number of the site."""
    return f"{host.area}{host.number % 10_000:04d}"


def footer(host: Host, last: Link) -> str:
    """Who runs the site, and under which numbers."""
    icp = f"{20000000 + host.unit}号-{host.number}" if host.number % 2 else f"{30000000 + host.number}号"
    return (
        f'<div class="footer"><p>主办单位:{host.title}　承办单位:{host.city.name}市大数据中心　{a(last)}</p>'
        f"<p>网站标识码:{site_code(host)}　ICP备案号:测ICP备{icp}　公安备案 99{host.number:06d}号</p>"
        '<p>地址:人民路1号　邮编:412000　政务服务便民热线:12345　<img src="/images/red.png" alt="党政机关">'
        '<img src="/images/jiucuo.png" alt="政府网站找错"></p></div>'
    )


def head(host: Host, page: Outline, charset: str, title: str) -> str:
    """The document's head, with the standard's meta tags on hosts that keep it."""
    tags = [("SiteName", host.title), ("SiteDomain", host.site), ("SiteIDCode", site_code(host)), *page.meta]
    metas = (
        "".join(f'<meta name="{name}" content="{escape(value)}">\n' for name, value in tags)
        if host.number % 3 != 2
        else ""
    )
    return (
        f'<head>\n<meta http-equiv="Content-Type" content="text/html; charset={charset}">\n{page.head}\n<title>{title}</title>\n{metas}'
        f'<link rel="stylesheet" href="/css/style.css">\n<style>{STYLE}\n{GRID}</style>\n</head>'
    )


def crumb(host: Host, page: Outline) -> str:
    """Where the reader is, without links; an article's page ends in 正文, a column's in its own name."""
    names = ["首页"] + ([host.columns[page.column].name] if page.column >= 0 else [])
    if page.kind in {"article", "guide"} and "fixed-page" not in page.features:
        names.append("正文")
    elif page.column < 0:
        names.append(page.title)
    return f'<div class="crumb">当前位置:{" &gt; ".join(map(escape, names))}</div>'


def _trs(host: Host, page: Outline, inner: str) -> str:
    return f'<div class="wrap">{crumb(host, page)}<div class="xl_main"><h2 class="xl_tit">{escape(page.title)}</h2><div class="TRS_Editor">{inner}</div></div></div>'


def _jcms(host: Host, page: Outline, inner: str) -> str:
    return (
        f'<table class="wrap" width="1000" align="center"><tr><td>{crumb(host, page)}</td></tr><tr><td class="title" align="center">{escape(page.title)}</td></tr>'
        f'<tr><td><div id="zoom">{inner}</div></td></tr></table>'
    )


def _vsb(host: Host, page: Outline, inner: str) -> str:
    return (
        f'<div class="wrap">{crumb(host, page)}<form name="_newscontent_fromname"><h1 align="center">{escape(page.title)}</h1>'
        f'<div id="vsb_content"><div class="v_news_content">{inner}</div></div></form></div>'
    )


def _asp(host: Host, page: Outline, inner: str) -> str:
    side = "".join(f"<li>{column.name}</li>" for column in host.columns[: host.top])
    return (
        f'<table class="wrap"><tr><td width="220" valign="top"><ul class="side">{side}</ul></td><td valign="top">{crumb(host, page)}'
        f'<span id="lblTitle"><b>{escape(page.title)}</b></span><div id="lblContent">{inner}</div></td></tr></table>'
    )


def _modern(host: Host, page: Outline, inner: str) -> str:
    return (
        f'<main class="container wrap">{crumb(host, page)}<article class="article"><header><h1>{escape(page.title)}</h1></header>'
        f'<section class="article-content">{inner}</section></article></main>'
    )


def _platform(host: Host, page: Outline, inner: str) -> str:
    return (
        f'<div class="zw-main wrap"><div class="zw-path">{crumb(host, page)}</div><div class="zw-title">{escape(page.title)}</div>'
        f'<div class="zw-body">{inner}</div><div class="zw-side"><p>统一身份认证</p><p>咨询电话 12345</p></div></div>'
    )


LAYOUTS: Final[tuple[Callable[[Host, Outline, str], str], ...]] = (_trs, _jcms, _vsb, _asp, _modern, _platform)


def framed(host: Host, page: Outline, inner: str, aside: str, links: tuple[Link, ...], head_html: str) -> str:
    """A whole document in the host's layout."""
    slogan = BANNER_WORDS[host.number % len(BANNER_WORDS)]
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n{head_html}\n<body>\n<div class="header"><div class="search"><form action="/search" method="get">'
        f'<input type="text" name="keyword" placeholder="请输入关键字"><input type="submit" value="搜索"></form></div>'
        f"<h1>{host.title}</h1><p>{slogan}</p></div>\n{menu(links)}\n{LAYOUTS[host.layout](host, page, inner)}\n<div class='wrap aside'>{aside}</div>\n{GROUP}\n{footer(host, links[-1])}\n"
        '<script type="text/javascript" src="/js/site.js"></script>\n</body>\n</html>\n'
    )


def bare(page: Outline, inner: str, head_html: str) -> str:
    """A document without the host's frame."""
    return f"<html>\n{head_html}\n<body>\n<h2>{escape(page.title)}</h2>\n{inner}\n</body>\n</html>\n"


def frameset(inner: str, head_html: str) -> str:
    """A document of frames."""
    return f"<html>\n{head_html}\n{inner}\n</html>\n"


def shell(head_html: str) -> str:
    """An application's container."""
    return (
        f'<!DOCTYPE html>\n<html>\n{head_html}\n<body>\n<div id="app"></div>\n'
        '<script type="text/javascript" src="/js/app.js"></script>\n</body>\n</html>\n'
    )
