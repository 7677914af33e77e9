"""An article's masthead: its title, and below it the line that says when and by whom it was published.

Masses find long texts wherever they stand, but a notice of one sentence, two attachments or a film weighs less than the
lists of news beside it.  What tells such a page for an article is its masthead, and what stands below that is its text.
Lists print days too: a masthead is one line with a day, rarely a second, with the page's title right above.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from cleaning.headings import agrees, flat, head_parts, heading_text, in_frame, is_no_title, site_part
from cleaning.layout import Layout
from cleaning.masses import STOPPED, Masses
from cleaning.outline import Outline
from cleaning.sieves import Sieve
from cleaning.trimming import begins_text, is_aside, is_info

# A digit may stand before it: to look behind at each place would double the time.
_YEAR: Final = re.compile(r"(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?!\d)")
# What says that the day beside it is one of publishing.
_SAID: Final = Sieve(
    re.compile(
        r"发布于|(?:发布|公开|公布|发文|发表|更新|录入|信息|添加|上传)(?:时\s*间|日\s*期)|(?<![\u4e00-\u9fff])(?:时\s*间|日\s*期)\s*[:：]|来\s*源|作\s*者|浏览|阅读|点击|访问|字\s*[体号]|发布(?:单位|机构|人|者)"
    ),
    ("布", "时", "日", "源", "作", "览", "读", "击", "访", "字"),
)
_TODAY: Final = re.compile(r"今天|今日|现在是")
_DAY_ALONE: Final = re.compile(r"^\W*(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?[\s\d:]*\W*$")
_LONE: Final = 2  # days in lines of their own, above which they are a list's
_SEARCHED_NAMED: Final = 300  # named elements among which a heading is looked for
# Who published it, in a line of its own.
_BODY_NAME: Final = re.compile(
    r"^\W{0,3}[\u4e00-\u9fff、]{1,24}(?:局|委|办|办公室|厅|院|中心|委员会|政府|报|社|网|站|处|科|所|会|部|公司)\W{0,3}$"
)
_INFO_MAX: Final = 200  # characters of an info line
_WEAK_MAX: Final = 48  # characters beside the day of an info line that says nothing of itself
_MANY: Final = 3  # such lines that make a list of entries
_SEARCHED: Final = 60  # lines with a day that are looked at
_ABOVE: Final = 6  # lines above the info line among which the title stands
_SHORTEST, _LONGEST = 4, 120  # characters of a title
_ENTRY: Final = 5  # characters of a link that is an entry of a list
_DAY_MAX: Final = 14  # characters of a day that stands alone, in brackets
_MARK: Final = 1  # characters of a bullet
_BELOW: Final = 8  # characters below the info line that make a text
_TEXT: Final = 30.0  # running text below a heading that makes a text without a sentence
_CLIMB: Final = 12  # elements from the info line up to the one that holds the text


@dataclass(frozen=True, slots=True)
class Masthead:
    """`title`: the line above; `sure`: the head title or a heading element says so too; `root`: what holds the text below, -1 where there is none."""

    title: str
    info: str
    sure: bool
    root: int


def masthead(
    page: Outline, layout: Layout, masses: Masses, site_title: str, meta: Mapping[str, str]
) -> tuple[Masthead | None, int]:
    """The page's masthead, and where there is none, how many info lines there are (entries of a list have one each)."""
    lines, many = _info_lines(page, layout, masses)
    known = head_parts(meta.get("articletitle", "") or site_title)
    lone = sum(not said for _, said in lines) <= _LONE
    for line, said in lines:
        above = _title_above(page, layout, line, known, meta.get("sitename", ""))
        if above is None:
            continue
        title, sure = above
        info = layout.texts[line]
        if said or sure or (lone and not known and _DAY_ALONE.match(info)):
            return Masthead(title, info, sure, _holder(page, layout, line)), 0
    return _heading_alone(page, layout, masses, known, site_part(site_title)), many


def _heading_alone(page: Outline, layout: Layout, masses: Masses, known: tuple[str, ...], site: str) -> Masthead | None:
    """A heading that the head title confirms, without an info line, with a sentence right below it; not the site's name."""
    for number in islice(page.named, _SEARCHED_NAMED):
        run = page.first_run[number]
        if not page.sorts[number].level or run >= page.last_run[number] or masses.framed(run) or page.links[run] >= 0:
            continue
        text = heading_text(page, number)
        if not _SHORTEST <= len(text) <= _LONGEST or text == site or not agrees(text, known):
            continue
        line = bisect_right(layout.starts, run) - 1
        root = _holder(page, layout, line)
        if root >= 0 and (_has_sentence(page, masses, root) or masses.running(root) > max(_TEXT, masses.linked(root))):
            return Masthead(text, "", True, root)
    return None


def _has_sentence(page: Outline, masses: Masses, root: int) -> bool:
    """Whether an element holds a sentence that is no link, outside of the frame."""
    texts, links = page.texts, page.links
    return any(
        links[run] < 0 and len(texts[run]) >= _BELOW and STOPPED.search(texts[run]) and not masses.framed(run)
        for run in range(page.first_run[root], page.last_run[root])
    )


def _info_lines(page: Outline, layout: Layout, masses: Masses) -> tuple[list[tuple[int, bool]], int]:
    """Lines with a day that may be info lines, with whether their words say so, and how many say so.

    There are none where `_MANY` of them do.
    """
    found: list[tuple[int, bool]] = []
    said = 0
    last = -1
    for day in islice(_YEAR.finditer(page.whole), _SEARCHED):
        run = bisect_right(page.starts, day.start()) - 1
        line = bisect_right(layout.starts, run) - 1
        if line == last or page.links[run] >= 0 or (masses.framed(run) and in_frame(page, page.owners[run])):
            continue
        last = line
        if _dates_entry(page, layout, line, run):
            continue
        text = layout.texts[line]
        if len(text) > _INFO_MAX or _TODAY.search(text) or "。" in text or begins_text(text):
            continue
        if _SAID.search(text) or is_info(text):
            said += 1
            found.append((line, True))
        elif len(text) <= _WEAK_MAX and not STOPPED.search(text) and not _is_entry(page, layout, line):
            found.append((line, False))
    return found if said < _MANY else [], said


def _dates_entry(page: Outline, layout: Layout, line: int, day: int) -> bool:
    """Whether a line is an entry of a list and its day: nothing else stands beside the link that could say of what day."""
    if len(page.texts[day]) > _DAY_MAX:
        return False
    entry = False
    for run in layout.runs(line):
        if page.links[run] >= 0:
            entry = entry or len(page.texts[run]) >= _ENTRY
        elif run != day and len(page.texts[run]) > _MARK:
            return False
    return entry


def _is_entry(page: Outline, layout: Layout, line: int) -> bool:
    """Whether the day of a line stands beside a link, as in a list."""
    return any(page.links[run] >= 0 and len(page.texts[run]) >= _ENTRY for run in layout.runs(line))


def _title_above(
    page: Outline, layout: Layout, line: int, known: tuple[str, ...], site: str
) -> tuple[str, bool] | None:
    """The title above an info line, and whether head title or markup confirm it."""
    plain: str | None = None
    for number in range(line - 1, max(-1, line - 1 - _ABOVE), -1):
        text, run = layout.texts[number], layout.starts[number]
        if is_aside(text) or is_info(text):
            continue
        if not _may_be_title(text, site):
            if plain is None and len(text) > _LONGEST:
                return None
            continue
        whole = _whole(layout, number, known)
        if whole != text or agrees(text, known):
            return whole, True
        if page.links[run] >= 0:
            break
        if _headed(page, run):
            return text, True
        plain = plain or text
    return (plain, False) if plain else None


def _may_be_title(text: str, site: str) -> bool:
    return _SHORTEST <= len(text) <= _LONGEST and not is_no_title(text) and text != site and not text.endswith("。")


def _whole(layout: Layout, number: int, known: tuple[str, ...]) -> str:
    """A title that is broken into two or three lines, the last of which is `number`, as the head title has it."""
    whole = text = layout.texts[number]
    for above in range(number - 1, max(-1, number - 3), -1):
        text = layout.texts[above] + text
        letters = flat(text)
        if len(letters) > _LONGEST or not any(letters in part for part in known):
            break
        whole = text
    return whole


def _headed(page: Outline, run: int) -> bool:
    """Whether a heading, or what the template names as a title, holds the run."""
    number = page.owners[run]
    for _ in range(3):
        if number < 0:
            return False
        if page.sorts[number].level:
            return True
        number = page.parents[number]
    return False


def _holder(page: Outline, layout: Layout, line: int) -> int:
    """The smallest element around an info line that holds text below it; -1 without one."""
    runs = layout.runs(line)
    number = page.owners[runs.start]
    for _ in range(_CLIMB):
        if number < 0:
            return -1
        last = page.last_run[number]
        if last > runs.stop and _says_enough(layout, line + 1, bisect_right(layout.starts, last - 1)):
            return number
        number = page.parents[number]
    return -1


def _says_enough(layout: Layout, first: int, last: int) -> bool:
    said = 0
    for number in range(first, last):
        text = layout.texts[number]
        if not is_aside(text) and not is_info(text) and not _BODY_NAME.match(text):
            said += len(text)
            if said >= _BELOW:
                return True
    return False
