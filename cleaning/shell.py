"""Does this page need a browser?  Told from the page itself: what is missing, and a script that would bring it.

Structure decides, never particular ids: a page with its own text, or whose list was read statically, is no shell.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaning.memory import remembered
from cleaning.outline import Outline, Script
from cleaning.page import Link, LinkKind, Shell

NEAR_EMPTY: Final = 60  # characters of visible text a script shell may have: its title, "加载中", "Loading"
NOTICE_MAX: Final = 300  # visible text beside a request to enable scripts
POOR_TEXT: Final = 150  # characters of main text below which an empty container is what is missing
BARE_TEXT: Final = 30  # characters of main text that a page's title and crumbs alone may have
THIN_TEXT: Final = 400  # from here, or from so many links on, a page has content of its own and its widgets are extras
THIN_LINKS: Final = 25
THIN_HEAD: Final = 3 * THIN_TEXT  # characters of main text that mostly say whether it has so much
FEW_LINKS: Final = 3
LINE: Final = 9  # characters from which a line is no menu entry
SAID: Final = 4  # characters of a heading or paragraph that make a page say something by itself
NEAR: Final = 300  # characters between an element's name and what is done to it
CHALLENGE_MAX: Final = 80
SCRIPT_MAX: Final = 600_000  # characters of inline script looked at
MAX_CONTAINERS: Final = 400
SHORT_CODE: Final = 1_500  # characters of a script that may be a counter's and nothing else
KEPT: Final = 1_024  # scripts remembered for the next pages of the same sites,
KEPT_LENGTH: Final = 8_192  # of at most so many characters
KEPT_NAMES: Final = 8_192  # the same for names of elements
KEPT_NAME: Final = 400

FETCHES: Final = re.compile(
    r"(?<![\w$.])fetch\s{0,3}\(|XMLHttpRequest|ActiveXObject\s{0,3}\(|\.\s{0,3}(?:ajax|getJSON|getScript)\s{0,3}\(|"
    r"(?:\$|jQuery)\s{0,3}\.\s{0,3}(?:get|post)\s{0,3}\(|axios|\.\s{0,3}load\s{0,3}\(\s{0,3}[\"'/]|\bjsonp\b|new\s{1,3}WebSocket",
    re.IGNORECASE,
)
FILLS: Final = re.compile(
    r"innerHTML|insertAdjacentHTML|appendChild|createElement|\.\s{0,3}(?:append|prepend|html|appendTo|replaceWith)\s{0,3}\(|"
    r"\btemplate\s{0,3}\(|\.render\s{0,3}\(|new\s{1,3}Vue|createApp|\.mount\s{0,3}\("
)
# One of these stands in whatever FILLS finds.
FILL_SIGNS: Final = (
    *("innerHTML", "insertAdjacentHTML", "appendChild", "createElement", "append", "prepend", "html", "replaceWith"),
    *("template", "render", "Vue", "createApp", "mount"),
)
BUILDS_ITEMS: Final = re.compile(
    r"<(?:li|tr|dd|a|div)\b|createElement\s{0,3}\(\s{0,3}[\"'](?:li|tr|dd|a|div)[\"']", re.IGNORECASE
)
BUILDS_LINKS: Final = re.compile(
    r"<a\b|createElement\s{0,3}\(\s{0,3}[\"']a[\"']|\.\s{0,3}href\s{0,3}=|setAttribute\s{0,3}\(\s{0,3}[\"']href",
    re.IGNORECASE,
)
LOOPS: Final = re.compile(r"\bfor\s{0,3}\(|\bwhile\s{0,3}\(|forEach|\.map\s{0,3}\(|\.each\s{0,3}\(")
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
# One of these stands, in lower case, in whatever WAITING finds; further below the same for FOOT.
WAITING_SIGNS: Final = (
    *("加载", "载入", "读取", "请求", "处理", "跳转", "请稍", "load", "plea", "数据", "页面", "内容", "努力"),
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
CONTAINERS: Final = "ul, ol, tbody, table, dl, div[id], div[class], section, main"
PROGRAM_TYPES: Final = frozenset({"", "text/javascript", "module", "application/javascript"})
FOOT: Final = re.compile(
    r"版权所有|主办单位|承办单位|标识码|ICP备|公网安备|copyright|技术支持|建议使用|地址\s?[:：]|电话\s?[:：]|邮编",
    re.IGNORECASE,
)
FOOT_SIGNS: Final = (
    *("版权所有", "主办单位", "承办单位", "标识码", "备", "copy", "技术支持", "建议使用", "地址", "电话", "邮编"),
)
LIST_TAGS: Final = frozenset({"ul", "ol", "tbody", "table", "dl"})
BLOCK_TAGS: Final = frozenset({"div", "section", "main", "article"})
FRAME_TAGS: Final = frozenset({"header", "footer", "nav", "aside"})  # not form: VSB and ASP.NET wrap all content in one
FRAME_NAME: Final = re.compile(r"(?<![a-z])(?:foot|footer|header|top|nav|menu|sidebar|aside)(?![a-z])", re.IGNORECASE)
QUIET: Final = frozenset(
    {"script", "style", "noscript", "template", "link", "meta", "br", "hr", "thead", "caption", "colgroup", "col"}
)


def detect(
    tree: LexborHTMLParser, page: Outline, key: str, visible: str, text: str, links: Sequence[Link], listed: int
) -> Shell | None:
    """Why HTTP alone does not show the page, or None.

    `key` is the page's own, `visible` and `text` all visible and the main text, `listed` the number of links that a
    pager, data store or list in the page's scripts has given.  Redirect stubs, frame sets and pages that say little
    but say it in HTML are no shells.
    """
    followed = [ln for ln in links if ln.key != key]
    notices = _notices(page)
    bare = _bare(visible, notices)
    codes, sources = _scripts(page.scripts)
    if not codes and not sources:
        return None
    if len(bare) <= CHALLENGE_MAX and len(followed) < FEW_LINKS and _is_challenge(codes):
        stub = any(ln.cost == 0 for ln in followed)
        return None if stub else Shell("challenge", "a script sets a cookie and asks for the page again")
    if listed or (len(bare) <= NOTICE_MAX and any(ln.cost == 0 or ln.kind is LinkKind.FRAME for ln in followed)):
        return None
    if len(bare) <= NOTICE_MAX and len(followed) < 5 and (notice := _asks_for_script(visible, bare, notices)):
        return Shell("noscript-notice", notice)
    if len(bare) <= NEAR_EMPTY and len(followed) < FEW_LINKS and not _says(tree) and (mount := _mount(tree)):
        return Shell("script-shell", f"{len(bare)} characters of text, {mount} left empty for a script")
    return _empty_list(tree, codes, sources, text, len(followed))


def _bare(visible: str, notices: Sequence[str]) -> str:
    """What a visitor reads, without white space, waiting words and the words for browsers without scripts."""
    for words in notices:
        visible = visible.replace(words, "")
    head = "".join(visible[: NOTICE_MAX * 4].split()) if len(visible) > NOTICE_MAX * 4 else ""
    return head if len(head) > NOTICE_MAX else _without_waiting(visible)  # how much more there is matters to nobody


def _is_challenge(codes: Sequence[str]) -> bool:
    return any(COOKIE.search(code) and COMES_BACK.search(code) for code in codes)


def _asks_for_script(visible: str, bare: str, notices: Sequence[str]) -> str:
    """The words that ask the visitor to enable scripts, "" when there are none."""
    for words in notices:
        if NOTICE.search(words):
            return words[:100]
    return visible.strip()[:100] if len(bare) <= NEAR_EMPTY * 2 and NOTICE.search(visible) else ""


def _scripts(scripts: Sequence[Script]) -> tuple[list[str], list[str]]:
    """Inline programs, and the addresses of scripts that are neither statistics nor plain libraries."""
    codes: list[str] = []
    sources: list[str] = []
    room = SCRIPT_MAX
    for _, attributes, whole in scripts:
        source = attributes.get("src")
        if source:
            if not _is_aside(source):
                sources.append(source)
        elif (attributes.get("type") or "").lower() in PROGRAM_TYPES and room > 0:
            code = whole[:room]
            if code.strip() and not (len(code) < SHORT_CODE and _counts(code)):
                codes.append(code)
                room -= len(code)
    return codes, sources


@remembered(KEPT, KEPT_LENGTH)
def _is_aside(source: str) -> bool:
    """Whether a script's address is one of statistics or of a plain library."""
    return STATISTICS.search(source) is not None or LIBRARY.search(source.partition("?")[0]) is not None


@remembered(KEPT, KEPT_LENGTH)
def _counts(code: str) -> bool:
    return STATISTICS.search(code) is not None


@remembered(KEPT, KEPT_LENGTH)
def _fills(code: str) -> bool:
    return any(sign in code for sign in FILL_SIGNS) and FILLS.search(code) is not None


@remembered(KEPT, KEPT_LENGTH)
def _fetches(code: str) -> bool:
    return FETCHES.search(code) is not None


@remembered(KEPT, KEPT_LENGTH)
def _builds_items(code: str) -> bool:
    return BUILDS_ITEMS.search(code) is not None


@remembered(KEPT, KEPT_LENGTH)
def _builds_link_lists(code: str) -> bool:
    return BUILDS_LINKS.search(code) is not None and _loops(code)


@remembered(KEPT, KEPT_LENGTH)
def _loops(code: str) -> bool:
    return LOOPS.search(code) is not None


@remembered(KEPT_NAMES, KEPT_NAME)
def _names_frame(name: str) -> bool:
    return FRAME_NAME.search(name) is not None


@remembered(KEPT_NAMES, KEPT_NAME)
def _may_list(name: str) -> bool:
    return LISTLIKE.search(name) is not None


@remembered(KEPT_NAMES, KEPT_NAME)
def _is_widget(name: str) -> bool:
    return WIDGET.search(name) is not None


def _notices(page: Outline) -> list[str]:
    found = []
    for _, node, _ in page.all_of("noscript")[:20]:
        words = " ".join(node.text()[:2000].split())
        if words:
            found.append(words)
    return found


def _without_waiting(visible: str) -> str:
    """`visible` without white space and, where it is short, without the words that ask for patience."""
    if len(visible) <= NOTICE_MAX * 4 and _holds(visible, WAITING_SIGNS):
        visible = WAITING.sub("", visible)
    return "".join(visible.split())


def _holds(text: str, signs: Sequence[str]) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in signs)


def _says(tree: LexborHTMLParser) -> bool:
    """True where a heading, paragraph, cell or link says something, short as it may be: no shell, but a short page."""
    return any(
        len(_without_waiting(node.text()[:400])) >= SAID
        for node in tree.css("body h1, body h2, body h3, body p, body li, body td, body a")[:50]
    )


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
        if not child.is_element_node or child.tag in QUIET:
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


def _empty_list(
    tree: LexborHTMLParser, codes: Sequence[str], sources: Sequence[str], text: str, followed: int
) -> Shell | None:
    """An empty container that a script fills, on a page that says nothing without it."""
    size = _own_text(text)
    poor = size < POOR_TEXT
    if size >= THIN_TEXT:
        return None
    active = [code for code in codes if _fills(code) or _fetches(code)]
    if not active and not (sources and size < BARE_TEXT):
        return None
    for node in tree.css(CONTAINERS)[: MAX_CONTAINERS * 10]:
        attributes = node.attributes
        name = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".strip()
        is_list = node.tag in LIST_TAGS
        if (not is_list and not _may_list(name)) or _is_widget(name):
            continue
        if not _is_empty_container(node) or _in_frame(node):
            continue
        label = f"<{node.tag} {name[:60]}>"
        names = _names(node)
        # Links drawn into it in a loop are pages that nobody reaches without the script, however many the menus have.
        if any(_draws_links(code, names[:1]) for code in active):
            return Shell("empty-list", f"{label} has its links drawn by a script")
        if not poor and followed >= THIN_LINKS:
            continue
        if any(_fills_it(code, names, poor=poor) for code in active):
            return Shell("empty-list", f"{label} is filled by a script")
        fetched = bool(sources) or any(map(_fetches, active))
        if size < BARE_TEXT and fetched and _is_open(node) and not _is_moved(active, names):
            return Shell("empty-list", f"{label} is empty and the page has no text of its own")
    return None


def _own_text(text: str) -> int:
    """Characters of what the page itself says: menus are short lines, footers are known by their words.

    Counting ends at `THIN_TEXT`: from there on the page has content of its own.
    """
    head = text[:THIN_HEAD]
    if len(head) < len(text) and (size := _said(head[: head.rfind("\n") + 1])) >= THIN_TEXT:
        return size
    return _said(text)


def _said(text: str) -> int:
    """The characters that count of a text, until they are `THIN_TEXT`."""
    lowered = text.lower()
    feet = [sign for sign in FOOT_SIGNS if sign in lowered]
    waits = any(sign in lowered for sign in WAITING_SIGNS)
    size = 0
    for line in text.split("\n"):
        if len(line) < LINE or (feet and _holds(line, feet) and FOOT.search(line)):
            continue
        size += len(_without_waiting(line)) if waits else len("".join(line.split()))
        if size >= THIN_TEXT:
            break
    return size


def _names(node: LexborNode) -> list[str]:
    """Ids and classes of the element and of the two around it, as a script would name them."""
    names: list[str] = []
    held: LexborNode | None = node
    for _ in range(3):
        if held is None or held.tag in {"body", "html"}:
            break
        names.append(held.attributes.get("id") or "")
        names.extend((held.attributes.get("class") or "").split()[:6])
        held = held.parent
    return [name for name in names if len(name) > 1]


def _draws_links(code: str, names: Sequence[str]) -> bool:
    """True where this script puts a list of links into the element named."""
    if not _builds_link_lists(code):
        return False
    for name in names:
        for found in re.finditer(r"[\"'`#]" + re.escape(name) + r"[\"'`]", code):
            if FILLS.search(code, found.end(), found.end() + NEAR):
                return True
    return False


def _fills_it(code: str, names: Sequence[str], *, poor: bool) -> bool:
    """True where this script puts items into the element; a page with some text of its own needs closer proof."""
    if not _fills(code):
        return False
    fetches = _fetches(code)
    for name in names:
        found = _mention(code, name)
        if not found:
            continue
        near = FILLS.search(code, found.end(), found.end() + NEAR) is not None
        if fetches and (poor or (near and _builds_items(code))):
            return True
        if poor and near and _builds_items(code) and _loops(code):
            return True
    return False


def _is_empty_container(node: LexborNode) -> bool:
    """No items: no text but headings' and waiting words, no links.  A table may hold its head row."""
    for number, child in enumerate(node.iter()):
        if number > 3:
            return False
        if not child.is_element_node or child.tag in QUIET:
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


def _is_open(node: LexborNode) -> bool:
    """True where a script outside the page can find the element and nothing, not even structure, stands in it yet.

    A table may hold an empty body and its head row.
    """
    addressed = any(name == "id" or name.startswith("data-") for name in node.attributes)
    inside = (child.tag for child in node.iter() if child.is_element_node)
    return addressed and all(tag in QUIET or tag in {"tbody", "tr"} for tag in inside)


def _is_moved(codes: Sequence[str], names: Sequence[str]) -> bool:
    """True where the page's own script handles the element without fetching: a carousel, a tab."""
    return any(_fills(code) and not _fetches(code) and any(_mention(code, name) for name in names) for code in codes)


def _mention(code: str, name: str) -> re.Match[str] | None:
    """Where the script names an element: as a whole id or class, quoted or in a selector."""
    return re.search(r"[\"'`#. ]" + re.escape(name) + r"(?![\w-])", code)


def _in_frame(node: LexborNode) -> bool:
    """Inside header, footer, navigation or side bar."""
    parent, steps = node.parent, 0
    while parent is not None and steps < 30:
        if parent.tag in FRAME_TAGS:
            return True
        given = parent.attributes if parent.is_element_node else {}
        if given and _names_frame(f"{given.get('id') or ''} {given.get('class') or ''}"):
            return True
        parent, steps = parent.parent, steps + 1
    return False
