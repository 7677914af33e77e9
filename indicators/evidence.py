"""The pivot record of this room: evidence for one point found on one page."""

from dataclasses import dataclass, field
from enum import StrEnum

from indicators.measurement import Measurement


class Strength(StrEnum):
    """`content`: the page is the thing; `chrome`: only its header, footer or navigation shows an entry."""

    CONTENT = "content"
    CHROME = "chrome"


@dataclass(frozen=True, slots=True)
class Tag:
    """One point evidenced by one page.  `snippet` (at most 120 characters) stands in the page as it is."""

    code: str  # e.g. 1.1.2-M01
    strength: Strength
    confidence: float  # 0..1
    snippet: str
    zone: str  # title | column | text | table | list | link | form | url | chrome | meta
    measured: Measurement = field(default_factory=Measurement)  # what the page gives in numbers (indicators.measures)
