"""The language a text is mostly written in, by its characters."""

import re
from typing import Final

SAMPLE: Final = 20_000  # characters looked at
ENOUGH: Final = 8  # letters below which there is no language to tell
HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
LATIN: Final = re.compile("[A-Za-z]")
OTHER: Final = re.compile("[\u00c0-\u024f\u0370-\u1fff\u3040-\u30ff\uac00-\ud7a3]")
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


def language_of(text: str) -> str:
    """zh, zh-hant, en, other, or none where there is hardly any text.  Han letters weigh three Latin ones."""
    sample = text[:SAMPLE]
    han, latin, other = len(HAN.findall(sample)), len(LATIN.findall(sample)), len(OTHER.findall(sample))
    if han * 2 + latin + other < ENOUGH:
        return "none"
    if other > max(latin, han * 3) or len(re.findall("[\u3040-\u30ff\uac00-\ud7a3]", sample)) > han * 0.3 + 5:
        return "other"
    if han * 3 < latin:
        return "en"
    old = sum(1 for c in sample if c in TRADITIONAL)
    new = sum(1 for c in sample if c in SIMPLIFIED - TRADITIONAL)
    return "zh-hant" if old > new else "zh"
