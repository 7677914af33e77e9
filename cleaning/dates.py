"""When a page says it was published: its meta tag, its info line, its URL, in this order."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Final

_META_NAMES: Final = ("pubdate", "publishdate", "publishedtime", "firstpublishedtime", "article:published_time", "date")
_SEPARATED: Final = r"((?:19|20)\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)"
_DATE: Final = re.compile(rf"(?<!\d){_SEPARATED}")
_ANY_DATE: Final = re.compile(_SEPARATED)  # quicker to look for, with a digit before it perhaps
_COMPACT: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_HAN: Final = r"[\u4e00-\u9fff]"
# Looked behind after the word: before it, no search for its first character would be quick.
_LABELLED: Final = re.compile(
    rf"(?:发布时间|发布日期|发文日期|发布于|公开日期|公开时间|公布日期|上网日期|上传时间|刊发时间|录入时间|添加时间|提交时间"
    rf"|更新时间|更新日期|信息时间|发表时间|发文时间|日期(?<!{_HAN}日期)|时间(?<!{_HAN}时间)|发布(?<!{_HAN}发布))\s*[：:】\]]?\s*[\[【(（]?\s*{_SEPARATED}",
)
# When a document was drawn up: often long before it was published.
_OF_DOCUMENT: Final = re.compile(rf"(?:生成日期|成文日期|成文时间)\s*[：:】\]]?\s*[\[【(（]?\s*{_SEPARATED}")
# What stands in an info line beside a date without a label of its own.
_INFO: Final = re.compile(r"来\s*源|作\s*者|浏览|阅读|点击|访问量|字[体号]|编辑")
_INFO_MAX: Final = 200  # characters of such a line
# A date without a label counts only where it stands as in an info line: at a line's start or end, or before a time.
_BARE: Final = re.compile(
    rf"(?:^|[\s\[【(（|]){_SEPARATED}日?(?:\s*\d{{1,2}}[:：∶]\d{{2}}(?:[:：∶]\d{{2}})?)?(?=$|[\s\]】)）|])",
    re.MULTILINE,
)
# The reader's day, printed by a script into the header, says nothing about the page.
_TODAY: Final = re.compile(r"(?:今天是|现在是|当前时间|今日|打印时间|打印日期)[^\n]{0,4}\d{4}[^\n]{0,20}")
_URL_PARTS: Final = re.compile(r"/((?:19|20)\d{2})[-/_]?(\d{1,2})[-/_](\d{1,2})(?=/)")
_URL_TRS: Final = re.compile(r"[/_]t?((?:19|20)\d{2})(\d{2})(\d{2})(?=[_/.])")
_URL_MONTH: Final = re.compile(r"/((?:19|20)\d{2})-?(\d{2})/(\d{1,2})(?=/)")
HEAD: Final = 4000  # characters of the text that may hold the info line


def published(meta: Mapping[str, str], text_head: str, url: str, info: str = "") -> str:
    """ISO date of publication, or "" when nothing says it.

    `text_head` is the visible text around the title, `info` the line below the title, where the page has one.
    """
    for name in _META_NAMES:
        if found := _first(_in(meta.get(name, ""), _DATE, _COMPACT)):
            return found
    head = _TODAY.sub(" ", text_head[:HEAD])
    shown = _shown(head) if _ANY_DATE.search(head) else iter(())
    return _first(chain(_in(info, _LABELLED, _DATE), shown, _in(url, _URL_PARTS, _URL_MONTH, _URL_TRS)))


def _shown(head: str) -> Iterator[str]:
    """Dates of a text that may be the page's own, the likeliest first."""
    yield from _in(head, _LABELLED)
    yield from _in(head, _OF_DOCUMENT)
    yield from _beside(head)
    yield from _in(head, _BARE)


def _in(text: str, *patterns: re.Pattern[str]) -> Iterator[str]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield _iso(*match.groups()[:3])


def _beside(head: str) -> Iterator[str]:
    """Dates that stand in an info line."""
    for match in _ANY_DATE.finditer(head):
        start, end = head.rfind("\n", 0, match.start()) + 1, head.find("\n", match.end())
        line = head[start:] if end < 0 else head[start:end]
        if len(line) <= _INFO_MAX and _INFO.search(line) and not head[match.start() - 1 : match.start()].isdigit():
            yield _iso(*match.groups())


def _first(dates: Iterator[str]) -> str:
    return next((found for found in dates if found), "")


def _iso(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
