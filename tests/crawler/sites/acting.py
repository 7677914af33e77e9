"""A site whose pages give their links away only to who acts: scrolls, presses "more" and "next", clicks on entries."""

from __future__ import annotations

import zlib

from tests.crawler.sites.scripted import Asked, Wire
from tests.crawler.sites.scripts import TEXT, page

HOST = "acting.test"
ITEMS = 24
EACH = 6

LIST = """<!DOCTYPE html><html><head><meta charset=utf-8><title>清单</title></head><body><ul id="list"></ul><div id="foot"></div>
<script>
const list = document.getElementById('list'), foot = document.getElementById('foot');
let at = 0, loading = false;
const load = (keep, row) => {
  loading = true;
  fetch('/api/%(name)s?from=' + at).then((got) => got.json()).then((rows) => {
    if (!keep) list.innerHTML = '';
    for (const one of rows) list.insertAdjacentHTML('beforeend', row(one));
    at += rows.length; loading = false; after(rows.length);
  });
};
const link = (one) => '<li style="height:300px"><a href="' + one + '">关于事项的通知' + one + '</a></li>';
%(code)s
</script></body></html>"""
CODES = {
    # The button stays, and does nothing any more, once all has come.
    "more": "const after = () => { foot.innerHTML = '<button onclick=\"load(true, link)\">加载更多</button>' }; load(true, link)",
    "scroll": (
        "const after = () => 0; addEventListener('scroll', () => { if (!loading &&"
        " innerHeight + scrollY > document.body.scrollHeight - 100) load(true, link) }); load(true, link)"
    ),
    "next": (
        'const after = () => { foot.innerHTML = \'<a href="javascript:;" onclick="load(false, link)"\''
        f" + (at >= {ITEMS} ? ' class=disabled' : '') + '>下一页</a>' }}; load(false, link)"
    ),
    "clicks": (
        "const after = () => 0; const go = (to) => { location.href = to };"
        " load(true, (one) => '<li onclick=\"go(\\'' + one + '\\')\">关于事项的通知' + one + '</li>')"
    ),
    "opens": (
        "const after = () => 0; const go = (to) => { window.open(to) };"
        " load(true, (one) => '<li onclick=\"go(\\'' + one + '\\')\">关于事项的通知' + one + '</li>')"
    ),
    "pushes": (
        "const after = () => 0; const go = (to) => { history.pushState({}, '', to) };"
        " load(true, (one) => '<li onclick=\"go(\\'' + one + '\\')\">关于事项的通知' + one + '</li>')"
    ),
}
WHOLE = frozenset({"more", "scroll", "next"})  # the others show their first rows only
FAULTS = {
    "swells": "setTimeout(() => { const kept = []; for (;;) kept.push(new Array(1e7).fill(kept.length)) }, 50)",
    "hangs": "setTimeout(() => { for (;;) {} }, 50)",
}
SHELL = """<!DOCTYPE html><html><head><meta charset=utf-8><title>载入</title></head><body><div id="app"></div><script>
fetch('/api/shell').then((got) => got.json()).then((rows) => {
  document.getElementById('app').innerHTML = '<h1>办事</h1><p>%s</p>' + rows.map((one) => '<a href="' + one + '">' + one + '</a>');
  %s
});
</script></body></html>"""


def items(name: str) -> list[str]:
    """The pages that list `name` leads to."""
    return [f"/{name}/{number}.html" for number in range(ITEMS if name in WHOLE else EACH)]


async def script(asked: Asked, wire: Wire) -> None:
    """The site."""
    path, _, query = asked.target.partition("?")
    name = path.strip("/").removesuffix(".html")
    if path == "/":
        await wire.reply(page("".join(f"<a href=/{each}.html>链接</a>" for each in (*CODES, *FAULTS, "late"))))
    elif name in CODES:
        await wire.reply(LIST % {"name": name, "code": CODES[name]})
    elif name in FAULTS or name == "late":
        await wire.reply(SHELL % (f"{name} {TEXT}", FAULTS.get(name, "")))
    elif path == "/api/shell":
        await wire.reply("[]", kind="application/json")
    elif path.startswith("/api/"):
        first = int(query.removeprefix("from="))
        rows = items(path.removeprefix("/api/"))[first : first + EACH]
        await wire.reply("[" + ",".join(f'"{row}"' for row in rows) + "]", kind="application/json")
    elif any(path in items(each) for each in CODES):
        await wire.reply(page(f"<h1>{path}</h1>{zlib.crc32(path.encode())}"))
    else:
        await wire.reply("", 404)
