"""The edges of an article: its title and info lines above the text, editor and print lines below it.

Above the text stand, in this order or another: the path, a table of particulars (索引号, 发文机关 …), the title, an info
line or the parts of one, tools.  They are cut as far as they hang together; a line of the text itself ends the search,
so that a label deep in the text (资金来源：, 会议时间：) takes nothing with it.  A title is cut once: where it is printed
above already, or again below the info line, it belongs to the text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import Final

from cleaning.masses import STOPPED
from cleaning.sieves import Sieve

_INFO_LINE: Final = Sieve(
    re.compile(
        r"(?:发布时间|发布日期|发文日期|信息时间|更新时间|更新日期|发表时间|录入时间)\s*(?:[:：|\[【\]】\d]|$)"
        r"|浏览次数|阅读次数|点击次数|访问次数|浏览数|阅读数|点击数|访问量|浏览量|阅读量|点击量|字体\s*[：:]|字号\s*[：:]|【字体|\[字体"
        r"|分享到|分享至|打印本页|打印此页|我要打印|视力保护|语音播报|\[?大\s*中\s*小\]?"
        # Short words are parts of others (资金来源, 会议时间), and stand in texts: only as labels of their own.
        r"|(?<![\u4e00-\u9fff])(?:(?:文章|信息|稿件|新闻|内容|消息)?来\s*源|作\s*者|(?:责任)?编\s*辑|发布(?:单位|机构|人|者)?)\s*[：:|]"
        r"|(?<![\u4e00-\u9fff])(?:时\s*间|日\s*期)\s*[：:]\s*\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?(?![\u4e00-\u9fff（(])",
    ),
    ("时", "日", "次", "数", "量", "字", "享", "打", "视", "语", "小", "源", "作", "编", "布"),
)
# Below a title, a day in figures is the page's; the day below a text is written out (2024年3月5日).
_DAY_LINE: Final = re.compile(r"^\W*(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}[\s\d:]*\W*$")
# A day that a page itself was published on: what articles have and columns have not.
_PUBLISHED: Final = re.compile(r"(?:时\s*间|日\s*期)\s*[:：]\s*[\[【(（]?\s*(?:19|20)\d{2}")
_PARTICULARS: Final = re.compile(
    r"^[\[【]?(?:索\s*引\s*号|信息索引|发文机[关构]|发布机[关构]|公开机[关构]|制发机关|发文字号|信息分类|主题分类|信息类别|公开类别|组配分类|体裁分类"
    r"|公开方式|公开形式|公开范围|公开时限|公开日期|成文日期|生成日期|生效日期|生效时间|废止日期|失效时间|信息有效性|有\s*效\s*性|服务对象分类)(?=[\s:：\]】]|$)",
)
_TOOL: Final = re.compile(r"^\W*(?:我?的?收藏|加入收藏|收藏本页|打印|关闭|朗读|保存|纠错|转发|微信|微博)")
_PATH: Final = re.compile(
    r"^\W{0,4}(?:您?你?(?:现在|当前|目前)?的?(?:所在)?的?位置|当前所在|当前栏目|(?:网站)?首页\s*[>＞›»→/])"
)
_TOOL_MAX: Final = 24  # characters of a line of tools
# What only a text says: whom it addresses, its first heading, its first article.
_BEGUN: Final = re.compile(
    r"^.{2,80}(?:[局厅委办府司门位校心院站会所处县区市乡镇]|同志|企业|市民|家长|考生|人员|朋友)们?(?:[(（][^()（）]*[)）])?[：:]$"
    r"|^(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百\d]{1,4}[条章]|[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.、．])",
)
_TAIL_LINE: Final = re.compile(
    r"^(?:责任编辑|编辑|责编|审核|录入|分享到|分享|打印|关闭|【?打印|【?关闭|上一[篇条]|下一[篇条]|上一页|下一页|扫一扫|返回顶部|点击数|浏览次数|\[?打印|\[?关闭|稿件来源|网站编辑|您访问的)",
)
_RELATED: Final = re.compile(
    r"^\W*(?:相关(?:链接|阅读|新闻|文章|信息|资讯|稿件|报道|文档|政策|解读|内容|推荐)|(?:推荐|延伸|扩展|热点)阅读|推荐文章|热门文章|最新文章|猜你喜欢)\W*$"
)
_RELATED_LINES: Final = 15  # lines that further reading takes at most
_RELATED_MAX: Final = 80  # characters of one of them
# Only after a particular: forms and notices begin with such labels, too.
_PARTICULAR_TOO: Final = re.compile(
    r"^(?:名\s*称|标\s*题|信息名称|文件名称|公文名称|文\s*号|主\s*题\s*词|关\s*键\s*词|概\s*述|内容概述|成文时间|语\s*种)(?=[\s:：]|$)"
)
_HEAD_LINES: Final = 24  # lines that may hold title, particulars and info line
_HEAD_MAX: Final = 160  # characters of such a line
_PLAIN_MAX: Final = 80  # characters of a line between them that says nothing of itself
_SAYING: Final = 40  # characters from which a line with a stop is running text
_LEAD: Final = 12  # such lines above the first of them
_GAP: Final = 3  # such lines between two of them
HEAD: Final = 4  # lines on either side of the content's beginning that may hold its info line
ABOVE: Final = 12  # lines before the content that may hold its title


def trimmed(lines: Sequence[str], title: str, above: Sequence[str] = ()) -> Iterator[str]:
    """Without the title, the info lines above the text, and the editor and print lines below it.

    `above`: the lines that stand before the content on the page.
    """
    start, stop = _start(lines, title, above[-ABOVE:]), len(lines)
    stop = _before_related(lines, start, stop)
    while stop > start and len(lines[stop - 1]) <= 120 and _TAIL_LINE.match(lines[stop - 1]):
        stop -= 1
    yield from (lines[start:stop] if stop > start else lines)


def _before_related(lines: Sequence[str], start: int, stop: int) -> int:
    """Where the titles of other articles begin below the text, under a heading of their own."""
    for number in range(stop - 1, max(start, stop - _RELATED_LINES - 1), -1):
        line = lines[number]
        if len(line) > _RELATED_MAX or "。" in line:
            break
        if _RELATED.match(line):
            return number
    return stop


def headed(head: Iterable[str]) -> bool:
    """Whether an info line with a day of publishing is one of the lines at the head of the content."""
    return any(_PUBLISHED.search(line) and (_PARTICULARS.match(line) or is_info(line)) for line in head)


class _Says(Enum):
    PARTICULAR = auto()
    TITLE = auto()
    INFO = auto()
    TOOL = auto()  # a path, too
    TEXT = auto()
    NOTHING = auto()


def _start(lines: Sequence[str], title: str, above: Sequence[str]) -> int:
    """The line with which the text begins."""
    start = gap = pending = 0  # `gap` lines of `pending` characters since `start` say nothing of themselves
    seen: set[_Says] = set()
    for number, line in enumerate(lines[:_HEAD_LINES]):
        says = _what(line, title, particular=_Says.PARTICULAR in seen)
        if says is _Says.TEXT or (says is _Says.TITLE and _Says.INFO in seen):
            break
        if says is _Says.TITLE and _Says.TITLE not in seen and any(_is_title(line, title) for line in above):
            seen.add(_Says.TITLE)
        if says is _Says.NOTHING or (says is _Says.TITLE and _Says.TITLE in seen):
            gap, pending = gap + 1, pending + len(line)
            if gap > (_GAP if start else _LEAD):
                break
            continue
        if pending and pending > sum(map(len, lines[number + 1 :])):
            break  # the origin below a short text
        start, gap, pending = number + 1, 0, 0
        seen.add(says)
    return start


def _what(line: str, title: str, *, particular: bool) -> _Says:
    """What a line above the text may be; `particular`: whether a particular stands above it."""
    if _PARTICULARS.match(line) or (particular and _PARTICULAR_TOO.match(line)):
        return _Says.PARTICULAR
    if title and _is_title(line, title):
        return _Says.TITLE
    if not begins_text(line) and (is_info(line) or _DAY_LINE.match(line)):
        return _Says.INFO
    if (len(line) <= _TOOL_MAX and _TOOL.match(line)) or (len(line) <= _HEAD_MAX and _PATH.match(line)):
        return _Says.TOOL
    if len(line) > _PLAIN_MAX or (len(line) > _SAYING and STOPPED.search(line)) or begins_text(line):
        return _Says.TEXT
    return _Says.NOTHING


def begins_text(line: str) -> bool:
    """Whether only a text has such a line: "一、时间：2020年3月5日" is a meeting's and no page's."""
    return _BEGUN.match(line) is not None


def is_aside(line: str) -> bool:
    """Whether a line is a path, a tool or a particular: what may stand between a title and its text."""
    return bool(
        _PARTICULARS.match(line)
        or (len(line) <= _TOOL_MAX and _TOOL.match(line))
        or (len(line) <= _HEAD_MAX and _PATH.match(line))
    )


def _is_title(line: str, title: str) -> bool:
    return line == title or (
        0.6 * len(title) <= len(line) <= _HEAD_MAX
        and (line in title or (title in line and len(line) <= max(1.5 * len(title), len(title) + 8)))
    )


def is_info(line: str) -> bool:
    """Whether a line says when, by whom or how often read a text was published."""
    return len(line) <= _HEAD_MAX and "。" not in line and _INFO_LINE.search(line) is not None
