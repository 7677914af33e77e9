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

JPAGE_JS: Final = """(function () {
  var store = document.querySelector('script[type="text/xml"]'), box = document.querySelector(".default_pgContainer");
  if (!store || !box) { return; }
  var rows = store.textContent.match(/<!\\[CDATA\\[[\\s\\S]*?\\]\\]>/g) || [];
  box.innerHTML = "<ul>" + rows.map(function (row) { return row.slice(9, -3); }).join("") + "</ul>";
})();
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
