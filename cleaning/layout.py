"""Text in lines: a block each, but a short row of a data table is one line with its cells in order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from cleaning.outline import Outline

_ROW_MAX: Final = 600  # characters: a longer table row is layout, its cells keep their own lines


class Layout:
    """How the text runs of one page fall into lines."""

    def __init__(self, page: Outline) -> None:
        rows = _data_rows(page)
        # Runs with the same number here, one after the other, share a line: their data row, else (below 0) their line.
        self._keys: Sequence[int] = (
            [row if row in rows else -2 - line for row, line in zip(page.rows, page.lines, strict=True)]
            if rows
            else page.lines
        )
        self._page = page
        self._whole: list[tuple[int, str]] = []

    def lines(self) -> list[tuple[int, str]]:
        """Every line of the page, in order: the number of its first run, and its text."""
        if not self._whole:
            self._whole = list(self._joined(range(len(self._keys))))
        return self._whole

    def lines_of(self, numbers: Iterable[int]) -> Iterator[str]:
        """The lines of some runs, given by number, in order."""
        return map(itemgetter(1), self._joined(numbers))

    def _joined(self, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
        texts, joined = self._page.texts, self._page.joined
        for _, group in groupby(numbers, key=self._keys.__getitem__):
            held = list(group)
            yield held[0], texts[held[0]] if len(held) == 1 else joined(held)

    def whole_lines(self, root: int) -> tuple[int, int]:
        """The range of runs of an element, widened so that it cuts no line in two."""
        keys = self._keys
        first, last = self._page.first_run[root], self._page.last_run[root]
        while 0 < first < len(keys) and keys[first - 1] == keys[first]:
            first -= 1
        while 0 < last < len(keys) and keys[last - 1] == keys[last]:
            last += 1
        return first, last


def _data_rows(page: Outline) -> frozenset[int]:
    """Short rows of tables that have several of them; a lone row of cells is layout."""
    if not page.table_of_row:
        return frozenset()
    rows = [
        row
        for row, table in page.table_of_row.items()
        if table not in page.layout_tables and page.cells_of_row[row] >= 2 and page.length_of(row) <= _ROW_MAX
    ]
    several = Counter(page.table_of_row[row] for row in rows)
    return frozenset(row for row in rows if several[page.table_of_row[row]] >= 2)


def data_tables(page: Outline) -> frozenset[int]:
    """Tables of three rows and more with cells beside each other: what stands above and below belongs to them."""
    rows = Counter(page.table_of_row[row] for row in _data_rows(page))
    return frozenset(table for table, count in rows.items() if count >= 3)
