"""Which links of one depth go first: relevance told from a link alone, in three ranks (promise F8).  Pure.

A rank orders a host's queue within one depth and decides nothing else: all of a depth is granted before the next begins,
so no rank starves, and any order gives the same pages at the same depths.  It pays when a round is stopped early.

Columns are those the State Council's guide to government websites (政府网站发展指引, 2017) asks of every site, as people
write them and as sites spell them in paths: open government, services, interaction.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick

from cleaning.page import LinkKind

FIRST: Final = 0
ORDINARY: Final = 1
LAST: Final = 2

OLD_YEARS: Final = 5  # dated so many years back or more: the archives of a column, not what it says today
REMEMBERED: Final = 20_000  # addresses whose rank is kept: a site's menus stand on every page

_COLUMN_WORDS: Final = (
    "办事", "服务", "指南", "事项", "审批", "许可", "办理", "预约", "查询", "下载", "公开", "目录", "清单", "政策", "解读",
    "规划", "预算", "决算", "统计", "应急", "机构", "职能", "互动", "信箱", "咨询", "投诉", "举报", "留言", "信访", "征集",
    "调查", "访谈", "问答", "更多", "下一页", "下页", "尾页", "列表",
)  # fmt: skip
_LOW_WORDS: Final = ("打印", "图集", "组图", "相册", "视频")
_COLUMN_NAMES: Final = frozenset(
    {
        "bsfw", "bszn", "bsdt", "wsbs", "zwfw", "zxfw", "bmfw", "ggfw", "fwzn", "xzsp", "xzxk", "xxgk", "zfxxgk",
        "zwgk", "gkml", "gkzn", "qlqd", "qzqd", "zrqd", "zcfg", "zcwj", "zcjd", "czyjs", "jgzn", "jgsz", "hdjl", "zmhd",
        "ldxx", "zxft", "myzj", "wsdc", "tsjb", "guide", "service", "services",
    }
)  # fmt: skip
_LOW_NAMES: Final = frozenset(
    {
        "print", "printpage", "prn", "dayin", "tpxw", "tpkx", "tupian", "photo", "photos", "pic", "pics", "picture",
        "pictures", "gallery", "album", "shipin", "spxw", "video", "videos",
    }
)  # fmt: skip
_BETWEEN: Final = re.compile(r"[/_.?&=-]+")
_LIST_NAME: Final = re.compile(r"(?:index|list|more)(?:_\d+)?(?:[.?]|$)")
_WORDS: Final = AhoCorasick([*_LOW_WORDS, *_COLUMN_WORDS])
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=[/_-]|(?:0[1-9]|1[0-2])(?:[/_-]|[0-3]\d(?!\d)))")


def rank_of(key: str, text: str, kind: LinkKind, year: int) -> int:
    """0 first, 1 ordinary, 2 last, of a link's canonical URL, its anchor text and kind, in a given year (0: not known).

    Last: print views, pictures and videos, by path or text; and what its path dates `OLD_YEARS` back.  First, of the
    rest: pagers and lists carried by scripts, list pages by their name, and service columns by path or text.
    """
    by_key = _by_key(key, year)
    found = [] if by_key == LAST else _WORDS.find_matches_as_indexes(text)
    if by_key == LAST or (found and any(index < len(_LOW_WORDS) for index, _, _ in found)):
        return LAST
    return FIRST if found or kind is LinkKind.PAGER or kind is LinkKind.SCRIPT else by_key


@lru_cache(maxsize=REMEMBERED)
def _by_key(key: str, year: int) -> int:
    path = key.partition("://")[2].partition("/")[2].lower()
    names = _BETWEEN.split(path)
    if not _LOW_NAMES.isdisjoint(names):
        return LAST
    dated = _YEAR.search(path)
    if dated is not None and int(dated[1]) <= year - OLD_YEARS:
        return LAST
    page = path.partition("?")[0].rpartition("/")[2]
    return FIRST if not _COLUMN_NAMES.isdisjoint(names) or _LIST_NAME.match(page) else ORDINARY
