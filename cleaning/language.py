"""The language a text is mostly written in, by its characters."""

from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

SAMPLE: Final = 20_000  # characters looked at
ENOUGH: Final = 8  # letters below which there is no language to tell
HAN: Final = (range(0x3400, 0xA000), range(0xF900, 0xFB00))
LATIN: Final = (range(ord("A"), ord("Z") + 1), range(ord("a"), ord("z") + 1))
OTHER: Final = (range(0xC0, 0x250), range(0x370, 0x2000))
KANA_OR_HANGUL: Final = (range(0x3040, 0x3100), range(0xAC00, 0xD7A4))
# Pairs that differ between the two scripts and are common in office texts.
SIMPLIFIED: Final = frozenset(
    "国个来时们会说为对过发还这种后应开关实现点产业学务无问题体当经动从将总统领导与处办页网县区门电话书场东车长风"
)
TRADITIONAL: Final = (
    frozenset(
        "國個來時們會說為對過發還這種後應開關實現點產業學務無問題體當經動從將總統領導與處辦頁網縣區門電話書場東車長風"
    )
    - SIMPLIFIED
)

_HAN, _LATIN, _OTHER, _KANA, _OLD, _NEW = range(1, 7)


def _classes() -> NDArray[np.uint8]:
    """The class of each unit of UTF-16; halves of characters beyond the basic plane have none."""
    table = np.zeros(0x10000, dtype=np.uint8)
    for number, ranges in ((_HAN, HAN), (_LATIN, LATIN), (_OTHER, OTHER), (_KANA, KANA_OR_HANGUL)):
        table[list(chain.from_iterable(ranges))] = number
    table[[ord(c) for c in TRADITIONAL]] = _OLD
    table[[ord(c) for c in SIMPLIFIED]] = _NEW
    return table


_CLASS: Final = _classes()


def language_of(text: str) -> str:
    """zh, zh-hant, en, other, or none where there is hardly any text.  Han letters weigh three Latin ones."""
    units = np.frombuffer(text[:SAMPLE].encode("utf-16-le", "surrogatepass"), dtype="<u2")
    count = np.bincount(_CLASS.take(units), minlength=_NEW + 1).tolist()
    old, new, kana = count[_OLD], count[_NEW], count[_KANA]
    han, latin, other = count[_HAN] + old + new, count[_LATIN], count[_OTHER] + kana
    if han * 2 + latin + other < ENOUGH:
        return "none"
    if other > max(latin, han * 3) or kana > han * 0.3 + 5:
        return "other"
    if han * 3 < latin:
        return "en"
    return "zh-hant" if old > new else "zh"
