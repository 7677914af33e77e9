"""What is folded into values: one ended URL with what its page evidences.  Pure records."""

import hashlib
from dataclasses import dataclass, field

from indicators.measurement import Measurement


def identity(text: str) -> int:
    """63 bits of a key: small enough for MongoDB's integers, and two of a million keys meet with chance 1 in 18 million."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) >> 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """One tag of a page."""

    code: str
    content: bool  # the page is the thing; else its frame only shows an entry
    confidence: float
    measured: Measurement = field(default_factory=Measurement)


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """One URL of a unit: a stored page that is not harmful, one that could not be had (`dead`) or was refused to us.

    `copy_of` is the key of the page it copies within the unit, its own where it copies none.
    """

    key: str
    copy_of: str
    host: str  # canonical: without `www.`
    depth: int
    page_type: str = "other"
    facts: int = 0
    file: bool = False  # an attachment
    readable: bool = True  # of an attachment: its bytes are what they say
    dead: bool = False
    refused: bool = False
    evidence: tuple[Evidence, ...] = ()
