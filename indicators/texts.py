"""The texts of a point that have a form: its unit, and the clues of `evidence` and `exclusions`.

Clues stand apart by `;`, what is the same for a clue apart by `|`.  `、` joins what belongs together within one alternative
of an exclusion, and within parentheses; in evidence it would leave open whether one or all must be found.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

UNITS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "有无": frozenset({"有/无"}),
        "数据集合度": frozenset({"%"}),
        "比率": frozenset({"%"}),
        "时效": frozenset({"天"}),
        "时长": frozenset({"工作日", "天", "小时", "秒"}),
        "数据量": frozenset({"条", "项", "个", "期", "篇", "次", "次/条", "环节", "分"}),
    }
)
"""What each measure may be counted in."""

# Where a clue is to be looked for, written before its first alternative and a blank: "栏目 政策文件|政府文件", "URL含 gkml".
_PLACED: Final = re.compile(
    r"(?P<place>(?:标题|栏目|标题或栏目|标题或栏目名|表头|表头或字段名|字段|字段名|事项名|链接|按钮|按钮或链接|文字|文字或alt|页面|正文|目标页|同页|列表|"
    r"URL|域名|专栏URL|meta)(?:含|命中|有)?) (?P<rest>\S.*)"
)
_LOOSE: Final = "；｜\n\t"
_IN_PARENTHESES: Final = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Clue:
    """One clue: where to look (empty where the words say it themselves), and what would show it."""

    place: str
    alternatives: tuple[str, ...]


def clues(text: str) -> tuple[Clue, ...]:
    """The clues of a text whose :func:`fault` is empty."""
    return tuple(_clue(part.strip()) for part in text.split(";"))


def fault(text: str, *, evidence: bool) -> str:
    """What is wrong with the form of `text`, or an empty string."""
    strange = sorted({mark for mark in text if mark in _LOOSE})
    if strange:
        return f"holds {', '.join(map(repr, strange))}; clues stand apart by ; and alternatives by |"
    for clue in clues(text):
        if not all(clue.alternatives):
            return f"has an empty alternative in {'|'.join(clue.alternatives)!r}"
    bare = _IN_PARENTHESES.sub("", text)
    if evidence and "、" in bare:
        return "joins alternatives by 、, which leaves open whether one or all must be found; write | or ;"
    return ""


def _clue(part: str) -> Clue:
    placed = _PLACED.fullmatch(part)
    place, words = (placed["place"], placed["rest"]) if placed else ("", part)
    return Clue(place, tuple(word.strip() for word in words.split("|")))
