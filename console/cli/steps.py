"""Progress of long work in steps: what is done, how fast, how much time is left.  On stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from console.cli import render

if TYPE_CHECKING:  # it brings an HTTP client along, which other commands have no use for
    from crawler.channels.errands import Progress as Errands

LINE_SECONDS: Final = 10.0  # between lines where stderr is no terminal
NAMED: Final = 3  # hosts waited for that are named


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that takes the step, how much of it is done, and of how much; it shows one bar per step."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=render.err()) as progress:

        def report(step: str, done: int, total: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step, total=total)
            progress.update(bars[step], completed=done, total=max(total, done))

        yield report


@contextmanager
def saying(title: str) -> Iterator[Callable[[str], None]]:
    """Give a function that takes how far work has come: on a terminal one line that renews itself, elsewhere a line now and then."""
    console, next_line = render.err(), 0.0
    if console.is_terminal:
        with console.status(title) as shown:
            yield lambda text: shown.update(Text(text))
        return

    def line(text: str) -> None:
        nonlocal next_line
        if time.monotonic() >= next_line:
            next_line = time.monotonic() + LINE_SECONDS
            console.print(text, markup=False, soft_wrap=True)

    yield line


def errands_line(what: str, progress: Errands) -> str:
    """How far requests that are no crawl have come, and whom they wait for."""
    parts = []
    if progress.left and progress.hosts:
        more = f" 等 {len(progress.hosts)} 个主机" if len(progress.hosts) > NAMED else ""
        parts.append(f"在等 {'、'.join(progress.hosts[:NAMED])}{more}")
    if progress.left and progress.waiting is not None:
        parts.append(render.waiting_words(progress.waiting))
    aside = f"；{'，'.join(parts)}" if parts else ""
    return f"{what}：已问 {progress.asked:,}，失败 {progress.failed:,}，还有 {progress.left:,}{aside}"


class _Rate(ProgressColumn):
    """How much a second; nothing before it is known."""

    def render(self, task: Task) -> Text:
        """As shown."""
        return Text(f"每秒 {task.speed:,.0f}" if task.speed else "")
