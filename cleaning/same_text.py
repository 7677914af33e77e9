"""Whether two texts are one text in two frames: sentence by sentence the same, but for a few at the edges.

Fingerprints cannot tell a copy from a page with one other name in it (docs/cleaning.md, "The threshold"), and a page
taken for a copy takes its evidence from a city.  So the few pairs that fingerprints propose are read: what stands inside
must agree letter by letter; at either end one text may have sentences the other lacks (转载说明, the title once more), or
both may have their own frame lines (来源, 编辑, 浏览次数).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cleaning.compatible import nfkc

EDGE: Final = 3  # sentences at either end that may be the frame's
MAX_SHARE: Final = 0.1  # of the longer text's letters that may stand in such sentences,
MIN_SPARE: Final = 60  # and letters that always may: a note of the copying site is one sentence
_ENDS: Final = re.compile(r"[。！？；!?;\n]+")
_LABEL: Final = re.compile(
    r"\W*(?:(?:信息|文章|稿件|内容)?(?:来源|作者|编辑|责编|责任编辑|审核|校对|发布|录入|供稿|记者|浏览|点击|阅读|访问|字号|字体)\w{0,4}\s*:"
    r"|(?:打印|打印版|分享|转自|转载|关闭窗口|返回顶部))"
)
_MAX_LABELLED: Final = 60  # letters; a longer sentence that begins like a label is the text's own


@dataclass(frozen=True, slots=True)
class _Sentence:
    letters: str  # and digits, lower case
    framing: bool = field(compare=False)


def same_but_edges(one: str, other: str) -> bool:
    """Whether the texts agree in every sentence but frame sentences at their ends.  Symmetric; blanks, marks and width ignored."""
    first, second = _sentences(one), _sentences(other)
    longer = max(_letters(first), _letters(second))
    return any(
        _frames(first[:i], second[:j]) and _rest_agrees(first, second, i, j, max(MIN_SPARE, MAX_SHARE * longer))
        for i in range(min(EDGE, len(first)) + 1)
        for j in range(min(EDGE, len(second)) + 1)
    )


def _sentences(text: str) -> list[_Sentence]:
    """The sentences that have letters or digits."""
    raw = _ENDS.split(nfkc(text).lower())
    parts = ((part, "".join(filter(str.isalnum, part))) for part in raw)
    return [
        _Sentence(letters, len(letters) <= _MAX_LABELLED and bool(_LABEL.match(part)))
        for part, letters in parts
        if letters
    ]


def _frames(one: Sequence[_Sentence], other: Sequence[_Sentence]) -> bool:
    """Whether what two texts have of their own at one end is frame: only one of them has it, or all of it is labelled."""
    return not one or not other or all(line.framing for line in (*one, *other))


def _rest_agrees(first: Sequence[_Sentence], second: Sequence[_Sentence], i: int, j: int, spare: float) -> bool:
    """Whether the texts agree from sentences i and j on, to a frame at their ends, with at most `spare` letters left out."""
    run = 0
    while i + run < len(first) and j + run < len(second) and first[i + run] == second[j + run]:
        run += 1
    tails = first[i + run :], second[j + run :]
    left_out = (*first[:i], *second[:j], *tails[0], *tails[1])
    return run > 0 and max(map(len, tails)) <= EDGE and _frames(*tails) and _letters(left_out) <= spare


def _letters(sentences: Sequence[_Sentence]) -> int:
    return sum(len(sentence.letters) for sentence in sentences)
