"""Answers kept for the next page of the same site, whose menus, scripts and footers repeat on every page.

Only pure functions are wrapped, so that a result never depends on what was met before.  What is longer than a site's own
parts usually are is worked out each time: a hostile page cannot fill the memory with its texts.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

Told = TypeVar("Told")


def remembered(entries: int, longest: int) -> Callable[[Callable[[str], Told]], Callable[[str], Told]]:
    """Keep the answers for the last `entries` texts of at most `longest` characters; answers must be immutable."""

    def wrap(pure: Callable[[str], Told]) -> Callable[[str], Told]:
        kept = lru_cache(maxsize=entries)(pure)

        def answer(text: str) -> Told:
            return kept(text) if len(text) <= longest else pure(text)

        answer.__doc__ = pure.__doc__
        return answer

    return wrap
