"""A site whose pages need a browser, and whose scripts try every way out of it."""

from __future__ import annotations

import zlib

from tests.crawler.sites.scripted import Asked, Wire

HOST, OTHER, FOREIGN = "a.test", "static.a.test", "foreign.test"
TEXT = "市人民政府办公室关于印发办事指南的通知，请各单位遵照执行，并将有关情况及时报送。" * 4
ROBOTS = "User-agent: *\nDisallow: /barred\n"

SHELL = """<!DOCTYPE html><html><head><meta charset=utf-8><title>正在加载</title></head><body><div id="app"></div>
<script src="/app.js"></script><script>
fetch('/api/list').then(r => r.json()).then(rows => {
  document.getElementById('app').innerHTML = '<h1>服务清单</h1>' + rows.map(x =>
    '<li><a href="' + x + '">事项' + x + '</a></li>').join('') + '<p>%s</p>';
  %s
});
</script></body></html>"""

LOADS = (
    "new Image().src = 'http://foreign.test/image.png'",
    "add('script', 'src', 'http://foreign.test/script.js')",
    "add('link', 'href', 'http://foreign.test/style.css', {rel: 'stylesheet'})",
    "add('link', 'href', 'http://foreign.test/prefetch.html', {rel: 'prefetch'})",
    (
        "add('script', 'x', '', {type: 'speculationrules', textContent:"
        " JSON.stringify({prerender: [{source: 'list', urls: ['http://foreign.test/prerender']}]})})"
    ),
    "add('iframe', 'src', 'http://foreign.test/frame.html')",
    "add('iframe', 'src', '/framed.html')",
    "fetch('http://foreign.test/fetch', {mode: 'no-cors'}).catch(() => 0)",
    "navigator.sendBeacon('http://foreign.test/beacon', 'x')",
    "new WebSocket('ws://foreign.test/socket')",
    "new EventSource('http://foreign.test/events')",
    "new Worker(URL.createObjectURL(new Blob([\"fetch('http://foreign.test/worker',{mode:'no-cors'})\"])))",
    "add('script', 'src', '/out.js')",
    "fetch('/out.json', {mode: 'no-cors'}).catch(() => 0)",
)
WAYS_OUT = {
    "loads": ";\n".join(LOADS),
    "popup": "window.open('http://foreign.test/popup')",
    "own-popup": "window.open('/popped.html')",
    "form": "form('http://foreign.test/form')",
    "location": "setTimeout(() => { location = 'http://foreign.test/location' }, 60)",
    "own-location": "setTimeout(() => { location = '/moved.html' }, 60)",
    "reload": "setTimeout(() => location.reload(), 60)",
}
HELPERS = """
const add = (tag, name, value, more) => {
  const made = Object.assign(document.createElement(tag), more || {});
  made[name] = value; document.body.appendChild(made);
};
const form = (to) => { const f = document.createElement('form'); f.action = to; document.body.appendChild(f); f.submit(); };
"""


def page(body: str) -> str:
    """A plain page."""
    return f"<!DOCTYPE html><html><head><meta charset=utf-8><title>页</title></head><body>{body}<p>{TEXT}</p></body></html>"


async def script(asked: Asked, wire: Wire) -> None:
    """All three hosts."""
    name = asked.target.strip("/").removesuffix(".html")
    if asked.target == "/robots.txt":
        await wire.reply(ROBOTS, kind="text/plain")
    elif asked.host == FOREIGN:
        await wire.reply(page("not to be asked"))
    elif asked.target == "/":
        links = "".join(
            f"<a href=/{way}.html>链接{way}</a>" for way in (*WAYS_OUT, "plain", "barred", "sends-browsers-away")
        )
        await wire.reply(
            page(
                f"{links}<a href=http://{OTHER}/hangs.html>慢</a><a href=http://{FOREIGN}/linked>外</a><iframe src=http://{FOREIGN}/f></iframe>"
            )
        )
    elif name in WAYS_OUT:
        mark = f"{zlib.crc32(name.encode())} {TEXT}"
        await wire.reply(SHELL % (mark, HELPERS.replace("\n", " ") + WAYS_OUT[name]))
    elif name == "sends-browsers-away":
        browser = "upgrade-insecure-requests" in asked.headers
        await (wire.reply("", 302, "Location: /away.html") if browser else wire.reply(SHELL % (TEXT, "")))
    elif name == "hangs":
        await wire.reply(SHELL % (TEXT, "setTimeout(() => { for (;;) {} }, 50)"))
    elif asked.target == "/app.js":
        await wire.reply("window.ready = true;", kind="text/javascript")
    elif asked.target == "/api/list":
        await wire.reply('["/drawn.html"]', kind="application/json")
    elif asked.target in {"/out.js", "/out.json"}:
        await wire.reply(
            "", 302, f"Location: http://{FOREIGN}/redirected{asked.target}", "Access-Control-Allow-Origin: *"
        )
    else:
        await wire.reply(page(f"<h1>{asked.target}</h1>{zlib.crc32(asked.target.encode())}"))
