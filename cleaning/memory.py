"""Answers kept for the next page of the same site, whose menus, scripts and footers repeat on every page.

Only pure functions are wrapped, so that a result never depends on what was met before.  What is longer than a site's own
parts usually are is kept for a few texts only, and what is very long is worked out each time: a hostile page cannot fill
the memory with its texts.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

Told = TypeVar("Told")
LONG_ENTRIES: Final = 16  # of each function: the programs that one or two sites have on all their pages …
LONGEST: Final = 65_536  # … of so many characters; together 2 MB, which the functions that are asked about them share


def remembered(entries: int, longest: int) -> Callable[[Callable[[str], Told]], Callable[[str], Told]]:
    """Keep the answers for the last `entries` texts of at most `longest` characters, and for a few longer ones.

    Answers must be immutable.
    """

    def wrap(pure: Callable[[str], Told]) -> Callable[[str], Told]:
        kept, kept_long = lru_cache(maxsize=entries)(pure), lru_cache(maxsize=LONG_ENTRIES)(pure)

        def answer(text: str) -> Told:
            if len(text) <= longest:
                return kept(text)
            return kept_long(text) if len(text) <= LONGEST else pure(text)

        answer.__doc__ = pure.__doc__
        return answer

    return wrap
