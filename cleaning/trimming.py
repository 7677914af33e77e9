"""The edges of an article: its title and info line above the text, editor and print lines below it."""

import re
from collections.abc import Iterator
from typing import Final

from cleaning.masses import STOPPED

_INFO_LINE: Final = re.compile(
    r"来源\s*[：:]|发布时间|发布日期|发文日期|信息时间|更新时间|浏览次数|阅读次数|点击次数|点击数|访问次数|访问量|浏览量|阅读量|字体\s*[：:]|字号\s*[：:]|【字体|\[字体"
    r"|分享到|分享至|打印本页|打印此页|我要打印|作者\s*[：:]|编辑\s*[：:]|视力保护|时间\s*[：:]\s*\d{4}|日期\s*[：:]\s*\d{4}|\[?大\s*中\s*小\]?|语音播报|收藏",
)
_TAIL_LINE: Final = re.compile(
    r"^(?:责任编辑|编辑|责编|审核|录入|分享到|分享|打印|关闭|【?打印|【?关闭|上一[篇条]|下一[篇条]|上一页|下一页|扫一扫|相关链接|相关阅读|相关新闻|返回顶部|点击数|浏览次数|\[?打印|\[?关闭|稿件来源|网站编辑|推荐阅读|您访问的)",
)


def trimmed(lines: list[str], title: str) -> Iterator[str]:
    """Without the title, the info line above the text, and the editor and print lines below it."""
    start, stop = 0, len(lines)
    last_head = -1
    for number, line in enumerate(lines[:12]):
        if _is_head(line, title):
            last_head = number
        elif len(line) > 40 and STOPPED.search(line):
            break
    start = last_head + 1
    while stop > start and len(lines[stop - 1]) <= 120 and _TAIL_LINE.match(lines[stop - 1]):
        stop -= 1
    yield from (lines[start:stop] if stop > start else lines)


def _is_head(line: str, title: str) -> bool:
    if len(line) > 160:
        return False
    if title and (line == title or (len(line) >= 0.6 * len(title) and (line in title or title in line))):
        return True
    return "。" not in line and bool(_INFO_LINE.search(line))
