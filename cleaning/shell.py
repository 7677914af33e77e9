"""Does this page need a browser?  Told from the page itself: what is missing, and a script that would bring it.

Structure decides, never particular ids: a page with its own text, or whose list was read statically, is no shell.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaning.page import Link, LinkKind, Shell

NEAR_EMPTY: Final = 60  # characters of visible text a script shell may have: its title, "加载中", "Loading"
NOTICE_MAX: Final = 300  # visible text beside a request to enable scripts
POOR_TEXT: Final = 150  # characters of main text below which an empty container is what is missing
CHALLENGE_MAX: Final = 80
SCRIPT_MAX: Final = 600_000  # characters of inline script looked at
MAX_CONTAINERS: Final = 400

FETCHES: Final = re.compile(
    r"(?<![\w$.])fetch\s{0,3}\(|XMLHttpRequest|ActiveXObject\s{0,3}\(|\.\s{0,3}(?:ajax|getJSON|getScript)\s{0,3}\(|"
    r"(?:\$|jQuery)\s{0,3}\.\s{0,3}(?:get|post)\s{0,3}\(|axios|\.\s{0,3}load\s{0,3}\(\s{0,3}[\"'/]|\bjsonp\b|new\s{1,3}WebSocket",
    re.IGNORECASE,
)
FILLS: Final = re.compile(
    r"innerHTML|insertAdjacentHTML|appendChild|createElement|\.\s{0,3}(?:append|prepend|html|appendTo|replaceWith)\s{0,3}\(|"
    r"\btemplate\s{0,3}\(|\.render\s{0,3}\(|new\s{1,3}Vue|createApp|\.mount\s{0,3}\("
)
BUILDS_ITEMS: Final = re.compile(
    r"<(?:li|tr|dd|a)\b|createElement\s{0,3}\(\s{0,3}[\"'](?:li|tr|dd|a)[\"']|\bhref\b", re.IGNORECASE
)
STATISTICS: Final = re.compile(
    r"hm\.baidu\.com|push\.zhanzhang|zz\.bdstatic|cnzz\.com|umeng|google-analytics|googletagmanager|gov\.govwza|"
    r"conac\.cn|gridsum|gwdwx|webdissector|51\.la|zhannei|/(?:count|stat|tongji|hits?|visit|analytics)\w{0,20}\.",
    re.IGNORECASE,
)
LIBRARY: Final = re.compile(
    r"(?:jquery|bootstrap|swiper|respond|html5shiv|layui|layer|superslide|pace|modernizr)[\w.\-]{0,40}$", re.IGNORECASE
)
NOTICE: Final = re.compile(
    r"(?:启用|开启|打开|允许|支持|啟用|開啟).{0,12}(?:java\s?script|js\b|脚本|腳本)|(?:java\s?script|脚本).{0,12}(?:启用|开启|打开|运行|禁用|关闭|啟用)"
    r"|(?:enable|requires?|need|turn on|without).{0,20}javascript|javascript.{0,30}(?:enabled|required|disabled)",
    re.IGNORECASE,
)
WAITING: Final = re.compile(
    r"(?:正在)?(?:加载|载入|读取|请求|处理|跳转)中?[，,.。…·\s]*|请稍[候等后][.…。\s]*|loading[.…\s]*|please wait[.…\s]*|数据|页面|内容|努力",
    re.IGNORECASE,
)
LISTLIKE: Final = re.compile(
    r"list|content|result|data|items?|rows?|table|news|main|article|records?|grid|cont\b|lb\b|liebiao|xinxi|info|app|root|container",
    re.IGNORECASE,
)
WIDGET: Final = re.compile(
    r"hits?\b|count|visit|weather|tianqi|login|logout|user|date|time|clock|share|qr|code|map|banner|slid|swip|player|video|"
    r"toolbar|tool|nav|menu|foot|head|search|float|popup|modal|dialog|mask|ad\b|ads\b|stat|tip|logo|icon|lang|wza|voice|top\b|pager?\b|page(?:r|bar|nav|ination)",
    re.IGNORECASE,
)
COOKIE: Final = re.compile(r"document\s{0,3}\.\s{0,3}cookie|document\[[\"']cookie|setCookie")
COMES_BACK: Final = re.compile(
    r"location\s{0,3}\.\s{0,3}reload|location(?:\s{0,3}\.\s{0,3}href)?\s{0,3}=|location\s{0,3}\.\s{0,3}(?:replace|assign)|"
    r"location\[|history\s{0,3}\.\s{0,3}go|\.submit\s{0,3}\(|\beval\s{0,3}\(|\$_ts\b"
)
LIST_TAGS: Final = frozenset({"ul", "ol", "tbody", "table", "dl"})
BLOCK_TAGS: Final = frozenset({"div", "section", "main", "article"})
FRAME_TAGS: Final = frozenset({"header", "footer", "nav", "aside", "form"})
QUIET: Final = frozenset(
    {"script", "style", "noscript", "template", "link", "meta", "br", "hr", "thead", "caption", "colgroup", "col"}
)


def detect(
    tree: LexborHTMLParser, key: str, visible: str, text: str, links: Sequence[Link], listed: int
) -> Shell | None:
    """Why HTTP alone does not show the page, or None.

    `key` is the page's own, `visible` and `text` all visible and the main text, `listed` the number of links that a
    pager, data store or list in the page's scripts has given.  Redirect stubs, frame sets and pages that say little
    but say it in HTML are no shells.
    """
    notice = _notices(tree)
    seen = visible
    for words in notice:
        seen = seen.replace(words, "")
    bare = _without_waiting(seen)
    inline, sources = _scripts(tree)
    followed = [ln for ln in links if ln.key != key]
    if len(bare) <= CHALLENGE_MAX and len(followed) < 3 and COOKIE.search(inline) and COMES_BACK.search(inline):
        if not any(ln.cost == 0 for ln in followed):
            return Shell("challenge", "a script sets a cookie and asks for the page again")
        return None
    if any(ln.cost == 0 or ln.kind is LinkKind.FRAME for ln in followed) and len(bare) <= NOTICE_MAX:
        return None
    if listed or not (inline or sources):
        return None
    asked = next((words for words in notice if NOTICE.search(words)), "")
    if (
        len(bare) <= NOTICE_MAX
        and len(followed) < 5
        and (asked or (len(bare) <= NEAR_EMPTY * 2 and NOTICE.search(visible)))
    ):
        return Shell("noscript-notice", (asked or visible).strip()[:100])
    if len(bare) <= NEAR_EMPTY and len(followed) < 3 and (mount := _mount(tree)):
        return Shell("script-shell", f"{len(bare)} characters of text, {mount} left empty for a script")
    return _empty_list(tree, inline, sources, text)


def _scripts(tree: LexborHTMLParser) -> tuple[str, list[str]]:
    """Inline code joined, and the addresses of scripts that are neither statistics nor plain libraries."""
    codes: list[str] = []
    sources: list[str] = []
    size = 0
    for node in tree.css("script"):
        attributes = node.attributes
        source = attributes.get("src")
        if source:
            if not STATISTICS.search(source) and not LIBRARY.search(source.partition("?")[0]):
                sources.append(source)
            continue
        if (attributes.get("type") or "").lower() not in {"", "text/javascript", "module", "application/javascript"}:
            continue
        code = node.text()
        if code and size < SCRIPT_MAX and not (len(code) < 1500 and STATISTICS.search(code)):
            codes.append(code[: SCRIPT_MAX - size])
            size += len(code)
    return "\n".join(codes), sources


def _notices(tree: LexborHTMLParser) -> list[str]:
    found = []
    for node in tree.css("noscript")[:20]:
        words = " ".join(node.text()[:2000].split())
        if words:
            found.append(words)
    return found


def _without_waiting(visible: str) -> str:
    short = visible if len(visible) > NOTICE_MAX * 4 else WAITING.sub("", visible)
    return "".join(short.split())


def _mount(tree: LexborHTMLParser) -> str:
    """The empty element near the top of the body that a script would fill."""
    body = tree.body
    if body is None:
        return ""
    for node in _descend(body, 3):
        if (node.tag in BLOCK_TAGS or "-" in (node.tag or "")) and _is_empty(node):
            name = node.attributes.get("id") or node.attributes.get("class") or ""
            if name and not WIDGET.search(name):
                return f"<{node.tag} {name[:60]}>"
            if "-" in (node.tag or ""):
                return f"<{node.tag}>"
    return ""


def _descend(node: LexborNode, depth: int) -> Iterator[LexborNode]:
    for number, child in enumerate(node.iter()):
        if number >= MAX_CONTAINERS:
            return
        if child.tag in QUIET:
            continue
        yield child
        if depth > 1:
            yield from _descend(child, depth - 1)


def _is_empty(node: LexborNode) -> bool:
    """No text but a waiting notice, no link, picture or field: nothing to see yet."""
    words = node.text()
    if words and _without_waiting(words[:400]):
        return False
    return node.css_first("a[href], img, input, iframe, object, embed, video, canvas, svg") is None


def _empty_list(tree: LexborHTMLParser, inline: str, sources: list[str], text: str) -> Shell | None:
    poor = len("".join(_without_waiting(text).split())) < POOR_TEXT
    fills = bool(FILLS.search(inline))
    fetches = bool(FETCHES.search(inline))
    if not fills and not fetches and not (poor and sources):
        return None
    for node in tree.css("ul, ol, tbody, table, dl, div[id], div[class], section, main")[:4000]:
        attributes = node.attributes
        name = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".strip()
        is_list = node.tag in LIST_TAGS
        if not is_list and not LISTLIKE.search(name):
            continue
        if WIDGET.search(name) or not _is_empty_container(node) or _in_frame(node):
            continue
        named = _is_named(inline, node)
        if named and fills and fetches and (poor or (is_list and BUILDS_ITEMS.search(inline))):
            return Shell("empty-list", f"<{node.tag} {name[:60]}> is filled by a script that fetches")
        if named and fills and poor and BUILDS_ITEMS.search(inline):
            return Shell("empty-list", f"<{node.tag} {name[:60]}> is filled by a script")
        if poor and (fetches or sources) and (is_list or name) and (named or _is_only_text(text)):
            return Shell("empty-list", f"<{node.tag} {name[:60]}> is empty and the page has no text of its own")
    return None


def _is_only_text(text: str) -> bool:
    return len("".join(text.split())) < NEAR_EMPTY // 2


def _is_empty_container(node: LexborNode) -> bool:
    """No items: no text but headings' and waiting words, no links.  A table may hold its head row."""
    for number, child in enumerate(node.iter()):
        if number > 3:
            return False
        if child.tag in QUIET:
            continue
        if child.tag == "tbody":
            if not _is_empty(child):
                return False
        elif child.tag == "tr" and child.css_first("th") is not None and child.css_first("td") is None:
            continue
        elif not _is_empty(child):
            return False
    own = node.text(deep=False)
    return not (own and _without_waiting(own[:400]))


def _is_named(inline: str, node: LexborNode) -> bool:
    """Does the inline script name this element, or the one around it, by id or class?"""
    for held in (node, node.parent, node.parent.parent if node.parent is not None else None):
        if held is None or held.tag in {"body", "html"}:
            return False
        attributes = held.attributes
        names = [attributes.get("id") or "", *(attributes.get("class") or "").split()[:6]]
        if any(len(name) > 1 and _quotes(inline, name) for name in names):
            return True
    return False


def _quotes(inline: str, name: str) -> bool:
    """`name` stands in the script as a selector or an id, not as part of another word."""
    return re.search(r"[\"'`#. ]" + re.escape(name) + r"(?![\w-])", inline) is not None


def _in_frame(node: LexborNode) -> bool:
    """Inside header, footer, navigation, side bar or a form."""
    parent, steps = node.parent, 0
    while parent is not None and steps < 30:
        if parent.tag in FRAME_TAGS:
            return True
        name = (
            f"{parent.attributes.get('id') or ''} {parent.attributes.get('class') or ''}"
            if parent.is_element_node
            else ""
        )
        if re.search(r"(?<![a-z])(?:foot|footer|header|top|nav|menu|sidebar|aside)(?![a-z])", name, re.IGNORECASE):
            return True
        parent, steps = parent.parent, steps + 1
    return False
