"""Does a page need a browser?  Told by structure, through the public reading."""

import pytest

from cleaning.page import Shell
from cleaning.read import read
from tests.cleaning import saved_pages

URL = "http://a.gov.cn/zwgk/list.html"
NAV = "<ul class='nav'>" + "".join(f"<li><a href='/c{n}/'>栏目{n}</a></li>" for n in range(12)) + "</ul>"
FOOT = "<div class='footer'>版权所有 某市人民政府 ICP备12345678号 网站标识码1234567890</div>"
ITEMS = "".join(
    f"<li><a href='/a/{n}.html'>关于第{n}号事项办理的通知</a><span>2024-01-02</span></li>" for n in range(15)
)
TEXT = "<p>" + "为贯彻落实有关要求，现将办理事项的条件、材料、时限和收费标准公布如下，请相互转告。" * 12 + "</p>"


def shell(body: str, head: str = "<title>某市人民政府</title>", url: str = URL) -> Shell | None:
    """What the reading says of a page with this body."""
    html = f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    return read(html.encode(), url, content_type="text/html").shell


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("script-shell", '<div id="app"></div><script src="/static/js/app.3f2a.js"></script>'),
        (
            "script-shell",
            '<noscript></noscript><div id="root">加载中...</div><script type="module" src="/m.js"></script>',
        ),
        ("script-shell", "<app-root></app-root><script src='/main.js'></script>"),
        (
            "script-shell",
            "<div class='wrap'><div id='x9'></div></div><script>boot(document.getElementById('x9'))</script>",
        ),
        (
            "noscript-notice",
            "<noscript>We're sorry but this site doesn't work without JavaScript enabled.</noscript><div id=q></div><script src=/a.js></script>",
        ),
        (
            "noscript-notice",
            "<noscript>您的浏览器未启用 JavaScript，请开启后访问。</noscript><script src=/a.js></script>",
        ),
        ("noscript-notice", "<p>请启用JavaScript后继续浏览</p><script src=/a.js></script>"),
        ("challenge", "<script>document.cookie='k='+(1+2)+';path=/';location.reload();</script>"),
        ("challenge", "<script>var a=3;document.cookie='k='+a;location.href='/zwgk/list.html';</script>"),
        (
            "empty-list",
            NAV
            + "<h1>通知公告</h1><ul id='zq7'></ul><script>fetch('/api/list?c=1').then(function(r){return r.json()}).then("
            "function(d){d.rows.forEach(function(x){document.getElementById('zq7').innerHTML+='<li><a href=\"'+x.u+'\">'+x.t+'</a></li>'})})</script>"
            + FOOT,
        ),
        (
            "empty-list",
            NAV
            + "<h1>通知公告</h1><div class='listbox'>加载中…</div><script>$.ajax({url:'/api.do',success:function(d){"
            "var h='';for(var i=0;i<d.length;i++){h+='<dl>'+d[i].t+'</dl>'}$('.listbox').html(h)}})</script>" + FOOT,
        ),
        (
            "empty-list",
            NAV + "<table><thead><tr><th>名称</th><th>日期</th></tr></thead><tbody id='tb3'></tbody></table>"
            "<script>var x=new XMLHttpRequest();x.onload=function(){document.querySelector('#tb3').innerHTML=rows(x.response)}</script>"
            + FOOT,
        ),
        (
            "empty-list",
            NAV + "<ul id='items'></ul><script>var d=[[101,'关于印发办法的通知'],[102,'公告']];var h='';"
            "for(var i=0;i<d.length;i++){h+='<li><a href=\"/art/'+d[i][0]+'.html\">'+d[i][1]+'</a></li>'}"
            "document.getElementById('items').innerHTML=h;</script>" + FOOT,
        ),
        (
            "empty-list",
            NAV + "<h1>通知公告</h1><ul id='col_9' data-col='12'></ul><script src='/js/column.js'></script>" + FOOT,
        ),
    ],
)
def test_pages_that_need_a_browser(code, body):
    """Empty mounts, requests to enable scripts, cookie challenges, and lists that a script fills."""
    found = shell(body)
    assert found is not None
    assert found.code == code


COUNTER = "<span id='hits'></span><script>$.get('/count.jsp?id=1',function(d){$('#hits').html(d)})</script>"
WEATHER = "<div id='weather'></div><script>fetch('/tq').then(r=>r.text()).then(t=>{document.getElementById('weather').innerHTML=t})</script>"
LOGIN = "<div class='loginbox'></div><script>$.ajax({url:'/user/info',success:function(u){$('.loginbox').html('<a href=/me>'+u+'</a>')}})</script>"
STATISTICS = "<script>var _hmt=_hmt||[];(function(){var hm=document.createElement('script');hm.src='https://hm.baidu.com/hm.js?1';document.body.appendChild(hm)})()</script>"


@pytest.mark.parametrize(
    "body",
    [
        NAV + "<ul class='list'>" + ITEMS + "</ul>" + COUNTER + WEATHER + LOGIN + FOOT,
        NAV + "<h1>通知</h1><div class='article'>" + TEXT + "</div>" + COUNTER + WEATHER + LOGIN + FOOT,
        NAV
        + "<h1>通知</h1>"
        + TEXT
        + "<ul id='related'></ul><script>$.getJSON('/rel',function(d){$('#related').append('<li><a href=x>'+d+'</a></li>')})</script>",
        "<p>系统维护中</p><div id='stat'></div>" + STATISTICS,
        "<h1>通知公告</h1><p>暂无内容</p>" + STATISTICS,
        "<h1>联系我们</h1><p>电话：0123-4567890，地址：人民路1号。</p><script src='/js/jquery.min.js'></script>",
        "<script>location.href='/index/index.html';</script>",
        "<script>document.cookie='seen=1';location.href='/index/index.html';</script>",
        "<div id='app'></div><script>location.replace('/portal/')</script>",
        "<h1>404</h1><p>您访问的页面不存在</p><script>setTimeout(\"location.href='/'\",3000)</script><div id='tips'></div>",
        "<h1>您访问的页面不存在或已删除</h1><a href='/'>返回首页</a><div class='box'></div><script src='/js/err.js'></script>",
        "<div id='main'></div><iframe src='/main.html'></iframe><script src='/js/a.js'></script>",
        NAV
        + "<ul id='l'></ul><script>createPageHTML(5,0,'index','html');$.get('/x',function(d){$('#l').html(d)})</script>",
        NAV
        + "<div id='55'><script type='text/xml'><datastore><recordset><record><![CDATA[<li><a href='/art/1.html'>通知</a></li>]]></record></recordset></datastore></script></div>"
        "<script>$('#55').html(show($.ajax('/dataproxy.jsp')))</script>",
        NAV + "<div class='crumb'>首页 &gt; 公告</div><ul class='list'></ul><p>共0条</p>" + STATISTICS + FOOT,
        "<p>你好</p>",
        "",
    ],
)
def test_pages_that_do_not(body):
    """Full pages with widgets, short pages, stubs, frames, error pages, and lists that were read statically."""
    assert shell(body) is None


def test_a_meta_refresh_and_a_frame_set_are_no_shells():
    """They say where to go in HTML."""
    refresh = '<meta http-equiv="refresh" content="0;url=/index/">'
    assert shell("<div id=app></div><script src=/a.js></script>", head=refresh) is None
    assert read(b"<html><frameset><frame src=/a.html></frameset><script src=/a.js></script></html>", URL).shell is None


def test_a_rendered_page_is_no_shell_any_more():
    """After the browser has filled the list, the same page reads as complete."""
    code = "<script>fetch('/x').then(d=>{document.getElementById('zq7').innerHTML='<li>'+d})</script>"
    assert shell(NAV + "<ul id='zq7'></ul>" + code) is not None
    assert shell(NAV + "<ul id='zq7'>" + ITEMS + "</ul>" + code) is None


def test_saved_government_pages():
    """Of the saved real pages two sites' are sent to the browser: one's lists are fetched, the other's drawn by script."""
    needing = {}
    for row, body in saved_pages.bodies():
        if row["kind"] == "gov-html" and (found := read(body, row["url"] or "http://a.cn/").shell):
            needing[row["id"]] = (row["site"], found.code)
    assert {site for site, _ in needing.values()} == {"www.szzyjy.com.cn", "lyj.jlcity.gov.cn(inferred)"}, needing
    assert {code for _, code in needing.values()} == {"empty-list"}
    assert len(needing) == 2


DRAWN = (
    "<script>var rows=[['a','1'],['b','2']];var out='';for(var i=0;i<rows.length;i++){"
    "out+='<li><a href=\"/'+rows[i].join('/')+'.html\">x</a></li>'}"
    "document.getElementById('qk3').innerHTML=out;</script>"
)


def test_a_list_of_links_drawn_by_script_needs_the_browser_beside_other_text():
    """Found in a rehearsal: office names beside an empty list, or a form around it, kept the list from being seen."""
    offices = "".join(f"<span title='x'>市第{n}办公室综合科</span>" for n in range(20))
    assert shell(NAV + "<div class='list' id='qk3'></div>" + DRAWN + f"<div>{offices}</div>") is not None
    assert shell(NAV + "<form><div class='list' id='qk3'></div>" + DRAWN + "</form>") is not None
    assert (
        shell(NAV + f"<p>{'这一段说明了办理的条件与材料。' * 40}</p><div class='list' id='qk3'></div>" + DRAWN) is None
    )
