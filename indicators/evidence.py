"""The pivot record of this room: evidence for one point found on one page."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from indicators.measurement import Measurement


class Strength(StrEnum):
    """`content`: the page is the thing; `chrome`: only its header, footer or navigation shows an entry."""

    CONTENT = "content"
    CHROME = "chrome"


_NOTHING: Final = Measurement()


@dataclass(frozen=True, slots=True)
class Tag:
    """One point evidenced by one page.  `snippet` (at most 120 characters) stands in the page as it is."""

    code: str  # e.g. 1.1.2-M01
    strength: Strength
    confidence: float  # 0..1
    snippet: str
    zone: str  # title | column | text | table | list | link | form | url | chrome | meta
    measured: Measurement = _NOTHING  # what the page gives in numbers (indicators.measures)


@dataclass(frozen=True, slots=True)
class Tagged:
    """What is stored of a page for its units' values."""

    tags: tuple[Tag, ...]
    facts: int  # bits of indicators.page_facts.PageFact
