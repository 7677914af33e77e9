"""Live progress of a crawl on stderr: a page that renews itself on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType
from typing import Final, Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from console.cli import render, words
from rounds.progress import Pace, Sample, Track, fullest_hosts
from rounds.supervise import Snapshot

TOP_HOSTS: Final = 8


class CrawlProgress:
    """Called with each snapshot of the supervisor; a context manager, so that the terminal is left clean."""

    def __init__(self, title: str, *, delay: float, host_concurrency: int) -> None:
        self._title = title
        self._track = Track(delay=delay, host_concurrency=host_concurrency)
        self._console = render.err()
        self._live: Live | None = None
        self._next_line = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_live()

    def __call__(self, snapshot: Snapshot) -> None:
        """Show one snapshot."""
        pace = self._track.add(Sample(snapshot.at, snapshot.counts, snapshot.host_counts, snapshot.waiting))
        if self._console.is_terminal:
            self._renew(self._page(snapshot, pace))
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + render.LINE_SECONDS
            self._console.print(_line(snapshot, pace), markup=False, soft_wrap=True)

    def step(self, message: str) -> None:
        """Say which part of the work begins."""
        self._end_live()
        self._console.print(f"▸ {message}", markup=False, soft_wrap=True)

    def note(self, message: str) -> None:
        """Say something beside the numbers, which go on."""
        self._console.print(f"! {message}", markup=False, soft_wrap=True)

    def _renew(self, page: RenderableType) -> None:
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        self._live.update(page, refresh=True)

    def _end_live(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _page(self, snapshot: Snapshot, pace: Pace) -> RenderableType:
        columns = tuple(render.LEDGER.values())
        shown = fullest_hosts(snapshot.host_counts, TOP_HOSTS)
        rows = ((host, *render.ledger_cells(one)) for host, one in shown)
        table = render.table("", ("主机", *columns), rows, numbers=columns)
        hint = Text("按 Ctrl-C 收工：在途的做完，以后可以接着采", style="dim")
        halted = [Text(line, style="bold red") for line in words.halt_lines(snapshot.workers)]
        return Group(Text(self._title, style="bold"), Text(_line(snapshot, pace)), *halted, table, hint)


def _line(snapshot: Snapshot, pace: Pace) -> str:
    restarts = f"，重启 {snapshot.restarts} 次" if snapshot.restarts else ""
    halted = "".join(f"；{line}" for line in words.halt_lines(snapshot.workers))
    crew = f"进程 {snapshot.running} 个{restarts}{halted}"
    return render.progress_line(snapshot.counts, snapshot.host_counts, pace, crew)
