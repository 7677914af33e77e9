"""Pages whose content is in the document only after their scripts have run."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from rehearsal import articles
from rehearsal.addresses import Ref
from rehearsal.links import Block, Kind, Link, a, anchor
from rehearsal.outline import Outline
from rehearsal.plan import Host, World

FETCH_LIST: Final = """<ul class="list" id="listBox"></ul><div id="pageBox"></div><script>
fetch("/api/page?path=" + encodeURIComponent(location.pathname + location.search)).then(function (r) { return r.json(); })
.then(function (d) { var box = document.getElementById("listBox");
d.items.forEach(function (row) { var li = document.createElement("li"), link = document.createElement("a");
link.href = row.url; link.textContent = row.title; li.appendChild(link);
li.appendChild(document.createTextNode(" " + row.date)); box.appendChild(li); });
d.pager.forEach(function (row) { var link = document.createElement("a"); link.href = row.url; link.textContent = row.title;
document.getElementById("pageBox").appendChild(link); }); });</script>"""

NOSCRIPT_LIST: Final = """<div id="main-list" class="list-container"><noscript>您的浏览器不支持或已禁用JavaScript,请启用后查看本页内容。</noscript></div>
<script>(function () { var x = new XMLHttpRequest();
x.open("GET", "/api/page?path=" + encodeURIComponent(location.pathname + location.search), true);
x.onload = function () { var d = JSON.parse(x.responseText), h = "";
d.items.concat(d.pager).forEach(function (r) { h += '<p><a href="' + r.url + '">' + r.title + "</a></p>"; });
document.getElementById("main-list").innerHTML = h; }; x.send(); })();</script>"""

BUILT_LIST: Final = """<div class="list" id="rows"></div><script>
var rows = %s; var out = "";
for (var i = 0; i < rows.length; i++) { var r = rows[i][0];
out += "<li><a href='" + (r[0].slice(-1) === ":" ? "" : "/") + r.slice(0, -1).join("/") + "." + r[r.length - 1] + "'>" + rows[i][1] + "</a></li>"; }
document.getElementById("rows").innerHTML = "<ul>" + out + "</ul>";</script>"""


HARM: Final = {
    "hangs": "setTimeout(function () { for (;;) {} }, 30);",
    "swells": "setTimeout(function () { var kept = []; for (;;) kept.push(new Array(1e7).fill(kept.length)); }, 30);",
    "leaks": "window.kept = []; for (var i = 0; i < 20; i++) window.kept.push(new Array(2e5).fill(i));",
}
"""What a page's script does to the browser, beside drawing its content."""


def _rendered(links: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(Link(Kind.RENDERED, link.href, link.text) for link in links)


def _pieces(href: str) -> list[str]:
    head, _, tail = href.lstrip("/").rpartition(".")
    return [*head.split("/"), tail]


def listing(style: str, items: list[Link], pager: list[Link], dates: list[str]) -> Block:
    """A list drawn by script in one of three manners."""
    links = _rendered(tuple(items) + tuple(pager))

    def html() -> str:
        if style == "built":
            rows = [[_pieces(link.href), link.text] for link in (*items, *pager)]
            return BUILT_LIST % json.dumps(rows, ensure_ascii=False).replace("</", "<\\/")
        return FETCH_LIST if style == "fetched" else NOSCRIPT_LIST

    assert len(dates) == len(items)
    return Block(links, html)


def list_payload(items: list[Link], pager: list[Link], dates: list[str]) -> dict[str, object]:
    """What a list's script fetches."""
    return {
        "items": [
            {"url": link.href, "title": link.text, "date": date} for link, date in zip(items, dates, strict=True)
        ],
        "pager": [{"url": link.href, "title": link.text} for link in pager],
    }


def shell(page: Outline, host: Host) -> Outline:
    """The page as a single-page application: nothing but a container until the script has run."""
    home = anchor("/", host.title)
    blocks = page.blocks
    links = tuple(link for block in blocks for link in block.links)

    def payload() -> dict[str, object]:
        inner = "".join(block.html() for block in blocks)
        return {"title": page.title, "html": f"<p>{a(home)}</p><h1>{page.title}</h1>{inner}"}

    return replace(
        page,
        blocks=(Block(_rendered((home, *links))),),
        needs_browser=True,
        features=(*page.features, "spa-shell"),
        frame="shell",
        charset="utf-8",
        payload=payload,
    )


def harmful(kind: str) -> Callable[[World, Host, Ref], Outline | None]:
    """An article behind a shell that harms the browser: what never lets go or fills the memory gives what was sent, no more."""

    def build(world: World, host: Host, ref: Ref) -> Outline | None:
        page = article(world, host, ref)
        if page is None:
            return None
        script = f"<script>{HARM[kind]}</script>"
        return replace(page, head=script, features=(*page.features, kind), needs_browser=kind == "leaks")

    return build


def article(world: World, host: Host, ref: Ref) -> Outline | None:
    """An article behind an application shell."""
    if ref.c:
        return None
    found = articles.story(world, host, ref.a, ref.b)
    page = Outline("article", found.title, (articles.body(found),), body_key=articles.key_of(host, ref), column=ref.a)
    return shell(page, host)
