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

from cleaning.page import LinkKind

FIRST: Final = 0
ORDINARY: Final = 1
LAST: Final = 2

OLD_YEARS: Final = 5  # dated so many years back or more: the archives of a column, not what it says today
REMEMBERED: Final = 20_000  # links whose rank is kept: a site's menus stand on every page

_COLUMN_TEXT: Final = re.compile(
    r"办事|服务|指南|事项|审批|许可|办理|预约|查询|下载|公开|目录|清单|政策|解读|规划|预算|决算|统计|应急|机构|职能"
    r"|互动|信箱|咨询|投诉|举报|留言|信访|征集|调查|访谈|问答|更多|下一页|下页|尾页|列表"
)
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
_LOW_TEXT: Final = re.compile(r"打印|图集|组图|相册|视频")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=[/_-]|(?:0[1-9]|1[0-2])(?:[/_-]|[0-3]\d(?!\d)))")


@lru_cache(maxsize=REMEMBERED)
def rank_of(key: str, text: str, kind: LinkKind, year: int) -> int:
    """0 first, 1 ordinary, 2 last, of a link's canonical URL, its anchor text and kind, in a given year (0: not known).

    Last: print views, pictures and videos, by path or text; and what its path dates `OLD_YEARS` back.  First, of the
    rest: pagers and lists carried by scripts, list pages by their name, and service columns by path or text.
    """
    path = key.partition("://")[2].partition("/")[2].lower()
    names = _BETWEEN.split(path)
    if not _LOW_NAMES.isdisjoint(names) or _LOW_TEXT.search(text):
        return LAST
    dated = _YEAR.search(path)
    if dated is not None and int(dated[1]) <= year - OLD_YEARS:
        return LAST
    if kind is LinkKind.PAGER or kind is LinkKind.SCRIPT or not _COLUMN_NAMES.isdisjoint(names):
        return FIRST
    page = path.partition("?")[0].rpartition("/")[2]
    return FIRST if _LIST_NAME.match(page) or _COLUMN_TEXT.search(text) else ORDINARY
