"""What pages load: scripts, styles and images.  Never pages."""

import base64
from typing import Final

PAGE_JS: Final = """function createPageHTML(count, current, name, end) {
  if (count <= 1) { return; }
  var out = "";
  for (var i = 0; i < count; i++) {
    if (i === current) { out += "<span>" + (i + 1) + "</span>"; continue; }
    var file = i === 0 ? name + "." + end : name + "_" + i + "." + end;
    out += "<a href='" + file + "'>" + (i + 1) + "</a> ";
  }
  document.write(out);
}
"""

JPAGE_JS: Final = """function $(name) { return { jpage: function (o) { new JPage(document.getElementById(name.slice(1)), o); } }; }
function JPage(box, o) {
  var store = box.querySelector('script[type="text/xml"]'), rows = cut(store ? store.textContent : ""), from = 0;
  function cut(xml) { return (xml.match(/<!\\[CDATA\\[[\\s\\S]*?\\]\\]>/g) || []).map(function (row) { return row.slice(9, -3); }); }
  function draw(page) {
    var at = page * o.perPage - from;
    box.innerHTML = "<ul>" + rows.slice(at, at + Number(o.perPage)).join("") + "</ul>";
    if ((page + 1) * o.perPage < o.totalRecord) {
      var next = document.createElement("span");
      next.className = "default_pgNext"; next.textContent = "下一页"; next.onclick = function () { turn(page + 1); };
      box.appendChild(next);
    }
  }
  function turn(page) {
    var first = page * o.perPage;
    if (first >= from && first < from + rows.length) { draw(page); return; }
    var size = 3 * o.perPage, start = Math.floor(first / size) * size, x = new XMLHttpRequest();
    x.open("POST", o.proxyUrl + "?startrecord=" + (start + 1) + "&endrecord=" + Math.min(start + size, o.totalRecord) + "&perpage=" + o.perPage);
    x.setRequestHeader("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
    x.onload = function () { rows = cut(x.responseText); from = start; draw(page); };
    x.send(new URLSearchParams(o.ajaxParam).toString());
  }
  turn(0);
}
"""

GOTO_JS: Final = """function _simple_list_gotopage_fun(total, id, mode) {
  var page = parseInt(document.getElementById(id).value, 10);
  if (!(page >= 1 && page <= total)) { return; }
  var path = location.pathname.replace(/(\\/\\d+)?\\.htm$/, "");
  location.href = page === 1 ? path + ".htm" : path + "/" + (total - page + 1) + ".htm";
}
"""

APP_JS: Final = """fetch("/api/page?path=" + encodeURIComponent(location.pathname + location.search))
  .then(function (answer) { return answer.json(); })
  .then(function (data) { document.title = data.title; document.getElementById("app").innerHTML = data.html; });
"""

SITE_JS: Final = """function openWin(url) { window.open(url); }
function doSearch() { var box = document.getElementById("keyword"); if (box) { location.href = "/search?keyword=" + encodeURIComponent(box.value); } }
"""

PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=="
)

RESOURCES: Final[dict[str, tuple[str, bytes]]] = {
    "/js/page.js": ("application/javascript", PAGE_JS.encode()),
    "/js/jpage.js": ("application/javascript", JPAGE_JS.encode()),
    "/system/resource/js/gotopage.js": ("application/javascript", GOTO_JS.encode()),
    "/js/app.js": ("application/javascript", APP_JS.encode()),
    "/js/site.js": ("application/javascript", SITE_JS.encode()),
    "/css/style.css": ("text/css", b"html{overflow-y:scroll}\n"),
    "/favicon.ico": ("image/x-icon", PIXEL),
}


def resource(path: str) -> tuple[str, bytes] | None:
    """Content-Type and bytes of a resource, by path without query."""
    if path in RESOURCES:
        return RESOURCES[path]
    if path.startswith("/images/") and path.endswith(".png"):
        return "image/png", PIXEL
    return None
