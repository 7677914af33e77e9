"""The table of cuts, as `status --traps` shows it to people."""

from __future__ import annotations

import io

from rich.console import Console

from console.cli.traps import traps_view
from crawler.frontier.traps import CutRow

ROWS = (CutRow("calendar", "a.gov.cn/rili/#", 20, ()), CutRow("session-mark", "a.gov.cn/#", 1, ()))


def told(on_pages: int) -> str:
    console = Console(width=200, file=io.StringIO())
    console.print(traps_view("try", ROWS, on_pages))
    return console.file.getvalue()


def test_a_sum_beyond_the_ledger_is_explained() -> None:
    """The ledger counts links on pages; what was queued before its trap was known is in the table as well."""
    assert "没有跟进的链接（21 个" in told(20)
    assert "其中 20 个是在页面上剪掉的" in told(20)
    assert "1 个排了队才认出" in told(20)
    assert "其中" not in told(21)
