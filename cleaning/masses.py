"""How much running text, link text and dates each element of a page holds, its frame left out."""

import re
from typing import Final

from cleaning.outline import INLINE_TAGS, Outline
from cleaning.zones import is_frame

STOPPED: Final = re.compile(r"[，。；！？]")
_PUNCTUATION: Final = re.compile(r"[，。；：！？、,;!?]")
_DAY: Final = re.compile(
    r"^\W{0,3}(?:\d{4}\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\W{0,3}(?:\d{1,2}:\d{2}(?::\d{2})?\W{0,2})?$",
)
_FOOT: Final = re.compile(
    r"版权所有|主办单位|承办单位|网站标识码|ICP备|公网安备|copyright|技术支持|建议使用.{0,12}分辨率|站点地图|网站地图|联系我们|您是第|邮\s*编\s*[:：]|地址\s*[:：]|联系电话\s*[:：]|电子邮箱\s*[:：]|网站设计",
    re.IGNORECASE,
)
_SURE_FOOT: Final = re.compile(
    r"版权所有|主办单位\s*[:：]|网站标识码|[A-Z]?ICP备|公网安备|copyright\s*(?:©|\d)", re.IGNORECASE
)
_FOOT_MAX: Final = 500  # characters a footer has at most
_FOOT_CLIMB: Final = 10


class Masses:
    """Per element, over its subtree without frame parts: running text, link text, items and dates."""

    def __init__(self, page: Outline) -> None:
        size = len(page.tags)
        self.running = [0.0] * size
        self.linked = [0.0] * size
        self.dated = [0] * size
        self.frame = [False] * size
        self.blocks = [0] * size  # block children
        self.prose = [0] * size  # characters of runs that hold a sentence's stop
        for number in range(size):
            parent = page.parents[number]
            self.frame[number] = (parent >= 0 and self.frame[parent]) or is_frame(page.tags[number], page.names[number])
            if parent >= 0 and page.tags[number] not in INLINE_TAGS:
                self.blocks[parent] += 1
        if size:
            self._mark_foot(page)
        if size and not self._enough(page):
            self.frame = [False] * size
        self._fill(page)

    def _mark_foot(self, page: Outline) -> None:
        """The block around a footer's own words is frame, whatever the template calls it."""
        before = page.before
        for run in page.runs[len(page.runs) // 2 :]:
            if len(run.text) > _FOOT_MAX or self.frame[run.owner] or not _SURE_FOOT.search(run.text):
                continue
            block = run.owner
            for _ in range(_FOOT_CLIMB):
                above = page.parents[block]
                if above <= 0 or before[page.last_run[above]] - before[page.first_run[above]] > _FOOT_MAX:
                    break
                block = above
            if before[page.last_run[block]] - before[page.first_run[block]] <= _FOOT_MAX:
                self.frame[block : page.last[block] + 1] = [True] * (page.last[block] + 1 - block)

    def _enough(self, page: Outline) -> bool:
        """Whether what is left beside the frame is a page at all; where it is not, the names have misled us."""
        outside = sum(len(run.text) for run in page.runs if not self.frame[run.owner] and run.link < 0)
        inside = sum(
            len(run.text) for run in page.runs if self.frame[run.owner] and run.link < 0 and STOPPED.search(run.text)
        )
        return outside * 3 >= inside

    def _fill(self, page: Outline) -> None:
        line_text: dict[int, int] = {}
        for run in page.runs:
            if run.link < 0:
                line_text[run.line] = line_text.get(run.line, 0) + len(run.text)
        for run in page.runs:
            if self.frame[run.owner]:
                continue
            length = len(run.text)
            if run.link >= 0:
                self.linked[run.owner] += length if length >= 7 else 0
            elif length <= 26 and _DAY.match(run.text):
                self.dated[run.owner] += 1
            elif length >= 200 or not _FOOT.search(run.text):
                full = line_text[run.line] >= 24 or bool(_PUNCTUATION.search(run.text))
                self.running[run.owner] += length if full else 0.35 * length
                self.prose[run.owner] += length if length >= 20 and STOPPED.search(run.text) else 0
        for number in range(len(page.tags) - 1, 0, -1):
            parent = page.parents[number]
            if parent >= 0:
                self.running[parent] += self.running[number]
                self.prose[parent] += self.prose[number]
                self.linked[parent] += self.linked[number]
                self.dated[parent] += self.dated[number]
