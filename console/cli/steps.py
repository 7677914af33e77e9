"""Progress of long work in steps: what is done, how fast, how much time is left.  On stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


class _Rate(ProgressColumn):
    """How much a second; nothing before it is known."""

    def render(self, task: Task) -> Text:
        """As shown."""
        return Text(f"每秒 {task.speed:,.0f}" if task.speed else "")
