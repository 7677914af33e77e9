"""Whether one part of a point stands on a page."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from cleaning.page import Reading
from indicators.evidence import Strength
from indicators.value_rules import Condition, Part

# A label whose field is empty is not an element of the page ("空值 无|暂无|/" of the catalogue's exclusions).
_VOID: Final = re.compile(r"[\s::|】\])]{0,4}(?:无|暂无|/|-|—|详见窗口|见附件)?\s*(?:\n|$)")

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


def is_on(part: Part, zones: tuple[str, ...], page: Shown, strength: Strength, *, valued: bool) -> bool:
    """Whether any of the part's ways holds; `valued` asks that its words are followed by something."""
    return any(all(_holds(one, zones, page, strength, valued=valued) for one in way) for way in part.ways)


def _holds(one: Condition, zones: tuple[str, ...], page: Shown, strength: Strength, *, valued: bool) -> bool:
    if one.what == "words":
        word = one.arguments[0]
        found = any(_stands(word, page.zone(zone), valued=valued and zone == "text") for zone in zones)
        found = found and not (valued and word in page.zone("empty"))
    elif one.what == "content":
        found = strength is Strength.CONTENT
    elif one.what == "entry":
        found = strength is Strength.CHROME
    else:
        found = _MARKS[one.what](page.reading, one.arguments)
    return found is not one.negated


def _stands(word: str, text: str, *, valued: bool) -> bool:
    place = text.find(word)
    if not valued:
        return place >= 0
    while place >= 0:
        if _is_label(text, place, place + len(word)) and not _VOID.match(text, place + len(word)):
            return True
        place = text.find(word, place + len(word))
    return False


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
