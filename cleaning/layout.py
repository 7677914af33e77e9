"""Text in lines: a block each, but a short row of a data table is one line with its cells in order."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count, groupby, islice
from operator import ne
from typing import Final

from cleaning.outline import Outline

_ROW_MAX: Final = 600  # characters: a longer table row is layout, its cells keep their own lines


class Layout:
    """How the text runs of one page fall into lines.

    `starts` holds the number of each line's first run, `texts` its text, both in the page's order.
    """

    def __init__(self, page: Outline) -> None:
        rows = _data_rows(page)
        # Runs with the same number here, one after the other, share a line: their data row, else (below 0) their line.
        self._keys: Sequence[int] = (
            [row if row in rows else -2 - line for row, line in zip(page.rows, page.lines, strict=True)]
            if rows
            else page.lines
        )
        self._page = page
        keys = self._keys
        self.starts = [0, *compress(count(1), map(ne, keys, islice(keys, 1, None)))]
        ends = [*self.starts[1:], len(keys)]
        texts, joined = page.texts, page.joined
        self.texts = [
            texts[start] if end - start == 1 else joined(range(start, end))
            for start, end in zip(self.starts, ends, strict=True)
        ]

    def runs(self, line: int) -> range:
        """The runs of a line."""
        return range(self.starts[line], self.starts[line + 1] if line + 1 < len(self.starts) else len(self._keys))

    def between(self, first: int, last: int) -> slice:
        """The lines that begin with the runs `first … last - 1`."""
        return slice(bisect_left(self.starts, first), bisect_left(self.starts, last))

    def lines_of(self, numbers: Iterable[int]) -> Iterator[str]:
        """The lines of some runs, given by number, in order."""
        for _, group in groupby(numbers, key=self._keys.__getitem__):
            yield self._page.joined(list(group))

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
