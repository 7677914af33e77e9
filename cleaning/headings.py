"""The page's own title, and the path of columns it stands under."""

import re
from collections.abc import Collection, Mapping
from itertools import groupby, takewhile
from typing import Final

from cleaning.outline import Outline, fold
from cleaning.trimming import is_info

MAX_TITLE: Final = 200
_MAX_CLIMB: Final = 60  # ancestors looked at
_MAX_HEADINGS: Final = 300  # candidates looked at
_SPLIT: Final = re.compile(
    r"\s*(?:[_|｜]+|(?<!\d)[–—]+(?!\d)|--+|\s-\s|-(?=[\u4e00-\u9fff《“【（])|(?<=[\u4e00-\u9fff])-(?=\d{4}年)|>>|»|::|/ /)\s*|\s{2,}"
)
_SITE_PART: Final = re.compile(
    r"(?:网站|门户|官网|政府网|信息网|公众网|首都之窗|人民政府|政务网|服务网|在线|委员会|(?<!大)厅|局|办公室|中心|管理委|法院|检察院|网)$|政府门户|门户网站|^首页$|^网站首页$",
)
# The label before a path: "您当前所在的位置:", "你的当前位置:", "现在位置是".
_HERE_START: Final = re.compile(
    r"^\W{0,4}(?:(?:[您你]|当前|现在|目前|正在|所在|所处|浏览|访问|栏目|页面|的){0,6}位置|当前所在|当前栏目)\s*[是为]?\s*[:：]?"
)
# A path without a label begins at the home page, with a sign that parts no menu.
_FROM_HOME: Final = re.compile(r"^(?:网站)?(?:首\s?页|主页)\s*(?:$|-{0,2}[>＞›»→])")
_DOWN: Final = re.compile(r"-{0,2}[>＞›»→]")
_DOWN_SIGNS: Final = frozenset(">＞›»→")
_STEP: Final = re.compile(r"\s*(?:[>＞›»→/\\|]|&gt;|-|－|—|·|::)+\s*|\s{2,}")
_SIGN_FIRST: Final = re.compile(r"[>＞›»→/\\|\-－—·]|::")
_SIGN_LAST: Final = re.compile(r"(?:[>＞›»→/\\|\-－—·]|::)$")
_MOST: Final = 0.6  # share of a part of the head title that a line must say
_CUT: Final = 10  # letters of a head title that was cut short
_ITEM: Final = 12  # letters of a head title from which it is an item's and no column's
_MAX_RUNS: Final = 40  # runs of a path
_MAX_STEPS: Final = 8  # lines of a path without signs
_PATH_MAX: Final = 300  # characters
_COLUMN_MAX: Final = 14  # characters of a step without a label before its path: a longer one is an item's title
_HERE_SIGNS: Final = ("位置", "当前所在", "当前栏目")  # one of these stands in whatever _HERE_START finds
_HOME: Final = frozenset({"首页", "网站首页", "主页", "返回首页", "首 页", "门户首页", "home"})
_NO_TITLE: Final = re.compile(
    r"^(?:首页|网站首页|正文|详情|内容|无标题文档|untitled.*|index|home|打印(?:本页|预览|页面)?|手机版|(?:栏目|网站|快速)导航|(?:热点|热门|最新|推荐)(?:信息|新闻|文章|推荐)"
    # parts of a form, and blocks beside or below a text
    r"|(?:基本|个人|企业|单位|(?:申[报请]|联系|投诉|来信|写信)人(?:基本)?)信息|(?:办理|业务)类型|(?:类型|事项|部门)选择|邮寄业务|上传(?:材料|附件)|查询密码|查询码|验证码|相关(?:链接|附件|阅读|信息|新闻|文章)|附件下载|公告概要"
    r"|(?:文章|信息|新闻|资讯|公告|内容|文件|详细)?(?:详情|正文|内容|显示|浏览|查看|详细)(?:页面?|内容|信息)?|详细信息)$",
    re.IGNORECASE,
)


# A heading of a block leads on to the block's own page; the head of a list names its columns.
_LEADS_ON: Final = re.compile(r"(?:更多|more)\W{0,4}$", re.IGNORECASE)
_LIST_HEAD: Final = re.compile(
    r"^\S{0,4}(?:[文引序编水]号|日期|时间|名称|标题|主题|单位|机构|部门|状态|类[别型]|内容)$"
)
_HEADS: Final = 2  # such words that make the head of a list


def page_title(
    page: Outline, main_run: int, site_title: str, meta: Mapping[str, str], above: str = "", *, sure: bool = False
) -> str:
    """The article's or column's title: the meta tag, else the heading over the text, else the head title without the site.

    `above`: the line over the info line, which is the title where head title or markup confirm it (`sure`), and before a
    head title that stands nowhere on the page.
    """
    if value := meta.get("articletitle", ""):
        return value[:MAX_TITLE]
    parts = [part for part in (fold(part) for part in _SPLIT.split(site_title)) if part]
    if sure:
        return (_said_whole(page, above, parts) or above)[:MAX_TITLE]
    site = meta.get("sitename", "")
    heading = _heading(page, main_run, site_title, {site, site_part(site_title)})
    if heading:
        return (_said_whole(page, heading, parts) or heading)[:MAX_TITLE]
    own = [part for part in parts if part != site and not _NO_TITLE.match(part)]
    best = next((part for part in own if not _SITE_PART.search(part)), own[0] if own else site_title)
    if above and best not in page.texts:
        return above[:MAX_TITLE]
    return best[:MAX_TITLE]


def _said_whole(page: Outline, heading: str, parts: list[str]) -> str:
    """The head title where it names an item that stands on the page as a line of its own, and the heading is another's.

    Templates name cells of tables and blocks beside the text `title` as well.
    """
    whole = parts[0] if parts else ""
    if len(whole) < _ITEM or _SITE_PART.search(whole) or whole not in page.whole:
        return ""
    letters = flat(heading)
    if letters in flat(whole) or flat(whole) in letters:
        return ""
    return whole if any(text == whole and page.links[run] < 0 for run, text in enumerate(page.texts)) else ""


def site_part(head_title: str) -> str:
    """The site's name behind the page's own in the head title; '' where that names one thing only."""
    parts = [part for part in (fold(part) for part in _SPLIT.split(head_title)) if part]
    own, last = parts[:-1], "".join(parts[-1:])
    return last if _SITE_PART.search(last) and any(not _SITE_PART.search(part) for part in own) else ""


def _heading(page: Outline, main_run: int, site_title: str, sites: Collection[str]) -> str:
    """The best heading on the page: h1 to h3 or a title-named element, near the text, agreeing with the head title.

    Names of the site (`sites`), which agree with every head title, are no page's.
    """
    best, best_score = "", 0.0
    flat_title = flat(site_title)
    candidates = 0
    for number in page.named:
        level = page.sorts[number].level
        if not level or not 0 < page.last_run[number] - page.first_run[number] <= 12:
            continue
        candidates += 1
        if candidates > _MAX_HEADINGS:
            break
        text = heading_text(page, number)
        if not 4 <= len(text) <= MAX_TITLE or text in sites or _names_no_page(text):
            continue
        score = level + _nearness(page.first_run[number], main_run)
        letters = flat(text)
        if letters and letters in flat_title:
            score += 3.0 * min(1.0, len(letters) / max(8, len(flat_title) * 0.5))
        if in_frame(page, number) or _is_link(page, number):
            score -= 3.0
        if len(text) >= 10:
            score += 0.5
        if score > best_score:
            best, best_score = text, score
    return best if best_score >= 2.5 else ""


def heading_text(page: Outline, number: int) -> str:
    """The text of a heading without the info lines that some templates put into it."""
    runs = range(page.first_run[number], page.last_run[number])
    if len(runs) == 1 or page.lines[runs[0]] == page.lines[runs[-1]]:
        return page.joined(runs)
    lines = [page.joined(list(group)) for _, group in groupby(runs, key=page.lines.__getitem__)]
    return " ".join(takewhile(lambda line: not is_info(line), lines))


def is_no_title(text: str) -> bool:
    """Whether a line is the name of a part of pages, or a path."""
    return bool(_NO_TITLE.match(text) or _HERE_START.match(text))


def _names_no_page(text: str) -> bool:
    """Whether a heading is that of a part of a page: a form's, a block's or a list's columns."""
    if is_no_title(text) or _LEADS_ON.search(text):
        return True
    words = text.split()
    return len(words) > _HEADS and sum(_LIST_HEAD.match(word) is not None for word in words) >= _HEADS


def head_parts(head_title: str) -> tuple[str, ...]:
    """The letters of the parts of a head title that a heading may agree with, those that name a site left out."""
    parts = [part for whole in _SPLIT.split(head_title) for part in (whole, *whole.split())]
    return tuple(dict.fromkeys(flat(part) for part in (*parts, head_title) if part and not _SITE_PART.search(part)))


def agrees(text: str, parts: tuple[str, ...]) -> bool:
    """Whether a line says what a part of the head title says: most of it, or its beginning where it was cut short."""
    letters = flat(text)
    return any(
        (letters in part and len(letters) >= _MOST * len(part))
        or (len(part) >= _CUT and letters.startswith(part))
        or (len(letters) >= _CUT and (part.startswith(letters) or part.endswith(letters)))
        for part in parts
        if letters
    )


def _nearness(run: int, main_run: int) -> float:
    """Headings just above the text, or at its very start, count most."""
    if main_run < 0:
        return 0.0
    gap = main_run - run
    if -4 <= gap <= 12:
        return 1.0
    return 0.0 if gap > 0 else -1.0


def in_frame(page: Outline, number: int) -> bool:
    """Whether an element stands in the page's frame by the names around it."""
    for _ in range(_MAX_CLIMB):
        if number < 0:
            break
        if page.sorts[number].frame and not _heads_a_part(page, number):
            return True
        number = page.parents[number]
    return False


def _heads_a_part(page: Outline, number: int) -> bool:
    """Whether this is the `<header>` of an article or section and not of the page."""
    parent = page.parents[number]
    return (
        page.sorts[number].tag == "header" and parent >= 0 and page.sorts[parent].tag in {"article", "section", "main"}
    )


def _is_link(page: Outline, number: int) -> bool:
    return min(page.links[page.first_run[number] : page.last_run[number]]) >= 0


def flat(text: str) -> str:
    """The letters, digits and characters of a text."""
    return "".join(filter(str.isalnum, text))


def trail(page: Outline, meta: Mapping[str, str]) -> tuple[str, ...]:
    """The breadcrumb's columns without the home page; else the meta tag's column; empty when neither is there."""
    found = _breadcrumb(page)
    if not found and (column := meta.get("columnname", "")):
        found = tuple(part for part in (fold(part) for part in re.split(r"[>/|,，;；]", column)) if part)
    found = found or _from_home(page)
    return tuple(part for part in found if part.lower() not in _HOME)[:12]


def _breadcrumb(page: Outline) -> tuple[str, ...]:
    texts = page.texts
    signs = [sign for sign in _HERE_SIGNS if sign in page.whole]
    for number, text in enumerate(texts if signs else ()):
        if len(text) > 200 or not any(sign in text for sign in signs) or not _HERE_START.match(text):
            continue
        steps = _steps(_path_text(page, number, _HERE_START.sub("", text, count=1).strip()))
        if steps:
            return steps
    for number in page.named:
        if page.sorts[number].crumbs and 0 < page.last_run[number] - page.first_run[number] <= 30:
            text = page.text_of(number)
            if "首页" in text[:12] and len(text) <= 200:
                return _steps(text)
    return ()


def _from_home(page: Outline) -> tuple[str, ...]:
    """A path that no label tells: 首页 > 政务公开 > 通知公告."""
    if _DOWN_SIGNS.isdisjoint(page.whole):
        return ()
    texts = page.texts
    for number, text in enumerate(texts):
        if "页" not in text[:6] or len(text) > _PATH_MAX or (found := _FROM_HOME.match(text)) is None:
            continue
        if found[0][-1] in _DOWN_SIGNS or (number + 1 < len(texts) and _DOWN.match(texts[number + 1])):
            steps = _steps(_path_text(page, number, text))
            if len(steps) > 1:
                return tuple(takewhile(lambda step: len(step) <= _COLUMN_MAX, steps))
    return ()


def _path_text(page: Outline, number: int, rest: str) -> str:
    """The text of the path that run `number` begins; `rest`: that run without its label.

    The path goes as far as its signs go, and where it has none, as far as the smallest element around it.
    """
    texts = page.texts
    end = min(len(texts), number + _MAX_RUNS)
    run = number if rest else number + 1
    while run + 1 < end and (_SIGN_LAST.search(texts[run]) or _SIGN_FIRST.match(texts[run + 1])):
        run += 1
    if run > number + 1 or _STEP.search(rest):
        return " > ".join((rest, *texts[number + 1 : run + 1]))[:_PATH_MAX]
    owner = page.owners[number]
    for _ in range(4):
        runs = range(number + 1, page.last_run[owner])
        if len({page.lines[run] for run in runs}) > _MAX_STEPS:
            break
        if runs and page.length_of(owner) >= len(texts[number]) + 2:
            return " > ".join((rest, *texts[number + 1 : page.last_run[owner]]))[:_PATH_MAX]
        if page.parents[owner] < 0:
            break
        owner = page.parents[owner]
    return rest


def _steps(text: str) -> tuple[str, ...]:
    return tuple(
        step for step in (fold(step).strip(" :：[]【】") for step in _STEP.split(text)) if step and len(step) <= 40
    )
