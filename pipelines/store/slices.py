"""Rows in slices, as they are written in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

SLICE: Final = 500  # documents of one bulk write: far below MongoDB's 100,000, and some megabytes at most

Row = TypeVar("Row")


def slices(rows: Iterable[Row], size: int = SLICE) -> Iterator[list[Row]]:
    """The rows in their order, so many at a time; none where there are none."""
    left = iter(rows)
    while taken := list(islice(left, size)):
        yield taken
