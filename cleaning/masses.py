"""How much running text, link text and dates each element of a page holds, its frame left out."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, compress, count, groupby
from typing import Final

from cleaning.outline import INLINE_TAGS, Outline

STOPPED: Final = re.compile(r"[，。；！？]")
_PUNCTUATION: Final = re.compile(r"[，。；：！？、,;!?]")
_DAY: Final = re.compile(
    r"^\W{0,3}(?:\d{4}\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\W{0,3}(?:\d{1,2}:\d{2}(?::\d{2})?\W{0,2})?$",
)
_FOOT: Final = re.compile(
    r"版权所有|主办单位|承办单位|网站标识码|ICP备|公网安备|copyright|技术支持|建议使用.{0,12}分辨率|站点地图|网站地图|联系我们|您是第|邮\s*编\s*[:：]|地址\s*[:：]|联系电话\s*[:：]|电子邮箱\s*[:：]|网站设计",
    re.IGNORECASE,
)
# What the pattern above begins with, or has after so many characters; by a character that is quick to look for.
_FOOT_SIGNS: Final = {
    "权": (("版权所有", 0),),
    "办": (("主办单位", 0), ("承办单位", 0)),
    "码": (("网站标识码", 0),),
    "备": (("备", 3), ("公网安备", 0)),
    "术": (("技术支持", 0),),
    "议": (("建议使用", 0),),
    "图": (("站点地图", 0), ("网站地图", 0)),
    "们": (("联系我们", 0),),
    "您": (("您是第", 0),),
    "邮": (("邮", 0), ("电子邮箱", 0)),
    "址": (("地址", 0),),
    "话": (("联系电话", 0),),
    "设": (("网站设计", 0),),
    "y": (("Copy", 0), ("copy", 0)),
    "Y": (("COPY", 0),),
}
_SURE_FOOT: Final = re.compile(
    r"版权所有|主办单位\s*[:：]|网站标识码|[A-Z]?ICP备|公网安备|copyright\s*(?:©|\d)", re.IGNORECASE
)
_LINK_MIN: Final = 7  # characters from which a link is no menu entry
_DAY_MAX: Final = 26  # characters that a date has at most
_FOOT_LINE: Final = 200  # characters from which a run is no line of a footer
_FULL_LINE: Final = 24  # characters from which a line is running text whatever its marks
_PROSE_MIN: Final = 20  # characters of a run of prose
_SENTENCE_MIN: Final = 40  # characters of a paragraph that a footer's words do not make a footer
_PART: Final = 20  # masses are counted in twentieths of a character, so that sums are exact
_SHORT_LINE: Final = 7  # twentieths that a character counts where nothing says that it is part of running text
_LABEL_MAX: Final = 8  # characters of a label in a grid
# What labels count; no part of a full line counts as much.
_LABELS: Final = frozenset(length * _SHORT_LINE for length in range(1, _LABEL_MAX + 1))
_GRID_MIN: Final = 25  # labels one after the other that make a grid; sister sites of one city are some thirty
_FOOT_MAX: Final = 500  # characters a footer has at most
_FOOT_CLIMB: Final = 10
_HEAD: Final = 2  # what begins in the first quarter of the runs holds more than a footer


class Masses:
    """Per element, over its subtree without frame parts: running text, link text, dates, prose.

    A subtree's runs follow each other, so that each mass is the difference of two sums over the runs before.
    """

    def __init__(self, page: Outline) -> None:
        self._page = page
        self._frames = list(_outermost(page))
        self._framed = bytearray(len(page.texts))  # 1 for each run in a frame
        self.foot = len(page.texts)  # the first run of the footer that its own words give away
        for number in self._frames:
            self._cover(number)
        feet = _with_foot(page)
        self._mark_foot(feet)
        if not self._enough():
            self._frames.clear()
            self._framed = bytearray(len(page.texts))
        self._running, self._linked, self._dated, self._prose = self._sums(feet)

    def running(self, number: int) -> float:
        """Characters of running text; such as stand alone in short lines count a third."""
        return self._between(self._running, number) / _PART

    def linked(self, number: int) -> int:
        """Characters of the texts of links, without the shortest."""
        return self._between(self._linked, number)

    def dated(self, number: int) -> int:
        """How many dates stand by themselves."""
        return self._between(self._dated, number)

    def prose(self, number: int) -> int:
        """Characters of runs that hold a sentence's stop."""
        return self._between(self._prose, number)

    def blocks(self, number: int) -> int:
        """How many children are no parts of a line."""
        sorts = self._page.sorts
        return sum(sorts[child].tag not in INLINE_TAGS for child in self._page.children(number))

    def in_frame(self, number: int) -> bool:
        """Whether an element is, or stands in, a part of the frame."""
        return any(self._page.inside(number, frame) for frame in self._frames)

    def framed(self, run: int) -> bool:
        """Whether a run stands in a part of the frame."""
        return bool(self._framed[run])

    def _between(self, sums: list[int], number: int) -> int:
        return sums[self._page.last_run[number]] - sums[self._page.first_run[number]]

    def _cover(self, number: int) -> None:
        first, last = self._page.first_run[number], self._page.last_run[number]
        self._framed[first:last] = b"\1" * (last - first)

    def _mark_foot(self, feet: frozenset[int]) -> None:
        """The block around a footer's own words is frame, whatever the template calls it."""
        page = self._page
        half = len(page.texts) // 2
        for run in sorted(feet):
            text = page.texts[run]
            if run < half or len(text) > _FOOT_MAX or self._framed[run] or not _SURE_FOOT.search(text):
                continue
            block = page.owners[run]
            for _ in range(_FOOT_CLIMB):
                above = page.parents[block]
                if above <= 0 or page.length_of(above) > _FOOT_MAX or page.first_run[above] * _HEAD < half:
                    break
                if self._has_sentence(above):
                    break
                block = above
            if page.length_of(block) <= _FOOT_MAX:
                self._frames.append(block)
                self._cover(block)
                self.foot = min(self.foot, page.first_run[block])

    def _has_sentence(self, number: int) -> bool:
        """Whether an element holds a paragraph that is no footer's."""
        page = self._page
        return any(map(_is_sentence, page.texts[page.first_run[number] : page.last_run[number]]))

    def _enough(self) -> bool:
        """Whether what is left beside the frame is a page at all; where it is not, the names have misled us."""
        texts, links, framed = self._page.texts, self._page.links, self._framed
        inside = sum(
            len(texts[run])
            for run in compress(range(len(texts)), framed)
            if links[run] < 0 and STOPPED.search(texts[run])
        )
        if not inside:
            return True
        outside = 0
        for text, link, frame in zip(texts, links, framed, strict=True):
            if link < 0 and not frame:
                outside += len(text)
                if outside * 3 >= inside:
                    return True
        return False

    def _sums(self, feet: frozenset[int]) -> tuple[list[int], list[int], list[int], list[int]]:
        page = self._page
        size = len(page.texts)
        running, linked, dated, prose = [0] * size, [0] * size, [0] * size, [0] * size
        line_text: Counter[int] = Counter()
        for run, (text, link, framed) in enumerate(zip(page.texts, page.links, self._framed, strict=True)):
            if framed:
                continue
            length = len(text)
            if link >= 0:
                if length >= _LINK_MIN:
                    linked[run] = length
            elif length <= _DAY_MAX and not text.isalpha() and _DAY.match(text):
                dated[run] = 1
            elif length >= _FOOT_LINE or run not in feet or _is_sentence(text):
                if length < _FULL_LINE and not line_text:
                    line_text.update(_line_texts(page))
                full = (
                    length >= _FULL_LINE
                    or line_text[page.lines[run]] >= _FULL_LINE
                    or (not text.isalpha() and _PUNCTUATION.search(text))
                )
                running[run] = length * (_PART if full else _SHORT_LINE)
                if length >= _PROSE_MIN and STOPPED.search(text):
                    prose[run] = length
        _lighten(running, page.rows)
        sums = (list(accumulate(column, initial=0)) for column in (running, linked, dated, prose))
        return next(sums), next(sums), next(sums), next(sums)


def _is_sentence(text: str) -> bool:
    """Whether a run is a paragraph though it may hold a footer's words: an address, a telephone number."""
    return len(text) >= _SENTENCE_MIN and "。" in text and not _SURE_FOOT.search(text)


def _lighten(running: list[int], rows: Sequence[int]) -> None:
    """Grids of labels (names of sister sites to be clicked at) count as one line of them, outside of tables."""
    labels = list(compress(count(), map(_LABELS.__contains__, running)))
    if len(labels) < _GRID_MIN:
        return
    for _, group in groupby(enumerate(labels), key=lambda pair: pair[1] - pair[0]):
        grid = [run for _, run in group if rows[run] < 0]
        if len(grid) >= _GRID_MIN:
            for place, run in enumerate(grid):
                running[run] = 1 if place < _GRID_MIN else 0


def _line_texts(page: Outline) -> dict[int, int]:
    """Characters outside of links by line."""
    found: dict[int, int] = {}
    for text, line, link in zip(page.texts, page.lines, page.links, strict=True):
        if link < 0:
            found[line] = found.get(line, 0) + len(text)
    return found


def _outermost(page: Outline) -> Iterator[int]:
    """The elements whose names say frame and that stand in no other such element."""
    end = -1
    for number in page.named:
        if number > end and page.sorts[number].frame:
            end = page.last[number]
            yield number


def _with_foot(page: Outline) -> frozenset[int]:
    """Runs that hold a footer's words."""
    whole, starts = page.whole, page.starts
    found: set[int] = set()
    signs = chain.from_iterable(signs for character, signs in _FOOT_SIGNS.items() if character in whole)
    for sign, shift in signs:
        place = whole.find(sign)
        while place >= 0:
            run = bisect_right(starts, place) - 1
            if _FOOT.match(whole, max(starts[run], place - shift), starts[run + 1] - 1):
                found.add(run)
                place = whole.find(sign, starts[run + 1])
            else:
                place = whole.find(sign, place + 1)
    return frozenset(found)
