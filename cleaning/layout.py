"""Text in lines: a block each, but a short row of a data table is one line with its cells in order."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from cleaning.outline import Outline, Run, join_runs

_ROW_MAX: Final = 600  # characters: a longer table row is layout, its cells keep their own lines


class Layout:
    """How the text runs of one page fall into lines."""

    def __init__(self, page: Outline) -> None:
        self.page = page
        self.rows = _data_rows(page)

    def lines(self, runs: list[Run]) -> Iterator[str]:
        """The lines of some runs, in order."""
        held: list[Run] = []
        for run in runs:
            if held and not self._together(held[-1], run):
                yield join_runs(held)
                held = []
            held.append(run)
        if held:
            yield join_runs(held)

    def whole_lines(self, root: int) -> tuple[int, int]:
        """The range of runs of an element, widened so that it cuts no line in two."""
        runs = self.page.runs
        first, last = self.page.first_run[root], self.page.last_run[root]
        while 0 < first < len(runs) and self._together(runs[first - 1], runs[first]):
            first -= 1
        while 0 < last < len(runs) and self._together(runs[last - 1], runs[last]):
            last += 1
        return first, last

    def _together(self, one: Run, following: Run) -> bool:
        row = following.row if following.row in self.rows else -1
        if (one.row if one.row in self.rows else -1) != row:
            return False
        return row >= 0 or one.line == following.line


def _data_rows(page: Outline) -> frozenset[int]:
    """Short rows of tables that have several of them; a lone row of cells is layout."""
    rows = [
        row
        for row, table in page.table_of_row.items()
        if table not in page.layout_tables
        and page.cells_of_row[row] >= 2
        and sum(len(run.text) for run in page.runs[page.first_run[row] : page.last_run[row]]) <= _ROW_MAX
    ]
    several = Counter(page.table_of_row[row] for row in rows)
    return frozenset(row for row in rows if several[page.table_of_row[row]] >= 2)


def data_tables(page: Outline) -> frozenset[int]:
    """Tables of three rows and more with cells beside each other: what stands above and below belongs to them."""
    rows = Counter(page.table_of_row[row] for row in _data_rows(page))
    return frozenset(table for table, count in rows.items() if count >= 3)
