"""Whether one part of a point stands on a page."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Protocol

from cleaning.page import Reading
from indicators.evidence import Strength
from indicators.value_rules import Condition, Part

# A label whose field is empty is not an element of the page ("空值 无|暂无|/" of the catalogue's exclusions).
_NOTHING: Final = r"(?:无|暂无|/|-|—|详见窗口|见附件)"
_VOID: Final = re.compile(rf"[\s::|】\])]{{0,4}}{_NOTHING}?\s*(?:\n|$)")
# As guides print them: the name is a line of its own ("三、申请材料", "申请材料:"), and what it names stands below.
_ALONE: Final = re.compile(r"[^\S\n]*[::】\])]?[^\S\n]*\n\s*")
_SAYS_NOTHING: Final = re.compile(rf"{_NOTHING}[^\S\n]*(?:\n|$)")
# The next name, whatever it is called: a short line that ends in a colon, or words that end as names of fields do.
_NEXT_NAME: Final = re.compile(
    r"[^\n。]{0,6}[::][^\S\n]*(?:\n|$)|"
    r"(?:[^\s。,;]{0,6}(?:材料|时限|期限|条件|流程|流程图|程序|依据|标准|地点|时间|电话|方式|对象|名称|类型|编码|主题|序号)[^\S\n]*){1,4}(?:\n|$)"
)
_NUMBERED: Final = {
    "chinese": re.compile(r"[一二三四五六七八九十]{1,3}[、.]"),
    "bracketed": re.compile(r"\([一二三四五六七八九十]{1,3}\)"),
    "digits": re.compile(r"[0-9]{1,2}[、.](?![0-9])"),
}

# What a field's name may begin its line with, and what stands between a name and what it names.
_OPENS: Final = re.compile(r"(?:^|\n)[一二三四五六七八九十0-9、.()【\[·*● ]*\Z")
_MARKS_BEFORE: Final = 8  # characters
_MORE: Final = r"[^\s。,;:、|】\])]{0,6}"  # 清单, 及要求, (窗口
_COLON: Final = re.compile(_MORE + r"[】\])]?\s?:")
_ENDS: Final = re.compile(_MORE + r"(?:[\s|】\])]|\Z)")
_BEGINS: Final = re.compile(r"(?:^|[\s|【\[()】\]>])[^\s。,;:、|]{0,6}\Z")  # 数据集(简介


class Shown(Protocol):
    """A page whose zones can be asked for."""

    @property
    def reading(self) -> Reading:
        """The page itself."""

    def zone(self, name: str) -> str:
        """Folded text of a zone."""


@cache
def names(parts: tuple[Part, ...]) -> re.Pattern[str]:
    """What matches where one of the parts' names begins a line, behind its number."""
    words = {one.arguments[0] for part in parts for way in part.ways for one in way if one.what == "words"}
    return re.compile(r"[一二三四五六七八九十0-9、.()【\[·*● ]{0,8}(?:" + "|".join(map(re.escape, sorted(words))) + ")")


def is_on(
    part: Part, zones: tuple[str, ...], page: Shown, strength: Strength, others: re.Pattern[str] | None = None
) -> bool:
    """Whether any of the part's ways holds.

    Where `others`, the names of all parts, are given, a name in the text counts only with something that it names.
    """
    return any(all(_holds(one, zones, page, strength, others) for one in way) for way in part.ways)


def _holds(
    one: Condition, zones: tuple[str, ...], page: Shown, strength: Strength, others: re.Pattern[str] | None
) -> bool:
    if one.what == "words":
        word = one.arguments[0]
        found = any(_stands(word, page.zone(zone), others if zone == "text" else None) for zone in zones)
        found = found and not (others and word in page.zone("empty"))
    elif one.what == "content":
        found = strength is Strength.CONTENT
    elif one.what == "entry":
        found = strength is Strength.CHROME
    else:
        found = _MARKS[one.what](page.reading, one.arguments)
    return found is not one.negated


def _stands(word: str, text: str, others: re.Pattern[str] | None) -> bool:
    place = text.find(word)
    if others is None:
        return place >= 0
    while place >= 0:
        end = place + len(word)
        if _is_label(text, place, end) and (not _VOID.match(text, end) or _below(text, place, end, others)):
            return True
        place = text.find(word, end)
    return False


def _below(text: str, start: int, end: int, others: re.Pattern[str]) -> bool:
    """Whether a name that fills its line is followed by something it names, and not by the next name or nothing."""
    alone = _ALONE.match(text, end)
    if alone is None or alone.end() >= len(text):
        return False
    below, own = alone.end(), text.rfind("\n", 0, start) + 1
    if _SAYS_NOTHING.match(text, below) or _NEXT_NAME.match(text, below) or others.match(text, below):
        return False
    return not any(one.match(text, own) and one.match(text, below) for one in _NUMBERED.values())


def _is_label(text: str, start: int, end: int) -> bool:
    """Whether words name a field, and are no part of what stands in another one (申报材料真实有效)."""
    if _COLON.match(text, end) or _OPENS.search(text, max(0, start - _MARKS_BEFORE), start):
        return True
    return _BEGINS.search(text, max(0, start - _MARKS_BEFORE), start) is not None and _ENDS.match(text, end) is not None


def _host(url: str) -> str:
    return url.partition("//")[2].partition("/")[0]


def _form(reading: Reading, roles: tuple[str, ...]) -> bool:
    return any(form.role in roles for form in reading.forms)


def _link(reading: Reading, endings: tuple[str, ...]) -> bool:
    return any(
        not link.hidden and any(ending in link.url.rpartition("/")[2].lower() for ending in endings)
        for link in reading.links
    )


def _offsite(reading: Reading, names: tuple[str, ...]) -> bool:
    own = _host(reading.url)
    return any(
        not link.hidden and _host(link.url) not in {"", own} and any(name in _host(link.url) for name in names)
        for link in reading.links
    )


_MARKS: Final[Mapping[str, Callable[[Reading, tuple[str, ...]], bool]]] = MappingProxyType(
    {
        "form": _form,
        "inner": lambda reading, roles: any(form.inner and form.role in roles for form in reading.forms),
        "link": _link,
        "offsite": _offsite,
        "host": lambda reading, names: _host(reading.url).removeprefix("www.").startswith(names),
        "mark": lambda reading, names: any(name in mark for mark in reading.marks for name in names),
        "language": lambda reading, codes: reading.language in codes,
        "rows": lambda reading, least: max(reading.table_rows, reading.list_items) >= int(least[0]),
    }
)
