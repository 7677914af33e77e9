"""Errors of this room.

CleaningError
└── NotAKeyError   a string that is no canonical URL was used as one: pass it through `urls.canonicalize` first
"""


class CleaningError(Exception):
    """Root of this room's errors.  Reading and judging a page never raise: only wrong use of a function does."""


class NotAKeyError(CleaningError, ValueError):
    """A string was used as a page key that `urls.canonicalize` did not make."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:200]!r} is not a page key; make one with cleaning.urls.canonicalize")
        self.text = text
