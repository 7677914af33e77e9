"""Patterns over Chinese text that cost little where they find nothing."""

import re
from dataclasses import dataclass, field
from typing import Final

_SHORT: Final = 100  # characters of a text in which one look for any of some characters costs less than a look for each


@dataclass(frozen=True, slots=True)
class Sieve:
    """A pattern and its `needs`: every match holds at least one of them, so that without any there is none."""

    pattern: re.Pattern[str]
    needs: tuple[str, ...]
    _any: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_any", re.compile("|".join(map(re.escape, self.needs))))

    def search(self, text: str) -> re.Match[str] | None:
        """As the pattern's own."""
        if len(text) <= _SHORT:
            return self.pattern.search(text) if self._any.search(text) else None
        for need in self.needs:
            if need in text:
                return self.pattern.search(text)
        return None


def each(starts: str, rest: str) -> str:
    """`a|b` and `rest` to `arest|brest`.

    Where each alternative of a pattern begins with a literal character, `re` goes by look-up to the characters one may
    begin with; otherwise, as with `(?:a|b)rest`, it tries each alternative at each character (measured over the signs
    of :mod:`cleaning.actors`: 5 to 30 times as slow).
    """
    return "|".join(f"{start}{rest}" for start in starts.split("|"))
