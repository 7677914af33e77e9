"""Lists as five systems print them, with their scripts as real sites have them, and their articles."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from tests.crawler.sites.scripted import Asked, Wire

ROWS: Final = 3
AREA: Final = "350100"
STATE: Final = "/wEPDwUK+a=="
WORDS: Final = "请各单位遵照执行,办理时限为五个工作日,联系人见附件。"
PROXY: Final = "/module/web/jpage/dataproxy.jsp"
LISTS: Final = {
    "trs": "/trs/",
    "jcms": "/col/col76/index.html",
    "vsb": "/vsb/tzgg.htm",
    "vsb-servlet": "/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1002",
    "aspnet": "/list.aspx?cid=1",
    "json": f"/sx/list.html?area={AREA}",
}

TRS_SCRIPT: Final = """function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt) {
  if (_nPageCount == null || _nPageCount <= 1) { return; }
  for (var i = 0; i < _nPageCount; i++) {
    var name = (i == 0 ? _sPageName : (_sPageName + "_" + i)) + "." + _sPageExt;
    if (_nCurrIndex == i) { document.write("<span class=current>" + (i + 1) + "</span>"); }
    else { document.write("<a class=turn href='" + name + "'>" + (i + 1) + "</a>"); }
  }
}"""

# The plug-in of jcms in small: it draws a page from the records at hand and asks for three more pages where they end.
JPAGE_SCRIPT: Final = """function Plug(box, o) {
  var script = box.querySelector('script'), rows = cut(script ? script.textContent : ''), from = 0;
  function cut(xml) { return (xml.match(/<record>\\s*<!\\[CDATA\\[[\\s\\S]*?\\]\\]>/g) || []).map(function (r) {
    return r.slice(r.indexOf('CDATA[') + 6, -3); }); }
  function draw(page) {
    var at = page * o.perPage - from;
    box.innerHTML = '<ul>' + rows.slice(at, at + o.perPage).join('') + '</ul>';
    var next = document.createElement('a');
    next.id = 'next'; next.textContent = '下一页'; next.onclick = function () { turn(page + 1); };
    if ((page + 1) * o.perPage < o.totalRecord) { box.appendChild(next); }
    document.body.setAttribute('data-page', page);
  }
  function turn(page) {
    var first = page * o.perPage;
    if (first >= from && first < from + rows.length) { return draw(page); }
    var group = 3 * o.perPage, start = Math.floor(first / group) * group, x = new XMLHttpRequest();
    x.open('POST', o.proxyUrl + '?startrecord=' + (start + 1) + '&endrecord=' + Math.min(start + group, o.totalRecord)
      + '&perpage=' + o.perPage);
    x.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    x.onload = function () { rows = cut(x.responseText); from = start; draw(page); };
    x.send(new URLSearchParams(o.ajaxParam).toString());
  }
  turn(0);
}"""

JSON_SCRIPT: Final = """var area = new URLSearchParams(location.search).get('area'), page = 1;
function load() {
  fetch('/api/items?areaCode=' + area + '&pageNum=' + page + '&pageSize=ROWS').then(function (r) { return r.json(); })
  .then(function (d) {
    var box = document.getElementById('list'); box.innerHTML = '';
    d.data.list.forEach(function (row) {
      var li = document.createElement('li'), a = document.createElement('a');
      a.href = '/guide/' + row.rowGuid + '.html?area=' + row.areaCode; a.textContent = row.taskName;
      li.appendChild(a); box.appendChild(li); });
    document.getElementById('next').style.display = page * ROWS < d.data.total ? '' : 'none';
    document.body.setAttribute('data-page', page - 1);
  });
}
document.getElementById('next').onclick = function () { page++; load(); };
load();""".replace("ROWS", str(ROWS))


def article(system: str, number: int) -> str:
    """The address of an article (or guide) of a list."""
    return {
        "trs": f"/trs/202609/t20260901_{1000 + number}.html",
        "jcms": f"/art/2026/9/1/art_76_{number}.html",
        "vsb": f"/info/1001/{number}.htm",
        "vsb-servlet": f"/info/1002/{number}.htm",
        "aspnet": f"/show.aspx?id={number}",
        "json": f"/guide/9f{number:04d}ab.html?area={AREA}",
    }[system]


def _framed(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>通知公告-某市人民政府</title>{head}</head><body>{body}</body></html>"


def _query(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.target).query))


KINDS: Final = {PROXY: "text/xml; charset=UTF-8", "/api/items": "application/json; charset=utf-8"}


@dataclass
class Lists:
    """The lists, each of so many pages."""

    pages: int

    def __post_init__(self) -> None:
        self.total = self.pages * ROWS - 1  # the last page is not full
        self.all = frozenset(one for system in LISTS for one in self.articles(system))
        self._answers: dict[str, Callable[[Asked], str | None]] = {
            "/trs/": self._trs_page,
            "/col/": lambda _asked: self._jcms(),
            PROXY: self._proxied,
            "/vsb/": self._vsb_page,
            "/list.jsp": self._servlet_page,
            "/list.aspx": self._aspnet_page,
            "/sx/": self._drawn_page,
            "/api/items": lambda asked: self._items(_query(asked)),
        }

    def articles(self, system: str) -> set[str]:
        """All of them."""
        return {article(system, number) for number in range(self.total)}

    def _rows(self, system: str, page: int) -> str:
        numbers = range(page * ROWS, min(self.total, (page + 1) * ROWS))
        return "".join(f'<li><a href="{article(system, n)}">关于办理事项的通知第{n}号</a></li>' for n in numbers)

    def _trs(self, page: int) -> str:
        pager = f'<script>{TRS_SCRIPT}</script><script>createPageHTML({self.pages}, {page}, "index", "html");</script>'
        return _framed(f"<h1>通知公告</h1><ul>{self._rows('trs', page)}</ul><div class=page>{pager}</div>")

    def _records(self, first: int, last: int) -> str:
        numbers = range(first - 1, min(last, self.total))
        return "".join(
            f'<record><![CDATA[<li><a href="{article("jcms", n)}" title="通知">关于办理事项的通知第{n}号</a></li>]]></record>'
            for n in numbers
        )

    def _jcms(self) -> str:
        store = f'<script type="text/xml"><datastore><recordset>{self._records(1, 3 * ROWS)}</recordset></datastore></script>'
        plug = (
            "var param_4501 = {col:1,webid:'1',path:'/',columnid:'76',unitid:'4501',webname:'某市',permissiontype:0};"
            f"$('#4501').jpage({{totalRecord:{self.total},perPage:{ROWS},proxyUrl:'{PROXY}',ajaxParam:param_4501}});"
        )
        query = "function $(name) { return {jpage: function (o) { new Plug(document.querySelector('[id=\"4501\"]'), o); }}; }"
        return _framed(
            f"<h1>通知公告</h1><div id='4501'>{store}</div><script>{query}{JPAGE_SCRIPT}</script><script>{plug}</script>"
        )

    def _vsb(self, page: int) -> str:
        """Numbered from the oldest: the first page is `tzgg.htm`, the next ones `tzgg/49.htm … tzgg/1.htm`."""
        folder = "" if page else "tzgg/"
        near = {n for n in (page - 1, page + 1, self.pages - 1) if 0 <= n < self.pages and n != page}
        links = "".join(
            f'<a class=turn href="{"../tzgg.htm" if n == 0 else f"{folder}{self.pages - n}.htm"}">{n + 1}</a>'
            for n in sorted(near)
        )
        jump = f"<a href='javascript:;' onclick=\"_simple_list_gotopage_fun({self.pages},'u13_goto',2)\">跳转</a>"
        return _framed(f"<h1>通知公告</h1><ul>{self._rows('vsb', page)}</ul><div>{links}{jump}</div>")

    def _servlet(self, page: int) -> str:
        near = {n for n in (page - 1, page + 1, self.pages - 1) if 0 <= n < self.pages and n != page}
        links = "".join(
            f'<a class=turn href="?a1913t={self.pages}&a1913p={n + 1}&a1913c={ROWS}&urltype=tree.TreeTempUrl&wbtreeid=1002">{n + 1}</a>'
            for n in sorted(near)
        )
        return _framed(f"<h1>通知公告</h1><ul>{self._rows('vsb-servlet', page)}</ul><div>{links}</div>")

    def _aspnet(self, page: int) -> str:
        near = {n for n in (page - 1, page + 1, self.pages - 1) if 0 <= n < self.pages and n != page}
        links = "".join(
            f"<a href=\"javascript:__doPostBack('ctl00$AspNetPager1','{n + 1}')\">{n + 1}</a>" for n in sorted(near)
        )
        after = (
            f"<a id=next href=\"javascript:__doPostBack('ctl00$AspNetPager1','{page + 2}')\">下一页</a>"
            if page + 1 < self.pages
            else ""
        )
        hidden = "".join(
            f'<input type="hidden" name="{name}" id="{name}" value="{value}"/>'
            for name, value in (("__EVENTTARGET", ""), ("__EVENTARGUMENT", ""), ("__VIEWSTATE", STATE))
        )
        script = (
            "<script>function __doPostBack(t, a) { var f = document.forms['form1'];"
            " f.__EVENTTARGET.value = t; f.__EVENTARGUMENT.value = a; f.submit(); }</script>"
        )
        return _framed(
            f'<form name="form1" method="post" action="./list.aspx?cid=1">{hidden}{script}<h1>通知公告</h1>'
            f"<ul>{self._rows('aspnet', page)}</ul><div id=ctl00_AspNetPager1>{links}{after}</div></form>",
            f'<script>addEventListener("load", function () {{ document.body.setAttribute("data-page", {page}); }});</script>',
        )

    def _items(self, query: dict[str, str]) -> str:
        page, size = int(query["pageNum"]), int(query["pageSize"])
        numbers = range((page - 1) * size, min(self.total, page * size))
        rows = [
            {"rowGuid": f"9f{n:04d}ab", "taskName": f"申请办理第{n}号事项", "areaCode": query["areaCode"]}
            for n in numbers
        ]
        return json.dumps({"code": 200, "data": {"total": self.total, "list": rows}}, ensure_ascii=False)

    def _trs_page(self, asked: Asked) -> str | None:
        found = re.fullmatch(r"/trs/(?:index(?:_(\d+))?\.html)?", asked.target)
        return self._trs(int(found[1] or 0)) if found else None

    def _vsb_page(self, asked: Asked) -> str | None:
        found = re.fullmatch(r"/vsb/tzgg(?:/(\d+))?\.htm", asked.target)
        return self._vsb(self.pages - int(found[1]) if found[1] else 0) if found else None

    def _servlet_page(self, asked: Asked) -> str:
        return self._servlet(int(_query(asked).get("a1913p", "1")) - 1)

    def _proxied(self, asked: Asked) -> str | None:
        """The proxy takes its parameters from the address and from the body alike."""
        fields = _query(asked) | dict(parse_qsl(asked.body.decode()))
        if (fields.get("columnid"), fields.get("unitid"), fields.get("webname")) != ("76", "4501", "某市"):
            return None
        records = self._records(int(fields["startrecord"]), int(fields["endrecord"]))
        total = f"<totalrecord>{self.total}</totalrecord>"
        return f"<?xml version='1.0' encoding='UTF-8'?><datastore>{total}<recordset>{records}</recordset></datastore>"

    def _aspnet_page(self, asked: Asked) -> str | None:
        sent = dict(parse_qsl(asked.body.decode())) if asked.method == "POST" else {}
        if sent and (sent.get("__VIEWSTATE") != STATE or sent.get("__EVENTTARGET") != "ctl00$AspNetPager1"):
            return None
        return self._aspnet(int(sent.get("__EVENTARGUMENT", "1")) - 1)

    def _drawn_page(self, _asked: Asked) -> str:
        return _framed(f'<h1>事项清单</h1><ul id="list"></ul><a id=next>下一页</a><script>{JSON_SCRIPT}</script>')

    def page_of(self, asked: Asked) -> tuple[str, str] | None:
        """Content type and text of the answer; None for what is not there."""
        html = "text/html; charset=utf-8"
        if asked.target in self.all:
            return html, _framed(f"<h1>关于办理事项的通知</h1><p>{WORDS}</p>")
        for start, answered in self._answers.items():
            if asked.target.startswith(start) and (text := answered(asked)) is not None:
                return KINDS.get(start, html), text
        return None

    async def answer(self, asked: Asked, wire: Wire, lists: tuple[str, ...]) -> None:
        """A site whose home page leads to these lists."""
        if asked.target == "/":
            links = "".join(
                f'<li><a href="{LISTS[name].replace("&", "&amp;")}">{name}通知公告</a></li>' for name in lists
            )
            await wire.reply(_framed(f"<h1>某市人民政府</h1><ul>{links}</ul>"))
            return
        found = self.page_of(asked)
        if found is None:
            await wire.reply("not here", 404)
        else:
            await wire.reply(found[1], kind=found[0])
