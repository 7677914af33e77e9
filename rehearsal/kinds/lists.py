"""Lists whose further pages only a script names: data stores of jcms, VSB's jump box, ASP.NET forms, platforms' JSON."""

import json
from dataclasses import replace
from html import escape
from typing import Final

from rehearsal.addresses import ITEMS, PAGER, PROXY, Ref, area, path_of, proxied, proxy_fields, queried
from rehearsal.chance import token
from rehearsal.links import Block, Kind, Link, a, anchor
from rehearsal.outline import Answer, Outline
from rehearsal.plan import Column, Host, World

NEAR: Final = 2
"""Pages on either side of the current one that pagers link."""

STEP_SCRIPT: Final = """<script type="text/javascript">
//<![CDATA[
var theForm = document.forms['form1'];
function __doPostBack(eventTarget, eventArgument) {
  theForm.__EVENTTARGET.value = eventTarget; theForm.__EVENTARGUMENT.value = eventArgument; theForm.submit();
}
//]]>
</script>"""


ITEM_SCRIPT: Final = """<ul class="list" id="sxList"></ul><div class="pages"><span id="sxPage"></span><span id="sxNext">下一页</span></div><script>
(function () {
  var query = %s, page = 1, list = document.getElementById("sxList"), next = document.getElementById("sxNext");
  function load() {
    fetch("%s?columnId=" + query.columnId + "&areaCode=" + query.areaCode + "&pageNum=" + page + "&pageSize=" + query.pageSize)
    .then(function (answer) { return answer.json(); }).then(function (answer) {
      list.innerHTML = "";
      answer.data.list.forEach(function (row) {
        var item = document.createElement("li"), link = document.createElement("a");
        link.href = "/guide/" + row.taskId + ".html"; link.textContent = row.taskName;
        item.appendChild(link); list.appendChild(item); });
      document.getElementById("sxPage").textContent = page + "/" + Math.ceil(answer.data.total / query.pageSize);
      next.style.display = page * query.pageSize < answer.data.total ? "" : "none";
    });
  }
  next.onclick = function () { page++; load(); };
  load();
})();</script>"""


def service(world: World, host: Host, ref: Ref, page: Outline, links: list[Link]) -> Outline:
    """A platform's list: drawn by script from an answer in JSON, which also gives its further pages, by area code."""
    found = host.columns[ref.a]
    if ref.b:
        kept = tuple(Link(Kind.SCRIPT, link.href, link.text) for link in links)
        return replace(
            page,
            blocks=(Block(kept),),
            features=("json-list",),
            frame="bare",
            charset="utf-8",
            answer=Answer(file=lambda: ("application/json; charset=utf-8", items_bytes(world, host, ref.a, links))),
        )
    query = {"columnId": ref.a + 1, "areaCode": area(world, host), "pageSize": found.per_page}
    drawn = tuple(Link(Kind.RENDERED, link.href, link.text) for link in links)
    pages = tuple(Link(Kind.PAGER, queried(world, host, ref.a, number)) for number in range(1, found.pages))
    return replace(
        page,
        blocks=(Block((*drawn, *pages), lambda: ITEM_SCRIPT % (json.dumps(query), ITEMS)),),
        features=("json-platform",),
        needs_browser=True,
        charset="utf-8",
    )


def items_bytes(world: World, host: Host, column: int, links: list[Link]) -> bytes:
    """An answer of the list's service."""
    rows = [
        {
            "taskId": link.href.rpartition("/")[2].removesuffix(".html"),
            "taskName": link.text,
            "areaCode": area(world, host),
            "deptName": host.columns[column].name,
            "onlineDepth": number % 4 + 1,
        }
        for number, link in enumerate(links)
    ]
    data = {"total": host.columns[column].count, "list": rows}
    return json.dumps({"code": 200, "msg": "success", "data": data}, ensure_ascii=False).encode()


def store(host: Host, ref: Ref, page: Outline, links: list[Link], dates: list[str]) -> Outline:
    """A jcms list: the first group of records in the page, the others behind its data proxy."""
    found = host.columns[ref.a]
    kept = tuple(Link(Kind.SCRIPT, link.href, link.text) for link in links)

    def rows() -> str:
        return "".join(
            f'<record><![CDATA[<li><a href="{escape(link.href)}" target="_blank" title=\'{escape(link.text)}\'>{escape(link.text)}</a><span>{date}</span></li>]]></record>'
            for link, date in zip(kept, dates, strict=True)
        )

    if ref.b:
        xml = "<?xml version='1.0' encoding='UTF-8'?><datastore><totalrecord>%d</totalrecord><recordset>%s</recordset></datastore>"
        return replace(
            page,
            blocks=(Block(kept),),
            features=("jcms-dataproxy",),
            frame="bare",
            charset="utf-8",
            answer=Answer(file=lambda: ("text/xml; charset=UTF-8", (xml % (found.count, rows())).encode())),
        )
    groups = tuple(Link(Kind.PAGER, proxied(host, ref.a, number)) for number in range(1, found.pages))
    return replace(
        page, blocks=(Block((*kept, *groups), lambda: _plugged(host, found, rows())),), features=("jcms-datastore",)
    )


def _plugged(host: Host, found: Column, rows: str) -> str:
    unit = 45000 + found.index
    fields = ",".join(f"{name}:'{value}'" for name, value in proxy_fields(host, found.index).items())
    return (
        f'<div id="{unit}" class="default_pgContainer"><script type="text/xml"><datastore><nextgroup></nextgroup>'
        f"<recordset>{rows}</recordset></datastore></script></div>"
        '<script type="text/javascript" src="/js/jpage.js"></script>'
        f"<script type=\"text/javascript\">var param_{unit} = {{{fields}}};\n$('#{unit}').jpage({{totalRecord:{found.count},"
        f"perPage:{found.per_page},barPosition:'bottom',proxyUrl:'{PROXY}',ajaxParam:param_{unit}}});</script>"
    )


def _near(world: World, host: Host, ref: Ref) -> list[Link]:
    """The pager's own links: the pages around, the first and the last."""
    pages = host.columns[ref.a].pages
    shown = {n for n in range(ref.b - NEAR, ref.b + NEAR + 1) if 0 <= n < pages} | {0, pages - 1}
    return [anchor(path_of(world, host, Ref("column", ref.a, n)), str(n + 1)) for n in sorted(shown) if n != ref.b]


def jump(world: World, host: Host, ref: Ref, page: Outline, rows: Block) -> Outline:
    """A VSB list: links around, and a box to go to any page."""
    found = host.columns[ref.a]
    near = _near(world, host, ref)
    others = (path_of(world, host, Ref("column", ref.a, n)) for n in range(1, found.pages) if n != ref.b)
    jumps = tuple(Link(Kind.PAGER, path) for path in others if path not in {link.href for link in near})

    def html() -> str:
        box = (
            '<script language="javascript" src="/system/resource/js/gotopage.js"></script>'
            f'<input type="text" id="u8_goto" onkeydown="if(event.keyCode==13){{_simple_list_gotopage_fun({found.pages},&quot;u8_goto&quot;,2)}}">'
            f'<a href="javascript:;" onclick="_simple_list_gotopage_fun({found.pages},&quot;u8_goto&quot;,2)">跳转</a>'
        )
        links = "".join(f'<span class="p_no">{a(link)}</span>' for link in near)
        return f'<div class="pb_sys_common">共{found.pages}页 {links}{box if found.pages > 1 else ""}</div>'

    features = ("vsb-jump",) if found.pages > 1 else ()
    return replace(page, blocks=(rows, Block((*near, *jumps), html)), features=features)


def state(world: World, host: Host, column: int) -> str:
    """The view state of a list: a step without it is refused."""
    return "/wEPDwUK" + token(60, world.seed, host.site, "state", column) + "=="


def steps(world: World, host: Host, ref: Ref, page: Outline, rows: Block) -> Outline:
    """An ASP.NET list: every further page is a step of the page's own form."""
    found = host.columns[ref.a]
    links = tuple(
        Link(Kind.PAGER, path_of(world, host, Ref("column", ref.a, n))) for n in range(1, found.pages) if n != ref.b
    )

    def html() -> str:
        hidden = (("__EVENTTARGET", ""), ("__EVENTARGUMENT", ""), ("__VIEWSTATE", state(world, host, ref.a)))
        fields = "".join(f'<input type="hidden" name="{name}" id="{name}" value="{value}" />' for name, value in hidden)
        shown = sorted(
            {n for n in range(ref.b - NEAR, ref.b + NEAR + 1) if 0 <= n < found.pages} | {0, found.pages - 1}
        )
        pager = "".join(
            f"<a href=\"javascript:__doPostBack('{PAGER}','{n + 1}')\">{n + 1}</a>"
            if n != ref.b
            else f"<span>{n + 1}</span>"
            for n in shown
        )
        turn = f'<div id="{PAGER}">{pager}</div>' if found.pages > 1 else ""
        action = f"./list.aspx?cid={ref.a + 1}"
        return f'<form name="form1" method="post" action="{action}" id="form1">{fields}{STEP_SCRIPT}{rows.html()}{turn}</form>'

    features = ("aspnet-postback",) if ref.b else ()
    return replace(page, blocks=(Block((*rows.links, *links), html),), features=features)
