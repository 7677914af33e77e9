"""Chance that repeats: every draw is a function of the seed and of what it is drawn for."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def number(*parts: object) -> int:
    """A 64-bit number for these parts, the same in every process."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def dice(*parts: object) -> random.Random:
    """A generator of its own for these parts."""
    return random.Random(number(*parts))


def pick(items: Sequence[T], *parts: object) -> T:
    """One of the items for these parts."""
    return items[number(*parts) % len(items)]


def token(length: int, *parts: object) -> str:
    """A string of hexadecimal digits, at most 16, for these parts."""
    return f"{number(*parts):016x}"[:length]
