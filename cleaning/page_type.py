"""What kind of page it is: a closed set, told from URL, forms, links and the shape of the main content."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from cleaning.content import DAYS, SENTENCES, Content
from cleaning.page import Form, Link, PageType
from cleaning.soft404 import error_sign
from cleaning.trimming import headed

_HOME_PATH: Final = re.compile(
    r"^/?(?:(?:index|default|main|home|portal)(?:_\d+)?\.(?:s?html?|jsp|aspx?|php|do))?$", re.IGNORECASE
)
# By a character that is rarer than the words are long to look for.
_GUIDE: Final = {
    "南": ("办事指南", "服务指南", "办理指南"),
    "件": ("受理条件", "申请条件"),
    "料": ("申请材料", "办理材料"),
    "程": ("办理流程", "办理程序"),
    "限": ("法定时限", "承诺时限", "办理时限"),
    "费": ("收费标准",),
    "依": ("设定依据",),
    "点": ("办理地点",),
    "受": ("受理部门",),
    "体": ("实施主体",),
}
_GUIDE_TITLE: Final = re.compile(r"指南|办理流程|办事流程|须知|资料要求|申报材料|一次性告知")
_INTERACTION: Final = re.compile(
    r"信箱|留言|咨询|投诉|建言|征集|意见箱|我要写信|在线访谈|网上调查|问卷|互动|来信|诉求|答复"
)
_SEARCH_PAGE: Final = re.compile(r"搜索结果|检索结果|站内搜索|全文检索|高级搜索|查询结果|智能搜索|信息检索")
_SEARCH_PATH: Final = re.compile(r"/search|/jsearch|/so/")
_TITLE_HEAD: Final = re.compile(r"(?:信息|公告|文件|新闻|项目|通知)?(?:标\s*题|名\s*称)$")
_DAY_HEAD: Final = re.compile(r"(?:发布|公布|公开|更新|发文|生成|公告)?(?:时\s*间|日\s*期)$")
_DATED: Final = 0.6  # share of the entries with summaries that have a day
_SUMMED: Final = 0.2  # entries a line where each has a summary
_HOME_LINKS: Final = 15
_MANY: Final = 5  # entries of a column without dates
_ARTICLE_URL: Final = re.compile(
    r"(?:/t\d{8}_\d+|/art_\d+_\d+|/info/\d+/\d+|/content/post_\d+|/\d{4}[-/]?\d{2}/\d{1,2}/|/contents?/\d+/\d+|_\d{5,}\.s?html?)",
    re.IGNORECASE,
)
_LIST_URL: Final = re.compile(r"/(?:col/col\d+|list\d*|channels?|index_\d+|node_\d+|column)[/._]", re.IGNORECASE)


def classify(url: str, content: Content, forms: Sequence[Form], links: Sequence[Link]) -> PageType:
    """The page's type: the first rule that holds, in the order of `_by_function`; else the shape of the content."""
    return _by_function(url, content, forms, links) or _by_shape(url, content)


def _by_function(url: str, content: Content, forms: Sequence[Form], links: Sequence[Link]) -> PageType | None:
    """Types told by what the page is for: error, login, search, home, a form to fill in."""
    path = _path(url)
    roles = {form.role for form in forms}
    if error_sign(f"{content.title}\n{content.site_title}", content.text, content.visible):
        return PageType.ERROR
    if "login" in roles and len(content.text) < 400 and len(links) < 60:
        return PageType.LOGIN
    if _SEARCH_PAGE.search(content.title) or ("search" in roles and _SEARCH_PATH.search(path)):
        return PageType.SEARCH
    if _is_home(path, url, content, links):
        return PageType.HOME
    if roles & {"mailbox", "upload"} and not content.info:  # else a form for readers' comments
        return PageType.INTERACTION if _INTERACTION.search(_head(content)) else PageType.FORM
    return None


def _head(content: Content) -> str:
    return f"{content.title} {' '.join(content.column_path[-2:])}"


def _by_shape(url: str, content: Content) -> PageType:
    if _table_of_entries(content):
        return PageType.LIST
    titled = _GUIDE_TITLE.search(content.title) and len(content.text) >= 100
    if _guide_words(content.text) >= 3 or (titled and not _itemised(content)):
        return PageType.GUIDE
    if content.table_rows >= 5 and len(content.table_headers) >= 2 and _table_share(content) > 0.5:
        return PageType.TABLE
    return _by_lines(url, content)


def _table_of_entries(content: Content) -> bool:
    """Whether a table is a column's entries: its head names title and day, its rows are links."""
    heads = content.table_headers
    return (
        any(_TITLE_HEAD.match(head) for head in heads)
        and any(_DAY_HEAD.match(head) for head in heads)
        and content.list_items >= max(1, 0.6 * content.table_rows)
    )


def _guide_words(text: str) -> int:
    """How many of the words of service guides stand in a text."""
    return sum(word in text for sign, words in _GUIDE.items() if sign in text for word in words)


def _by_lines(url: str, content: Content) -> PageType:
    lines = content.text.count("\n") + 1
    mean = len(content.text) / lines
    if _itemised(content) and mean < 60 and not (_ARTICLE_URL.search(url) and mean > 30):
        return PageType.INTERACTION if _INTERACTION.search(_head(content)) and content.table_rows else PageType.LIST
    if content.is_titled and content.prose and not content.is_list:
        return PageType.ARTICLE
    if len(content.text) >= 40 or content.info or headed(content.head) or _ARTICLE_URL.search(url):
        return PageType.ARTICLE
    if content.list_items or _LIST_URL.search(url):
        return PageType.LIST
    return PageType.OTHER


def _itemised(content: Content) -> bool:
    """Whether the lines are entries: links with a line or a date of their own, and no sentences around them."""
    lines, items = content.text.count("\n") + 1, content.list_items
    if content.entries >= max(DAYS, _DATED * items) and items >= _MANY and items >= _SUMMED * lines:
        return True  # entries with summaries
    if content.prose >= SENTENCES and content.days < DAYS and not content.is_list:
        return False
    few = content.is_list and content.days >= items and not headed(content.head)  # a young column
    return items >= (1 if few else _MANY) and items >= (0.25 if content.is_list else 0.35) * lines


def _is_home(path: str, url: str, content: Content, links: Sequence[Link]) -> bool:
    if not url or not _HOME_PATH.match(path) or _query(url) or (content.info and len(links) < _HOME_LINKS):
        return False
    return not content.column_path and (
        len(links) >= _HOME_LINKS or content.list_items >= 5 or len(content.text) < 2000
    )


def _query(url: str) -> str:
    """The query of a URL; "" when it cannot be split."""
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _table_share(content: Content) -> float:
    return content.table_rows / max(1, content.text.count("\n") + 1)
